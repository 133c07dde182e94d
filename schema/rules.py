"""Whether a document is certainly valid, and what it can cost at most: in one pass over it.

GraphQL's rules of validation, as far as a right document needs them. One that is not certainly valid is left to
graphql-core, which says what is wrong with it. Whether fields that merge agree is seen where they are merged (`plan`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
)

from dataset.query import DEFAULT_LIMIT, MAX_LIMIT
from schema.budget import CONNECTED, LONG, OWNED, Cost
from schema.coercion import Variables, has_default
from schema.document import (
    INT,
    VARIABLE,
    Directive,
    Document,
    Field,
    Inline,
    Selections,
    UnsupportedError,
    Value,
)

CONDITIONS = ("skip", "include")


@dataclass
class Checked:
    """A document that is certainly valid."""

    variables: Variables
    most: Cost
    """What it costs at most, whatever its variables and literals are."""


def check(schema: GraphQLSchema, document: Document) -> Checked:
    """Return a document that is certainly valid. Raises UnsupportedError for any other."""
    found = _Check(schema, document)
    most = found.selections(document.selections, schema.query_type, 1)
    if found.spread != document.fragments.keys() or found.variables.unused:
        raise UnsupportedError
    return Checked(found.variables, most)


class _Check:
    """One pass over a document; a fragment is looked at once for each page size, and types, that it is spread under."""

    def __init__(self, schema: GraphQLSchema, document: Document) -> None:
        self._schema = schema
        self._fragments = document.fragments
        self._inside: list[str] = []
        self._measured: dict[tuple[str, int, frozenset[str]], Cost] = {}
        self.variables = Variables(schema, document.variables)
        self.spread: set[str] = set()

    def selections(self, selected: Selections, parent: Any, page: int, possible: frozenset[str] | None = None) -> Cost:
        """Check the selections of one object, and return what they cost at most, as `budget.cost` estimates it.

        `possible` are the types that it can have here; None: all that its type allows.
        """
        depth = objects = leaves = 0
        keys: set[str] = set()
        plain = _plain(parent)
        for selection in selected:
            if selection.directives:
                self._conditions(selection.directives)
            if isinstance(selection, Field):
                if selection.name in plain and selection.selections is None and not selection.arguments:
                    keys.add(selection.key)  # most fields are such
                    depth = depth or 1
                    continue
                cost = self._field(selection, parent, page)
                if selection.selections is None:
                    keys.add(selection.key)
            elif isinstance(selection, Inline):
                kind, left = parent, possible
                if selection.condition is not None:
                    kind, left = self._applying(selection.condition, parent, possible)
                cost = self.selections(selection.selections, kind, page, left)
            else:
                cost = self._spread(selection.name, parent, page, possible)
            depth = max(depth, cost.depth)
            objects += cost.objects
            leaves += cost.leaves
        return Cost(depth, objects, leaves=leaves + len(keys))

    def _field(self, field: Field, parent: Any, page: int) -> Cost:
        if field.name == "__typename":
            if field.arguments or field.selections:
                raise UnsupportedError
            return Cost(0, 0)
        known = _fields(parent).get(field.name)
        if known is None or known.leaf != (field.selections is None):
            raise UnsupportedError  # of a union there is nothing but __typename; introspection is graphql-core's
        if field.arguments or known.required:
            self._arguments(field.arguments, known.arguments)
        if field.selections is None:
            return Cost(1, 0)
        inner = self.selections(field.selections, known.kind, _page(field) if known.paged else 1)
        count = page if known.count is None else known.count
        own = CONNECTED if known.paged else 1
        return Cost(1 + inner.depth, count * (own + inner.objects), leaves=count * inner.leaves)

    def _arguments(self, given: Mapping[str, Value], known: Mapping[str, GraphQLArgument]) -> None:
        if not given.keys() <= known.keys():
            raise UnsupportedError
        for name, argument in known.items():
            if name in given:
                self.variables.argument(given[name], argument.type, default=has_default(argument))
            elif is_required_argument(argument):
                raise UnsupportedError

    def _conditions(self, directives: Sequence[Directive]) -> None:
        names = [directive.name for directive in directives]
        if len(set(names)) < len(names):
            raise UnsupportedError
        for directive in directives:
            definition = self._schema.get_directive(directive.name)
            if directive.name not in CONDITIONS or definition is None:
                raise UnsupportedError
            self._arguments(directive.arguments, definition.args)

    def _spread(self, name: str, parent: Any, page: int, possible: frozenset[str] | None) -> Cost:
        if name not in self._fragments or name in self._inside:
            raise UnsupportedError
        self.spread.add(name)
        fragment = self._fragments[name]
        kind, left = self._applying(fragment.condition, parent, possible)
        key = (name, page, left)
        if key not in self._measured:
            self._inside.append(name)
            self._measured[key] = self.selections(fragment.selections, kind, page, left)
            self._inside.pop()
        return self._measured[key]

    def _applying(self, name: str, parent: Any, possible: frozenset[str] | None) -> tuple[Any, frozenset[str]]:
        """Return the type of a condition, and the types that an object can have that meets it.

        There must be one: what no object shows is no part of a plan, so nobody would see whether it is valid.
        """
        kind = self._schema.type_map.get(name)
        if kind is None or not is_composite_type(kind):
            raise UnsupportedError
        left = _types(self._schema, kind) & (_types(self._schema, parent) if possible is None else possible)
        if not left:
            raise UnsupportedError
        return kind, left


@cache
def _types(schema: GraphQLSchema, kind: Any) -> frozenset[str]:
    """Return the names of the types that an object of a type can have."""
    if isinstance(kind, GraphQLObjectType):
        return frozenset([kind.name])
    return frozenset(one.name for one in schema.get_possible_types(kind))


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is to know of a field."""

    kind: Any
    """Its type, without lists and without what must not be null."""
    leaf: bool
    arguments: Mapping[str, GraphQLArgument]
    required: bool
    """Whether an argument is."""
    paged: bool
    """Whether it is a connection."""
    count: int | None
    """How many objects it is taken to have; None: as many as its page."""


@cache
def _fields(parent: Any) -> Mapping[str, _Known]:
    """Return the fields of a type."""
    if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return {}
    return {name: _known(parent, name, field) for name, field in parent.fields.items()}


def _known(parent: Any, name: str, field: GraphQLField) -> _Known:
    kind = get_named_type(field.type)
    bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    count: int | None = 1
    if isinstance(bare, GraphQLList):
        count = None if parent.name.endswith("Connection") else LONG.get(name, OWNED)
    required = any(map(is_required_argument, field.args.values()))
    return _Known(kind, is_leaf_type(kind), field.args, required, kind.name.endswith("Connection"), count)


@cache
def _plain(parent: Any) -> frozenset[str]:
    """Return the fields of a type that are values and need no arguments."""
    return frozenset(name for name, known in _fields(parent).items() if known.leaf and not known.required)


def _page(field: Field) -> int:
    """Return how many nodes a connection may be asked for."""
    sizes = [field.arguments[name] for name in ("first", "last") if name in field.arguments]
    return MAX_LIMIT if any(what in (VARIABLE, INT) for what, _ in sizes) else DEFAULT_LIMIT
