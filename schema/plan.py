"""Plans: a document, made into writers that read its answer straight off the records (see `level`).

Strawberry says what the fields are: one without a resolver is an attribute, one with a resolver is asked as Strawberry
would ask it; only connections of records, references and links are read here without what lies in between.

A plan only ever writes what went well. Whatever goes wrong, or is not supported, raises an exception, and graphql-core
answers in its place: it is the judge of every error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_leaf_type,
)
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from dataset.records import SERVED
from schema import level
from schema.cells import COLLECTIONS, PLACE, Cell, attribute, layouts, names, resolver
from schema.coercion import Argument, Variables
from schema.connection import Connected
from schema.document import VARIABLE, Document, Field, Inline, Selections, UnsupportedError
from schema.level import Read, Run, Write
from schema.shown import asking

_RECORDS: Mapping[type, str] = {kind: kind.__name__ for kind in SERVED.values()}
"""The GraphQL type of each record."""

SLOT = "\0"
"""Where in a template something is written; no name has it."""

OBJECT, COLUMN, INNER = 400, 60, 1_200
"""Bytes that a plan takes for an object, for each of its fields, and for one that is more than a text, about."""


@dataclass(slots=True)
class _Made:
    """What writes some values."""

    write: Write
    static: bool
    """Whether it writes the same whatever the variables, the literals and the catalog are."""
    form: str
    """What it writes, where it is static: of equal forms one writes the same of the same value."""
    frame: str = SLOT
    """What stands around what it writes; where that is an object, its template has it."""

    def closed(self) -> "_Made":
        """Return what writes the frame as well."""
        if self.frame == SLOT:
            return self
        return _Made(level.Filled(_around(self.frame), [self.write]), self.static, self.form)


Reach = Callable[[GraphQLObjectType, Sequence[Selections]], _Made]
"""Makes what writes the objects of a type as they are selected, of whatever stands for them where they are shown."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A document, made ready."""

    write: Write
    """Writes the answer's `data`, of None."""
    asked: frozenset[str]
    """The cells that it reads, as rows know them."""
    size: int
    """The bytes that it takes of memory, about."""

    def answer(self, run: Run) -> Sequence[bytes]:
        """Return the answer's `data` as JSON, in pieces."""
        run.context.edition.rows.expect(self.asked)
        return level.pieces(self.write, None, run)


@dataclass
class Planner:
    """Makes the plan of a document."""

    schema: GraphQLSchema
    document: Document
    variables: Variables
    flags: Mapping[str, bool] | None
    """The truth values of the variables in directives; None: all that is selected is included, whatever they say."""
    _size: int = 0
    _asked: set[str] = field(default_factory=set)
    _objects: dict[tuple[object, ...], _Made] = field(default_factory=dict)

    def plan(self) -> Plan:
        """Return the plan. Raises UnsupportedError."""
        assert self.schema.query_type  # noqa: S101 (there is nothing but queries)
        made = self._of_rows(self.schema.query_type, [self.document.selections])
        return Plan(made.write, frozenset(self._asked), self._size)

    def _of_rows(self, kind: GraphQLObjectType, sets: Sequence[Selections]) -> _Made:
        """Return what writes objects of a type as these selections show it: of rows, where the type has rows."""
        collected = self._collected(kind, sets)
        key: tuple[object, ...] = (kind.name, *map(id, sets))
        if self.document.fragments:  # then different selections may come to the same fields
            key = (kind.name, *[(name, *map(id, nodes)) for name, nodes in collected.items()])
        found = self._objects.get(key)
        if found is None:
            layout = layouts(self.schema).get(kind.name)
            cells = layout.cells if layout else {}
            found = self._objects[key] = self._shown(kind, collected, partial(self._field, kind, cells), cells)
        return found

    def _shown(
        self,
        kind: GraphQLObjectType,
        collected: Mapping[str, Sequence[Field]],
        shown: Callable[[Sequence[Field]], _Made],
        cells: Mapping[str, Cell],
    ) -> _Made:
        """Return what writes objects, by what each field that is no text in a cell is shown as."""
        said, form, static = [], [kind.name], True
        columns: list[level.Column] = []
        for key, nodes in collected.items():
            name = nodes[0].name
            cell = cells.get(name)
            if cell:
                self._asked.add(cell.field)
            if cell and cell.text:
                said.append(f'"{key}":{SLOT}')
                form.append(name)
                columns.append(cell.texts)
            elif name == "__typename":
                said.append(f'"{key}":"{kind.name}"')
            else:
                made = shown(nodes)
                said.append(f'"{key}":{made.frame}')
                form += (name, made.form)
                columns.append(made.write)
                static = static and made.static
                self._size += INNER
        template = f"{{{','.join(said)}}}"
        self._size += OBJECT + COLUMN * len(columns) + len(template)
        write = level.Filled(_around(template), columns)
        return _Made(write, static, sha256(f"{template} {' '.join(form)}".encode()).hexdigest()[:32])

    def _collected(self, kind: GraphQLObjectType, sets: Sequence[Selections]) -> dict[str, list[Field]]:
        """Return the fields that are selected of an object, by response key, as graphql-core collects them."""
        found: dict[str, list[Field]] = {}
        visited: set[str] = set()
        for one in sets:
            self._collect(kind, one, found, visited)
        for nodes in found.values():
            if len(nodes) > 1 and any((n.name, n.arguments) != (nodes[0].name, nodes[0].arguments) for n in nodes):
                raise UnsupportedError
        return found

    def _collect(
        self, kind: GraphQLObjectType, selections: Selections, found: dict[str, list[Field]], visited: set[str]
    ) -> None:
        for selection in selections:
            if selection.directives and not self._included(selection):
                continue
            if isinstance(selection, Field):
                if selection.key in found:
                    found[selection.key].append(selection)
                else:
                    found[selection.key] = [selection]
            elif isinstance(selection, Inline):
                if selection.condition is None or self._applies(selection.condition, kind):
                    self._collect(kind, selection.selections, found, visited)
            elif selection.name not in visited:
                visited.add(selection.name)
                fragment = self.document.fragments[selection.name]
                if self._applies(fragment.condition, kind):
                    self._collect(kind, fragment.selections, found, visited)

    def _included(self, selection: Any) -> bool:
        if self.flags is None:
            return True
        for directive in selection.directives:
            what, content = directive.arguments["if"]
            flag = self.flags[content] if what == VARIABLE else content == "true"
            if flag == (directive.name == "skip"):
                return False
        return True

    def _applies(self, name: str, kind: GraphQLObjectType) -> bool:
        condition = self.schema.type_map[name]
        if isinstance(condition, GraphQLInterfaceType | GraphQLUnionType):
            return self.schema.is_sub_type(condition, kind)
        return condition is kind

    def _field(self, parent: GraphQLObjectType, cells: Mapping[str, Cell], nodes: Sequence[Field]) -> _Made:
        """Return what writes a field of objects of a type: of their rows, where the type has rows."""
        node = nodes[0]
        definition = parent.fields[node.name]
        sets = [one.selections for one in nodes if one.selections is not None]
        cell = cells.get(node.name)
        if cell:
            made = self._typed(definition.type, sets, self._of_places if cell.collection else self._of_rows)
            return _Made(level.Chained(cell.read, made.write), made.static, made.form, made.frame)
        known, root = definition.args, parent is self.schema.query_type
        arguments = {name: self.variables.argument(one, known[name].type) for name, one in node.arguments.items()}
        how = resolver(definition)
        connected = getattr(how, "connected", None)
        if isinstance(connected, Connected):
            outermost = bool(arguments) or not connected.filter
            made = self._page(get_named_type(definition.type), sets, outermost=outermost)
            static, read = made.static and not outermost, asking(connected, arguments)
        else:
            # A record at the root is worth remembering; one inside another is remembered with it.
            made = self._typed(definition.type, sets, partial(self._of_values, outermost=root))
            static = made.static and not root
            read = level.attribute(attribute(definition)) if how is None else _getting(definition, how, arguments)
        if cells:  # what asks, or resolves, wants the record, of which a row has the place
            read = level.Chained(level.Chained(cells[PLACE].read, level.standing(COLLECTIONS[parent.name])), read)
        return _Made(level.Chained(read, made.write), static and not arguments, made.form, made.frame)

    def _typed(self, kind: Any, sets: Sequence[Selections], reach: Reach) -> _Made:
        """Return what writes values of an output type."""
        if isinstance(kind, GraphQLNonNull):
            return self._bare(kind.of_type, sets, reach)
        made = self._bare(kind, sets, reach).closed()
        return _Made(level.optional(made.write), made.static, made.form)

    def _bare(self, kind: Any, sets: Sequence[Selections], reach: Reach) -> _Made:
        """Return what writes values that are not null."""
        if isinstance(kind, GraphQLObjectType):
            return reach(kind, sets)
        if isinstance(kind, GraphQLList):
            made = self._typed(kind.of_type, sets, reach).closed()
            return _Made(level.Many(made.write), made.static, made.form, f"[{SLOT}]")
        if is_leaf_type(kind):
            return _written(kind)
        return self._abstract(kind, sets, reach)

    def _of_values(self, kind: GraphQLObjectType, sets: Sequence[Selections], *, outermost: bool) -> _Made:
        """Return what writes objects of the values that they are."""
        collection, layout = COLLECTIONS.get(kind.name), layouts(self.schema).get(kind.name)
        if collection:
            made = self._of_places(kind, sets, outermost=outermost)
            return _Made(level.Chained(level.places(collection), made.write), made.static, made.form)
        made = self._of_rows(kind, sets)
        if layout:
            return _Made(level.Chained(level.rows(layout), made.write), made.static, made.form)
        return made

    def _of_places(self, kind: GraphQLObjectType, sets: Sequence[Selections], *, outermost: bool = False) -> _Made:
        """Return what writes records of their places."""
        made = self._of_rows(kind, sets)
        write: Write = level.Placed(COLLECTIONS[kind.name], layouts(self.schema)[kind.name], made.write)
        if outermost and made.static:
            write = level.remembered(made.form, write)
        return _Made(write, made.static, made.form)

    def _abstract(self, kind: Any, sets: Sequence[Selections], reach: Reach) -> _Made:
        """Return what writes records by the type that each has."""
        possible = {one.name: one for one in self.schema.get_possible_types(kind)}
        if not possible.keys() <= set(_RECORDS.values()):
            raise UnsupportedError
        self._alike(possible.values(), sets)
        made = {record: reach(possible[name], sets) for record, name in _RECORDS.items() if name in possible}
        write = level.alternatives({record: one.write for record, one in made.items()})
        return _Made(write, all(one.static for one in made.values()), " ".join([one.form for one in made.values()]))

    def _alike(self, kinds: Any, sets: Sequence[Selections]) -> None:
        """See that what different types show under one key has one shape, as far as that is plain."""
        shapes: dict[str, tuple[str, tuple[int, ...]]] = {}
        for kind in kinds:
            for key, nodes in self._collected(kind, sets).items():
                if nodes[0].name == "__typename":
                    shape: tuple[str, tuple[int, ...]] = ("String!", ())
                else:
                    named = kind.fields[nodes[0].name].type
                    inner = () if is_leaf_type(get_named_type(named)) else tuple(id(node) for node in nodes)
                    shape = (str(named), inner)
                if shapes.setdefault(key, shape) != shape:
                    raise UnsupportedError

    def _page(self, kind: GraphQLObjectType, sets: Sequence[Selections], *, outermost: bool) -> _Made:
        """Return what writes pages of records (`Shown`), or their edges: no more is made of one than is selected."""
        return self._shown(kind, self._collected(kind, sets), partial(self._part, kind, outermost), {})

    def _part(self, kind: GraphQLObjectType, outermost: bool, nodes: Sequence[Field]) -> _Made:
        """Return what writes a field of pages, or of edges, which are cursors and places."""
        name, wanted = nodes[0].name, kind.fields[nodes[0].name].type
        sets = [one.selections for one in nodes if one.selections is not None]
        if name not in _PARTS:
            raise UnsupportedError
        inner: Reach = self._of_rows
        if name == "edges":
            inner = partial(self._page, outermost=outermost)
        elif name in ("nodes", "node"):
            inner = partial(self._of_places, outermost=outermost)
        made = self._typed(wanted, sets, inner)
        return _Made(level.Chained(_PARTS[name], made.write), made.static, made.form, made.frame)


_PARTS: Mapping[str, Read] = {
    "totalCount": level.attribute("total_count"),
    "nodes": level.attribute("places"),
    "edges": level.attribute("edges"),
    "pageInfo": lambda pages, run: pages,
    "cursor": level.item(0),
    "node": level.item(1),
}
"""What a page, or an edge, has for each of its fields."""


def _around(template: str) -> Sequence[bytes]:
    """Return what stands around what is written in a template."""
    return template.encode().split(SLOT.encode())


@cache
def _written(kind: Any) -> _Made:
    """Return what writes the values of a leaf type."""
    if isinstance(kind, GraphQLEnumType):
        return _Made(level.named(names(kind)), True, "")
    return _Made(level.numbers if kind.name == "Float" else level.leaves, True, "")


def _takes(resolver: Callable[..., Any]) -> tuple[str, ...]:
    code = resolver.__code__
    return code.co_varnames[: code.co_argcount]


def _getting(field: GraphQLField, how: Callable[..., Any], read: Mapping[str, Argument]) -> Read:
    """Return what gets a field of values by its resolver, as Strawberry does."""
    made = field.extensions["strawberry-definition"]
    names = {one.python_name: one.graphql_name or to_camel_case(one.python_name) for one in made.arguments}
    reads = [(name, read[graphql_name]) for name, graphql_name in names.items() if graphql_name in read]
    root, info = "root" in _takes(how), "info" in _takes(how)
    required = isinstance(field.type, GraphQLNonNull)

    def get(values: Sequence[Any], run: Run) -> Sequence[Any]:
        keywords: dict[str, Any] = {"info": run} if info else {}
        for name, argument in reads:
            given = argument(run.values)
            if given is not Undefined:
                keywords[name] = SimpleNamespace(**_names(given)) if isinstance(given, dict) else given
        found = [how(root=value, **keywords) if root else how(**keywords) for value in values]
        if any(isinstance(one, Exception) or (required and one is None) for one in found):
            raise UnsupportedError
        return found

    return get


def _names(value: Mapping[str, Any]) -> dict[str, Any]:
    return {to_snake_case(key): one for key, one in value.items()}
