"""An application in this process, asked as its server would ask it."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from tests.hostile.case import Request
from tests.hostile.client import Reply, decoded


async def ask(app: ASGIApp, request: Request) -> Reply:
    """Return an application's answer to a request; one that fails is answered 500."""
    parts: Iterator[bytes] = iter(request.parts())
    waiting = [next(parts, b"")]
    sent: list[Message] = []

    async def receive() -> Message:
        if not waiting:
            return {"type": "http.disconnect"}
        part, following = waiting.pop(), next(parts, None)
        if following is not None:
            waiting.append(following)
        return {"type": "http.request", "body": part, "more_body": following is not None}

    async def send(message: Message) -> None:
        sent.append(message)

    begun = time.perf_counter()
    try:
        await app(_scope(request), receive, send)
    except Exception as error:
        if not sent:  # a server has only the answer to go by
            return Reply(500, (), repr(error).encode(), time.perf_counter() - begun)
    seconds = time.perf_counter() - begun
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in sent[0]["headers"])
    body = decoded(headers, b"".join(message.get("body", b"") for message in sent[1:]))
    return Reply(sent[0]["status"], headers, body, seconds, bare=request.method == "HEAD")


def _scope(request: Request) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.fields()],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8_000),
        "state": {},
    }
