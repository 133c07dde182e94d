"""Encodings that are broken, and compression: nothing of it is ever unpacked."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import replace

import brotli
import zstandard

from tests.hostile.case import BAD_REQUEST, NO_HTTP, PASSES, Case, Family, Request, case, posting

_REFUSED = ("unsupported-encoding", BAD_REQUEST)
_RIGHT = b'{"query": "{ release { version } }"}'


def _broken() -> Iterator[Case]:
    for name, wrong in {
        "a lone continuation": b"\x80",
        "a beginning alone": b"\xc3",
        "an overlong slash": b"\xc0\xaf",
        "an overlong null": b"\xc0\x80",
        "a surrogate": b"\xed\xa0\x80",
        "beyond Unicode": b"\xf4\x90\x80\x80",
        "five bytes": b"\xf8\x88\x80\x80\x80",
        "FE FF": b"\xfe\xff",
        "Latin-1": "Ä".encode("latin-1"),
    }.items():
        yield posting(f"{name} in a document", b'{"query": "{ release { version } } #%s"}' % wrong, BAD_REQUEST)
        yield posting(f"{name} as a body", wrong, BAD_REQUEST)
        yield posting(f"{name} in a key", b'{"query": "{ release { version } }", "%s": 1}' % wrong, BAD_REQUEST)
        yield posting(
            f"{name} in a variable",
            b'{"query": "{ release { version } }", "variables": {"a": "%s"}}' % wrong,
            BAD_REQUEST,
        )
        escaped = "".join(f"%{byte:02X}" for byte in wrong)
        yield case(f"{name} in a parameter", Request(f"/v1/events?q={escaped}"), PASSES, "invalid-parameter")
        yield case(f"{name} in a parameter's name", Request(f"/v1/events?{escaped}=1"), "invalid-parameter")
        yield case(f"{name} in a path", Request(f"/v1/events/{escaped}"), "unknown-record", "unknown-route")
        yield case(
            f"{name} in a document by address",
            Request(f"/graphql?query={escaped}"),
            BAD_REQUEST,
            "GRAPHQL_PARSE_FAILED",
        )
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037"):
        yield posting(
            f"a body in {encoding}",
            _RIGHT.decode().encode(encoding),
            *((PASSES, BAD_REQUEST) if encoding == "utf-7" else (BAD_REQUEST,)),
        )
    for charset in ("utf-16", "latin-1", "utf-7", "x-nothing", "idna", "zip", "base64", "rot13", "utf-8\x0b", '"', ""):
        asked = Request("/graphql", "POST", (("Content-Type", f"application/json; charset={charset}"),), _RIGHT)
        found = case(f"a body that says it is in {charset!r}", asked, PASSES, BAD_REQUEST, *NO_HTTP)
        yield replace(found, statuses=frozenset({200, 400, 415}))


def _compressed() -> Iterator[Case]:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = b" " * 1_000_000
    packed = b"".join([*(bomb.compress(zeros) for _ in range(200)), bomb.flush()])
    bodies = {
        "gzip": gzip.compress(_RIGHT),
        "deflate": zlib.compress(_RIGHT),
        "br": brotli.compress(_RIGHT),
        "zstd": zstandard.ZstdCompressor().compress(_RIGHT),
        "x-gzip": gzip.compress(_RIGHT),
        "compress": b"\x1f\x9d",
        "gzip, gzip": gzip.compress(gzip.compress(_RIGHT)),
        "GZIP": gzip.compress(_RIGHT),
        "nothing": _RIGHT,
        "gzip, identity": gzip.compress(_RIGHT),
        "*": _RIGHT,
        "aes128gcm": _RIGHT,
    }
    for encoding, body in bodies.items():
        yield posting(f"a body in {encoding}", body, *_REFUSED, status=415, headers=(("Content-Encoding", encoding),))
        yield posting(
            f"a body that says {encoding} and is not",
            _RIGHT,
            *_REFUSED,
            status=415,
            headers=(("Content-Encoding", encoding),),
        )
    yield posting("200 MB in 200 KB", packed, *_REFUSED, status=415, headers=(("Content-Encoding", "gzip"),))
    yield posting(
        "200 MB in 200 KB, in chunks",
        lambda: iter([packed[:1000], packed[1000:]]),
        *_REFUSED,
        status=415,
        headers=(("Content-Encoding", "gzip"),),
        chunked=True,
    )
    yield posting("200 MB in 200 KB that nothing tells of", packed, BAD_REQUEST)
    yield posting("a whole encoding", _RIGHT, PASSES, headers=(("Content-Encoding", "identity"),))
    yield posting(
        "two encodings",
        _RIGHT,
        *_REFUSED,
        "malformed-request",
        headers=(("Content-Encoding", "identity"), ("Content-Encoding", "gzip")),
    )
    yield case(
        "an encoding of a question",
        Request("/v1/events?limit=1", headers=(("Content-Encoding", "gzip"),)),
        *_REFUSED,
        status=415,
    )
    yield case(
        "an encoding of a question to GraphQL",
        Request("/graphql?query=%7B__typename%7D", headers=(("Content-Encoding", "br"),)),
        *_REFUSED,
        status=415,
    )


def _answers() -> Iterator[Case]:
    """Yield what clients may want an answer to be in."""
    for wanted in (
        "gzip",
        "br",
        "zstd",
        "gzip;q=0",
        "*;q=0",
        "identity;q=0",
        "identity;q=0, *;q=0",
        "gzip;q=1e9",
        "gzip;q=-1",
        "gzip;q=nan",
        "gzip;q=",
        ";;;;",
        ",,,,",
        "gzip" + ", gzip" * 1_000,
        "a" * 8_000,
        "gzip; q=0." + "9" * 2_000,
        "\t",
        "*",
        "gzip;q=١",
    ):
        shown = wanted if len(wanted) < 30 else f"{wanted[:10]}… of {len(wanted)} characters"
        headers = (("Accept-Encoding", wanted.encode().decode("latin-1")),)
        yield case(f"an answer in {shown!r}", Request("/v1/events", headers=headers), PASSES)


FAMILY = Family("encodings", (_broken, _compressed, _answers))
