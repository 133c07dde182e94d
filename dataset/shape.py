"""What the fields of a record are, read off its type once: for whatever treats all records alike."""

import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from operator import attrgetter
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from dataset.records import Ref


@dataclass(frozen=True)
class FieldShape:
    """One field of a record, or of a value inside one."""

    owner: type
    """The type that has it."""
    name: str
    type: type
    """The type of the value, or of one of them: str, bool, a vocabulary or a dataclass."""
    many: bool
    optional: bool
    ref: tuple[str, ...]
    """The collections that an id in this field belongs to; empty: it is no reference."""
    derived: bool
    """Whether it is computed and not in the files."""
    nested: bool
    """Whether the value is a dataclass."""

    @cached_property
    def description(self) -> str:
        """What the field is, in a sentence."""
        if self.derived:
            return inspect.getdoc(getattr(self.owner, self.name)) or ""
        return _described(self.owner).get(self.name, "")


def shape(record: Any) -> tuple[FieldShape, ...]:
    """Return the fields of a record type, stored ones as declared, then the derived ones."""
    return _shape(record)


@cache
def _shape(record: Any) -> tuple[FieldShape, ...]:
    hints = get_type_hints(record, include_extras=True)
    stored = [_field(record, f.name, hints[f.name], derived=False) for f in fields(record)]
    derived = [
        _field(record, name, get_type_hints(value.fget)["return"], derived=True)
        for name, value in vars(record).items()
        if isinstance(value, property) and value.fget is not None
    ]
    return (*stored, *derived)


@cache
def _described(record: Any) -> Mapping[str, str]:
    """Return the descriptions of the stored fields: pydantic reads them off the source, which takes its time."""
    properties = TypeAdapter(record).json_schema().get("properties", {})
    return {name: field["description"] for name, field in properties.items() if "description" in field}


def _field(owner: type, name: str, hint: Any, *, derived: bool) -> FieldShape:
    many = optional = False
    ref: tuple[str, ...] = ()
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *marks = get_args(hint)
            ref = next((mark.collections for mark in marks if isinstance(mark, Ref)), ref)
        elif origin in (Union, types.UnionType):
            optional = True
            (hint,) = (part for part in get_args(hint) if part is not type(None))
        elif origin is tuple:
            many = True
            hint = get_args(hint)[0]
        else:
            return FieldShape(owner, name, hint, many, optional, ref, derived, is_dataclass(hint))


def values(record: object, field: FieldShape) -> tuple[Any, ...]:
    """Return the values of a field, none, one or many, as a tuple."""
    value = getattr(record, field.name)
    if value is None:
        return ()
    return tuple(value) if field.many else (value,)


def parts(record: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the record and every dataclass inside it, each with its path, such as `names[0].evidence[1]`."""
    yield path, record
    for field in _nested(record.__class__):
        for index, value in enumerate(values(record, field)):
            inner = f"{field.name}[{index}]" if field.many else field.name
            yield from parts(value, f"{path}.{inner}" if path else inner)


@cache
def _nested(record: Any) -> tuple[FieldShape, ...]:
    return tuple(field for field in shape(record) if field.nested)


@cache
def _referring(record: Any) -> tuple[FieldShape, ...]:
    return tuple(field for field in shape(record) if field.ref)


def references(record: object) -> Iterator[tuple[str, FieldShape, str]]:
    """Yield every id that the record refers to, with the path and the shape of the field that holds it."""
    for path, part in parts(record):
        for field in _referring(part.__class__):
            for index, value in enumerate(values(part, field)):
                name = f"{field.name}[{index}]" if field.many else field.name
                yield f"{path}.{name}" if path else name, field, value


Way = tuple[Callable[[Any], Any], bool]
"""What gets a field of a dataclass, and whether it holds many values."""


def pointed(record: Any) -> list[tuple[tuple[str, ...], str]]:
    """Return every id that the record refers to with the collections that it can belong to: without paths, fast."""
    found: list[tuple[tuple[str, ...], str]] = []
    _point(record, found)
    return found


def _point(part: Any, found: list[tuple[tuple[str, ...], str]]) -> None:
    pointing, ways = _pointing(part.__class__)
    for (get, many), ref in pointing:
        value = get(part)
        if many:
            found += [(ref, one) for one in value]
        elif value is not None:
            found.append((ref, value))
    for get, many in ways:
        value = get(part)
        for one in value if many else () if value is None else (value,):
            _point(one, found)


@cache
def _pointing(kind: Any) -> tuple[tuple[tuple[Way, tuple[str, ...]], ...], tuple[Way, ...]]:
    pointing = tuple((_way(field), field.ref) for field in _referring(kind))
    return pointing, tuple(_way(field) for field in _nested(kind) if any(_pointing(field.type)))


def _way(field: FieldShape) -> Way:
    return attrgetter(field.name), field.many
