"""A published release, read and proved whole.

A release is a folder `<version>/` of one JSON file per collection and `manifest.json`. It is never edited. Its
digest is the SHA-256 of the manifest's bytes, which holds the digest of every other file and of the release before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from dataset import manifest
from dataset.check import dangling
from dataset.corpus import Corpus
from dataset.manifest import CollectionFile, Manifest
from dataset.problem import Problem
from dataset.reading import read as read_strictly
from dataset.records import COLLECTIONS
from dataset.spread import Spread, pointing

DIGEST = "SHA-256 of the release's manifest, which holds the digest of every file of the release."

FOLDER = Path(__file__).parent / "releases"


class RefusedError(Exception):
    """The release is refused; `problems` says why, by file, record and field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Release:
    """One published release, as it was read from its folder."""

    manifest: Manifest
    sha256: str
    """Digest of the manifest, and through it of every file."""
    corpus: Corpus

    @property
    def version(self) -> str:
        """The release's version."""
        return self.manifest.version


def read(folder: Path) -> Release:
    """Read a release and prove its files: checksums, then records; `prove` goes on. Raises RefusedError."""
    problems: list[Problem] = []
    data = _bytes(folder, manifest.FILE, problems)
    found, wrong = read_strictly(Manifest, data, f"{folder.name}/{manifest.FILE}") if data is not None else (None, [])
    if not isinstance(found, Manifest) or data is None:
        raise RefusedError(problems + wrong)
    problems += _unlisted(folder, found)
    records: dict[str, Mapping[str, Any]] = {}
    for entry in found.files:
        records[entry.collection] = _records(folder, entry, problems)
    if problems:
        raise RefusedError(problems)
    return Release(found, sha256(data).hexdigest(), Corpus(**records))


def prove(release: Release, spreads: Mapping[str, Spread]) -> None:
    """Prove that every reference leads to a record, and to another one. Raises RefusedError."""
    if all(_tied(release.corpus, collection, one) for collection, one in spreads.items()):
        return
    problems = [
        Problem(f"{release.version}/{f.collection}.json", f.record, f.field, f.reason) for f in dangling(release.corpus)
    ]
    if problems:
        raise RefusedError(problems)


def _tied(corpus: Corpus, collection: str, spread: Spread) -> bool:
    """Return whether every id leads on from a collection's records; which one does not, `dangling` says, slowly."""
    for path, collections in pointing(spread.kind):
        found, known = spread.grouped(path), [corpus.collection(name) for name in collections]
        if not any(found.keys() <= one.keys() for one in known) and reduce(set.difference, known, set(found)):
            return False
        if collection in collections and "evidence" not in path:
            names = spread.column("id")[1]
            if any(names[place] == name for name, places in found.items() for place in places):
                return False
    return True


def _bytes(folder: Path, name: str, problems: list[Problem]) -> bytes | None:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        problems.append(Problem(f"{folder.name}/{name}", "", "", f"cannot be read: {error.strerror}"))
        return None


def _unlisted(folder: Path, found: Manifest) -> Iterator[Problem]:
    if found.version != folder.name:
        yield Problem(f"{folder.name}/{manifest.FILE}", "", "version", f"{found.version} is not the folder's name")
    listed = [entry.collection for entry in found.files]
    if sorted(listed) != sorted(COLLECTIONS):
        yield Problem(f"{folder.name}/{manifest.FILE}", "", "files", f"must be {', '.join(COLLECTIONS)}, each once")
    names = {manifest.FILE, *(f"{name}.json" for name in listed)}
    for path in sorted(folder.iterdir()):
        if path.name not in names:
            yield Problem(f"{folder.name}/{path.name}", "", "", "is not in the manifest")


def _records(folder: Path, entry: CollectionFile, problems: list[Problem]) -> Mapping[str, Any]:
    file = f"{folder.name}/{entry.collection}.json"
    data = _bytes(folder, f"{entry.collection}.json", problems)
    if data is None:
        return {}
    if sha256(data).hexdigest() != entry.sha256:
        problems.append(Problem(file, "", "", "its checksum is not the manifest's: the file was altered"))
        return {}
    if entry.collection not in COLLECTIONS:
        return {}
    kind: Any = tuple.__class_getitem__((COLLECTIONS[entry.collection], ...))
    try:
        # The checksum holds, so the records are those that were validated when they were released.
        records = msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError:
        _, wrong = read_strictly(kind, data, file)
        problems += wrong or [Problem(file, "", "", "does not hold records of this collection")]
        return {}
    found = dict(zip(map(attrgetter("id"), records), records, strict=True))
    if len(found) < len(records) or len(records) != entry.records:
        problems.append(Problem(file, "", "", "does not hold as many different records as the manifest says"))
    return found


def faults(folder: Path) -> list[Problem]:
    """Return what a strict reading finds wrong with the records of a release, as if no checksum vouched for them."""
    problems = []
    for name, kind in COLLECTIONS.items():
        file = folder / f"{name}.json"
        _, wrong = read_strictly(tuple.__class_getitem__((kind, ...)), file.read_bytes(), f"{folder.name}/{file.name}")
        problems += wrong
    return problems
