"""Addresses of answers: what REST serves where, written in one way."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

ROOT = "/v1"
"""Below it the latest release answers."""

PINNED = ROOT + "/releases/{version}"
"""Below it one release answers for good."""

USUAL = 100
"""Characters of a value that is remembered as it is quoted."""

Pairs = tuple[tuple[str, str], ...]


def pinned(version: str) -> str:
    """Return the path below which a release answers for good."""
    return PINNED.format(version=version)


def written(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a path with a query string."""
    query = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in pairs])
    return f"{quote(path)}?{query}" if query else quote(path)


def _quoted(text: str) -> str:
    return _remembered(text) if len(text) <= USUAL else quote(text, safe="")


@lru_cache(4_096)  # the pages around an answer have its own question, and most questions are made of the same words
def _remembered(text: str) -> str:
    return quote(text, safe="")


def matched(template: str, path: str) -> dict[str, str] | None:
    """Return the parts of a path that a template such as `/events/{id}` leaves open, or None where it does not fit."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/.]+)", re.escape(template))
    found = re.fullmatch(pattern, path)
    return found.groupdict() if found else None
