"""What every answer carries, whatever it is an answer to."""

import logging
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api import errors, head, observe
from api.app import create_app
from api.metrics import Board, Meter
from api.observe import Observe
from dataset.catalog import Catalog
from tests.test_api_metrics import of, samples
from tests.test_api_pages import BROWSER

SECURE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Content-Disposition, ETag, Link, Dataset-Release, X-Request-ID",
}
POLICY = "default-src 'none'; frame-ancestors 'none'"
ORIGIN = {"Origin": "https://example.org"}

REQUESTS: list[dict[str, Any]] = [
    {"url": "/v1/events"},
    {"url": "/v1/events.csv"},
    {"url": "/v1/events?limit=all&format=jsonl"},
    {"url": "/v1/events?kind=nothing"},
    {"url": "/v1/events/evt-none"},
    {"url": "/nothing"},
    {"url": "/healthz"},
    {"url": "/metrics"},
    {"url": "/openapi.json"},
    {"url": "/graphql?query={release{version}}"},
    {"url": "/graphql?query={nothing}"},
    {"method": "POST", "url": "/graphql", "content": b"null"},
    {"method": "POST", "url": "/v1/events"},
    {"method": "HEAD", "url": "/v1/events"},
    {"method": "OPTIONS", "url": "/v1/events"},
    {"method": "OPTIONS", "url": "/v1/events", "headers": {**ORIGIN, "Access-Control-Request-Method": "GET"}},
    {"url": "/v1/events", "headers": ORIGIN},
]


def once(reply: httpx.Response) -> dict[str, str]:
    """Return an answer's headers, none of which may be there twice."""
    names = [name for name, _ in reply.headers.raw]
    assert sorted(set(names)) == sorted(names)
    return dict(reply.headers)


@pytest.mark.parametrize("asked", REQUESTS, ids=str)
async def test_every_answer_says_what_a_browser_may_do_with_it(
    asked: dict[str, Any], client: httpx.AsyncClient
) -> None:
    """Once each, also on the answers that are kept and on those that are errors."""
    for _ in range(3):
        headers = once(await client.request(**{"method": "GET", **asked}))
        assert {name: headers[name] for name in SECURE} == SECURE
        assert headers["content-security-policy"] == POLICY
        assert headers["x-request-id"]


@pytest.mark.parametrize("path", ["/", "/graphql", "/docs"])
async def test_a_page_keeps_its_own_policy(path: str, client: httpx.AsyncClient) -> None:
    """It may load what it needs, and nobody may frame it."""
    headers = once(await client.get(path, headers={"Accept": BROWSER}))
    assert {name: headers[name] for name in SECURE} == SECURE
    assert "style-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_an_answer_that_did_not_change_leaves_a_page_its_policy(client: httpx.AsyncClient) -> None:
    """A cache puts the headers of a 304 into the page that it has."""
    page = await client.get("/docs", headers={"Accept": BROWSER})
    again = await client.get("/docs", headers={"Accept": BROWSER, "If-None-Match": page.headers["etag"]})
    assert again.status_code == 304
    assert "content-security-policy" not in once(again)
    assert {name: again.headers[name] for name in SECURE} == SECURE


async def test_the_id_that_a_client_gives_a_request_is_answered(client: httpx.AsyncClient) -> None:
    """Also where the answer is kept: it is that of this request."""
    for name in ("a", "B-2_.x", "0" * 64, "a"):
        reply = await client.get("/v1/events", headers={"X-Request-ID": name})
        assert reply.headers["x-request-id"] == name


@pytest.mark.parametrize("name", ["", "0" * 65, "a b", "a/b", "ä".encode(), "<b>", "a\tb"])
async def test_an_id_that_may_do_harm_is_replaced(name: str | bytes, client: httpx.AsyncClient) -> None:
    """What is too long, or more than letters, digits, dots, hyphens and underscores."""
    reply = await client.get(
        "/v1/events", headers=[(b"X-Request-ID", name if isinstance(name, bytes) else name.encode())]
    )
    assert reply.headers["x-request-id"].encode() != name
    assert head._SANE(reply.headers["x-request-id"].encode())


async def test_requests_without_an_id_get_one_each(client: httpx.AsyncClient) -> None:
    """No two are alike."""
    found = [(await client.get("/v1")).headers["x-request-id"] for _ in range(5)]
    assert len(set(found)) == 5


@pytest.mark.parametrize("path", ["/v1/events", "/v1/events.csv", "/nothing", "/graphql?query={nothing}", "/docs"])
async def test_whoever_asks_gets_the_same_answer(path: str, client: httpx.AsyncClient) -> None:
    """A page of another origin or not: a cache keeps one answer for both."""
    client.headers["X-Request-ID"] = "same"
    plain, shared = await client.get(path), await client.get(path, headers=ORIGIN)
    assert (plain.status_code, once(plain), plain.content) == (shared.status_code, once(shared), shared.content)
    assert "Origin" not in plain.headers.get("vary", "").split(", ")


@pytest.mark.parametrize("path", ["/v1/events", "/graphql", "/nothing"])
async def test_a_page_of_another_origin_may_send_what_it_likes(path: str, client: httpx.AsyncClient) -> None:
    """A browser asks first: every header may be sent, by the methods that there are, also where nothing is served."""
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-request-id"}
    reply = await client.options(path, headers={**ORIGIN, **wanted})
    headers = once(reply)
    assert (reply.status_code, headers["access-control-allow-origin"], reply.content) == (204, "*", b"")
    assert headers["access-control-allow-methods"] == "GET, HEAD, POST"
    assert headers["access-control-allow-headers"] == "content-type,x-request-id"
    assert headers["access-control-max-age"] == "600"
    plain = await client.options(path, headers={**ORIGIN, "Access-Control-Request-Method": "GET"})
    assert (plain.status_code, "access-control-allow-headers" in plain.headers) == (204, False)


@pytest.mark.parametrize("names", ["a; b", "<b>", "a" * 1_001, "a\tb", '"'])
async def test_a_preflight_repeats_names_of_headers_only(names: str, client: httpx.AsyncClient) -> None:
    """Whatever else a client sends there is not sent back."""
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": names}
    reply = await client.options("/graphql", headers=asked)
    assert (reply.status_code, "access-control-allow-headers" in reply.headers) == (204, False)


@pytest.fixture
async def failing(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> httpx.AsyncClient:
    """Return a client of an application that fails to answer about events; a fault that gets out fails the test."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("api.resources.edition_of", fail)
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalog)), base_url="http://test")


async def test_a_fault_is_answered_like_everything_else(
    failing: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A problem that tells nothing of it, with every header; it is counted, and the log has it once."""
    async with failing as client:
        reply = await client.get("/v1/events", headers={**ORIGIN, "X-Request-ID": "mine"})
        found = samples((await client.get("/metrics")).text)
    assert (reply.status_code, reply.json()["type"]) == (500, "/v1/problems#fault")
    assert "secret" not in reply.text
    headers = once(reply)
    assert {name: headers[name] for name in SECURE} == SECURE
    assert (headers["x-request-id"], headers["access-control-allow-origin"]) == ("mine", "*")
    assert (headers["content-security-policy"], headers["cache-control"]) == (POLICY, "no-store")
    assert of(found, "api_requests_total") == {("/v1/events", "500"): 1}
    assert of(found, "api_refusals_total") == {("fault",): 1}
    assert [(record.name, record.levelno) for record in caplog.records] == [(errors.__name__, logging.ERROR)]


def around(app: Any) -> tuple[Observe, Meter]:
    """Return an application that is observed, and its meter."""
    meter = Meter(Board(), 0, [], errors.KINDS.keys())  # type: ignore[arg-type]
    return Observe(app, meter, []), meter


def scope() -> Scope:
    """Return a request."""
    return {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}


async def nothing() -> Message:
    """Receive an empty body."""
    return {"type": "http.request", "body": b""}


async def test_an_answer_that_breaks_off_is_not_finished(catalog: Catalog) -> None:
    """What was begun cannot become an error: the fault goes on to the server, which closes the connection."""

    async def breaking(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    sent = []

    async def send(message: Message) -> None:
        sent.append(message["type"])

    observed, meter = around(breaking)
    with pytest.raises(ZeroDivisionError):
        await observed(scope(), nothing, send)
    assert sent == ["http.response.start"]
    found = samples(meter.exposed(catalog).decode())
    assert of(found, "api_requests_total") == {("other", "200"): 1}
    assert of(found, "api_refusals_total") == {("fault",): 1}


async def test_an_exception_is_answered_by_the_nearest_of_its_handlers() -> None:
    """That of its class or of one above it; where there is none, or it fails itself, it is a fault of ours."""

    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise {"/key": KeyError, "/index": IndexError, "/type": TypeError, "/value": ValueError}[scope["path"]]

    def wrong(_request: Request, _error: Exception) -> Response:
        raise ZeroDivisionError

    handlers: observe.Handlers = {
        LookupError: lambda request, error: Response(status_code=404),
        KeyError: lambda request, error: Response(status_code=410),
        ValueError: wrong,
    }
    meter = Meter(Board(), 0, [], errors.KINDS.keys())  # type: ignore[arg-type]
    observed = Observe(failing, meter, [], handlers)
    found: dict[str, int | None] = {}

    async def send(message: Message) -> None:
        found.setdefault(asked["path"], message.get("status"))

    for path in ("/key", "/index", "/type", "/value"):
        asked = {**scope(), "path": path}
        await observed(asked, nothing, send)
    assert found == {"/key": 410, "/index": 404, "/type": 500, "/value": 500}


async def test_the_messages_of_an_answer_stay_as_they_are() -> None:
    """They may be kept, and sent again for another request."""
    start: Message = {"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"1"')]}

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        await send(start)
        await send({"type": "http.response.body", "body": b""})

    sent = []

    async def send(message: Message) -> None:
        sent.append(message)

    observed, _ = around(answering)
    await observed(scope(), nothing, send)
    assert start == {"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"1"')]}
    assert sent[0]["headers"][0] == (b"etag", b'"1"')
    assert len(sent[0]["headers"]) == 1 + len(SECURE) + 2


async def test_paths_are_not_remembered_without_end(
    catalog: Catalog, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those beyond the bound are forgotten, and counted by their route all the same."""
    monkeypatch.setattr(observe, "PATHS", 1)
    for _ in range(4):
        for name in ("evt-blackouts", "evt-busts-2022-02"):
            await client.get(f"/v1/events/{name}")
    found = of(samples((await client.get("/metrics")).text), "api_requests_total")
    assert found == {("/v1/events/{id}", "200"): 8}
