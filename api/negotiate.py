"""What a client accepts: the Accept headers of RFC 9110."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import TypeVar

from starlette.datastructures import Headers

T = TypeVar("T")

USUAL = 200
"""Characters of a header that is remembered as it was read: nearly all clients send one of a few."""

HEADERS = 1_000
"""How many headers are remembered of one kind."""

_QUALITY = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)", re.ASCII)


def combined(headers: Headers, name: str) -> str:
    """Return a header's value, that of its several lines being one list (RFC 9110, 5.3)."""
    return ", ".join(headers.getlist(name))


def remembered(read: Callable[[str], T], most: int = HEADERS) -> Callable[[str], T]:
    """Return what reads a header as it is told, and remembers what the usual ones came to."""
    known = lru_cache(most)(read)
    return lambda header: known(header) if len(header) <= USUAL else read(header)


@remembered
def accepted(header: str) -> tuple[tuple[str, float], ...]:
    """Return the values of an Accept header, each with its quality, the most wanted first.

    A value whose quality is malformed is not wanted.
    """
    found = []
    for part in header.split(","):
        value, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = float(parameter[2:]) if _QUALITY.fullmatch(parameter[2:]) else 0.0
        if value:
            found.append((value, quality))
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def chooser(media_types: Mapping[str, str]) -> Callable[[str], str | None]:
    """Return what tells, by an Accept header, which of our media types a client wants most, as `preferred` does.

    There is one for each address, so each remembers a few headers only.
    """
    return remembered(partial(preferred, media_types=media_types), 16)


def preferred(header: str, media_types: Mapping[str, str]) -> str | None:
    """Return which of our media types, named by their values, a client wants most; None: it wants none of them.

    The first of several that are wanted alike is taken. Parameters of a media type do not count.
    """
    if not header.strip():
        return next(iter(media_types.values()))
    ranges = dict(reversed(accepted(header)))
    best, found = 0.0, None
    for kind, name in media_types.items():
        options = (kind, f"{kind.partition('/')[0]}/*", "*/*")
        quality = next((ranges[option] for option in options if option in ranges), 0.0)
        if quality > best:
            best, found = quality, name
    return found
