"""Releases: made whole or not at all, never edited, and refused when anything about them does not hold."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dataset import catalog, publish, workbench
from dataset.canonical import to_bytes, to_plain
from dataset.catalog import EmptyCatalogError
from dataset.corpus import Corpus
from dataset.manifest import CollectionFile, Manifest, Previous
from dataset.normalise import VERSION as NORMALISATION
from dataset.problem import Problem
from dataset.records import COLLECTIONS, Change
from dataset.release import RefusedError, Release, read
from dataset.version import FIRST, Version, fitting
from dataset.vocabulary import ChangeKind, ChangeReason
from dataset.workbench import About
from tests.world import Raw, raw, release, write

ABOUT = About(dataset="atlantis", title="The mines of Atlantis", licence="CC-BY-4.0")
FILES = [*(f"{name}.json" for name in COLLECTIONS), "manifest.json"]
ALTERED = "its checksum is not the manifest's: the file was altered"


def _reason(record: str, field: str | None) -> ChangeReason:
    return ChangeReason.CURATOR_ERROR if field else ChangeReason.NEW_SOURCE


def _wider() -> Raw:
    """Return the world with one more relation, and one reworded title."""
    records = raw()
    records["relations", "rel-reed-official"] = {
        **records["relations", "rel-reed-behind-mines"],
        "id": "rel-reed-official",
        "predicate": "official_of",
        "object": "ent-board-of-salt",
    }
    records["events", "evt-closures"]["title"] = "A dozen mines shut"
    return records


def _without(*names: str) -> Raw:
    """Return the world without some records, each of which leaves a tombstone."""
    records = {key: record for key, record in raw().items() if key[1] not in names}
    return {**records, **{("tombstones", name): {"id": name, "reason": "It was wrong."} for name in names}}


def _state(folder: Path, records: Raw | None = None) -> Corpus:
    return workbench.load(write(folder, records)).corpus


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of two releases, 1.0.0 and 1.1.0, not to be changed."""
    folder = tmp_path_factory.mktemp("published") / "releases"
    release(folder, "1.1.0", _wider(), release(folder))
    return folder


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    """Return a copy of the two releases."""
    return Path(shutil.copytree(published, tmp_path / "releases"))


def _snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
    }


def _remake(folder: Path, name: str, edit: Callable[[Any], Any]) -> None:
    """Change what a file of a release says, and have the manifest agree with its bytes."""
    path = folder / f"{name}.json"
    path.write_bytes(to_bytes(edit(json.loads(path.read_bytes()))))
    _rewrite(folder, lambda made: {**made, "files": [_checked(folder, entry, name) for entry in made["files"]]})


def _checked(folder: Path, entry: dict[str, Any], name: str) -> dict[str, Any]:
    if entry["collection"] != name:
        return entry
    return {**entry, "sha256": sha256((folder / f"{name}.json").read_bytes()).hexdigest()}


def _rewrite(folder: Path, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    path = folder / "manifest.json"
    path.write_bytes(to_bytes(edit(json.loads(path.read_bytes()))))


def _refused(folder: Path) -> list[Problem]:
    with pytest.raises(RefusedError) as caught:
        read(folder)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return caught.value.problems


def test_a_release_is_what_was_on_the_workbench(tmp_path: Path) -> None:
    """A release that is read again holds exactly the records that were frozen into it."""
    records = _without("dis-shut-or-ordered", "cit-gazette-cost")
    made = release(tmp_path / "releases", records=records)

    assert made.corpus == _state(tmp_path / "bench", records)
    assert made.version == "1.0.0"
    assert sorted(path.name for path in (tmp_path / "releases" / "1.0.0").iterdir()) == sorted(FILES)


def test_the_manifest_of_the_first_release_says_what_is_in_it(tmp_path: Path) -> None:
    """The manifest names the dataset, the day, the licence and every file with its records and its checksum."""
    made = release(tmp_path / "releases")
    path = tmp_path / "releases" / "1.0.0"
    counts = {"sources": 1, "citations": 5, "entities": 4, "events": 2, "figures": 2, "relations": 1}
    expected = Manifest(
        dataset="atlantis",
        title="The mines of Atlantis",
        version="1.0.0",
        released="2020-06-01",
        licence="CC-BY-4.0",
        normalisation=NORMALISATION,
        previous=None,
        files=tuple(
            CollectionFile(
                collection=name,
                records={**counts, "discrepancies": 1, "tombstones": 0}[name],
                sha256=sha256((path / f"{name}.json").read_bytes()).hexdigest(),
            )
            for name in COLLECTIONS
        ),
        changes=(),
    )

    assert made.manifest == expected
    assert (path / "manifest.json").read_bytes() == to_bytes(expected)
    assert made.sha256 == sha256(to_bytes(expected)).hexdigest()


def test_a_later_manifest_names_the_release_before_and_the_changes(tmp_path: Path) -> None:
    """The second manifest carries the digest of the first, and each change with its old and new value and reason."""
    first = release(tmp_path / "releases")
    made, _ = publish.prepare(
        _state(tmp_path / "bench", _wider()), ABOUT, Version(1, 1, 0), "2020-07-01", previous=first, reason=_reason
    )

    assert made.previous == Previous(version="1.0.0", sha256=first.sha256)
    assert made.changes == (
        Change(
            change=ChangeKind.CHANGED,
            record="evt-closures",
            field="title",
            old="Twelve mines shut",
            new="A dozen mines shut",
            reason=ChangeReason.CURATOR_ERROR,
        ),
        Change(change=ChangeKind.ADDED, record="rel-reed-official", reason=ChangeReason.NEW_SOURCE),
    )


def test_the_files_of_a_release_are_in_the_order_of_the_ids(tmp_path: Path) -> None:
    """The order of the records in memory leaves no trace in the bytes."""
    corpus = _state(tmp_path / "bench")
    turned = Corpus(**{name: dict(reversed(getattr(corpus, name).items())) for name in COLLECTIONS})
    first, second = (
        publish.prepare(state, ABOUT, FIRST, "2020-06-01", previous=None, reason=_reason) for state in (corpus, turned)
    )

    assert first == second
    assert [record["id"] for record in json.loads(first[1]["entities.json"])] == sorted(corpus.entities)


def _changed(*kinds: ChangeKind) -> list[Change]:
    return [Change(change=kind, record="ent-a", reason=ChangeReason.SCOPE) for kind in kinds]


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ([], []),
        ([ChangeKind.CHANGED], ["1.2.4", "2.0.0"]),
        ([ChangeKind.ADDED], ["1.3.0", "2.0.0"]),
        ([ChangeKind.REMOVED], ["2.0.0"]),
        ([ChangeKind.CHANGED, ChangeKind.ADDED], ["1.3.0", "2.0.0"]),
        ([ChangeKind.ADDED, ChangeKind.CHANGED, ChangeKind.REMOVED], ["2.0.0"]),
    ],
    ids=["nothing", "changed", "added", "removed", "changed and added", "all"],
)
def test_the_changes_say_which_version_follows(changes: list[ChangeKind], fits: list[str]) -> None:
    """A correction asks for a PATCH, an addition for a MINOR, a removal for a MAJOR, which is always possible."""
    assert [str(version) for version in fitting(Version(1, 2, 3), _changed(*changes))] == fits


@pytest.mark.parametrize(
    "text", ["1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.0.0-rc1", "1.0.0\n", "", "1.٢.0", "1.0.1000000"]
)
def test_a_version_is_three_numbers(text: str) -> None:
    """Anything but three plain numbers is no version, and the reason shows what was given."""
    with pytest.raises(ValueError, match=r"is no version: it must be three numbers, such as 1\.2\.0"):
        Version.parse(text)


def test_versions_are_ordered_by_their_numbers() -> None:
    """1.10.0 comes after 1.9.0, and a version reads as it was written."""
    texts = ["0.9.9", "1.0.0", "1.9.0", "1.10.0", "1.10.1", "10.0.0"]

    assert sorted(map(Version.parse, reversed(texts))) == [Version.parse(text) for text in texts]
    assert [str(Version.parse(text)) for text in texts] == texts


@pytest.mark.parametrize(
    ("records", "version", "reason"),
    [
        (_wider, "1.1.0", ""),
        (_wider, "2.0.0", ""),
        (_wider, "1.0.1", "after 1.0.0, with 1 added and 1 changed, comes 1.1.0, not 1.0.1"),
        (_wider, "1.2.0", "after 1.0.0, with 1 added and 1 changed, comes 1.1.0, not 1.2.0"),
        (_wider, "1.0.0", "after 1.0.0, with 1 added and 1 changed, comes 1.1.0, not 1.0.0"),
        (_wider, "0.9.0", "after 1.0.0, with 1 added and 1 changed, comes 1.1.0, not 0.9.0"),
        (lambda: _without("rel-reed-behind-mines"), "2.0.0", ""),
        (
            lambda: _without("rel-reed-behind-mines"),
            "1.1.0",
            "after 1.0.0, with 1 removed, comes 2.0.0, not 1.1.0",
        ),
        (raw, "1.0.1", "nothing changed since 1.0.0"),
        (raw, "2.0.0", "nothing changed since 1.0.0"),
    ],
)
def test_a_version_must_fit_the_changes(tmp_path: Path, records: Callable[[], Raw], version: str, reason: str) -> None:
    """The version is refused, with the one that fits, where it says less or more than what changed."""
    first = release(tmp_path / "releases")
    corpus = _state(tmp_path / "bench", records())

    def prepared() -> str:
        made, _ = publish.prepare(corpus, ABOUT, Version.parse(version), "2020-07-01", previous=first, reason=_reason)
        return made.version

    if not reason:
        assert prepared() == version
        return
    with pytest.raises(RefusedError) as caught:
        prepared()
    assert caught.value.problems == [Problem("", "", "version", reason)]


def test_the_first_release_is_1_0_0(tmp_path: Path) -> None:
    """Another version than 1.0.0 is refused where nothing was published before."""
    with pytest.raises(RefusedError) as caught:
        publish.prepare(
            _state(tmp_path / "bench"), ABOUT, Version(0, 1, 0), "2020-06-01", previous=None, reason=_reason
        )

    assert caught.value.problems == [Problem("", "", "version", "the first release is 1.0.0, not 0.1.0")]


def test_a_record_goes_only_with_a_tombstone(tmp_path: Path) -> None:
    """Records that went away without one are all named, by the files they had."""
    first = release(tmp_path / "releases")
    records = {key: record for key, record in raw().items() if key[0] not in ("relations", "discrepancies")}

    with pytest.raises(RefusedError) as caught:
        publish.prepare(
            _state(tmp_path / "bench", records), ABOUT, Version(2, 0, 0), "2020-07-01", previous=first, reason=_reason
        )

    reason = "is gone without a tombstone"
    assert caught.value.problems == [
        Problem("relations/rel-reed-behind-mines.json", "rel-reed-behind-mines", "", reason),
        Problem("discrepancies/dis-shut-or-ordered.json", "dis-shut-or-ordered", "", reason),
    ]


def test_a_tombstone_stays_and_its_id_is_never_used_again(tmp_path: Path) -> None:
    """A later state without the tombstone is refused, and so is one in which the record is back."""
    first = release(tmp_path / "releases")
    second = release(tmp_path / "releases", "2.0.0", _without("rel-reed-behind-mines"), first)
    gone = {key: record for key, record in raw().items() if key[0] != "relations"}

    assert publish.retired(second, _state(tmp_path / "a", gone)) == [
        Problem("tombstones/rel-reed-behind-mines.json", "rel-reed-behind-mines", "", "a tombstone stays")
    ]
    assert publish.retired(second, _state(tmp_path / "b")) == [
        Problem("", "rel-reed-behind-mines", "id", "an id is never used again")
    ]
    assert publish.retired(second, second.corpus) == []
    assert publish.retired(None, Corpus()) == []


def test_a_removal_is_published_with_its_tombstone(tmp_path: Path) -> None:
    """The release without the record says that it is removed, and why."""
    first = release(tmp_path / "releases")
    second = release(tmp_path / "releases", "2.0.0", _without("rel-reed-behind-mines"), first)

    assert [(change.change, change.record) for change in second.manifest.changes] == [
        (ChangeKind.REMOVED, "rel-reed-behind-mines")
    ]
    assert to_plain(list(second.corpus.tombstones.values())) == [
        {"id": "rel-reed-behind-mines", "reason": "It was wrong.", "successor": None}
    ]


def test_a_published_release_is_never_written_over(folder: Path, tmp_path: Path) -> None:
    """Publishing a version that is there is refused, and not a byte or a time in the folder changes."""
    before = _snapshot(folder)
    made, contents = publish.prepare(
        _state(tmp_path / "bench", _wider()), ABOUT, FIRST, "2021-01-01", previous=None, reason=_reason
    )

    with pytest.raises(RefusedError) as caught:
        publish.write(folder, made, contents)

    assert caught.value.problems == [Problem("1.0.0", "", "version", "is published, and a release is never edited")]
    assert _snapshot(folder) == before


def test_a_refused_preparation_touches_nothing(folder: Path, tmp_path: Path) -> None:
    """A release that is refused before it is written leaves the folder as it is."""
    before = _snapshot(folder)
    previous = read(folder / "1.1.0")
    corpus = _state(tmp_path / "bench", _wider())

    with pytest.raises(RefusedError):
        publish.prepare(corpus, ABOUT, Version(1, 2, 0), "2021-01-01", previous=previous, reason=_reason)

    assert _snapshot(folder) == before


@pytest.mark.parametrize("existing", [True, False], ids=["beside releases", "as the first"])
@pytest.mark.parametrize("failing", ["write", "sync", "rename"])
@pytest.mark.parametrize("error", [OSError("No space left"), KeyboardInterrupt()], ids=["disk full", "interrupt"])
def test_an_interrupted_publication_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existing: bool, failing: str, error: BaseException
) -> None:
    """Whatever stops it halfway, no part of the release is there, and the next attempt succeeds."""
    folder = tmp_path / "releases"
    first = release(folder) if existing else None
    version = Version(1, 1, 0) if existing else FIRST
    made, contents = publish.prepare(
        _state(tmp_path / "bench", _wider()), ABOUT, version, "2020-07-01", previous=first, reason=_reason
    )
    before = _snapshot(folder)
    written = []
    whole = publish._write

    def half(path: Path, data: bytes) -> None:
        written.append(path.name)
        if len(written) == 4:
            path.write_bytes(data[:10])
            raise error
        whole(path, data)

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        if failing == "write":
            patch.setattr(publish, "_write", half)
        elif failing == "sync":
            patch.setattr(publish, "_sync", fail)
        else:
            patch.setattr(Path, "rename", fail)
        with pytest.raises(type(error)):
            publish.write(folder, made, contents)

    assert {name: data for name, (data, _) in _snapshot(folder).items()} == {
        name: data for name, (data, _) in before.items()
    }
    assert read(publish.write(folder, made, contents)).manifest == made


def test_a_staged_release_is_not_served(folder: Path) -> None:
    """What a publication in progress, an editor or a reader leaves beside the releases is none."""
    (folder / "1.1.0").rename(folder / ".1.1.0.77")
    (folder / "README").write_text("Releases.")
    found = catalog.load(folder)

    assert list(found.editions) == ["1.0.0"]
    assert found.refused == ()


def test_releases_are_served_newest_first(tmp_path: Path) -> None:
    """The order is that of the versions, not of their spelling."""
    folder = tmp_path / "releases"
    made: Release | None = None
    titles = ["One", "Two"]
    for minor in range(11):
        records = raw()
        records["discrepancies", "dis-shut-or-ordered"]["title"] = titles[minor % 2]
        for number in range(minor):
            record = {**records["relations", "rel-reed-behind-mines"], "id": f"rel-{number}"}
            records["relations", f"rel-{number}"] = record
        made = release(folder, f"1.{minor}.0", records, made)
    found = catalog.load(folder)

    assert list(found.editions) == [f"1.{minor}.0" for minor in reversed(range(11))]
    assert found.latest.release == made
    assert found.refused == ()


def test_a_catalog_cannot_be_changed(folder: Path) -> None:
    """The editions are read-only: a new release arrives as a new catalog."""
    found = catalog.load(folder)
    editions: Any = found.editions

    with pytest.raises(TypeError):
        editions["1.2.0"] = found.latest


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("version", "other"), [("1.0.0", "1.1.0"), ("1.1.0", "1.0.0")])
def test_one_flipped_byte_refuses_the_release(folder: Path, version: str, other: str, name: str) -> None:
    """A release with one altered byte in any file is refused by the name of the file; the other one is served."""
    path = folder / version / name
    data = bytearray(path.read_bytes())
    data[0] ^= 0x20
    path.write_bytes(data)
    found = catalog.load(folder)

    assert list(found.editions) == [other]
    assert [problem.file for problem in found.refused] == [f"{version}/{name}"]


@pytest.mark.parametrize("part", range(40))
def test_no_byte_of_an_earlier_manifest_can_be_flipped_unseen(folder: Path, part: int) -> None:
    """Wherever a byte of a manifest is altered, the release is refused, if only by the one made from it."""
    path = folder / "1.0.0" / "manifest.json"
    data = bytearray(path.read_bytes())
    data[len(data) * part // 40] ^= 1
    path.write_bytes(data)
    found = catalog.load(folder)

    assert list(found.editions) == ["1.1.0"]
    assert {problem.file.partition("/")[0] for problem in found.refused} == {"1.0.0"}


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_refuses_the_release(folder: Path, name: str) -> None:
    """A release that lacks a file is refused by its name; the other one is served."""
    (folder / "1.1.0" / name).unlink()
    found = catalog.load(folder)

    assert list(found.editions) == ["1.0.0"]
    assert found.refused == (Problem(f"1.1.0/{name}", "", "", "cannot be read: No such file or directory"),)


def test_every_altered_file_is_named(folder: Path) -> None:
    """Several faults in one release are reported together."""
    for name in ("events.json", "sources.json"):
        (folder / "1.1.0" / name).write_bytes(b"[]\n")
    (folder / "1.1.0" / "figures.json").unlink()

    assert _refused(folder / "1.1.0") == [
        Problem("1.1.0/sources.json", "", "", ALTERED),
        Problem("1.1.0/events.json", "", "", ALTERED),
        Problem("1.1.0/figures.json", "", "", "cannot be read: No such file or directory"),
    ]


@pytest.mark.parametrize("name", ["notes.txt", "events.json~", ".hidden", "more"])
def test_an_extra_file_refuses_the_release(folder: Path, name: str) -> None:
    """What the manifest does not list, a file or a folder, has no place in a release."""
    if name == "more":
        (folder / "1.1.0" / name).mkdir()
    else:
        (folder / "1.1.0" / name).write_text("")

    assert _refused(folder / "1.1.0") == [Problem(f"1.1.0/{name}", "", "", "is not in the manifest")]


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        (b"{", "", "not JSON: Expecting property name enclosed in double quotes in line 1"),
        (b"\xff", "", "not UTF-8: byte 0"),
        (b"[]", "", "must be an object"),
        (b'{"version": "1.0.0", "version": "1.1.0"}', "", "the key 'version' is there twice"),
    ],
)
def test_a_manifest_that_cannot_be_read_refuses_the_release(
    folder: Path, content: bytes, field: str, reason: str
) -> None:
    """A release without a manifest that can be understood is refused by the manifest's name."""
    (folder / "1.1.0" / "manifest.json").write_bytes(content)

    assert _refused(folder / "1.1.0") == [Problem("1.1.0/manifest.json", "", field, reason)]


def test_a_manifest_that_is_a_folder_refuses_the_release(folder: Path) -> None:
    """A folder in the manifest's place is reported, not raised."""
    (folder / "1.1.0" / "manifest.json").unlink()
    (folder / "1.1.0" / "manifest.json").mkdir()

    assert _refused(folder / "1.1.0") == [Problem("1.1.0/manifest.json", "", "", "cannot be read: Is a directory")]


@pytest.mark.parametrize(
    ("edit", "field", "reason"),
    [
        ({"version": "1.1"}, "version", "'1.1' does not have the form ^[0-9]+\\.[0-9]+\\.[0-9]+$"),
        ({"colour": "red"}, "colour", "is no field of this record"),
        ({"previous": {"version": "1.0.0"}}, "previous.sha256", "is required"),
        ({"released": "today"}, "released", "'today' does not have the form ^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    ],
)
def test_a_manifest_of_another_form_refuses_the_release(
    folder: Path, edit: dict[str, Any], field: str, reason: str
) -> None:
    """A manifest with a field too many, too few or of another form is refused by the field's name."""
    _rewrite(folder / "1.1.0", lambda made: {**made, **edit})

    assert _refused(folder / "1.1.0") == [Problem("1.1.0/manifest.json", "", field, reason)]


def test_a_release_is_in_the_folder_of_its_version(folder: Path) -> None:
    """A release that was copied to another version is refused, and the original is served."""
    (folder / "1.1.0").rename(folder / "1.2.0")
    found = catalog.load(folder)

    assert list(found.editions) == ["1.0.0"]
    assert found.refused == (Problem("1.2.0/manifest.json", "", "version", "1.1.0 is not the folder's name"),)


@pytest.mark.parametrize("name", ["next", "1.2", "01.2.0", "1.2.0 copy"])
def test_a_folder_that_is_no_version_is_reported(folder: Path, name: str) -> None:
    """A folder of another name among the releases is named, and the releases are served."""
    (folder / name).mkdir()
    found = catalog.load(folder)

    assert list(found.editions) == ["1.1.0", "1.0.0"]
    assert found.refused == (
        Problem(name, "", "version", f"{name!r} is no version: it must be three numbers, such as 1.2.0"),
    )


@pytest.mark.parametrize(
    ("edit", "extra"),
    [
        (lambda files: files[1:], [Problem("1.1.0/sources.json", "", "", "is not in the manifest")]),
        (lambda files: [*files, files[0]], []),
        (
            lambda files: [*files, {"collection": "rumours", "records": 0, "sha256": sha256(b"[]\n").hexdigest()}],
            [],
        ),
    ],
    ids=["one less", "one twice", "one more"],
)
def test_a_manifest_lists_each_collection_once(folder: Path, edit: Any, extra: list[Problem]) -> None:
    """A manifest with another set of files than that of the collections is refused."""
    (folder / "1.1.0" / "rumours.json").write_bytes(b"[]\n")
    _rewrite(folder / "1.1.0", lambda made: {**made, "files": edit(made["files"])})
    listed = {entry["collection"] for entry in json.loads((folder / "1.1.0" / "manifest.json").read_bytes())["files"]}
    stray = [] if "rumours" in listed else [Problem("1.1.0/rumours.json", "", "", "is not in the manifest")]
    reason = f"must be {', '.join(COLLECTIONS)}, each once"

    assert _refused(folder / "1.1.0") == [Problem("1.1.0/manifest.json", "", "files", reason), *stray, *extra]


@pytest.mark.parametrize(
    "edit",
    [
        lambda made: {**made, "title": "The salt of Atlantis"},
        lambda made: {**made, "released": "2020-06-02"},
        lambda made: {**made, "licence": "Proprietary"},
    ],
    ids=["title", "day", "licence"],
)
def test_an_earlier_release_altered_with_its_manifest_is_found_out(folder: Path, edit: Any) -> None:
    """A manifest that was rewritten in due form is not the one that the next release was made from."""
    _rewrite(folder / "1.0.0", edit)
    assert read(folder / "1.0.0").version == "1.0.0"
    found = catalog.load(folder)

    reason = "is not the one that 1.1.0 was made from: it was altered"
    assert list(found.editions) == ["1.1.0"]
    assert found.refused == (Problem("1.0.0/manifest.json", "", "", reason),)


def test_an_earlier_record_altered_with_its_checksum_is_found_out(folder: Path) -> None:
    """A value changed together with the checksum of its file passes alone, and not beside the next release."""
    _remake(folder / "1.0.0", "figures", lambda found: [{**found[0], "value": "8"}, *found[1:]])
    assert read(folder / "1.0.0").corpus.figures["fig-seven"].value == "8"

    assert list(catalog.load(folder).editions) == ["1.1.0"]


def test_an_altered_release_is_found_out_across_several(tmp_path: Path) -> None:
    """Of three releases the one in the middle is the only one refused, where it alone was altered."""
    folder = tmp_path / "releases"
    first = release(folder)
    second = release(folder, "1.1.0", _wider(), first)
    records = _wider()
    records["events", "evt-closures"]["title"] = "Mines shut"
    release(folder, "1.1.1", records, second)
    _rewrite(folder / "1.1.0", lambda made: {**made, "title": "Another"})

    assert list(catalog.load(folder).editions) == ["1.1.1", "1.0.0"]


def test_a_release_may_stand_without_the_one_before(folder: Path) -> None:
    """A reader who has only the newest release can serve it."""
    for path in (folder / "1.0.0").iterdir():
        path.unlink()
    (folder / "1.0.0").rmdir()

    assert list(catalog.load(folder).editions) == ["1.1.0"]


def test_a_dangling_reference_is_refused_by_record_and_field(folder: Path) -> None:
    """A reference to nothing, its checksum made anew, is refused with the file, the record and the field."""
    _remake(
        folder / "1.1.0",
        "relations",
        lambda found: [{**record, "object": "ent-nobody"} if "behind" in record["id"] else record for record in found],
    )
    found = catalog.load(folder)

    assert list(found.editions) == ["1.0.0"]
    assert found.refused == (
        Problem(
            "1.1.0/relations.json",
            "rel-reed-behind-mines",
            "object",
            "there is no entities or events record 'ent-nobody'",
        ),
    )


@pytest.mark.parametrize(
    "edit",
    [lambda found: found[1:], lambda found: [found[0], *found[:-1]], lambda found: [*found, found[0]]],
    ids=["one less", "one instead of another", "one twice"],
)
def test_a_file_holds_as_many_records_as_the_manifest_says(folder: Path, edit: Any) -> None:
    """A collection with another number of different records than the manifest's is refused."""
    _remake(folder / "1.1.0", "discrepancies", lambda found: [*found, {**found[0], "id": "dis-two"}])
    _rewrite(
        folder / "1.1.0",
        lambda made: {
            **made,
            "files": [{**e, "records": 2} if e["collection"] == "discrepancies" else e for e in made["files"]],
        },
    )
    assert len(read(folder / "1.1.0").corpus.discrepancies) == 2
    _remake(folder / "1.1.0", "discrepancies", edit)

    reason = "does not hold as many different records as the manifest says"
    assert _refused(folder / "1.1.0") == [Problem("1.1.0/discrepancies.json", "", "", reason)]


@pytest.mark.parametrize(
    ("edit", "record", "field", "reason"),
    [
        (
            lambda found: [{**found[0], "reason": "whim"}],
            "dis-shut-or-ordered",
            "reason",
            "'whim' is not one of 'definition', 'scope', 'date', 'unit', 'update', 'rounding', 'error' or 'unresolved'",
        ),
        (lambda found: [{**found[0], "records": "evt-closures"}], "dis-shut-or-ordered", "records", "must be a list"),
        (lambda found: {}, "", "", "must be a list"),
    ],
    ids=["term", "list", "object"],
)
def test_a_file_of_other_records_is_refused_by_record_and_field(
    folder: Path, edit: Any, record: str, field: str, reason: str
) -> None:
    """Records that cannot be read, their checksum made anew, are refused with the record and the field."""
    _remake(folder / "1.1.0", "discrepancies", edit)

    assert _refused(folder / "1.1.0") == [Problem("1.1.0/discrepancies.json", record, field, reason)]


@pytest.mark.parametrize(
    ("collection", "record", "field", "value"),
    [
        ("figures", "fig-seven", "value", "seven"),
        ("entities", "ent-ada-reed", "names", []),
    ],
)
def test_a_release_that_cannot_be_indexed_does_not_take_the_others_down(
    folder: Path, collection: str, record: str, field: str, value: Any
) -> None:
    """Records of another form, their checksum made anew, refuse their release alone, by record and field."""
    _remake(
        folder / "1.1.0",
        collection,
        lambda found: [{**plain, field: value} if plain["id"] == record else plain for plain in found],
    )
    found = catalog.load(folder)

    assert list(found.editions) == ["1.0.0"]
    assert [(problem.file, problem.record, problem.field) for problem in found.refused] == [
        (f"1.1.0/{collection}.json", record, field)
    ]


@pytest.mark.parametrize("make", [True, False], ids=["empty", "missing"])
def test_without_a_release_there_is_no_catalog(tmp_path: Path, make: bool) -> None:
    """An empty or missing folder is an error that names the folder."""
    folder = tmp_path / "releases"
    if make:
        folder.mkdir()

    with pytest.raises(EmptyCatalogError) as caught:
        catalog.load(folder)

    assert str(caught.value) == f"No release can be served.\n{folder} holds no release"


def test_with_every_release_refused_the_error_says_why(folder: Path) -> None:
    """When nothing can be served, each refusal is told with its file."""
    (folder / "1.0.0" / "events.json").write_bytes(b"[]\n")
    (folder / "1.1.0" / "manifest.json").unlink()

    with pytest.raises(EmptyCatalogError) as caught:
        catalog.load(folder)

    assert str(caught.value).splitlines() == [
        "No release can be served.",
        f"1.0.0/events.json: {ALTERED}",
        "1.1.0/manifest.json: cannot be read: No such file or directory",
    ]


def test_the_published_releases_are_served_whole() -> None:
    """Every release in this repository is served, and each was made from the one before it."""
    found = catalog.load()
    versions = list(found.editions)

    assert found.refused == ()
    assert [
        edition.release.manifest.previous and edition.release.manifest.previous.version
        for edition in found.editions.values()
    ] == [*versions[1:], None]
