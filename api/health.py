"""What an operator asks the server: whether it lives, what it serves, and what it counted. Nothing of it is kept."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api import metrics
from api.endpoints import catalog_of
from api.responses import JSON
from api.routing import Route

_FRESH = {"Cache-Control": "no-store"}
_ALIVE = orjson.dumps({"status": "alive"})


async def alive(request: Request) -> Response:
    """Say that the server answers, whatever else there is to be said."""
    return Response(_ALIVE, headers=_FRESH, media_type=JSON)


async def ready(request: Request) -> Response:
    """List the releases that are served, newest first, and those that were refused, with the reasons."""
    catalog = catalog_of(request)
    releases = [
        {"version": version, "released": edition.release.manifest.released, "sha256": edition.release.sha256}
        for version, edition in catalog.editions.items()
    ]
    refused = [
        {"file": problem.file, "record": problem.record, "field": problem.field, "reason": problem.reason}
        for problem in catalog.refused
    ]
    body = {"status": "ready", "releases": releases, "refused": refused}
    return Response(orjson.dumps(body), headers=_FRESH, media_type=JSON)


async def counted(request: Request) -> Response:
    """Return what all workers counted, for Prometheus."""
    meter: metrics.Meter = request.app.state.meter
    return Response(meter.exposed(catalog_of(request)), headers={**_FRESH, "Content-Type": metrics.MEDIA_TYPE})


def routes() -> list[Route]:
    """Return the operator's routes."""
    return [
        Route("/healthz", alive, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        Route("/metrics", counted, methods=["GET"]),
    ]
