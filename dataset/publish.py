"""Freezing the workbench into the next release: whole or not at all, and never over a published one."""

import os
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from dataset import manifest
from dataset.canonical import to_bytes
from dataset.corpus import Corpus
from dataset.diff import Reason, diff
from dataset.edtf import is_day
from dataset.manifest import CollectionFile, Manifest, Previous
from dataset.normalise import VERSION as NORMALISATION
from dataset.problem import Problem
from dataset.records import COLLECTIONS, Change
from dataset.release import RefusedError, Release
from dataset.version import FIRST, Version, fitting
from dataset.vocabulary import ChangeKind, ChangeReason
from dataset.workbench import About


def prepare(
    corpus: Corpus,
    about: About,
    version: Version,
    released: str,
    *,
    previous: Release | None,
    reason: Reason,
) -> tuple[Manifest, dict[str, bytes]]:
    """Return the manifest and the files of the next release. Raises RefusedError with everything against it."""
    changes = tuple(diff(previous.corpus, corpus, reason)) if previous else ()
    problems = [*_misfits(version, previous, changes), *retired(previous, corpus)]
    if problems:
        raise RefusedError(problems)
    contents = {
        name: to_bytes(tuple(sorted(getattr(corpus, name).values(), key=lambda record: record.id)))
        for name in COLLECTIONS
    }
    made = Manifest(
        dataset=about.dataset,
        title=about.title,
        version=str(version),
        released=released,
        licence=about.licence,
        normalisation=NORMALISATION,
        previous=Previous(version=previous.version, sha256=previous.sha256) if previous else None,
        files=tuple(
            CollectionFile(collection=name, records=len(getattr(corpus, name)), sha256=sha256(data).hexdigest())
            for name, data in contents.items()
        ),
        changes=changes,
    )
    return made, {f"{name}.json": data for name, data in contents.items()}


def _misfits(version: Version, previous: Release | None, changes: Sequence[Change]) -> list[Problem]:
    if previous is None:
        wrong = version != FIRST
        return [Problem("", "", "version", f"the first release is {FIRST}, not {version}")] if wrong else []
    fits = fitting(Version.parse(previous.version), changes)
    if not fits:
        return [Problem("", "", "version", f"nothing changed since {previous.version}")]
    if version in fits:
        return []
    kinds = [kind for kind in ChangeKind if any(change.change is kind for change in changes)]
    said = " and ".join(f"{sum(c.change is kind for c in changes)} {kind.value}" for kind in kinds)
    reason = f"after {previous.version}, with {said}, comes {fits[0]}, not {version}"
    return [Problem("", "", "version", reason)]


def history(release: Release, previous: Release | None) -> list[Problem]:
    """Return what a release's manifest says wrongly of itself and of the release before it."""
    made = release.manifest
    wrong = []
    before = made.previous.version if made.previous else None
    expected = previous.version if previous else None
    if before != expected:
        wrong.append(("previous", f"is {before}, and the release before this one in the folder is {expected}"))
    if made.normalisation != NORMALISATION:
        wrong.append(("normalisation", f"is {made.normalisation!r}, and there is only {NORMALISATION!r}"))
    if not is_day(made.released):
        wrong.append(("released", f"{made.released!r} is not in the calendar"))
    if previous:
        reasons = {(change.record, change.field): change.reason for change in made.changes}
        told = diff(previous.corpus, release.corpus, lambda r, f: reasons.get((r, f), ChangeReason.UNKNOWN))
        if to_bytes(tuple(told)) != to_bytes(made.changes):
            wrong.append(("changes", f"are not what changed since {previous.version}"))
    elif made.changes:
        wrong.append(("changes", "the first release changes nothing"))
    return [Problem(f"{release.version}/{manifest.FILE}", "", field, reason) for field, reason in wrong]


def retired(previous: Release | None, corpus: Corpus) -> list[Problem]:
    """Return what breaks the rule that an id is never reused, and that a record goes only with a tombstone."""
    if previous is None:
        return []
    problems = [
        Problem(f"{collection}/{record.id}.json", record.id, "", "is gone without a tombstone")
        for collection, record in previous.corpus.records()
        if corpus.get(record.id) is None and record.id not in corpus.tombstones
    ]
    for name in previous.corpus.tombstones:
        if corpus.get(name):
            problems.append(Problem("", name, "id", "an id is never used again"))
        elif name not in corpus.tombstones:
            problems.append(Problem(f"tombstones/{name}.json", name, "", "a tombstone stays"))
    return problems


def write(folder: Path, made: Manifest, contents: dict[str, bytes]) -> Path:
    """Write the release's folder, whole or not at all, and return it.

    Raises RefusedError where it is published, OSError where it cannot be written.
    """
    target = folder / made.version
    if target.exists():
        raise RefusedError([Problem(made.version, "", "version", "is published, and a release is never edited")])
    # A name that no other attempt has, or had when it was killed.
    staging = folder / f".{made.version}.{token_hex(4)}"
    try:
        staging.mkdir(parents=True)
        for name, data in {**contents, manifest.FILE: to_bytes(made)}.items():
            _write(staging / name, data)
        _sync(staging)
        staging.rename(target)
        _sync(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
