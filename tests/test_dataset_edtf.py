"""The subset of EDTF, and the days that its dates can mean."""

import calendar
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset.edtf import EdtfError, bounds

VECTORS = json.loads((Path(__file__).parent / "vectors" / "edtf.json").read_text("ascii"))

_points = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda day: str(day)[:7]),
    st.dates().map(lambda day: str(day)[:4]),
    st.builds(
        lambda day, season: f"{str(day)[:4]}-{season}", st.dates(max_value=date(9998, 1, 1)), st.integers(21, 24)
    ),
)
_qualified = st.builds(str.__add__, _points, st.sampled_from(["", "~", "?", "%"]))


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda vector: vector["edtf"])
def test_a_date_means_the_published_days(vector: dict[str, Any]) -> None:
    """Each published vector's date gives the vector's earliest and latest day."""
    assert (vector["earliest"], vector["latest"]) == bounds(vector["edtf"])


@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=lambda vector: f"{vector['edtf']!a} {vector['why']}")
def test_what_is_no_date_of_the_subset_is_refused(vector: dict[str, str]) -> None:
    """Each published string that is no date is refused."""
    with pytest.raises(EdtfError):
        bounds(vector["edtf"])


@pytest.mark.parametrize(
    ("edtf", "message"),
    [
        ("soon", "'soon' is no year, month, season or day"),
        ("2022-13", "'2022-13' is not in the calendar"),
        ("2021-02-29", "'2021-02-29' is not in the calendar"),
        ("2022-00", "'2022-00' is not in the calendar"),
        ("2022-03-00", "'2022-03-00' is not in the calendar"),
        ("../..", "an interval has at most one open end"),
        ("2022/2021", "the interval '2022/2021' ends before it begins"),
    ],
)
def test_a_refusal_says_why(edtf: str, message: str) -> None:
    """The message names the string and what is wrong with it."""
    with pytest.raises(EdtfError) as refusal:
        bounds(edtf)
    assert message == str(refusal.value)


@given(st.dates())
def test_a_day_means_itself(day: date) -> None:
    """Every day of the calendar is its own earliest and latest day."""
    assert (str(day), str(day)) == bounds(str(day))


@given(st.dates())
def test_a_month_and_a_year_begin_and_end_with_their_days(day: date) -> None:
    """A month runs to the last of its days and a year to December 31."""
    first, last = day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    assert (str(first), str(last)) == bounds(str(day)[:7])
    assert (str(day.replace(month=1, day=1)), str(day.replace(month=12, day=31))) == bounds(str(day)[:4])


@given(st.integers(1, 9998))
def test_the_seasons_of_a_year_follow_one_another_without_a_gap(year: int) -> None:
    """Spring begins in March, each season on the day after the one before, and winter ends with February."""
    seasons = [bounds(f"{year:04}-{season}") for season in (21, 22, 23, 24)]
    starts = [date.fromisoformat(start or "") for start, _ in seasons]
    ends = [date.fromisoformat(end or "") for _, end in seasons]
    assert date(year, 3, 1) == starts[0]
    assert starts[1:] == [end + timedelta(days=1) for end in ends[:-1]]
    assert date(year + 1, 3, 1) == ends[-1] + timedelta(days=1)


@given(_points, st.sampled_from("~?%"))
def test_a_qualifier_does_not_widen_the_days(point: str, qualifier: str) -> None:
    """About a day, or perhaps that day, is the same day."""
    assert bounds(point) == bounds(point + qualifier)


@given(_qualified, _qualified)
@settings(max_examples=60, deadline=None)
def test_an_interval_runs_from_its_first_day_to_its_last(first: str, second: str) -> None:
    """An interval takes the earliest day of its beginning and the latest of its end, or is refused as reversed."""
    earliest, latest = bounds(first)[0], bounds(second)[1]
    assert earliest
    assert latest
    assert (earliest, None) == bounds(f"{first}/..")
    assert (None, latest) == bounds(f"../{second}")
    if earliest <= latest:
        assert (earliest, latest) == bounds(f"{first}/{second}")
    else:
        with pytest.raises(EdtfError, match="ends before it begins"):
            bounds(f"{first}/{second}")


@given(st.text("0123-/.~? 9", max_size=21))
def test_any_string_is_refused_or_has_bounds_in_order(text: str) -> None:
    """No string gives anything but an EdtfError or two days of the calendar in order, one of them maybe open."""
    try:
        earliest, latest = bounds(text)
    except EdtfError:
        return
    days = [date.fromisoformat(day) for day in (earliest, latest) if day]
    assert days
    assert sorted(days) == days


# The `edtf` package lets winter end with the year, knows no qualified season alone, and gives open ends other values.
_SHARED = [v for v in VECTORS["valid"] if not re.search(r"-24|^[0-9]{4}-2[1-4][~?%]$|\.\.", v["edtf"])]


@pytest.mark.parametrize("vector", _SHARED, ids=lambda vector: vector["edtf"])
def test_the_days_are_those_of_the_edtf_package(vector: dict[str, Any]) -> None:
    """Another implementation of the standard gives the same days."""
    parsed = parse_edtf(vector["edtf"])
    theirs = tuple("{:04}-{:02}-{:02}".format(*end) for end in (parsed.lower_strict(), parsed.upper_strict()))
    assert theirs == bounds(vector["edtf"])


@pytest.mark.parametrize("vector", [v for v in VECTORS["valid"] if ".." in v["edtf"]], ids=lambda v: v["edtf"])
def test_an_open_end_is_one_to_the_edtf_package_too(vector: dict[str, Any]) -> None:
    """Another implementation reads the same intervals with an open end."""
    assert vector["edtf"] == str(parse_edtf(vector["edtf"]))
