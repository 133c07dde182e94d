"""The one place that turns a record into what REST shows.

Evidence is expanded in place, other records appear as references, and everything is driven by the records' own
types: a new field of a record shows up by itself.
"""

from collections.abc import Mapping
from typing import Any

from dataset.catalog import Edition
from dataset.deeplink import deep_link
from dataset.label import label
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
    found = {field.name: _field(edition, record, field) for field in shape(record.__class__)}
    if isinstance(record, Record):
        found["label"] = label(edition.release.corpus, record)
    if isinstance(record, Citation):
        found["deep_link"] = deep_link(edition.release.corpus.sources[record.source], record)
    return found


def _field(edition: Edition, record: object, field: FieldShape) -> Any:
    value = getattr(record, field.name)
    if field.many:
        return [_value(edition, one, field) for one in value]
    return None if value is None else _value(edition, value, field)


def _value(edition: Edition, value: Any, field: FieldShape) -> Any:
    if field.ref:
        return reference(edition, value)
    if field.nested:
        return shown(edition, value)
    return value.value if isinstance(value, Term) else value


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
    return {"id": record_id, "name" if record_id.startswith("ent-") else "title": label(corpus, record)}
