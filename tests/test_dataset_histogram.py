"""Histograms: what surely and what possibly lies in each bucket, against a check of every record and bucket."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset.catalog import Catalog, Edition
from dataset.edtf import bounds
from dataset.histogram import DATED, MAX_BUCKETS, Bucket, Histogram, histogram
from dataset.query import QueryError, parse, select
from dataset.vocabulary import Interval
from tests import world

LENGTHS = {Interval.YEAR: 4, Interval.MONTH: 7, Interval.DAY: 10}
EDTF = (
    "2019 2020 2021 2020-01 2020-02 2020-12 2020-02-29 2020-02-28 2020-03-01 2019-12-31 2020-01-01 2020-24 2019-21 "
    "2020~ 2020-02? 2020-01/2020-03 2020-01-30/2020-02-02 2019-12-31/2020-01-01 2020-02-10/2020-02-20 "
    "2020-02/.. ../2020-01 ../2019-12-31 2021-06-30/.."
).split()


def _edition(dates: Sequence[str]) -> Edition:
    """Return a world with one event at each date."""
    records = world.raw()
    event = records["events", "evt-closures"]
    for key in [key for key in records if key[0] in ("events", "figures", "discrepancies")]:
        del records[key]
    for number, edtf in enumerate(dates):
        name = f"evt-{number}"
        records["events", name] = {**event, "id": name, "date": world.day(edtf)}
    return world.edition_of(records)


def _histogram(dates: Sequence[str], interval: Interval) -> Histogram:
    return histogram(_edition(dates), parse("events", {}), interval)


def _counts(found: Histogram) -> list[tuple[str, int, int]]:
    return [(one.bucket, one.count, one.possible) for one in found.buckets]


def test_events_and_sources_have_dates() -> None:
    """A collection has a histogram if it has a filter by day."""
    assert dict(DATED) == {"sources": "published_from", "events": "date_from"}


def _days(edtf: str) -> tuple[date, date]:
    """Return the first and the last day that a date can mean; an open end is that of the calendar."""
    first, last = bounds(edtf)
    return date.fromisoformat(first or "0001-01-01"), date.fromisoformat(last or "9999-12-31")


@settings(max_examples=60)
@given(st.lists(st.sampled_from(EDTF), max_size=8), st.sampled_from(Interval))
@example(["9999-12-31", "9999"], Interval.DAY)
@example(["9999-12-31", "9999-11"], Interval.MONTH)
@example(["0001-01-01"], Interval.YEAR)
def test_counts_are_those_of_a_check_of_every_record(dates: list[str], interval: Interval) -> None:
    """A record is counted where all its days lie, is possible where one of them does, and else is undetermined."""
    found = _histogram(dates, interval)
    spans = [_days(edtf) for edtf in dates]

    def key(day: date) -> str:
        return str(day)[: LENGTHS[interval]]

    sure = [key(first) for first, last in spans if key(first) == key(last)]
    expected = []
    if sure:
        day, end = (min_max(first for first, last in spans if key(first) == key(last)) for min_max in (min, max))
        keys = {key(day), key(end)}
        while day < end:
            keys.add(key(day))
            day += timedelta(days=1)
        expected = [
            (name, sure.count(name), sum(key(first) <= name <= key(last) for first, last in spans))
            for name in sorted(keys)
        ]

    assert _counts(found) == expected
    assert (found.interval, found.records, found.undetermined) == (interval, len(dates), len(dates) - len(sure))
    assert sum(one.count for one in found.buckets) + found.undetermined == found.records


@pytest.mark.parametrize("interval", Interval)
def test_buckets_follow_one_another_without_a_gap(interval: Interval) -> None:
    """Each begins on the day after the one before it, and its name is the date of both its ends."""
    found = _histogram(["2019-11-05", "2020-03-02", "2021-02-28"], interval)

    assert [one.first for one in found.buckets[1:]] == [
        str(date.fromisoformat(one.last) + timedelta(days=1)) for one in found.buckets[:-1]
    ]
    for one in found.buckets:
        assert bounds(one.bucket) == (one.first, one.last)


def test_empty_buckets_lie_between() -> None:
    """A month in which nothing surely lies is there, with what can lie in it; nothing beyond the sure ones is."""
    found = _histogram(["2020-01-05", "2020-04", "2020-01-20/2020-02-10", "../2019", "2020-03/.."], Interval.MONTH)

    assert found == Histogram(
        interval=Interval.MONTH,
        records=5,
        undetermined=3,
        buckets=(
            Bucket(bucket="2020-01", first="2020-01-01", last="2020-01-31", count=1, possible=2),
            Bucket(bucket="2020-02", first="2020-02-01", last="2020-02-29", count=0, possible=1),
            Bucket(bucket="2020-03", first="2020-03-01", last="2020-03-31", count=0, possible=1),
            Bucket(bucket="2020-04", first="2020-04-01", last="2020-04-30", count=1, possible=2),
        ),
    )


@pytest.mark.parametrize("dates", [[], ["2020-01/.."], ["../2020", "2019/2020"]])
def test_without_a_sure_record_there_are_no_buckets(dates: list[str]) -> None:
    """What lies in no single bucket is counted as undetermined alone."""
    found = _histogram(dates, Interval.YEAR)

    assert (found.buckets, found.undetermined, found.records) == ((), len(dates), len(dates))


@pytest.mark.parametrize(
    ("last", "interval", "buckets"),
    [
        ("2021-09-26", Interval.DAY, None),
        ("2021-09-27", Interval.DAY, 1001),
        ("2102-04-01", Interval.MONTH, None),
        ("2102-05-01", Interval.MONTH, 1001),
        ("3018-01-01", Interval.YEAR, None),
        ("3019-01-01", Interval.YEAR, 1001),
    ],
)
def test_too_many_buckets_are_refused(last: str, interval: Interval, buckets: int | None) -> None:
    """A thousand buckets are answered; one more is refused with the number, by the name `interval`."""
    dates = ["2019-01-01", last]
    if buckets is None:
        assert len(_histogram(dates, interval).buckets) == MAX_BUCKETS
        return
    with pytest.raises(QueryError) as caught:
        _histogram(dates, interval)

    assert caught.value.parameter == "interval"
    assert caught.value.reason == f"{interval.value} makes 1001 buckets of these records; at most 1000 are answered"


def test_only_what_is_asked_for_is_counted(catalog: Catalog) -> None:
    """The filters of the question hold; sources lie on the day of publication."""
    query = parse("sources", {"published_from": ["2022-03"], "published_to": ["2022-03"]})
    found = histogram(catalog.latest, query, Interval.DAY)

    assert _counts(found) == [("2022-03-15", 1, 1)]
    assert found.records == len(select(catalog.latest, query)) == 1
