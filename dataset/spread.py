"""Values of many records at once, each with the place of its record: what is indexed is read so, a field at a time.

A path is the names of fields from a record on, with dots: `participations.entity`. One that begins with `**.` stands
for every path that ends so: `**.evidence.citation`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import chain, compress, islice, repeat
from operator import attrgetter, is_not, lt
from typing import Any

from dataset.corpus import Corpus
from dataset.records import SERVED, Evidence
from dataset.shape import FieldShape, Way, shape

ANYWHERE = "**."
"""What a path begins with that stands for every path that ends so."""

EVIDENCE = tuple(f"{ANYWHERE}evidence.{name}" for name in ("citation", "attributed_to", "modality"))
"""The paths to what is wanted of all evidence."""

Column = tuple[Sequence[int], Sequence[Any]]
"""Places of records, and the value beside each; a record that has many has its place many times, side by side."""


class Spread:
    """The values of records of one type, each path read and grouped once."""

    def __init__(self, kind: type, records: Mapping[str, Any]) -> None:
        """Take records by their ids."""
        self.kind = kind
        self.size = len(records)
        places = list(range(self.size))
        self._columns: dict[str, Column] = {"": (places, list(records.values())), "id": (places, list(records))}
        self._grouped: dict[str, Mapping[Any, list[int]]] = {}
        self._lone: dict[str, bool] = {}
        self._said: dict[Callable[[Any], Any], list[Any]] = {}
        self._told: dict[Callable[[Any], Any], Mapping[Any, list[int]]] = {}

    @cached_property
    def by_id(self) -> Sequence[int]:
        """The places in the order of the ids: those of the columns as they are, where the records are in it already."""
        places, ids = self.column("id")
        already = all(map(lt, ids, islice(ids, 1, None)))
        return places if already else sorted(places, key=ids.__getitem__)

    def column(self, path: str) -> Column:
        """Return the places and the values of one path, without those that are null."""
        found = self._columns.get(path)
        if found is None:
            owners, _, name = path.rpartition(".")
            places, values = self.column(owners)
            field = _field(self.kind, path)
            found = _stepped(places, list(map(attrgetter(name), values)), field)
            if field.nested:  # others begin with it
                self._columns[path] = found
        return found

    def read(self, what: Callable[[Any], Any]) -> list[Any]:
        """Return what a function reads of each record."""
        found = self._said.get(what)
        if found is None:
            found = self._said[what] = list(map(what, self._columns[""][1]))
        return found

    def told(self, what: Callable[[Any], Any]) -> Mapping[Any, list[int]]:
        """Return the places by what a function reads of their records."""
        found = self._told.get(what)
        if found is None:
            found = self._told[what] = grouped(zip(map(what, self._columns[""][1]), range(self.size), strict=True))
        return found

    def grouped(self, path: str) -> Mapping[Any, list[int]]:
        """Return the places by value; a place stands as many times beside a value as its record has it."""
        if path not in self._grouped:
            if path in EVIDENCE:
                self._grouped |= zip(EVIDENCE, self._evidence(), strict=True)
            else:
                columns = [self._read(one) for one in paths(self.kind, path)]
                pairs = [zip(values, places, strict=True) for places, values in columns]
                self._grouped[path] = found = grouped(chain.from_iterable(pairs))
                found.pop(None, None)
        return self._grouped[path]

    def single(self, path: str) -> bool:
        """Return whether no record has several values at a path; if so, the places of each value ascend."""
        ways = paths(self.kind, path)
        return len(ways) == 1 and self._alone(ways[0])

    def _alone(self, path: str) -> bool:
        """Return whether no record has several values at a path that stands for itself."""
        owners, _, name = path.rpartition(".")
        if _field(self.kind, path).many and path not in self._lone:
            counts = map(len, map(attrgetter(name), self.column(owners)[1]))
            self._lone[path] = all(map((2).__gt__, counts))
        return self._lone.get(path, True) and (not owners or self._alone(owners))

    def _evidence(self) -> tuple[Mapping[Any, list[int]], ...]:
        """Return the places by each of EVIDENCE, all read together: what takes long is to get at each piece."""
        citations: defaultdict[Any, list[int]] = defaultdict(list)
        speakers: defaultdict[Any, list[int]] = defaultdict(list)
        modalities: defaultdict[Any, list[int]] = defaultdict(list)
        for path in paths(self.kind, f"{ANYWHERE}evidence"):
            owners, _, name = path.rpartition(".")
            places, values = self.column(owners)
            for place, entries in zip(places, map(attrgetter(name), values), strict=True):
                for entry in entries:
                    citations[entry.citation].append(place)
                    speakers[entry.attributed_to].append(place)
                    modalities[entry.modality].append(place)
        speakers.pop(None, None)
        return citations, speakers, modalities

    def _read(self, path: str) -> tuple[Sequence[int], Iterable[Any]]:
        """Return a column with what is null in it, each value read when its turn comes: most are wanted but once."""
        if _field(self.kind, path).many:
            return self.column(path)
        owners, _, name = path.rpartition(".")
        places, values = self.column(owners)
        return places, map(attrgetter(name), values)


def spread(corpus: Corpus) -> dict[str, Spread]:
    """Return the spread of each collection, in the order of its ids."""
    return {name: Spread(kind, corpus.collection(name)) for name, kind in SERVED.items()}


def _stepped(places: Sequence[int], values: list[Any], field: FieldShape) -> Column:
    if field.many:
        counts = list(map(len, values))
        if counts.count(1) < len(counts):  # as much of the evidence does not
            places = list(chain.from_iterable(map(repeat, places, counts)))
        return places, list(chain.from_iterable(values))
    if field.optional:
        if values.count(None) == len(values):  # as most columns of many records are that may be null
            return [], []
        there = list(map(is_not, values, repeat(None)))
        return list(compress(places, there)), list(compress(values, there))
    return places, values


def grouped(pairs: Iterable[tuple[Any, int]]) -> dict[Any, list[int]]:
    """Return the places by value."""
    found: defaultdict[Any, list[int]] = defaultdict(list)
    for value, place in pairs:
        found[value].append(place)
    return found


def reached(record: Any, path: str) -> Sequence[Any]:
    """Return the values of one record that a path leads to, without those that are null."""
    return _reader(record.__class__, path)(record)


@cache
def _reader(kind: Any, path: str) -> Callable[[Any], Sequence[Any]]:
    """Return what reads the values of a path."""
    ways: list[list[Way]] = [
        [(attrgetter(field.name), field.many) for field in _fields(kind, one)] for one in paths(kind, path)
    ]

    def read(record: Any) -> list[Any]:
        found = []
        for steps in ways:
            values = [record]
            for get, many in steps:
                got = map(get, values)
                values = list(chain.from_iterable(got)) if many else [value for value in got if value is not None]
            found += values
        return found

    if len(ways) != 1 or len(ways[0]) > 2:
        return read
    # Most paths have one step, and some of the others a second one from each of many.
    *first, (get, many) = ways[0]
    if not first:
        return get if many else lambda record: () if (value := get(record)) is None else (value,)
    ((owners, several),) = first
    if many or not several:
        return read
    return lambda record: [value for owner in owners(record) if (value := get(owner)) is not None]


@cache
def paths(kind: Any, path: str) -> tuple[str, ...]:
    """Return the paths that a path of a record type stands for: itself, unless it begins with `**.`."""
    if not path.startswith(ANYWHERE):
        return (path,)
    return tuple(_ending(kind, path.removeprefix(ANYWHERE)))


def _ending(kind: Any, path: str) -> Iterator[str]:
    first = path.partition(".")[0]
    for field in shape(kind):
        if field.name == first:
            yield path
        if field.nested:
            yield from (f"{field.name}.{rest}" for rest in _ending(field.type, path))


@cache
def pointing(kind: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the paths of a record type that lead to ids, each with the collections that these can belong to."""
    return tuple(dict.fromkeys(_referring(kind)))


def _referring(kind: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for field in shape(kind):
        if field.ref:
            yield field.name, field.ref
        for rest, ref in _referring(field.type) if field.nested else ():
            # Evidence is everywhere, and what it refers to is wanted of all of it together.
            anywhere = ANYWHERE if field.type is Evidence else ""
            yield rest if rest.startswith(ANYWHERE) else f"{anywhere}{field.name}.{rest}", ref


@cache
def _field(kind: Any, path: str) -> FieldShape:
    return _fields(kind, path)[-1]


def _fields(kind: Any, path: str) -> list[FieldShape]:
    found = []
    for name in path.split("."):
        (field,) = (field for field in shape(kind) if field.name == name)
        found.append(field)
        kind = field.type
    return found
