"""Values of variables and arguments, as graphql-core coerces them; whatever it would refuse is left to it.

A coercer is made once for a type. It takes a value out of JSON and returns the one that resolvers get.
"""

from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    is_input_type,
    is_required_input_field,
)

from schema.document import INT, LIST, MAX_INT, OBJECT, STRING, VARIABLE, WORD, Declared, UnsupportedError, Value

Coercer = Callable[[Any], Any]
Argument = Callable[[Mapping[Any, Any]], Any]
"""Returns the value of an argument, given those of the variables by name and of the document's literals by number;
Undefined where it has none."""


def coercer(kind: Any) -> Coercer:
    """Return what coerces values of an input type. It raises UnsupportedError for those that it cannot."""
    if isinstance(kind, GraphQLNonNull):
        return _required(coercer(kind.of_type))
    if isinstance(kind, GraphQLList):
        return _optional(_many(coercer(kind.of_type)))
    if isinstance(kind, GraphQLEnumType):
        return _optional(_enum(kind))
    if isinstance(kind, GraphQLInputObjectType):
        return _optional(_object(kind))
    return _optional({"String": _text, "ID": _text, "Int": _int, "Boolean": _bool}.get(kind.name, _unsupported))


def _unsupported(_: Any) -> Any:
    raise UnsupportedError


def _required(inner: Coercer) -> Coercer:
    def coerce(value: Any) -> Any:
        if value is None:
            raise UnsupportedError
        return inner(value)

    return coerce


def _optional(inner: Coercer) -> Coercer:
    def coerce(value: Any) -> Any:
        return None if value is None else inner(value)

    return coerce


def _text(value: Any) -> str:
    if type(value) is not str:  # a number may be an ID
        raise UnsupportedError
    return value


def _int(value: Any) -> int:
    if type(value) is not int or not -MAX_INT <= value < MAX_INT:
        raise UnsupportedError
    return value


def _bool(value: Any) -> bool:
    if type(value) is not bool:
        raise UnsupportedError
    return value


@cache
def _enum(kind: GraphQLEnumType) -> Coercer:
    members = {name: kind.parse_value(name) for name in kind.values}

    def coerce(value: Any) -> Any:
        if type(value) is not str or value not in members:
            raise UnsupportedError
        return members[value]

    return coerce


def _many(inner: Coercer) -> Coercer:
    def coerce(value: Any) -> list[Any]:
        return [inner(one) for one in value] if isinstance(value, list) else [inner(value)]

    return coerce


@cache
def _object(kind: GraphQLInputObjectType) -> Coercer:
    fields = {name: coercer(field.type) for name, field in kind.fields.items()}

    def coerce(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise UnsupportedError
        try:
            return {name: fields[name](one) for name, one in value.items()}
        except KeyError as error:
            raise UnsupportedError from error

    return coerce


class Variables:
    """The variables that an operation declares."""

    def __init__(self, schema: GraphQLSchema, declared: Mapping[str, Declared]) -> None:
        self.used: set[str] = set()
        """The names of those that an argument was made of."""
        self._arguments: dict[tuple[int, int, bool], Argument] = {}
        """Those that were made, by the places in memory of value and type: the document outlives them."""
        self._schema = schema
        self._types: dict[str, tuple[Any, bool]] = {}
        self._known: list[tuple[str, Coercer, Argument | None, bool]] = []
        for name, one in declared.items():
            kind = _type(schema, one.type)
            default = None if one.default is None else self.argument(one.default, kind)
            self._types[name] = kind, one.default not in (None, NULL)
            self._known.append((name, coercer(kind), default, isinstance(kind, GraphQLNonNull)))

    @property
    def unused(self) -> bool:
        """Whether there is one that no argument was made of."""
        return len(self.used) < len(self._types)

    def values(self, given: Mapping[str, Any], literals: Mapping[Any, Any]) -> dict[Any, Any]:
        """Return the values by name, beside the literals; those without one are not there. Raises UnsupportedError."""
        found = dict(literals)
        for name, coerce, default, required in self._known:
            if name in given:
                found[name] = coerce(given[name])
            elif default:
                found[name] = default(literals)
            elif required:
                raise UnsupportedError
        return found

    def argument(self, value: Value, kind: Any, *, default: bool = False) -> Argument:
        """Return what gives the value of an argument; `default` says that the argument has one of its own.

        Raises UnsupportedError for what is not certainly a valid value of the type.
        """
        key = (id(value), id(kind), default)
        found = self._arguments.get(key)
        if found is None:
            found = self._arguments[key] = self._argument(value, kind, default=default)
        return found

    def _argument(self, value: Value, kind: Any, *, default: bool) -> Argument:
        what, content = value
        if what == VARIABLE:
            return self._variable(content, kind, default=default)
        required = isinstance(kind, GraphQLNonNull)
        if value == NULL:
            if required:
                raise UnsupportedError
            return lambda _: None
        bare = kind.of_type if required else kind
        if isinstance(bare, GraphQLList):
            items = content if what == LIST else [value]
            return _list([self.argument(one, bare.of_type) for one in items], isinstance(bare.of_type, GraphQLNonNull))
        if isinstance(bare, GraphQLInputObjectType):
            return self._object(value, bare)
        if isinstance(bare, GraphQLEnumType) and what == WORD and content in bare.values:
            member = bare.parse_value(content)
            return lambda _: member
        if bare.name == "Boolean" and what == WORD and content in ("true", "false"):
            return lambda _: content == "true"
        if what == STRING and bare.name in ("String", "ID"):
            return itemgetter(content)
        if what == INT and bare.name == "Int":
            return _number(content)
        raise UnsupportedError

    def _variable(self, name: str, kind: Any, *, default: bool) -> Argument:
        if name not in self._types:
            raise UnsupportedError
        self.used.add(name)
        own, filled = self._types[name]
        required = isinstance(kind, GraphQLNonNull)
        wanted = kind.of_type if required and (filled or default) and not isinstance(own, GraphQLNonNull) else kind
        if not self._schema_allows(own, wanted):
            raise UnsupportedError

        def get(values: Mapping[Any, Any]) -> Any:
            value = values.get(name, Undefined)
            if required and value is None:
                raise UnsupportedError
            return value

        return get

    def _schema_allows(self, own: Any, wanted: Any) -> bool:
        """Return whether a variable's type fits where another is wanted: input types have no subtypes but by null."""
        if isinstance(wanted, GraphQLNonNull):
            return isinstance(own, GraphQLNonNull) and self._schema_allows(own.of_type, wanted.of_type)
        if isinstance(own, GraphQLNonNull):
            return self._schema_allows(own.of_type, wanted)
        if isinstance(wanted, GraphQLList):
            return isinstance(own, GraphQLList) and self._schema_allows(own.of_type, wanted.of_type)
        return own is wanted

    def _object(self, value: Value, kind: GraphQLInputObjectType) -> Argument:
        what, content = value
        if what != OBJECT or not content.keys() <= kind.fields.keys():
            raise UnsupportedError
        if not _told(kind) <= content.keys():
            raise UnsupportedError
        fields = {
            name: self.argument(one, kind.fields[name].type, default=has_default(kind.fields[name]))
            for name, one in content.items()
        }

        def get(values: Mapping[Any, Any]) -> dict[str, Any]:
            found = {name: read(values) for name, read in fields.items()}
            return {name: one for name, one in found.items() if one is not Undefined}

        return get


@cache
def _told(kind: GraphQLInputObjectType) -> frozenset[str]:
    """Return the fields of an input object without which it is not plain what its value is."""
    return frozenset(name for name, one in kind.fields.items() if is_required_input_field(one) or has_default(one))


NULL = (WORD, "null")


def has_default(place: GraphQLArgument | GraphQLInputField) -> bool:
    """Return whether an argument, or a field of an input object, has a default."""
    return place.default is not None or place.default_value is not Undefined


def _type(schema: GraphQLSchema, said: Any) -> Any:
    """Return an input type by its declaration."""
    if isinstance(said, tuple):
        return GraphQLNonNull(_type(schema, said[0]))
    if isinstance(said, list):
        return GraphQLList(_type(schema, said[0]))
    kind = schema.type_map.get(said)
    if kind is None or not is_input_type(kind):
        raise UnsupportedError
    return kind


def _list(items: list[Argument], required: bool) -> Argument:
    def get(values: Mapping[Any, Any]) -> list[Any]:
        found = [item(values) for item in items]
        if any(one is Undefined or (required and one is None) for one in found):
            raise UnsupportedError
        return found

    return get


def _number(number: int) -> Argument:
    def get(values: Mapping[Any, Any]) -> int:
        return _int(values[number])

    return get
