"""A connection: what comes over it is read in pieces, and nothing of it is taken for what it is not."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from api.protocol import LONGEST_HEAD, PIECE, Bounds, Connections, Protocol

GET = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"POST /0 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") % 9


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what was asked: the path, how long the body is, and the names of the headers."""
    request = Request(scope, receive)
    size = len(await request.body())
    names = [name.decode() for name, _ in scope["headers"]]
    await JSONResponse([scope["path"], size, names])(scope, receive, send)


class Watched(Protocol):
    """A connection that remembers how many requests waited for an answer at once."""

    most = 0

    def on_headers_complete(self) -> None:
        """Count."""
        super().on_headers_complete()
        Watched.most = max(Watched.most, len(self.pipeline))


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Serve on a loopback port, and yield a connection to it."""
    config = uvicorn.Config(told, ws="none", interface="asgi3", log_config=None, access_log=False, lifespan="off")
    config.load()
    loop, connections = asyncio.get_running_loop(), Connections(Bounds())
    server = await loop.create_server(lambda: Watched(config, connections, {}, loop), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), limit=10_000_000)
    try:
        yield reader, writer
    finally:
        writer.close()
        server.close()
        connections.cut()
        await asyncio.gather(*connections.tasks, return_exceptions=True)


async def answers(*parts: bytes) -> list[str]:
    """Send these bytes, and return the bodies of the answers until the connection ends; none where it is reset."""
    found = b""
    async with asyncio.timeout(60), connected() as (reader, writer):

        async def sending() -> None:
            with suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()

        sent = asyncio.create_task(sending())
        with suppress(ConnectionError):
            found = await reader.read()
        await sent
    return re.findall(r"\r\n\r\n(.*?)(?=HTTP/1\.1 |\Z)", found.decode(), re.DOTALL)


async def test_what_is_asked_ahead_waits_unread() -> None:
    """Of thousands of requests in one go, only those of a piece are made ready, and all are answered in their order."""
    Watched.most = 0
    count = 5_000
    found = await answers(b"".join(GET % number for number in range(count)) + LAST)
    assert found == [f'["/{number}",0,["host"]]' for number in range(count)] + ['["/9",0,["host","connection"]]']
    assert 0 < Watched.most <= PIECE // len(GET % 1) + 1


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
@pytest.mark.parametrize("size", [1, PIECE, 65_536, 65_537, 1_000_000])
async def test_a_body_arrives_whole(version: bytes, size: int) -> None:
    """It is read in pieces, whatever its length, with or without a next request."""
    head = b"POST /1 HTTP/%s\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (version, size)
    assert await answers(head + b"a" * size) == [f'["/1",{size},["host","connection","content-length"]]']
    if version == b"1.1":
        kept = head.replace(b"Connection: close\r\n", b"")
        expected = [f'["/1",{size},["host","content-length"]]', '["/9",0,["host","connection"]]']
        assert await answers(kept + b"a" * size + LAST) == expected


async def test_chunks_of_one_byte_arrive_whole() -> None:
    """There is much around each of them, and it is no header."""
    found = await answers(CHUNKED + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n" + LAST)
    assert found == ['["/0",50000,["host","transfer-encoding"]]', '["/9",0,["host","connection"]]']


@pytest.mark.parametrize("apart", [False, True])
async def test_a_trailer_is_no_header(apart: bool) -> None:
    """Neither of its own request nor of the next one, in the same packet or later."""
    parts = (CHUNKED + b"1\r\na\r\n", b"0\r\nHost: b\r\nAccept: text/csv\r\n\r\n" + LAST)
    found = await answers(*(parts if apart else [b"".join(parts)]))
    assert found == ['["/0",1,["host","transfer-encoding"]]', '["/9",0,["host","connection"]]']


@pytest.mark.parametrize(
    "endless",
    [
        b"0\r\n" + b"a: b\r\n" * (LONGEST_HEAD // 5),
        b"0\r\na: " + b"b" * 2 * LONGEST_HEAD,
        b"1;" + b"a" * 2 * LONGEST_HEAD,
    ],
    ids=["trailers", "a trailer", "an extension"],
)
async def test_what_stands_around_chunks_is_bounded(endless: bytes) -> None:
    """Whoever sends no body, but trailers or extensions of chunks without end, is refused before the time is up."""
    found = await answers(CHUNKED + b"1\r\na\r\n" + endless)
    assert all("headers-too-large" in one for one in found)  # a reset can overtake what was said
