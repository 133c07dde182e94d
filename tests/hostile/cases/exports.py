"""Everything at once, by many at once, who do not stay to read it."""

import socket
import struct
import time
from collections.abc import Iterator

from tests.hostile.case import HOST, PASSES, Case, Family, Headers, Request, Script, case, get
from tests.hostile.client import Address, Reply, send

_COLLECTIONS = "sources citations entities events figures relations discrepancies".split()
_FORMATS = "json jsonl csv bibtex ris csl".split()


def _leaving(target: str, read: int) -> Script:
    """Return a client that asks, reads some bytes, and resets the connection; then one that stays."""

    def talk(address: Address) -> Reply:
        for _ in range(5):
            with socket.create_connection(address, 5) as connection:
                connection.settimeout(5)
                connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
                if read:
                    connection.recv(read)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return send(address, Request(target))

    return talk


def _not_reading(target: str) -> Script:
    """Return a client that asks for much, and reads nothing of it for a while."""

    def talk(address: Address) -> Reply:
        asked = f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.connect(address)
            connection.settimeout(0.5)
            try:
                for _ in range(200):
                    connection.sendall(asked * 20)
            except OSError:
                pass
            time.sleep(2)
        return send(address, Request(target))

    return talk


def _cases() -> Iterator[Case]:
    allowed = (PASSES, "busy")
    for collection in _COLLECTIONS:
        for form in _FORMATS:
            yield get(f"all {collection} as {form}", f"/v1/{collection}.{form}?limit=all", *allowed, seconds=4.0)
    for number in range(60):
        target = f"/v1/citations.csv?limit=all&excel=1&order={'-' if number % 2 else ''}id"
        encodings: Headers = (("Accept-Encoding", ("gzip", "br", "zstd")[number % 3]),)
        yield get(f"export {number} of sixty", target, *allowed, headers=encodings, seconds=4.0)
    for number in range(8):
        target = f"/v1/{_COLLECTIONS[number % 7]}?limit=all"
        yield case(f"leaving after asking, {number}", _leaving(target, 0), *allowed, seconds=8.0)
        yield case(f"leaving after some bytes, {number}", _leaving(target, 500), *allowed, seconds=8.0)
    for number in range(4):
        yield case(f"asking and not reading, {number}", _not_reading("/v1/citations?limit=all"), *allowed, seconds=12.0)
    for wanted in (
        "bytes=0-0",
        "bytes=" + "0-0," * 1_500,
        "bytes=-1",
        "bytes=5-1",
        "bytes=a-b",
        "lines=1-2",
        "bytes=0-" + "9" * 400,
    ):
        shown = wanted if len(wanted) < 30 else f"{wanted[:8]}… of {len(wanted)} characters"
        yield get(f"the range {shown}", "/v1/events.csv?limit=all", *allowed, headers=(("Range", wanted),), seconds=4.0)
    for condition in ("*", '"' * 3_000, "W/" * 2_000, '"a", ' * 1_500, "\t", '"', "a"):
        headers: Headers = (("If-None-Match", condition), ("If-Modified-Since", "a"), ("If-Match", condition))
        found = get(
            f"the condition {condition[:8]!r} of {len(condition)} characters",
            "/v1/events",
            *allowed,
            headers=headers,
            seconds=4.0,
        )
        yield Case(**{**vars(found), "statuses": found.statuses | {304}})


FAMILY = Family("exports", (_cases,), clients=12)
