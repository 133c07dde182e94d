"""Handing the records' own words, vocabularies and references over to Strawberry types."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

from dataset.shape import FieldShape, shape
from dataset.vocabulary import Term
from schema.context import Info

T = TypeVar("T", bound=type)


def view(record: type, through: str = "") -> Callable[[T], T]:
    """Make a class the GraphQL type of a record: annotated fields are read off it, with its descriptions.

    A field that holds ids resolves to the records; a field with a resolver of its own is left alone. `through`
    names the attribute of the resolved value that holds the record, where it is not that value itself. Fails at
    import when a field is not one of the record's.
    """
    fields = {field.name: field for field in shape(record)}

    def decorate(cls: T) -> T:
        for name in inspect.get_annotations(cls):
            if name in vars(cls):
                continue
            if name not in fields:
                raise TypeError(f"{cls.__name__}.{name} is no field of {record.__name__}")
            field = fields[name]
            resolver: Any = _lookup(field) if field.ref else _through(through, name) if through else None
            setattr(cls, name, strawberry.field(resolver=resolver, description=field.description))
        if not through:
            cls.is_type_of = classmethod(lambda _, value, _info: isinstance(value, record))  # type: ignore[attr-defined]
        return strawberry.type(cls, description=inspect.getdoc(record))

    return decorate


def _lookup(field: FieldShape) -> Callable[..., Any]:
    def one(root: Any, info: Info) -> Any:
        name = getattr(root, field.name)
        return None if name is None else info.context.edition.release.corpus.get(name)

    def many(root: Any, info: Info) -> Any:
        return [info.context.edition.release.corpus.get(name) for name in getattr(root, field.name)]

    resolver = many if field.many else one
    resolver.referred = field  # type: ignore[attr-defined]  # for plans, which look it up themselves
    return resolver


def _through(attribute: str, name: str) -> Callable[..., Any]:
    def resolver(root: Any) -> Any:
        return getattr(getattr(root, attribute), name)

    return resolver


def vocabulary(terms: type[Term]) -> None:
    """Make a vocabulary a GraphQL enum, each value with its meaning."""
    definition = strawberry.enum(terms, description=inspect.getdoc(terms)).__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = terms[value.name].description
