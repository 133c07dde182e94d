"""Plans: an operation of a document, made into functions that write its answer's JSON straight from the records.

Strawberry says what the fields are: one without a resolver is an attribute, one with a resolver is asked as Strawberry
would ask it; only connections of records are read here without building the objects in between. What a record looks
like under one selection never changes within a release, so its bytes are kept in the release's memo.

A plan only ever says what went well. Whatever goes wrong, or is not supported, raises UnsupportedError, and
graphql-core answers in its place: it is the judge of every error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import orjson
from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    VariableNode,
    is_leaf_type,
    print_ast,
)
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from dataset.memo import Memo
from dataset.query import QueryError, cursor, page, parse, scope
from dataset.records import SERVED
from schema.coercion import Argument, UnsupportedError, argument
from schema.connection import Connected
from schema.context import Context
from schema.inputs import raw

PAGING = ("first", "after", "last", "before")


@dataclass
class Run:
    """One request on its way through a plan."""

    context: Context
    """What resolvers see, as the `context` of their `info`."""
    values: Mapping[str, Any]
    """The variables."""
    memo: Memo


Write = Callable[[Any, Run], bytes]
"""Writes a value as JSON."""


@dataclass(frozen=True)
class Writer:
    """What writes a value, or the object that a selection makes of it."""

    write: Write
    text: str
    """The selection in one way of writing, those of objects by their digests: two alike write alike."""
    static: bool
    """Whether it writes the same whatever the variables are."""


@dataclass
class Fragments:
    """The fragments of a document, and the truth values of the variables that its directives use."""

    schema: GraphQLSchema
    known: Mapping[str, FragmentDefinitionNode]
    flags: Mapping[str, bool]
    made: dict[tuple[object, ...], Writer] = field(default_factory=dict)
    """The writers of objects by type and selection sets, so that a fragment is compiled once, however often spread."""


def root(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments) -> Writer:
    """Return what writes the answer's `data`. Raises UnsupportedError."""
    if schema.query_type is None:  # pragma: no cover (there is nothing but queries)
        raise UnsupportedError
    return _object(schema.query_type, [operation.selection_set], fragments)


def _object(kind: GraphQLObjectType, sets: Sequence[SelectionSetNode], fragments: Fragments) -> Writer:
    """Return what writes an object of a type as these selection sets show it."""
    key = (kind.name, *map(id, sets))
    if key not in fragments.made:
        fragments.made[key] = _made(kind, sets, fragments)
    return fragments.made[key]


def _made(kind: GraphQLObjectType, sets: Sequence[SelectionSetNode], fragments: Fragments) -> Writer:
    fields = [(key, nodes, _field(kind, nodes, fragments)) for key, nodes in _collected(kind, sets, fragments).items()]
    static = all(writer.static for _, _, writer in fields)
    shown = f"{kind.name}{{{','.join(f'{key}:{writer.text}' for key, _, writer in fields)}}}"
    text = sha256(shown.encode()).hexdigest()  # fragments that double would double their texts as well
    keys = [f'{"," if number else "{"}"{key}":'.encode() for number, (key, _, _) in enumerate(fields)]
    steps = [(key, writer.write) for key, (_, _, writer) in zip(keys, fields, strict=True)]
    end = b"}" if fields else b"{}"

    def write(value: Any, run: Run) -> bytes:
        parts = []
        for key, inner in steps:
            parts.append(key)
            parts.append(inner(value, run))
        parts.append(end)
        return b"".join(parts)

    if static and kind.name in _RECORDS.values():
        return Writer(_remembered(write, text), text, static)
    return Writer(write, text, static)


def _remembered(write: Write, text: str) -> Write:
    """Return a writer of records that keeps what it wrote."""

    def remembered(record: Any, run: Run) -> bytes:
        key = (text, record.id)
        found = run.memo.get(key)
        if found is None:
            found = write(record, run)
            run.memo.offer(key, found)
        return found

    return remembered


_RECORDS: Mapping[type, str] = {kind: kind.__name__ for kind in SERVED.values()}
"""The GraphQL type of each record."""


def _collected(
    kind: GraphQLObjectType, sets: Sequence[SelectionSetNode], fragments: Fragments
) -> dict[str, list[FieldNode]]:
    """Return the fields that are selected of an object, by response key, as graphql-core collects them."""
    found: dict[str, list[FieldNode]] = {}
    visited: set[str] = set()
    for one in sets:
        _collect(kind, one, fragments, found, visited)
    return found


def _collect(
    kind: GraphQLObjectType,
    selections: SelectionSetNode,
    fragments: Fragments,
    found: dict[str, list[FieldNode]],
    visited: set[str],
) -> None:
    for selection in selections.selections:
        if not _included(selection.directives or (), fragments.flags):
            continue
        if isinstance(selection, FieldNode):
            key = selection.alias.value if selection.alias else selection.name.value
            found.setdefault(key, []).append(selection)
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            if condition is None or _applies(condition.name.value, kind, fragments.schema):
                _collect(kind, selection.selection_set, fragments, found, visited)
        elif isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name in visited:
                continue
            visited.add(name)
            fragment = fragments.known[name]
            if _applies(fragment.type_condition.name.value, kind, fragments.schema):
                _collect(kind, fragment.selection_set, fragments, found, visited)


def _applies(name: str, kind: GraphQLObjectType, schema: GraphQLSchema) -> bool:
    condition = schema.type_map[name]
    if condition is kind:
        return True
    if isinstance(condition, GraphQLInterfaceType | GraphQLUnionType):
        return schema.is_sub_type(condition, kind)
    return False


def _included(directives: Sequence[DirectiveNode], flags: Mapping[str, bool]) -> bool:
    for directive in directives:
        if directive.name.value not in ("skip", "include"):
            raise UnsupportedError
        (argument,) = directive.arguments or ()
        value: Any = argument.value
        flag = flags[value.name.value] if isinstance(value, VariableNode) else value.value
        if flag == (directive.name.value == "skip"):
            return False
    return True


def _field(parent: GraphQLObjectType, nodes: Sequence[FieldNode], fragments: Fragments) -> Writer:
    """Return what writes a field of an object: its value is got, then written."""
    node = nodes[0]
    name = node.name.value
    if name == "__typename":
        written = b'"%s"' % parent.name.encode()
        return Writer(lambda _value, _run: written, "__typename", static=True)
    if name.startswith("__"):
        raise UnsupportedError
    definition = parent.fields[name]
    arguments = {
        one.name.value: argument(one.value, definition.args[one.name.value].type) for one in node.arguments or ()
    }
    given = ",".join(sorted(print_ast(one) for one in node.arguments or ()))
    fixed = all(static for _, static in arguments.values())
    read = {key: get for key, (get, _) in arguments.items()}
    sets = [one.selection_set for one in nodes if one.selection_set]
    resolver = _resolver(definition)
    connected = getattr(resolver, "connected", None)
    if isinstance(connected, Connected):
        inner = _connection(connected, definition, read, sets, fragments, fixed=fixed)
    else:
        value = _value(definition.type, sets, fragments)
        inner = Writer(_step(_getter(definition, resolver, read), value.write), value.text, value.static)
    return Writer(inner.write, f"{name}({given}){inner.text}", fixed and inner.static)


def _step(get: Callable[[Any, Run], Any], write: Write) -> Write:
    def step(value: Any, run: Run) -> bytes:
        return write(get(value, run), run)

    return step


def _resolver(definition: GraphQLField) -> Callable[..., Any] | None:
    """Return the function that resolves a field; None where it is an attribute."""
    found = definition.extensions["strawberry-definition"].base_resolver
    return None if found is None else found.wrapped_func


def _getter(
    definition: GraphQLField, resolver: Callable[..., Any] | None, read: Mapping[str, Argument]
) -> Callable[[Any, Run], Any]:
    """Return what gets a field's value from its object, as Strawberry does."""
    made = definition.extensions["strawberry-definition"]
    if resolver is None:
        attribute = made.python_name
        return lambda value, _run: getattr(value, attribute)
    names = {one.python_name: one.graphql_name or to_camel_case(one.python_name) for one in made.arguments}
    code = resolver.__code__
    takes = code.co_varnames[: code.co_argcount]
    positions = [name for name in takes if name in ("root", "info")]

    def get(value: Any, run: Run) -> Any:
        own = {"root": value, "info": run}
        keywords = {name: own[name] for name in positions}
        for python_name, graphql_name in names.items():
            if graphql_name in read:
                found = read[graphql_name](run.values)
                if found is not Undefined:
                    keywords[python_name] = _input(found)
        try:
            result = resolver(**keywords)
        except GraphQLError as error:
            raise UnsupportedError from error
        if isinstance(result, GraphQLError):
            raise UnsupportedError
        return result

    return get


def _input(value: Any) -> Any:
    """Return an input object as resolvers get it: with its fields as attributes."""
    return SimpleNamespace(**_names(value)) if isinstance(value, dict) else value


def _names(value: Mapping[str, Any]) -> dict[str, Any]:
    return {to_snake_case(key): one for key, one in value.items()}


def _value(kind: Any, sets: Sequence[SelectionSetNode], fragments: Fragments) -> Writer:
    """Return what writes a value of an output type."""
    if isinstance(kind, GraphQLNonNull):
        inner = _bare(kind.of_type, sets, fragments)
        return Writer(_required(inner.write), inner.text, inner.static)
    inner = _bare(kind, sets, fragments)
    return Writer(_optional(inner.write), inner.text, inner.static)


def _required(write: Write) -> Write:
    def required(value: Any, run: Run) -> bytes:
        if value is None:
            raise UnsupportedError
        return write(value, run)

    return required


def _optional(write: Write) -> Write:
    def optional(value: Any, run: Run) -> bytes:
        return b"null" if value is None else write(value, run)

    return optional


def _bare(kind: Any, sets: Sequence[SelectionSetNode], fragments: Fragments) -> Writer:
    """Return what writes a value that is not null."""
    if isinstance(kind, GraphQLList):
        inner = _value(kind.of_type, sets, fragments)
        one = inner.write

        def many(values: Any, run: Run) -> bytes:
            return b"[" + b",".join([one(value, run) for value in values]) + b"]"

        return Writer(many, inner.text, inner.static)
    if is_leaf_type(kind):
        return Writer(_leaf(kind), "", static=True)
    if isinstance(kind, GraphQLObjectType):
        return _object(kind, sets, fragments)
    return _abstract(kind, sets, fragments)


def _abstract(kind: Any, sets: Sequence[SelectionSetNode], fragments: Fragments) -> Writer:
    """Return what writes a record by the type that it has."""
    possible = fragments.schema.get_possible_types(kind)
    made = {one.name: _object(one, sets, fragments) for one in possible}
    by_class = {record: made[name].write for record, name in _RECORDS.items() if name in made}
    if len(by_class) < len(made):
        raise UnsupportedError

    def write(value: Any, run: Run) -> bytes:
        return by_class[value.__class__](value, run)

    return Writer(write, "|".join(sorted(one.text for one in made.values())), all(one.static for one in made.values()))


def _leaf(kind: Any) -> Write:
    if isinstance(kind, GraphQLEnumType):
        names = {kind.parse_value(name): b'"%s"' % name.encode() for name in kind.values}
        return lambda value, _run: names[value]
    if kind.name == "Boolean":
        return lambda value, _run: b"true" if value else b"false"
    if kind.name == "Float":
        return lambda value, _run: orjson.dumps(float(value))
    dumps = orjson.dumps
    return lambda value, _run: dumps(value)


def _connection(
    connected: Connected,
    definition: GraphQLField,
    read: Mapping[str, Argument],
    sets: Sequence[SelectionSetNode],
    fragments: Fragments,
    *,
    fixed: bool,
) -> Writer:
    """Return what writes a page of records, making of it no more than is selected."""
    kind: Any = definition.type.of_type if isinstance(definition.type, GraphQLNonNull) else definition.type
    collection = connected.collection
    writers = {key: _of_page(kind, nodes, fragments) for key, nodes in _collected(kind, sets, fragments).items()}
    paging = [(name, read[name]) for name in PAGING if name in read]
    which, order = read.get("filter"), read.get("orderBy")

    def write(value: Any, run: Run) -> bytes:
        edition = run.context.edition
        asked = {}
        for name, get in paging:
            found = get(run.values)
            if found is not Undefined:
                asked[name] = found
        if connected.filter:
            where, by = {connected.filter: [value.id]}, ""
        else:
            given = which(run.values) if which else None
            where = raw(collection, _names(given)) if isinstance(given, dict) else {}
            wanted = order(run.values) if order else None
            by = wanted.value if wanted not in (None, Undefined) else ""
        try:
            query = parse(collection, where, by)
            part = page(edition, query, **asked)
        except QueryError as error:
            raise UnsupportedError from error
        records = edition.release.corpus.collection(collection)
        bound = scope(edition, query)
        shown = _Shown(part.ids, [records[name] for name in part.ids], part, lambda key: cursor(bound, key))
        return b"{" + b",".join([key + inner(shown, run) for key, inner in steps]) + b"}"

    steps = [(f'"{key}":'.encode(), writer.write) for key, writer in writers.items()]
    text = ",".join(f"{key}:{writer.text}" for key, writer in writers.items())
    return Writer(write, f"{kind.name}{{{text}}}", fixed and all(writer.static for writer in writers.values()))


@dataclass(frozen=True)
class _Shown:
    """A page of records on its way into JSON."""

    ids: Sequence[str]
    records: Sequence[Any]
    page: Any
    cursor: Callable[[str], str]


def _of_page(kind: GraphQLObjectType, nodes: Sequence[FieldNode], fragments: Fragments) -> Writer:
    """Return what writes a field of a connection."""
    name = nodes[0].name.value
    sets = [one.selection_set for one in nodes if one.selection_set]
    if name == "__typename":
        written = b'"%s"' % kind.name.encode()
        return Writer(lambda _value, _run: written, name, static=True)
    if name == "totalCount":
        return Writer(lambda shown, _run: b"%d" % shown.page.total, name, static=True)
    if name == "nodes":
        inner = _value(kind.fields["nodes"].type, sets, fragments)
        return Writer(_step(lambda shown, _run: shown.records, inner.write), f"nodes{inner.text}", inner.static)
    if name == "edges":
        return _edges(kind, sets, fragments)
    if name == "pageInfo":
        return _page_info(kind, sets, fragments)
    raise UnsupportedError


def _edges(kind: GraphQLObjectType, sets: Sequence[SelectionSetNode], fragments: Fragments) -> Writer:
    edge: Any = kind.fields["edges"].type
    while not isinstance(edge, GraphQLObjectType):
        edge = edge.of_type
    inner = _object(edge, sets, fragments)

    def write(shown: _Shown, run: Run) -> bytes:
        made = [
            inner.write(SimpleNamespace(cursor=shown.cursor(key), node=record), run)
            for key, record in zip(shown.ids, shown.records, strict=True)
        ]
        return b"[" + b",".join(made) + b"]"

    return Writer(write, f"edges{inner.text}", inner.static)


def _page_info(kind: GraphQLObjectType, sets: Sequence[SelectionSetNode], fragments: Fragments) -> Writer:
    info: Any = kind.fields["pageInfo"].type
    inner = _object(info.of_type, sets, fragments)

    def write(shown: _Shown, run: Run) -> bytes:
        ends = (shown.cursor(shown.ids[0]), shown.cursor(shown.ids[-1])) if shown.ids else (None, None)
        found = SimpleNamespace(
            has_next_page=shown.page.has_next,
            has_previous_page=shown.page.has_previous,
            start_cursor=ends[0],
            end_cursor=ends[1],
        )
        return inner.write(found, run)

    return Writer(write, f"pageInfo{inner.text}", inner.static)
