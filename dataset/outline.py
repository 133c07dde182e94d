"""The outline of what a record shows: the names of its fields, at every depth, read off the records' types.

`represent` fills it with values; `fields=` is checked against it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias

from dataset.links import LINKS
from dataset.records import SERVED
from dataset.represent import SOURCE_REFERENCE
from dataset.shape import shape

Outline: TypeAlias = Mapping[str, "Outline"]
"""Names of fields, each with what is inside it; empty: a plain value."""


@cache
def listed(collection: str) -> Outline:
    """Return the outline of a record as a list shows it."""
    owned = {link.name: _shown(SERVED[link.collection]) for link in LINKS[collection] if link.owned}
    return {**_shown(SERVED[collection]), **owned}


def _shown(kind: type) -> Outline:
    found: dict[str, Outline] = {}
    for field in shape(kind):
        if field.ref:
            found[field.name] = _merged([reference(collection) for collection in field.ref])
        else:
            found[field.name] = _shown(field.type) if field.nested else {}
    if kind in SERVED.values():
        found["label"] = {}
    if kind is SERVED["citations"]:
        found["deep_link"] = {}
    return found


def reference(collection: str) -> Outline:
    """Return the outline of a record as it is shown where another one refers to it."""
    if collection == "citations":
        return _shown(SERVED["citations"])
    names = SOURCE_REFERENCE if collection == "sources" else ("id", "name" if collection == "entities" else "title")
    return {name: {} for name in names}


def names(outline: Outline, prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of everything in an outline."""
    for name, inside in outline.items():
        yield prefix + name
        yield from names(inside, f"{prefix}{name}.")


def _merged(outlines: list[Outline]) -> Outline:
    found: dict[str, Outline] = {}
    for outline in outlines:
        found |= outline
    return found
