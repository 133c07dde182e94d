"""What evidence has to do with the record that carries it."""

from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any

from dataset.records import Evidence, Record
from dataset.shape import FieldShape, Way, parts, shape, values


def carries_evidence(kind: type) -> bool:
    """Return whether values of this dataclass carry evidence of their own."""
    return any(field.type is Evidence for field in shape(kind))


def content(kind: type) -> tuple[FieldShape, ...]:
    """Return the fields for which evidence must stand: all but the id, the evidence and what carries its own."""
    return tuple(
        field
        for field in shape(kind)
        if field.name != "id"
        and not field.derived
        and field.type is not Evidence
        and not (field.nested and carries_evidence(field.type))
    )


def evidenced(record: Record) -> Iterator[tuple[str, object, tuple[Evidence, ...]]]:
    """Yield the path, the value and the evidence of the record and of each part of it that carries some."""
    for path, part in parts(record):
        found = getattr(part, "evidence", None)
        if found is not None:
            yield path, part, found


def unsupported(part: object, evidence: tuple[Evidence, ...]) -> Iterator[str]:
    """Yield the names of the set content fields that none of the evidence supports."""
    if any(not entry.supports for entry in evidence):
        return
    supported = {name for entry in evidence for name in entry.supports}
    for field in content(type(part)):
        if field.name not in supported and any(value is not False for value in values(part, field)):
            yield field.name


def entries(record: Any) -> list[Evidence]:
    """Return the evidence of the record and of its parts, in their order."""
    own, ways = _ways(record.__class__)
    found = list(own(record)) if own else []
    for get, many in ways:
        value = get(record)
        for part in value if many else () if value is None else (value,):
            found += entries(part)
    return found


@cache
def _ways(kind: type) -> tuple[Callable[[Any], tuple[Evidence, ...]] | None, tuple[Way, ...]]:
    """Return what gets a type's own evidence, and its fields that lead to more."""
    inside = [field for field in shape(kind) if field.nested and field.type is not Evidence and any(_ways(field.type))]
    own = attrgetter("evidence") if carries_evidence(kind) else None
    return own, tuple((attrgetter(field.name), field.many) for field in inside)


def citations(record: Record) -> Iterator[str]:
    """Yield the id of every citation that the record's evidence, at any depth, names."""
    return (entry.citation for entry in entries(record))
