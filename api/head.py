"""What a request's headers say, found out once for all requests that have the same ones.

A client sends the same headers again and again. Those that came before are looked up with what they say, whoever sends
them; the long ones, and those that are others each time, are read as they come and take no other's place.
"""

import re
from collections.abc import Sequence
from itertools import chain

from dataset.memo import Memo

BUDGET = 2_000_000
"""Bytes of headers that are kept, with what they say."""

LINE = 250
"""Bytes that a header takes beside its own, about: its places in lists and by its name."""

LONGEST = 2_000
"""Bytes of headers beyond which they are not kept."""

_TOLD = (b"accept", b"accept-encoding", b"content-encoding", b"content-type", b"host", b"if-none-match")
"""The headers that an answer may depend on."""

_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}").fullmatch

Headers = Sequence[tuple[bytes, bytes]]


class Head:
    """What a request's headers say."""

    __slots__ = ("bodily", "given", "lines", "name", "right", "size", "told")

    def __init__(self, headers: Headers) -> None:
        self.lines = headers
        """The headers, as they came."""
        self.given = given = dict(headers)
        """The headers by name; of one that is there twice the last."""
        self.size = len(b"".join(chain.from_iterable(headers)))
        """The bytes of all names and values."""
        self.bodily = given.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in given
        """Whether a body comes with them."""
        name = given.get(b"x-request-id")
        self.name = name if name is not None and _SANE(name) else None
        """The id that the client gives the request, if it is a sane one."""
        self.told = tuple(map(given.get, _TOLD)) if len(given) == len(headers) else None
        """The values that an answer may depend on; None where a header is there twice."""
        self.right = False
        """Whether the edge found nothing wrong with them."""

    def line(self, name: bytes) -> str:
        """Return a header's value, that of its several lines being one list (RFC 9110, 5.3)."""
        return b", ".join([value for key, value in self.lines if key == name]).decode("latin-1")


class Heads:
    """What the headers say that came before."""

    def __init__(self) -> None:
        self._memo: Memo[Head] = Memo(BUDGET)

    def of(self, headers: Headers) -> Head:
        """Return what these headers say."""
        key = tuple(headers)
        found = self._memo.get(key)
        if found is None:
            found = Head(key)
            if found.size <= LONGEST:
                self._memo.offer(key, found, found.size + LINE * (len(key) + 1))
        return found
