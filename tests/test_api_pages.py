"""Pages for people: who gets them, their headers, the files that they load, and what they make of the data."""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from api import assets, pages
from api.app import create_app
from dataset.catalog import Catalog
from dataset.records import SERVED
from schema.context import Context
from schema.executor import run
from tests import world

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JSON = "application/json"
HTML = "text/html; charset=utf-8"
PAGES = ("/", "/graphql", "/v1/releases/1.0.0/graphql", "/docs")


class _Found(HTMLParser):
    """Collects what a page refers to, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element's name and attributes."""
        self.tags.append((tag, dict(attrs)))

    def all(self, attribute: str) -> list[str]:
        """Return the values of an attribute."""
        return [
            value for _, attributes in self.tags for name, value in attributes.items() if name == attribute and value
        ]


def links(text: str) -> list[str]:
    """Return each link of a page that stays on the server, once, without its fragment."""
    found = [link.partition("#")[0] for link in _Found(text).all("href")]
    return list(dict.fromkeys(link for link in found if link.startswith("/")))


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        ("text/html;q=0.5, application/json", JSON),
        ("text/html, application/json", JSON),
        ("text/html;q=0", JSON),
        ("text/html;q=nonsense, */*;q=0.1", JSON),
        ("text/html", HTML),
        (BROWSER, HTML),
        ("application/json;q=0.9, text/html", HTML),
        ("text/html, application/*;q=0.9", HTML),
    ],
)
async def test_the_index_is_html_for_who_wants_that_more_than_json(
    accept: str | None, media_type: str, client: httpx.AsyncClient
) -> None:
    """A program that says nothing of HTML gets the JSON that it always got."""
    del client.headers["accept"]
    reply = await client.get("/", headers={"Accept": accept} if accept else {})
    assert (reply.status_code, reply.headers["content-type"]) == (200, media_type)
    assert "Accept" in reply.headers["vary"].split(", ")
    if media_type == JSON:
        assert reply.json() == (await client.get("/v1")).json()


@pytest.mark.parametrize("path", ["/graphql", "/v1/releases/1.0.0/graphql"])
async def test_a_browser_gets_graphiql_and_a_query_gets_its_answer(path: str, client: httpx.AsyncClient) -> None:
    """A query is run whoever asks it."""
    page = await client.get(path, headers={"Accept": BROWSER})
    assert (page.status_code, page.headers["content-type"]) == (200, HTML)
    (root,) = (attributes for _, attributes in _Found(page.text).tags if attributes.get("id") == "graphiql")
    assert root["data-endpoint"] == path
    asked = await client.get(path, params={"query": "{ __typename }"}, headers={"Accept": BROWSER})
    assert asked.json()["data"] == {"__typename": "Query"}
    posted = await client.post(path, json={"query": "{ __typename }"}, headers={"Accept": BROWSER})
    assert posted.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("accept", [None, "*/*"])
async def test_a_bare_request_to_graphql_is_told_how_to_ask(accept: str | None, client: httpx.AsyncClient) -> None:
    """What it is told works: the command line, the contract, every example."""
    del client.headers["accept"]
    headers = {"Accept": accept} if accept else {}
    reply = await client.get("/graphql", headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (200, JSON)
    assert "Accept" in reply.headers["vary"].split(", ")
    told = reply.json()
    assert list(told) == ["usage", "example", "schema", "graphiql", "examples"]
    assert told["example"].startswith("curl -s http://test/graphql -H 'Content-Type: application/json' -d '{")
    body = told["example"].partition(" -d '")[2].removesuffix("'")
    posted = await client.post("/graphql", content=body, headers={"Content-Type": JSON})
    assert "errors" not in posted.json()
    assert (await client.get(told["schema"])).text.startswith('"""')
    for example in told["examples"]:
        assert "errors" not in (await client.get(example["address"], headers={"Accept": JSON})).json()


@pytest.mark.parametrize("accept", [JSON, "application/graphql-response+json", "application/*", "*/*, text/csv"])
async def test_a_graphql_client_without_a_query_is_refused(accept: str, client: httpx.AsyncClient) -> None:
    """Who speaks the protocol made a mistake, and is told so."""
    reply = await client.get("/graphql", headers={"Accept": accept})
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["message"] == "`query` must be a string with a GraphQL document."
    assert "Accept" in reply.headers["vary"]


async def test_parameters_without_a_query_are_a_mistake(client: httpx.AsyncClient) -> None:
    """A program that forgot the query did ask something."""
    assert (await client.get("/graphql?variables=%7B%7D", headers={"Accept": "*/*"})).status_code == 400


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_locked_down(path: str, client: httpx.AsyncClient) -> None:
    """Nothing runs and nothing loads but what this server serves; no inline script, no inline style."""
    reply = await client.get(path, headers={"Accept": BROWSER})
    policy = dict(part.split(" ", 1) for part in reply.headers["content-security-policy"].split("; "))
    assert (
        policy.items()
        >= {
            "default-src": "'none'",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
            "style-src": "'self'",
        }.items()
    )
    assert "unsafe" not in reply.headers["content-security-policy"]
    assert ("script-src" in policy) == (path != "/")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert "Accept" in reply.headers["vary"].split(", ")
    assert reply.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
    assert re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=\"/static/)", reply.text) is None
    found = _Found(reply.text)
    assert found.tags[0] == ("html", {"lang": "en"})
    assert all(source.startswith("/static/") for source in found.all("src"))


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_not_sent_twice(path: str, client: httpx.AsyncClient) -> None:
    """What the browser has is confirmed."""
    reply = await client.get(path, headers={"Accept": BROWSER})
    again = await client.get(path, headers={"Accept": BROWSER, "If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Accept" in again.headers["vary"]


async def test_every_file_that_a_page_loads_is_served(client: httpx.AsyncClient) -> None:
    """With its type, for good, and confirmed when it is asked again."""
    loaded = set()
    for path in PAGES:
        page = await client.get(path, headers={"Accept": BROWSER})
        loaded |= {link for link in links(page.text) + _Found(page.text).all("src") if link.startswith("/static/")}
    assert {link.split("/", 3)[3] for link in loaded} == set(assets.load().files)
    for link in loaded:
        reply = await client.get(link)
        assert reply.status_code == 200
        assert reply.content == (assets.FOLDER / link.split("/", 3)[3]).read_bytes()
        assert reply.headers["content-type"] == assets.MEDIA_TYPES[Path(link).suffix]
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-encoding"] if len(reply.content) > 1000 else True
        again = await client.get(link, headers={"If-None-Match": reply.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/{digest}/",
        "/static/{digest}/nothing.js",
        "/static/{digest}/vendor/README.md",
        "/static/{digest}/../pages.py",
        "/static/{digest}/%2e%2e/pages.py",
        "/static/{digest}/..%2f..%2fapi/pages.py",
        "/static/{digest}//etc/passwd",
        "/static/{digest}/page.css%00.js",
        "/static/0123456789abcdef/page.css",
        "/static/page.css",
    ],
)
async def test_no_other_file_is_served(path: str, client: httpx.AsyncClient) -> None:
    """Whatever the path looks like, it is an address at which nothing is served."""
    reply = await client.get(path.format(digest=assets.load().digest))
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json()["type"] == "/v1/problems#unknown-route"


def test_another_file_makes_another_address(tmp_path: Path) -> None:
    """What may be kept for good never changes; a page names the new address."""
    made: list[assets.Assets] = []
    for text in ("a {}", "a { }"):
        folder = tmp_path / str(len(made))
        folder.mkdir()
        (folder / "a.css").write_text(text)
        made.append(assets.load(folder))
    assert made[0].address("a.css") != made[1].address("a.css")
    with pytest.raises(KeyError):
        made[0].address("b.css")


def test_the_vendored_files_are_the_ones_that_their_readme_names() -> None:
    """Each file, with its digest, and none besides."""
    folder = assets.FOLDER / "vendor"
    named = dict(re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", (folder / "README.md").read_text(), re.MULTILINE))
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert named == {name: sha256(path.read_bytes()).hexdigest() for name, path in there.items() if name != "README.md"}


async def test_the_index_shows_what_is_served(catalog: Catalog, client: httpx.AsyncClient) -> None:
    """The title, each collection with its count, each release with its date and digest."""
    text = (await client.get("/", headers={"Accept": BROWSER})).text
    found = _Found(text)
    assert [tag for tag, _ in found.tags].count("h1") == 1
    for name in SERVED:
        total = len(catalog.latest.release.corpus.collection(name))
        assert f'<a href="/v1/{name}"><span class="total">{total}</span> <span class="name">{name}</span></a>' in text
    for edition in catalog.editions.values():
        assert f'href="/v1/releases/{edition.release.version}"' in text
        assert f'title="{edition.release.sha256}">{edition.release.sha256[:12]}<' in text
        assert f'datetime="{edition.release.manifest.released}"' in text
    assert "python -m dataset verify --text FOLDER" in text
    assert "curl -s 'http://test/v1/events?limit=5'" in text


async def test_an_example_on_the_index_is_the_same_question_at_each_of_its_links(client: httpx.AsyncClient) -> None:
    """One opens GraphiQL with the query, the others are its answer as JSON and as CSV."""
    text = (await client.get("/", headers={"Accept": BROWSER})).text
    opened = [link for link in _Found(text).all("href") if link.startswith("/graphql#query=")]
    documents = [query.document for query in pages.QUERIES]
    assert [parse_qs(urlsplit(link).fragment)["query"] for link in opened] == [[document] for document in documents]
    answered = [link for link in links(text) if link.startswith("/v1/queries/")]
    assert answered == [f"/v1/queries/{query.name}{suffix}" for query in pages.QUERIES for suffix in ("", ".csv")]
    for link in answered:
        assert (await client.get(link, headers={"Accept": BROWSER})).status_code == 200


def test_every_example_query_finds_something(catalog: Catalog) -> None:
    """A question that is shown has an answer in the newest release."""
    for query in pages.QUERIES:
        outcome = run(query.document, None, None, Context(catalog.latest, catalog))
        (found,) = outcome.data.values()
        assert (query.name, outcome.errors, bool(found)) == (query.name, (), True)
        assert found["nodes"] if query.paged else found


@pytest.mark.parametrize("host", ["a b", "x'y", "<b>", "evil.example/path", "$(id)"])
async def test_a_host_that_is_none_is_not_repeated(host: str, client: httpx.AsyncClient) -> None:
    """A page with a command line that is to be copied is not even made for it."""
    for path in ("/", "/graphql"):
        reply = await client.get(path, headers={"Accept": BROWSER, "Host": host})
        assert (reply.status_code, host in reply.text) == (400, False)


@pytest.mark.parametrize("host", ["my_service", "example.org."])
async def test_a_host_that_is_no_address_is_not_repeated(host: str, client: httpx.AsyncClient) -> None:
    """A command line that is to be copied holds nothing that a shell or a page would take for its own."""
    page = await client.get("/", headers={"Accept": BROWSER, "Host": host})
    assert "curl -s 'http://localhost/v1/events?limit=5'" in page.text
    told = (await client.get("/graphql", headers={"Host": host})).json()
    assert told["example"].startswith("curl -s http://localhost/graphql ")


def _catalog(title: str) -> Catalog:
    """Return a catalog of one release with this title and licence."""
    made = world.edition_of(world.raw())
    manifest = replace(made.release.manifest, title=title, licence=title)
    return Catalog({manifest.version: replace(made, release=replace(made.release, manifest=manifest))})


@pytest.mark.parametrize("path", ["/", "/graphql", "/docs"])
async def test_what_comes_from_the_data_is_text(path: str) -> None:
    """A title with markup in it shows its markup, and runs nothing."""
    title = """</title><script>alert('1')</script><img src=x onerror="alert(2)">&amp;"""
    transport = httpx.ASGITransport(create_app(_catalog(title)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        text = (await client.get(path, headers={"Accept": BROWSER})).text
    assert "<script>" not in text
    assert "<img" not in text
    assert "&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&lt;img src=x onerror=&#34;" in text


@pytest.mark.parametrize(("path", "page"), [("/", pages.index), ("/graphql", pages.graphiql)])
def test_an_example_query_is_text(
    path: str, page: Callable[[Request, pages.Queries], Response], catalog: Catalog
) -> None:
    """So is a query, and a question."""
    scope = {"type": "http", "method": "GET", "scheme": "http", "server": ("test", 80), "path": path}
    request = Request({**scope, "query_string": b"", "headers": [], "path_params": {}, "app": create_app(catalog)})
    query = """# '"><script>alert(1)</script>\n{ event(id: "'><script>alert(2)</script>") { id } }"""
    example = replace(pages.QUERIES[0], question="""'"><script>alert(3)</script>""", document=query)
    text = bytes(page(request, [example]).body).decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(2)" in text
