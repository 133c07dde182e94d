"""The changes from one state to another: complete, per record and field, each with the reason given for it."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset import catalog, workbench
from dataset.canonical import to_plain
from dataset.corpus import Corpus
from dataset.diff import diff, recorded
from dataset.publish import prepare, write
from dataset.records import Change, Discrepancy, Tombstone
from dataset.release import Release, read
from dataset.version import Version
from dataset.vocabulary import ChangeKind, ChangeReason, DiscrepancyReason
from dataset.workbench import About
from tests import world
from tests.world import Raw, raw

REED = ("relations", "rel-reed-behind-mines")


def _reason(record: str, field: str | None) -> ChangeReason:
    return ChangeReason.SCOPE


def _discrepancy(name: str, title: str, records: list[str], preference: str | None) -> Discrepancy:
    return Discrepancy(
        id=name,
        title=title,
        reason=DiscrepancyReason.SCOPE,
        records=tuple(records),
        citations=("cit-a", "cit-b"),
        note="They differ.",
        preference=preference,
    )


STATES = st.dictionaries(
    st.sampled_from([f"dis-{letter}" for letter in "abcdef"]),
    st.tuples(
        st.sampled_from(["One", "Two", "Three"]),
        st.lists(st.sampled_from(["evt-a", "evt-b"]), max_size=2),
        st.sampled_from([None, "It is round."]),
    ),
)


def _state(found: dict[str, tuple[str, list[str], str | None]]) -> Corpus:
    return Corpus(discrepancies={name: _discrepancy(name, *found[name]) for name in sorted(found)})


def _plain(corpus: Corpus) -> dict[str, dict[str, Any]]:
    return {record.id: to_plain(record) for _, record in corpus.records()}


def _applied(old: Corpus, changes: list[Change], new: Corpus) -> dict[str, dict[str, Any]]:
    """Return the old records with the changes made to them; what is added is taken from the new state."""
    found = _plain(old)
    for change in changes:
        if change.change is ChangeKind.ADDED:
            assert change.record not in found
            found[change.record] = _plain(new)[change.record]
        elif change.change is ChangeKind.REMOVED:
            del found[change.record]
        else:
            assert change.field is not None
            assert found[change.record][change.field] == change.old
            found[change.record][change.field] = change.new
    return found


@settings(deadline=None)
@given(STATES, STATES)
def test_applying_the_changes_to_the_old_gives_the_new(old: Any, new: Any) -> None:
    """The changes are all that there are: made to the old records, they yield the new ones."""
    before, after = _state(old), _state(new)

    assert _applied(before, list(diff(before, after, _reason)), after) == _plain(after)


@settings(deadline=None)
@given(STATES, STATES)
def test_no_change_is_told_twice_or_changes_nothing(old: Any, new: Any) -> None:
    """Each change has its own record and field, and another value than before."""
    changes = list(diff(_state(old), _state(new), _reason))

    assert len({(change.record, change.field) for change in changes}) == len(changes)
    assert [c for c in changes if c.change is ChangeKind.CHANGED and c.old == c.new] == []
    assert [c for c in changes if (c.field is None) == (c.change is ChangeKind.CHANGED)] == []


@settings(deadline=None)
@given(STATES, STATES)
def test_the_way_back_is_the_way_there_turned_round(old: Any, new: Any) -> None:
    """From the new to the old, what was added is removed and every value goes back."""
    turned = {ChangeKind.ADDED: ChangeKind.REMOVED, ChangeKind.REMOVED: ChangeKind.ADDED}
    there = diff(_state(old), _state(new), _reason)
    back = diff(_state(new), _state(old), _reason)

    assert {(turned.get(c.change, c.change), c.record, c.field, repr(c.new), repr(c.old)) for c in there} == {
        (c.change, c.record, c.field, repr(c.old), repr(c.new)) for c in back
    }


@settings(deadline=None)
@given(STATES)
def test_between_equal_states_nothing_changed(state: Any) -> None:
    """Two states with the same records have no changes between them."""
    assert list(diff(_state(state), _state(dict(reversed(state.items()))), _reason)) == []


def test_a_change_says_the_old_and_the_new_value_as_plain_json() -> None:
    """Each changed field is told with its values, the fields in the order of the record, lists whole."""
    old = _discrepancy("dis-a", "One", ["evt-a"], None)
    new = replace(old, title="Two", records=("evt-a", "evt-b"), preferred="evt-b")
    asked = []

    def reason(record: str, field: str | None) -> ChangeReason:
        asked.append((record, field))
        return ChangeReason.WORDING

    changes = list(diff(Corpus(discrepancies={"dis-a": old}), Corpus(discrepancies={"dis-a": new}), reason))

    assert changes == [
        Change(
            change=ChangeKind.CHANGED,
            record="dis-a",
            field=field,
            old=before,
            new=after,
            reason=ChangeReason.WORDING,
        )
        for field, before, after in (
            ("title", "One", "Two"),
            ("records", ["evt-a"], ["evt-a", "evt-b"]),
            ("preferred", None, "evt-b"),
        )
    ]
    assert asked == [("dis-a", "title"), ("dis-a", "records"), ("dis-a", "preferred")]


def test_a_record_that_became_a_tombstone_is_removed() -> None:
    """The change names the record that went; the tombstone itself is no change."""
    old = Corpus(discrepancies={"dis-a": _discrepancy("dis-a", "One", ["evt-a"], None)})
    new = Corpus(tombstones={"dis-a": Tombstone(id="dis-a", reason="They agree.")})

    assert list(diff(old, new, _reason)) == [
        Change(change=ChangeKind.REMOVED, record="dis-a", reason=ChangeReason.SCOPE)
    ]


def test_changes_are_in_the_order_of_collections_and_ids(tmp_path: Path) -> None:
    """What is there is told in the order in which it is shown, what went away after it."""
    corpus = workbench.load(world.write(tmp_path / "bench")).corpus
    added = [change.record for change in diff(Corpus(), corpus, _reason)]
    removed = [change.record for change in diff(corpus, Corpus(), _reason)]

    assert added == removed == [record.id for _, record in corpus.records()]


def _step(folder: Path, version: str, records: Raw, previous: Release | None, reason: ChangeReason) -> Release:
    bench = workbench.load(world.write(folder / f"bench-{version}", records))
    assert bench.problems == ()
    about = About(dataset="atlantis", title="Atlantis", licence="CC-BY-4.0")
    made, contents = prepare(
        bench.corpus,
        about,
        Version.parse(version),
        "2020-06-01",
        previous=previous,
        reason=lambda record, field: reason,
    )
    return read(write(folder / "releases", made, contents))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return four releases: two records are added, one is reworded; a title is corrected twice; another record goes."""
    first = _step(tmp_path, "1.0.0", raw(), None, ChangeReason.NEW_SOURCE)
    records = raw()
    records["relations", "rel-two"] = {**records[REED], "id": "rel-two"}
    records["relations", "rel-three"] = {**records[REED], "id": "rel-three"}
    records["events", "evt-closures"]["title"] = "Mines shut"
    second = _step(tmp_path, "1.1.0", records, first, ChangeReason.NEW_SOURCE)
    records["relations", "rel-two"]["note"] = "That is what is believed."
    records["events", "evt-closures"]["title"] = "Twelve shut"
    third = _step(tmp_path, "1.1.1", records, second, ChangeReason.WORDING)
    del records[REED]
    records["tombstones", REED[1]] = {"id": REED[1], "reason": "It was there twice.", "successor": "rel-two"}
    records["events", "evt-forced-closures"]["title"] = "Seven were"
    _step(tmp_path, "2.0.0", records, third, ChangeReason.CURATOR_ERROR)
    return tmp_path / "releases"


def _told(changes: tuple[Change, ...]) -> list[tuple[str, str, str | None, object, object, str]]:
    return [(c.change.value, c.record, c.field, c.old, c.new, c.reason.value) for c in changes]


def test_the_changes_between_neighbours_are_those_of_the_manifest(folder: Path) -> None:
    """From one release to the next the changes and the reasons are what the manifest says."""
    found = catalog.load(folder)
    versions = ["1.0.0", "1.1.0", "1.1.1", "2.0.0"]

    assert list(found.editions) == versions[::-1]
    for old, new in itertools.pairwise(versions):
        assert found.changes(old, new) == found.editions[new].release.manifest.changes
        assert found.changes(old, new)


def test_reasons_are_carried_across_several_releases(folder: Path) -> None:
    """Of a field that was changed twice the last reason counts, and an added record has the reason of its addition."""
    assert _told(catalog.load(folder).changes("1.0.0", "2.0.0")) == [
        ("changed", "evt-closures", "title", "Twelve mines shut", "Twelve shut", "wording"),
        ("changed", "evt-forced-closures", "title", "Seven of them were ordered to", "Seven were", "curator_error"),
        ("added", "rel-three", None, None, None, "new_source"),
        ("added", "rel-two", None, None, None, "new_source"),
        ("removed", "rel-reed-behind-mines", None, None, None, "curator_error"),
    ]


def test_the_changes_can_be_asked_backwards(folder: Path) -> None:
    """From a newer release to an older one every change is turned round, with the same reason."""
    assert _told(catalog.load(folder).changes("2.0.0", "1.1.0")) == [
        ("changed", "evt-closures", "title", "Twelve shut", "Mines shut", "wording"),
        ("changed", "evt-forced-closures", "title", "Seven were", "Seven of them were ordered to", "curator_error"),
        ("added", "rel-reed-behind-mines", None, None, None, "curator_error"),
        ("changed", "rel-two", "note", "That is what is believed.", None, "wording"),
    ]


def test_a_release_has_no_changes_from_itself(folder: Path) -> None:
    """From a release to itself nothing changed."""
    assert catalog.load(folder).changes("1.1.0", "1.1.0") == ()


def test_the_changes_across_a_refused_release_are_still_told(folder: Path) -> None:
    """Where a release between the two is not served, what changed is told all the same, if not why."""
    expected = [told[:5] for told in _told(catalog.load(folder).changes("1.0.0", "2.0.0"))]
    (folder / "1.1.0" / "sources.json").write_bytes(b"[]\n")
    found = catalog.load(folder)

    assert list(found.editions) == ["2.0.0", "1.1.1", "1.0.0"]
    assert [told[:5] for told in _told(found.changes("1.0.0", "2.0.0"))] == expected
    assert {c.reason for c in found.changes("1.0.0", "2.0.0") if c.record == "rel-three"} == {ChangeReason.UNKNOWN}


def test_the_recorded_reason_of_a_field_goes_before_that_of_its_record() -> None:
    """A reason is that of the field; a field of which none is recorded has that of its record."""

    def change(kind: ChangeKind, field: str | None, reason: ChangeReason) -> Change:
        return Change(change=kind, record="dis-a", field=field, reason=reason)

    steps = [
        [change(ChangeKind.ADDED, None, ChangeReason.NEW_SOURCE)],
        [change(ChangeKind.CHANGED, "title", ChangeReason.WORDING)],
        [change(ChangeKind.CHANGED, "title", ChangeReason.SOURCE_CORRECTED)],
    ]

    assert recorded(steps)("dis-a", "title") is ChangeReason.SOURCE_CORRECTED
    assert recorded(steps)("dis-a", None) is ChangeReason.NEW_SOURCE
    assert recorded(steps[:1])("dis-a", "title") is ChangeReason.NEW_SOURCE


def test_a_change_has_the_reason_of_the_step_it_was_made_in(tmp_path: Path) -> None:
    """A field that changed in two steps for different reasons is told of each step with that step's reason."""
    states = []
    for title in ("Mines shut", "Twelve shut", "A dozen shut"):
        records = raw()
        records["events", "evt-closures"]["title"] = title
        states.append(records)
    first = _step(tmp_path, "1.0.0", states[0], None, ChangeReason.NEW_SOURCE)
    second = _step(tmp_path, "1.0.1", states[1], first, ChangeReason.WORDING)
    _step(tmp_path, "1.0.2", states[2], second, ChangeReason.CURATOR_ERROR)
    found = catalog.load(tmp_path / "releases")
    pairs = (("1.0.0", "1.0.1"), ("1.0.1", "1.0.2"), ("1.0.0", "1.0.2"))
    reasons = {pair: [c.reason.value for c in found.changes(*pair)] for pair in pairs}
    assert reasons == {pairs[0]: ["wording"], pairs[1]: ["curator_error"], pairs[2]: ["curator_error"]}
