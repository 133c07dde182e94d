"""The forms of an answer: whatever is written in one is read back from it."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset.answer import Answer
from dataset.catalog import Catalog, Edition
from dataset.export import CITING, FORMATS, TABULAR, envelope, flat, jsonl
from dataset.export import csv as csv_export
from dataset.export.table import Table
from dataset.query import parse, select
from dataset.reference import of_source
from tests import world

BOM = "\ufeff"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\"\r\n,;\t=+-@'é\u2028\x00 "))
CELLS = TEXTS | st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.lists(TEXTS, max_size=3)
ITEMS = st.lists(st.dictionaries(TEXTS, TEXTS | st.none() | st.lists(TEXTS, max_size=2), max_size=4), max_size=5)


def _rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    return Table(lambda: iter(()), tuple(columns), lambda: iter(rows))


def _items(items: Sequence[Mapping[str, Any]], **more: Any) -> Table:
    return Table(lambda: map(orjson.dumps, items), **more)


def _text(parts: Iterator[bytes]) -> str:
    return b"".join(parts).decode()


def _read(text: str) -> list[list[str]]:
    return [*csv.reader(io.StringIO(text, newline=""), strict=True)]


def _cell(value: Any) -> str:
    """Return how a value is told in a cell: text as it is, nothing as nothing, everything else as JSON."""
    return value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()


@settings(max_examples=100)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=5))
@example(["a"], [["", None, True, ['"']]])
def test_csv_reads_back_as_it_was_written(names: list[str], rows: list[list[Any]]) -> None:
    """Line breaks, quotes, commas and letters of any script come back from the csv module unaltered."""
    rows = [row[: len(names)] for row in rows]
    text = _text(csv_export.write(_rows(names, rows)))

    assert _read(text) == [names, *([_cell(value) for value in row] for row in rows)]


@settings(max_examples=100)
@given(st.lists(CELLS, min_size=1, max_size=5))
@example([""])
@example([None])
@example(["", ""])
def test_a_line_is_that_of_the_csv_module(cells: list[Any]) -> None:
    """What has quotes, and what has none, is as other programs write it."""
    expected = io.StringIO(newline="")
    csv.writer(expected).writerow([_cell(cell) for cell in cells])

    assert csv_export.line(cells).decode() == expected.getvalue()


def test_csv_is_written_by_its_standard() -> None:
    """Lines end with CRLF, what needs quotes has them, and a quote is doubled."""
    text = _text(csv_export.write(_rows(["id", "said"], [["a", 'x "y", z'], ["b\n", True], ["c", None], ["d", ["é"]]])))

    assert text == 'id,said\r\na,"x ""y"", z"\r\n"b\n",true\r\nc,\r\nd,"[""é""]"\r\n'


def test_csv_without_rows_is_its_header() -> None:
    """A table of nothing still says what its columns are."""
    assert _text(csv_export.write(_rows(["id", "name"], []))) == "id,name\r\n"


FORMULA = re.compile(r"[=+\-@\t\r]")


@settings(max_examples=100)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
@example([["=1+1", "-5"], ["+44 20", "@name"], ["-0.5", "+7"], ["-5 to 3", "\t=x"], ["--1", "-1e5"]])
def test_csv_for_a_spreadsheet_holds_no_formula(rows: list[list[Any]]) -> None:
    """With a byte order mark, and an apostrophe before whatever begins as a formula and is no number; else the same."""
    table = _rows(["a", "b"], rows)
    plain, excel = _text(csv_export.write(table)), _text(csv_export.write(table, excel=True))

    assert excel[0] == BOM
    for said, guarded in zip(_read(plain), _read(excel[1:]), strict=True):
        for one, other in zip(said, guarded, strict=True):
            number = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", one, re.ASCII)
            assert other == (f"'{one}" if FORMULA.match(one) and not number else one)


@pytest.mark.parametrize(
    ("cell", "guarded"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("-3", "-3"),
        (-3, "-3"),
        ("-2.50", "-2.50"),
        ("+3", "+3"),
        ("-", "'-"),
        ("-٣", "'-٣"),
        ("-3\n", "'-3\n"),
        ("@a", "'@a"),
        ("a=b", "a=b"),
        (["=1"], '["=1"]'),
        (None, ""),
    ],
)
def test_a_spreadsheet_reads_numbers_as_numbers(cell: Any, guarded: str) -> None:
    """Negative numbers stay numbers, and only what a spreadsheet would calculate is guarded."""
    assert _read(_text(csv_export.write(_rows(["a"], [[cell]]), excel=True)))[1] == [guarded]


@settings(max_examples=60)
@given(ITEMS)
def test_json_reads_back_as_it_was_written(items: list[dict[str, Any]]) -> None:
    """JSON lines, the flat array and the envelope all hold the same items."""
    head, tail = {"release": {"version": "1.0.0"}}, {"next": None}

    assert [orjson.loads(line) for line in b"".join(jsonl.write(_items(items))).split(b"\n")[:-1]] == items
    assert orjson.loads(b"".join(flat.write(_items(items)))) == items
    assert orjson.loads(b"".join(envelope.write(_items(items, head=head, tail=tail)))) == {
        **head,
        "items": items,
        **tail,
    }


@pytest.mark.parametrize(
    ("more", "written"),
    [
        ({}, b'{"items":[]}'),
        ({"head": {"total": 0}}, b'{"total":0,"items":[]}'),
        ({"tail": {"next": None}}, b'{"items":[],"next":null}'),
        ({"head": {"total": 0}, "tail": {"next": None}}, b'{"total":0,"items":[],"next":null}'),
    ],
)
def test_an_envelope_without_items_is_whole(more: dict[str, Any], written: bytes) -> None:
    """Whatever there is to say around them, no items are an empty array."""
    assert b"".join(envelope.write(_items([], **more))) == written


def test_an_envelope_of_one_item_holds_it_alone() -> None:
    """What is one by its nature is no array."""
    table = _items([{"id": "a"}], head={"release": "1.0.0"}, single=True)

    assert b"".join(envelope.write(table)) == b'{"release":"1.0.0","item":{"id":"a"}}'


def test_without_items_json_is_empty() -> None:
    """No items are no lines and an empty array, and a table without columns is an empty header."""
    assert b"".join(csv_export.write(_items([{"id": "a"}]))) == b"\r\n"
    assert (b"".join(jsonl.write(_items([]))), b"".join(flat.write(_items([])))) == (b"", b"[]")


def test_a_table_is_made_while_it_is_written() -> None:
    """Nothing of a long answer is ready before it is asked for."""
    made = []

    def items() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield orjson.dumps({"n": number})

    for write, first in ((jsonl.write, [0]), (flat.write, []), (envelope.write, [])):
        made.clear()
        parts = write(Table(items))
        assert made == []
        next(parts)
        assert made == first


@pytest.fixture
def sources(catalog: Catalog) -> Answer:
    """Return an answer that lists the published sources."""
    edition = catalog.latest
    found = [edition.release.corpus.sources[name] for name in select(edition, parse("sources", {}))]
    table = Table(
        lambda: iter([orjson.dumps({"id": one.id}) for one in found]),
        ("id",),
        lambda: iter([[one.id] for one in found]),
        lambda: (of_source(one) for one in found),
    )
    return Answer.page(edition, "/sources", (("kind", "article"),), table, {}, total=len(found))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_of_every_item(sources: Answer, form: str) -> None:
    """Whatever the form, each source is in it, and an answer can be written again."""
    text = _text(sources.write(form))

    ids = [orjson.loads(one)["id"] for one in sources.table.items()]
    assert [name for name in ids if name not in text.replace("\\", "")] == []
    assert _text(sources.write(form)) == text


def test_a_spreadsheet_is_a_form_of_csv_alone(sources: Answer) -> None:
    """The mark for spreadsheets stands before CSV and before nothing else."""
    marked = [form for form in FORMATS if _text(sources.write(form, excel=True)).startswith(BOM)]

    assert marked == ["csv"]


def test_formats_are_known_by_their_media_types() -> None:
    """Each is described, and tables and bibliographies make up all formats but the envelope."""
    assert [*FORMATS] == ["", *TABULAR, *CITING]
    assert [form for form in FORMATS.values() if not form.description.endswith(".")] == []
    assert (FORMATS["csv"].essence, FORMATS["json"].essence) == ("text/csv", "application/json")


def _small() -> Edition:
    return world.edition_of(world.raw())


@pytest.mark.parametrize(
    ("path", "query", "form", "name"),
    [
        ("/events", (), "csv", "atlantis_1.0.0_events_CC-BY-4.0.csv"),
        ("/events/evt-closures", (), "bibtex", "atlantis_1.0.0_events-evt-closures_CC-BY-4.0.bib"),
        (
            "/events",
            (("q", "mine & salt"), ("after", "xyz")),
            "jsonl",
            "atlantis_1.0.0_events-q-mine-salt_CC-BY-4.0.jsonl",
        ),
        ("/search", (("q", "é" * 300),), "csv", "atlantis_1.0.0_search-q--_CC-BY-4.0.csv"),
        ("/search", (("q", "e" * 300),), "csv", f"atlantis_1.0.0_search-q-{'e' * 111}_CC-BY-4.0.csv"),
    ],
)
def test_a_file_is_named_by_what_it_holds(path: str, query: tuple[tuple[str, str], ...], form: str, name: str) -> None:
    """The dataset, the release, the question and the licence are in a name that every file system takes."""
    assert Answer(_small(), path, query, Table(lambda: iter(()))).file(form) == name
