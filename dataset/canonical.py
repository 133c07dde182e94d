"""The one serialiser of records: it owns every byte of a record file."""

import json
from collections.abc import Sequence
from typing import Any

import orjson

MAX_NESTING = 64
"""Levels of arrays and objects within one another that are read: neither a record nor a request has a quarter."""

_FLAT = frozenset((str, int, bool, type(None)))
"""What has no levels and is no fraction."""

_DIGITS = 20
"""Characters of the longest whole number that has 64 bits."""


def to_bytes(value: object) -> bytes:
    """Return a record, or a sequence of records, as its file holds it: UTF-8, two spaces, fields as declared."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def to_plain(value: object) -> Any:
    """Return a record as JSON's own types: dict, list, str, bool, None."""
    return orjson.loads(orjson.dumps(value))


def parse(data: bytes) -> Any:
    """Return what JSON text says.

    Raises ValueError with the reason: for what is no JSON in UTF-8, for duplicate keys, for numbers that 64 bits do not
    hold, for halves of surrogate pairs, and for more than MAX_NESTING levels.
    """
    try:
        value = orjson.loads(data)
        # orjson keeps the last one of duplicate keys, and makes a float of a whole number that is too long. What it
        # kept has a colon for each key, and those in its texts: a key that it dropped is missing here.
        if (
            data.count(b":") == orjson.dumps(value).count(b":")
            and (b"\\" not in data or b"\\u003" not in data)  # a colon that is escaped
            and _plain(value, MAX_NESTING)
        ):
            return value
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return _slowly(data)


def _plain(value: Any, levels: int) -> bool:
    """Return whether a value has no more than so many levels, and no fraction: such may have been a whole number."""
    if value.__class__ is dict:
        value = value.values()
    elif value.__class__ is not list:
        return value.__class__ in _FLAT
    if levels == 0:
        return False
    for one in value:  # noqa: SIM110 (all() would take twice the time, for every request)
        if one.__class__ not in _FLAT and not _plain(one, levels - 1):
            return False
    return True


def _deep(value: Any) -> int:
    """Return how many levels of arrays and objects a value has."""
    levels, inside = 0, [value]
    while inside:
        inside = [one for one in inside if type(one) is dict or type(one) is list]
        levels += bool(inside)
        inside = [each for one in inside for each in (one.values() if type(one) is dict else one)]
    return levels


def _slowly(data: bytes) -> Any:
    """Return what JSON text says, as `parse` does, and find out what is wrong with it."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_constant,
            parse_int=_whole,
            parse_float=_fraction,
        )
        # The bytes are for halves of surrogate pairs only, which have none.
        json.dumps(value, ensure_ascii=False).encode()
        if _deep(value) > MAX_NESTING:
            raise RecursionError
        return value
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte {error.start}") from error
    except UnicodeEncodeError as error:
        raise ValueError("not Unicode text: a half of a surrogate pair") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} in line {error.lineno}") from error
    except RecursionError as error:
        raise ValueError("not JSON: nested too deeply") from error


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        again = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {again[:100]!r} is there twice")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"not JSON: {name}")


def _whole(text: str) -> int:
    if len(text) > _DIGITS or not -(2**63) <= int(text) < 2**64:
        raise ValueError(f"a number that 64 bits do not hold: {text[:_DIGITS]}{'…' if len(text) > _DIGITS else ''}")
    return int(text)


def _fraction(text: str) -> float:
    found = float(text)
    if found in (float("inf"), float("-inf")):
        raise ValueError(f"a number that 64 bits do not hold: {text[:_DIGITS]}{'…' if len(text) > _DIGITS else ''}")
    return found
