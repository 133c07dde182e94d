"""The places of the records that one value of one filter selects: by key, by the beginnings of words, by ends of spans.

They are read from the spread of a collection, which has its records in the order of their ids; `Ranks` says where each
of these stands in the collection's default order, in which places are told.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, repeat, takewhile
from typing import Any

from dataset import bits
from dataset.corpus import Corpus
from dataset.filter import Filter, Match
from dataset.fold import words
from dataset.spread import Spread

Ranks = Sequence[int] | None
"""The place in the default order of each record; None: the order of ids is the default one."""

STEP = 256
"""Ends of spans between two sets that are kept, at least."""

STEPS = 2_000_000
"""Bytes of sets that are kept for the ends of one filter."""

SORTED = 256
"""Places of a key that are sorted whenever they are wanted; more are kept once they are."""


class Equal:
    """Places by key: as they were grouped when they were read, and in the default order once they are wanted."""

    def __init__(self, item: Filter, corpus: Corpus, spread: Spread, ranks: Ranks) -> None:
        self._grouped = [spread.grouped(path) for path in item.paths]
        self._through = self._values(item, corpus)
        self._prefix = item.prefix
        self._single = item.single(spread.kind)
        self._ranks = ranks
        self._alike = self._grouped[0] if self._single and self._through is None and ranks is None else None
        """The places by key, where they were read just as they are wanted."""
        self._kept: dict[Any, array[int]] = {}
        """Places of many records, once they are wanted."""
        self._size = spread.size

    def _values(self, item: Filter, corpus: Corpus) -> Mapping[Any, list[Any]] | None:
        """Return the values that stand for each key; None: each for itself."""
        if item.through is None:
            return None
        found: dict[Any, list[Any]] = {}
        for value in dict.fromkeys(chain.from_iterable(self._grouped)):
            for key in item.through(corpus, value):
                found.setdefault(key, []).append(value)
        return found

    @property
    def keys(self) -> Iterable[Any]:
        """All keys."""
        if self._through is not None:
            return self._through.keys()
        return dict.fromkeys([key for key in chain.from_iterable(self._grouped) if key.startswith(self._prefix)])

    def places(self, value: Any) -> Sequence[int]:
        """Return the places of the records that have this key."""
        if not value.startswith(self._prefix):
            return ()
        if self._alike is not None:
            return self._alike.get(value, ())
        found = self._kept.get(value)
        if found is not None:
            return found
        places = sorted(self._unsorted(value))
        if len(places) <= SORTED:
            return places
        kept = self._kept[value] = array("I", places)
        return kept

    def each(self) -> Mapping[Any, Sequence[int]]:
        """Return the places of the records that have each key, in no order."""
        if self._alike is not None and not self._prefix:
            return self._alike
        of = self._alike.__getitem__ if self._alike is not None else self._unsorted
        return {key: of(key) for key in self.keys}

    def _unsorted(self, value: Any) -> list[int]:
        values = self._through.get(value, ()) if self._through is not None else (value,)
        parts = [some for one in values for grouped in self._grouped if (some := grouped.get(one))]
        different = parts[0] if self._single and len(parts) == 1 else {*chain.from_iterable(parts)}
        return list(map(self._ranks.__getitem__, different) if self._ranks else different)

    def select(self, value: Any) -> int:
        """Return the places of the records that have this key, as bits."""
        return bits.of(self.places(value), self._size)


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
        self._ends = list(chain.from_iterable([repeat(end, len(places)) for end, places in closed]))
        places = chain.from_iterable([places for _, places in closed])
        self._places = array("I", map(ranks.__getitem__, places) if ranks else places)
        self._size = spread.size
        self._step = max(STEP, len(self._ends) * self._size // 8 // STEPS)
        self._all = bits.below(self._size)

    @cached_property
    def _steps(self) -> list[int]:
        found = [0]
        for start in range(0, len(self._ends) - self._step + 1, self._step):
            found.append(found[-1] | bits.of(self._places[start : start + self._step], self._size))
        return found

    def select(self, value: Any) -> int:
        """Return the places of the records whose span reaches the value; an open end reaches every value."""
        if self._from:
            return self._all ^ self._first(bisect_left(self._ends, value))
        rest = self._first(len(self._ends)) ^ self._first(bisect_right(self._ends, value))
        return self._all ^ rest

    @property
    def closed(self) -> Iterable[tuple[Any, int]]:
        """The ends that are not open, each with the place of its record."""
        return zip(self._ends, self._places, strict=True)

    def _first(self, count: int) -> int:
        """Return the places of the records with the first so many ends."""
        whole = count // self._step
        return self._steps[whole] | bits.of(self._places[whole * self._step : count], self._size)


Postings = Equal | Words | Ends
POSTINGS: Mapping[Match, type[Equal] | type[Words] | type[Ends]] = {
    Match.EQUAL: Equal,
    Match.WORDS: Words,
    Match.FROM: Ends,
    Match.TO: Ends,
}
