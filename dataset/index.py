"""The indexes of one release: built once when it is loaded, read by every query."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import takewhile
from typing import Any

from dataset.corpus import Corpus
from dataset.filter import FILTERS, Filter, Match
from dataset.fold import words
from dataset.order import ORDERS
from dataset.search import Search
from dataset.webaddress import addresses

Ids = frozenset[str]


class Index:
    """Finds the ids that a filter value selects, and every collection in every order."""

    def __init__(self, corpus: Corpus) -> None:
        self._orders = {
            (collection, order.name): tuple(
                record.id for record in sorted(corpus.collection(collection).values(), key=partial(_rank, order.key))
            )
            for collection, orders in ORDERS.items()
            for order in orders
            if order.key
        }
        self._places = {name: {key: place for place, key in enumerate(ids)} for name, ids in self._orders.items()}
        self._sources: dict[str, list[str]] = {}
        for source in corpus.sources.values():
            for address in addresses(source):
                self._sources.setdefault(address, []).append(source.id)
        self._texts = {collection: Search(corpus, collection) for collection in FILTERS}
        self._postings: dict[tuple[str, str], Postings] = {
            (collection, item.name): _POSTINGS[item.match](item, corpus, collection)
            for collection, filters in FILTERS.items()
            for item in filters
            if item.match in _POSTINGS
        }

    def ordered(self, collection: str, order: str) -> tuple[str, ...]:
        """Return all ids of a collection in an order."""
        return self._orders[collection, order]

    def select(self, collection: str, name: str, value: Any) -> Ids:
        """Return the ids of the records that one parsed value of one filter selects."""
        if (collection, name) not in self._postings:
            return frozenset(self.scores(collection, value))
        return self._postings[collection, name].select(value)

    def scores(self, collection: str, text: str) -> Mapping[str, float]:
        """Return the ids of the records that full-text search finds, each with its score."""
        return self._texts[collection].scores(text)

    def arranged(self, collection: str, order: str, ids: Ids) -> tuple[str, ...]:
        """Return some ids of a collection in an order."""
        return tuple(sorted(ids, key=self._places[collection, order].__getitem__))

    def at(self, address: str) -> list[str]:
        """Return the ids of the sources at a canonical web address."""
        return self._sources.get(address, [])

    def linked(self, collection: str, name: str, value: str) -> tuple[str, ...]:
        """Return what `select` does, in the collection's default order."""
        return self.arranged(collection, ORDERS[collection][0].name, self.select(collection, name, value))


def _rank(key: Callable[[Any], Any], record: Any) -> tuple[Any, str]:
    return key(record), record.id


class Equal:
    """Ids by key."""

    def __init__(self, item: Filter, corpus: Corpus, collection: str) -> None:
        found: dict[Any, set[str]] = {}
        for record in corpus.collection(collection).values():
            for key in item.keys(corpus, record):
                found.setdefault(key, set()).add(record.id)
        self._ids: Mapping[Any, Ids] = {key: frozenset(ids) for key, ids in found.items()}

    def select(self, value: Any) -> Ids:
        """Return the ids of the records that have this key."""
        return self._ids.get(value, frozenset())


class Words:
    """Ids by the beginnings of words."""

    def __init__(self, item: Filter, corpus: Corpus, collection: str) -> None:
        self._equal = Equal(item, corpus, collection)
        self._words = sorted(self._equal._ids)

    def select(self, value: Any) -> Ids:
        """Return the ids of the records in which each word of the value begins a word."""
        found = [self._beginning(word) for word in words(value)]
        return frozenset.intersection(*found) if found else frozenset()

    def _beginning(self, prefix: str) -> Ids:
        start = bisect_left(self._words, prefix)
        matches = takewhile(lambda word: word.startswith(prefix), self._words[start:])
        return frozenset[str]().union(*(self._equal.select(word) for word in matches))


class Ends:
    """Ids by the ends of a span: those that end at a value or after it, or begin at it or before it."""

    def __init__(self, item: Filter, corpus: Corpus, collection: str) -> None:
        self._from = item.match is Match.FROM
        spans = [
            (list(item.keys(corpus, record))[1 if self._from else 0], record.id)
            for record in corpus.collection(collection).values()
        ]
        closed = sorted((end, name) for end, name in spans if end is not None)
        self._ends = [end for end, _ in closed]
        self._ids = [name for _, name in closed]
        self._open = frozenset(name for end, name in spans if end is None)

    def select(self, value: Any) -> Ids:
        """Return the ids of the records whose span reaches the value; an open end reaches every value."""
        if self._from:
            return self._open.union(self._ids[bisect_left(self._ends, value) :])
        return self._open.union(self._ids[: bisect_right(self._ends, value)])


Postings = Equal | Words | Ends
_POSTINGS: Mapping[Match, type[Equal] | type[Words] | type[Ends]] = {
    Match.EQUAL: Equal,
    Match.WORDS: Words,
    Match.FROM: Ends,
    Match.TO: Ends,
}


def union(found: Iterable[Ids]) -> Ids:
    """Return the ids that are in any of the sets."""
    return frozenset[str]().union(*found)
