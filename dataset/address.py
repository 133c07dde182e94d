"""Addresses of answers: what REST serves where, written in one way."""

import re
from collections.abc import Iterable
from urllib.parse import quote

ROOT = "/v1"
"""Below it the latest release answers."""

PINNED = ROOT + "/releases/{version}"
"""Below it one release answers for good."""

Pairs = tuple[tuple[str, str], ...]


def pinned(version: str) -> str:
    """Return the path below which a release answers for good."""
    return PINNED.format(version=version)


def written(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a path with a query string."""
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return f"{quote(path)}?{query}" if query else quote(path)


def matched(template: str, path: str) -> dict[str, str] | None:
    """Return the parts of a path that a template such as `/events/{id}` leaves open, or None where it does not fit."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/.]+)", re.escape(template))
    found = re.fullmatch(pattern, path)
    return found.groupdict() if found else None
