"""The shapes of records: what each field holds, and every value and reference inside a record with its path."""

from dataclasses import fields
from pathlib import Path

import pytest

from dataset import workbench
from dataset.catalog import load
from dataset.corpus import Corpus
from dataset.evidence import entries, evidenced
from dataset.records import (
    SERVED,
    Citation,
    Date,
    Derivation,
    Entity,
    Event,
    Evidence,
    Figure,
    Origin,
    Record,
    Relation,
    Source,
)
from dataset.shape import FieldShape, parts, pointed, references, shape, values
from dataset.vocabulary import EventKind, Modality
from tests.world import SOURCE, write


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Return the world's records."""
    return workbench.load(write(Path(tmp_path_factory.mktemp("world")) / "bench")).corpus


def _field(kind: type, name: str) -> FieldShape:
    (found,) = (field for field in shape(kind) if field.name == name)
    return found


@pytest.mark.parametrize("kind", SERVED.values(), ids=lambda kind: kind.__name__)
def test_a_shape_has_the_stored_fields_and_then_the_derived_ones(kind: type[Record]) -> None:
    """Every field is there, in the order of its declaration, and only properties are derived."""
    stored = [field.name for field in shape(kind) if not field.derived]
    derived = [field.name for field in shape(kind) if field.derived]

    assert stored == [field.name for field in fields(kind)]
    assert derived == [name for name, value in vars(kind).items() if isinstance(value, property)]
    assert [field.name for field in shape(kind)] == stored + derived


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (Relation, "id", (str, False, False, (), False)),
        (Relation, "subject", (str, False, False, ("entities", "events"), False)),
        (Relation, "note", (str, False, True, (), False)),
        (Relation, "evidence", (Evidence, True, False, (), False)),
        (Citation, "source", (str, False, False, ("sources",), False)),
        (Citation, "tokens", (str, True, False, (), False)),
        (Event, "kind", (EventKind, False, False, (), False)),
        (Event, "date", (Date, False, False, (), False)),
        (Event, "part_of", (str, False, True, ("events",), False)),
        (Figure, "as_of", (Date, False, True, (), False)),
        (Figure, "cumulative", (bool, False, False, (), False)),
        (Figure, "implied_rate", (str, False, True, (), True)),
        (Figure, "unit_code", (str, False, False, (), True)),
        (Derivation, "operands", (str, True, False, ("figures",), False)),
        (Evidence, "attributed_to", (str, False, True, ("entities",), False)),
        (Evidence, "modality", (Modality, False, False, (), False)),
        (Entity, "name", (str, False, False, (), True)),
        (Date, "earliest", (str, False, True, (), False)),
        (Source, "origin", (Origin, True, False, (), False)),
    ],
)
def test_a_field_says_what_it_holds(kind: type, name: str, expected: tuple[object, ...]) -> None:
    """The type of the value, whether there are many or none, what it refers to and whether it is derived."""
    field = _field(kind, name)

    assert (field.type, field.many, field.optional, field.ref, field.derived) == expected
    assert field.nested is (field.type in (Evidence, Date, Origin))


def test_a_description_is_the_one_on_the_record() -> None:
    """The words are those below the field, or below the property."""
    assert _field(Relation, "object").description == "To whom or what."
    assert _field(Event, "place").description == "Where, as far as the source says."
    assert _field(Entity, "name").description == "The name to show: the primary one, else our descriptive label."


def test_the_values_of_a_field_are_a_tuple(corpus: Corpus) -> None:
    """One value, many and none are read alike; a value that is false is one."""
    event, figure = corpus.events["evt-closures"], corpus.figures["fig-twelve"]

    assert values(event, _field(Event, "title")) == ("Twelve mines shut",)
    assert values(event, _field(Event, "participations")) == event.participations
    assert values(event, _field(Event, "part_of")) == ()
    assert values(corpus.events["evt-forced-closures"], _field(Event, "participations")) == ()
    assert values(figure, _field(Figure, "cumulative")) == (False,)
    assert values(figure, _field(Figure, "unit_code")) == ("{mine}",)


def test_the_parts_of_a_record_are_told_with_their_paths(corpus: Corpus) -> None:
    """The record itself comes first, without a path, then each value inside it, at any depth."""
    event = corpus.events["evt-closures"]

    assert list(parts(event)) == [
        ("", event),
        ("date", event.date),
        ("participations[0]", event.participations[0]),
        ("participations[0].evidence[0]", event.participations[0].evidence[0]),
        ("evidence[0]", event.evidence[0]),
    ]
    assert [path for path, _ in parts(corpus.citations["cit-gazette-lead"])] == [""]


def test_every_reference_is_told_with_its_path(corpus: Corpus) -> None:
    """Each id that a record mentions, its own excepted, is found with the field that holds it."""

    def told(record: Record) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(path, target, field.ref) for path, field, target in references(record)]

    assert told(corpus.relations["rel-reed-behind-mines"]) == [
        ("subject", "ent-ada-reed", ("entities", "events")),
        ("object", "ent-shut-mines", ("entities", "events")),
        ("evidence[0].citation", "cit-gazette-reed", ("citations",)),
    ]
    assert told(corpus.events["evt-closures"]) == [
        ("place", "ent-atlantis", ("entities",)),
        ("participations[0].entity", "ent-shut-mines", ("entities",)),
        ("participations[0].evidence[0].citation", "cit-gazette-lead", ("citations",)),
        ("participations[0].evidence[0].attributed_to", "ent-board-of-salt", ("entities",)),
        ("evidence[0].citation", "cit-gazette-lead", ("citations",)),
        ("evidence[0].attributed_to", "ent-board-of-salt", ("entities",)),
    ]
    assert told(corpus.discrepancies["dis-shut-or-ordered"])[:4] == [
        ("records[0]", "evt-closures", ("figures", "events", "relations", "entities")),
        ("records[1]", "evt-forced-closures", ("figures", "events", "relations", "entities")),
        ("citations[0]", "cit-gazette-lead", ("citations",)),
        ("citations[1]", "cit-gazette-cost", ("citations",)),
    ]
    assert told(corpus.sources[SOURCE]) == [("origin[0].issuer", "ent-board-of-salt", ("entities",))]
    assert told(corpus.citations["cit-gazette-lead"]) == [("source", SOURCE, ("sources",))]


def test_every_field_that_holds_ids_says_of_which_collections(corpus: Corpus) -> None:
    """No id of another record stands in a field that is no reference."""
    ids = {record.id for _, record in corpus.records()}
    unmarked = [
        (record.id, path, field.name)
        for _, record in corpus.records()
        for path, part in parts(record)
        for field in shape(part.__class__)
        if not field.ref and field.name != "id" and ids & {*map(str, values(part, field))}
    ]

    assert unmarked == []


def test_pointing_without_paths_finds_what_references_with_paths_do() -> None:
    """The fast walk over a record's ids leaves none out and adds none, in whatever record."""
    for edition in load().editions.values():
        for _, record in edition.release.corpus.records():
            slow = sorted((field.ref, target) for _, field, target in references(record))
            assert sorted(pointed(record)) == slow
            assert entries(record) == [entry for _, _, evidence in evidenced(record) for entry in evidence]
