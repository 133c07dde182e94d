"""What was published and corrected, as feeds: JSON Feed and Atom."""

from starlette.requests import Request
from starlette.responses import Response

from api.endpoints import catalog_of
from api.negotiate import combined, preferred
from api.responses import RELEASE_HEADER, origin
from dataset.catalog import Edition
from dataset.export import atom, jsonfeed
from dataset.feed import entries

MEDIA_TYPES = {jsonfeed.MEDIA_TYPE: "json", "application/json": "json", atom.MEDIA_TYPE: "atom"}
"""The media types by which a client asks for a feed, and the feed."""


def changes(request: Request, edition: Edition) -> Response:
    """List releases and corrections, newest first, as the feed that the client accepts most."""
    form = preferred(combined(request.headers, "accept"), MEDIA_TYPES)
    response = changes_atom(request, edition) if form == "atom" else changes_json(request, edition)
    response.headers.add_vary_header("Accept")
    return response


def changes_atom(request: Request, edition: Edition) -> Response:
    """List them as an Atom feed."""
    about = edition.release.manifest
    body = atom.write(about.title, entries(catalog_of(request)), origin(request), dataset=about.dataset)
    return _response(edition, body, atom.MEDIA_TYPE)


def changes_json(request: Request, edition: Edition) -> Response:
    """List them as a JSON Feed."""
    body = jsonfeed.write(edition.release.manifest.title, entries(catalog_of(request)), origin(request))
    return _response(edition, body, jsonfeed.MEDIA_TYPE)


def _response(edition: Edition, body: bytes, media_type: str) -> Response:
    return Response(body, headers={RELEASE_HEADER: edition.release.version}, media_type=media_type)
