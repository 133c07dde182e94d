"""How much a document asks of the schema itself, counted before it runs: by walking the schema as an answer would.

graphql-core bounds how deeply lists of fields nest; aliases and fragments can still ask for the same many times over.
"""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
)

MAX_VALUES = 40_000

ROOTS = ("__schema", "__type")
"""The fields that ask for the schema."""


class Introspection:
    """Counts the values that the selections of one operation ask of the schema."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self.values = 0
        """The values counted so far; once there are more than MAX_VALUES, no more are counted."""
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._info: Any = SimpleNamespace(schema=schema)  # all that the schema's own resolvers look at
        self._flat: dict[int, tuple[int, list[FieldNode]]] = {}

    def ask(self, field: FieldNode) -> None:
        """Count what one of ROOTS asks for."""
        assert field.selection_set  # noqa: S101 (it is valid)
        self.values += 1
        if field.name.value == "__schema":
            self._object(self._schema, self._schema.type_map["__Schema"], field.selection_set)
        else:
            found = self._named(field)
            if found:
                self._object(found, self._schema.type_map["__Type"], field.selection_set)

    def _named(self, field: FieldNode) -> GraphQLNamedType | None:
        value = next((argument.value for argument in field.arguments or ()), None)
        if isinstance(value, VariableNode):
            name = self._variables.get(value.name.value)
        else:
            name = value.value if isinstance(value, StringValueNode) else None
        return self._schema.type_map.get(name) if isinstance(name, str) else None

    def _object(self, source: Any, kind: GraphQLNamedType, selected: SelectionSetNode) -> None:
        """Count the values of one object of the schema, and of what is in it."""
        assert isinstance(kind, GraphQLObjectType)  # noqa: S101 (introspection has no other types)
        plain, fields = self._flattened(selected)
        self.values += plain + len(fields)
        for field in fields:
            definition = kind.fields[field.name.value]
            named = get_named_type(definition.type)
            assert field.selection_set  # noqa: S101 (it is valid)
            for one in self._inside(source, field.name.value, definition):
                if self.values > MAX_VALUES:
                    return
                self._object(one, named, field.selection_set)

    def _inside(self, source: Any, name: str, definition: GraphQLField) -> Iterable[Any]:
        """Return the objects that a field holds; those that are deprecated are counted, too."""
        assert definition.resolve  # noqa: S101 (every field of the schema's own types has one)
        more = {"includeDeprecated": True} if "includeDeprecated" in definition.args else {}
        found = definition.resolve(source, self._info, **more)
        many: Iterable[Any] = found if isinstance(get_nullable_type(definition.type), GraphQLList) else (found,)
        return () if found is None else many

    def _flattened(self, selected: SelectionSetNode) -> tuple[int, list[FieldNode]]:
        """Return how many plain values a selection set has, and its fields with selections of their own.

        Of fields that are merged each is counted: that is never too little.
        """
        known = self._flat.get(id(selected))
        if known is None:
            plain: set[str] = set()
            inner: list[FieldNode] = []
            self._gather(selected, plain, inner, set())
            known = self._flat[id(selected)] = len(plain), inner
        return known

    def _gather(self, selected: SelectionSetNode, plain: set[str], inner: list[FieldNode], seen: set[str]) -> None:
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                if selection.selection_set:
                    inner.append(selection)
                else:
                    plain.add((selection.alias or selection.name).value)
            elif isinstance(selection, FragmentSpreadNode):
                if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    self._gather(self._fragments[selection.name.value].selection_set, plain, inner, seen)
            else:
                self._gather(selection.selection_set, plain, inner, seen)  # type: ignore[attr-defined]
