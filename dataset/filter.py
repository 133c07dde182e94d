"""The filters of every collection, each declared once: GraphQL, REST, OpenAPI and the docs read them from here.

Several values of one filter mean any of them; several filters mean all of them. A new filter is one row in
FILTERS.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property, lru_cache
from itertools import chain
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any, TypeAlias

from dataset.corpus import PREFIXES, Corpus
from dataset.edtf import bounds
from dataset.fold import words
from dataset.order import days, numbers
from dataset.records import SERVED, SLUG
from dataset.spread import Spread, reached
from dataset.vocabulary import (
    Comparator,
    DiscrepancyReason,
    EntityKind,
    EventKind,
    EventStatus,
    Measure,
    Modality,
    Predicate,
    Role,
    SourceKind,
    Tense,
    Term,
    Unit,
)

Key: TypeAlias = str
"""What a filter's index is keyed by: an id, a term's value, a word."""

Span: TypeAlias = tuple[str | None, str | None]
"""The low and the high end, each None where open."""

Through: TypeAlias = Callable[[Corpus, Any], Iterable[Key]]
"""What tells the keys for which a value stands."""

IDS = "ids"
"""The filter by the record's own id, which every collection has."""

MAX_LENGTH = 200  # characters of a value
_YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_DAY = "(02-(0[1-9]|1[0-9]|2[0-8])|(04|06|09|11)-(0[1-9]|[12][0-9]|30)|(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))"
_FORMS = {
    "date": rf"^({_YEAR}|{_YEAR}-(0[1-9]|1[0-2])|{_YEAR}-{_DAY}|{_LEAP_YEAR}-02-29)$",
    "decimal": r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$",
}
_SURROGATE = re.compile("[\ud800-\udfff]")  # comes in by JSON or the command line, and has no UTF-8
_CALENDAR = re.compile(_FORMS["date"], re.ASCII).fullmatch
_NO_DAY = "must be a day, month or year: 2022-03-15, 2022-03 or 2022"


class Match(Enum):
    """How a filter's values are compared with a record."""

    EQUAL = "equal"
    """One of the record's keys is the value."""
    WORDS = "words"
    """Each word of the value begins one of the record's words."""
    TEXT = "text"
    """Full-text search finds the record."""
    FROM = "from"
    """The record's span ends at the value or after it."""
    TO = "to"
    """The record's span begins at the value or before it."""


@dataclass(frozen=True)
class Filter:
    """One filter of one collection."""

    name: str
    description: str
    match: Match
    paths: tuple[str, ...] = ()
    """Where in a record its values are, as `dataset.spread` takes it."""
    through: Through | None = None
    """The keys for which a value stands; None: for itself."""
    prefix: str = ""
    """What a value begins with, where others stand beside those that are meant."""
    reads: Callable[[Any], Any] | None = None
    """For FROM and TO what of a record says its span."""
    span: Callable[[Any], Span] = tuple
    """The span that it says."""
    vocabulary: type[Term] | None = None
    """The terms that are allowed, if it is about terms."""
    ids: tuple[str, ...] = ()
    """The collections whose ids are allowed, if it is about ids."""
    form: str = ""
    """`date` or `decimal`, for FROM and TO."""

    @property
    def many(self) -> bool:
        """Whether several values may be given."""
        return self.match is Match.EQUAL

    @cached_property
    def pattern(self) -> str | None:
        """The regular expression that a value of ids, days or numbers has; of terms and words there is none."""
        return rf"^({'|'.join(self._prefixes)})-{SLUG}$" if self.ids else _FORMS.get(self.form)

    @cached_property
    def _matches(self) -> Callable[[str], object] | None:
        return re.compile(self.pattern, re.ASCII).fullmatch if self.pattern else None

    @cached_property
    def _terms(self) -> Mapping[Key, None]:
        return dict.fromkeys(term.value for term in self.vocabulary or ())

    @cached_property
    def _prefixes(self) -> list[str]:
        return [prefix for prefix, collection in PREFIXES.items() if collection in self.ids]

    def keys(self, corpus: Corpus, record: Any) -> Iterable[Any]:
        """Return the keys of a record; for FROM and TO its span: the low and the high end, each None where open."""
        if self.reads:
            return [None if end is None else self.end(end) for end in self.span(self.reads(record))]
        found = [value for path in self.paths for value in reached(record, path) if value.startswith(self.prefix)]
        return chain.from_iterable(self.through(corpus, value) for value in found) if self.through else found

    def end(self, text: str) -> str | Decimal:
        """Return the end of a span as it is compared. Raises ArithmeticError."""
        return Decimal(text) if self.form == "decimal" else text

    def ends(self, spread: Spread) -> list[tuple[str | Decimal, list[int]]]:
        """Return the closed ends of many records' spans that FROM or TO compares, ascending, with their places.

        An end stands there once for each span that has it.
        """
        assert self.reads  # noqa: S101 (FROM and TO have it)
        side = 1 if self.match is Match.FROM else 0
        told = [(self.span(said)[side], places) for said, places in spread.told(self.reads).items()]
        return sorted([(self.end(end), places) for end, places in told if end is not None], key=itemgetter(0))

    def parse(self, text: str) -> Key | Decimal:
        """Return the value as the index compares it. Raises ValueError with the reason."""
        if self.vocabulary:
            if text not in self._terms:
                raise ValueError(f"must be one of {', '.join(self._terms)}")
            return text
        if self.form == "date":
            return (_first if self.match is Match.FROM else _last)(text)
        formed = len(text) <= MAX_LENGTH and (self._matches is None or self._matches(text))
        if self.ids:
            if not formed:
                raise ValueError(f"must be an id that begins with {' or '.join(f'{p}-' for p in self._prefixes)}")
            return text
        if self.form == "decimal":
            if not formed:
                raise ValueError("must be a number, such as 100 or 0.5")
            return Decimal(text)
        if not formed or not text:
            raise ValueError(f"must have from 1 to {MAX_LENGTH} characters")
        if _SURROGATE.search(text):
            raise ValueError("must be Unicode text, without a half of a surrogate pair")
        return text


@lru_cache(4_096)  # of some ten years
def _first(text: str) -> str:
    return _days(text)[0]


@lru_cache(4_096)
def _last(text: str) -> str:
    return _days(text)[1]


def _days(text: str) -> tuple[str, str]:
    """Return the first and the last day of a day, a month or a year. Raises ValueError."""
    first, last = bounds(text) if _CALENDAR(text) else (None, None)
    if first is None or last is None:
        raise ValueError(_NO_DAY)
    return first, last


def _terms(name: str, vocabulary: type[Term], description: str = "", path: str = "") -> Filter:
    described = description or (vocabulary.__doc__ or "")
    return Filter(name, described, Match.EQUAL, (path or name,), _value, vocabulary=vocabulary)


def _value(_: Corpus, term: Term) -> list[Key]:
    return [term.value]


def _ids(
    name: str,
    description: str,
    *paths: str,
    ids: tuple[str, ...] = ("entities",),
    through: Through | None = None,
    prefix: str = "",
) -> Filter:
    return Filter(name, description, Match.EQUAL, paths, through, prefix, ids=ids)


def _span(
    name: str, form: str, reads: Callable[[Any], Any], span: Callable[[Any], Span], low: str, high: str
) -> tuple[Filter, Filter]:
    suffixes = ("from", "to") if form == "date" else ("min", "max")
    return (
        Filter(f"{name}_{suffixes[0]}", low, Match.FROM, reads=reads, span=span, form=form),
        Filter(f"{name}_{suffixes[1]}", high, Match.TO, reads=reads, span=span, form=form),
    )


def _source(corpus: Corpus, citation: str) -> list[Key]:
    return [corpus.citations[citation].source]


def _day_of(time: str) -> Span:
    return time[:10], time[:10]


def _range(said: tuple[str | None, str | None, str | None]) -> Span:
    value, low, high = said
    return low or value or None, high or value or None


def _words(_: Corpus, name: str) -> tuple[Key, ...]:
    return words(name)


def _cited(path: str) -> tuple[Filter, Filter]:
    return (
        _ids("source", "Cites this source.", path, ids=("sources",), through=_source),
        _ids("citation", "Cites this passage.", path, ids=("citations",)),
    )


_EVIDENCE = (
    *_cited("**.evidence.citation"),
    _terms("modality", Modality, "Some of its evidence has this modality.", "**.evidence.modality"),
    _ids("speaker", "Some of its evidence is attributed to this entity.", "**.evidence.attributed_to"),
)


def _every(collection: str) -> tuple[Filter, ...]:
    """Return the filters that every collection has."""
    return (
        Filter(
            "q",
            "Full-text search finds it: every word, or its beginning from three letters on, in any of its texts.",
            Match.TEXT,
        ),
        _ids(IDS, "Has one of these ids.", "id", ids=(collection,)),
    )


_PARTIES = ("entities", "events")

_OWN: Mapping[str, tuple[Filter, ...]] = MappingProxyType(
    {
        "sources": (
            _ids("source", "Is this source.", "id", ids=("sources",)),
            _terms("kind", SourceKind),
            *_span(
                "published",
                "date",
                attrgetter("published"),
                _day_of,
                "Was published on this day or later: a day, month or year.",
                "Was published on this day or earlier: a day, month or year.",
            ),
        ),
        "citations": (_ids("source", "Stands in this source.", "source", ids=("sources",)),),
        "entities": (
            _terms("kind", EntityKind),
            Filter(
                "name",
                "Each word begins a word of one of its names, whatever the case and the accents.",
                Match.WORDS,
                ("names.text",),
                _words,
            ),
            *_EVIDENCE,
        ),
        "events": (
            _terms("kind", EventKind),
            _terms("status", EventStatus),
            *_span(
                "date",
                "date",
                days,
                tuple,
                "Can have happened on this day or later: a day, month or year.",
                "Can have happened on this day or earlier: a day, month or year.",
            ),
            _ids("entity", "This entity takes part in it.", "participations.entity"),
            _terms("role", Role, "Somebody takes part in it in this role.", "participations.role"),
            _ids("place", "It happened in this place.", "place"),
            _ids("part_of", "It is a part of this event.", "part_of", ids=("events",)),
            *_EVIDENCE,
        ),
        "figures": (
            _terms("measure", Measure),
            _ids("event", "It is about this event.", "about", ids=("events",), prefix="evt"),
            _ids("entity", "It is about this entity.", "about", prefix="ent"),
            _terms("unit", Unit),
            *_span(
                "value",
                "decimal",
                numbers,
                _range,
                "Its number, or some of its range, is at least this.",
                "Its number, or some of its range, is at most this.",
            ),
            _terms("comparator", Comparator),
            _ids("part_of", "It is a part of this figure.", "part_of", ids=("figures",)),
            _ids("restates", "It restates this figure.", "restates", ids=("figures",)),
            *_EVIDENCE,
        ),
        "relations": (
            _ids("subject", "This entity or event is its subject.", "subject", ids=_PARTIES),
            _terms("predicate", Predicate),
            _ids("object", "This entity or event is its object.", "object", ids=_PARTIES),
            _ids("party", "This entity or event is its subject or its object.", "subject", "object", ids=_PARTIES),
            _terms("valid", Tense),
            *_EVIDENCE,
        ),
        "discrepancies": (
            _terms("reason", DiscrepancyReason),
            _ids(
                "record",
                "It concerns this record.",
                "records",
                ids=("figures", "events", "relations", "entities"),
            ),
            *_cited("citations"),
        ),
    }
)

FILTERS: Mapping[str, tuple[Filter, ...]] = MappingProxyType(
    {collection: (*_every(collection), *own) for collection, own in _OWN.items()}
)
"""The filters of each collection, in the order in which they are shown."""

assert FILTERS.keys() == SERVED.keys()  # noqa: S101 (a collection without filters would be a door without a handle)
