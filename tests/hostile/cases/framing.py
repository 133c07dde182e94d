"""Bytes that are no HTTP, lengths that lie, chunks without end, and requests hidden in requests."""

from collections.abc import Callable, Iterable, Iterator

from tests.hostile.case import (
    BAD_REQUEST,
    CLOSED,
    HOST,
    NO_HTTP,
    PASSES,
    Case,
    Family,
    Raw,
    Request,
    case,
    get,
    malformed,
    posting,
)

_HOST = f"Host: {HOST}\r\nConnection: close\r\n".encode()
_GET = b"GET /v1/events?limit=1 HTTP/1.1\r\n"
_POST = b"POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\n"
_QUERY = b'{"query": "{ release { version } }"}'


def _flood(size: int, part: int = 64_000, byte: bytes = b" ") -> Callable[[], Iterable[bytes]]:
    """Return a body that is made while it is sent."""
    return lambda: (byte * min(part, size - sent) for sent in range(0, size, part))


def _lines() -> Iterator[Case]:
    for name, start in {
        "a word": b"HELLO\r\n\r\n",
        "HTTP/0.9": b"GET /v1\r\n\r\n",
        "HTTP/9.9": b"GET /v1 HTTP/9.9\r\n" + _HOST + b"\r\n",
        "no version": b"GET /v1 \r\n" + _HOST + b"\r\n",
        "a version in words": b"GET /v1 HTTP/one\r\n" + _HOST + b"\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        "two spaces": b"GET  /v1 HTTP/1.1\r\n" + _HOST + b"\r\n",
        "a null in the method": b"G\x00T /v1 HTTP/1.1\r\n\r\n",
        "a null in the path": b"GET /v1\x00 HTTP/1.1\r\n" + _HOST + b"\r\n",
        "a null in a header": _GET + b"X: a\x00b\r\n" + _HOST + b"\r\n",
        "a header without a colon": _GET + b"nothing\r\n" + _HOST + b"\r\n",
        "a header without a name": _GET + b": nothing\r\n" + _HOST + b"\r\n",
        "a space before the colon": _GET + b"X : y\r\n" + _HOST + b"\r\n",
        "a header that is folded": _GET + b"X: a\r\n b\r\n" + _HOST + b"\r\n",
        "line feeds alone": b"GET /v1 HTTP/1.1\n" + _HOST.replace(b"\r", b"") + b"\n",
        "carriage returns alone": b"GET /v1 HTTP/1.1\r" + _HOST.replace(b"\n", b"") + b"\r",
        "a control in a header's name": _GET + b"X\x01: y\r\n" + _HOST + b"\r\n",
        "bytes beyond ASCII in a header": _GET + b"X: \xff\xfe\r\n" + _HOST + b"\r\n",
        "bytes beyond ASCII in the path": b"GET /v1/\xff HTTP/1.1\r\n" + _HOST + b"\r\n",
        "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
        "SSH": b"SSH-2.0-x\r\n",
        "SMTP": b"EHLO x\r\nMAIL FROM:<a@b>\r\n\r\n",
        "a redis command": b"*1\r\n$4\r\nINFO\r\n",
        "an asterisk": b"GET * HTTP/1.1\r\n" + _HOST + b"\r\n",
        "no path": b"GET ? HTTP/1.1\r\n" + _HOST + b"\r\n",
        "a fragment": b"GET /v1#a HTTP/1.1\r\n" + _HOST + b"\r\n",
        "a backslash": b"GET \\v1 HTTP/1.1\r\n" + _HOST + b"\r\n",
        "a method in small letters": b"get /v1 HTTP/1.1\r\n" + _HOST + b"\r\n",
        "a whole address": b"GET http://evil.example/v1 HTTP/1.1\r\n" + _HOST + b"\r\n",
        "another scheme": b"GET gopher://evil.example/ HTTP/1.1\r\n" + _HOST + b"\r\n",
        "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\n" + _HOST + b"\r\n",
    }.items():
        also = (PASSES, "unknown-route", "wrong-method", "bad-host", "unknown-record")
        # A parser may wait for more of what could still become a request.
        yield malformed(name, start + b"\r\n\r\n", codes=also)
    for length in (10_000, 100_000, 1_000_000):
        yield malformed(f"a method of {length} letters", b"A" * length + b" / HTTP/1.1\r\n\r\n")
        yield malformed(
            f"a header's name of {length} letters",
            _GET + b"A" * length + b": b\r\n" + _HOST + b"\r\n",
            codes=("headers-too-large", PASSES) if length < 16_000 else ("headers-too-large",),
        )
        yield malformed(f"{length} random bytes", bytes((i * 7919) % 251 for i in range(length)) + b"\r\n\r\n")
        yield malformed(f"{length} line breaks", b"\r\n" * (length // 2) + b"X\r\n\r\n", codes=("headers-too-large",))


def _sizes() -> Iterator[Case]:
    for length in (8_300, 20_000, 60_000, 200_000, 2_000_000):
        refused = ["uri-too-long", *([] if length < 50_000 else ("headers-too-large", *NO_HTTP))]
        yield get(f"a path of {length} bytes", "/v1/" + "a" * length, *refused)
        yield get(f"a question of {length} bytes", "/v1/events?q=" + "a" * length, *refused)
        yield get(
            f"a document by an address of {length} bytes",
            "/graphql?query=%7B" + "%20" * (length // 3) + "%7D",
            *refused,
        )
        yield get(f"{length} bytes of parameters", "/v1/events?" + "a=b&" * (length // 4), *refused)
        yield get(f"{length} bytes of slashes", "/" * length, *refused)
    for count in (101, 150, 1_000, 20_000):
        refused = ["headers-too-large", *([] if count < 1_000 else NO_HTTP)]
        yield get(f"{count} headers", "/v1", *refused, headers=tuple((f"X-{i}", "a") for i in range(count)))
        yield get(f"{count} times one header", "/v1", *refused, headers=(("X", "a"),) * count)
        yield get(f"{count} empty headers", "/v1", *refused, headers=(("X", ""),) * count)
    for size in (17_000, 60_000, 500_000, 3_000_000):
        refused = ["headers-too-large", *([] if size < 50_000 else NO_HTTP)]
        for name in ("X", "Cookie", "Accept", "If-None-Match", "Accept-Encoding", "Range", "Authorization"):
            yield get(f"a header {name} of {size} bytes", "/v1", *refused, headers=((name, "a" * size),))
        yield get(f"headers of {size} bytes", "/v1", *refused, headers=(("X", "a" * (size // 50)),) * 50)
    yield get("50 headers", "/v1", PASSES, headers=tuple((f"X-{i}", "a" * 100) for i in range(50)))


def _bodies() -> Iterator[Case]:
    too_large = ("content-too-large", BAD_REQUEST)
    for size in (1_048_577, 2_000_000, 20_000_000):
        yield posting(
            f"a body of {size} bytes", _flood(size), *too_large, status=413, headers=(("Content-Length", str(size)),)
        )
        yield posting(f"{size} bytes in chunks", _flood(size), *too_large, status=413, chunked=True)
        yield posting(
            f"{size} bytes in chunks of a thousand", _flood(size, 1_000), *too_large, status=413, chunked=True
        )
        yield case(
            f"a question with a body of {size} bytes",
            Request("/v1/events?limit=1", headers=(("Content-Length", str(size)),), body=_flood(size)),
            "content-too-large",
        )
        yield case(
            f"a question with {size} bytes in chunks",
            Request("/v1/events?limit=1", body=_flood(size), chunked=True),
            "content-too-large",
        )
    yield posting("60,000 chunks of one byte", _flood(60_000, 1), BAD_REQUEST, chunked=True, seconds=6.0)
    for length in ("1048577", "99999999999", "18446744073709551615"):
        start = _POST + _HOST + f"Content-Length: {length}\r\n\r\n".encode()
        yield case(f"a length of {length} and nothing", Raw((start,)), "content-too-large", BAD_REQUEST, status=413)
    for length in ("-1", "+36", "0x24", "36, 36", "36 36", "3_6", "٣٦", "", "a", "36.0", "1e1", "9" * 400, "36;"):
        lied = b"Content-Length: " + length.encode() + b"\r\n\r\n"
        yield malformed(
            f"a length of {length[:20]!r}", _POST + _HOST + lied + _QUERY, codes=("content-too-large", BAD_REQUEST)
        )
    both = b"Content-Length: 36\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield malformed("a length and chunks", _POST + _HOST + both + b"24\r\n" + _QUERY + b"\r\n0\r\n\r\n")
    yield malformed("two lengths", _POST + _HOST + b"Content-Length: 36\r\nContent-Length: 2\r\n\r\n" + _QUERY)
    yield malformed("one length twice", _POST + _HOST + b"Content-Length: 36\r\nContent-Length: 36\r\n\r\n" + _QUERY)
    for coding in ("chunked, chunked", "gzip", "gzip, chunked", "identity", "xchunked", "chunked;a=b", "\x0bchunked"):
        chunked = b"Transfer-Encoding: " + coding.encode() + b"\r\n\r\n24\r\n" + _QUERY + b"\r\n0\r\n\r\n"
        yield malformed(
            f"a transfer encoding of {coding!r}",
            _POST + _HOST + chunked,
            codes=(BAD_REQUEST, PASSES, "unsupported-encoding"),
        )
    for name, chunk in {
        "of no size": b"\r\n",
        "of a negative size": b"-1\r\n",
        "of a size in words": b"ten\r\n",
        "of a size of a thousand digits": b"0" * 1_000 + b"24\r\n" + _QUERY + b"\r\n",
        "that is longer than it says": b"2\r\n" + _QUERY + b"\r\n",
        "with a sign": b"+24\r\n" + _QUERY + b"\r\n",
        "with a space": b"2 4\r\n" + _QUERY + b"\r\n",
        "with an extension of 100 KB": b"24;" + b"a" * 100_000 + b"\r\n" + _QUERY + b"\r\n",
    }.items():
        yield malformed(
            f"a chunk {name}",
            _POST + _HOST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n",
            codes=(BAD_REQUEST, PASSES, "headers-too-large"),
            seconds=11.0,
        )
    many = b"X: y\r\n" * 10_000
    yield malformed(
        "ten thousand trailers",
        _POST + _HOST + b"Transfer-Encoding: chunked\r\n\r\n24\r\n" + _QUERY + b"\r\n0\r\n" + many + b"\r\n",
        codes=(PASSES, "headers-too-large"),
    )


def _hidden() -> Iterator[Case]:
    inner = b"GET /v1/problems HTTP/1.1\r\n" + _HOST + b"\r\n"
    for name, start in {
        "behind a body with both lengths": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        % (len(inner) + 5),
        "behind a length of nought": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(inner),
        "behind an encoding with a tab": b"Transfer-Encoding:\tchunked\r\nContent-Length: %d\r\n\r\n0\r\n\r\n"
        % (len(inner) + 5),
        "behind an encoding in two headers": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        "behind a folded length": b"Content-Length:\r\n 0\r\n\r\n",
    }.items():
        yield malformed(
            f"a request {name}", _POST + _HOST + start + inner, codes=(BAD_REQUEST, PASSES, "unsupported-encoding")
        )
    for name, headers in {
        "to HTTP/2": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n",
        "to a web socket": b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n",
        "to nothing": b"Connection: Upgrade\r\nUpgrade: nothing\r\n",
    }.items():
        for path in (b"/graphql", b"/v1"):
            asked = b"GET " + path + b" HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\n" + headers + b"\r\n"
            yield malformed(f"an upgrade {name} at {path.decode()}", asked, codes=(PASSES, BAD_REQUEST), seconds=12.0)
    expecting = _POST + _HOST + b"Content-Length: 36\r\nExpect: 100-continue\r\n\r\n"
    yield case("a body after asking", Raw((expecting, _QUERY), 0.1), PASSES)
    yield case(
        "a body that is asked for otherwise",
        Raw((expecting.replace(b"100-continue", b"200-ok"), _QUERY), 0.1),
        PASSES,
        *NO_HTTP,
        CLOSED,
    )
    yield case(
        "two hundred requests at once",
        Raw((b"GET /v1/problems HTTP/1.1\r\nHost: a\r\n\r\n" * 200,)),
        PASSES,
        answers=200,
        seconds=4.0,
    )


FAMILY = Family("framing", (_lines, _sizes, _bodies, _hidden))
