"""How an answer is delivered: validators and conditions, how long it may be kept, its encoding and its links.

RFC 9110 (ETag, If-None-Match, Accept-Encoding), RFC 9111 (Cache-Control) and RFC 8288 (Link). A release never
changes, so a pinned address may be kept for good; the latest one is asked again after a minute.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256

import brotli
import zstandard
from starlette.requests import Request
from starlette.responses import Response

from api.negotiate import accepted
from dataset.catalog import Edition

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


class Variants:
    """Encoded bodies by digest and encoding, the least recently used dropped first when the budget is spent."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0

    def encoded(self, digest: str, encoding: str, body: bytes) -> bytes:
        """Return the body in an encoding, made once as long as it is kept."""
        key = (digest, encoding)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        made = ENCODERS[encoding](body)
        self._kept[key] = made
        self._size += len(made)
        while self._size > self._budget:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped)
        return made


def deliver(request: Request, response: Response, edition: Edition, variants: Variants) -> Response:
    """Finish a successful answer to GET or HEAD: validators, freshness, links, encoding, or 304 in its place."""
    body = bytes(response.body)
    digest = sha256(body).hexdigest()
    encoding = _encoding(request, response, body)
    headers = response.headers
    headers["ETag"] = f'"{digest[:32]}{f"-{encoding}" if encoding else ""}"'
    headers["Cache-Control"] = KEPT_PINNED if "version" in request.path_params else KEPT_LATEST
    headers["Last-Modified"] = _modified(edition)
    headers.add_vary_header("Accept-Encoding")
    if _matches(request.headers.get("if-none-match", ""), digest[:32]):
        return _not_modified(response)
    if encoding:
        response.body = variants.encoded(digest, encoding, body)
        headers["Content-Encoding"] = encoding
        headers["Content-Length"] = str(len(response.body))
    return response


def _encoding(request: Request, response: Response, body: bytes) -> str | None:
    if len(body) < SMALLEST:
        return None
    wanted = dict(accepted(request.headers.get("accept-encoding", "")))
    usable = [(wanted.get(name, wanted.get("*", 0.0)), name) for name in ENCODERS]
    best = max(quality for quality, _ in usable)
    return next((name for quality, name in usable if quality == best > 0), None)


def _matches(header: str, digest: str) -> bool:
    """Return whether If-None-Match names this content, in whatever encoding the client has it."""
    if header.strip() == "*":
        return True
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))
    return any(tag.partition("-")[0] == digest for tag in tags)


def _not_modified(response: Response) -> Response:
    kept = ("etag", "cache-control", "vary", "last-modified", "link", "dataset-release")
    return Response(status_code=304, headers={k: v for k, v in response.headers.items() if k in kept})


def _modified(edition: Edition) -> str:
    released = datetime.fromisoformat(edition.release.manifest.released).replace(tzinfo=UTC)
    return format_datetime(released, usegmt=True)
