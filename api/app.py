"""The application: its routes, its middleware and its error handlers, as three lists."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import endpoints, errors, graphql, openapi, params
from api.delivery import Variants, deliver
from api.responses import RELEASE_HEADER
from api.routes import PINNED, routes
from dataset.catalog import Catalog
from dataset.query import QueryError


async def _graphql(request: Request) -> Response:
    return await graphql.respond(request, endpoints.edition_of(request), endpoints.catalog_of(request))


async def _openapi(request: Request) -> Response:
    params.known(request.query_params, ())
    return deliver(request, openapi.response(), endpoints.edition_of(request), request.app.state.variants)


async def _root(request: Request) -> Response:
    edition = endpoints.edition_of(request)
    return deliver(request, endpoints.index(request, edition), edition, request.app.state.variants)


def create_app(catalog: Catalog) -> Starlette:
    """Return the application that serves a catalog of releases."""
    app = Starlette(
        routes=[
            Route("/", _root, methods=["GET"]),
            *routes(),
            Route("/graphql", _graphql, methods=["GET", "POST"]),
            Route(PINNED + "/graphql", _graphql, methods=["GET", "POST"]),
            Route("/openapi.json", _openapi, methods=["GET"]),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "HEAD", "POST"],
                allow_headers=["Content-Type"],
                expose_headers=["ETag", "Link", RELEASE_HEADER],
            ),
        ],
        exception_handlers={
            errors.Problem: errors.on_problem,
            QueryError: errors.on_query_error,
            HTTPException: errors.on_http_exception,
            Exception: errors.on_fault,
        },
    )
    app.router.redirect_slashes = False  # a redirect would carry the client's own Host header
    app.state.catalog = catalog
    app.state.variants = Variants()
    return app
