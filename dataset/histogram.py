"""Histograms: how many of the records that a question asks for lie in each day, month or year.

A date is as precise as its source gives it. A record counts in a bucket only where every day that its date can mean
lies in it; `possible` counts those as well whose date may lie in it.
"""

import calendar
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import ClassVar

from pydantic import ConfigDict

from dataset.catalog import Edition
from dataset.filter import FILTERS, Match
from dataset.query import Query, QueryError, matching
from dataset.records import STRICT
from dataset.vocabulary import Interval

MAX_BUCKETS = 1_000

DATED: Mapping[str, str] = MappingProxyType(
    {
        collection: item.name
        for collection, filters in FILTERS.items()
        for item in filters
        if item.match is Match.FROM and item.form == "date"
    }
)
"""The collections whose records have a date, with the filter that reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A day, month or year."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    bucket: str
    """The day, month or year: 2022-03-15, 2022-03 or 2022."""
    first: str
    """Its first day."""
    last: str
    """Its last day."""
    count: int
    """How many records surely lie in it."""
    possible: int
    """How many can lie in it, those included that surely do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """The buckets from the first to the last that surely holds a record, the empty ones between them included."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    interval: Interval
    """How long a bucket is."""
    records: int
    """How many records there are."""
    undetermined: int
    """How many surely lie in no single bucket: their dates are less precise, or open."""
    buckets: tuple[Bucket, ...]
    """The buckets, the earliest first."""


def histogram(edition: Edition, query: Query, interval: Interval) -> Histogram:
    """Return the histogram of what a question asks for. Raises QueryError where it would have too many buckets."""
    collection = query.collection
    corpus = edition.release.corpus
    records = corpus.collection(collection)
    span = next(item for item in FILTERS[collection] if item.name == DATED[collection])
    spans = [tuple(span.keys(corpus, records[name])) for name in matching(edition, query)]
    sure = [low for low, high in spans if low and high and _key(low, interval) == _key(high, interval)]
    lows = sorted(low or "" for low, _ in spans)
    highs = sorted(high or "9999-12-31" for _, high in spans)
    counts = Counter(_key(day, interval) for day in sure)
    buckets = tuple(
        Bucket(
            bucket=_key(first, interval),
            first=first,
            last=last,
            count=counts[_key(first, interval)],
            possible=bisect_right(lows, last) - bisect_left(highs, first),
        )
        for first, last in (_range(sure, interval) if sure else ())
    )
    return Histogram(interval=interval, records=len(spans), undetermined=len(spans) - len(sure), buckets=buckets)


_LENGTHS = {Interval.DAY: 10, Interval.MONTH: 7, Interval.YEAR: 4}


def _key(day: str, interval: Interval) -> str:
    return day[: _LENGTHS[interval]]


def _range(days: list[str], interval: Interval) -> Iterator[tuple[str, str]]:
    """Yield the first and the last day of every bucket that these days span. Raises QueryError."""
    start, end = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    count = {
        Interval.DAY: (end - start).days + 1,
        Interval.MONTH: (end.year - start.year) * 12 + end.month - start.month + 1,
        Interval.YEAR: end.year - start.year + 1,
    }[interval]
    if count > MAX_BUCKETS:
        reason = f"{interval.value} makes {count} buckets of these records; at most {MAX_BUCKETS} are answered"
        raise QueryError("interval", reason)
    return _buckets(start, end, interval)


def _buckets(start: date, end: date, interval: Interval) -> Iterator[tuple[str, str]]:
    first = start.replace(
        month=1 if interval is Interval.YEAR else start.month, day=start.day if interval is Interval.DAY else 1
    )
    while first <= end:
        last = _last(first, interval)
        yield str(first), str(last)
        if last == date.max:
            return
        first = last + timedelta(days=1)


def _last(first: date, interval: Interval) -> date:
    if interval is Interval.DAY:
        return first
    month = first.month if interval is Interval.MONTH else 12
    return date(first.year, month, calendar.monthrange(first.year, month)[1])
