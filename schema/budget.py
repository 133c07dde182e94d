"""What a document may cost, measured before anything runs: how deep it nests, and how many objects it asks for.

The objects are estimated from the page sizes; lists without paging are taken to have a usual length.

One pass over the document; a fragment is measured once for each type that it is spread on, however often it is spread.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

from dataset.query import DEFAULT_LIMIT, MAX_LIMIT
from schema.introspection import ROOTS, Introspection

MAX_DEPTH = 14
"""Levels of fields that are answered."""

MAX_OBJECTS = 25_000
"""Objects that a document may ask for, as estimated: fifty events with all their evidence are some quarter."""

MAX_LEAVES = 150_000
"""Plain values that a document may ask for, as estimated: fifty events with everything are some quarter."""

OWNED = 4
"""Items that a list without paging is taken to have, such as the evidence of a record: most have fewer, some more."""

CHANGES = 1_000
"""Items that a list of changes is taken to have: it has no paging, and a release may change much."""

CONNECTED = 3
"""Objects that a connection counts for, whatever is on its page: it is found, cut and bound to its question."""

LONG: Mapping[str, int] = {"nodes": MAX_LIMIT, "changes": CHANGES, "buckets": CHANGES, "values": MAX_LIMIT}
"""Items that other lists without paging are taken to have, by the field's name."""


class Cost(NamedTuple):  # no dataclass: many are made of a document, and that takes a third of the time
    """What a document costs, as estimated."""

    depth: int
    objects: int
    introspection: int = 0
    """Values that it asks of the schema."""
    leaves: int = 0
    """Values in the objects: each alias of a field is one, though it costs no object."""


def cost(schema: GraphQLSchema, document: DocumentNode, operation: str | None, variables: Mapping[str, Any]) -> Cost:
    """Return what an operation of a valid document costs; the most expensive one unless named.

    What is asked of the schema is counted beside it (`introspection`), and only once it is known to be bounded.
    """
    found = [
        _Meter(schema, document, {**_defaults(definition), **variables}).operation(definition)
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
        and (operation is None or (definition.name and definition.name.value == operation))
    ]
    return Cost(
        max((c.depth for c in found), default=0),
        max((c.objects for c in found), default=0),
        max((c.introspection for c in found), default=0),
        max((c.leaves for c in found), default=0),
    )


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        definition.variable.name.value: _literal(definition.default_value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode | StringValueNode)
    }


def _literal(node: IntValueNode | StringValueNode) -> Any:
    # An ID may be a number of any length, which is no page size; Python does not even read one of thousands of digits.
    return int(node.value) if isinstance(node, IntValueNode) and len(node.value) < 12 else node.value


class _Meter:
    """Measures the selections of one operation."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._measured: dict[tuple[str, str, int], Cost] = {}
        self._introspection = Introspection(schema, self._fragments, variables)

    def operation(self, definition: OperationDefinitionNode) -> Cost:
        """Return what an operation costs."""
        found = self.selections(definition.selection_set, self._schema.query_type, 1)
        return Cost(found.depth, found.objects, self._introspection.values, found.leaves)

    def selections(self, selected: SelectionSetNode, parent: GraphQLNamedType | None, page: int) -> Cost:
        """Return what the selections of one object cost; `page` is how many nodes it holds, if it is a connection."""
        depth = objects = leaves = 0
        keys: set[str] = set()
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                found = self._field(selection, parent, page)
                if selection.selection_set is None:  # selected twice, it is one value
                    keys.add((selection.alias or selection.name).value)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                kind = self._schema.get_type(condition.name.value) if condition else parent
                found = self.selections(selection.selection_set, kind, page)
            else:
                assert isinstance(selection, FragmentSpreadNode)  # noqa: S101 (there is no other selection)
                found = self._fragment(selection.name.value, page)
            depth = max(depth, found.depth)
            objects += found.objects
            leaves += found.leaves
        return Cost(depth, objects, leaves=leaves + len(keys))

    def _fragment(self, name: str, page: int) -> Cost:
        fragment = self._fragments[name]
        key = (name, fragment.type_condition.name.value, page)
        if key not in self._measured:
            kind = self._schema.get_type(fragment.type_condition.name.value)
            self._measured[key] = self.selections(fragment.selection_set, kind, page)
        return self._measured[key]

    def _field(self, field: FieldNode, parent: GraphQLNamedType | None, page: int) -> Cost:
        name = field.name.value
        if name in ROOTS:
            self._introspection.ask(field)
        if name.startswith("__") or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return Cost(0, 0)
        kind = parent.fields[name].type
        named = get_named_type(kind)
        if is_leaf_type(named) or field.selection_set is None:
            return Cost(1, 0)
        count = self._count(field, parent, kind, page)
        inner = self.selections(field.selection_set, named, self._page(field, named))
        own = CONNECTED if named.name.endswith("Connection") else 1
        return Cost(1 + inner.depth, count * (own + inner.objects), leaves=count * inner.leaves)

    def _count(self, field: FieldNode, parent: GraphQLNamedType, kind: GraphQLOutputType, page: int) -> int:
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if not isinstance(bare, GraphQLList):
            return 1
        if parent.name.endswith("Connection"):
            return page
        return LONG.get(field.name.value, OWNED)

    def _page(self, field: FieldNode, kind: GraphQLNamedType) -> int:
        """Return how many nodes a connection field asks for; 1 where it is no connection."""
        if not kind.name.endswith("Connection"):
            return 1
        sizes = [self._size(a.value) for a in field.arguments or () if a.name.value in ("first", "last")]
        return max((size for size in sizes if size is not None), default=DEFAULT_LIMIT)

    def _size(self, value: Any) -> int | None:
        if isinstance(value, IntValueNode):
            return size(_literal(value))
        return size(self._variables.get(value.name.value)) if isinstance(value, VariableNode) else None


def size(value: Any) -> int | None:
    """Return what a page size counts for: never more than a page may have, None for what is no number."""
    # A size out of range is refused when the field is resolved; it must not make the document free.
    # GraphQL takes 100.0 for an Int, too, and JSON's 1e999 is infinite.
    return int(min(max(0, value), MAX_LIMIT)) if isinstance(value, int | float) else None
