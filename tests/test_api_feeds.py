"""The feeds of releases and corrections, as readers of feeds get them."""

from xml.etree import ElementTree

import httpx

from api.app import create_app
from dataset.catalog import Catalog

ATOM = "{http://www.w3.org/2005/Atom}"


async def test_the_releases_are_in_both_feeds(client: httpx.AsyncClient) -> None:
    """JSON Feed and Atom tell the same, newest first, with addresses that lead somewhere."""
    found = (await client.get("/v1/changes.json")).json()
    feed = ElementTree.fromstring((await client.get("/v1/changes.atom")).content)  # noqa: S314 (our own feed)
    entries = feed.findall(f"{ATOM}entry")
    assert [item["title"] for item in found["items"]] == [entry.findtext(f"{ATOM}title") for entry in entries]
    assert [item["url"] for item in found["items"] if "release" in item["tags"]] == [
        "http://test/v1/releases/1.1.0",
        "http://test/v1/releases/1.0.0",
    ]
    for item in found["items"]:
        assert (await client.get(item["url"])).status_code == 200


async def test_the_feed_is_the_one_that_the_client_accepts(client: httpx.AsyncClient) -> None:
    """A reader that says nothing gets JSON Feed."""
    for accept, media_type in (
        ("*/*", "application/feed+json"),
        ("application/atom+xml", "application/atom+xml"),
        ("application/json;q=0.5, application/atom+xml;q=0.4", "application/feed+json"),
    ):
        reply = await client.get("/v1/changes", headers={"Accept": accept})
        assert reply.headers["content-type"].partition(";")[0] == media_type
        assert "Accept" in reply.headers["vary"]
    refused = await client.get("/v1/changes", headers={"Accept": "text/csv"})
    assert (refused.status_code, refused.json()["type"]) == (406, "/v1/problems#not-acceptable")


async def test_a_host_that_is_no_address_is_not_repeated(client: httpx.AsyncClient) -> None:
    """Addresses are then relative."""
    found = (await client.get("/v1/changes.json", headers={"Host": "my_service"})).json()
    assert found["items"][0]["url"] == "/v1/releases/1.1.0"


async def test_a_server_can_be_told_where_it_is_reached(catalog: Catalog) -> None:
    """Then no request's Host header is repeated, in feeds, bibliographies or pages."""
    transport = httpx.ASGITransport(create_app(catalog, "https://record.example/"))
    async with httpx.AsyncClient(transport=transport, base_url="http://other") as client:
        assert (await client.get("/v1/changes.json")).json()["items"][0]["url"].startswith("https://record.example/v1/")
        assert "url = {https://record.example/v1/" in (await client.get("/v1/events.bibtex")).text
        page = await client.get("/", headers={"Accept": "text/html"})
        assert "curl -s 'https://record.example/v1/events?limit=5'" in page.text
