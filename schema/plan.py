"""Plans: a document, made into Python functions that build its answer straight from the records.

Strawberry says what the fields are: one without a resolver is an attribute, one with a resolver is asked as Strawberry
would ask it; only connections of records, references and links are read here without what lies in between. The source
of the functions is made of the schema's own names, of the document's response keys (which are names by GraphQL's
grammar) and of names that are given here; everything else goes in as a value.

A plan only ever builds what went well. Whatever goes wrong, or is not supported, raises an exception, and graphql-core
answers in its place: it is the judge of every error.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from types import CodeType, SimpleNamespace
from typing import Any

import orjson
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

from dataset.catalog import Edition
from dataset.links import Link
from dataset.query import Page, cursor, cut, find, places
from dataset.records import SERVED
from schema.coercion import Argument, Variables
from schema.connection import Connected
from schema.context import Context
from schema.document import VARIABLE, Document, Field, Inline, Selections, UnsupportedError
from schema.inputs import raw_of

PAGING = ("first", "after", "last", "before")

_RECORDS: Mapping[type, str] = {kind: kind.__name__ for kind in SERVED.values()}
"""The GraphQL type of each record."""

_COLLECTIONS: Mapping[str, str] = {kind.__name__: name for name, kind in SERVED.items()}
"""The collection of the records of each GraphQL type."""


@dataclass(frozen=True, slots=True)
class Run:
    """One request on its way through a plan."""

    context: Context
    """What resolvers see, as the `context` of their `info`."""
    values: Mapping[Any, Any]
    """The variables by name, and the literals by number."""


Build = Callable[[None, Run], dict[str, Any]]
"""Builds an answer's `data`, ready for orjson."""


@dataclass(frozen=True)
class Plan:
    """A document as Python."""

    code: CodeType
    values: Mapping[str, Any]
    """The values that the code names."""
    root: str
    """The name of the function that builds the answer."""

    def bound(self, context: Context) -> Build:
        """Return what builds answers from one release; what records look like is kept in its memo."""
        corpus = context.edition.release.corpus
        still = Run(context, {})
        names: dict[str, Any] = {
            **self.values,
            **{name: corpus.collection(name) for name in SERVED},
            "any_record": corpus.get,
            "labels": context.edition.labels,
            "deep_links": context.edition.deep_links,
            "owned": context.edition.owned,
            "remember": lambda build, form, collection: _Remembered(build, form, collection, still),
        }
        exec(self.code, names)  # noqa: S102 (its source is made here, of checked names)
        build: Build = names[self.root]
        return build


class _Remembered:
    """What builds records of a collection under one selection, as JSON that is kept: it never changes within a release.

    By the first request that asks for a selection nothing is kept of it: most never come again.
    """

    def __init__(self, build: Callable[[Any, Run], Any], form: str, collection: str, run: Run) -> None:
        edition = run.context.edition
        self._build, self._form, self._run = build, form, run
        self._written = edition.written
        self._records, self._places = edition.index.records(collection), edition.index.places(collection)
        self._first: Run | None = None

    def one(self, record: Any, asked: Run) -> Any:
        """Return a record."""
        if self._new(asked):
            self._written.misses += 1
            return self._build(record, self._run)
        return orjson.Fragment(self._written.texts(self._form, (self._places[record.id],), self._make)[0])

    def many(self, places: Sequence[int], asked: Run) -> Any:
        """Return a list of the records at these places."""
        if self._new(asked):
            self._written.misses += len(places)
            build, run, records = self._build, self._run, self._records
            return [build(records[place], run) for place in places]
        return orjson.Fragment(b"[%b]" % b",".join(self._written.texts(self._form, places, self._make)))

    def _new(self, asked: Run) -> bool:
        """Return whether this is the first request that asks for the selection."""
        if self._first is asked:
            return True
        new = not self._written.familiar(self._form)
        # Within a record that is remembered itself, every request is the same run.
        self._first = asked if new and asked is not self._run else None
        return new

    def _make(self, place: int) -> bytes:
        return orjson.dumps(self._build(self._records[place], self._run))


@dataclass(frozen=True, slots=True)
class _Made:
    """A function that builds an object."""

    name: str
    static: bool
    """Whether it builds the same whatever the variables, the literals and the catalog are."""


@dataclass
class Planner:
    """Makes the plan of a document."""

    schema: GraphQLSchema
    document: Document
    variables: Variables
    flags: Mapping[str, bool] | None
    """The truth values of the variables in directives; None: all that is selected is included, whatever they say."""
    _lines: list[str] = field(default_factory=list)
    _values: dict[str, Any] = field(default_factory=dict)
    _objects: dict[tuple[object, ...], _Made] = field(default_factory=dict)
    _inlined: set[tuple[object, ...]] = field(default_factory=set)
    """Objects that the function that is being made builds where they are shown; shown once more, they get their own."""
    _known: set[str] = field(default_factory=set)
    _arguments: int = 0
    _variables: int = 0
    """Variables of the function that is being made."""

    def plan(self) -> Plan:
        """Return the plan. Raises UnsupportedError."""
        assert self.schema.query_type  # noqa: S101 (there is nothing but queries)
        root = self._object(self.schema.query_type, [self.document.selections])
        return Plan(compile("\n".join(self._lines), "<plan>", "exec"), self._values, root.name)

    def _object(self, kind: GraphQLObjectType, sets: Sequence[Selections]) -> _Made:
        """Return the function that builds an object of a type as these selections show it."""
        key = (kind.name, *map(id, sets))
        if key not in self._objects:
            # Begun anew, so that equal functions have equal bodies.
            variables, inlined, self._variables, self._inlined = self._variables, self._inlined, 0, set()
            body, static = self._display(kind, sets, "r")
            self._variables, self._inlined = variables, inlined
            self._objects[key] = _Made(self._function(kind.name, body), static)
        return self._objects[key]

    def _display(self, kind: GraphQLObjectType, sets: Sequence[Selections], of: str) -> tuple[str, bool]:
        """Return the expression that builds an object from the variable that holds it."""
        fields = [(name, *self._field(kind, nodes, of)) for name, nodes in self._collected(kind, sets).items()]
        body = "{" + ",".join([f'"{name}":{said}' for name, said, _ in fields]) + "}"
        return body, all(fixed for _, _, fixed in fields)

    def _variable(self) -> str:
        self._variables += 1
        return f"x{self._variables}"

    def _function(self, kind: str, body: str) -> str:
        """Return the name of a function of `r` and `v`; it is made of the body, so that equal ones are one."""
        name = f"{kind}_{sha256(body.encode()).hexdigest()[:32]}"
        if name not in self._known:
            self._known.add(name)
            self._lines.append(f"def {name}(r,v): return {body}")
        return name

    def _value(self, prefix: str, value: Any, parent: GraphQLObjectType, node: Field) -> str:
        """Return a name under which the code finds what it needs for a field.

        The name says which field that is, for what is kept of a function is shared by all documents that have it; with
        arguments it is this document's own, and nothing of it is kept.
        """
        name = f"{prefix}_{parent.name}_{node.name}"
        if node.arguments:
            self._arguments += 1
            name += f"_{self._arguments}"
        self._values[name] = value
        return name

    def _collected(self, kind: GraphQLObjectType, sets: Sequence[Selections]) -> dict[str, list[Field]]:
        """Return the fields that are selected of an object, by response key, as graphql-core collects them."""
        found: dict[str, list[Field]] = {}
        visited: set[str] = set()
        for one in sets:
            self._collect(kind, one, found, visited)
        for nodes in found.values():
            first = nodes[0]
            for other in nodes[1:]:
                if other is not first and (other.name, other.arguments) != (first.name, first.arguments):
                    raise UnsupportedError
        return found

    def _collect(
        self, kind: GraphQLObjectType, selections: Selections, found: dict[str, list[Field]], visited: set[str]
    ) -> None:
        for selection in selections:
            if selection.directives and not self._included(selection):
                continue
            if isinstance(selection, Field):
                found.setdefault(selection.key, []).append(selection)
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

    def _field(self, parent: GraphQLObjectType, nodes: Sequence[Field], of: str) -> tuple[str, bool]:
        """Return the expression that builds a field of the object in a variable, and whether it is static."""
        node = nodes[0]
        if node.name == "__typename":
            return repr(parent.name), True
        leaf = _leaf(parent, node.name)
        if leaf:
            self._values.update(leaf.values)
            return leaf.said % of, parent is not self.schema.query_type
        definition = parent.fields[node.name]
        sets = [one.selections for one in nodes if one.selections is not None]
        known = definition.args
        arguments = {name: self.variables.argument(one, known[name].type) for name, one in node.arguments.items()}
        resolver = _resolver(definition)
        connected = getattr(resolver, "connected", None)
        if isinstance(connected, Connected):
            said = f"{self._value('ask', _asking(connected, arguments), parent, node)}({of},v)"
            inner, static = self._shown(get_named_type(definition.type), said, sets)
            return inner, static and not arguments and bool(connected.filter)
        if resolver is None:
            said = f"{of}.{definition.extensions['strawberry-definition'].python_name}"
        else:
            said = self._resolved(parent, node, resolver, arguments, of)
        # A record at the root is worth remembering; one inside another is remembered with it.
        inner, static = self._typed(definition.type, said, sets, outermost=parent is self.schema.query_type)
        return inner, static and not arguments and parent is not self.schema.query_type

    def _resolved(
        self,
        parent: GraphQLObjectType,
        node: Field,
        resolver: Callable[..., Any],
        arguments: Mapping[str, Argument],
        of: str,
    ) -> str:
        """Return the expression of what a resolver returns for the object in a variable."""
        definition = parent.fields[node.name]
        referred = getattr(resolver, "referred", None)
        if referred is not None:
            one = f"{referred.ref[0]}[%s]" if len(referred.ref) == 1 else "any_record(%s)"
            if referred.many:
                return f"[{one % 'i'} for i in {of}.{referred.name}]"
            said = one % f"{of}.{referred.name}"
            return f"(None if {of}.{referred.name} is None else {said})" if referred.optional else said
        owned = getattr(resolver, "link", None)
        if owned is not None:
            return f"{self._owned(owned)}[{of}.id]"
        if not definition.args and isinstance(definition.type, GraphQLNonNull):
            given = ",".join(
                [f"{name}={own}" for name, own in (("root", of), ("info", "v")) if name in _takes(resolver)]
            )
            return f"{self._value('get', resolver, parent, node)}({given})"
        return f"{self._value('get', _getter(definition, resolver, arguments), parent, node)}({of},v)"

    def _owned(self, link: Link) -> str:
        """Return the name of what holds the records that a link leads to."""
        name = f"owned_{link.collection}_{link.filter}"
        if name not in self._known:
            self._known.add(name)
            self._lines.append(f'{name}=owned("{link.collection}","{link.filter}")')
        return name

    def _typed(self, kind: Any, said: str, sets: Sequence[Selections], *, outermost: bool = False) -> tuple[str, bool]:
        """Return the expression that builds a value of an output type."""
        if isinstance(kind, GraphQLNonNull):
            return self._bare(kind.of_type, said, sets, outermost=outermost)
        name = self._variable()
        inner, static = self._bare(kind, name, sets, outermost=outermost)
        return f"(None if ({name}:={said}) is None else {inner})", static

    def _bare(self, kind: Any, said: str, sets: Sequence[Selections], *, outermost: bool = False) -> tuple[str, bool]:
        """Return the expression that builds a value that is not null."""
        if isinstance(kind, GraphQLList):
            name = self._variable()
            inner, static = self._typed(kind.of_type, name, sets, outermost=outermost)
            return (said if inner == name else f"[{inner} for {name} in {said}]"), static
        if isinstance(kind, GraphQLEnumType):
            names, made = _names_of(kind, required=True)
            self._values[names] = made
            return f"{names}[{said}]", True
        if is_leaf_type(kind):
            return (f"float({said})" if kind.name == "Float" else said), True
        if isinstance(kind, GraphQLObjectType):
            return self._nested(kind, said, sets, outermost=outermost)
        return self._abstract(kind, said, sets, outermost=outermost)

    def _nested(
        self, kind: GraphQLObjectType, said: str, sets: Sequence[Selections], *, outermost: bool
    ) -> tuple[str, bool]:
        """Return the expression that builds an object: where it is shown, unless it is remembered or shown again."""
        key = (kind.name, *map(id, sets))
        if outermost or key in self._inlined or key in self._objects:
            made = self._object(kind, sets)
            return self._called(kind, made, said, outermost=outermost), made.static
        self._inlined.add(key)
        if said.isidentifier():
            return self._display(kind, sets, said)
        name = self._variable()
        body, static = self._display(kind, sets, name)
        return f"(({name}:={said}) and {body})", static  # no record is false

    def _called(self, kind: GraphQLObjectType, made: _Made, said: str, *, outermost: bool) -> str:
        if outermost and made.static and kind.name in _COLLECTIONS:
            return f"{self._kept(kind, made)}.one({said},v)"
        return f"{made.name}({said},v)"

    def _kept(self, kind: GraphQLObjectType, made: _Made) -> str:
        """Return the name of what remembers what a function builds of the records of a type."""
        name = f"kept_{made.name}"
        if name not in self._known:
            self._known.add(name)
            self._lines.append(f'{name}=remember({made.name},"{made.name}","{_COLLECTIONS[kind.name]}")')
        return name

    def _abstract(self, kind: Any, said: str, sets: Sequence[Selections], *, outermost: bool) -> tuple[str, bool]:
        """Return the expression that builds a record by the type that it has."""
        possible = {one.name: one for one in self.schema.get_possible_types(kind)}
        if not possible.keys() <= set(_RECORDS.values()):
            raise UnsupportedError
        self._alike(possible.values(), sets)
        made = {record: possible[name] for record, name in _RECORDS.items() if name in possible}
        entries, static = [], True
        for record, one in made.items():
            function = self._object(one, sets)
            static = static and function.static
            self._values[f"Class_{one.name}"] = record
            entries.append(f"Class_{one.name}:lambda r,v:{self._called(one, function, 'r', outermost=outermost)}")
        name = f"by_{sha256(','.join(entries).encode()).hexdigest()[:32]}"
        if name not in self._known:
            self._known.add(name)
            self._lines.append(f"{name}={{{','.join(entries)}}}")
        value = self._variable()
        return f"{name}[({value}:={said}).__class__]({value},v)", static

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

    def _shown(self, kind: Any, said: str, sets: Sequence[Selections]) -> tuple[str, bool]:
        """Return the expression that builds a page of records: no more is made of it than is selected."""
        made = self._object_of_page(kind, sets)
        return f"{made.name}({said},v)", made.static

    def _object_of_page(self, kind: GraphQLObjectType, sets: Sequence[Selections]) -> _Made:
        fields = [(key, *self._field_of_page(kind, nodes)) for key, nodes in self._collected(kind, sets).items()]
        body = "{" + ",".join(f'"{key}":{said}' for key, said, _ in fields) + "}"
        return _Made(self._function(kind.name, body), all(static for _, _, static in fields))

    def _field_of_page(self, kind: GraphQLObjectType, nodes: Sequence[Field]) -> tuple[str, bool]:
        """Return the expression that builds a field of a connection, or of an edge: `r` is a _Shown or a pair."""
        name = nodes[0].name
        if name == "__typename":
            return repr(kind.name), True
        sets = [one.selections for one in nodes if one.selections is not None]
        wanted = kind.fields[name].type
        if name == "nodes":
            named = get_named_type(wanted)
            made = self._object(named, sets)
            if made.static:
                return f"{self._kept(named, made)}.many(r.places,v)", True
            return f"[{made.name}(y,v) for y in r.nodes]", False
        if name == "node":
            return self._typed(wanted, "r[1]", sets, outermost=True)
        if name == "edges":
            made = self._object_of_page(get_named_type(wanted), sets)
            return f"[{made.name}(e,v) for e in r.edges]", made.static
        if name == "pageInfo":
            made = self._object(get_named_type(wanted), sets)
            return f"{made.name}(r,v)", made.static
        if name in ("totalCount", "cursor"):
            return ("r.total_count" if name == "totalCount" else "r[0]"), True
        raise UnsupportedError


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page of records on its way into an answer, with the attributes of `connection.PageInfo`."""

    edition: Edition
    collection: str
    page: Page
    bound: str
    """What its cursors are bound to."""

    @property
    def total_count(self) -> int:
        return self.page.total

    @property
    def places(self) -> Sequence[int]:
        return places(self.edition, self.collection, self.page)

    @property
    def nodes(self) -> Iterator[Any]:
        return map(self.edition.index.records(self.collection).__getitem__, self.places)

    @property
    def edges(self) -> Iterator[tuple[str, Any]]:
        return ((cursor(self.bound, record.id), record) for record in self.nodes)

    @property
    def has_next_page(self) -> bool:
        return self.page.has_next

    @property
    def has_previous_page(self) -> bool:
        return self.page.has_previous

    @property
    def start_cursor(self) -> str | None:
        return self.page.first and cursor(self.bound, self.page.first)

    @property
    def end_cursor(self) -> str | None:
        return self.page.last and cursor(self.bound, self.page.last)


def _asking(connected: Connected, read: Mapping[str, Argument]) -> Callable[[Any, Run], _Shown]:
    """Return what asks for a page of records."""
    collection = connected.collection
    paging = [(name, read[name]) for name in PAGING if name in read]
    which, order = read.get("filter"), read.get("orderBy")

    def ask(value: Any, run: Run) -> _Shown:
        edition = run.context.edition
        asked = {name: said for name, get in paging if (said := get(run.values)) is not Undefined}
        if connected.filter:
            where, by = {connected.filter: [value.id]}, ""
        else:
            given = which(run.values) if which else None
            where = raw_of(collection, given) if isinstance(given, dict) else {}
            wanted = order(run.values) if order else None
            by = wanted.value if wanted not in (None, Undefined) else ""
        found = find(edition, collection, where, by)
        return _Shown(edition, collection, cut(found.keys, found.scope, **asked), found.scope)

    return ask


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A field that is one value and takes no arguments, as most are."""

    said: str
    """The expression that reads it, with a place for the variable that holds its object."""
    values: Mapping[str, Any]
    """The values that the expression names."""


@cache
def _leaf(parent: GraphQLObjectType, name: str) -> _Leaf | None:
    """Return how a field is read, if it is such a one."""
    definition = parent.fields[name]
    required = isinstance(definition.type, GraphQLNonNull)
    kind = definition.type.of_type if required else definition.type
    resolver = _resolver(definition)
    derived = getattr(resolver, "derived", None)
    if definition.args or not is_leaf_type(kind) or kind.name == "Float" or (resolver and not derived):
        return None
    said = f"{derived}[%s.id]" if derived else f"%s.{definition.extensions['strawberry-definition'].python_name}"
    if not isinstance(kind, GraphQLEnumType):
        return _Leaf(said, {})
    names, made = _names_of(kind, required=required)
    return _Leaf(f"{names}[{said}]", {names: made})


@cache
def _names_of(kind: GraphQLEnumType, *, required: bool) -> tuple[str, Mapping[Any, str | None]]:
    """Return a name for what an enum's values are called, and that: null is called null, where it may stand there."""
    found: dict[Any, str | None] = {kind.parse_value(name): name for name in kind.values}
    return (f"Names_{kind.name}", found) if required else (f"Null_or_{kind.name}", {None: None, **found})


def _resolver(definition: GraphQLField) -> Callable[..., Any] | None:
    """Return the function that resolves a field; None where it is an attribute."""
    found = definition.extensions["strawberry-definition"].base_resolver
    return None if found is None else found.wrapped_func


def _takes(resolver: Callable[..., Any]) -> tuple[str, ...]:
    code = resolver.__code__
    return code.co_varnames[: code.co_argcount]


def _getter(
    definition: GraphQLField, resolver: Callable[..., Any], read: Mapping[str, Argument]
) -> Callable[[Any, Run], Any]:
    """Return what gets a field's value from its object by its resolver, as Strawberry does."""
    made = definition.extensions["strawberry-definition"]
    names = {one.python_name: one.graphql_name or to_camel_case(one.python_name) for one in made.arguments}
    reads = [(name, read[graphql_name]) for name, graphql_name in names.items() if graphql_name in read]
    root, info = "root" in _takes(resolver), "info" in _takes(resolver)
    required = isinstance(definition.type, GraphQLNonNull)

    def get(value: Any, run: Run) -> Any:
        keywords: dict[str, Any] = {}
        if root:
            keywords["root"] = value
        if info:
            keywords["info"] = run
        for name, argument in reads:
            found = argument(run.values)
            if found is not Undefined:
                keywords[name] = SimpleNamespace(**_names(found)) if isinstance(found, dict) else found
        result = resolver(**keywords)
        if isinstance(result, Exception) or (required and result is None):
            raise UnsupportedError
        return result

    return get


def _names(value: Mapping[str, Any]) -> dict[str, Any]:
    return {to_snake_case(key): one for key, one in value.items()}
