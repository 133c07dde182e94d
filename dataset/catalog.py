"""The published releases, read once and frozen: what the doors serve."""

import gc
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dataset import release as releases
from dataset.deeplink import deep_link
from dataset.diff import diff, recorded
from dataset.index import Index
from dataset.label import label
from dataset.memo import Keeper, Memo
from dataset.problem import Problem
from dataset.records import Change, Citation, Record
from dataset.release import RefusedError, Release
from dataset.rows import Rows
from dataset.spread import spread
from dataset.version import Version
from dataset.written import Written

WRITTEN = 96_000_000
"""Bytes of written records that are kept for each release."""


ROWS = 96_000_000
"""Bytes of rows that are kept for each release."""

REFERENCES = 32_000_000
"""Bytes of references to records that are kept for each release."""

QUESTIONS = 16_000_000
"""Bytes of what was found for questions that are kept for each release."""


class EmptyCatalogError(Exception):
    """No release can be served; the message names each one refused, with the reason."""

    def __init__(self, message: str, problems: list[Problem]) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class Edition:
    """A release with the indexes through which it is asked."""

    release: Release
    index: Index
    written: Written = field(default_factory=lambda: Written(WRITTEN), compare=False)
    """What was written of its records, and will be wanted again."""
    rows: Rows = field(default_factory=lambda: Rows(ROWS), compare=False)
    """What its records are for all answers alike."""
    references: Memo[Any] = field(default_factory=lambda: Memo(REFERENCES, large=0), compare=False)
    """How records are shown where others refer to them, as JSON (`represent`)."""
    questions: Memo[Any] = field(default_factory=lambda: Memo(QUESTIONS), compare=False)
    """What was found for questions that will be asked again (`query.find`)."""

    @property
    def memos(self) -> Mapping[str, Keeper]:
        """What is kept for the release, by what it is."""
        return {
            "records": self.written,
            "rows": self.rows,
            "references": self.references,
            "questions": self.questions,
            **self.index.memos,
        }

    def label(self, record: Record) -> str:
        """Return a short text by which a reader recognises a record."""
        return label(self.release.corpus, record)

    def deep_link(self, citation: Citation) -> str:
        """Return the address at which a browser shows a citation's passage."""
        return deep_link(self.release.corpus.sources[citation.source], citation)


@dataclass(frozen=True)
class Catalog:
    """The releases that are served, newest first, and what was refused."""

    editions: Mapping[str, Edition]
    refused: tuple[Problem, ...] = ()

    def warm(self) -> None:
        """Make what is else made when it is first wanted, so that no request waits for it."""
        with _uncollected():
            for edition in self.editions.values():
                edition.index.warm(edition.release.corpus)

    @property
    def latest(self) -> Edition:
        """The newest release."""
        return next(iter(self.editions.values()))

    def changes(self, old: str, new: str) -> tuple[Change, ...]:
        """Return what changed from one release to another, with the reasons given by the releases between them."""
        first, last = sorted((Version.parse(old), Version.parse(new)))
        between = [
            edition.release.manifest.changes
            for version, edition in sorted(self.editions.items(), key=lambda item: Version.parse(item[0]))
            if first < Version.parse(version) <= last
        ]
        return tuple(diff(self.editions[old].release.corpus, self.editions[new].release.corpus, recorded(between)))


def load(folder: Path = releases.FOLDER, kept: Mapping[str, Edition] = MappingProxyType({})) -> Catalog:
    """Read every release in the folder; leave out, and report, those that are refused. Raises EmptyCatalogError.

    Those that are `kept`, by version, are taken as they are and not read again.
    """
    with _uncollected():
        return _load(folder, kept)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector from looking at what is made: a release is all new objects that stay."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()  # nor is anything found among them once they are all there
            gc.enable()


def reloaded(catalog: Catalog, folder: Path, unchanged: Collection[str]) -> Catalog:
    """Read the folder of a catalog again, but for the versions whose files are `unchanged`.

    A release that was served and now is refused is served on as it was read, and so is everything where nothing is
    left; what was refused says so.
    """
    refused = {problem.file.partition("/")[0] for problem in catalog.refused}
    kept = {version: catalog.editions[version] for version in unchanged if version in catalog.editions.keys() - refused}
    try:
        found = load(folder, kept)
    except EmptyCatalogError as error:
        reason = "holds no release: what it held before is served"
        problems = error.problems or [Problem(folder.name, "", "", reason)]
        return Catalog(catalog.editions, tuple(problems))
    spoiled = {problem.file.partition("/")[0] for problem in found.refused} - found.editions.keys()
    held = {version: edition for version, edition in catalog.editions.items() if version in spoiled}
    editions = sorted({**found.editions, **held}.items(), key=lambda item: Version.parse(item[0]), reverse=True)
    return Catalog(MappingProxyType(dict(editions)), found.refused)


def _load(folder: Path, kept: Mapping[str, Edition]) -> Catalog:
    problems: list[Problem] = []
    read = _read(folder, kept, problems)
    for older, newer in pairwise(edition.release for edition in read):
        previous = newer.manifest.previous
        if previous and previous.version == older.version and previous.sha256 != older.sha256:
            reason = f"is not the one that {newer.version} was made from: it was altered"
            problems.append(Problem(f"{older.version}/manifest.json", "", "", reason))
    altered = {problem.file.partition("/")[0] for problem in problems}
    editions = {e.release.version: e for e in reversed(read) if e.release.version not in altered}
    if not editions:
        reasons = [str(problem) for problem in problems] or [f"{folder} holds no release"]
        raise EmptyCatalogError("No release can be served.\n" + "\n".join(reasons), problems)
    return Catalog(MappingProxyType(editions), tuple(problems))


def folders(folder: Path) -> list[Path]:
    """Return the folders of the releases in a folder, in the order of their names. Raises OSError."""
    # What a publication in progress or an editor leaves is no release.
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and path.is_dir())


def _read(folder: Path, kept: Mapping[str, Edition], problems: list[Problem]) -> list[Edition]:
    """Return the releases that are whole, oldest first."""
    found: list[tuple[Version, Edition]] = []
    try:
        paths = folders(folder)
    except (FileNotFoundError, NotADirectoryError):
        paths = []
    except OSError as error:
        problems.append(Problem(folder.name, "", "", f"cannot be read: {error.strerror}"))
        paths = []
    for path in paths:
        try:
            found.append((Version.parse(path.name), kept.get(path.name) or _edition(path)))
        except RefusedError as error:
            problems += error.problems
        except OSError as error:
            problems.append(Problem(path.name, "", "", f"cannot be read: {error.strerror}"))
        except ValueError as error:
            problems.append(Problem(path.name, "", "version", str(error)))
    return [edition for _, edition in sorted(found, key=lambda pair: pair[0])]


def _edition(path: Path) -> Edition:
    release = releases.read(path)
    try:
        spreads = spread(release.corpus)
        releases.prove(release, spreads)
        return Edition(release, Index(release.corpus, spreads))
    except RefusedError:
        raise
    except Exception as error:  # whatever a record that nobody validated makes of an index, the others are served
        faults = releases.faults(path) or [Problem(path.name, "", "", "its records cannot be indexed")]
        raise RefusedError(faults) from error
