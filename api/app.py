"""The application: its routes, its middleware and its error handlers, as three lists."""

from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import assets, endpoints, errors, graphql, health, metrics, observe, openapi, pages, tracing
from api.delivery import Variants, deliver
from api.edge import Edge
from api.exports import Exports
from api.figures import REASONS, figures
from api.front import Answers, Front
from api.limits import DEFAULT, Limits
from api.preflight import Preflight
from api.routes import routes as table
from api.routing import Route, Router
from dataset.address import PINNED
from dataset.answer import RetiredRecordError, UnknownRecordError
from dataset.catalog import Catalog
from dataset.parameters import Given
from dataset.query import QueryError
from schema.engine import Engine
from schema.executor import SCHEMA
from schema.persisted import Persisted


class _GraphQL:
    """The GraphQL door, without what Starlette puts between a route and a function."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        page = None if scope["method"] == "POST" else self._page(Request(scope))
        if page:
            await page(scope, receive, send)
        else:
            catalog: Catalog = scope["app"].state.catalog
            edition = endpoints.named(catalog, scope["path_params"].get("version"))
            await graphql.respond(scope, edition, catalog, receive, send)

    def _page(self, request: Request) -> Response | None:
        """Return the page for whoever asks no question; None where one is asked."""
        if pages.wanted(request) and not request.query_params:
            return pages.graphiql(request, pages.QUERIES)
        if pages.asks_nothing(request):
            return pages.usage(request, pages.QUERIES)
        return None


async def _openapi(request: Request) -> Response:
    endpoints.bare(request)
    return deliver(request, openapi.response(), endpoints.edition_of(request), request.app.state.variants)


async def _sdl(request: Request) -> Response:
    Given(request.query_params.multi_items()).known(())
    response = Response(SCHEMA.as_str() + "\n", media_type="text/plain")
    return deliver(request, response, endpoints.edition_of(request), request.app.state.variants)


async def _docs(request: Request) -> Response:
    return pages.docs(request)


async def _root(request: Request) -> Response:
    if pages.wanted(request):
        return pages.index(request, pages.QUERIES)
    edition = endpoints.edition_of(request)
    response = endpoints.index(request, edition)
    response.headers.add_vary_header("Accept")
    return deliver(request, response, edition, request.app.state.variants)


class _State(State):
    """What the application has; Starlette would look each up in a dict of its own, for every request."""

    catalog: Catalog
    variants: Variants
    persisted: Persisted
    engine: Engine
    meter: metrics.Meter
    limits: Limits
    exports: Exports
    origin: str

    def __setattr__(self, name: Any, value: Any) -> None:
        object.__setattr__(self, name, value)


class Application(Starlette):
    """Starlette, but for its own answers to exceptions: `Observe`, which is around all else, has them."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the router with what is around it."""
        app: ASGIApp = self.router.app
        for middleware, args, options in reversed(self.user_middleware):
            app = middleware(app, *args, **options)
        return app


def create_app(
    catalog: Catalog,
    origin: str = "",
    board: metrics.Board | None = None,
    row: int = 0,
    traces: tracing.Traces | None = None,
    limits: Limits = DEFAULT,
) -> Starlette:
    """Return the application that serves a catalog of releases.

    `origin`, such as `https://example.org`, is where clients reach it; without it each request's Host header says so.
    What is counted goes to a row of `board`, which several workers share; without it the worker counts for itself.
    """
    door = _GraphQL()
    routes = [
        Route("/", _root, methods=["GET"]),
        *table(),
        *health.routes(),
        Route("/graphql", door, methods=["GET", "POST"]),
        Route(PINNED + "/graphql", door, methods=["GET", "POST"]),
        Route("/openapi.json", _openapi, methods=["GET"]),
        Route("/schema.graphql", _sdl, methods=["GET"]),
        Route("/docs", _docs, methods=["GET"]),
        Route(assets.ROUTE, assets.respond, methods=["GET"]),
    ]
    handlers: observe.Handlers = {
        errors.Problem: errors.on_problem,
        QueryError: errors.on_query_error,
        UnknownRecordError: errors.on_unknown_record,
        RetiredRecordError: errors.on_retired_record,
        HTTPException: errors.on_http_exception,
    }
    engine = Engine()
    answers, variants = Answers(), Variants()
    counted = figures(engine, answers, variants, lambda: app.state.catalog)
    meter = metrics.Meter(board or metrics.Board(), row, [route.path for route in routes], REASONS, counted)
    app = Application(
        middleware=[
            Middleware(observe.Observe, meter=meter, routes=routes, handlers=handlers, traces=traces),
            Middleware(Edge, limits=limits),
            Middleware(Front, answers=answers),
            Middleware(Preflight),
        ],
    )
    app.router = Router(routes)  # no redirects from slashes: they would carry the client's own Host header
    app.state = _State()
    app.state.catalog = catalog
    app.state.variants = variants
    app.state.persisted = Persisted()
    app.state.engine = engine
    app.state.meter = meter
    app.state.limits = limits
    app.state.exports = Exports(limits)
    app.state.origin = origin.rstrip("/")
    return app
