"""What was published and what was corrected, newest first: what those who used a release want to be told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from dataset.catalog import Catalog, Edition
from dataset.corpus import PREFIXES
from dataset.label import label
from dataset.manifest import Manifest
from dataset.records import SERVED, Change
from dataset.vocabulary import ChangeKind, ChangeReason

CORRECTIONS = (ChangeReason.SOURCE_CORRECTED, ChangeReason.CURATOR_ERROR)
"""The reasons that make a change a correction: something that we had said was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One piece of news about the dataset."""

    id: str
    """Its id, a `urn:uuid:…` that stays the same."""
    kind: Literal["release", "correction"]
    """What it tells."""
    title: str
    """The dataset with the version, or the record that was corrected."""
    summary: str
    """What happened, in our own words."""
    address: str
    """The path of the release, or of the record in it."""
    updated: str
    """The day of the release at midnight UTC, as RFC 3339 writes it."""


def entries(catalog: Catalog) -> tuple[Entry, ...]:
    """Return an entry for each release that is served, newest first, each followed by its corrections."""
    return tuple(entry for edition in catalog.editions.values() for entry in _entries(catalog, edition))


def urn(*names: str) -> str:
    """Return a `urn:uuid:…` that is the same whenever it is made from the same names."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, '/'.join(names))}"


def _entries(catalog: Catalog, edition: Edition) -> Iterator[Entry]:
    about, digest = edition.release.manifest, edition.release.sha256
    address, updated = f"/v1/releases/{about.version}", f"{about.released}T00:00:00Z"
    yield Entry(
        id=urn(digest),
        kind="release",
        title=f"{about.title} {about.version}",
        summary=_counted(about),
        address=address,
        updated=updated,
    )
    for record, changes in sorted(_corrected(about.changes).items()):
        yield Entry(
            id=urn(digest, record),
            kind="correction",
            title=_name(catalog, edition, record),
            summary=_told(edition, record, changes),
            address=f"{address}/{PREFIXES[record[:3]]}/{record}",
            updated=updated,
        )


def _corrected(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        if change.change is not ChangeKind.ADDED and change.reason in CORRECTIONS:
            found.setdefault(change.record, []).append(change)
    return found


def _counted(about: Manifest) -> str:
    if about.previous is None:
        total = sum(file.records for file in about.files if file.collection in SERVED)
        return f"The first release, with {_number(total)}."
    changed = {kind: {c.record for c in about.changes if c.change is kind} for kind in ChangeKind}
    counts = [f"{_number(len(records))} {kind.value}" for kind, records in changed.items() if records]
    return f"Since {about.previous.version}: {', '.join(counts) or 'no record changed'}."


def _number(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}"


def _name(catalog: Catalog, edition: Edition, record: str) -> str:
    """Return the record's label here, else in the release before; its id where neither has it."""
    previous = edition.release.manifest.previous
    before = catalog.editions.get(previous.version) if previous else None
    for release in (found.release for found in (edition, before) if found):
        if known := release.corpus.get(record):
            return label(release.corpus, known)
    return record


def _told(edition: Edition, record: str, changes: list[Change]) -> str:
    """Return what was done to the record and why, each reason with the fields that it explains."""
    told = []
    for reason in CORRECTIONS:
        found = [change for change in changes if change.reason is reason]
        if any(change.change is ChangeKind.REMOVED for change in found):
            told.append(f"Removed. {reason.description}{_grave(edition, record)}")
        elif found:
            told.append(f"Changed: {', '.join(change.field for change in found if change.field)}. {reason.description}")
    return " ".join(told)


def _grave(edition: Edition, record: str) -> str:
    stone = edition.release.corpus.tombstones.get(record)
    if not stone:
        return ""
    return f" {stone.reason}" + (f" Its successor is {stone.successor}." if stone.successor else "")
