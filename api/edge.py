"""The edge: what a request may be at all, looked at before anything of it is read or answered.

Behind it a request has one valid Host, a URL, headers and a body of bounded length, and no encoding. The body was
received and stands in the scope; nobody further in counts bytes.
"""

import re
from collections.abc import Awaitable, Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors, exports, graphql
from api.errors import Problem
from api.head import Head
from api.limits import DEFAULT, Limits
from api.scope import BODY, HEAD

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

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a request."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        head: Head = scope[HEAD]
        if not head.right or _length(scope) > self._limits.url:
            problem = self._wrong(scope, head)
            if problem:
                return _refuse(problem, scope, receive, send, close=head.bodily)
            head.right = True
        return self._read(scope, receive, send) if head.bodily else self._further(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        whole = message["type"] == "http.request" and not message.get("more_body")
        body = message.get("body", b"") if whole else await self._gathered(message, receive)
        if body is None:
            return
        if len(body) > self._limits.body:
            await _refuse(self._too_large(), scope, receive, send, close=True)
        else:
            scope[BODY] = body
            await self._further(scope, receive, send)

    async def _gathered(self, message: Message, receive: Receive) -> bytes | None:
        """Return a body that comes in parts, read no further than it may go; None where the client went away."""
        data = bytearray()
        while message["type"] == "http.request":
            data += message.get("body", b"")
            if len(data) > self._limits.body or not message.get("more_body"):
                return bytes(data)
            message = await receive()
        return None

    def _further(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        query = scope["query_string"]
        if query and exports.asked(query):
            return exports.in_turn(self._app, scope["app"].state.exports, scope, receive, send)
        return self._app(scope, receive, send)

    def _wrong(self, scope: Scope, head: Head) -> Problem | None:
        """Return why a request is refused by what came before its body."""
        limits = self._limits
        if len(head.lines) > limits.header_lines:
            reason = f"The request has {len(head.lines)} headers; at most {limits.header_lines} are taken."
            return Problem("headers-too-large", reason, limit=limits.header_lines, value=len(head.lines))
        if head.size > limits.headers:
            reason = f"The request's headers have {head.size} bytes; at most {limits.headers} are taken."
            return Problem("headers-too-large", reason, limit=limits.headers, value=head.size)
        size = _length(scope)
        if size > limits.url:
            reason = f"The path and the query have {size} bytes; at most {limits.url} are taken."
            return Problem("uri-too-long", reason, limit=limits.url, value=size)
        given = head.given
        if len(given) < len(head.lines):
            names = [name for name, _ in head.lines]
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
        return self._announced(given) if head.bodily else None

    def _announced(self, given: Mapping[bytes, bytes]) -> Problem | None:
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


def valid(host: bytes) -> bool:
    """Return whether a Host header names a host, by name or address, and a port if any."""
    found = _HOST.fullmatch(host) if len(host) <= LONGEST_HOST else None
    return found is not None and int(found[1] or found[2] or 0) < 65_536


def _length(scope: Scope) -> int:
    """Return the bytes of a request's path and query."""
    query = scope["query_string"]
    return len(scope.get("raw_path") or scope["path"].encode()) + (len(query) + 1 if query else 0)


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send, *, close: bool) -> None:
    response: Response | None = None
    if problem.kind in ("content-too-large", "unsupported-encoding") and scope["path"].endswith("/graphql"):
        response = graphql.turned_away(scope, errors.KINDS[problem.kind].status, problem.detail)
    response = response or errors.respond(problem)
    if close:  # else the rest of the body would have to be read
        response.headers["Connection"] = "close"
    await response(scope, receive, send)
