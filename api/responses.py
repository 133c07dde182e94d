"""What REST answers with: JSON that names its release in the body and in a header."""

from typing import Any

import orjson
from starlette.responses import Response

from api.represent import summary
from dataset.catalog import Edition

RELEASE_HEADER = "Dataset-Release"


def answer(edition: Edition, body: dict[str, Any]) -> Response:
    """Return the body, led by its release, as JSON."""
    return Response(
        orjson.dumps({"release": summary(edition), **body}),
        headers={RELEASE_HEADER: edition.release.version},
        media_type="application/json",
    )


def link(response: Response, target: str, relation: str) -> None:
    """Add a link to a response's Link header (RFC 8288); the target is a URI reference in ASCII."""
    found = response.headers.get("Link")
    made = f'<{target}>; rel="{relation}"'
    response.headers["Link"] = f"{found}, {made}" if found else made
