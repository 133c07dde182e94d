"""Each protection is there for something: without it, some case is not answered as it should be."""

import asyncio
import base64
import dataclasses
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import starlette.routing
import uvicorn
from starlette.requests import Request as Received
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

import api.app
import api.edge
import api.errors
import api.graphql
import api.resources
import api.routing
import dataset.query
from api.app import create_app
from api.limits import DEFAULT, Limits, table
from api.protocol import Bounds, Connections, Protocol
from dataset.catalog import Catalog
from dataset.parameters import Given
from tests.hostile import asgi
from tests.hostile.case import Case, Request, get, posting
from tests.hostile.cases import limits
from tests.hostile.client import judge
from tests.hostile.families import FAMILIES

ENDLESS = 10**9
"""A limit that nothing comes up to."""

_OURS = ("api.", "schema.", "dataset.", "graphql.language.parser")
"""The modules that have constants of limits."""

Removal = Callable[[pytest.MonkeyPatch], Limits]
"""Takes a protection away; returns the limits that the operator then sets."""


@dataclass(frozen=True)
class Protection:
    """One protection that is no limit."""

    remove: Removal
    case: tuple[str, str]
    """The family and the name of a case that needs it."""


def raised(name: str) -> Removal:
    """Return the removal of a limit that an operator may set."""
    return lambda patch: dataclasses.replace(DEFAULT, **{name: ENDLESS})


def constant(name: str) -> Removal:
    """Return the removal of a limit that is a constant, in every module that has it."""

    def remove(patch: pytest.MonkeyPatch) -> Limits:
        for module in [found for key, found in sys.modules.items() if key.startswith(_OURS)]:
            if hasattr(module, name):
                patch.setattr(module, name, ENDLESS)
        return DEFAULT

    return remove


def replaced(owner: object, name: str, instead: Any) -> Removal:
    """Return the removal of what a function or a table does."""

    def remove(patch: pytest.MonkeyPatch) -> Limits:
        patch.setattr(owner, name, instead)
        return DEFAULT

    return remove


def left_out(owner: object, name: str) -> Removal:
    """Return the removal of a middleware."""

    def through(app: ASGIApp, **_: Any) -> ASGIApp:
        return app

    return replaced(owner, name, through)


def named(family: str, name: str) -> Case:
    """Return a case of the suite."""
    found = next(one for one in FAMILIES if one.name == family)
    return next(case for case in found.cases() if case.name == name)


def careless_position(keys: Any, scope: str, text: str, parameter: str) -> int:
    """Return where a cursor stands, whatever it was given out for."""
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().rpartition(":")[2]
    except ValueError:
        return 0
    return keys.rank(key) or 0


def careless_number(given: Given, name: str, default: int, most: int) -> int:
    """Return a number as the language reads it."""
    return int(given.single(name) or default)


def careless_single(given: Given, name: str) -> str | None:
    """Return the last value of a parameter."""
    return next(reversed(given.all(name)), None)


def plain(_request: Received, error: Exception) -> Response:
    """Answer an error as it is."""
    return PlainTextResponse(repr(error), getattr(error, "status_code", 500))


CONSTANTS = {
    "parameter": "LONGEST",
    "filter": "MAX_LENGTH",
    "filter_values": "MAX_LIMIT",
    "page": "MAX_LIMIT",
    "json_nesting": "MAX_NESTING",
    "graphql_document": "MAX_SOURCE",
    "graphql_tokens": "MAX_TOKENS",
    "graphql_comments": "MAX_COMMENTS",
    "graphql_fragments": "MAX_FRAGMENTS",
    "graphql_aliases": "MAX_ALIASES",
    "graphql_directives": "MAX_DIRECTIVES",
    "graphql_root_fields": "MAX_ROOT_FIELDS",
    "graphql_searches": "MAX_SEARCHES",
    "graphql_depth": "MAX_DEPTH",
    "graphql_introspection_depth": "MAX_INTROSPECTION_DEPTH",
    "graphql_nesting": "MAX_NESTING_DEPTH",
    "graphql_objects": "MAX_OBJECTS",
    "graphql_values": "MAX_LEAVES",
    "graphql_introspection_values": "MAX_VALUES",
    "graphql_comparisons": "MAX_COMPARISONS",
}
"""The limits that no operator sets, by the name of their constant."""

LIMITS: Mapping[str, Removal] = {
    **{name: raised(name) for name in ("url", "headers", "header_lines", "body")},
    **{name: constant(found) for name, found in CONSTANTS.items()},
    "cursor": replaced(dataset.query, "_position", careless_position),
}
"""How each limit is taken away."""

OTHERS: Mapping[str, Protection] = {
    "a Host that is one": Protection(replaced(api.edge, "valid", lambda host: True), ("hosts", "the host 'a b'")),
    "one Host only": Protection(replaced(api.edge, "_ONCE", ()), ("hosts", "two hosts")),
    "no encodings": Protection(left_out(api.app, "Edge"), ("encodings", "an encoding of a question")),
    "a Host at all": Protection(left_out(api.app, "Edge"), ("hosts", "no host")),
    "known parameters": Protection(
        replaced(Given, "known", lambda given, names: None),
        ("parameters", "the parameter '__proto__' where there are none"),
    ),
    "no control characters": Protection(
        replaced(Given, "known", lambda given, names: None), ("parameters", "null in a search")
    ),
    "parameters that are there once": Protection(
        replaced(Given, "single", careless_single), ("parameters", "limit of '1' and '2'")
    ),
    "digits of ASCII": Protection(
        replaced(Given, "number", careless_number), ("parameters", "values in Arabic digits")
    ),
    "JSON without NaN": Protection(replaced(api.graphql, "parse", json.loads), ("values", "NaN, which is no JSON")),
    "keys that are there once": Protection(
        replaced(api.graphql, "parse", json.loads), ("values", "1000 keys that are one")
    ),
    "cursors of this question": Protection(
        replaced(dataset.query, "_position", careless_position), ("cursors", "a cursor of another release")
    ),
    "a hundred errors": Protection(constant("MAX_ERRORS"), ("floods", "500 unknown filters")),
    "methods": Protection(
        replaced(api.routing.Route, "handle", starlette.routing.Route.handle), ("methods", "OPTIONS of a page")
    ),
    "one form of error": Protection(replaced(api.errors, "on_http_exception", plain), ("paths", "/admin")),
}
"""Protections that are no limits."""


async def complaint(catalog: Catalog, allowed: Limits, case: Case) -> str:
    """Return what is wrong with the answer of an application with these limits to a case."""
    assert isinstance(case.sent, Request)
    return judge(case, await asgi.ask(create_app(catalog, limits=allowed), case.sent))


def test_every_limit_is_taken_away_once() -> None:
    """The table of the code and the one here name the same limits."""
    names = {limit.name for limit in table()}
    assert names == {*LIMITS, *limits.SHARED}
    assert {field.name for field in dataclasses.fields(Limits)} <= names


@pytest.mark.parametrize("name", LIMITS)
async def test_without_a_limit_more_is_taken(name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused beyond a limit, as it should be, is not refused without it."""
    if name == "cursor":
        case = named("cursors", "a cursor of another collection")
    else:
        case = limits.beyond(next(limit for limit in table() if limit.name == name))
    assert await complaint(catalog, DEFAULT, case) == ""
    assert await complaint(catalog, LIMITS[name](monkeypatch), case) != ""


@pytest.mark.parametrize("name", OTHERS)
async def test_without_a_protection_a_case_fails(name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that is answered as it should be is not without its protection."""
    protection = OTHERS[name]
    case = named(*protection.case)
    assert await complaint(catalog, DEFAULT, case) == ""
    assert await complaint(catalog, protection.remove(monkeypatch), case) != ""


async def test_a_fault_says_nothing_of_itself(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault is answered without its words; the judge sees them where it is not."""

    def fail(*_: object) -> None:
        raise RuntimeError("Traceback of something.py")

    monkeypatch.setattr(Given, "known", fail)
    case = dataclasses.replace(get("a fault", "/v1/problems", "fault"), statuses=frozenset({500}))
    assert await complaint(catalog, DEFAULT, case) == ""
    monkeypatch.setattr(api.errors, "on_fault", plain)
    assert await complaint(catalog, DEFAULT, case) != ""


async def test_no_more_of_a_body_is_read_than_may_be(catalog: Catalog) -> None:
    """Of a body of ten times the limit, a little more than the limit is taken."""
    taken = []

    def parts() -> Iterator[bytes]:
        for _ in range(100):
            taken.append(DEFAULT.body // 10)
            yield b" " * taken[-1]

    case = posting("ten times too much", parts, "content-too-large", "BAD_REQUEST", chunked=True, status=413)
    assert await complaint(catalog, DEFAULT, case) == ""
    assert sum(taken) <= 1.3 * DEFAULT.body


async def test_long_answers_are_bounded(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place for it, and without a place to wait for one, a long answer is refused."""
    monkeypatch.setattr(api.resources, "BUFFERED", 0)
    case = get("a long answer", "/v1/events?limit=all", "busy")
    none = dataclasses.replace(DEFAULT, exports=0, exports_waiting=0)
    assert await complaint(catalog, none, case) == ""
    assert await complaint(catalog, dataclasses.replace(none, exports=ENDLESS), case) != ""


async def test_long_answers_wait_only_so_many(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long answer that may wait for its turn gets it; one that may not is refused."""
    monkeypatch.setattr(api.resources, "BUFFERED", 0)
    case = get("a long answer", "/v1/events?limit=all", "busy")
    found = []
    for waiting in (0, 1):
        app = create_app(catalog, limits=dataclasses.replace(DEFAULT, exports=1, exports_waiting=waiting))
        assert await app.state.exports.enter()
        asyncio.get_running_loop().call_later(0.1, app.state.exports.leave)
        assert isinstance(case.sent, Request)
        found.append(judge(case, await asgi.ask(app, case.sent)) == "")
    assert found == [True, False]


SHORT = 0.3
"""Seconds of a bound in time, where there is one."""
LATER = 1.5
"""Seconds after which a connection that is still open stays so, on a busy machine."""


@asynccontextmanager
async def listening(bounds: Bounds) -> AsyncIterator[tuple[str, int]]:
    """Serve much to everybody on a loopback port; yield the address."""
    config = uvicorn.Config(_much, ws="none", interface="asgi3", log_config=None, access_log=False, lifespan="off")
    config.load()
    loop, connections = asyncio.get_running_loop(), Connections(bounds)
    server = await loop.create_server(lambda: Protocol(config, connections, {}, loop), "127.0.0.1", 0)

    async def tick() -> None:
        while True:
            connections.tick(loop.time())
            await asyncio.sleep(0.05)

    ticking = asyncio.create_task(tick())
    try:
        yield server.sockets[0].getsockname()
    finally:
        ticking.cancel()
        server.close()
        connections.cut()
        await asyncio.gather(ticking, return_exceptions=True)


async def _much(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with much where that is asked for, else with little."""
    body = b"a" * (50_000_000 if scope["path"] == "/much" else 10)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


async def _ends(reader: asyncio.StreamReader) -> bool:
    """Return whether a connection ends before long."""
    try:
        async with asyncio.timeout(LATER):
            while await reader.read(65536):
                pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


_GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def _half(address: tuple[str, int]) -> bool:
    """Send half a request; return whether the connection ends."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(_GET[:20])
    try:
        return await _ends(reader)
    finally:
        writer.close()


async def _unused(address: tuple[str, int]) -> bool:
    """Send a request and then nothing; return whether the connection ends."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(_GET)
    try:
        return await _ends(reader)
    finally:
        writer.close()


async def _untaken(address: tuple[str, int]) -> bool:
    """Ask for much and take nothing for a while; return whether the rest of it is lost."""
    reader, writer = await asyncio.open_connection(*address, limit=1_000)
    writer.write(_GET.replace(b"/ ", b"/much ", 1))
    await asyncio.sleep(LATER)
    taken = 0
    try:
        while taken < 50_000_000 and (part := await reader.read(1 << 20)):
            taken += len(part)
    except ConnectionError:
        pass
    finally:
        writer.close()
    return taken < 50_000_000


async def _crowd(address: tuple[str, int]) -> bool:
    """Open three connections; return whether the last one is turned away."""
    opened = [await asyncio.open_connection(*address) for _ in range(3)]
    try:
        for reader, writer in opened[:2]:
            writer.write(_GET)
            await reader.readline()
        reader, writer = opened[2]
        writer.write(_GET)
        return (await reader.readline()).startswith(b"HTTP/1.1 503 ")
    finally:
        for _, writer in opened:
            writer.close()


def bounds_with(name: str, value: float) -> Bounds:
    """Return the bounds with another value of one of them."""
    given: dict[str, Any] = {name: value}
    return dataclasses.replace(Bounds(), **given)


BOUNDS: Mapping[str, tuple[float, Callable[[tuple[str, int]], Awaitable[bool]]]] = {
    "receiving": (SHORT, _half),
    "idle": (SHORT, _unused),
    "taking": (SHORT, _untaken),
    "connections": (2, _crowd),
}
"""A small value of each bound of a connection, and what a client then sees that breaks it."""


def test_every_bound_is_taken_away_once() -> None:
    """The bounds of connections in the code and here are the same."""
    assert {field.name for field in dataclasses.fields(Bounds)} == {*BOUNDS}


@pytest.mark.parametrize("name", BOUNDS)
async def test_without_a_bound_a_connection_stays(name: str) -> None:
    """A client that breaks a bound is turned away, and is not without the bound."""
    value, client = BOUNDS[name]
    found = []
    for bounded in (value, ENDLESS):
        async with listening(bounds_with(name, bounded)) as address:
            found.append(await client(address))
    assert found == [True, False]
