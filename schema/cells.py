"""Records as rows: a cell for each field that is the same in every answer, and one for the record's own place.

The cell of a plain value is its JSON; that of a value inside the record, such as a piece of evidence, is a row; that of
a reference is the place of the record that it leads to, in the default order of its collection. Lists are tuples, and
None stands for a row or a place that is not there. Nothing in them is for the garbage collector to look at.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, islice
from operator import attrgetter, is_, itemgetter
from typing import Any, NamedTuple

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

from dataset.catalog import Edition
from dataset.links import Link
from dataset.records import SERVED
from dataset.rows import Row
from dataset.shape import FieldShape

COLLECTIONS: Mapping[str, str] = {kind.__name__: name for name, kind in SERVED.items()}
"""The collection of the records of each GraphQL type."""

PLACE = "@place"
"""The name of the cell with the place of the record itself."""

_PLAIN = frozenset({"String", "ID", "Boolean", "Int"})

_BETWEEN = b",\n  "
"""What stands between the items of a list that orjson indents: no end of a line is inside of a value."""

SHORT = 16
"""Bytes of JSON up to which equal texts are shared, such as days, words and null: less memory, and nearer."""

MOST = 50_000
"""How many texts are shared, about, before all are forgotten."""

_SHARED: dict[bytes, bytes] = {}

_CELL = 33
"""Bytes that a text takes beside what it says."""

_ROW = 64
"""Bytes that a row takes beside its cells, about."""

_ID = attrgetter("id")

Plain = Callable[[Sequence[Any], Edition], Iterable[Any]]
"""Returns a plain field of each value."""

Make = Callable[[Sequence[Any], Edition], tuple[Sequence[Any], int]]
"""Returns the cell of a field for each value, and the bytes that they take together."""


class Made(NamedTuple):
    """How the cells of a field are made that is not plain."""

    make: Make
    text: bool = False
    """Whether they are JSON."""
    collection: str | None = None
    """The collection whose places they are of."""


@dataclass(frozen=True)
class Cell:
    """Where in a row a field is."""

    field: str
    """The name by which it is asked for."""
    number: int
    text: bool
    """Whether it is JSON."""
    collection: str | None = None
    """The collection whose places it is of; None: it is no reference."""

    @cached_property
    def texts(self) -> Callable[[Sequence[Row], object], Iterable[bytes]]:
        """Return what returns the JSON that is there in each of some rows."""
        get = itemgetter(self.number)
        return lambda rows, run: map(get, rows)

    @cached_property
    def read(self) -> Callable[[Sequence[Row], object], Sequence[Any]]:
        """Return what returns what is there in each of some rows."""
        get = itemgetter(self.number)
        return lambda rows, run: list(map(get, rows))


class Layout:
    """The rows of the values of a type."""

    def __init__(self, kind: str, plain: Mapping[str, Plain], made: Mapping[str, Made]) -> None:
        self._plain = [(field_name(kind, name), number, read) for number, (name, read) in enumerate(plain.items())]
        self._made = [
            (field_name(kind, name), number, one.make) for number, (name, one) in enumerate(made.items(), len(plain))
        ]
        self._ready: tuple[frozenset[str] | None, list[tuple[int, Plain]], list[tuple[int, Make]]] = None, [], []
        self.cells: Mapping[str, Cell] = {
            name: Cell(field_name(kind, name), number, text=True) for number, name in enumerate(plain)
        } | {
            name: Cell(field_name(kind, name), number, one.text, one.collection)
            for number, (name, one) in enumerate(made.items(), len(plain))
        }
        """The fields that have cells, by their names."""

    def rows(self, values: Sequence[Any], edition: Edition) -> tuple[Sequence[Row], int]:
        """Return a row for each value, and the bytes that they take together, about.

        Cells that nobody asked for, of this release, are left out: there is None.
        """
        if not values:
            return [], 0
        asked, count = edition.rows.asked, len(values)
        if self._ready[0] is not asked:
            self._ready = (
                asked,
                [(number, read) for name, number, read in self._plain if name in asked],
                [(number, make) for name, number, make in self._made if name in asked or name.endswith(PLACE)],
            )
        _, reads, makes = self._ready
        columns: list[Sequence[Any]] = [(None,) * count] * len(self.cells)
        plain: list[Any] = []
        for _, read in reads:
            plain.extend(read(values, edition))
        texts, size = _texts(plain)
        for begin, (number, _) in enumerate(reads):
            columns[number] = texts[begin * count : (begin + 1) * count]
        for number, make in makes:
            columns[number], more = make(values, edition)
            size += more
        return list(zip(*columns, strict=True)), size + count * (_ROW + 8 * len(columns))


def field_name(kind: str, name: str) -> str:
    """Return the name by which a field of a type is asked for."""
    return f"{kind}.{name}"


@cache
def layouts(schema: GraphQLSchema) -> Mapping[str, Layout]:
    """Return the rows of all types whose values are records or inside of one, by the type's name."""
    found: dict[str, Layout] = {}
    for name in COLLECTIONS:
        _lay(schema.type_map[name], found)
    return found


def _lay(kind: Any, found: dict[str, Layout]) -> Layout:
    if kind.name not in found:
        plain: dict[str, Plain] = {}
        made: dict[str, Made] = {}
        if kind.name in COLLECTIONS:
            made[PLACE] = Made(_standing(COLLECTIONS[kind.name]))
        for name, field in kind.fields.items():
            how = resolver(field)
            derived, link, referred = (getattr(how, mark, None) for mark in ("derived", "link", "referred"))
            if derived:
                plain[name] = _derived(derived)
            elif link:
                made[name] = Made(_owned(link), collection=link.collection)
            elif referred and len(referred.ref) == 1:
                made[name] = Made(_referred(referred), collection=referred.ref[0])
            elif how is None and getattr(_bare(field.type), "name", None) in _PLAIN:
                plain[name] = _attribute(attribute(field))
            elif how is None and is_leaf_type(get_named_type(field.type)):
                made[name] = Made(_leaf(field), text=True)
            elif how is None and isinstance(get_named_type(field.type), GraphQLObjectType):
                made[name] = Made(_inside(field, _lay(get_named_type(field.type), found)))
        found[kind.name] = Layout(kind.name, plain, made)
    return found[kind.name]


def resolver(field: GraphQLField) -> Callable[..., Any] | None:
    """Return the function that resolves a field; None where it is an attribute."""
    found = field.extensions["strawberry-definition"].base_resolver
    return None if found is None else found.wrapped_func


def attribute(field: GraphQLField) -> str:
    """Return the name of the attribute that a field without a resolver reads."""
    name: str = field.extensions["strawberry-definition"].python_name
    return name


def names(kind: GraphQLEnumType) -> Mapping[Any, bytes]:
    """Return what each value of an enum is called, as JSON."""
    return {kind.parse_value(name): orjson.dumps(name) for name in kind.values}


def _bare(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def encoded(value: Any) -> bytes:
    """Return a value as JSON, in a block of its size: what orjson hands out may hold thousands of bytes more."""
    return bytes(memoryview(orjson.dumps(value)))


def _texts(values: Sequence[Any]) -> tuple[Sequence[bytes], int]:
    """Return plain values as JSON, and the bytes that they take: written all at once and taken apart."""
    if not values:
        return [], 0
    said = orjson.dumps(values, option=orjson.OPT_INDENT_2)
    return _sharing(said[4:-2].split(_BETWEEN))


def _sharing(texts: Sequence[bytes]) -> tuple[Sequence[bytes], int]:
    """Return texts, equal short ones as the same object, and the bytes that they take together, about."""
    if len(_SHARED) > MOST:  # it begins anew, for the words of the releases that there are now
        _SHARED.clear()
    _SHARED.update({text: text for text in texts if len(text) <= SHORT and text not in _SHARED})
    shared = list(map(_SHARED.get, texts, texts))
    return shared, sum(map(len, texts)) + _CELL * sum(map(is_, shared, texts))


def _attribute(name: str) -> Plain:
    get = attrgetter(name)
    return lambda values, edition: map(get, values)


def _derived(name: str) -> Plain:
    return lambda values, edition: map(getattr(edition, name), values)


def _leaf(field: GraphQLField) -> Make:
    """Return what makes the cells of a value of an enum, of a list, or of whatever else needs more than one pass."""
    get, kind = attrgetter(attribute(field)), get_named_type(field.type)
    if isinstance(kind, GraphQLEnumType) and not isinstance(_bare(field.type), GraphQLList):
        said = {None: b"null", **names(kind)}
        return lambda values, edition: (list(map(said.__getitem__, map(get, values))), 0)
    if kind.name not in _PLAIN:
        raise TypeError(f"no cell holds a {field.type}")

    def make(values: Sequence[Any], edition: Edition) -> tuple[Sequence[Any], int]:
        return _sharing(list(map(encoded, map(get, values))))

    return make


def _standing(collection: str) -> Make:
    """Return what makes the cells of records' own places."""

    def make(values: Sequence[Any], edition: Edition) -> tuple[Sequence[Any], int]:
        return list(map(edition.index.places(collection).__getitem__, map(_ID, values))), 0

    return make


def _inside(field: GraphQLField, inner: Layout) -> Make:
    """Return what makes the cells of values inside the record: one, or a list of them."""
    get, single = attrgetter(attribute(field)), not isinstance(_bare(field.type), GraphQLList)

    def make(values: Sequence[Any], edition: Edition) -> tuple[Sequence[Any], int]:
        held = [() if one is None else (one,) for one in map(get, values)] if single else list(map(get, values))
        rows, size = inner.rows(list(chain.from_iterable(held)), edition)
        each = iter(rows)
        if single:
            return [next(each) if one else None for one in held], size
        return [tuple(islice(each, len(one))) for one in held], size + _ROW * len(held)

    return make


def _referred(field: FieldShape) -> Make:
    """Return what makes the cells of references."""
    get, collection = attrgetter(field.name), field.ref[0]

    def make(values: Sequence[Any], edition: Edition) -> tuple[Sequence[Any], int]:
        place = edition.index.places(collection).__getitem__
        if field.many:
            return [tuple(map(place, keys)) for keys in map(get, values)], _ROW * len(values)
        return [None if key is None else place(key) for key in map(get, values)], 0

    return make


def _owned(link: Link) -> Make:
    """Return what makes the cells of the records that belong to the record."""

    def make(values: Sequence[Any], edition: Edition) -> tuple[Sequence[Any], int]:
        find = edition.index.linked(link.collection, link.filter)
        found = [tuple(find(value.id)) for value in values]
        return found, _ROW * len(found) + 8 * sum(map(len, found))

    return make
