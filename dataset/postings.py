"""The places of the records that one value of one filter selects: by key, by the beginnings of words, by ends of spans.

They are read from the spread of a collection, which has its records in the order of their ids; `Ranks` says where each
of these stands in the collection's default order, in which places are told.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, compress, pairwise, repeat, takewhile
from typing import Any

from dataset import bits
from dataset.corpus import Corpus
from dataset.filter import Filter, Match
from dataset.fold import words
from dataset.spread import Spread

Ranks = Sequence[int] | None
"""The place in the default order of each record; None: the order of ids is the default one."""

STEP = 64
"""Ends of spans between two sets that are kept, at least."""

STEPS = 2_000_000
"""Bytes of sets that are kept for the ends of one filter."""

SORTED = 256
"""Places of a key that are sorted whenever they are wanted; more are kept once they are."""


class Equal:
    """Places by key: as they were grouped when they were read, and in the default order once they are wanted."""

    def __init__(self, item: Filter, corpus: Corpus, spread: Spread, ranks: Ranks) -> None:
        grouped = [_beginning(item.prefix, spread.grouped(path)) for path in item.paths]
        plain = item.through is None and len(grouped) == 1
        self._read: Mapping[Any, list[int]] = grouped[0] if plain else {}
        """The places by key, where each value stands for itself."""
        self._parts = {} if plain else _parts(item, corpus, grouped)
        """Else the places of each value that stands for a key."""
        self._single = len(item.paths) == 1 and spread.single(item.paths[0])
        self._ranks = ranks
        self._alike = plain and self._single and ranks is None
        """Whether the places were read just as they are wanted."""
        self._kept: dict[Any, array[int]] = {}
        """Places of many records, once they are wanted."""
        self._size = spread.size

    @property
    def keys(self) -> Iterable[Any]:
        """All keys."""
        return self._read or self._parts

    def places(self, value: Any) -> Sequence[int]:
        """Return the places of the records that have this key."""
        if self._alike:
            return self._read.get(value, ())
        found = self._kept.get(value)
        if found is not None:
            return found
        places = sorted(self._unsorted(value))
        if len(places) <= SORTED:
            return places
        kept = self._kept[value] = array("I", places)
        return kept

    def each(self) -> Mapping[Any, Sequence[int]]:
        """Return the places by key as they were read, in the order of ids; one may stand there several times."""
        return self._read or {
            key: parts[0] if len(parts) == 1 else list(chain.from_iterable(parts)) for key, parts in self._parts.items()
        }

    def _unsorted(self, value: Any) -> Iterable[int]:
        found = self._read.get(value) or chain.from_iterable(self._parts.get(value, ()))
        different = found if self._single else {*found}
        return map(self._ranks.__getitem__, different) if self._ranks else different

    def select(self, value: Any) -> int:
        """Return the places of the records that have this key, as bits."""
        return bits.of(self.places(value), self._size)


def _beginning(prefix: str, found: Mapping[Any, list[int]]) -> Mapping[Any, list[int]]:
    """Return the places of the values that begin with a prefix."""
    begins = list(map(str.startswith, found, repeat(prefix))) if prefix else ()
    return found if all(begins) else {value: found[value] for value in compress(found, begins)}


def _parts(item: Filter, corpus: Corpus, grouped: Iterable[Mapping[Any, list[int]]]) -> Mapping[Any, list[list[int]]]:
    """Return the places of each value that stands for a key, by key."""
    found: defaultdict[Any, list[list[int]]] = defaultdict(list)
    for values in grouped:
        for value, places in values.items():
            for key in item.through(corpus, value) if item.through else (value,):
                found[key].append(places)
    return found


class Words:
    """Places by the beginnings of words."""

    def __init__(self, item: Filter, corpus: Corpus, spread: Spread, ranks: Ranks) -> None:
        self._equal = Equal(item, corpus, spread, ranks)
        self._words = sorted(self._equal.keys)
        self._size = spread.size

    def select(self, value: Any) -> int:
        """Return the places of the records in which each word of the value begins a word."""
        found = [self._beginning(word) for word in words(value)]
        chosen = found[0] if found else 0
        for other in found[1:]:
            chosen &= other
        return chosen

    def _beginning(self, prefix: str) -> int:
        start = bisect_left(self._words, prefix)
        matches = takewhile(lambda word: word.startswith(prefix), self._words[start:])
        return bits.of((place for word in matches for place in self._equal.places(word)), self._size)


class Ends:
    """Places by the ends of a span: those that end at a value or after it, or begin at it or before it.

    The sets of the first so many ends, of twice as many and so on are kept; any other is made of the nearest.
    """

    def __init__(self, item: Filter, corpus: Corpus, spread: Spread, ranks: Ranks) -> None:
        self._from = item.match is Match.FROM
        closed = item.ends(spread)
        self._ends = [end for end, _ in closed]
        self._before = [0, *accumulate(len(places) for _, places in closed)]
        """How many places come before those of each end; then how many there are."""
        places = chain.from_iterable([places for _, places in closed])
        self._places = array("I", map(ranks.__getitem__, places) if ranks else places)
        self._size = spread.size
        self._step = max(STEP, len(self._places) * self._size // 8 // STEPS)
        self._all = bits.below(self._size)

    @cached_property
    def _steps(self) -> list[int]:
        found = [0]
        for start in range(0, len(self._places) - self._step + 1, self._step):
            found.append(found[-1] | bits.of(self._places[start : start + self._step], self._size))
        return found

    def select(self, value: Any) -> int:
        """Return the places of the records whose span reaches the value; an open end reaches every value."""
        if self._from:
            return self._all ^ self._first(self._before[bisect_left(self._ends, value)])
        rest = self._first(len(self._places)) ^ self._first(self._before[bisect_right(self._ends, value)])
        return self._all ^ rest

    @property
    def closed(self) -> Iterable[tuple[Any, Sequence[int]]]:
        """The ends that are not open, ascending, with the places of their records; the same may be there again."""
        parts = [self._places[begin:end] for begin, end in pairwise(self._before)]
        return zip(self._ends, parts, strict=True)

    def _first(self, count: int) -> int:
        """Return the places of the records with the first so many ends."""
        step = self._step
        whole, more = divmod(count, step)
        if 2 * more > step and whole + 1 < len(self._steps):
            return self._steps[whole + 1] ^ bits.of(self._places[count : (whole + 1) * step], self._size)
        return self._steps[whole] | bits.of(self._places[count - more : count], self._size)


Postings = Equal | Words | Ends
POSTINGS: Mapping[Match, type[Equal] | type[Words] | type[Ends]] = {
    Match.EQUAL: Equal,
    Match.WORDS: Words,
    Match.FROM: Ends,
    Match.TO: Ends,
}
