"""The one place that turns a record into what REST shows.

Evidence is expanded in place, other records appear as references, and everything is driven by the records' own
types: a new field of a record shows up by itself.
"""

from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter
from typing import Any

import orjson
from msgspec import to_builtins

from dataset.canonical import to_plain
from dataset.catalog import Edition
from dataset.corpus import PREFIXES
from dataset.links import LINKS, Link, linked, participations
from dataset.records import Citation, Entity, Record, Source
from dataset.shape import FieldShape, shape

SOURCE_REFERENCE = ("id", "title", "publisher", "published", "url")
"""The fields by which a source is shown where a citation is."""

RECURRING = frozenset(("citations", "entities", "sources"))
"""The collections whose records are referred to again and again."""

ENTRY = 400
"""Bytes that keeping a reference takes, about, beside its JSON."""


def summary(edition: Edition) -> dict[str, str]:
    """Return what every answer says of the release that it came from."""
    about = edition.release.manifest
    return {
        "dataset": about.dataset,
        "version": about.version,
        "sha256": edition.release.sha256,
        "released": about.released,
    }


def listed(edition: Edition, collection: str, record: Record, *, ready: bool = False) -> dict[str, Any]:
    """Return a record as a list shows it: its own fields, and the records that are part of what it says.

    Where it is `ready` to be written, what recurs in it is JSON already.
    """
    owned = _links(edition, record, [link for link in LINKS[collection] if link.owned], ready=ready)
    return {**shown(edition, record, ready=ready), **owned}


def item(edition: Edition, collection: str, record: Record, *, ready: bool = False) -> dict[str, Any]:
    """Return a record as its own address shows it: with everything that leads on from it; `ready` as in a list."""
    found = shown(edition, record, ready=ready) | _links(edition, record, LINKS[collection], ready=ready)
    if collection == "entities":
        parts = participations(edition, record.id).values()
        found["participations"] = [shown(edition, part, ready=ready) for part in parts]
    return found


def _links(edition: Edition, record: Record, links: Iterable[Link], *, ready: bool) -> dict[str, Any]:
    return {
        link.name: [
            shown(edition, other, ready=ready) if link.whole else reference(edition, other.id)
            for other in linked(edition, link, record.id)
        ]
        for link in links
    }


def shown(edition: Edition, record: Any, *, ready: bool = False) -> dict[str, Any]:
    """Return a record, or a value inside one, with its references expanded and its derived fields."""
    found: dict[str, Any] = to_builtins(record) if ready else to_plain(record)
    complete = _completes(record.__class__, ready)
    if complete:
        complete(edition, record, found)
    return found


def reference(edition: Edition, record_id: str, *, ready: bool = False) -> dict[str, Any]:
    """Return how a record is shown where another one refers to it; `ready` as in a list."""
    record = edition.release.corpus.collection(PREFIXES[record_id[:3]])[record_id]
    if isinstance(record, Citation):
        return shown(edition, record, ready=ready)
    if isinstance(record, Source):
        return {name: getattr(record, name) for name in SOURCE_REFERENCE}
    return {"id": record_id, "name" if isinstance(record, Entity) else "title": edition.label(record)}


def _ready(edition: Edition, record_id: str) -> orjson.Fragment:
    """Return the same as JSON, once made and then kept."""
    found: orjson.Fragment | None = edition.references.get(record_id)
    if found is None:
        # A copy, for what orjson hands out holds up to twice the memory of what it wrote.
        text = bytes(memoryview(orjson.dumps(reference(edition, record_id, ready=True))))
        found = orjson.Fragment(text)
        edition.references.keep(record_id, found, len(text) + ENTRY)
    return found


Complete = Callable[[Edition, Any, dict[str, Any]], None]
"""Completes what is shown of a value, which has its stored fields as they are."""


@cache
def _completes(kind: type, ready: bool) -> Complete | None:
    """Return what completes the values of a type; None where they are shown as they are."""
    fields = shape(kind)
    steps = [_refers(field, ready) for field in fields if field.ref]
    steps += [_enters(f, inside) for f in fields if f.nested and (inside := _completes(f.type, ready))]
    steps += [_derives(field) for field in fields if field.derived]
    if issubclass(kind, Record):
        steps.append(_label)
    if issubclass(kind, Citation):
        steps.append(_deep_link)

    def complete(edition: Edition, record: Any, found: dict[str, Any]) -> None:
        for step in steps:
            step(edition, record, found)

    return complete if steps else None


def _label(edition: Edition, record: Record, found: dict[str, Any]) -> None:
    found["label"] = edition.label(record)


def _deep_link(edition: Edition, citation: Citation, found: dict[str, Any]) -> None:
    found["deep_link"] = edition.deep_link(citation)


def _refers(field: FieldShape, ready: bool) -> Complete:
    """Return what expands the references of a field."""
    name, refer = field.name, _ready if ready and RECURRING.issuperset(field.ref) else reference

    def many(edition: Edition, _: Any, found: dict[str, Any]) -> None:
        found[name] = [refer(edition, record_id) for record_id in found[name]]

    def one(edition: Edition, _: Any, found: dict[str, Any]) -> None:
        record_id = found[name]
        if record_id is not None:
            found[name] = refer(edition, record_id)

    return many if field.many else one


def _enters(field: FieldShape, complete: Complete) -> Complete:
    """Return what completes the values inside a field."""
    name, get = field.name, attrgetter(field.name)

    def many(edition: Edition, record: Any, found: dict[str, Any]) -> None:
        for value, inside in zip(get(record), found[name]):  # noqa: B905 (one was made of the other)
            complete(edition, value, inside)

    def one(edition: Edition, record: Any, found: dict[str, Any]) -> None:
        value = get(record)
        if value is not None:
            complete(edition, value, found[name])

    return many if field.many else one


def _derives(field: FieldShape) -> Complete:
    """Return what adds a derived field."""
    name, get = field.name, attrgetter(field.name)

    def derive(_: Edition, record: Any, found: dict[str, Any]) -> None:
        found[name] = get(record)

    return derive
