"""The table of REST addresses, each once: the router and the OpenAPI document are made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import endpoints
from api.delivery import deliver
from api.params import written
from api.responses import link
from dataset.catalog import Edition
from dataset.records import SERVED
from schema.roots import SINGULAR

Handler = Callable[[Request, Edition], Response]

LATEST = "/v1"
PINNED = "/v1/releases/{version}"


@dataclass(frozen=True)
class Endpoint:
    """One address, below the latest release, a pinned one or both."""

    path: str
    name: str
    handler: Handler
    under: tuple[str, ...]
    answer: str
    """The name of the answer's schema in the OpenAPI document."""
    collection: str = ""
    """The collection whose filters are its query parameters."""
    summary: str = ""


def _collection(name: str) -> tuple[Endpoint, Endpoint]:
    kind = SERVED[name].__name__
    one = SINGULAR[name]
    return (
        Endpoint(
            f"/{name}",
            f"list_{name}",
            partial(endpoints.records, collection=name),
            (LATEST, PINNED),
            f"{kind}List",
            collection=name,
            summary=f"The {name}, filtered, ordered and paged.",
        ),
        Endpoint(
            f"/{name}/{{id}}",
            f"get_{one}",
            partial(endpoints.record, collection=name),
            (LATEST, PINNED),
            f"{kind}Item",
            summary=f"One {one}, with everything that leads on from it.",
        ),
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("", "index", endpoints.index, (LATEST,), "Index", summary="What there is."),
    Endpoint("/problems", "problems", endpoints.problems, (LATEST,), "ProblemKindList", summary="The kinds of error."),
    Endpoint(
        "/releases", "releases", endpoints.releases, (LATEST,), "ReleaseList", summary="The releases, newest first."
    ),
    Endpoint(
        "",
        "release",
        endpoints.release,
        (PINNED,),
        "ReleaseItem",
        summary="A release: its manifest and what it changed.",
    ),
    Endpoint(
        "/diff/{other}",
        "diff",
        endpoints.difference,
        (PINNED,),
        "Difference",
        summary="What changed from one release to another, per record and field, with the reasons.",
    ),
    *(endpoint for name in SERVED for endpoint in _collection(name)),
)


LINKS = (("/openapi.json", "describedby"), ("https://creativecommons.org/licenses/by/4.0/", "license"))
"""What every answer links to, with the relation."""


def routes() -> list[Route]:
    """Return a route for each address of the table."""
    return [_route(endpoint, under) for endpoint in ENDPOINTS for under in endpoint.under]


def _route(endpoint: Endpoint, under: str) -> Route:
    async def answer(request: Request) -> Response:
        edition = endpoints.edition_of(request)
        response = endpoint.handler(request, edition)
        canonical = _canonical(endpoint, request, edition)
        for target, relation in ((canonical, "canonical"), (canonical, "cite-as"), *LINKS):
            link(response, target, relation)
        return deliver(request, response, edition, request.app.state.variants)

    return Route(under + endpoint.path, answer, methods=["GET"])


def _canonical(endpoint: Endpoint, request: Request, edition: Edition) -> str:
    """Return the address at which this answer stays as it is: under its release, the query in one order."""
    pinned = PINNED.format(version=edition.release.version) if PINNED in endpoint.under else LATEST
    path = pinned + endpoint.path.format(**request.path_params)
    return written(quote(path), sorted(request.query_params.multi_items()))
