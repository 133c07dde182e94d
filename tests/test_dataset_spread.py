"""Values of many records at once: the same as those of one record after the other, and every reference among them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from dataset.canonical import to_plain
from dataset.catalog import Catalog
from dataset.check import dangling
from dataset.corpus import Corpus
from dataset.evidence import entries
from dataset.problem import Problem
from dataset.records import COLLECTIONS, SERVED, Event
from dataset.release import RefusedError, Release, prove
from dataset.shape import references, shape, values
from dataset.spread import Spread, paths, pointing, reached, spread
from tests import world

EVENT, SPLIT = "evt-closures", "evt-forced-closures"


def _paths(kind: type, prefix: str = "") -> list[str]:
    """Return every path of a record type."""
    found = []
    for field in shape(kind):
        found.append(prefix + field.name)
        found += _paths(field.type, f"{prefix}{field.name}.") if field.nested else []
    return found


def _walked(record: Any, path: str) -> list[Any]:
    """Return the values of a path in one record, walked field by field."""
    name, _, rest = path.partition(".")
    field = next(field for field in shape(type(record)) if field.name == name)
    found = list(values(record, field))
    return [value for inner in found for value in _walked(inner, rest)] if rest else found


@pytest.mark.parametrize("collection", SERVED)
def test_a_column_holds_what_a_walk_over_each_record_finds(catalog: Catalog, collection: str) -> None:
    """Every value of every path stands beside the place of its record, and null nowhere."""
    found = spread(catalog.latest.release.corpus)[collection]
    records = list(catalog.latest.release.corpus.collection(collection).values())
    kind: Any = SERVED[collection]
    every = _paths(kind)

    for path in every:
        expected = [(place, value) for place, record in enumerate(records) for value in _walked(record, path)]
        assert list(zip(*found.column(path), strict=True)) == expected
        assert [value for record in records for value in reached(record, path)] == [value for _, value in expected]
        assert not found.single(path) or len({place for place, _ in expected}) == len(expected)
    assert "id" in every


def test_a_column_is_the_same_whenever_it_is_read(catalog: Catalog) -> None:
    """Reading a longer path first leaves the shorter one as it is, and the other way round."""
    records = catalog.latest.release.corpus.events
    one, other = Spread(Event, records), Spread(Event, records)
    every = _paths(Event)

    assert [one.column(path) for path in every] == [other.column(path) for path in reversed(every)][::-1]


def test_places_are_grouped_by_value() -> None:
    """A place stands beside a value as often as its record has it, in the order of the records."""
    records = world.raw()
    records["events", SPLIT]["evidence"] += world.evidence("cit-gazette-split")
    found = spread(world.edition_of(records).release.corpus)["events"]

    assert found.grouped("part_of") == {EVENT: [1]}
    assert found.grouped("evidence.citation") == {"cit-gazette-lead": [0], "cit-gazette-split": [1, 1]}
    assert found.grouped("**.evidence.citation") == {"cit-gazette-lead": [0, 0], "cit-gazette-split": [1, 1]}


def test_a_path_is_single_where_no_record_has_several_values() -> None:
    """It is told by the records, whatever their type allows: one more value in one of them, and it is not."""
    records = world.raw()
    before = spread(world.edition_of(records).release.corpus)["figures"].single("**.evidence.citation")
    records["figures", "fig-seven"]["evidence"] += world.evidence("cit-gazette-lead")
    after = spread(world.edition_of(records).release.corpus)["figures"]

    assert (before, after.single("**.evidence.citation"), after.single("about")) == (True, False, True)


@pytest.mark.parametrize("collection", SERVED)
def test_evidence_is_found_at_every_depth(catalog: Catalog, collection: str) -> None:
    """A path that begins with two stars leads to all evidence of a record, and to nothing where none is carried."""
    kind: Any = SERVED[collection]
    for record in catalog.latest.release.corpus.collection(collection).values():
        found = [value.citation for value in entries(record)]
        assert sorted(reached(record, "**.evidence.citation")) == sorted(found)
    assert (paths(kind, "**.evidence.citation") == ()) == (collection in ("sources", "citations", "discrepancies"))


@pytest.mark.parametrize("collection", SERVED)
def test_every_reference_is_among_those_that_are_proved(catalog: Catalog, collection: str) -> None:
    """The paths that point to ids lead to each reference that a record makes, with the same collections."""
    kind: Any = SERVED[collection]
    for record in catalog.latest.release.corpus.collection(collection).values():
        expected = sorted((field.ref, target) for _, field, target in references(record))
        found = [(ref, name) for path, ref in pointing(kind) for name in reached(record, path)]
        assert sorted(found) == expected


def test_what_a_function_reads_is_read_once() -> None:
    """Asking again gives what was read before."""
    found = spread(world.edition_of(world.raw()).release.corpus)["events"]
    asked = []

    def title(event: Event) -> str:
        asked.append(event.id)
        return event.title

    assert found.read(title) == found.read(title) == ["Twelve mines shut", "Seven of them were ordered to"]
    assert asked == [EVENT, SPLIT]


def _release(edit: Callable[[world.Raw], Any] = lambda _: None) -> Release:
    """Return the world as a release, its records edited and not checked."""
    whole = world.edition_of(world.raw()).release
    records = {(name, record.id): to_plain(record) for name, record in whole.corpus.everything()}
    edit(records)
    found: dict[str, dict[str, Any]] = {name: {} for name in COLLECTIONS}
    for (collection, name), record in sorted(records.items()):
        found[collection][name] = msgspec.convert(record, COLLECTIONS[collection])
    return replace(whole, corpus=Corpus(**found))


def _proved(release: Release) -> list[Problem]:
    """Return what is wrong with the references of a release."""
    try:
        prove(release, spread(release.corpus))
    except RefusedError as error:
        return error.problems
    return []


def _set(collection: str, name: str, *way: str | int, value: Any) -> Callable[[world.Raw], None]:
    def edit(records: world.Raw) -> None:
        found: Any = records[collection, name]
        for step in way[:-1]:
            found = found[step]
        found[way[-1]] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "record", "field", "reason"),
    [
        (_set("citations", "cit-gazette-lead", "source", value="src-no"), "cit-gazette-lead", "source", "sources"),
        (
            _set("entities", "ent-ada-reed", "names", 0, "evidence", 0, "citation", value="cit-no"),
            "ent-ada-reed",
            "names[0].evidence[0].citation",
            "citations",
        ),
        (_set("events", EVENT, "place", value="ent-no"), EVENT, "place", "entities"),
        (
            _set("events", EVENT, "participations", 0, "entity", value="ent-no"),
            EVENT,
            "participations[0].entity",
            "entities",
        ),
        (
            _set("events", EVENT, "participations", 0, "evidence", 0, "attributed_to", value="ent-no"),
            EVENT,
            "participations[0].evidence[0].attributed_to",
            "entities",
        ),
        (_set("figures", "fig-seven", "about", value="fig-twelve"), "fig-seven", "about", "entities or events"),
        (
            _set("discrepancies", "dis-shut-or-ordered", "preferred", value="fig-no"),
            "dis-shut-or-ordered",
            "preferred",
            "figures or events or relations or entities",
        ),
        (
            _set("sources", world.SOURCE, "origin", 0, "issuer", value="ent-no"),
            world.SOURCE,
            "origin[0].issuer",
            "entities",
        ),
    ],
)
def test_a_reference_to_nothing_is_noticed_wherever_it_stands(
    edit: Callable[[world.Raw], None], record: str, field: str, reason: str
) -> None:
    """A release is refused for one id that leads nowhere, with the record, the path and what should be there."""
    spoiled = _release(edit)
    found = _proved(spoiled)

    assert [(one.record, one.field) for one in found] == [(record, field)]
    assert found[0].reason.startswith(f"there is no {reason} record ")
    assert found == [
        Problem(f"1.0.0/{one.collection}.json", one.record, one.field, one.reason) for one in dangling(spoiled.corpus)
    ]


@pytest.mark.parametrize(
    ("collection", "name", "field"), [("events", EVENT, "part_of"), ("figures", "fig-seven", "restates")]
)
def test_a_record_that_refers_to_itself_is_noticed(collection: str, name: str, field: str) -> None:
    """A release is refused for a record that is a part, or says the same, of itself."""
    found = _proved(_release(_set(collection, name, field, value=name)))

    assert found == [Problem(f"1.0.0/{collection}.json", name, field, "the record refers to itself")]


def test_a_body_may_speak_of_itself() -> None:
    """Evidence that is attributed to the entity that carries it is no reason to refuse a release."""
    way = ("names", 0, "evidence", 0, "attributed_to")
    said = _release(_set("entities", "ent-board-of-salt", *way, value="ent-board-of-salt"))

    assert _proved(said) == _proved(_release()) == []
