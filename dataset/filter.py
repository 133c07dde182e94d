"""The filters of every collection, each declared once: GraphQL, REST, OpenAPI and the docs read them from here.

Several values of one filter mean any of them; several filters mean all of them. A new filter is one row in
FILTERS.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeAlias

from dataset import evidence as ev
from dataset.corpus import PREFIXES, Corpus
from dataset.edtf import bounds
from dataset.fold import words
from dataset.records import SERVED, SLUG, Discrepancy, Entity, Event, Figure, Record
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

MAX_LENGTH = 200  # characters of a value
_YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
_DAY = "(02-(0[1-9]|1[0-9]|2[0-8])|(04|06|09|11)-(0[1-9]|[12][0-9]|30)|(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))"
_FORMS = {
    "date": rf"^({_YEAR}|{_YEAR}-(0[1-9]|1[0-2])|{_YEAR}-{_DAY}|{_LEAP_YEAR}-02-29)$",
    "decimal": r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$",
}
_SURROGATE = re.compile("[\ud800-\udfff]")  # comes in by JSON or the command line, and has no UTF-8
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
    keys: Callable[[Corpus, Any], Iterable[Any]]
    """The keys of a record; for FROM and TO its span: the low and the high end, each None where open."""
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

    @property
    def pattern(self) -> str | None:
        """The regular expression that a value of ids, days or numbers has; of terms and words there is none."""
        return rf"^({'|'.join(self._prefixes)})-{SLUG}$" if self.ids else _FORMS.get(self.form)

    @property
    def _prefixes(self) -> list[str]:
        return [prefix for prefix, collection in PREFIXES.items() if collection in self.ids]

    def parse(self, text: str) -> Key | Decimal:
        """Return the value as the index compares it. Raises ValueError with the reason."""
        formed = len(text) <= MAX_LENGTH and (self.pattern is None or re.fullmatch(self.pattern, text, re.ASCII))
        if self.vocabulary:
            if text not in {term.value for term in self.vocabulary}:
                raise ValueError(f"must be one of {', '.join(term.value for term in self.vocabulary)}")
            return text
        if self.ids:
            if not formed:
                raise ValueError(f"must be an id that begins with {' or '.join(f'{p}-' for p in self._prefixes)}")
            return text
        if self.form == "date":
            if not formed:
                raise ValueError(_NO_DAY)
            return _day(text, first=self.match is Match.FROM)
        if self.form == "decimal":
            if not formed:
                raise ValueError("must be a number, such as 100 or 0.5")
            return Decimal(text)
        if not formed or not text:
            raise ValueError(f"must have from 1 to {MAX_LENGTH} characters")
        if _SURROGATE.search(text):
            raise ValueError("must be Unicode text, without a half of a surrogate pair")
        return text


def _day(text: str, *, first: bool) -> str:
    day = bounds(text)[0 if first else 1]
    assert day  # noqa: S101 (only intervals are open)
    return day


def _terms(name: str, vocabulary: type[Term], description: str = "", field: str = "") -> Filter:
    def keys(_: Corpus, record: Any) -> Iterator[str]:
        value = getattr(record, field or name)
        if value is not None:
            yield value.value

    return Filter(name, description or (vocabulary.__doc__ or ""), Match.EQUAL, keys, vocabulary=vocabulary)


def _ids(name: str, description: str, keys: Callable[[Corpus, Any], Iterable[str | None]], *collections: str) -> Filter:
    def present(corpus: Corpus, record: Any) -> Iterator[str]:
        return (key for key in keys(corpus, record) if key is not None)

    return Filter(name, description, Match.EQUAL, present, ids=collections or ("entities",))


def _span(name: str, form: str, keys: Callable[[Any], tuple[Any, Any]], low: str, high: str) -> tuple[Filter, Filter]:
    def ends(_: Corpus, record: Any) -> tuple[Any, Any]:
        return keys(record)

    suffixes = ("from", "to") if form == "date" else ("min", "max")
    return (
        Filter(f"{name}_{suffixes[0]}", low, Match.FROM, ends, form=form),
        Filter(f"{name}_{suffixes[1]}", high, Match.TO, ends, form=form),
    )


def _sources(corpus: Corpus, record: Record) -> Iterator[str]:
    for citation in _cited(corpus, record):
        yield corpus.citations[citation].source


def _cited(_: Corpus, record: Record) -> Iterator[str]:
    if isinstance(record, Discrepancy):
        yield from record.citations
    else:
        yield from ev.citations(record)


def _modalities(_: Corpus, record: Record) -> Iterator[str]:
    return (entry.modality.value for entry in ev.entries(record))


def _speakers(_: Corpus, record: Record) -> Iterator[str | None]:
    return (entry.attributed_to for entry in ev.entries(record))


def _participants(_: Corpus, event: Event) -> Iterator[str]:
    yield from (participation.entity for participation in event.participations)


def _roles(_: Corpus, event: Event) -> Iterator[str]:
    yield from (participation.role.value for participation in event.participations)


def _days(event: Event) -> tuple[str | None, str | None]:
    return event.date.earliest, event.date.latest


def _numbers(figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    low, high = figure.low or figure.value, figure.high or figure.value
    return (Decimal(low) if low else None), (Decimal(high) if high else None)


def _names(_: Corpus, entity: Entity) -> Iterator[str]:
    for name in entity.names:
        yield from words(name.text)


_EVIDENCE = (
    _ids("source", "Cites this source.", _sources, "sources"),
    _ids("citation", "Cites this passage.", _cited, "citations"),
    Filter(
        "modality",
        "Some of its evidence has this modality.",
        Match.EQUAL,
        _modalities,
        vocabulary=Modality,
    ),
    _ids("speaker", "Some of its evidence is attributed to this entity.", _speakers),
)


def _every(collection: str) -> tuple[Filter, ...]:
    """Return the filters that every collection has."""
    return (
        Filter(
            "q",
            "Full-text search finds it: every word, or its beginning from three letters on, in any of its texts.",
            Match.TEXT,
            lambda _, __: (),
        ),
        _ids("ids", "Has one of these ids.", lambda _, record: [record.id], collection),
    )


_OWN: Mapping[str, tuple[Filter, ...]] = MappingProxyType(
    {
        "sources": (
            _ids("source", "Is this source.", lambda _, source: [source.id], "sources"),
            _terms("kind", SourceKind),
            *_span(
                "published",
                "date",
                lambda source: (source.published[:10], source.published[:10]),
                "Was published on this day or later: a day, month or year.",
                "Was published on this day or earlier: a day, month or year.",
            ),
        ),
        "citations": (_ids("source", "Stands in this source.", lambda _, c: [c.source], "sources"),),
        "entities": (
            _terms("kind", EntityKind),
            Filter(
                "name",
                "Each word begins a word of one of its names, whatever the case and the accents.",
                Match.WORDS,
                _names,
            ),
            *_EVIDENCE,
        ),
        "events": (
            _terms("kind", EventKind),
            _terms("status", EventStatus),
            *_span(
                "date",
                "date",
                _days,
                "Can have happened on this day or later: a day, month or year.",
                "Can have happened on this day or earlier: a day, month or year.",
            ),
            _ids("entity", "This entity takes part in it.", _participants),
            Filter("role", "Somebody takes part in it in this role.", Match.EQUAL, _roles, vocabulary=Role),
            _ids("place", "It happened in this place.", lambda _, event: [event.place]),
            _ids("part_of", "It is a part of this event.", lambda _, event: [event.part_of], "events"),
            *_EVIDENCE,
        ),
        "figures": (
            _terms("measure", Measure),
            _ids("event", "It is about this event.", lambda _, f: [f.about] if f.about[:3] == "evt" else [], "events"),
            _ids("entity", "It is about this entity.", lambda _, f: [f.about] if f.about[:3] == "ent" else []),
            _terms("unit", Unit),
            *_span(
                "value",
                "decimal",
                _numbers,
                "Its number, or some of its range, is at least this.",
                "Its number, or some of its range, is at most this.",
            ),
            _terms("comparator", Comparator),
            _ids("part_of", "It is a part of this figure.", lambda _, figure: [figure.part_of], "figures"),
            _ids("restates", "It restates this figure.", lambda _, figure: [figure.restates], "figures"),
            *_EVIDENCE,
        ),
        "relations": (
            _ids("subject", "This entity or event is its subject.", lambda _, r: [r.subject], "entities", "events"),
            _terms("predicate", Predicate),
            _ids("object", "This entity or event is its object.", lambda _, r: [r.object], "entities", "events"),
            _ids(
                "party",
                "This entity or event is its subject or its object.",
                lambda _, relation: [relation.subject, relation.object],
                "entities",
                "events",
            ),
            _terms("valid", Tense),
            *_EVIDENCE,
        ),
        "discrepancies": (
            _terms("reason", DiscrepancyReason),
            _ids(
                "record",
                "It concerns this record.",
                lambda _, discrepancy: discrepancy.records,
                "figures",
                "events",
                "relations",
                "entities",
            ),
            *_EVIDENCE[:2],
        ),
    }
)

FILTERS: Mapping[str, tuple[Filter, ...]] = MappingProxyType(
    {collection: (*_every(collection), *own) for collection, own in _OWN.items()}
)
"""The filters of each collection, in the order in which they are shown."""

assert FILTERS.keys() == SERVED.keys()  # noqa: S101 (a collection without filters would be a door without a handle)
