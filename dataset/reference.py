"""A bibliographic reference: what an article, a record or a query's result is cited by, before it has a format."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from dataset.catalog import Edition
from dataset.label import label
from dataset.records import Record, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of a bibliography."""

    key: str
    """Its id in the bibliography: the record's."""
    kind: Literal["article", "dataset"]
    """What is cited."""
    title: str
    """Its title; of an article, as printed."""
    authors: tuple[str, ...] = ()
    """Who wrote it, as printed: whether a name is a person's, and which part is the surname, is not known."""
    container: str | None = None
    """What it is part of: an article's publisher, the title of a record's dataset."""
    issued: str
    """The day on which it was published, `YYYY-MM-DD`."""
    accessed: str | None = None
    """The day on which it was read, `YYYY-MM-DD`; null for a pinned address, which does not change."""
    url: str
    """Its address."""
    version: str | None = None
    """The release."""
    language: str | None = None
    """Its language, an ISO 639 code."""
    licence: str | None = None
    """Its licence, an SPDX id."""
    note: str | None = None
    """What else helps to find or to check it."""


def of_source(source: Source) -> Reference:
    """Return the reference of an article itself, exactly as printed."""
    return Reference(
        key=source.id,
        kind="article",
        title=source.title,
        authors=source.authors,
        container=source.publisher,
        issued=source.published[:10],
        accessed=source.accessed,
        url=source.url,
        language=source.language,
        note=f"Archived copy: {source.archive_url}" if source.archive_url else None,
    )


def of_record(edition: Edition, record: Record, address: str) -> Reference:
    """Return the reference of a record in a release, at its pinned address; its title keeps the record's hedges."""
    return _of_dataset(edition, record.id, label(edition.release.corpus, record), address, _digest(edition))


def one_line(text: str) -> str:
    """Return a text with every run of white space as one space and without control characters."""
    return " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c) != "Cc").split())


def remarks(reference: Reference) -> tuple[str, ...]:
    """Return the note, and the licence in words, for formats that have no field for a licence."""
    licence = f"Licence: {reference.licence}" if reference.licence else None
    return tuple(remark for remark in (reference.note, licence) if remark)


def _of_dataset(edition: Edition, key: str, title: str, address: str, note: str) -> Reference:
    about = edition.release.manifest
    return Reference(
        key=key,
        kind="dataset",
        title=title,
        container=about.title,
        issued=about.released,
        url=address,
        version=about.version,
        licence=about.licence,
        note=note,
    )


def _digest(edition: Edition) -> str:
    about = edition.release.manifest
    return f"Release {about.version} of {about.dataset}, SHA-256 of its manifest: {edition.release.sha256}"
