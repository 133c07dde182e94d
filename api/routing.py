"""Routes that know all of HTTP's safe methods, and a router that looks only at those that a path can mean."""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette import routing
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.scope import ROUTE


class Route(routing.Route):
    """A route that answers OPTIONS, and refuses other methods with the ones that it knows, in one order."""

    def __init__(self, path: str, endpoint: Any, *, methods: Sequence[str]) -> None:
        super().__init__(path, endpoint, methods=methods)
        if inspect.iscoroutinefunction(endpoint):
            self.app = _answering(endpoint)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose path fits."""
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers={"Allow": self._allowed()})(scope, receive, send)
        elif self.methods and scope["method"] not in self.methods:
            raise HTTPException(405, headers={"Allow": self._allowed()})
        else:
            await self.app(scope, receive, send)

    def _allowed(self) -> str:
        return ", ".join(sorted({*(self.methods or ()), "OPTIONS"}))


def _answering(endpoint: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
    """Return the application of a function, without what Starlette has around one: others answer its exceptions."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


@dataclass
class _Branch:
    """The routes whose paths begin alike, by their next segment."""

    named: dict[str, "_Branch"] = field(default_factory=dict)
    """By segments that are given."""
    open: dict[str, "_Branch"] = field(default_factory=dict)
    """By what segments end with that begin with an open part."""
    here: list[tuple[int, BaseRoute]] = field(default_factory=list)
    """The routes that end here, with their places in the table."""
    rest: list[tuple[int, BaseRoute]] = field(default_factory=list)
    """The routes whose open part is all that follows."""


class Router(routing.Router):
    """Starlette's router over a tree of its routes: there are hundreds, and trying each in turn costs more than most
    answers.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._tree = _Branch()
        super().__init__(routes, redirect_slashes=False)
        for place, route in enumerate(routes):
            self._plant(place, route)
        self._whole: dict[str, Route] = {}
        """The routes whose paths have no open part, by path, but for those that another route comes before."""
        for route in routes:
            if isinstance(route, Route) and "{" not in route.path and self._routes(route.path)[0] is route:
                self._whole[route.path] = route

    def _plant(self, place: int, route: Any) -> None:
        branch = self._tree
        for segment in route.path.split("/")[1:]:
            if ":path}" in segment:
                branch.rest.append((place, route))
                return
            if "{" in segment:
                branch = branch.open.setdefault(segment.rpartition("}")[2], _Branch())
            else:
                branch = branch.named.setdefault(segment, _Branch())
        branch.here.append((place, route))

    def _routes(self, path: str) -> list[BaseRoute]:
        """Return the routes that a path can mean, in the table's order."""
        found = sorted(_fitting(self._tree, path.split("/")[1:]), key=lambda pair: pair[0])
        return [route for _, route in found]

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request by the first route that its path fits; the table's order counts."""
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        scope.setdefault("router", self)
        whole = self._whole.get(scope["path"])
        if whole:
            scope[ROUTE], scope["endpoint"], scope["path_params"] = whole, whole.endpoint, {}
            await whole.handle(scope, receive, send)
            return
        for route in self._routes(scope["path"]):
            match, child = route.matches(scope)
            if match is not routing.Match.NONE:
                scope.update(child)
                scope[ROUTE] = route
                await route.handle(scope, receive, send)
                return
        raise HTTPException(404)


def _fitting(branch: _Branch, segments: list[str]) -> Iterator[tuple[int, BaseRoute]]:
    """Yield the routes that a path with these segments can mean."""
    yield from branch.rest
    if not segments:
        yield from branch.here
        return
    if segments[0] in branch.named:
        yield from _fitting(branch.named[segments[0]], segments[1:])
    for ending, inner in branch.open.items():
        if segments[0].endswith(ending):
            yield from _fitting(inner, segments[1:])
