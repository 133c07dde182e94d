"""A client of sockets that reads everything that comes back, and judges it."""

import json
import re
import select
import socket
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import brotli
import zstandard

from tests.conftest import ROOT
from tests.hostile.case import BAD_REQUEST, CLOSED, GRAPHQL_JSON, JSON, PASSES, PLAIN, Case, Raw, Request

Address: TypeAlias = tuple[str, int]

PATIENCE = 20.0
"""Seconds after which a server that neither answers nor closes is given up."""

PROBLEM = "application/problem+json"

_LEAKS = re.compile(
    rb"Traceback|most recent call|File \"|line [0-9]+, in |site-packages|\.py\b|object at 0x|<class '|"
    rb"(?i:starlette|strawberry|graphql.core|uvicorn|uvloop|httptools|pydantic|msgspec|orjson|asyncio|anyio|cpython)|"
    + re.escape(str(ROOT).encode())
)
"""What of us no client should ever read."""

_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[\t\x20-\x7e]*")
_PLANTED = (b"x-injected", b"set-cookie")
"""Headers that only a client who writes our headers can bring about."""


@dataclass(frozen=True)
class Reply:
    """What came back; status 0 where nothing did."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float
    count: int = 1
    """How many answers came back."""
    whole: bool = True
    """Whether the body has the length that was announced."""
    bare: bool = False
    """Whether it answers HEAD, and so has no body."""

    def header(self, name: str) -> str:
        """Return a header's value; empty where it is not there."""
        return next((value for found, value in self.headers if found.lower() == name), "")

    @property
    def essence(self) -> str:
        """The media type without its parameters."""
        return self.header("content-type").partition(";")[0]

    @property
    def json(self) -> Any:
        """What the body says, None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def send(address: Address, sent: Request | Raw, patience: float = PATIENCE) -> Reply:
    """Return what comes back to a request, read until the server closes or has answered."""
    parts, pause = (sent.parts, sent.pause) if isinstance(sent, Raw) else (sent.wire(), 0.0)
    head = isinstance(sent, Request) and sent.method == "HEAD"
    begun = time.perf_counter()
    with socket.create_connection(address, 5) as connection:
        connection.setblocking(False)
        data = _exchange(connection, parts, pause, begun + patience, head=head)
    return read(data, time.perf_counter() - begun, head=head)


def _exchange(
    connection: socket.socket, parts: Iterable[bytes], pause: float, until: float, *, head: bool
) -> bytearray:
    """Return all that comes back while and after sending; a server may answer before it has read everything."""
    left, rest, next_part = iter(parts), b"", 0.0
    writing, data = True, bytearray()
    while time.perf_counter() < until:
        if writing and not rest and time.perf_counter() >= next_part:
            following = next(left, None)
            writing, rest, next_part = following is not None, following or b"", time.perf_counter() + pause
        sending = [connection] if writing and rest else []
        readable, writable, _ = select.select([connection], sending, [], min(pause, 0.05) if writing and pause else 0.2)
        if readable:
            try:
                received = connection.recv(1 << 18)
            except ConnectionError:
                break
            if not received:
                break
            data += received
            if not writing and _complete(data, head=head):
                break
        elif writable:
            try:
                rest = rest[connection.send(rest) :]
            except ConnectionError:  # what the server said before it closed can still be read
                writing = False
    return data


def _complete(data: bytearray, *, head: bool) -> bool:
    """Return whether the data is an answer after which the connection stays open."""
    if b"\r\n\r\n" not in data or b"connection: close" in data.partition(b"\r\n\r\n")[0].lower():
        return False
    return any(whole for _, _, _, whole in _answers(bytes(data), head=head))


def read(data: bytes | bytearray, seconds: float, *, head: bool = False) -> Reply:
    """Return the first answer of what came back."""
    found = list(_answers(bytes(data), head=head))
    if not found:
        return Reply(0, (), bytes(data), seconds, count=0, whole=not data)
    status, headers, body, whole = found[0]
    body = decoded(headers, body) if whole and not head else body
    return Reply(status, headers, body, seconds, len(found), whole, head)


def _answers(data: bytes, *, head: bool) -> Iterator[tuple[int, tuple[tuple[str, str], ...], bytes, bool]]:
    while data:
        start, blank, data = data.partition(b"\r\n\r\n")
        first, *lines = start.split(b"\r\n")
        matched = re.fullmatch(rb"HTTP/1\.[01] ([0-9]{3}) ?[\x20-\x7e]*", first)
        if not matched or not blank:
            raise ValueError(f"no HTTP came back: {start[:100]!r}")
        for line in lines:
            if not _LINE.fullmatch(line) or line.lower().startswith(_PLANTED):
                raise ValueError(f"no header of ours: {line[:100]!r}")
        status = int(matched[1])
        pairs = [line.decode("ascii").partition(":") for line in lines]
        headers = tuple((name.lower(), value.strip()) for name, _, value in pairs)
        given = dict(headers)
        if status == 100:
            continue
        if head or status in (204, 304):
            yield status, headers, b"", True
        elif given.get("transfer-encoding") == "chunked":
            body, data, whole = _unchunked(data)
            yield status, headers, body, whole
        else:
            length = int(given["content-length"]) if "content-length" in given else len(data)
            body, data = data[:length], data[length:]
            yield status, headers, body, len(body) == length


def _unchunked(data: bytes) -> tuple[bytes, bytes, bool]:
    body = bytearray()
    while True:
        size, end, rest = data.partition(b"\r\n")
        if not end or not re.fullmatch(b"[0-9a-fA-F]+", size) or len(rest) < int(size, 16) + 2:
            return bytes(body), b"", False
        length = int(size, 16)
        body += rest[:length]
        data = rest[length + 2 :]
        if not length:
            return bytes(body), data, True


def decoded(headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    """Return a body as it was before it was encoded."""
    match dict(headers).get("content-encoding"):
        case "gzip":
            return zlib.decompress(body, 31)
        case "br":
            return bytes(brotli.decompress(body))
        case "zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return body


def judge(case: Case, reply: Reply) -> str:
    """Return what is wrong with the answer to a case; nothing where it is right."""
    code, complaint = coded(reply)
    shown = f"{reply.status} {code or reply.body[:60]!r}"
    leak = _LEAKS.search(reply.body) or _LEAKS.search(repr(reply.headers).encode())
    if leak:
        return f"leaks {leak[0]!r} in {shown}"
    if reply.count > case.answers:
        return f"is answered {reply.count} times"
    if complaint:
        return f"{complaint}: {shown}"
    if reply.status not in case.statuses or code not in case.codes:
        wanted = f"{sorted(case.statuses)} {sorted(case.codes)}"
        return f"is answered {shown}, not {wanted}"
    if reply.seconds > case.seconds:
        return f"takes {reply.seconds:.1f} s: {shown}"
    return case.check(reply) if case.check else ""


def coded(reply: Reply) -> tuple[str, str]:
    """Return the code of an answer, and what is wrong with its form."""
    if reply.status == 0:
        return CLOSED, ""
    if reply.bare:
        return PASSES, "a body where there must be none" if reply.body else ""
    if not reply.whole:
        return "", "its body is cut off"
    if reply.essence == PROBLEM:
        return _problem(reply)
    if reply.essence == GRAPHQL_JSON or (reply.essence == JSON and isinstance(reply.json, dict)):
        return _errors(reply)
    if reply.status in (400, 408) and reply.essence == "text/plain":
        return PLAIN, ""
    return PASSES, "" if reply.status < 400 or not reply.body else "an error without a form"


def _problem(reply: Reply) -> tuple[str, str]:
    found = reply.json
    texts = ("type", "title", "detail")
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) and found[name] for name in texts):
        return "", "no whole problem"
    code = str(found["type"]).rpartition("#")[2]
    if found.get("status") != reply.status or reply.status < 400:
        return code, "the problem has another status"
    if code == "invalid-parameter" and not all(isinstance(found.get(n), str) for n in ("parameter", "reason")):
        return code, "it does not say which parameter is wrong, and why"
    if code == "wrong-method":
        allowed = reply.header("allow").split(", ")
        return code, "" if allowed == sorted(allowed) and "GET" in allowed else "Allow is not sorted"
    if code == "busy":
        return code, "" if reply.header("retry-after").isdigit() else "no Retry-After"
    return code, ""


def _errors(reply: Reply) -> tuple[str, str]:
    found = reply.json
    if not isinstance(found, dict):
        return "", "no JSON object"
    if "errors" not in found:
        return PASSES, "" if reply.status < 400 else "an error that does not say so"
    errors = found["errors"]
    if not isinstance(errors, list) or not errors or not all(isinstance(error, dict) for error in errors):
        return "", "`errors` is no list of errors"
    if not all(isinstance(error.get("message"), str) and error["message"] for error in errors):
        return "", "an error without a message"
    codes = [str((error.get("extensions") or {}).get("code") or "") for error in errors]
    if not all(codes) or len(set(codes)) > 1:
        return "", f"errors with the codes {codes[:5]}"
    if len(errors) > 120 or len(reply.body) > 200_000:
        return codes[0], f"{len(errors)} errors of {len(reply.body)} bytes"
    if codes[0] == BAD_REQUEST and reply.status < 400:
        return codes[0], "what is no request is answered well"
    return codes[0], ""
