"""Answers that are kept in front of the application: the same bytes, and never another request's."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api import endpoints
from api.app import create_app
from dataset.catalog import Catalog

REQUESTS: list[dict[str, Any]] = [
    {"url": "/v1/events?kind=closure"},
    {"url": "/v1/events?kind=closure", "headers": {"Accept": "text/csv"}},
    {"url": "/v1/events?kind=closure", "headers": {"Accept-Encoding": "gzip"}},
    {"url": "/v1/events?kind=closure", "headers": {"Origin": "https://example.org"}},
    {"url": "/v1/events?kind=raid"},
    {"url": "/v1/events/evt-blackouts"},
    {"url": "/v1/events/evt-none"},
    {"url": "/v1/events?kind=nothing"},
    {"url": "/v1/changes.atom", "headers": {"Host": "one.example"}},
    {"url": "/v1/changes.atom", "headers": {"Host": "two.example"}},
    {"url": "/graphql?query={release{version}}"},
    {"url": "/v1/releases/1.0.0/graphql?query={release{version}}"},
    {"method": "POST", "url": "/graphql", "json": {"query": "{ release { version } }"}},
    {"method": "POST", "url": "/v1/releases/1.0.0/graphql", "json": {"query": "{ release { version } }"}},
    {"method": "POST", "url": "/graphql", "json": {"query": "{ release { released } }"}},
    {"method": "POST", "url": "/graphql", "json": {"query": "{ nothing }"}},
    {"method": "POST", "url": "/graphql", "content": "{ release }", "headers": {"Content-Type": "text/plain"}},
    {"method": "HEAD", "url": "/v1/events?kind=closure"},
    {"method": "POST", "url": "/v1/events"},
]


def shown(reply: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """Return all of an answer but the request's id."""
    headers = {name: value for name, value in reply.headers.items() if name != "x-request-id"}
    return reply.status_code, headers, reply.content


async def test_what_is_kept_is_what_was_answered(catalog: Catalog) -> None:
    """Each request, asked four times among the others, gets what a fresh application answers."""
    application = create_app(catalog)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client:
        for _ in range(4):
            for asked in REQUESTS:
                fresh = httpx.ASGITransport(create_app(catalog))
                async with httpx.AsyncClient(transport=fresh, base_url="http://test") as other:
                    request = {"method": "GET", **asked}
                    assert (asked, shown(await client.request(**request))) == (
                        asked,
                        shown(await other.request(**request)),
                    )


async def test_the_third_answer_is_not_made_again(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is made, the second is kept, and from then on nothing is asked of the application."""
    made = 0
    edition_of = endpoints.edition_of

    def counted(request: Any) -> Any:
        nonlocal made
        made += 1
        return edition_of(request)

    monkeypatch.setattr("api.resources.edition_of", counted)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalog)), base_url="http://test") as client:
        for _ in range(5):
            assert (await client.get("/v1/events/evt-blackouts")).status_code == 200
    assert made == 2


async def test_a_new_catalog_is_answered_anew(catalog: Catalog) -> None:
    """Nothing that was kept outlives the releases that it came from."""
    application: Starlette = create_app(catalog)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client:
        for _ in range(3):
            assert (await client.get("/v1")).json()["release"]["version"] == "1.1.0"
        older = {"1.0.0": catalog.editions["1.0.0"]}
        application.state.catalog = replace(catalog, editions=older)
        assert (await client.get("/v1")).json()["release"]["version"] == "1.0.0"


async def test_what_is_kept_counts_with_its_question(catalog: Catalog) -> None:
    """Long headers fill the budget as long answers do: a small answer to a long question takes as much memory."""
    application = create_app(catalog)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client:
        for number in range(5):
            accept = f"application/json, a/b;x={str(number) * 10_000}"
            for _ in range(3):
                await client.get("/v1/problems", headers={"Accept": accept})
    size = await _metric(application, 'api_memo_size{memo="answers"}')
    assert size >= 5 * 10_000


async def _metric(application: Starlette, name: str) -> float:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])
