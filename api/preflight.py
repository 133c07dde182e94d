"""Preflights: what a browser asks before a page of another origin may send more than the simplest of requests.

Every page may: nothing here is private, and no request does anything. That it may read the answers, each answer says.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "OPTIONS":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        if b"origin" not in given or _METHOD not in given:
            await self._app(scope, receive, send)
            return
        wanted = given.get(_HEADERS)
        headers = [*_ALWAYS, *([(b"access-control-allow-headers", wanted)] if wanted and _LIST(wanted) else ())]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
