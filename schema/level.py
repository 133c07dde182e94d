"""Values of one kind, written as JSON together: a plan is made of such writers, one for each level of its document.

What runs for each value is C: cells are picked, zipped and joined with what stands between them. So a document that was
never seen before is answered as fast as one that comes again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, repeat
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeAlias, TypeVar

from dataset.records import Record
from dataset.rows import Row
from schema.cells import Layout, encoded
from schema.context import Context

T = TypeVar("T")

NULL = b"null"

ALIKE = 1.5
"""Records in a list for one that is different, from which on each is written once."""


@dataclass(frozen=True, slots=True)
class Run:
    """One request on its way through a plan."""

    context: Context
    """What resolvers see, as the `context` of their `info`."""
    values: Mapping[Any, Any]
    """The variables by name, and the literals by number."""
    new: set[str] = field(default_factory=set)
    """The forms of records that nobody had asked for before this request."""


Write: TypeAlias = Callable[[Sequence[Any], Run], Sequence[bytes]]
"""Returns the JSON of each of some values."""

Column: TypeAlias = Callable[[Sequence[Any], Run], Iterable[bytes]]
"""Returns the JSON of each of some values, which may be made only as it is taken."""

Read: TypeAlias = Callable[[Sequence[Any], Run], Sequence[Any]]
"""Returns what a field is of each of some values."""


def attribute(name: str) -> Read:
    """Return what reads an attribute."""
    get = attrgetter(name)
    return lambda values, run: list(map(get, values))


def item(number: int) -> Read:
    """Return what reads an item of tuples."""
    get = itemgetter(number)
    return lambda values, run: list(map(get, values))


@dataclass(slots=True)
class Chained(Generic[T]):
    """Reads, or writes, what is read."""

    read: Read
    then: Callable[[Sequence[Any], Run], Sequence[T]]

    def __call__(self, values: Sequence[Any], run: Run) -> Sequence[T]:
        """Return what comes of each of some values."""
        return self.then(self.read(values, run), run)


def places(collection: str) -> Read:
    """Return what reads the places of records in the default order of their collection."""

    def read(records: Sequence[Any], run: Run) -> Sequence[int]:
        places = run.context.edition.index.places(collection)
        return [places[record.id] for record in records]

    return read


def standing(collection: str) -> Read:
    """Return what reads the records that stand at places."""

    def read(places: Sequence[int], run: Run) -> Sequence[Record]:
        return list(map(run.context.edition.index.records(collection).__getitem__, places))

    return read


def rows(layout: Layout) -> Read:
    """Return what reads the rows of values that are inside of records."""
    return lambda values, run: layout.rows(values, run.context.edition)[0]


@dataclass(slots=True)
class Placed:
    """Writes the records at places as it is told to write their rows, those that come often only once."""

    collection: str
    layout: Layout
    write: Write

    def __call__(self, places: Sequence[int], run: Run) -> Sequence[bytes]:
        """Return the JSON of each of the records at some places."""
        different = set(places)
        if len(different) * ALIKE > len(places):
            return self.write(self._rows(places, run), run)
        each = list(different)
        return list(map(dict(zip(each, self.write(self._rows(each, run), run), strict=True)).__getitem__, places))

    def _rows(self, places: Sequence[int], run: Run) -> Sequence[Row]:
        edition = run.context.edition
        records = edition.index.records(self.collection)
        return edition.rows.at(
            self.collection,
            len(records),
            places,
            lambda missing: self.layout.rows([records[place] for place in missing], edition),
        )


def remembered(form: str, write: Write) -> Write:
    """Return what writes the records at places, and keeps what it wrote: it never changes within a release.

    By the first request that asks for a form nothing is kept of it: most never come again.
    """

    def written(places: Sequence[int], run: Run) -> Sequence[bytes]:
        kept = run.context.edition.written
        if form in run.new or not kept.familiar(form):
            run.new.add(form)
            kept.misses += len(places)
            return write(places, run)
        return kept.texts(form, places, lambda missing: write(missing, run))

    return written


def leaves(values: Sequence[Any], run: Run) -> Sequence[bytes]:
    """Write values that are JSON as they are."""
    return list(map(encoded, values))


def numbers(values: Sequence[Any], run: Run) -> Sequence[bytes]:
    """Write numbers as floats."""
    return list(map(encoded, map(float, values)))


def named(names: Mapping[Any, bytes]) -> Write:
    """Return what writes values by their names."""
    return lambda values, run: list(map(names.__getitem__, values))


def optional(write: Write) -> Write:
    """Return what writes null for None, and everything else as it is told."""

    def written(values: Sequence[Any], run: Run) -> Sequence[bytes]:
        there = [value for value in values if value is not None]
        if len(there) == len(values):
            return write(values, run)
        texts = iter(write(there, run))
        return [NULL if value is None else next(texts) for value in values]

    return written


@dataclass(slots=True)
class Many:
    """Writes lists of what it is told to write, without their brackets: they stand in the template around them."""

    write: Write

    def __call__(self, lists: Sequence[Sequence[Any]], run: Run) -> Sequence[bytes]:
        """Return the JSON of each of some lists."""
        texts = self.write(list(chain.from_iterable(lists)), run)
        ends = list(accumulate(map(len, lists)))
        return [b",".join(texts[begin:end]) for begin, end in zip([0, *ends], ends)]  # noqa: B905 (one more begins)


def alternatives(writes: Mapping[type, Write]) -> Write:
    """Return what writes values by their types."""

    def written(values: Sequence[Any], run: Run) -> Sequence[bytes]:
        kinds = [value.__class__ for value in values]
        texts = {
            kind: iter(writes[kind]([value for value in values if value.__class__ is kind], run)) for kind in set(kinds)
        }
        return [next(texts[kind]) for kind in kinds]

    return written


@dataclass(slots=True)
class Filled:
    """Writes objects: what the columns write, and what stands around that."""

    around: Sequence[bytes]
    columns: Sequence[Column]

    def __call__(self, values: Sequence[Any], run: Run) -> Sequence[bytes]:
        """Return the JSON of each of some values."""
        if len(values) < 2:
            return [b"".join(self._parts(values, run))] if values else []
        parts: list[Iterable[bytes]] = [repeat(self.around[0], len(values))]
        for column, after in zip(self.columns, self.around[1:], strict=True):
            parts += (column(values, run), repeat(after, len(values)))
        return list(map(b"".join, zip(*parts, strict=True)))

    def _parts(self, values: Sequence[Any], run: Run) -> list[bytes]:
        """Return the JSON of a single value in parts."""
        found = [self.around[0]]
        for column, after in zip(self.columns, self.around[1:], strict=True):
            found += column(values, run)
            found.append(after)
        return found


def pieces(write: Column, value: Any, run: Run) -> list[bytes]:
    """Return the JSON of one value in pieces: a large answer is not copied from level to level."""
    found: list[bytes] = []
    _spell(write, value, run, found)
    return found


def _spell(write: Column, value: Any, run: Run, found: list[bytes]) -> None:
    """Add the pieces of one value to those that were found."""
    while isinstance(write, Chained):
        value, write = write.read([value], run)[0], write.then
    if isinstance(write, Filled):
        found.append(write.around[0])
        for column, after in zip(write.columns, write.around[1:], strict=True):
            _spell(column, value, run, found)
            found.append(after)
    elif isinstance(write, Many):
        texts = [b","] * (2 * len(value) - 1)
        texts[::2] = write.write(value, run)
        found += texts
    else:
        found += write([value], run)
