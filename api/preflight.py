"""Preflights: what a browser asks before a page of another origin may send more than the simplest of requests.

Every page may: nothing here is private, and no request does anything. That it may read the answers, each answer says.
"""

import re
from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from api.head import Head
from api.scope import HEAD

_ALWAYS = (
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-max-age", b"600"),
)
_LIST = re.compile(rb"[A-Za-z0-9_, -]{1,1000}").fullmatch
"""Names of headers: nothing else of what a client sends is sent back."""
_METHOD, _HEADERS = b"access-control-request-method", b"access-control-request-headers"


class Preflight:
    """The application with preflights answered in front of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a request."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            head: Head = scope[HEAD]
            if b"origin" in head.given and _METHOD in head.given:
                return _answer(head.given.get(_HEADERS), send)
        return self._app(scope, receive, send)


async def _answer(wanted: bytes | None, send: Send) -> None:
    headers = [*_ALWAYS, *([(b"access-control-allow-headers", wanted)] if wanted and _LIST(wanted) else ())]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
