"""The edge: what a request may be at all, looked at before anything of it is read or answered.

Behind it a request has one valid Host, a URL, headers and a body of bounded length, and no encoding. The body was
received and stands in the scope; nobody further in counts bytes.
"""

import re
from collections.abc import Sequence
from itertools import chain

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import errors, exports, graphql
from api.errors import Problem
from api.limits import DEFAULT, Limits
from api.scope import BODY

_HOST = re.compile(
    rb"(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?(?::([0-9]{1,5}))?|\[[0-9A-Fa-f:.]{2,45}\](?::([0-9]{1,5}))?"
)
LONGEST_HOST = 261  # a name of the Domain Name System and a port
_ONCE = (b"host", b"content-length", b"transfer-encoding", b"content-encoding", b"content-type")
_DIGITS = 18


class Edge:
    """The application behind the bounds on what it is asked."""

    def __init__(self, app: ASGIApp, limits: Limits = DEFAULT) -> None:
        self._app = app
        self._limits = limits
        self._host = b""
        """The last valid Host: nearly always it is the next one as well."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = scope["headers"]
        given: dict[bytes, bytes] = dict(headers)
        problem = self._wrong(scope, headers, given)
        if problem:
            await _refuse(problem, scope, receive, send, close=_bodily(given))
        elif not _bodily(given):
            await self._further(scope, receive, send)
        else:
            body = await self._body(receive)
            if isinstance(body, bytes):
                scope[BODY] = body
                await self._further(scope, receive, send)
            elif body:
                await _refuse(body, scope, receive, send, close=True)

    async def _further(self, scope: Scope, receive: Receive, send: Send) -> None:
        if exports.asked(scope["query_string"]):
            await exports.in_turn(self._app, scope["app"].state.exports, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _wrong(self, scope: Scope, headers: Sequence[tuple[bytes, bytes]], given: dict[bytes, bytes]) -> Problem | None:
        """Return why a request is refused by what came before its body."""
        limits = self._limits
        if len(headers) > limits.header_lines:
            reason = f"The request has {len(headers)} headers; at most {limits.header_lines} are taken."
            return Problem("headers-too-large", reason, limit=limits.header_lines, value=len(headers))
        size = len(b"".join(chain.from_iterable(headers)))
        if size > limits.headers:
            reason = f"The request's headers have {size} bytes; at most {limits.headers} are taken."
            return Problem("headers-too-large", reason, limit=limits.headers, value=size)
        query = scope["query_string"]
        size = len(scope.get("raw_path") or scope["path"].encode()) + (len(query) + 1 if query else 0)
        if size > limits.url:
            reason = f"The path and the query have {size} bytes; at most {limits.url} are taken."
            return Problem("uri-too-long", reason, limit=limits.url, value=size)
        if len(given) < len(headers):
            names = [name for name, _ in headers]
            again = next((name for name in _ONCE if names.count(name) > 1), None)
            if again == b"host":
                return Problem("bad-host", "The request has more than one Host header.")
            if again:
                return Problem("malformed-request", f"The request has more than one {again.decode().title()} header.")
        host = given.get(b"host")
        if host is None or host != self._host:
            if host is None or not valid(host):
                said = "has no Host header" if host is None else "has a Host header that names no host"
                return Problem("bad-host", f"The request {said}.")
            self._host = host
        encoding = given.get(b"content-encoding")
        if encoding is not None and encoding.strip().lower() != b"identity":
            return Problem("unsupported-encoding", "The body must be sent as it is, without a Content-Encoding.")
        return self._length(given) if _bodily(given) else None

    def _length(self, given: dict[bytes, bytes]) -> Problem | None:
        """Return what is wrong with the announced length of a body."""
        length = given.get(b"content-length")
        coding = given.get(b"transfer-encoding")
        if coding is not None and (length is not None or coding.strip().lower() != b"chunked"):
            return Problem("malformed-request", "A body is sent either with its Content-Length, or in chunks.")
        if length is not None:
            if not length.isdigit():
                return Problem("malformed-request", "The Content-Length is no number.")
            if len(length) > _DIGITS or int(length) > self._limits.body:
                return self._too_large()
        return None

    def _too_large(self) -> Problem:
        return Problem(
            "content-too-large", f"The body must be at most {self._limits.body} bytes.", limit=self._limits.body
        )

    async def _body(self, receive: Receive) -> bytes | Problem | None:
        """Return a body, read as far as it may go; None where the client went away."""
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            whole: bytes = message.get("body", b"")
            return whole if len(whole) <= self._limits.body else self._too_large()
        data = bytearray()
        while message["type"] == "http.request":
            data += message.get("body", b"")
            if len(data) > self._limits.body:
                return self._too_large()
            if not message.get("more_body"):
                return bytes(data)
            message = await receive()
        return None


def valid(host: bytes) -> bool:
    """Return whether a Host header names a host, by name or address, and a port if any."""
    found = _HOST.fullmatch(host) if len(host) <= LONGEST_HOST else None
    return found is not None and int(found[1] or found[2] or 0) < 65_536


def _bodily(given: dict[bytes, bytes]) -> bool:
    """Return whether a request has a body."""
    length = given.get(b"content-length", b"0")
    return length != b"0" or b"transfer-encoding" in given


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send, *, close: bool) -> None:
    response: Response | None = None
    if problem.kind in ("content-too-large", "unsupported-encoding") and scope["path"].endswith("/graphql"):
        response = graphql.turned_away(Request(scope), errors.KINDS[problem.kind].status, problem.detail)
    response = response or errors.respond(problem)
    if close:  # else the rest of the body would have to be read
        response.headers["Connection"] = "close"
    await response(scope, receive, send)
