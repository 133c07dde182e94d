"""The columns of flat tables: each value against the JSON of the same record, and where the first evidence stands."""

from functools import cache
from typing import Any

import pytest

from dataset.canonical import to_plain
from dataset.catalog import Edition, load
from dataset.columns import CITED, Column, Row, columns
from dataset.links import LINKS
from dataset.records import SERVED, Record
from dataset.represent import listed
from dataset.vocabulary import Modality
from tests import world

Plain = dict[str, Any]


@cache
def _edition() -> Edition:
    return load().latest


def _records(collection: str) -> list[tuple[Record, Plain]]:
    """Return every record of a collection, each with what a list shows of it."""
    corpus = _edition().release.corpus
    return [(one, listed(_edition(), collection, one)) for one in corpus.collection(collection).values()]


def _own(collection: str) -> list[Column]:
    return [column for column in columns(collection) if not column.name.startswith("cited.")]


def _at(shown: Any, name: str) -> Any:
    """Return what JSON has at a dotted name: nothing inside nothing, and nothing that its kind of record has not."""
    for part in name.split("."):
        shown = shown.get(part) if shown is not None else None
    return shown


@pytest.mark.parametrize("collection", SERVED)
def test_columns_have_names_and_descriptions_of_their_own(collection: str) -> None:
    """No name is there twice, each column is described, the record's id comes first and its evidence's place last."""
    names = [column.name for column in columns(collection)]

    assert len(names) == len({*names})
    assert names[0] == "id"
    assert names[-len(CITED) :] == [f"cited.{name}" for name in CITED]
    assert [column.name for column in columns(collection) if not column.description.endswith(".")] == []


@pytest.mark.parametrize("collection", SERVED)
def test_a_column_is_the_value_at_its_name_in_json(collection: str) -> None:
    """Whatever is no list has in the table the value that it has in JSON."""
    for record, shown in _records(collection):
        row = Row(_edition(), record)
        single = [column for column in _own(collection) if not column.many]
        assert {column.name: column.cell(row) for column in single} == {
            column.name: _at(shown, column.name) for column in single
        }


@pytest.mark.parametrize("collection", SERVED)
def test_the_columns_are_all_that_json_shows(collection: str) -> None:
    """Every field that JSON shows is a column, or columns for what lies inside it, in the same order."""
    names = [column.name for column in _own(collection)]
    for _, shown in _records(collection):
        assert [*dict.fromkeys(name.partition(".")[0] for name in names)] == [*shown]


def _without_insides(shown: Any) -> Any:
    """Return JSON in which every record that it refers to is its id."""
    if isinstance(shown, list):
        return [_without_insides(one) for one in shown]
    if not isinstance(shown, dict):
        return shown
    if "id" in shown:
        return shown["id"]
    return {name: _without_insides(one) for name, one in shown.items()}


@pytest.mark.parametrize("collection", SERVED)
def test_a_list_is_what_json_has_with_ids_for_records(collection: str) -> None:
    """A list says what it says in JSON, but other records are their ids; inside nothing it is empty."""
    for record, shown in _records(collection):
        row = Row(_edition(), record)
        for column in (column for column in _own(collection) if column.many):
            assert to_plain(column.cell(row)) == (_without_insides(_at(shown, column.name)) or [])


@pytest.mark.parametrize("collection", SERVED)
def test_ids_join_with_other_tables(collection: str) -> None:
    """Every id in a column that ends with `.id`, and in the lists of owned records, is the id of a record."""
    known = {one.id for name in SERVED for one in _edition().release.corpus.collection(name).values()}
    owned = {link.name for link in LINKS[collection] if link.owned}
    for record, _ in _records(collection):
        row = Row(_edition(), record)
        ids = [column.cell(row) for column in columns(collection) if column.name.endswith(".id")]
        ids += [name for column in columns(collection) if column.name in owned for name in column.cell(row)]
        assert {name for name in ids if name is not None} <= known


def _first(record: Plain) -> Plain | None:
    """Return the first piece of evidence that a record's JSON has, its own before that of its parts."""
    if record.get("evidence"):
        found: Plain = record["evidence"][0]
        return found
    for part in record.values():
        for one in part if isinstance(part, list) else [part]:
            if isinstance(one, dict) and (found_inside := _first(one)):
                return found_inside
    return None


def _passages(value: Any) -> set[str]:
    if isinstance(value, list):
        return {name for one in value for name in _passages(one)}
    if not isinstance(value, dict):
        return set()
    own = {value["citation"]} if "citation" in value else set()
    return own | {name for one in value.values() for name in _passages(one)}


@pytest.mark.parametrize("collection", "entities events figures relations".split())
def test_cited_is_the_first_evidence(collection: str) -> None:
    """Claims say where their first evidence stands, who says it and how surely, and how many passages there are."""
    corpus = _edition().release.corpus
    for record, _ in _records(collection):
        plain = to_plain(record)
        first = _first(plain)
        assert first
        citation = listed(_edition(), "citations", corpus.citations[first["citation"]])
        speaker = corpus.entities[first["attributed_to"]] if first["attributed_to"] else None
        assert _cited(_edition(), collection, record) == {
            "deep_link": citation["deep_link"],
            "where": citation["where"],
            "id": citation["id"],
            **{f"source.{name}": citation["source"][name] for name in ("id", "title", "publisher", "published")},
            "attributed_to.id": speaker and speaker.id,
            "attributed_to.name": speaker and speaker.name,
            "modality": first["modality"],
            "modalities": [term.value for term in Modality if term.value in _modalities(plain)],
            "passages": len(_passages(plain)),
        }


def _modalities(plain: Any) -> set[str]:
    """Return every modality in a record as its file holds it."""
    if isinstance(plain, dict):
        own = {plain["modality"]} if "citation" in plain and "modality" in plain else set()
        return own.union(*(_modalities(value) for value in plain.values()))
    return set().union(*(_modalities(value) for value in plain)) if isinstance(plain, list) else set()


def _cited(edition: Edition, collection: str, record: Record) -> dict[str, Any]:
    row = Row(edition, record)
    return {
        column.name.removeprefix("cited."): column.cell(row)
        for column in columns(collection)
        if column.name.startswith("cited.")
    }


SILENT: dict[str, Any] = {"attributed_to.id": None, "attributed_to.name": None, "modality": None, "modalities": []}


def test_a_source_a_citation_and_a_discrepancy_are_cited_without_a_speaker() -> None:
    """A source is its own place, a citation its own passage, and a discrepancy has the first passage it compares."""
    edition = world.edition_of(world.raw())
    corpus = edition.release.corpus
    source, lead = corpus.sources[world.SOURCE], corpus.citations["cit-gazette-lead"]
    of_source = {f"source.{name}": getattr(source, name) for name in ("id", "title", "publisher", "published")} | SILENT
    shown = listed(edition, "citations", lead)
    place = {"deep_link": shown["deep_link"], "where": "lead", "id": lead.id}

    assert _cited(edition, "sources", source) == {
        **{"deep_link": source.url, "where": None, "id": None, "passages": 5},
        **of_source,
    }
    assert _cited(edition, "citations", lead) == {**place, "passages": 1, **of_source}
    dis = corpus.discrepancies["dis-shut-or-ordered"]
    assert _cited(edition, "discrepancies", dis) == {**place, "passages": 2, **of_source}
