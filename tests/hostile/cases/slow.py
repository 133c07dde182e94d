"""Clients that send a little now and then, or nothing, to hold what others need."""

import socket
import time
from collections.abc import Iterator

from tests.hostile.case import CLOSED, HOST, PASSES, PLAIN, Case, Family, Raw, Request, Script, case
from tests.hostile.client import Address, Reply, read, send

_START = f"GET /v1/events?limit=1 HTTP/1.1\r\nHost: {HOST}\r\n".encode()
_POST = f"POST /graphql HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nConnection: close\r\n".encode()
_QUERY = b'{"query": "{ release { version } }"}'

LATE = (CLOSED, PLAIN, "request-timeout")
DEADLINE = 14.0
"""Seconds after which a request that is not received must have been given up: ten, and what a busy machine takes."""


def _dripping(data: bytes, each: int = 1) -> tuple[bytes, ...]:
    return tuple(data[place : place + each] for place in range(0, len(data), each))


def _holding(count: int, start: bytes) -> Script:
    """Return a client that holds many connections with half a request, and asks on one more."""

    def talk(address: Address) -> Reply:
        held = []
        try:
            for _ in range(count):
                held.append(socket.create_connection(address, 5))
                held[-1].sendall(start)
            time.sleep(2)
            return send(address, Request("/v1/events?limit=1"))
        finally:
            for connection in held:
                connection.close()

    return talk


def _silent(start: bytes) -> Script:
    """Return a client that begins and then says nothing; it waits for the server to close."""

    def talk(address: Address) -> Reply:
        begun, data = time.perf_counter(), bytearray()
        with socket.create_connection(address, 5) as connection:
            connection.settimeout(DEADLINE + 6)
            connection.sendall(start)
            while received := connection.recv(4_096):
                data += received
        return read(data, time.perf_counter() - begun)

    return talk


def _cases() -> Iterator[Case]:
    length = b"Content-Length: 100000\r\n\r\n"
    chunked = b"Transfer-Encoding: chunked\r\n\r\n"
    for name, start in {
        "a letter": b"G",
        "half a line": b"GET /v1",
        "a line": b"GET /v1 HTTP/1.1\r\n",
        "half of its headers": _START,
        "half a header": _START + b"X-A",
        "a head without a body": _POST + length,
        "half a body": _POST + length + b'{"query": "',
        "half a chunk": _POST + chunked + b"ff\r\n{",
        "a chunk of 16 EB": _POST + chunked + b"ffffffffffffffff\r\n",
        "the size of a chunk": _POST + chunked + b"ff",
        "a chunk and no end": _POST + chunked + b"1\r\n{\r\n",
        "a question with a body that never comes": _START.replace(b"?limit=1", b"?limit=2") + length,
    }.items():
        never = "a question with" in name  # it may be answered before
        yield case(f"{name}, then nothing", _silent(start), *LATE, *((PASSES,) if never else ()), seconds=DEADLINE)
    yield case("a connection that is left open", _silent(_START + b"\r\n"), PASSES, seconds=9.0)
    for pause in (0.2, 0.6, 1.0):
        endless = b"".join(b"X-%d: a\r\n" % number for number in range(90))
        yield case(
            f"a letter of a head every {pause} s", Raw(_dripping(_START + endless), pause), *LATE, seconds=DEADLINE
        )
        yield case(
            f"a header every {pause} s",
            Raw((_START, *_dripping(endless, 8)), pause),
            *LATE,
            "headers-too-large",
            seconds=DEADLINE,
        )
        yield case(
            f"a letter of a body every {pause} s",
            Raw((_POST + length, *_dripping(b" " * 120)), pause),
            *LATE,
            seconds=DEADLINE,
        )
        yield case(
            f"a chunk every {pause} s",
            Raw((_POST + chunked, *((b"1\r\n \r\n",) * 120)), pause),
            *LATE,
            seconds=DEADLINE,
        )
        yield case(f"a line break every {pause} s", Raw((b"\r\n",) * 100, pause), *LATE, seconds=DEADLINE)
    for number in range(10):
        yield case(
            f"one of ten who drip, {number}", Raw((_POST + length, *_dripping(b" " * 60)), 0.5), *LATE, seconds=DEADLINE
        )
    yield case("300 connections with half a head", _holding(300, _START), PASSES, seconds=2.0)
    yield case("100 connections with half a body", _holding(100, _POST + length), PASSES, seconds=2.0)
    yield case("100 connections that say nothing", _holding(100, b""), PASSES, seconds=2.0)
    right = b"Content-Length: %d\r\n\r\n" % len(_QUERY)
    yield case("a right body in five parts", Raw((_POST + right, *_dripping(_QUERY, 9)), 0.5), PASSES, seconds=6.0)
    yield case(
        "a right head in five parts",
        Raw((*_dripping(_START, 20), b"Connection: close\r\n\r\n"), 0.5),
        PASSES,
        seconds=6.0,
    )


FAMILY = Family("slow", (_cases,), clients=60)
