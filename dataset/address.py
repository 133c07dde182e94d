"""Addresses of answers: what REST serves where, written in one way."""

import re
from collections.abc import Iterable
from urllib.parse import quote

ROOT = "/v1"
"""Below it the latest release answers."""

PINNED = ROOT + "/releases/{version}"
"""Below it one release answers for good."""

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*").fullmatch

Pairs = tuple[tuple[str, str], ...]


def pinned(version: str) -> str:
    """Return the path below which a release answers for good."""
    return PINNED.format(version=version)


def written(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a path with a query string."""
    query = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in pairs])
    path = path if _PLAIN_PATH(path) else quote(path)  # nearly all are plain, and quoting takes its time
    return f"{path}?{query}" if query else path


def _quoted(text: str) -> str:
    return text if _PLAIN(text) else quote(text, safe="")  # as above


def matched(template: str, path: str) -> dict[str, str] | None:
    """Return the parts of a path that a template such as `/events/{id}` leaves open, or None where it does not fit."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/.]+)", re.escape(template))
    found = re.fullmatch(pattern, path)
    return found.groupdict() if found else None
