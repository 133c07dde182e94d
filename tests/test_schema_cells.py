"""Rows of records: what their cells hold."""

import tracemalloc
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset.catalog import Catalog, load
from schema.cells import COLLECTIONS, PLACE, _texts, field_name, layouts
from schema.context import Context
from schema.engine import Engine
from schema.executor import SCHEMA, execute, prepare
from schema.level import Run, leaves

LAYOUTS = layouts(SCHEMA.core)

PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**31), 2**31 - 1), st.text(st.characters(exclude_categories=["Cs"]))
)


@pytest.fixture(scope="module")
def published() -> Catalog:
    """The published releases."""
    return load()


@given(st.lists(PLAIN))
def test_plain_values_are_written_together_as_each_alone(values: list[Any]) -> None:
    """Whatever ends of lines, quotes and commas are in them."""
    assert _texts(values)[0] == [orjson.dumps(value) for value in values]


@pytest.mark.parametrize("kind", sorted(COLLECTIONS))
def test_a_row_says_of_its_record_what_graphql_does(kind: str, published: Catalog) -> None:
    """Each text in a row is the JSON of the field, and each row knows its place."""
    edition, layout = published.latest, LAYOUTS[kind]
    texts = {name: cell for name, cell in layout.cells.items() if cell.text}
    edition.rows.expect(frozenset(field_name(kind, name) for name in layout.cells))
    rows, _ = layout.rows(edition.index.records(COLLECTIONS[kind]), edition)
    assert [row[layout.cells[PLACE].number] for row in rows] == list(range(len(rows)))
    prepared = prepare(f"{{ {COLLECTIONS[kind]}(first: 100) {{ nodes {{ {' '.join(texts)} }} }} }}", None)
    shown = execute(prepared, None, None, Context(edition, published)).data[COLLECTIONS[kind]]["nodes"]
    said = [{name: orjson.loads(row[cell.number]) for name, cell in texts.items()} for row in rows[:100]]
    assert said == shown


def test_a_row_has_only_what_anybody_asked_for() -> None:
    """Else a page of records that nobody asked for before would cost several times what is shown of it."""
    edition = load().latest
    edition.rows.expect(frozenset([field_name("Source", "title")]))
    (row, *_), _ = LAYOUTS["Source"].rows(edition.index.records("sources"), edition)
    cells = LAYOUTS["Source"].cells
    held = {name for name, cell in cells.items() if row[cell.number] is not None}
    assert held == {"title", PLACE}


def test_a_row_knows_its_place_before_anything_else_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of what leads on from a record needs it, and asks for no field of the record."""
    catalog = load()
    context, engine = Context(catalog.latest, catalog), Engine()
    for layout in LAYOUTS.values():
        monkeypatch.setattr(layout, "_ready", type(layout)("", {}, {})._ready)
    text = "{ events(first: 1) { nodes { relations { totalCount } } } }"
    shown = execute(prepare(text, None), None, None, context).data
    assert orjson.loads(engine.answer(text, None, None, context).data) == shown
    assert engine.counts.planned == 1


def test_what_is_inside_of_records_has_cells_only() -> None:
    """No field of theirs is resolved, which would take more than their row."""
    inside = LAYOUTS.keys() - COLLECTIONS.keys()
    assert "Evidence" in inside
    for name in inside:
        assert LAYOUTS[name].cells.keys() == SCHEMA.core.type_map[name].fields.keys()  # type: ignore[attr-defined]


def test_what_is_written_alone_takes_no_more_than_its_size(published: Catalog) -> None:
    """What orjson hands out may hold thousands of bytes that it did not write."""
    values = [f"{number:060}" for number in range(1_000)]
    tracemalloc.start()
    texts = leaves(values, Run(Context(published.latest, published), {}))
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert texts == [f'"{value}"'.encode() for value in values]
    assert taken < len(texts) * 130
