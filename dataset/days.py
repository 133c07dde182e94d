"""The spans of days of a collection's records: how many of them begin, end and surely lie in each bucket of days."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, compress
from operator import eq
from types import MappingProxyType

from dataset.tally import Picked
from dataset.vocabulary import Interval

End = tuple[str, Sequence[int]]
"""A day at which spans begin or end, and the places of their records."""

OPEN = 0, 10_000_000
"""The numbers of the buckets in which open spans begin and end: before and after all others."""

_NUMBERS: Mapping[Interval, Callable[[str], int]] = MappingProxyType(
    {
        Interval.DAY: lambda day: date.fromisoformat(day).toordinal(),
        Interval.MONTH: lambda day: 12 * int(day[:4]) + int(day[5:7]) - 1,
        Interval.YEAR: lambda day: int(day[:4]),
    }
)
"""What numbers the buckets of each length: each has one more than the one before it."""


@dataclass(frozen=True)
class Spans:
    """How many spans there are in buckets, by the buckets' numbers."""

    begin: Counter[int]
    """How many begin in each."""
    end: Counter[int]
    """How many end in each."""
    within: Counter[int]
    """How many do both, and so lie in it whole."""


class Days:
    """The spans of the records below a size; a side that has no end is open."""

    def __init__(self, begin: Iterable[End], end: Iterable[End], size: int) -> None:
        firsts, lasts = list(begin), list(end)
        self._days = sorted({day for day, _ in chain(firsts, lasts)})
        ranks = {day: rank for rank, day in enumerate(self._days, 1)}
        self._begin = array("I", (0,)) * size
        self._end = array("I", (len(ranks) + 1,)) * size
        for ends, layer in ((firsts, self._begin), (lasts, self._end)):
            for day, places in ends:
                rank = ranks[day]
                for place in places:
                    layer[place] = rank
        self._numbers: dict[Interval, Sequence[int]] = {}
        self._whole: dict[Interval, Spans] = {}

    def count(self, picked: Picked, interval: Interval) -> Spans:
        """Return how many of the records at the places picked begin, end and lie in each bucket."""
        found = self._spans(picked.of(self._begin), picked.of(self._end), interval)
        if not picked.inverse:
            return found
        whole = self._whole.get(interval)
        if whole is None:
            whole = self._whole[interval] = self._spans(self._begin, self._end, interval)
        return Spans(whole.begin - found.begin, whole.end - found.end, whole.within - found.within)

    def _spans(self, begin: Sequence[int], end: Sequence[int], interval: Interval) -> Spans:
        """Return how many spans there are in buckets, of spans that are given by the ranks of their days."""
        numbers = self._numbers.get(interval)
        if numbers is None:
            numbers = self._numbers[interval] = [OPEN[0], *map(_NUMBERS[interval], self._days), OPEN[1]]
        first, last = list(map(numbers.__getitem__, begin)), list(map(numbers.__getitem__, end))
        return Spans(Counter(first), Counter(last), Counter(compress(first, map(eq, first, last))))
