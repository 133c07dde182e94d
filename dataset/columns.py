"""The columns of a collection's flat table: what CSV shows of a record, each column described once.

A column's name is the dotted path that the value has in JSON. A list is one cell of JSON in which other records are
ids, which join with the tables of their collections. The columns that begin with `cited.` say where the record's first
piece of evidence stands, in every table alike; `evidence` has all of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

from dataset import deeplink, label, outline, represent
from dataset.canonical import to_plain
from dataset.catalog import Edition
from dataset.evidence import entries as evidence_of
from dataset.links import LINKS, Link, linked
from dataset.outline import Outline
from dataset.records import SERVED, Citation, Discrepancy, Evidence, Record, Source
from dataset.shape import FieldShape, shape
from dataset.vocabulary import Modality, Term


@dataclass(frozen=True)
class Row:
    """A record on its way into a table."""

    edition: Edition
    record: Any

    @cached_property
    def cited(self) -> Mapping[str, Any]:
        """Where its first piece of evidence stands, by the names of CITED."""
        return _cited(self.edition, self.record)


Cell = Callable[[Row], Any]
"""Returns a row's value in a column: text, a truth value, a number, None, or a list, which is shown as JSON."""


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    description: str
    cell: Cell
    many: bool = False
    """Whether its cells are lists, shown as JSON."""


@cache
def columns(collection: str) -> tuple[Column, ...]:
    """Return the columns of a collection's table."""
    return (*_shown(SERVED[collection], lambda record: record), *_derived(collection), *_owned(collection), *_COLUMNS)


def _shown(kind: type, reach: Callable[[Any], Any], prefix: str = "") -> Iterator[Column]:
    for field in shape(kind):
        name = prefix + field.name
        get = _reader(reach, field.name)
        if field.many:
            yield Column(name, field.description, _stored(get), many=True)
        elif field.ref:
            for part in _reference(field):
                description = f"{field.description} Its {part}."
                yield Column(f"{name}.{part}", description, _referred(get, part))
        elif field.nested:
            yield from _shown(field.type, get, f"{name}.")
        else:
            yield Column(name, field.description, _plain(get))


def _reader(reach: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    def get(record: Any) -> Any:
        value = reach(record)
        return None if value is None else getattr(value, name)

    return get


def _plain(get: Callable[[Any], Any]) -> Cell:
    def cell(row: Row) -> Any:
        value = get(row.record)
        return value.value if isinstance(value, Term) else value

    return cell


def _stored(get: Callable[[Any], Any]) -> Cell:
    def cell(row: Row) -> Any:
        return to_plain(get(row.record) or ())

    return cell


def _referred(get: Callable[[Any], Any], part: str) -> Cell:
    def cell(row: Row) -> Any:
        name = get(row.record)
        return None if name is None else represent.reference(row.edition, name).get(part)

    return cell


def _reference(field: FieldShape) -> list[str]:
    return list(dict.fromkeys(part for collection in field.ref for part in outline.reference(collection)))


def _derived(collection: str) -> Iterator[Column]:
    yield Column("label", label.DESCRIPTION, lambda row: label.label(row.edition.release.corpus, row.record))
    if collection == "citations":
        yield Column("deep_link", deeplink.DESCRIPTION, lambda row: row.cited["deep_link"])


def _owned(collection: str) -> Iterator[Column]:
    for link in LINKS[collection]:
        if link.owned:

            def cell(row: Row, link: Link = link) -> Any:
                return [other.id for other in linked(row.edition, link, row.record.id)]

            yield Column(link.name, f"{link.description} Their ids.", cell, many=True)


CITED: Mapping[str, str] = MappingProxyType(
    {
        "deep_link": deeplink.DESCRIPTION,
        "where": "The part of the article in which the passage stands.",
        "id": "The citation's id.",
        "source.id": "The article's id.",
        "source.title": "The article's title.",
        "source.publisher": "Who published the article.",
        "source.published": "When the article was published.",
        "attributed_to.id": "The id of the entity that says it; empty: the article's own voice.",
        "attributed_to.name": "The name of the entity that says it; empty: the article's own voice.",
        "modality": "How strongly this passage says it; other passages may say it otherwise.",
        "modalities": "How strongly it is said, everything that occurs in its evidence: some of it may be inferred.",
        "passages": "How many different passages the record rests on; this is the first.",
    }
)


def _cited(edition: Edition, record: Record) -> Mapping[str, Any]:
    """Return where a record's first piece of evidence stands, by the names of CITED."""
    corpus = edition.release.corpus
    if isinstance(record, Source):
        return {
            "deep_link": record.url,
            "passages": len(linked(edition, LINKS["sources"][0], record.id)),
            **_of(record),
        }
    entries = evidence_of(record)
    if isinstance(record, Citation):
        names = [record.id]
    elif isinstance(record, Discrepancy):
        names = list(record.citations)
    else:
        names = [entry.citation for entry in entries]
    citation = corpus.citations[names[0]]
    source = corpus.sources[citation.source]
    found = {"deep_link": deeplink.deep_link(source, citation), "where": citation.where, "id": citation.id}
    return {**found, **_of(source), **_said(edition, entries), "passages": len(set(names))}


def _of(source: Source) -> dict[str, Any]:
    return {f"source.{name}": getattr(source, name) for name in ("id", "title", "publisher", "published")}


def _said(edition: Edition, entries: list[Evidence]) -> dict[str, Any]:
    if not entries:
        return {}
    first = entries[0]
    said = {entry.modality for entry in entries}
    found: dict[str, Any] = {"modality": first.modality.value, "modalities": [m.value for m in Modality if m in said]}
    if first.attributed_to:
        speaker = edition.release.corpus.entities[first.attributed_to]
        found |= {"attributed_to.id": speaker.id, "attributed_to.name": speaker.name}
    return found


def _citing(name: str) -> Cell:
    missing: Any = [] if name == "modalities" else None
    return lambda row: row.cited.get(name, missing)


_COLUMNS = tuple(
    Column(f"cited.{name}", said, _citing(name), many=name == "modalities") for name, said in CITED.items()
)


def _cited_outline() -> Outline:
    found: dict[str, Any] = {}
    for name in CITED:
        inside = found
        for part in name.split("."):
            inside = inside.setdefault(part, {})
    return found


CITED_OUTLINE = _cited_outline()
"""The outline of the columns that begin with `cited.`."""
