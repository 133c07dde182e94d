"""The columns of a collection's flat table: what CSV shows of a record, each column described once.

A column's name is the dotted path that the value has in JSON. A list is one cell of JSON in which other records are
ids, which join with the tables of their collections. The columns that begin with `cited.` say where the record's first
piece of evidence stands, in every table alike; `evidence` has all of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from dataset import deeplink, label, outline, represent
from dataset.catalog import Edition
from dataset.evidence import entries as evidence_of
from dataset.links import LINKS, Link, linked
from dataset.outline import Outline
from dataset.records import SERVED, Citation, Discrepancy, Evidence, Record, Source
from dataset.shape import FieldShape, shape
from dataset.vocabulary import Modality


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
"""Returns a row's value in a column: text, a truth value, a number, None, or a sequence, which is shown as JSON."""


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
    return (*_shown(SERVED[collection]), *_derived(collection), *_owned(collection), *_COLUMNS)


def _shown(kind: type, path: str = "record", prefix: str = "", *, sure: bool = True) -> Iterator[Column]:
    """Yield the columns of a type whose values stand at a path from a row; they are all there where that is sure."""
    for field in shape(kind):
        name = prefix + field.name
        get = _reader(f"{path}.{field.name}", sure)
        if field.many:
            yield Column(name, field.description, get if sure else _or_none_of_them(get), many=True)
        elif field.ref:
            for part in _reference(field):
                description = f"{field.description} Its {part}."
                yield Column(f"{name}.{part}", description, get if part == "id" else _referred(get, part))
        elif field.nested:
            yield from _shown(field.type, f"{path}.{field.name}", f"{name}.", sure=sure and not field.optional)
        else:
            yield Column(name, field.description, get)


def _reader(path: str, sure: bool) -> Cell:
    """Return what reads the value at a path from a row; None where something on the way is None and that can be."""
    if sure:
        return attrgetter(path)
    steps = [attrgetter(step) for step in path.split(".")]

    def cell(row: Row) -> Any:
        value: Any = row
        for step in steps:
            value = step(value)
            if value is None:
                return None
        return value

    return cell


def _or_none_of_them(get: Cell) -> Cell:
    return lambda row: get(row) or ()


def _referred(get: Cell, part: str) -> Cell:
    def cell(row: Row) -> Any:
        name = get(row)
        return None if name is None else represent.reference(row.edition, name).get(part)

    return cell


def _reference(field: FieldShape) -> list[str]:
    return list(dict.fromkeys(part for collection in field.ref for part in outline.reference(collection)))


def _derived(collection: str) -> Iterator[Column]:
    yield Column("label", label.DESCRIPTION, lambda row: row.edition.label(row.record))
    if collection == "citations":
        yield Column("deep_link", deeplink.DESCRIPTION, lambda row: row.cited["deep_link"])


def _owned(collection: str) -> Iterator[Column]:
    for link in LINKS[collection]:
        if link.owned:

            def cell(row: Row, link: Link = link) -> Any:
                return [one.id for one in linked(row.edition, link, row.record.id)]

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
    found = _of(source)
    found["deep_link"], found["where"], found["id"] = edition.deep_link(citation), citation.where, citation.id
    found["passages"] = len(set(names))
    if entries:
        _say(edition, entries, found)
    return found


def _of(source: Source) -> dict[str, Any]:
    return {
        "source.id": source.id,
        "source.title": source.title,
        "source.publisher": source.publisher,
        "source.published": source.published,
    }


def _say(edition: Edition, entries: list[Evidence], found: dict[str, Any]) -> None:
    """Add who says it and how strongly."""
    first = entries[0]
    said = {str(entry.modality) for entry in entries}
    found["modality"], found["modalities"] = first.modality, [modality for modality in _MODALITIES if modality in said]
    if first.attributed_to:
        speaker = edition.release.corpus.entities[first.attributed_to]
        found["attributed_to.id"], found["attributed_to.name"] = speaker.id, speaker.name


_MODALITIES = tuple(modality.value for modality in Modality)


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
