"""What an operator's probes get."""

import httpx
import pytest

from api import health
from api.app import create_app
from dataset.catalog import Catalog
from dataset.problem import Problem
from tests.conftest import ROOT

PATHS = ("/healthz", "/readyz", "/metrics")


async def test_it_says_that_it_is_alive(client: httpx.AsyncClient) -> None:
    """Whatever is asked along with it."""
    reply = await client.get("/healthz?now=1", headers={"Accept": "text/plain"})
    assert (reply.status_code, reply.json()) == (200, {"status": "alive"})


async def test_it_says_which_releases_are_served_and_which_are_not(catalog: Catalog) -> None:
    """Newest first, the refused ones with file and reason."""
    refused = Catalog(
        catalog.editions, (Problem("2.0.0/events.json", "evt-x", "date", "its checksum is not the manifest's"),)
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(refused)), base_url="http://test") as client:
        assert (await client.get("/readyz")).json() == {
            "status": "ready",
            "releases": [
                {"version": version, "released": "2026-11-22", "sha256": catalog.editions[version].release.sha256}
                for version in ("1.1.0", "1.0.0")
            ],
            "refused": [
                {
                    "file": "2.0.0/events.json",
                    "record": "evt-x",
                    "field": "date",
                    "reason": "its checksum is not the manifest's",
                }
            ],
        }


def test_each_address_is_in_the_readme() -> None:
    """An operator finds it."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [route.path for route in health.routes() if f"| `{route.path}` |" not in readme] == []


@pytest.mark.parametrize("path", PATHS)
async def test_nothing_of_it_is_kept(path: str, client: httpx.AsyncClient) -> None:
    """Neither by us, from the third time on, nor by a cache."""
    for _ in range(3):
        reply = await client.get(path)
        assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
        assert "etag" not in reply.headers
    counted = (await client.get("/metrics")).text
    assert "api_answers_kept_total 0.0\n" in counted


@pytest.mark.parametrize("path", PATHS)
async def test_it_knows_get_head_and_options(path: str, client: httpx.AsyncClient) -> None:
    """And refuses the other methods like every address."""
    assert (await client.head(path)).status_code == 200
    options = await client.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    posted = await client.post(path)
    assert (posted.status_code, posted.json()["type"]) == (405, "/v1/problems#wrong-method")
