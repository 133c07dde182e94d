"""How an answer is delivered: validators and conditions, how long it may be kept, its encoding and its links.

RFC 9110 (ETag, If-None-Match, Accept-Encoding), RFC 9111 (Cache-Control) and RFC 8288 (Link). A release never
changes, so a pinned address may be kept for good; the latest one is asked again after a minute.
"""

import gzip
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Protocol

import brotli
import zstandard
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.negotiate import accepted, combined, remembered
from api.responses import VERSION, put
from dataset.catalog import Edition
from dataset.memo import Memo

KEPT_PINNED = "public, max-age=31536000, immutable"
KEPT_LATEST = "public, max-age=60, stale-while-revalidate=600"
SMALLEST = 1_000  # bytes; below that an encoding saves nothing that a packet would notice
BUDGET = 32_000_000  # bytes of encoded variants that are kept

ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": lambda data: zstandard.compress(data, level=6),
    "gzip": lambda data: gzip.compress(data, compresslevel=6, mtime=0),
}
"""The encodings that we produce, the one that we like best first."""


class Coder(Protocol):
    """Encodes a stream piece by piece."""

    def compress(self, data: bytes, /) -> bytes:
        """Return what can be sent after this piece."""

    def flush(self) -> bytes:
        """Return the end."""


class _Brotli:
    """Brotli under the names that the other encoders use."""

    def __init__(self) -> None:
        self._coder = brotli.Compressor(quality=5)

    def compress(self, data: bytes) -> bytes:
        """Return what can be sent after this piece."""
        found: bytes = self._coder.process(data)
        return found

    def flush(self) -> bytes:
        """Return the end."""
        found: bytes = self._coder.finish()
        return found


STREAMS: Mapping[str, Callable[[], Coder]] = {
    "br": _Brotli,
    "zstd": lambda: zstandard.ZstdCompressor(level=6).compressobj(),
    "gzip": lambda: zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS),
}
"""The encodings as streams."""


class Variants:
    """Encoded bodies by digest and encoding, kept within a budget."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.memo: Memo[bytes] = Memo(budget)

    def encoded(self, digest: str, encoding: str, body: bytes) -> bytes:
        """Return the body in an encoding, made once as long as it is kept."""
        key = (digest, encoding)
        found = self.memo.get(key)
        if found is None:
            found = ENCODERS[encoding](body)
            self.memo.keep(key, found, len(found))
        return found


def deliver(request: Request, response: Response, edition: Edition, variants: Variants, content: str = "") -> Response:
    """Finish a successful answer to GET or HEAD: validators, freshness, links, encoding, or 304 in its place.

    `content` is the SHA-256 of the body where it is known: a long answer is not digested twice.
    """
    body = bytes(response.body)
    # The media type counts, too: an empty answer has the same bytes in several formats.
    told = f"{response.headers['Content-Type']}\n{content or sha256(body).hexdigest()}"
    digest = sha256(told.encode()).hexdigest()
    encoding = _encoding(combined(request.headers, "accept-encoding")) if len(body) >= SMALLEST else None
    tag = f'"{digest[:32]}{f"-{encoding}" if encoding else ""}"'
    _validate(request, response, edition, tag)
    tag = _matching(combined(request.headers, "if-none-match"), digest[:32])
    if tag:
        return _not_modified(response, tag)
    if encoding:
        response.body = variants.encoded(digest, encoding, body)
        put(response, {"Content-Encoding": encoding, "Content-Length": str(len(response.body))})
    return response


def stream(request: Request, response: StreamingResponse, edition: Edition, address: str) -> Response:
    """Finish a successful answer that is too long to be made as a whole.

    Its content is not known beforehand, so its validator is a weak one, made of the release and of the address.
    """
    digest = sha256(f"{VERSION} {edition.release.sha256} {address}".encode()).hexdigest()
    _validate(request, response, edition, f'W/"{digest[:32]}"')
    tag = _matching(combined(request.headers, "if-none-match"), digest[:32])
    if tag:
        return _not_modified(response, tag)
    if request.method == "HEAD":
        response.body_iterator = _each(())  # so that nothing is made only to be thrown away
    encoding = _encoding(combined(request.headers, "accept-encoding"))
    if encoding:
        response.headers["Content-Encoding"] = encoding
        response.body_iterator = _compressed(response.body_iterator, STREAMS[encoding]())
    return response


def _validate(request: Request, response: Response, edition: Edition, tag: str) -> None:
    """Say by what an answer is known again, how long it may be kept, and that there are encodings of it."""
    varying = response.headers.get("Vary")
    headers = {
        "ETag": tag,
        "Cache-Control": KEPT_PINNED if "version" in request.path_params else KEPT_LATEST,
        "Last-Modified": _midnight(edition.release.manifest.released),
        "Vary": f"{varying}, Accept-Encoding" if varying else "Accept-Encoding",
    }
    put(response, headers)


async def _each(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _compressed(parts: AsyncIterable[Any], coder: Coder) -> AsyncIterator[bytes]:
    async for part in parts:
        yield coder.compress(part)
    yield coder.flush()


@remembered
def _encoding(header: str) -> str | None:
    """Return the encoding that an Accept-Encoding header asks for; None: none."""
    wanted = dict(accepted(header))
    usable = [(wanted.get(name, wanted.get("*", 0.0)), name) for name in ENCODERS]
    best = max(quality for quality, _ in usable)
    plain = wanted.get("identity", 0.0)  # where it is not named, an encoding that is wanted at all is better
    return next((name for quality, name in usable if quality == best > 0 and best >= plain), None)


def _matching(header: str, digest: str) -> str:
    """Return the tag in If-None-Match that names this content, in whatever encoding the client has it; or nothing."""
    if not header or header.strip() == "*":
        return header.strip()
    tags = {"": f'"{digest}"', **{encoding: f'"{digest}-{encoding}"' for encoding in ENCODERS}}
    known = {*tags.values(), *(f"W/{tag}" for tag in tags.values())}
    return next((tag for tag in map(str.strip, header.split(",")) if tag in known), "")


def _not_modified(response: Response, tag: str) -> Response:
    kept = ("etag", "cache-control", "vary", "last-modified", "link", "dataset-release")
    found = Response(status_code=304, headers={k: v for k, v in response.headers.items() if k in kept})
    if tag != "*":
        found.headers["ETag"] = tag  # that of the variant that the client has
    return found


@lru_cache(100)
def _midnight(day: str) -> str:
    """Return the beginning of a day as a header says it."""
    return format_datetime(datetime.fromisoformat(day).replace(tzinfo=UTC), usegmt=True)
