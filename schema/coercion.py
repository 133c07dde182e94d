"""Values of variables and arguments, as graphql-core coerces them; whatever it would refuse is left to it.

A coercer is made once for a type. It takes a value out of JSON and returns the one that resolvers get.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    type_from_ast,
    value_from_ast,
)

MAX_INT = 2**31


class UnsupportedError(Exception):
    """The plan does not support what is asked: graphql-core answers it."""


Coercer = Callable[[Any], Any]
Argument = Callable[[Mapping[str, Any]], Any]
"""Returns the value of an argument, given those of the variables; Undefined where it has none."""


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
    """The variables of an operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._known: dict[str, tuple[Coercer, Any, bool]] = {}
        for definition in operation.variable_definitions or ():
            kind: Any = type_from_ast(schema, definition.type)
            default = value_from_ast(definition.default_value, kind) if definition.default_value else Undefined
            self._known[definition.variable.name.value] = coercer(kind), default, isinstance(kind, GraphQLNonNull)

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values by name; those without one are not there. Raises UnsupportedError."""
        found = {}
        for name, (coerce, default, required) in self._known.items():
            if name in given:
                found[name] = coerce(given[name])
            elif default is not Undefined:
                found[name] = default
            elif required:
                raise UnsupportedError
        return found


def argument(node: ValueNode, kind: Any) -> tuple[Argument, bool]:
    """Return what gives the value of an argument, and whether it is the same whatever the variables are."""
    if isinstance(node, VariableNode):
        return _variable(node.name.value, required=isinstance(kind, GraphQLNonNull)), False
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(node, ListValueNode) and isinstance(bare, GraphQLList):
        made = [argument(one, bare.of_type) for one in node.values]
        if not all(static for _, static in made):
            return _list([one for one, _ in made], required=isinstance(bare.of_type, GraphQLNonNull)), False
    if isinstance(node, ObjectValueNode) and isinstance(bare, GraphQLInputObjectType):
        inside = {f.name.value: argument(f.value, bare.fields[f.name.value].type) for f in node.fields}
        if not all(static for _, static in inside.values()):
            return _fields({name: one for name, (one, _) in inside.items()}), False
    value = value_from_ast(node, kind)
    if value is Undefined:
        raise UnsupportedError
    return (lambda _: value), True


def _variable(name: str, *, required: bool) -> Argument:
    def get(values: Mapping[str, Any]) -> Any:
        value = values.get(name, Undefined)
        if required and value is None:
            raise UnsupportedError
        return value

    return get


def _list(items: list[Argument], *, required: bool) -> Argument:
    def get(values: Mapping[str, Any]) -> list[Any]:
        found = [item(values) for item in items]
        if any(one is Undefined or (required and one is None) for one in found):
            raise UnsupportedError
        return found

    return get


def _fields(fields: Mapping[str, Argument]) -> Argument:
    def get(values: Mapping[str, Any]) -> dict[str, Any]:
        found = {name: read(values) for name, read in fields.items()}
        return {name: value for name, value in found.items() if value is not Undefined}

    return get
