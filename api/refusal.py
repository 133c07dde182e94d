"""What a connection answers by itself, where nothing that came could be handed on.

These answers carry what every other one does, and are counted and logged like it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from api import errors, logs, observe
from api.head import Head
from api.metrics import OTHER, Meter

NOBODY = "-"
"""What stands in the log for the method and the address of a request that could not be read."""


@dataclass(frozen=True)
class _Answer:
    status: int
    head: bytes
    """The line and the headers that are always the same."""
    body: bytes


class Refusals:
    """The answers of one worker, counted by a meter if there is one."""

    def __init__(self, meter: Meter | None = None) -> None:
        self._meter = meter
        self._ids = observe.ids()

    def answer(self, kind: str, date: bytes, scope: Scope, elapsed: int) -> bytes:
        """Return the whole answer to what came in so many nanoseconds; `scope` is `unread` where it is no request."""
        found = _ANSWERS[kind]
        name = Head(scope["headers"]).name or next(self._ids)
        if self._meter:
            self._meter.count(self._meter.place(OTHER), found.status, elapsed)
            self._meter.refused(kind)
        if logs.ACCESS.isEnabledFor(logging.INFO):
            before = logs.REQUEST.set(name)  # a connection has one context for all its requests
            logs.answered(scope, found.status, elapsed, len(found.body))
            logs.REQUEST.reset(before)
        own = b"date: %s\r\nx-request-id: %s\r\n\r\n" % (date, name)
        return found.head + own + found.body


def unread(client: tuple[str, int] | None) -> Scope:
    """Return what stands for a request that could not be read."""
    return {"client": client, "method": NOBODY, "path": NOBODY, "query_string": b"", "headers": ()}


def _answer(kind: str, detail: str) -> _Answer:
    response = errors.respond(errors.Problem(kind, detail), {"Connection": "close"})
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "1"
    lines = b"".join(b"%s: %s\r\n" % header for header in (*response.raw_headers, *observe.EVERY))
    return _Answer(response.status_code, STATUS_LINE[response.status_code] + lines, bytes(response.body))


_ANSWERS: Mapping[str, _Answer] = {
    kind: _answer(kind, detail)
    for kind, detail in {
        "malformed-request": "What was sent is not HTTP/1.1.",
        "request-timeout": "The request was not complete in time.",
        "headers-too-large": "The request line and the headers are too long.",
        "too-many-connections": "The server has as many connections as it takes; try again later.",
    }.items()
}
