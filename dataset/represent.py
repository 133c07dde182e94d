"""The one place that turns a record into what REST shows.

Evidence is expanded in place, other records appear as references, and everything is driven by the records' own
types: a new field of a record shows up by itself.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from dataset.catalog import Edition
from dataset.links import LINKS, Link, linked, participations
from dataset.records import Citation, Record
from dataset.shape import FieldShape, shape
from dataset.vocabulary import Term

SOURCE_REFERENCE = ("id", "title", "publisher", "published", "url")
"""The fields by which a source is shown where a citation is."""


def summary(edition: Edition) -> dict[str, str]:
    """Return what every answer says of the release that it came from."""
    about = edition.release.manifest
    return {
        "dataset": about.dataset,
        "version": about.version,
        "sha256": edition.release.sha256,
        "released": about.released,
    }


def listed(edition: Edition, collection: str, record: Record) -> dict[str, Any]:
    """Return a record as a list shows it: its own fields, and the records that are part of what it says."""
    return {**shown(edition, record), **_links(edition, record, [link for link in LINKS[collection] if link.owned])}


def item(edition: Edition, collection: str, record: Record) -> dict[str, Any]:
    """Return a record as its own address shows it: with everything that leads on from it."""
    found = {**shown(edition, record), **_links(edition, record, LINKS[collection])}
    if collection == "entities":
        found["participations"] = [shown(edition, part) for part in participations(edition, record.id).values()]
    return found


def _links(edition: Edition, record: Record, links: Any) -> dict[str, Any]:
    return {link.name: [_target(edition, link, other) for other in linked(edition, link, record.id)] for link in links}


def _target(edition: Edition, link: Link, record: Record) -> Mapping[str, Any]:
    return shown(edition, record) if link.whole else reference(edition, record.id)


def shown(edition: Edition, record: Any) -> dict[str, Any]:
    """Return a record, or a value inside one, with its references expanded and its derived fields."""
    return {name: show(edition, record) for name, show in _shows(record.__class__)}


@cache
def _shows(kind: type) -> tuple[tuple[str, Callable[[Edition, Any], Any]], ...]:
    """Return what shows each field of a type, by the field's name."""
    found = [(field.name, _show(field)) for field in shape(kind)]
    if issubclass(kind, Record):
        found.append(("label", lambda edition, record: edition.labels[record.id]))
    if issubclass(kind, Citation):
        found.append(("deep_link", lambda edition, record: edition.deep_links[record.id]))
    return tuple(found)


def _show(field: FieldShape) -> Callable[[Edition, Any], Any]:
    get = attrgetter(field.name)
    one = _one(field)
    if one is None:
        return (lambda _, record: list(get(record))) if field.many else (lambda _, record: get(record))
    if field.many:
        return lambda edition, record: [one(edition, value) for value in get(record)]
    return lambda edition, record: None if (value := get(record)) is None else one(edition, value)


def _one(field: FieldShape) -> Callable[[Edition, Any], Any] | None:
    """Return what shows one value of a field; None where it is shown as it is."""
    if field.ref:
        return reference
    if field.nested:
        return shown
    return (lambda _, value: value.value) if issubclass(field.type, Term) else None


def reference(edition: Edition, record_id: str) -> dict[str, Any]:
    """Return how a record is shown where another one refers to it."""
    corpus = edition.release.corpus
    if record_id.startswith("cit-"):
        return shown(edition, corpus.citations[record_id])
    if record_id.startswith("src-"):
        source = corpus.sources[record_id]
        return {name: getattr(source, name) for name in SOURCE_REFERENCE}
    record = corpus.get(record_id)
    if record is None:  # a released corpus has no dangling reference
        raise KeyError(record_id)
    return {"id": record_id, "name" if record_id.startswith("ent-") else "title": edition.labels[record.id]}
