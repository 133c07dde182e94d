"""The table of REST addresses, each once: the router and the OpenAPI document are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from api import endpoints, feeds, resources
from api.delivery import deliver
from api.responses import JSON, LINKS, link
from api.routing import Route
from dataset.address import PINNED, pinned, written
from dataset.address import ROOT as LATEST
from dataset.catalog import Edition
from dataset.export import atom, csvw, jsonfeed

Handler = Callable[[Request, Edition], Response]


@dataclass(frozen=True)
class Endpoint:
    """One address that is about releases or about the server, below the latest release, a pinned one or both."""

    path: str
    name: str
    handler: Handler
    under: tuple[str, ...]
    answer: str
    """The name of the answer's schema in the OpenAPI document; empty: a format of others."""
    summary: str = ""
    offered: tuple[str, ...] = (JSON,)
    """The media types of its answer."""


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("", "index", endpoints.index, (LATEST,), "Index", summary="What there is."),
    Endpoint("/problems", "problems", endpoints.problems, (LATEST,), "ProblemKindList", summary="The kinds of error."),
    Endpoint("/limits", "limits", endpoints.limits, (LATEST,), "LimitList", summary="What is taken at most."),
    Endpoint(
        "/releases", "releases", endpoints.releases, (LATEST,), "ReleaseList", summary="The releases, newest first."
    ),
    *(
        Endpoint(f"/changes{suffix}", name, handler, (LATEST,), "", "Releases and corrections, as a feed.", offered)
        for suffix, name, handler, offered in (
            ("", "changes", feeds.changes, tuple(feeds.MEDIA_TYPES)),
            (".atom", "changes_atom", feeds.changes_atom, (atom.MEDIA_TYPE, "application/xml", "text/xml")),
            (".json", "changes_json", feeds.changes_json, (jsonfeed.MEDIA_TYPE, JSON)),
        )
    ),
    Endpoint(
        "/queries",
        "queries",
        endpoints.queries,
        (LATEST,),
        "SavedQueryList",
        summary="The saved queries, with their parameters and documents.",
    ),
    Endpoint(
        "",
        "release",
        endpoints.release,
        (PINNED,),
        "ReleaseItem",
        summary="A release: its manifest and what it changed.",
    ),
    *(
        Endpoint(
            path,
            f"{collection}_columns",
            partial(endpoints.columns, collection=collection),
            (LATEST, PINNED),
            "",
            f"What the columns of the {collection} as CSV are, by CSV on the Web.",
            (csvw.MEDIA_TYPE, JSON),
        )
        for collection, path in csvw.PATHS.items()
    ),
    Endpoint(
        "/diff/{other}",
        "diff",
        endpoints.difference,
        (PINNED,),
        "Difference",
        summary="What changed from one release to another, per record and field, with the reasons.",
    ),
)
"""The addresses beside those of dataset.resources, which are below the latest release and below every pinned one."""


def routes() -> list[Route]:
    """Return a route for each address."""
    own = [_route(endpoint, under) for endpoint in ENDPOINTS for under in endpoint.under]
    return [*own, *(route for resource in resources.ADDRESSES for route in resources.routes(resource))]


def _route(endpoint: Endpoint, under: str) -> Route:
    async def answer(request: Request) -> Response:
        edition = endpoints.edition_of(request)
        endpoints.bare(request, endpoint.offered)
        response = endpoint.handler(request, edition)
        canonical = _canonical(endpoint, request, edition)
        # What is said of all releases does not stay as it is.
        citing = ((canonical, "cite-as"),) if PINNED in endpoint.under else ()
        response.headers["Link"] = link((canonical, "canonical"), *LINKS, *citing)
        return deliver(request, response, edition, request.app.state.variants)

    return Route(under + endpoint.path, answer, methods=["GET"])


def _canonical(endpoint: Endpoint, request: Request, edition: Edition) -> str:
    """Return the address at which this answer stays as it is: under its release where it can be."""
    base = pinned(edition.release.version) if PINNED in endpoint.under else LATEST
    return written(base + endpoint.path.format(**request.path_params), ())
