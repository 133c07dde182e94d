"""The part of EDTF (ISO 8601-2) that news needs, and the days that it can mean.

`2022`, `2022-03`, `2022-03-15`, a season (`2021-23`: 21 spring, 22 summer, 23 autumn, 24 winter; the northern,
meteorological ones, winter ending in the February that follows), each with `~` (about), `?` (uncertain) or `%`
(both), and an interval of two of them, one of which may be `..` (open). A part of a month is an interval: early is
its days 1 to 10, mid 11 to 20, late from 21, as in `2022-02-21~/2022-02-28`. A qualifier does not widen the days.
Test vectors: `tests/vectors/edtf.json`.
"""

import calendar
import re
from datetime import date

_POINT = re.compile(r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?)?[~?%]?", re.ASCII)
_SEASONS = {21: 3, 22: 6, 23: 9, 24: 12}


class EdtfError(ValueError):
    """The string is not a date of this subset of EDTF; the message says why."""


def bounds(edtf: str) -> tuple[str | None, str | None]:
    """Return the earliest and the latest day that the date can mean, as `YYYY-MM-DD`, or None for an open end.

    Raises EdtfError.
    """
    first, slash, second = edtf.partition("/")
    if not slash:
        return _point(first)
    if first == second == "..":
        raise EdtfError("an interval has at most one open end")
    earliest = None if first == ".." else _point(first)[0]
    latest = None if second == ".." else _point(second)[1]
    if earliest and latest and earliest > latest:
        raise EdtfError(f"the interval {edtf!r} ends before it begins")
    return earliest, latest


def is_day(text: str) -> bool:
    """Return whether a text is one day of the calendar, as `YYYY-MM-DD`."""
    try:
        return bounds(text) == (text, text)
    except EdtfError:
        return False


def _point(text: str) -> tuple[str, str]:
    found = _POINT.fullmatch(text)
    if not found:
        raise EdtfError(f"{text!r} is no year, month, season or day")
    year, month, day = (int(part) if part else None for part in found.group("year", "month", "day"))
    try:
        if year is not None and month in _SEASONS and day is None:
            return _season(year, _SEASONS[month])
        start = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError as error:
        raise EdtfError(f"{text!r} is not in the calendar") from error
    if day:
        return str(start), str(start)
    last = month or 12
    return str(start), str(date(start.year, last, calendar.monthrange(start.year, last)[1]))


def _season(year: int, month: int) -> tuple[str, str]:
    end_year, end_month = (year + 1, 2) if month == 12 else (year, month + 2)
    return str(date(year, month, 1)), str(date(end_year, end_month, calendar.monthrange(end_year, end_month)[1]))
