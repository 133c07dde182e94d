"""The workbench: one canonical file per record, every reason to refuse one, and formatting."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset import workbench
from dataset.canonical import parse, to_bytes, to_plain
from dataset.corpus import Corpus
from dataset.problem import Problem
from dataset.reading import read
from dataset.records import COLLECTIONS, Entity, Event, Tombstone
from dataset.workbench import About
from tests.world import SOURCE, Raw, evidence, raw, write

REED = ("entities", "ent-ada-reed")
CLOSURES = ("events", "evt-closures")
FORM = r"^(ent)-[a-z0-9]+(-[a-z0-9]+)*$"


def _spoiled(folder: Path, record: tuple[str, str], changed: Mapping[str, Any], *, less: str = "") -> set[Problem]:
    """Return the problems of a world in which one record has other fields."""
    records = raw()
    records[record] = {key: value for key, value in {**records[record], **changed}.items() if key != less}
    return set(workbench.load(write(folder / "bench", records)).problems)


def _named(**fields: Any) -> dict[str, Any]:
    """Return the names of an entity, one of them, with these fields."""
    return {"names": [{"text": "Ada Reed", "kind": "primary", "evidence": evidence("cit-gazette-reed"), **fields}]}


def _alone(found: set[Problem], file: str) -> set[tuple[str, str, str]]:
    """Return the problems of one file, without its name."""
    return {(problem.record, problem.field, problem.reason) for problem in found if problem.file == file}


def test_a_workbench_is_read_whole(tmp_path: Path) -> None:
    """Every record of the world is found in its collection, in the order of the ids, with what the dataset is."""
    loaded = workbench.load(write(tmp_path / "bench"))

    assert loaded.problems == ()
    assert loaded.about == About(dataset="atlantis", title="The mines of Atlantis", licence="CC-BY-4.0")
    assert sorted(raw(), key=lambda key: (list(COLLECTIONS).index(key[0]), key[1])) == [
        (collection, record.id) for collection, record in loaded.corpus.everything()
    ]


def test_a_record_says_what_its_file_says(tmp_path: Path) -> None:
    """A record has the values that the curator wrote, and null or nothing where none was written."""
    records = raw()
    loaded = workbench.load(write(tmp_path / "bench", records))
    plain = to_plain(loaded.corpus.relations["rel-reed-behind-mines"])

    assert plain["predicate"] == "behind"
    assert plain["valid"] is None
    assert plain["evidence"][0]["modality"] == "believed"
    assert plain["evidence"][0]["supports"] == []
    assert {key: plain[key] for key in ("id", "subject", "object")} == {
        key: records["relations", "rel-reed-behind-mines"][key] for key in ("id", "subject", "object")
    }


@pytest.mark.parametrize(
    ("changed", "less", "field", "reason"),
    [
        ({"colour": "red"}, "", "colour", "is no field of this record"),
        ({}, "kind", "kind", "is required"),
        (
            {"kind": "planet"},
            "",
            "kind",
            "'planet' is not one of 'person', 'organization', 'public_body', 'place' or 'group'",
        ),
        ({"names": "Ada Reed"}, "", "names", "must be a list"),
        ({"names": []}, "", "names", "must not be empty"),
        ({"names": ["Ada Reed"]}, "", "names[0]", "must be an object"),
        ({"description": "A person."}, "", "description", "must be an object"),
        (
            _named(text=""),
            "",
            "names[0].text",
            "must not be empty",
        ),
        (
            _named(text=7),
            "",
            "names[0].text",
            "must be a string",
        ),
        (
            _named(evidence=[]),
            "",
            "names[0].evidence",
            "must not be empty",
        ),
        ({"names": [{"text": "Ada Reed", "kind": "primary"}]}, "", "names[0].evidence", "is required"),
        (
            _named(evidence=[{"citation": "cit-gazette-reed"}]),
            "",
            "names[0].evidence[0].modality",
            "is required",
        ),
        (
            _named(evidence=evidence("Reed")),
            "",
            "names[0].evidence[0].citation",
            "'Reed' does not have the form ^(cit)-[a-z0-9]+(-[a-z0-9]+)*$",
        ),
    ],
    ids=[
        "unknown field",
        "missing field",
        "unknown term",
        "string for list",
        "empty list",
        "string in list",
        "string for object",
        "empty string",
        "number for string",
        "no evidence",
        "missing evidence",
        "missing field inside",
        "bad reference",
    ],
)
def test_a_file_that_is_no_record_is_refused(
    tmp_path: Path, changed: dict[str, Any], less: str, field: str, reason: str
) -> None:
    """A field too many, too few or of another type is named with its path, its record and its file."""
    found = _spoiled(tmp_path, REED, changed, less=less)

    assert _alone(found, "entities/ent-ada-reed.json") == {("ent-ada-reed", field, reason)}


def test_true_is_not_the_word_true(tmp_path: Path) -> None:
    """Types are strict: a word is no truth value, and a number is no decimal string."""
    found = _spoiled(tmp_path, ("figures", "fig-twelve"), {"cumulative": "true", "value": 12})

    assert _alone(found, "figures/fig-twelve.json") >= {
        ("fig-twelve", "cumulative", "must be true or false"),
        ("fig-twelve", "value", "must be a string"),
    }


@pytest.mark.parametrize("value", ["1.0", "01", "1e3", "+1", "1,000", "", ".5", "1.", "½", "١"])
def test_a_decimal_has_one_spelling(tmp_path: Path, value: str) -> None:
    """A number with an exponent, a separator or a needless zero is no decimal string."""
    found = _spoiled(tmp_path, ("figures", "fig-twelve"), {"value": value})

    assert {field for _, field, _ in _alone(found, "figures/fig-twelve.json")} >= {"value"}


@pytest.mark.parametrize(
    "name", ["ent-Ada", "ent-ada_reed", "ent-", "ent--ada", "ent-ada-", "ada", "evt-ada", "ent-ада", "ent-ada\n", ""]
)
def test_an_id_is_a_slug_with_its_prefix(name: str) -> None:
    """Capitals, underlines, other letters, empty parts and other prefixes make no id."""
    _, problems = read(Entity, to_bytes({**raw()[REED], "id": name}), "a.json")

    assert problems == [Problem("a.json", name, "id", f"{name!r} does not have the form {FORM}")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "gazette.example/2020"),
        ("url", "https://gazette.example/#top"),
        ("archive_url", "ftp://gazette.example/"),
        ("published", "May 2, 2020"),
        ("published", "2020-05-02T10:00:00+02:00"),
        ("updated", "2020-05"),
        ("language", "English"),
        ("accessed", "2020-05-03T10:00Z"),
        ("digest", "sha256:ABC"),
    ],
)
def test_a_source_states_addresses_times_and_digests_in_one_form(tmp_path: Path, field: str, value: str) -> None:
    """An address without its scheme, a time not in UTC and a digest of another kind are refused."""
    found = _alone(_spoiled(tmp_path, ("sources", SOURCE), {field: value}), f"sources/{SOURCE}.json")

    assert [(SOURCE, field)] == [(record, name) for record, name, _ in found]


@pytest.mark.parametrize("content", ["null", "1", '"ent-a"', "[1]", "true"])
def test_a_file_that_holds_no_object_is_refused(tmp_path: Path, content: str) -> None:
    """Other JSON than an object is named by its file alone."""
    bench = write(tmp_path / "bench")
    (bench / "entities" / "ent-odd.json").write_text(content)

    assert workbench.load(bench).problems == (Problem("entities/ent-odd.json", "", "", "must be an object"),)


def test_an_id_that_is_no_string_is_still_shown() -> None:
    """A record whose id has the wrong type is reported by what stands there."""
    _, problems = read(Tombstone, b'{"id": ["ent-a"], "reason": "Gone."}', "a.json")

    assert problems == [Problem("a.json", "['ent-a']", "id", "must be a string")]


def test_a_list_of_records_names_the_record_that_is_wrong() -> None:
    """In a file of many records, each problem is told with the id of its record and the path inside it."""
    data = json.dumps([{"id": "ent-a", "reason": "Gone."}, {"id": "ent-b", "reason": ""}, {"id": "ent-c"}, 3])
    kind: Any = tuple[Tombstone, ...]

    assert read(kind, data.encode(), "tombstones.json") == (
        None,
        [
            Problem("tombstones.json", "ent-b", "reason", "must not be empty"),
            Problem("tombstones.json", "ent-c", "reason", "is required"),
            Problem("tombstones.json", "", "", "must be an object"),
        ],
    )


def test_a_refused_record_is_left_out_and_missed(tmp_path: Path) -> None:
    """A record whose file is refused is not in the corpus, and what refers to it says so in the same run."""
    records = raw()
    records[REED]["colour"] = "red"
    loaded = workbench.load(write(tmp_path / "bench", records))

    assert "ent-ada-reed" not in loaded.corpus.entities
    assert (
        Problem(
            "relations/rel-reed-behind-mines.json",
            "rel-reed-behind-mines",
            "subject",
            "there is no entities or events record 'ent-ada-reed'",
        )
        in loaded.problems
    )


def test_a_file_is_named_after_its_record(tmp_path: Path) -> None:
    """A record in a file of another name is reported, and found by its id all the same."""
    bench = write(tmp_path / "bench")
    (bench / "events" / "evt-closures.json").rename(bench / "events" / "evt-other.json")
    loaded = workbench.load(bench)

    assert loaded.problems == (Problem("events/evt-other.json", "evt-closures", "id", "is not the file's name"),)
    assert "evt-closures" in loaded.corpus.events


def test_a_record_in_the_folder_of_another_collection_is_refused(tmp_path: Path) -> None:
    """An event among the entities is no entity: its id and its fields say so."""
    bench = write(tmp_path / "bench")
    (bench / "events" / "evt-closures.json").rename(bench / "entities" / "evt-closures.json")
    found = _alone(set(workbench.load(bench).problems), "entities/evt-closures.json")

    assert ("evt-closures", "id", f"'evt-closures' does not have the form {FORM}") in found
    assert ("evt-closures", "title", "is no field of this record") in found
    assert ("evt-closures", "names", "is required") in found


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "events/evt-draft.json~",
        "events/evt-draft.JSON",
        "events/deep/evt-draft.json",
        "evt-draft.json",
        "persons/ent-draft.json",
        "events/.DS_Store",
        "events/dataset.json/x.json",
    ],
)
def test_a_stray_file_is_reported(tmp_path: Path, name: str) -> None:
    """A file that is in no place for a record is named, and read as none."""
    bench = write(tmp_path / "bench")
    (bench / name).parent.mkdir(exist_ok=True, parents=True)
    (bench / name).write_text("{")

    assert workbench.load(bench).problems == (Problem(name, "", "", "is no record file: <collection>/<id>.json"),)


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    """A link that leads nowhere is a problem of its file, and the others are read."""
    bench = write(tmp_path / "bench")
    (bench / "events" / "evt-lost.json").symlink_to(tmp_path / "nowhere.json")
    loaded = workbench.load(bench)

    assert [(problem.file, problem.record) for problem in loaded.problems] == [("events/evt-lost.json", "")]
    assert "evt-closures" in loaded.corpus.events


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.rstrip(b"\n"),
        lambda data: data + b"\n",
        lambda data: json.dumps(json.loads(data)).encode(),
        lambda data: to_bytes(dict(reversed(json.loads(data).items()))),
        lambda data: data.replace(b"Twelve", b"\\u0054welve"),
        lambda data: to_bytes({key: value for key, value in json.loads(data).items() if value is not None}),
    ],
    ids=["CRLF", "no newline", "two newlines", "one line", "other order", "escaped letter", "null left out"],
)
def test_other_bytes_than_the_serialiser_s_are_refused(tmp_path: Path, spoil: Any) -> None:
    """A file that says the same in other bytes is reported with the command that mends it, and formatting does."""
    bench = write(tmp_path / "bench")
    path = bench / "events" / "evt-closures.json"
    canonical = path.read_bytes()
    path.write_bytes(spoil(canonical))

    assert path.read_bytes() != canonical
    assert workbench.load(bench).problems == (
        Problem(
            "events/evt-closures.json", "evt-closures", "", "bytes are not canonical: run `python -m dataset format`"
        ),
    )
    assert workbench.formatted(Event, path.read_bytes(), path.name) == (canonical, [])


@pytest.mark.parametrize(
    ("edtf", "days"),
    [
        ("2020-05-01", ["2020-05-01", "2020-05-01"]),
        ("2020-02", ["2020-02-01", "2020-02-29"]),
        ("2019", ["2019-01-01", "2019-12-31"]),
        ("2020-05-01/..", ["2020-05-01", None]),
        ("../2020-05", [None, "2020-05-31"]),
        ("2021-24~", ["2021-12-01", "2022-02-28"]),
    ],
)
def test_formatting_computes_the_days_of_a_date(edtf: str, days: list[str | None]) -> None:
    """The first and the last day are written beside a date, whatever stood there before."""
    for stale in ({}, {"earliest": "1999-01-01", "latest": None}):
        record = {**raw()[CLOSURES], "date": {"edtf": edtf, "basis": "announced", **stale}}
        data, problems = workbench.formatted(Event, to_bytes(record), "a.json")

        assert problems == []
        assert data is not None
        assert list(parse(data)["date"]) == ["edtf", "earliest", "latest", "basis", "inference"]
        assert [parse(data)["date"][name] for name in ("earliest", "latest")] == days


def test_formatting_computes_the_days_of_dates_inside_lists(tmp_path: Path) -> None:
    """Dates are found at any depth, as in the origins of a source."""
    records = raw()
    records["sources", SOURCE]["origin"][0]["date"] = {"edtf": "2020-05-01", "basis": "announced"}
    loaded = workbench.load(write(tmp_path / "bench", records))
    date = loaded.corpus.sources[SOURCE].origin[0].date

    assert loaded.problems == ()
    assert date is not None
    assert (date.earliest, date.latest) == ("2020-05-01", "2020-05-01")


@pytest.mark.parametrize(
    ("date", "days"),
    [
        ({"edtf": "soon"}, [None, None]),
        ({"edtf": "soon", "earliest": "2020-01-01"}, ["2020-01-01", None]),
    ],
)
def test_formatting_leaves_a_date_that_is_none_to_the_check(
    tmp_path: Path, date: dict[str, Any], days: list[str | None]
) -> None:
    """A date that cannot be read gets no days; the check names it once, with its record."""
    record = {**raw()[CLOSURES], "date": {**date, "basis": "announced"}}
    data, problems = workbench.formatted(Event, to_bytes(record), "a.json")

    assert problems == []
    assert data is not None
    assert [parse(data)["date"][name] for name in ("earliest", "latest")] == days
    assert _spoiled(tmp_path, CLOSURES, {"date": record["date"]}) == {
        Problem("events/evt-closures.json", "evt-closures", "date.edtf", "'soon' is no year, month, season or day")
    }


def test_formatting_refuses_what_is_no_record() -> None:
    """A file that is refused is not rewritten, and the problems are those of reading it."""
    data = to_bytes({**raw()[REED], "colour": "red", "names": []})
    expected = [
        Problem("a.json", "ent-ada-reed", "names", "must not be empty"),
        Problem("a.json", "ent-ada-reed", "colour", "is no field of this record"),
    ]

    assert workbench.formatted(Entity, data, "a.json") == (None, expected)
    assert read(Entity, data, "a.json") == (None, expected)


@pytest.mark.parametrize("edtf", [["2020"], 2020, None, {"edtf": "2020"}])
def test_formatting_leaves_a_date_of_another_type_to_reading(edtf: Any) -> None:
    """A date that is no string is refused as one, with its path."""
    record = {**raw()[CLOSURES], "date": {"edtf": edtf, "earliest": None, "latest": None, "basis": "announced"}}

    assert workbench.formatted(Event, to_bytes(record), "a.json") == (
        None,
        [Problem("a.json", "evt-closures", "date.edtf", "must be a string")],
    )


@settings(deadline=None)
@given(key=st.sampled_from(sorted(raw())), order=st.randoms(use_true_random=False))
def test_formatting_twice_is_formatting_once(key: tuple[str, str], order: Any) -> None:
    """Whatever the order of the keys, formatting gives the same bytes, and formatting those changes nothing."""
    records: Raw = raw()
    items = list(records[key].items())
    order.shuffle(items)
    kind = COLLECTIONS[key[0]]
    once, _ = workbench.formatted(kind, json.dumps(dict(items)).encode(), "a.json")
    straight, _ = workbench.formatted(kind, to_bytes(records[key]), "a.json")

    assert once is not None
    assert once == straight
    assert workbench.formatted(kind, once, "a.json") == (once, [])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, Problem("dataset.json", "", "", "cannot be read: No such file or directory")),
        ("{", Problem("dataset.json", "", "", "not JSON: Expecting property name enclosed in double quotes in line 1")),
        ('{"dataset": "atlantis", "title": "T"}', Problem("dataset.json", "", "licence", "is required")),
        (
            '{"dataset": "At Lantis", "title": "T", "licence": "L"}',
            Problem("dataset.json", "", "dataset", "'At Lantis' does not have the form ^[a-z0-9-]+$"),
        ),
    ],
    ids=["missing", "broken", "incomplete", "bad name"],
)
def test_a_workbench_says_what_its_dataset_is(tmp_path: Path, content: str | None, problem: Problem) -> None:
    """Without a valid dataset.json the records are read all the same, and the file is named."""
    bench = write(tmp_path / "bench")
    (bench / "dataset.json").unlink()
    if content is not None:
        (bench / "dataset.json").write_text(content)
    loaded = workbench.load(bench)

    assert loaded.about is None
    assert loaded.problems == (problem,)
    assert "evt-closures" in loaded.corpus.events


def test_an_empty_workbench_holds_nothing(tmp_path: Path) -> None:
    """A folder without records is an empty corpus, not an error."""
    assert workbench.load(write(tmp_path / "bench", {})).corpus == Corpus()
    assert workbench.load(tmp_path / "nowhere").corpus == Corpus()


def test_a_tombstone_stands_for_a_record_of_any_collection(tmp_path: Path) -> None:
    """Tombstones are files beside the records, named after the ids that went away."""
    records = raw()
    for name in ("evt-gone", "ent-gone", "cit-gone"):
        records["tombstones", name] = {"id": name, "reason": "It was there twice."}
    loaded = workbench.load(write(tmp_path / "bench", records))

    assert loaded.problems == ()
    assert list(loaded.corpus.tombstones) == ["cit-gone", "ent-gone", "evt-gone"]
