"""Records by how well they answer a text: kept as sets of places, so that few steps serve many records.

In one collection few different weights occur for a word. So the records that hold a word are a few sets, one for each
weight, and those that hold several words are what their sets have in common.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import prod

from dataset import bits
from dataset.sequence import Keys, Listed

COMBINED = 64
"""Combinations of weights up to which each is made a set; with more, every record is looked at."""

PART = 200
"""Keys up to which a part of a list is cut out without listing it all."""

DIGITS = 4
"""Digits after the point to which scores are rounded."""

LEAST = 500
"""Bytes that are counted for whatever is kept: else answers of nothing could be kept without end."""

Levels = tuple[tuple[float, int], ...]
"""Disjoint sets of places by weight, the highest first."""


@dataclass(frozen=True)
class Held:
    """The records of a collection that hold a word."""

    levels: Levels
    marks: int
    """The places of all of them."""

    @property
    def size(self) -> int:
        """The bytes that they take of memory, about; what holds nothing takes some as well."""
        return LEAST + sum(own.bit_length() for _, own in self.levels) // 7 + self.marks.bit_length() // 7


def held(weighed: Iterable[tuple[float, Iterable[int]]], size: int) -> Held:
    """Return what places, each below the size, hold by their weights; of several weights of a place the highest counts.

    Places may be given in any order and more than once.
    """
    places: defaultdict[float, list[Iterable[int]]] = defaultdict(list)
    for weight, some in weighed:
        places[weight].append(some)
    marks = 0
    levels = []
    for weight in sorted(places, reverse=True):
        own = bits.of(list(chain.from_iterable(places[weight])), size) & ~marks
        if own:
            levels.append((weight, own))
            marks |= own
    return Held(tuple(levels), marks)


@dataclass(frozen=True)
class Sorted:
    """Some of the keys of a sorted list."""

    keys: Sequence[str]
    """All keys of the list."""
    marks: int
    """The places of those that are meant."""

    @property
    def size(self) -> int:
        """The bytes that it takes of memory, about."""
        return self.marks.bit_length() // 8

    def __len__(self) -> int:
        return self.marks.bit_count()

    def rank(self, key: str) -> int | None:
        """Return how many come before a key; None where it is not there."""
        place = bisect_left(self.keys, key)
        if place == len(self.keys) or self.keys[place] != key or not bits.holds(self.marks, place):
            return None
        return (self.marks & bits.below(place)).bit_count()

    def part(self, begin: int, end: int) -> tuple[str, ...]:
        """Return those from one rank to before another."""
        if begin >= end:
            return ()
        if end - begin > PART:
            return tuple(map(self.keys.__getitem__, bits.listed(self.marks)[begin:end]))
        start = bits.select(self.marks, begin) if begin else 0
        return tuple(map(self.keys.__getitem__, bits.ascending(self.marks, start, end - begin)))


def scored(ids: Sequence[str], words: Sequence[tuple[float, Held]]) -> Mapping[float, Keys]:
    """Return those that hold every word, by their scores, of records with these sorted ids; words have their rarity."""
    marks = words[0][1].marks
    for _, one in words[1:]:
        marks &= one.marks
    if not marks:
        return {}
    if prod(len(one.levels) for _, one in words) > COMBINED:
        return _each(ids, words, marks)
    groups = [(0.0, marks)]
    for rarity, one in words:
        groups = [
            (score + rarity * weight, both)
            for score, some in groups
            for weight, own in one.levels
            if (both := some & own)
        ]
    merged: dict[float, int] = {}
    for score, some in groups:
        merged[round(score, DIGITS)] = merged.get(round(score, DIGITS), 0) | some
    return {score: Sorted(ids, some) for score, some in merged.items()}


def _each(ids: Sequence[str], words: Sequence[tuple[float, Held]], marks: int) -> Mapping[float, Keys]:
    """Return the same, of scores that are added up for each record."""
    scores = dict.fromkeys(bits.listed(marks), 0.0)
    for rarity, one in words:
        for weight, own in one.levels:
            score = rarity * weight
            for place in bits.listed(own & marks):
                scores[place] += score
    found: defaultdict[float, list[str]] = defaultdict(list)
    for place, score in scores.items():
        found[round(score, DIGITS)].append(ids[place])
    return {score: Listed(tuple(some)) for score, some in found.items()}


class Ranked:
    """Keys by their scores, the best first."""

    def __init__(self, groups: Iterable[tuple[float, Keys]]) -> None:
        """Take keys with their scores, the best first."""
        self._groups = tuple([(score, keys, len(keys)) for score, keys in groups])
        self._total = sum(total for _, _, total in self._groups)

    @property
    def size(self) -> int:
        """The bytes that it takes of memory, about, with all keys listed; without keys it takes some as well."""
        return LEAST * (1 + len(self._groups)) + sum(keys.size for _, keys, _ in self._groups) + 8 * self._total

    def __len__(self) -> int:
        return self._total

    def rank(self, key: str) -> int | None:
        """Return how many come before a key; None where it is not there."""
        before = 0
        for _, keys, total in self._groups:
            rank = keys.rank(key)
            if rank is not None:
                return before + rank
            before += total
        return None

    def part(self, begin: int, end: int) -> tuple[str, ...]:
        """Return those from one rank to before another."""
        return tuple(chain.from_iterable([keys for _, keys in self._parts(begin, end)]))

    def scored(self, begin: int, end: int) -> Iterator[tuple[str, float]]:
        """Yield the same, each with its score."""
        for score, keys in self._parts(begin, end):
            for key in keys:
                yield key, score

    def _parts(self, begin: int, end: int) -> Iterator[tuple[float, tuple[str, ...]]]:
        """Yield what of each group lies from one rank to before another, with its score."""
        for score, keys, total in self._groups:
            if end <= 0:
                return
            if begin < total:
                yield score, keys.part(max(begin, 0), min(end, total))
            begin, end = begin - total, end - total

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """All keys."""
        return self.part(0, len(self))

    def scores(self) -> dict[str, float]:
        """Return the score of each key."""
        return dict(self.scored(0, len(self)))
