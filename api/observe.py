"""Around all else: what every answer carries, what answers an exception, and what is counted and logged of a request.

Answers are kept further in: a message is never changed here, only made anew.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import count
from secrets import token_hex
from time import perf_counter_ns

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors, logs
from api.head import Headers, Heads
from api.metrics import Meter, Place
from api.responses import RELEASE_HEADER
from api.scope import HEAD, ROUTE
from api.tracing import Traces

REQUEST_ID = "X-Request-ID"

EXPOSED = ("Content-Disposition", "ETag", "Link", RELEASE_HEADER, REQUEST_ID)
"""The headers that a page of another origin may read."""

PATHS = 20_000
"""Paths whose place among the figures is remembered; with more, all of them are forgotten."""

PUBLISHED = 1.0
"""Seconds within which what a worker counted elsewhere is seen by the others."""

_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_UNCHANGED: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED).encode("ascii")),
)
"""What a 304 carries: a cache puts it into the answer that it has, which may be a page with a policy of its own.

The same goes to whoever asks, from another origin or not: a cache needs to keep one answer only.
"""

COMPLETE = "complete headers"
"""Where the first message of an answer has its headers, if they are complete already."""

KEPT = "kept"
"""The type of a message that stands for a whole answer, and where it has that."""

EVERY: Headers = (*_UNCHANGED, _POLICY)
"""What every answer carries that says nothing else."""

Handlers = Mapping[type[Exception], Callable[[Request, Exception], Response]]
"""What answers an exception, by its class or the nearest one above it."""

_REQUEST = logs.REQUEST
_PROBLEM = f'{{"type":"{errors.TYPES}#'.encode("ascii")
_ERRORS = (_PROBLEM, b'{"errors":')
_REASON = re.compile(rb"\A" + re.escape(_PROBLEM) + rb'([a-z-]+)"|"code":"([A-Z_]+)"').search


def ids() -> Iterator[bytes]:
    """Yield ids for requests that have none, other ones in each process."""
    prefix = token_hex(4).encode("ascii")
    return (b"%s-%x" % (prefix, number) for number in count(1))


class Kept:
    """An answer that is kept: its headers, complete but for the request's id, and its body. It is sent with 200."""

    __slots__ = ("body", "headers", "place")

    def __init__(self, headers: Headers, body: bytes) -> None:
        self.headers = headers
        self.body = body
        self.place: Place | None = None
        """Where it is counted, once it was."""


class Observe:
    """The application with each request observed, and its answer completed."""

    def __init__(
        self,
        app: ASGIApp,
        meter: Meter,
        routes: Sequence[BaseRoute],
        handlers: Handlers | None = None,
        traces: Traces | None = None,
    ) -> None:
        self._app = app
        self._meter = meter
        self._handlers = handlers or {}
        self._traces = traces
        self._routes = routes
        self._other = meter.place("other")
        self._known: dict[str, Place] = {}
        self._heads = Heads()
        self._ids = ids()
        self._log = logs.ACCESS.isEnabledFor(logging.INFO)
        self._published = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter_ns()
        scope[HEAD] = head = self._heads.of(scope["headers"])
        name = head.name or next(self._ids)
        _REQUEST.set(name)
        status = size = 0
        reason = ""
        kept: Kept | None = None

        def answer(message: Message) -> Awaitable[None]:
            nonlocal status, size, reason, kept
            if message["type"] == KEPT:
                status, kept = 200, message[KEPT]
                size = len(kept.body)
                return _whole(kept, name, send)
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.get(COMPLETE) or completed(status, message["headers"])
                message = {**message, "headers": [*headers, (b"x-request-id", name)]}
            elif "body" in message:
                body: bytes = message["body"]
                size += len(body)
                if body.startswith(_ERRORS):
                    reason = _reason(body)
            return send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            if status:  # it cannot be taken back: whoever serves us breaks it off
                self._meter.refused("fault")
                raise
            await self._handled(scope, error)(scope, receive, answer)
        finally:
            if status:
                elapsed = perf_counter_ns() - began
                place = (kept and kept.place) or self._known.get(scope["path"]) or self._place(scope, status)
                self._meter.count(place, status, elapsed)
                if kept:
                    kept.place = place
                    self._meter.kept()
                elif reason:
                    self._meter.refused(reason)
                if self._published:
                    self._published = False
                    asyncio.get_running_loop().call_later(PUBLISHED, self._publish)
                if self._log:
                    logs.answered(scope, status, elapsed, size)
                if self._traces:
                    self._traces.record(scope, place.route, status, elapsed)

    def _handled(self, scope: Scope, error: Exception) -> Response:
        """Return the answer to an exception; what nobody handles is a fault."""
        request = Request(scope)
        found = (self._handlers.get(kind) for kind in type(error).__mro__)
        handler = next(filter(None, found), errors.on_fault)
        try:
            return handler(request, error)
        except Exception as fault:
            return errors.on_fault(request, fault)

    def _place(self, scope: Scope, status: int) -> Place:
        """Return where a request is counted; that of a path that is there is remembered."""
        found = scope.get(ROUTE)
        if found is None and "router" not in scope and status == 200 and scope["method"] != "OPTIONS":
            # What is kept was sent.
            found = next((route for route in self._routes if route.matches(scope)[0] is not Match.NONE), None)
        if found is None:
            return self._other
        place = self._meter.place(getattr(found, "path", "other"))
        if status in (200, 304):
            if len(self._known) >= PATHS:
                self._known.clear()
            self._known[scope["path"]] = place
        return place

    def _publish(self) -> None:
        self._published = True
        self._meter.publish()


def completed(status: int, headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers with those that it does not have yet, but for the request's id."""
    found = {name for name, _ in headers}
    return [*headers, *(header for header in (_UNCHANGED if status == 304 else EVERY) if header[0] not in found)]


async def _whole(kept: Kept, name: bytes, send: Send) -> None:
    headers = [*kept.headers, (b"x-request-id", name)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": kept.body})


def _reason(body: bytes) -> str:
    """Return the kind or the code of the first error in an answer; inside a JSON string the quotes are escaped."""
    found = _REASON(body)
    return (found[1] or found[2]).decode("ascii") if found else "other"
