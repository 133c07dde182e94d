"""The indexes of one release: built once when it is loaded, read by every query.

A filter's index holds places in the collection's default order. What a value selects is a set of such places, as bits;
sets that were made are kept within a budget, for some are wanted by every other question.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import takewhile
from typing import Any

from dataset import bits
from dataset.corpus import Corpus
from dataset.filter import FILTERS, Filter, Match
from dataset.fold import words
from dataset.order import ORDERS
from dataset.search import Search
from dataset.webaddress import addresses

Places = Mapping[str, int]

BUDGET = 32_000_000
"""Bytes of sets that are kept."""

STEP = 256
"""Ends of spans between two sets that are made beforehand, at least."""

STEPS = 2_000_000
"""Bytes of sets that are made beforehand for the ends of one filter."""


class Index:
    """Finds what a filter value selects, and every collection in every order."""

    def __init__(self, corpus: Corpus) -> None:
        self._orders = {
            (collection, order.name): tuple(
                record.id for record in sorted(corpus.collection(collection).values(), key=partial(_rank, order.key))
            )
            for collection, orders in ORDERS.items()
            for order in orders
            if order.key
        }
        self._places: dict[tuple[str, str], Places] = {}
        for collection in ORDERS:
            self.places(collection, ORDERS[collection][0].name)
        self._sources: dict[str, list[str]] = {}
        for source in corpus.sources.values():
            for address in addresses(source):
                self._sources.setdefault(address, []).append(source.id)
        self._texts = Search(corpus)
        self._postings: dict[tuple[str, str], Postings] = {
            (collection, item.name): _POSTINGS[item.match](
                item, corpus, [corpus.collection(collection)[name] for name in self._default(collection)]
            )
            for collection, filters in FILTERS.items()
            for item in filters
            if item.match in _POSTINGS
        }
        self._sets: OrderedDict[tuple[str, str, Any], int] = OrderedDict()
        self._size = 0

    def ordered(self, collection: str, order: str) -> tuple[str, ...]:
        """Return all ids of a collection in an order."""
        return self._orders[collection, order]

    def places(self, collection: str, order: str) -> Places:
        """Return the place of each id of a collection in an order."""
        key = (collection, order)
        if key not in self._places:
            self._places[key] = {name: place for place, name in enumerate(self._orders[key])}
        return self._places[key]

    def select(self, collection: str, name: str, value: Any) -> int:
        """Return the places, in the default order, of the records that one parsed value of one filter selects."""
        key = (collection, name, value)
        found = self._sets.get(key)
        if found is not None:
            self._sets.move_to_end(key)
            return found
        made = self._sets[key] = self._made(collection, name, value)
        self._size += made.bit_length() // 8
        while self._size > BUDGET:
            _, dropped = self._sets.popitem(last=False)
            self._size -= dropped.bit_length() // 8
        return made

    def _made(self, collection: str, name: str, value: Any) -> int:
        if (collection, name) in self._postings:
            return self._postings[collection, name].select(value)
        places = self.places(collection, ORDERS[collection][0].name)
        return bits.of((places[found] for found in self.scores((collection,), value)), len(places))

    def scores(self, collections: Iterable[str], text: str) -> Mapping[str, float]:
        """Return the ids of the records of these collections that full-text search finds, each with its score."""
        return self._texts.scores(collections, text)

    def at(self, address: str) -> list[str]:
        """Return the ids of the sources at a canonical web address."""
        return self._sources.get(address, [])

    def linked(self, collection: str, name: str, value: str) -> tuple[str, ...]:
        """Return the ids of the records that have a key, in the collection's default order."""
        postings = self._postings[collection, name]
        assert isinstance(postings, Equal)  # noqa: S101 (links are made of filters of ids)
        ids = self._default(collection)
        return tuple([ids[place] for place in postings.places(value)])

    def _default(self, collection: str) -> tuple[str, ...]:
        return self._orders[collection, ORDERS[collection][0].name]


def _rank(key: Callable[[Any], Any], record: Any) -> tuple[Any, str]:
    return key(record), record.id


class Equal:
    """Places by key."""

    def __init__(self, item: Filter, corpus: Corpus, records: Sequence[Any]) -> None:
        found: dict[Any, array[int]] = {}
        for place, record in enumerate(records):
            for key in item.keys(corpus, record):
                places = found.get(key)
                if places is None:
                    found[key] = array("I", (place,))
                elif places[-1] != place:
                    places.append(place)
        self._found: Mapping[Any, array[int]] = found
        self._size = len(records)

    @property
    def keys(self) -> Iterable[Any]:
        """All keys."""
        return self._found.keys()

    def places(self, value: Any) -> Sequence[int]:
        """Return the places of the records that have this key."""
        return self._found.get(value, _NONE)

    def select(self, value: Any) -> int:
        """Return the places of the records that have this key, as bits."""
        return bits.of(self.places(value), self._size)


_NONE = array("I")


class Words:
    """Places by the beginnings of words."""

    def __init__(self, item: Filter, corpus: Corpus, records: Sequence[Any]) -> None:
        self._equal = Equal(item, corpus, records)
        self._words = sorted(self._equal.keys)
        self._size = len(records)

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

    The sets of the first so many ends, of twice as many and so on are made beforehand; any other of the nearest.
    """

    def __init__(self, item: Filter, corpus: Corpus, records: Sequence[Any]) -> None:
        self._from = item.match is Match.FROM
        spans = [(list(item.keys(corpus, record))[1 if self._from else 0], n) for n, record in enumerate(records)]
        closed = sorted((end, place) for end, place in spans if end is not None)
        self._ends = [end for end, _ in closed]
        self._places = array("I", [place for _, place in closed])
        self._size = len(records)
        self._steps = [0]
        self._step = max(STEP, len(closed) * self._size // 8 // STEPS)
        for start in range(0, len(closed) - self._step + 1, self._step):
            self._steps.append(self._steps[-1] | bits.of(self._places[start : start + self._step], self._size))
        self._all = bits.below(self._size)

    def select(self, value: Any) -> int:
        """Return the places of the records whose span reaches the value; an open end reaches every value."""
        if self._from:
            return self._all ^ self._first(bisect_left(self._ends, value))
        rest = self._first(len(self._ends)) ^ self._first(bisect_right(self._ends, value))
        return self._all ^ rest

    def _first(self, count: int) -> int:
        """Return the places of the records with the first so many ends."""
        whole = count // self._step
        return self._steps[whole] | bits.of(self._places[whole * self._step : count], self._size)


Postings = Equal | Words | Ends
_POSTINGS: Mapping[Match, type[Equal] | type[Words] | type[Ends]] = {
    Match.EQUAL: Equal,
    Match.WORDS: Words,
    Match.FROM: Ends,
    Match.TO: Ends,
}
