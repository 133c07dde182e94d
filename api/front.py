"""In front of the application: whole answers, kept from the second time on that they are asked for.

A release never changes, so neither does what is answered to a question; a new catalog begins with nothing kept. An
answer is kept under everything of the request that it can depend on. Kept is what any cache may keep (`public`), and
what the application marks in the request's scope as worth it, as it does with a POST to GraphQL that went well.
"""

from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observe import COMPLETE, completed
from api.scope import BODY, WORTH
from dataset.memo import Memo

BUDGET = 128_000_000
"""Bytes of answers that are kept."""

LARGE = 32_000
"""Bytes from which on most answers that there is no room for are not kept: lists, of which there is no end."""

ENTRY = 3_000
"""Bytes that an answer's headers take, about, with what keeps it."""

LONGEST = 8_000
"""Bytes of a request's body, or of an answer's key, beyond which it is passed on as it is."""

_READ = (b"accept", b"accept-encoding", b"content-encoding", b"content-type", b"host", b"if-none-match")
"""The headers that an answer may depend on."""

Key = tuple[str | bytes | None, ...]


@dataclass(frozen=True)
class Kept:
    """An answer, as the messages that the server sends."""

    start: Message
    body: Message


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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "POST"):
            await self._app(scope, receive, send)
            return
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        catalog = scope["app"].state.catalog
        if catalog is not self._answers.catalog:
            self._answers.catalog, self._answers.memo = catalog, Memo(BUDGET, LARGE)
        answers = self._answers.memo
        kept = answers.get(key)
        if kept is not None:
            await send(kept.start)
            await send(kept.body)
        elif answers.wanted(key):
            await self._app(scope, receive, _Keeping(scope, send, key, answers))
        else:
            await self._app(scope, receive, send)


def _key(scope: Scope) -> Key | None:
    """Return all of a request that its answer can depend on; None where a header is there twice, or it is long."""
    headers = scope["headers"]
    found = dict(headers)
    body = scope.get(BODY, b"")
    if len(found) < len(headers) or len(scope["query_string"]) > LONGEST or len(body) > LONGEST:
        return None
    return (scope["method"], scope["path"], scope["query_string"], body, *[found.get(name) for name in _READ])


_OWN = frozenset((b"etag", b"content-length", b"content-disposition", b"link"))
"""The headers in which answers differ."""

_ALIKE: dict[bytes, bytes] = {}
"""The names and values of all others, which are few."""


def _shared(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers made of the names and values that other kept answers have: less memory, and nearer."""
    return [
        (_ALIKE.setdefault(name, name), value if name in _OWN else _ALIKE.setdefault(value, value))
        for name, value in headers
    ]


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
            size = len(message.get("body", b"")) + sum(len(part) for part in self._key if part) + ENTRY
            if self._answers.takes(self._key, size):
                complete = _shared(completed(self._start["status"], self._start["headers"]))
                self._answers.put(self._key, Kept({**self._start, COMPLETE: complete}, message), size)
        else:
            self._start = None
