"""The one definition of a question to a collection: its filters, its order, its page. Both doors end here."""

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import compress
from typing import Any

from dataset import bits
from dataset.catalog import Edition
from dataset.filter import FILTERS, Filter
from dataset.order import ORDERS, RELEVANCE
from dataset.sequence import Keys, Listed, Marked, Placed

QUESTION = 1_000
"""Bytes that the shortest question takes with what it found, about."""

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
TEXT = "q"
"""The filter by full text."""


_FILTERS = {collection: {item.name: item for item in filters} for collection, filters in FILTERS.items()}
"""The filters of each collection by name."""


class QueryError(ValueError):
    """A question that cannot be asked: the parameter, as the data model names it, and the reason."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason


@dataclass(frozen=True)
class Query:
    """A question: which records of a collection, in which order."""

    collection: str
    where: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Parsed values by filter name; several values mean any, several filters all of them."""
    order: str = ""
    """An order's name, with `-` before it for its reverse; empty: the collection's default."""

    @property
    def digest(self) -> str:
        """What a cursor of this question carries, so that it fits no other."""
        said = [self.collection, self.order, *(f"{k}={sorted(map(str, v))}" for k, v in sorted(self.where.items()))]
        return sha256("\n".join(said).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Page:
    """A part of an answer."""

    keys: Keys
    """The whole answer."""
    begin: int
    """The rank of the first one of the page."""
    end: int
    """The rank after the last one."""
    size: int
    """How many the page before this one has, where there are so many."""

    @property
    def total(self) -> int:
        """How many records the whole answer has."""
        return len(self.keys)

    @property
    def has_next(self) -> bool:
        """Whether records follow this page."""
        return self.end < len(self.keys)

    @property
    def has_previous(self) -> bool:
        """Whether records precede this page."""
        return self.begin > 0

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The keys of the page."""
        return self.keys.part(self.begin, self.end)

    @property
    def first(self) -> str | None:
        """The first key; None: it has none."""
        return self._key(self.begin) if self.begin < self.end else None

    @property
    def last(self) -> str | None:
        """The last key; None: it has none."""
        return self._key(self.end - 1) if self.begin < self.end else None

    @property
    def previous(self) -> str | None:
        """The key after which the page before this one, of the same size, begins; None: at the beginning."""
        ahead = self.begin - self.size - 1
        return self._key(ahead) if ahead >= 0 else None

    def _key(self, rank: int) -> str:
        return self.keys.part(rank, rank + 1)[0]


@dataclass(frozen=True)
class Found:
    """What a question found."""

    edition: Edition
    query: Query
    keys: Keys
    """The ids of the records."""

    @cached_property
    def scope(self) -> str:
        """What cursors are bound to: the release and the question."""
        return scope(self.edition, self.query)


def find(edition: Edition, collection: str, raw: Mapping[str, Sequence[str]], order: str = "") -> Found:
    """Return what the question of these filter values finds; that of one that comes again is kept.

    Raises QueryError for the first thing wrong with it.
    """
    key = (collection, order, tuple([(name, tuple(texts)) for name, texts in raw.items()]))
    found: Found | None = edition.questions.get(key)
    if found is None:
        query = parse(collection, raw, order)
        keys = answer(edition, query)
        questions, said = edition.questions, sum(len(text) for texts in raw.values() for text in texts) + QUESTION
        kept = questions.wanted(key) and questions.admits(said + keys.size)
        if kept and isinstance(keys, Marked):  # then pages will be cut of it
            keys = keys.listed()
        found = Found(edition, query, keys)
        if kept:
            questions.put(key, found, said + keys.size)
    return found


def places(edition: Edition, collection: str, page: Page) -> Sequence[int]:
    """Return where the records of a page stand in the default order of their collection."""
    if isinstance(page.keys, Marked | Placed):
        return page.keys.at(page.begin, page.end)
    return list(map(edition.index.places(collection).__getitem__, page.ids))


def parse(collection: str, raw: Mapping[str, Sequence[str]], order: str = "") -> Query:
    """Return the question that these filter values ask. Raises QueryError for the first thing wrong with it."""
    known = _FILTERS[collection]
    where = {}
    for name, texts in raw.items():
        if name not in known:
            raise QueryError(name, f"is no filter of {collection}; they are {', '.join(known)}")
        where[name] = _values(known[name], texts)
    if order:
        names = [name for item in ORDERS[collection] for name in item.names]
        if order not in names:
            raise QueryError("order", f"must be one of {', '.join(names)}")
    if order == RELEVANCE.name and TEXT not in where:
        order = ""  # all are alike
    return Query(collection, where, order or default_order(collection, where))


def default_order(collection: str, where: Mapping[str, Any]) -> str:
    """Return the order of a question that names none."""
    return RELEVANCE.name if TEXT in where else ORDERS[collection][0].name


def _values(item: Filter, texts: Sequence[str]) -> tuple[Any, ...]:
    if len(texts) > 1 and not item.many:
        raise QueryError(item.name, "is given more than once")
    if len(texts) > MAX_LIMIT:
        raise QueryError(item.name, f"has {len(texts)} values; at most {MAX_LIMIT} are taken at once")
    try:
        return tuple(dict.fromkeys(item.parse(text) for text in texts))
    except ValueError as error:
        raise QueryError(item.name, str(error)) from error


def select(edition: Edition, query: Query) -> tuple[str, ...]:
    """Return the ids of all records that the question asks for, in its order."""
    found = answer(edition, query)
    return found.part(0, len(found))


def answer(edition: Edition, query: Query) -> Keys:
    """Return the ids of all records that the question asks for, in its order, not listed yet."""
    index, collection = edition.index, query.collection
    order = query.order.removeprefix("-")
    if order == RELEVANCE.name and query.where.keys() == {TEXT}:
        return index.ranked((collection,), query.where[TEXT][0])
    if order == RELEVANCE.name:
        scores = index.scores((collection,), query.where[TEXT][0])
        return Listed(tuple(sorted(matching(edition, query), key=lambda name: (-scores[name], name))))
    if order == ORDERS[collection][0].name:
        marks = _marks(edition, query)
        keys = index.ordered(collection, order)
        return Marked(keys, index.places(collection), marks, marks.bit_count(), query.order.startswith("-"))
    ids = index.ordered(collection, order)
    if query.where:
        flags = bits.flags(_marks(edition, query)).ljust(len(ids), b"\0")
        ids = tuple(compress(ids, map(flags.__getitem__, index.sequence(collection, order))))
    return Listed(ids[::-1] if query.order.startswith("-") else ids)


def matching(edition: Edition, query: Query) -> frozenset[str]:
    """Return the ids of all records that the question asks for, in no order."""
    keys = edition.index.ordered(query.collection, ORDERS[query.collection][0].name)
    marks = _marks(edition, query)
    return frozenset([keys[place] for place in bits.ascending(marks, 0, len(keys))])


def _marks(edition: Edition, query: Query) -> int:
    """Return the places, in the collection's default order, of what the question asks for."""
    found = bits.below(len(edition.release.corpus.collection(query.collection)))
    for name, values in query.where.items():
        chosen = 0
        for value in values:
            chosen |= edition.index.select(query.collection, name, value)
        found &= chosen
    return found


def cut(
    keys: Keys,
    scope: str,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    whole: bool = False,
) -> Page:
    """Return a part of a sequence of unique keys: the `first` after a cursor, the `last` before one, the `whole` rest.

    `scope` says what its cursors are bound to. Raises QueryError for sizes that are not from 0 to 100 and for cursors
    of another question or release.
    """
    for name, given in (("first", first), ("last", last)):
        if given is not None and not 0 <= given <= MAX_LIMIT:
            raise QueryError(name, f"must be from 0 to {MAX_LIMIT}, not {given}")
    if first is not None and last is not None:
        raise QueryError("last", "cannot be given together with first")
    start = _position(keys, scope, after, "after") + 1 if after is not None else 0
    stop = _position(keys, scope, before, "before") if before is not None else len(keys)
    stop = max(start, stop)
    if last is not None:
        begin, end = max(start, stop - last), stop
    else:
        size = DEFAULT_LIMIT if first is None else first
        begin, end = start, stop if whole else min(stop, start + size)
    return Page(keys, begin, end, max(end - begin, 1 if first is None else first))


def scope(edition: Edition, query: Query) -> str:
    """Return what the question's cursors are bound to: the release and the question."""
    return f"{edition.release.sha256[:12]}:{query.digest}"


_STANDARD, _OF_ADDRESSES = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")
"""From the alphabet of base64 for addresses to the standard one, and back (RFC 4648)."""


def cursor(scope: str, key: str) -> str:
    """Return the opaque cursor that stands at a key."""
    said = binascii.b2a_base64(f"{scope}:{key}".encode(), newline=False)
    return said.translate(_OF_ADDRESSES).decode("ascii").rstrip("=")


def _position(keys: Keys, scope: str, text: str, parameter: str) -> int:
    try:
        padded = text.encode("ascii").translate(_STANDARD) + b"=" * (-len(text) % 4)
        release, question, key = binascii.a2b_base64(padded, strict_mode=True).decode("ascii").split(":", 2)
    except (UnicodeError, binascii.Error, ValueError) as error:
        raise QueryError(parameter, "is no cursor that this server gave out") from error
    mine, asked = scope.split(":")
    if release != mine:
        raise QueryError(parameter, "is a cursor of another release; start again, or page under a pinned release")
    rank = keys.rank(key) if question == asked else None
    if rank is None or cursor(scope, key) != text:
        raise QueryError(parameter, "is a cursor of another question; filters and order must stay the same")
    return rank
