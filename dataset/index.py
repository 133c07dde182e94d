"""The indexes of one release: built once when it is loaded, read by every query.

A filter's index holds places in the collection's default order. What a value selects is a set of such places, as bits;
sets that were made are kept within a budget, for some are wanted by every other question.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from dataset import bits
from dataset.corpus import Corpus
from dataset.days import Days
from dataset.filter import FILTERS, IDS, Match
from dataset.memo import Memo
from dataset.order import ORDERS, inverse, ordered
from dataset.postings import POSTINGS, Ends, Equal, Postings
from dataset.ranking import Ranked
from dataset.records import Record
from dataset.search import Search
from dataset.spread import Spread, spread
from dataset.tally import Tally, Turn, taker
from dataset.ties import Ties
from dataset.webaddress import addresses

Places = Mapping[str, int]

BUDGET = 32_000_000
"""Bytes of sets that are kept."""

SET = 500
"""Bytes that even an empty set takes, about, with the value that it is kept by."""


class Index:
    """Finds what a filter value selects, and every collection in every order."""

    def __init__(self, corpus: Corpus, spreads: Mapping[str, Spread] | None = None) -> None:
        """Take the spreads of the corpus, where they were read before."""
        spreads = spreads or spread(corpus)
        self._orders: dict[tuple[str, str], tuple[str, ...]] = {}
        self._records: dict[str, tuple[Record, ...]] = {}
        self._turns: dict[str, Turn] = {}
        self._places: dict[str, Places] = {}
        for collection in ORDERS:
            read = spreads[collection]
            places, ids = read.column("id")
            for name, order in ordered(collection, read).items():
                # Taken out of an array, numbers lie in memory as they are read: that is several times as fast.
                turned = tuple if order == places else taker(array("I", order))
                self._orders[collection, name] = tuple(turned(ids))
                if name == ORDERS[collection][0].name:
                    self._records[collection] = tuple(turned(read.column("")[1]))
                    self._turns[collection] = None if turned is tuple else (inverse(order), turned)
                    self._places[collection] = dict(zip(self._orders[collection, name], places, strict=True))
        self._sources: dict[str, list[str]] = {}
        for source in corpus.sources.values():
            for address in addresses(source):
                self._sources.setdefault(address, []).append(source.id)
        self._texts = Search(corpus, spreads)
        ranks = {collection: turn and turn[0] for collection, turn in self._turns.items()}
        self._postings: dict[tuple[str, str], Postings] = {
            (collection, item.name): POSTINGS[item.match](item, corpus, spreads[collection], ranks[collection])
            for collection, filters in FILTERS.items()
            for item in filters
            if item.match in POSTINGS and item.name != IDS
        }
        self._sets: Memo[int] = Memo(BUDGET)

    @property
    def memos(self) -> Mapping[str, Memo[Any]]:
        """What is kept of its answers, by what it is."""
        return {"sets": self._sets, **self._texts.memos}

    def ordered(self, collection: str, order: str) -> tuple[str, ...]:
        """Return all ids of a collection in an order."""
        return self._orders[collection, order]

    def places(self, collection: str) -> Places:
        """Return the place of each id of a collection in its default order."""
        return self._places[collection]

    def records(self, collection: str) -> Sequence[Record]:
        """Return the records of a collection in its default order."""
        return self._records[collection]

    def select(self, collection: str, name: str, value: Any) -> int:
        """Return the places, in the default order, of the records that one parsed value of one filter selects."""
        key = (collection, name, value)
        found = self._sets.get(key)
        if found is None:
            found = self._made(collection, name, value)
            self._sets.offer(key, found, SET + found.bit_length() // 8)
        return found

    def _made(self, collection: str, name: str, value: Any) -> int:
        if (collection, name) in self._postings:
            return self._postings[collection, name].select(value)
        places = self.places(collection)
        if name == IDS:
            return 1 << places[value] if value in places else 0
        return bits.of((places[found] for found in self.scores((collection,), value)), len(places))

    def scores(self, collections: Iterable[str], text: str) -> Mapping[str, float]:
        """Return the ids of the records of these collections that full-text search finds, each with its score."""
        return self._texts.scores(collections, text)

    def ranked(self, collections: Iterable[str], text: str) -> Ranked:
        """Return what full-text search finds in these collections, the best first."""
        return self._texts.ranked(collections, text)

    def at(self, address: str) -> list[str]:
        """Return the ids of the sources at a canonical web address."""
        return self._sources.get(address, [])

    def linking(self, collection: str, name: str) -> Callable[[str], tuple[Record, ...]]:
        """Return what finds the records of a collection that have a key, in the default order."""
        places, record = self.linked(collection, name), self._records[collection].__getitem__
        return lambda value: tuple(map(record, places(value)))

    def linked(self, collection: str, name: str) -> Callable[[str], Sequence[int]]:
        """Return what finds the places of the records of a collection that have a key, in the default order."""
        postings = self._postings[collection, name]
        assert isinstance(postings, Equal)  # noqa: S101 (links are made of filters of ids)
        return postings.places

    def _having(self, collection: str, name: str) -> Iterator[Record]:
        """Return the records of a collection that have any key of a filter, each as often as it has one."""
        postings = self._postings[collection, name]
        assert isinstance(postings, Equal)  # noqa: S101 (as above)
        return chain.from_iterable(map(self.linking(collection, name), postings.keys))

    def sequence(self, collection: str, order: str) -> Sequence[int]:
        """Return the places, in the default order, of a collection in another one; made when it is first wanted."""
        key = (collection, order)
        if key not in self._sequences:
            places = self.places(collection)
            self._sequences[key] = array("I", map(places.__getitem__, self._orders[key]))
        return self._sequences[key]

    def warm(self, corpus: Corpus) -> None:
        """Make what is else made when it is first wanted: with many records that takes longer than a request may."""
        for (collection, name), postings in self._postings.items():
            if isinstance(postings, Equal):
                self.tally(collection, name)
        for collection, filters in FILTERS.items():
            if any(item.form == "date" for item in filters):
                self.days(collection)
        self.ties(corpus)

    def tally(self, collection: str, name: str) -> Tally:
        """Return what counts the keys of a filter; made when it is first wanted."""
        found = self._tallies.get((collection, name))
        if found is None:
            postings = self._postings[collection, name]
            assert isinstance(postings, Equal)  # noqa: S101 (only such filters have keys to count)
            size, turn = len(self._default(collection)), self._turns[collection]
            found = self._tallies[collection, name] = Tally(postings.each(), size, turn)
        return found

    def days(self, collection: str) -> Days:
        """Return the days of the records of a collection that is filtered by day; made when they are first wanted."""
        found = self._days.get(collection)
        if found is None:
            dated = [item for item in FILTERS[collection] if item.form == "date"]
            ends = {item.match: self._postings[collection, item.name] for item in dated}
            begin, end = ends[Match.TO], ends[Match.FROM]
            assert isinstance(begin, Ends)  # noqa: S101 (what filters by day holds the ends of spans)
            assert isinstance(end, Ends)  # noqa: S101 (as above)
            found = self._days[collection] = Days(begin.closed, end.closed, len(self._default(collection)))
        return found

    def ties(self, corpus: Corpus) -> Ties:
        """Return the ties among the figures of the corpus that is indexed; made when they are first wanted."""
        if not self._ties:
            self._ties.append(Ties(corpus, self._having, self.linking("figures", "event")))
        return self._ties[0]

    @cached_property
    def _sequences(self) -> dict[tuple[str, str], Sequence[int]]:
        return {}

    @cached_property
    def _ties(self) -> list[Ties]:
        return []

    @cached_property
    def _days(self) -> dict[str, Days]:
        return {}

    @cached_property
    def _tallies(self) -> dict[tuple[str, str], Tally]:
        return {}

    def _default(self, collection: str) -> tuple[str, ...]:
        return self._orders[collection, ORDERS[collection][0].name]
