"""In front of the application: whole answers, kept from the second time on that they are asked for.

A release never changes, so neither does what is answered to a question; a new catalog begins with nothing kept. An
answer is kept under everything of the request that it can depend on. Kept is what any cache may keep (`public`), and
what the application marks in the request's scope as worth it, as it does with a POST to GraphQL that went well.
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.head import Head, Headers
from api.observe import KEPT, Kept, completed
from api.scope import BODY, HEAD, WORTH
from dataset.memo import Memo

BUDGET = 128_000_000
"""Bytes of answers that are kept."""

LARGE = 32_000
"""Bytes from which on most answers that there is no room for are not kept: lists, of which there is no end."""

ENTRY = 1_500
"""Bytes that an answer's headers take, about, with what keeps it."""

LONGEST = 8_000
"""Bytes of a request's body, or of an answer's key, beyond which it is passed on as it is."""

Key = tuple[tuple[bytes | None, ...], str, str, bytes, bytes]
"""All of a request that its answer can depend on: what its headers tell, its method, path, query and body."""


@dataclass
class Answers:
    """The answers that are kept, and the catalog that they are of."""

    catalog: object = None
    memo: Memo[Kept] = field(default_factory=lambda: Memo(BUDGET, LARGE))


class Front:
    """The application with its answers kept in front of it."""

    def __init__(self, app: ASGIApp, answers: Answers) -> None:
        self._app = app
        self._answers = answers

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a request."""
        key = _key(scope)
        if key is None:
            return self._app(scope, receive, send)
        catalog = scope["app"].state.catalog
        if catalog is not self._answers.catalog:
            self._answers.catalog, self._answers.memo = catalog, Memo(BUDGET, LARGE)
        answers = self._answers.memo
        kept = answers.get(key)
        if kept is not None:
            return send({"type": KEPT, KEPT: kept})
        if answers.wanted(key):
            return self._app(scope, receive, _Keeping(scope, send, key, answers))
        return self._app(scope, receive, send)


def _key(scope: Scope) -> Key | None:
    """Return what an answer is kept under; None where none is, a header is there twice, or the request is long."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "POST"):
        return None
    head: Head = scope[HEAD]
    told, query, body = head.told, scope["query_string"], scope.get(BODY, b"")
    if told is None or len(query) > LONGEST or len(body) > LONGEST:
        return None
    return told, scope["method"], scope["path"], query, body


_OWN = frozenset((b"etag", b"content-length", b"content-disposition", b"link"))
"""The headers in which answers differ."""

_ALIKE: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}
"""All others, which are few."""


def _shared(headers: Headers) -> Headers:
    """Return headers in which those are the same objects that other kept answers have: less memory, and nearer."""
    return tuple(header if header[0] in _OWN else _ALIKE.setdefault(header, header) for header in headers)


class _Keeping:
    """Sends an answer, and keeps it where it is whole, right and for everybody."""

    def __init__(self, scope: Scope, send: Send, key: Key, answers: Memo[Kept]) -> None:
        self._scope = scope
        self._send = send
        self._key = key
        self._answers = answers
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message."""
        await self._send(message)
        if message["type"] == "http.response.start":
            worth = WORTH in self._scope or dict(message["headers"]).get(b"cache-control", b"").startswith(b"public")
            self._start = message if worth and message["status"] == 200 else None
        elif self._start is not None and not message.get("more_body"):
            body = message.get("body", b"")
            told, *others = self._key
            size = len(body) + sum(len(part) for part in (*told, *others) if part) + ENTRY
            if self._answers.takes(self._key, size):
                headers = _shared(completed(self._start["status"], self._start["headers"]))
                self._answers.put(self._key, Kept(headers, body), size)
        else:
            self._start = None
