"""The one serialiser of records: what it writes it reads back, and the committed files are its bytes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset import canonical, release, workbench
from dataset.canonical import MAX_NESTING, parse, to_bytes, to_plain
from dataset.manifest import Manifest
from dataset.problem import Problem
from dataset.reading import adapter, read
from dataset.records import COLLECTIONS, Change, Citation, Tombstone
from dataset.vocabulary import ChangeKind, ChangeReason
from tests.world import raw, write

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_what_is_written_is_read_back(value: Any) -> None:
    """Any JSON value survives the serialiser and the parser."""
    assert value == parse(to_bytes(value)) == to_plain(value)


@settings(deadline=None)
@given(st.text(min_size=1), st.lists(st.text(min_size=1)))
def test_a_record_survives_its_file(words: str, tokens: list[str]) -> None:
    """A record that is written and read is the same record, and writing it again gives the same bytes."""
    citation = Citation(
        id="cit-a",
        source="src-a",
        where="lead",
        start=words,
        end=words,
        digest="sha256:" + "0" * 64,
        tokens=tuple(tokens),
    )
    data = to_bytes(citation)
    found, problems = read(Citation, data, "cit-a.json")

    assert (citation, []) == (found, problems)
    assert data == to_bytes(found)
    assert data == json.dumps(to_plain(citation), ensure_ascii=False, indent=2).encode() + b"\n"


@settings(deadline=None)
@given(JSON, JSON)
def test_a_change_keeps_any_value(old: Any, new: Any) -> None:
    """What a field was and is, whatever JSON it is, survives in a manifest's change."""
    change = Change(change=ChangeKind.CHANGED, record="ent-a", field="x", old=old, new=new, reason=ChangeReason.WORDING)

    assert change == adapter(Change).validate_json(to_bytes(change))


def test_a_file_is_utf_8_two_spaces_and_fields_as_declared() -> None:
    """The bytes are what a person would write: letters as they are, every field on its line, null ones too."""
    stone = Tombstone(successor=None, reason="Шахта “закрыта”", id="ent-a")
    expected = '{\n  "id": "ent-a",\n  "reason": "Шахта “закрыта”",\n  "successor": null\n}\n'

    assert expected.encode() == to_bytes(stone)


def test_plain_json_has_its_own_types_only(tmp_path: Path) -> None:
    """A record as plain JSON is made of dict, list, str, bool and None: terms are their values."""

    def kinds(value: Any) -> set[type]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return {type(value)}.union(*(kinds(item) for item in inner))

    corpus = workbench.load(write(tmp_path / "bench")).corpus
    found = set[type]().union(*(kinds(to_plain(record)) for _, record in corpus.everything()))

    assert {dict, list, str, bool, type(None)} == found


def test_every_file_of_the_committed_workbench_is_canonical() -> None:
    """Reading a workbench file and writing it again leaves each byte as it is."""
    problems: list[Problem] = []
    files = list(workbench.files(workbench.FOLDER, problems))
    other = []
    for collection, path in files:
        data = path.read_bytes()
        record, wrong = read(COLLECTIONS[collection], data, path.name)
        if wrong or data != to_bytes(record) or data != workbench.formatted(type(record), data, path.name)[0]:
            other.append(path.name)

    assert (problems, other) == ([], [])
    assert files


def test_every_file_of_the_published_releases_is_canonical() -> None:
    """The files of a release are the serialiser's bytes as well, the manifest among them."""
    folders = [path for path in release.FOLDER.iterdir() if path.is_dir()]
    other = []
    for folder in folders:
        kinds: dict[str, Any] = {f"{name}.json": tuple[kind, ...] for name, kind in COLLECTIONS.items()}  # type: ignore[valid-type]
        for name, kind in {**kinds, "manifest.json": Manifest}.items():
            data = (folder / name).read_bytes()
            value, _ = read(kind, data, name)
            if data != to_bytes(value):
                other.append(f"{folder.name}/{name}")

    assert other == []
    assert folders


@pytest.mark.parametrize("collection", sorted({collection for collection, _ in raw()}))
def test_every_file_of_the_world_is_canonical(tmp_path: Path, collection: str) -> None:
    """Formatting a file that is canonical changes nothing."""
    for path in (write(tmp_path / "bench") / collection).iterdir():
        data = path.read_bytes()
        assert (data, []) == workbench.formatted(COLLECTIONS[collection], data, path.name)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"id": "a", "id": "b"}', "the key 'id' is there twice"),
        (b'[{"x": {"a": 1, "b": 2, "b": 2}}]', "the key 'b' is there twice"),
        (b'{"a": "\xff"}', "not UTF-8: byte 7"),
        ('{"a": "é"}'.encode("latin-1"), "not UTF-8: byte 7"),
        (b"", "not JSON: Expecting value in line 1"),
        (b'{\n  "a": }\n', "not JSON: Expecting value in line 2"),
        (b'{"a": 1} {}', "not JSON: Extra data in line 1"),
        (b'{"a": "\n"}', "not JSON: Invalid control character at in line 1"),
        (b"[" * 100_000, "not JSON: nested too deeply"),
        (b"[" * 100_000 + b"]" * 100_000, "not JSON: nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "not JSON: nested too deeply"),
    ],
    ids=[
        "duplicate key",
        "duplicate key inside",
        "not UTF-8",
        "Latin-1",
        "empty",
        "broken",
        "two values",
        "raw newline",
        "unclosed",
        "deep list",
        "deep object",
    ],
)
def test_what_is_no_json_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    """Bytes that are not one JSON value of unique keys are refused, and the reason says where."""
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse(data)

    assert (None, [Problem("a.json", "", "", reason)]) == read(Tombstone, data, "a.json")
    assert (None, [Problem("a.json", "", "", reason)]) == workbench.formatted(Tombstone, data, "a.json")


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_are_not_json_are_refused(constant: str) -> None:
    """Python's own names for odd floats are no JSON, and are never rewritten as null."""
    data = b'{"id": "ent-a", "reason": "Gone.", "successor": ' + constant.encode() + b"}"

    with pytest.raises(ValueError, match="not JSON"):
        parse(data)
    assert workbench.formatted(Tombstone, data, "a.json")[0] is None


@pytest.mark.parametrize(
    "data",
    [
        b'{"id": "ent-a", "reason": "\\ud800"}',
        b'{"id": "ent-a", "reason": ' + b"9" * 30 + b"}",
        b'{"id": "ent-a", "reason": ' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"id": "ent-a", "reason": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"id": "ent-a", "reason": ' + b"9" * 5000 + b"}",
    ],
    ids=["lone surrogate", "long number", "nested 300 deep", "nested 900 deep", "very long number"],
)
def test_json_that_no_record_can_hold_is_refused_by_reading_and_formatting(data: bytes) -> None:
    """A value that the serialiser cannot write is a problem of its file, and no crash."""
    for record, problems in (read(Tombstone, data, "a.json"), workbench.formatted(Tombstone, data, "a.json")):
        assert record is None
        assert {"a.json"} == {problem.file for problem in problems}
        assert all(problem.reason for problem in problems)


NESTED = MAX_NESTING * b"["


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (NESTED + b"[" + b"]" * (MAX_NESTING + 1), "not JSON: nested too deeply"),
        (b'{"a":' * (MAX_NESTING + 1) + b"1" + b"}" * (MAX_NESTING + 1), "not JSON: nested too deeply"),
        (b"18446744073709551616", "a number that 64 bits do not hold: 18446744073709551616"),
        (b"-9223372036854775809", "a number that 64 bits do not hold: -9223372036854775809"),
        (b"9" * 100_000, f"a number that 64 bits do not hold: {'9' * 20}…"),
        (b'{"a": [1e999]}', "a number that 64 bits do not hold: 1e999"),
        (b"-1E400", "a number that 64 bits do not hold: -1E400"),
        (b'"\\ud800"', "not Unicode text: a half of a surrogate pair"),
        (b'{"\\udfff": 1}', "not Unicode text: a half of a surrogate pair"),
        (b'{"a": 1, "\\u0061": 2}', "the key 'a' is there twice"),
        (b'{"a:b": 1, "a\\u003ab": 2}', "the key 'a:b' is there twice"),
        (b'{"a": {"x": ":"}, "a": "::"}', "the key 'a' is there twice"),
        (b"\xef\xbb\xbf{}", "not JSON: Unexpected UTF-8 BOM (decode using utf-8-sig) in line 1"),
        (b"\x00", "not JSON: Expecting value in line 1"),
    ],
)
def test_json_beyond_the_bounds_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    """What nests too deeply, what no 64 bits hold, what is no text, and keys that are one by another spelling."""
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        parse(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a:b": "::", "c": [":"]}', {"a:b": "::", "c": [":"]}),
        (b'{"a": "\\u003a"}', {"a": ":"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b"18446744073709551615", 2**64 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b"1.5e3", 1500.0),
        (b'"1234567890123456789012345"', "1234567890123456789012345"),
        (b'"' + b"[{" * 1_000 + b'"', "[{" * 1_000),
    ],
)
def test_what_is_within_the_bounds_is_read(data: bytes, value: Any) -> None:
    """Colons and brackets in texts, escapes and the greatest numbers mean what they say."""
    assert parse(data) == value
    assert parse(b'{"x": ' + data + b"}") == {"x": value}


def test_json_nests_as_deep_as_it_may() -> None:
    """The bound is exact."""
    value = parse(NESTED + b"]" * MAX_NESTING)
    for _ in range(MAX_NESTING - 1):
        (value,) = value
    assert value == []


_PARTS = ['{"a":', '"a"', '"a:b"', '"b":', '"\\u0061":', '"\\u003a"', "{", "}", "[", "]", ",", ":", " ", '"é"', "null"]
_NUMBERS = ["1", "-0", "1.5", "1e400", "9" * 19, "9" * 20, "NaN", '"\\ud800"', '"\\\\u003a"', "true"]


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(_PARTS + _NUMBERS), max_size=12).map("".join) | JSON.map(json.dumps))
def test_the_fast_reader_reads_as_the_slow_one(text: str) -> None:
    """Whatever is read fast is to the last value what the careful reader makes of it, and so is each refusal."""

    def told(read: Any) -> str:
        try:
            return repr(read(text.encode()))
        except ValueError as error:
            return str(error)

    assert told(parse) == told(canonical._slowly)
