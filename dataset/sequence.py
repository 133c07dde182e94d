"""Answers to a question as sequences of keys, of which pages are cut; few are listed to be cut."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Protocol

from dataset import bits

SPARSE = 16
"""Keys for one that is marked, from which on marked ones are looked up one by one."""

LISTED = 20_000
"""How many keys are listed at most."""


class Keys(Protocol):
    """A sequence of unique keys."""

    @property
    def size(self) -> int:
        """The bytes that it takes of memory, about."""

    def __len__(self) -> int:
        """Return how many there are."""

    def rank(self, key: str) -> int | None:
        """Return how many come before a key; None where it is not there."""

    def part(self, begin: int, end: int) -> tuple[str, ...]:
        """Return those from one rank to before another."""


@dataclass(frozen=True)
class Listed:
    """Keys that are listed."""

    keys: tuple[str, ...]

    @property
    def size(self) -> int:
        """The bytes that it takes of memory, about."""
        return 8 * len(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def rank(self, key: str) -> int | None:
        """Return how many come before a key; None where it is not there."""
        return self.keys.index(key) if key in self.keys else None

    def part(self, begin: int, end: int) -> tuple[str, ...]:
        """Return those from one rank to before another."""
        return self.keys[begin:end]


@dataclass(frozen=True)
class Marked:
    """Keys of a sorted list, marked by the bits of an integer."""

    keys: Sequence[str]
    """All keys of the list."""
    places: Mapping[str, int]
    """The place of each key in the list."""
    marks: int
    """The places of the keys that belong to the answer."""
    total: int
    """How many they are."""
    reverse: bool = False

    @property
    def size(self) -> int:
        """The bytes that it takes of memory, about."""
        return self.marks.bit_length() // 8

    def __len__(self) -> int:
        return self.total

    def rank(self, key: str) -> int | None:
        """Return how many come before a key; None where it is not there."""
        place = self.places.get(key)
        if place is None or not bits.holds(self.marks, place):
            return None
        before = (self.marks & bits.below(place)).bit_count()
        return self.total - 1 - before if self.reverse else before

    def part(self, begin: int, end: int) -> tuple[str, ...]:
        """Return those from one rank to before another."""
        return tuple([self.keys[place] for place in self.at(begin, end)])

    def at(self, begin: int, end: int) -> Sequence[int]:
        """Return the places of those from one rank to before another."""
        if self.reverse:
            return self._ascending(self.total - end, self.total - begin)[::-1]
        return self._ascending(begin, end)

    def listed(self) -> "Marked | Placed":
        """Return the same with its places listed, unless they are too many: pages are cut of them at once."""
        if self.total > LISTED:
            return self
        return Placed(self.keys, self.places, array("I", bits.listed(self.marks)), self.reverse)

    def _ascending(self, begin: int, end: int) -> list[int]:
        if begin >= end:
            return []
        start = bits.select(self.marks, begin) if begin else bits.lowest(self.marks)
        wanted, marked, ahead = end - begin, self.total - begin, len(self.keys) - start
        if marked * SPARSE < ahead:
            return bits.ascending(self.marks, start, wanted)
        # So many places, about, as have so many marks.
        width = wanted * ahead // marked + bits.WORD
        found: list[int] = []
        while len(found) < wanted:
            found += compress(range(start, start + width), bits.flags(self.marks >> start & bits.below(width)))
            start += width
        return found[:wanted]


@dataclass(frozen=True)
class Placed:
    """Keys of a sorted list, by their places."""

    keys: Sequence[str]
    """All keys of the list."""
    places: Mapping[str, int]
    """The place of each key in the list."""
    chosen: "array[int]"
    """The places of the keys that belong to the answer, ascending."""
    reverse: bool = False

    @property
    def size(self) -> int:
        """The bytes that it takes of memory, about."""
        return self.chosen.itemsize * len(self.chosen)

    def __len__(self) -> int:
        return len(self.chosen)

    def rank(self, key: str) -> int | None:
        """Return how many come before a key; None where it is not there."""
        place = self.places.get(key)
        if place is None:
            return None
        before = bisect_left(self.chosen, place)
        if before == len(self.chosen) or self.chosen[before] != place:
            return None
        return len(self.chosen) - 1 - before if self.reverse else before

    def part(self, begin: int, end: int) -> tuple[str, ...]:
        """Return those from one rank to before another."""
        return tuple([self.keys[place] for place in self.at(begin, end)])

    def at(self, begin: int, end: int) -> Sequence[int]:
        """Return the places of those from one rank to before another."""
        if self.reverse:
            total = len(self.chosen)
            return self.chosen[total - end : total - begin][::-1]
        return self.chosen[begin:end]
