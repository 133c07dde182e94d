"""A folder of releases that changes: what is read again of it, what is not, and what is kept."""

import os
import shutil
from pathlib import Path

import pytest

from dataset import catalog, publish
from dataset import release as releases
from dataset.catalog import Catalog, reloaded
from dataset.problem import Problem
from dataset.release import Release
from dataset.version import Version
from dataset.vocabulary import ChangeReason
from dataset.watch import Watch
from dataset.workbench import About
from tests.world import raw, release


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two releases."""
    records = raw()
    records["events", "evt-closures"]["title"] = "A dozen mines shut"
    first = release(tmp_path / "releases")
    release(tmp_path / "releases", "1.0.1", records, first)
    return tmp_path / "releases"


def _read(watch: Watch) -> Catalog:
    begun = watch.begin()
    found = catalog.load(watch.folder)
    assert watch.end(begun)
    return found


def _spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"mines", b"minds"))


def _next(folder: Path) -> Path:
    """Return a third release, under a name that is none."""
    records = raw()
    records["events", "evt-closures"]["title"] = "Mines shut"
    previous = catalog.load(folder).editions["1.0.1"].release
    copy = Path(shutil.copytree(folder, folder.parent / "copy" / "releases"))
    release(copy, "1.0.2", records, previous)
    return (copy / "1.0.2").rename(folder / ".1.0.2")


def test_what_did_not_change_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editions are the very same, and share their memory."""
    watch = Watch(folder)
    before = _read(watch)
    _next(folder).rename(folder / "1.0.2")
    begun = watch.begin()
    read: list[str] = []
    whole = releases.read

    def noted(path: Path) -> Release:
        read.append(path.name)
        return whole(path)

    monkeypatch.setattr(releases, "read", noted)
    after = reloaded(before, folder, watch.unchanged(begun))
    assert list(after.editions) == ["1.0.2", "1.0.1", "1.0.0"]
    assert read == ["1.0.2"]
    assert [after.editions[version] is before.editions[version] for version in before.editions] == [True, True]
    assert after.refused == ()


def test_a_release_that_is_taken_away_is_not_kept(folder: Path) -> None:
    """The one before it is the latest again."""
    watch = Watch(folder)
    before = _read(watch)
    shutil.rmtree(folder / "1.0.1")
    after = reloaded(before, folder, watch.unchanged(watch.begin()))
    assert (list(after.editions), after.refused) == (["1.0.0"], ())


def test_a_spoiled_release_is_kept_as_it_was_read(folder: Path) -> None:
    """It is reported, however often the folder is read again, until it is whole."""
    watch = Watch(folder)
    found = _read(watch)
    before = found.editions["1.0.0"]
    (folder.parent / "kept").write_bytes((folder / "1.0.0" / "events.json").read_bytes())
    _spoil(folder / "1.0.0" / "events.json")
    for _ in range(2):
        begun = watch.begin()
        found = reloaded(found, folder, watch.unchanged(begun))
        assert watch.end(begun)
        assert list(found.editions) == ["1.0.1", "1.0.0"]
        assert found.editions["1.0.0"] is before
        assert [problem.file for problem in found.refused] == ["1.0.0/events.json"]
    shutil.copy(folder.parent / "kept", folder / "1.0.0" / "events.json")
    found = reloaded(found, folder, watch.unchanged(watch.begin()))
    assert (list(found.editions), found.refused) == (["1.0.1", "1.0.0"], ())


@pytest.mark.parametrize("gone", ["emptied", "removed", "a file"])
def test_without_any_release_everything_is_kept(folder: Path, gone: str) -> None:
    """The reason is given."""
    before = catalog.load(folder)
    shutil.rmtree(folder)
    if gone == "emptied":
        folder.mkdir()
    elif gone == "a file":
        folder.touch()
    after = reloaded(before, folder, set())
    assert list(after.editions) == ["1.0.1", "1.0.0"]
    assert after.refused == (Problem("releases", "", "", "holds no release: what it held before is served"),)


def test_with_every_release_spoiled_everything_is_kept(folder: Path) -> None:
    """Each is reported."""
    before = catalog.load(folder)
    for version in ("1.0.0", "1.0.1"):
        _spoil(folder / version / "events.json")
    after = reloaded(before, folder, set())
    assert list(after.editions) == ["1.0.1", "1.0.0"]
    assert [problem.file for problem in after.refused] == ["1.0.0/events.json", "1.0.1/events.json"]


def test_a_folder_that_vanishes_while_it_is_read_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other release is read."""
    whole = releases._bytes

    def vanishing(path: Path, name: str, problems: list[Problem]) -> bytes | None:
        if path.name == "1.0.1" and name == "events.json":
            shutil.rmtree(path)
        return whole(path, name, problems)

    with monkeypatch.context() as patch:
        patch.setattr(releases, "_bytes", vanishing)
        watch = Watch(folder)
        begun = watch.begin()
        found = catalog.load(folder)
    assert list(found.editions) == ["1.0.0"]
    assert "1.0.1/events.json" in {problem.file for problem in found.refused}
    assert not watch.end(begun)


def test_a_folder_that_vanishes_before_it_is_read_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However early it is."""
    whole = releases._unlisted

    def vanishing(path: Path, found: object) -> object:
        if path.name == "1.0.1":
            shutil.rmtree(path)
        return whole(path, found)  # type: ignore[arg-type]

    monkeypatch.setattr(releases, "_unlisted", vanishing)
    found = catalog.load(folder)
    assert list(found.editions) == ["1.0.0"]
    assert found.refused == (Problem("1.0.1", "", "", "cannot be read: No such file or directory"),)


def test_a_folder_of_releases_that_cannot_be_read_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it held before is served."""
    before = catalog.load(folder)

    def closed(_: Path) -> list[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(catalog, "folders", closed)
    after = reloaded(before, folder, set())
    assert list(after.editions) == ["1.0.1", "1.0.0"]
    assert after.refused == (Problem("releases", "", "", "cannot be read: Permission denied"),)


def test_a_change_is_told_when_it_stands_still(folder: Path) -> None:
    """At the first look after it nothing is told, at the second one it is, until it is read."""
    watch = Watch(folder)
    _read(watch)
    looks = [watch.changed(), watch.changed()]
    staged = _next(folder)
    looks += [watch.changed(), watch.changed()]
    staged.rename(folder / "1.0.2")
    looks += [watch.changed(), watch.changed(), watch.changed()]
    _read(watch)
    looks += [watch.changed(), watch.changed()]
    assert looks == [False] * 5 + [True] * 2 + [False] * 2


@pytest.mark.parametrize("change", ["written", "made readable", "written with the old time", "one more", "one less"])
def test_any_change_to_a_file_is_seen(folder: Path, change: str) -> None:
    """Only its release is read again."""
    watch = Watch(folder)
    _read(watch)
    file = folder / "1.0.0" / "events.json"
    about = file.stat()
    if change == "written":
        file.write_bytes(file.read_bytes() + b"\n")
    elif change == "made readable":
        file.chmod(0o600)
    elif change == "written with the old time":
        file.write_bytes(file.read_bytes().replace(b"mines", b"minds"))
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
    elif change == "one more":
        (file.parent / "notes.txt").touch()
    else:
        file.unlink()
    begun = watch.begin()
    assert watch.unchanged(begun) == {"1.0.1"}
    assert [watch.changed(), watch.changed()] == [False, True]


def test_what_a_killed_publication_left_does_not_disturb_the_next(folder: Path) -> None:
    """Not even where it is tried under the same name."""
    before = catalog.load(folder).editions["1.0.1"].release
    bench = catalog.load(folder).editions["1.0.0"].release.corpus
    made, contents = publish.prepare(
        bench,
        About(dataset="atlantis", title="Atlantis", licence="CC-BY-4.0"),
        Version(1, 0, 2),
        "2020-06-02",
        previous=before,
        reason=lambda record, field: ChangeReason.CURATOR_ERROR,
    )
    (folder / f".1.0.2.{os.getpid()}").mkdir()
    assert publish.write(folder, made, contents) == folder / "1.0.2"
    assert list(catalog.load(folder).editions) == ["1.0.2", "1.0.1", "1.0.0"]
