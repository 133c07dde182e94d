"""Histograms: how many of the records that a question asks for lie in each day, month or year.

A date is as precise as its source gives it. A record counts in a bucket only where every day that its date can mean
lies in it; `possible` counts those as well whose date may lie in it.
"""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar

from pydantic import ConfigDict

from dataset.catalog import Edition
from dataset.days import Spans
from dataset.filter import FILTERS, Match
from dataset.picking import picked
from dataset.query import Query, QueryError
from dataset.records import STRICT
from dataset.sequence import Keys
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


def histogram(edition: Edition, query: Query, interval: Interval, answered: Keys | None = None) -> Histogram:
    """Return the histogram of what a question asks for; where it was `answered` before, of that.

    Raises QueryError where it would have too many buckets.
    """
    chosen = picked(edition, query, answered)
    found = edition.index.days(query.collection).count(chosen, interval)
    undetermined = chosen.total - found.within.total()
    return Histogram(
        interval=interval, records=chosen.total, undetermined=undetermined, buckets=tuple(_buckets(found, interval))
    )


def _buckets(found: Spans, interval: Interval) -> Iterator[Bucket]:
    """Yield the buckets from the first to the last in which a span surely lies. Raises QueryError."""
    if not found.within:
        return
    start, end = min(found.within), max(found.within)
    if end - start >= MAX_BUCKETS:
        reason = f"{interval.value} makes {end - start + 1} buckets of these records"
        raise QueryError("interval", f"{reason}; at most {MAX_BUCKETS} are answered")
    begun = sum(count for number, count in found.begin.items() if number < start)
    ended = sum(count for number, count in found.end.items() if number < start)
    for number in range(start, end + 1):
        begun += found.begin[number]
        first, last = _ends(number, interval)
        yield Bucket(
            bucket=first[: _LENGTHS[interval]],
            first=first,
            last=last,
            count=found.within[number],
            possible=begun - ended,
        )
        ended += found.end[number]


_LENGTHS = {Interval.DAY: 10, Interval.MONTH: 7, Interval.YEAR: 4}


@lru_cache(maxsize=4 * MAX_BUCKETS)
def _ends(number: int, interval: Interval) -> tuple[str, str]:
    """Return the first and the last day of a bucket."""
    if interval is Interval.DAY:
        return (str(date.fromordinal(number)),) * 2
    if interval is Interval.YEAR:
        return f"{number:04}-01-01", f"{number:04}-12-31"
    year, month = divmod(number, 12)
    name = f"{year:04}-{month + 1:02}"
    return f"{name}-01", f"{name}-{calendar.monthrange(year, month + 1)[1]}"
