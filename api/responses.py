"""What REST answers with: JSON that names its release in the body and in a header."""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from dataset.catalog import Edition
from dataset.represent import summary

VERSION = "1.2.2"
"""The version of the API: what it promises is in the README."""

JSON = "application/json"
RELEASE_HEADER = "Dataset-Release"

LINKS = (("/openapi.json", "describedby"), ("https://creativecommons.org/licenses/by/4.0/", "license"))
"""What every answer links to, with the relation."""


_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:]+\](?::[0-9]{1,5})?", re.ASCII)


def answer(edition: Edition, body: dict[str, Any]) -> Response:
    """Return the body, led by its release, as JSON."""
    return Response(
        orjson.dumps({"release": summary(edition), **body}),
        headers={RELEASE_HEADER: edition.release.version},
        media_type=JSON,
    )


def origin(request: Request) -> str:
    """Return the origin under which clients reach the server; empty where it is not told and Host is none."""
    told: str = request.app.state.origin
    if told:
        return told
    host = request.headers.get("host", "")
    return f"{request.scope.get('scheme', 'http')}://{host}" if _HOST.fullmatch(host) else ""


def put(response: Response, headers: Mapping[str, str]) -> None:
    """Set headers of a response, all in one pass: Starlette looks through those that there are for each."""
    given = {name.lower().encode("ascii"): value.encode("latin-1") for name, value in headers.items()}
    others = [header for header in response.raw_headers if header[0] not in given]
    response.raw_headers[:] = [*others, *given.items()]


def link(*links: tuple[str, str]) -> str:
    """Return a Link header (RFC 8288): each target, a URI reference in ASCII, with its relation."""
    return ", ".join([f'<{target}>; rel="{relation}"' for target, relation in links])
