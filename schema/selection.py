"""What a query selects, as a tree: so that its result can be shown with REST's names, and as a flat table.

GraphQL says `attributedTo` and `MORE_THAN` where REST says `attributed_to` and `more_than`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)
from strawberry.utils.str_converters import to_snake_case

from dataset.vocabulary import Term


@dataclass
class Selected:
    """A field that a query selects."""

    key: str
    """Its key in the result."""
    name: str
    """Its name in REST."""
    type: GraphQLOutputType
    description: str
    inside: dict[str, "Selected"] = field(default_factory=dict)
    """The fields selected of its value, by their key."""
    parent: str = ""
    """The type that the field is selected of."""

    @property
    def many(self) -> bool:
        """Whether its value is a list."""
        return isinstance(_bare(self.type), GraphQLList)

    @property
    def optional(self) -> bool:
        """Whether its value may be null."""
        return not isinstance(self.type, GraphQLNonNull)

    @property
    def leaf(self) -> GraphQLNamedType:
        """The type of its value, or of one of them."""
        return get_named_type(self.type)

    def partly(self, one: "Selected") -> bool:
        """Return whether a field inside is selected only of some of the types that the value may have."""
        return one.parent != self.leaf.name

    def shown(self, value: Any) -> Any:
        """Return a value of the result as REST shows it."""
        if value is None:
            return None
        if isinstance(value, list):
            return [self.shown(one) for one in value]
        if self.inside:
            return {one.name: one.shown(value[key]) for key, one in self.inside.items() if key in value}
        found = terms(self.leaf)
        return found[value].value if found else value

    def columns(self, prefix: str = "") -> Iterator[tuple[str, "Selected"]]:
        """Yield the columns of a flat table, each with what it holds: a list is one column, an object several."""
        for one in self.inside.values():
            if one.inside and not one.many:
                yield from one.columns(f"{prefix}{one.name}.")
            else:
                yield f"{prefix}{one.name}", one


def terms(kind: GraphQLNamedType) -> type[Term] | None:
    """Return the vocabulary that a GraphQL type is, if it is one."""
    return next((found for found in Term.__subclasses__() if found.__name__ == kind.name), None)


def cell(shown: Any, column: str) -> Any:
    """Return what stands in a column of a value as REST shows it."""
    for name in column.split("."):
        shown = shown.get(name) if shown is not None else None
    return shown


def selected(schema: GraphQLSchema, found: FieldNode, parent: GraphQLObjectType | GraphQLInterfaceType) -> Selected:
    """Return what a field of a valid document selects; fragments must be inline."""
    definition = parent.fields[found.name.value]
    key = found.alias.value if found.alias else found.name.value
    made = Selected(key, to_snake_case(key), definition.type, definition.description or "", parent=parent.name)
    if found.selection_set:
        _collect(schema, found.selection_set, get_named_type(definition.type), made.inside)
    return made


def _collect(
    schema: GraphQLSchema, selections: SelectionSetNode, parent: GraphQLNamedType, into: dict[str, Selected]
) -> None:
    for selection in selections.selections:
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            kind = schema.type_map[condition.name.value] if condition else parent
            _collect(schema, selection.selection_set, kind, into)
        elif isinstance(selection, FieldNode):
            if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):  # __typename of a union
                raise TypeError(f"{selection.name.value} cannot be shown of {parent.name}")
            one = selected(schema, selection, parent)
            if one.key in into:
                into[one.key].inside |= one.inside
            else:
                into[one.key] = one
        else:
            raise TypeError("fragments must be inline")


def _bare(kind: GraphQLOutputType) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind
