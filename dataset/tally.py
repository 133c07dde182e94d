"""How many of some places have each key: counted by bits where there are few keys, place by place where there are many.

Either way only the places that were picked are looked at, or only the rest of them where that is less.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from heapq import heappush, heappushpop
from itertools import chain, compress, count
from operator import itemgetter, or_
from typing import Any

from dataset import bits

Turn = tuple[Sequence[int], Callable[[Sequence[int]], Sequence[int]]] | None
"""The rank by which each place is told, and what puts into this order what stands at places; None: no other order."""

FEW = 32
"""Keys up to which a set of places is kept for each."""

SPARSE = 256
"""Of how many keys one place is looked at where it is cheaper to count what is there than to have a byte for each."""

RARE = 4
"""Of how many places one has a key where it is cheaper to find those picked that do than to look at all of them."""

FULL = 255
"""The highest number in a byte."""

SPARE = 16
"""One of how many places may have more keys than there are layers."""


def taker(places: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Return what takes the values at some places out of a sequence: all at once, as they are taken soonest."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: [values[place] for place in places]


class Picked:
    """Some of the places below a size."""

    def __init__(self, marks: int, size: int) -> None:
        self.marks = marks
        self.total = marks.bit_count()
        """How many they are."""
        self.inverse = size - self.total < self.total
        """Whether those that are looked at are the ones that were not picked."""
        self.size = size

    @cached_property
    def first(self) -> int:
        """The first of them: they are often near one another, and what comes before needs no looking at."""
        return max(bits.lowest(self.marks), 0)

    @cached_property
    def near(self) -> int:
        """They as they stand from the first one on."""
        return self.marks >> self.first

    @cached_property
    def looked(self) -> list[int]:
        """The places that are looked at."""
        return bits.listed(self.marks ^ bits.below(self.size) if self.inverse else self.marks)

    @cached_property
    def of(self) -> Callable[[Sequence[int]], Sequence[int]]:
        """Returns what stands in a layer at each place that is looked at."""
        return taker(self.looked)


@dataclass(frozen=True)
class Count:
    """How often keys occur."""

    distinct: int
    """How many different ones do."""
    without: int
    """How many places have none."""
    top: tuple[tuple[str, int], ...]
    """The most frequent, ties in the order of the keys."""


class Tally:
    """The keys that the places below a size have, each with its own places."""

    def __init__(self, found: Mapping[str, Sequence[int]], size: int, turn: Turn = None) -> None:
        """Take the places of each key, which may be there several times, and how they are to be told."""
        self._keys = sorted(found)
        held = list(map(found.__getitem__, self._keys))
        self._sets: list[int] = []
        self._layers: list[array[int]] = []
        self._more: dict[int, list[int]] = {}
        if len(self._keys) <= FEW:
            self._sets = bits.turned(held, size, turn[1]) if turn else [bits.of(some, size) for some in held]
            self._held = reduce(or_, self._sets, 0)
            totals = list(map(int.bit_count, self._sets))
        else:
            self._held, totals = self._lay(held, size, turn)
        self._totals = array("I", totals)
        self._ranks = array("I", sorted(range(len(totals)), key=totals.__getitem__, reverse=True))
        """The numbers of the keys, the most frequent first; ties are in the order of numbers."""
        self._crowded = bits.of(self._more, size)
        self._rare = len(self._keys) > FEW and RARE * self._held.bit_count() < size
        """Whether so few places have a key that only these are looked at."""

    def _lay(self, held: Sequence[Sequence[int]], size: int, turn: Turn) -> tuple[int, list[int]]:
        """Write each place's keys into a layer each, what is left of crowded places apart.

        Returns the places that have a key, and how many have each.
        """
        code, none = "H" if len(held) < 1 << 16 else "I", len(held)
        depths = [0] * size  # a list, for an array makes a number whenever one is read
        layers: list[array[int]] = []
        laid = 0
        most = SPARE * sum(map(len, held)) // size  # no more can be full enough to be kept
        totals = []
        for number, places in enumerate(held):
            different = {*places}
            totals.append(len(different))
            for place in different:
                depth = depths[place]
                depths[place] = depth + 1
                if depth < laid:
                    layers[depth][place] = number
                elif depth < most:
                    layers.append(array(code, (none,)) * size)
                    layers[depth][place] = number
                    laid += 1
                else:
                    self._more.setdefault(place, []).append(number)
        full = _full(depths)
        sparse = layers[full:]
        deep = map(full.__lt__, depths) if sparse else ()
        for place in compress(count(), deep):
            numbers = [number for layer in sparse if (number := layer[place]) != none]
            self._more[place] = numbers + self._more.get(place, [])
        self._layers = layers[:full]
        if turn:  # at last, for keys have their places in an order in which they are near one another
            ranks, turned = turn
            depths = list(turned(depths))
            self._layers = [array(code, turned(layer)) for layer in self._layers]
            self._more = {ranks[place]: numbers for place, numbers in self._more.items()}
        return bits.marked(depths), totals

    def count(self, picked: Picked, most: int) -> Count:
        """Return how often keys occur at the places picked, with so many of the most frequent."""
        without = picked.total - (picked.marks & self._held).bit_count()
        if self._rare and not picked.inverse:
            picked = Picked(picked.marks & self._held, picked.size)
        if self._sets:
            first, near = picked.first, picked.near
            counts = {n: count for n, one in enumerate(self._sets) if (count := (one >> first & near).bit_count())}
            distinct, top = len(counts), _ranked(counts, most)
        elif picked.inverse:
            distinct, top = self._left(self._tallied(picked), most)
        elif SPARSE * len(picked.looked) < len(self._keys):
            counts = Counter(self._numbers(picked))
            counts.pop(len(self._keys), None)
            distinct, top = len(counts), _ranked(counts, most)
        else:
            tallied = self._tallied(picked)
            distinct, top = tallied.distinct, tallied.top(most)
        return Count(distinct, without, tuple([(self._keys[number], count) for number, count in top]))

    def _numbers(self, picked: Picked) -> Iterator[int]:
        """Return the numbers of all keys at the places that are looked at; that after the last one stands for none."""
        numbers = chain.from_iterable(map(picked.of, self._layers))
        if not self._more:
            return numbers
        crowded = self._crowded & ~picked.marks if picked.inverse else self._crowded & picked.marks
        return chain(numbers, chain.from_iterable(map(self._more.__getitem__, bits.listed(crowded))))

    def _tallied(self, picked: Picked) -> "_Tallied":
        return _Tallied(self._numbers(picked), len(self._keys))

    def _left(self, missing: "_Tallied", most: int) -> tuple[int, list[tuple[int, int]]]:
        """Return how many keys occur where this is missing from all that there is, and the most frequent of them."""
        totals = self._totals
        distinct = len(totals) - sum(1 for number, count in missing.items() if count == totals[number])
        best: list[tuple[int, int]] = []
        for number in self._ranks:
            # Whatever comes later occurs no more often in all, so it cannot be among the most frequent.
            if len(best) == most and (totals[number], -number) < best[0]:
                break
            count = totals[number] - missing[number]
            if count and len(best) < most:
                heappush(best, (count, -number))
            elif count:
                heappushpop(best, (count, -number))
        return distinct, [(-number, count) for count, number in sorted(best, reverse=True)]


class _Tallied:
    """How often each number below a size occurs: a byte for each, in which the most frequent are found at once."""

    def __init__(self, numbers: Iterator[int], size: int) -> None:
        """Count numbers; the size itself stands for none."""
        low = bytearray(size + 1)
        more: dict[int, int] = {}
        number = size
        while True:
            try:
                for number in numbers:
                    low[number] += 1
            except ValueError:  # the byte is full: it goes on from one, so that it still says that the number is there
                low[number] = 1
                more[number] = more.get(number, 0) + FULL
            else:
                break
        low.pop()
        more.pop(size, None)
        self._low = low
        self._more = more

    def __getitem__(self, number: int) -> int:
        return self._low[number] + self._more.get(number, 0)

    @property
    def distinct(self) -> int:
        """How many numbers occur."""
        return len(self._low) - self._low.count(0)

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield the numbers that occur, each with how often."""
        for number in compress(count(), self._low):
            yield number, self[number]

    def top(self, most: int) -> list[tuple[int, int]]:
        """Return the most frequent numbers with their counts; ties are in the order of numbers."""
        found = _ranked({number: self[number] for number in self._more}, most)
        low = self._low[:]
        for number in self._more:
            low[number] = 0
        for level in (*sorted({*low.translate(None, b"\0\1")}, reverse=True), 1):
            place = low.find(level)
            while place >= 0 and len(found) < most:
                found.append((place, level))
                place = low.find(level, place + 1)
            if len(found) == most:
                break
        return found


def _full(depths: Sequence[int]) -> int:
    """Return how many layers enough of the places reach, of which each has so many keys."""
    layers, reaching = 0, len(depths)
    while (reaching := reaching - depths.count(layers)) * SPARE > len(depths):
        layers += 1
    return layers


def _ranked(counts: Mapping[int, int], most: int) -> list[tuple[int, int]]:
    """Return the most frequent numbers with their counts; ties are in the order of numbers."""
    return sorted(counts.items(), key=_order)[:most]


def _order(pair: tuple[int, int]) -> tuple[int, int]:
    return -pair[1], pair[0]
