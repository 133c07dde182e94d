"""The pages in a real browser: they work, offline, as they are served, and for everybody."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect, sync_playwright

from dataset import release
from dataset.catalog import Catalog
from tests.process import serving
from tests.test_api_pages import BROWSER, links
from tests.test_peers import installed

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""Nothing beyond this machine has an address."""
expect.set_options(timeout=60_000)  # a busy machine is slow, and that is no fault
UNDERSCORE = "Deprecated: escaping deep link whitespace with `_`"
"""What Swagger UI says of each operation whose name has an underscore, as all of ours have; it opens them well."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a running Chromium; skip where there is none, except in CI, which has it."""
    path = shutil.which("chromium")
    if not path:
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium")
        pytest.skip("chromium is not here")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*FLAGS, ALONE])
        yield started
        started.close()


@pytest.fixture(scope="module")
def axe() -> Path:
    """Return the script that looks for what shuts people out."""
    return installed() / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server that was really started."""
    releases = shutil.copytree(release.FOLDER, tmp_path_factory.mktemp("served") / "releases")
    with serving(Path(releases), measured=False) as found:
        yield found.address


@contextmanager
def visiting(browser: Browser, address: str, path: str, **options: Any) -> Iterator[Page]:
    """Open a page; no request may go elsewhere, and the browser may have nothing to complain of."""
    complaints: list[str] = []

    def heard(request: Request) -> None:
        if not request.url.startswith(f"{address}/"):
            complaints.append(f"asked for {request.url}")

    context = browser.new_context(**options)
    context.set_default_timeout(60_000)
    page = context.new_page()
    # Not routed: a browser whose requests are routed keeps no answers, so it never asks whether one changed.
    page.on("request", heard)
    # A breach of the content security policy and an answer of 400 or more are errors of the console as well.
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address + path)
    yield page
    context.close()
    assert [complaint for complaint in complaints if not complaint.startswith(UNDERSCORE)] == []


@pytest.mark.parametrize(
    ("bypass_csp", "complaint"), [(False, "violates the following Content Security Policy"), (True, "asked for http:")]
)
def test_a_request_that_leaves_the_server_is_noticed(
    bypass_csp: bool, complaint: str, browser: Browser, address: str
) -> None:
    """The policy forbids it, and these tests see it; otherwise those below would prove nothing."""
    with (
        pytest.raises(AssertionError, match=complaint),
        visiting(browser, address, "/", bypass_csp=bypass_csp) as page,
    ):
        page.evaluate("fetch('http://127.0.0.1:9/').catch(() => null)")


@pytest.mark.parametrize("path", ["/", "/graphql", "/v1/releases/1.0.0/graphql", "/docs"])
def test_a_page_loads_under_the_headers_that_every_answer_has(path: str, browser: Browser, address: str) -> None:
    """Nothing that it needs is held back, nor once the browser has it and asks whether it changed."""
    with visiting(browser, address, path) as page:
        page.wait_for_load_state("networkidle")
        reply = page.reload()  # not any answer of that address: GraphiQL asks its own for the schema
        page.wait_for_load_state("networkidle")
        assert reply is not None
        headers = reply.headers  # with those that it kept, where the answer is that nothing changed
        assert headers["content-security-policy"].startswith("default-src 'none'; img-src 'self' data:;")
        assert (headers["x-content-type-options"], headers["cross-origin-resource-policy"]) == (
            "nosniff",
            "cross-origin",
        )


def test_graphiql_loads_its_schema_and_answers_a_query(browser: Browser, address: str) -> None:
    """Without anything from elsewhere: the schema is explored, and the first example runs."""
    with visiting(browser, address, "/graphql") as page:
        page.get_by_label("Show Documentation Explorer").click()
        expect(page.locator(".graphiql-doc-explorer")).to_contain_text("DiscrepancyConnection")
        page.get_by_label("Execute query").click()
        expect(page.locator(".graphiql-response")).to_contain_text('"data"')
        expect(page.locator(".graphiql-response")).not_to_contain_text('"errors"')


def _runs(reply: Response) -> bool:
    """Return whether this answers a query other than the one for the schema."""
    return reply.request.method == "POST" and "IntrospectionQuery" not in (reply.request.post_data or "")


def test_graphiql_has_a_tab_for_each_example_and_each_one_runs(browser: Browser, address: str) -> None:
    """A newcomer has something to begin with."""
    with visiting(browser, address, "/graphql") as page:
        tabs = page.locator(".graphiql-tab-button")
        expect(tabs.nth(2)).to_be_visible()
        for number in range(tabs.count()):
            tabs.nth(number).click()
            page.wait_for_timeout(500)  # GraphiQL reads the operation's name a moment after the tab is there
            with page.expect_response(_runs) as reply:
                page.get_by_label("Execute query").click()
            assert "errors" not in reply.value.json()


def test_graphiql_of_a_release_asks_that_release(browser: Browser, address: str) -> None:
    """The page below a pinned address posts to that address, and a query in the address is opened."""
    query = quote("{ release { version } }")
    with visiting(browser, address, f"/v1/releases/1.0.0/graphql#query={query}") as page:
        expect(page.locator(".graphiql-query-editor")).to_contain_text("{ release { version } }")
        page.get_by_label("Execute query").click()
        expect(page.locator(".graphiql-response")).to_contain_text('"version": "1.0.0"')


def test_an_example_of_the_index_opens_in_graphiql(browser: Browser, address: str) -> None:
    """A click brings the query there, ready to run, also beside what somebody wrote there before."""
    with visiting(browser, address, "/graphql") as page:
        page.get_by_label("Execute query").wait_for()
        page.goto(f"{address}/")
        example = page.locator("article").nth(1)
        question = example.locator("h3").inner_text()
        example.get_by_role("link", name="Open in GraphiQL").click()
        expect(page.locator(".graphiql-query-editor")).to_contain_text(f"# {question}")
        page.get_by_label("Execute query").click()
        expect(page.locator(".graphiql-response")).to_contain_text('"totalCount"')


def test_swagger_ui_shows_every_group_and_tries_an_operation_out(browser: Browser, address: str) -> None:
    """The groups are those of the contract; one operation is asked and answered."""
    contract = httpx.get(f"{address}/openapi.json").json()
    with visiting(browser, address, "/docs") as page:
        expect(page.locator(".opblock-tag")).to_have_count(len(contract["tags"]), timeout=60_000)
        assert [tag.get_attribute("data-tag") for tag in page.locator(".opblock-tag").all()] == [
            tag["name"] for tag in contract["tags"]
        ]
        page.locator(".opblock-tag[data-tag=records]").click()
        one = page.locator("[id$='-list_events']")
        one.locator(".opblock-summary-control").click()
        one.get_by_role("button", name="Execute").click()
        expect(one.locator(".live-responses-table")).to_contain_text("evt-")
        expect(one.locator(".live-responses-table .response .response-col_status")).to_contain_text("200")


def test_an_operation_has_an_address_in_swagger_ui(browser: Browser, address: str) -> None:
    """A link to an operation opens it."""
    contract = httpx.get(f"{address}/openapi.json").json()
    tag = contract["paths"]["/v1/events"]["get"].get("tags", ["default"])[0]
    with visiting(browser, address, f"/docs#/{tag}/list_events") as page:
        expect(page.locator("[id$='-list_events'] .opblock-body")).to_be_visible()


def test_the_index_needs_no_script(browser: Browser, address: str, catalog: Catalog) -> None:
    """It says what the dataset is, and each of its links that stays here leads somewhere."""
    with visiting(browser, address, "/", java_script_enabled=False) as page:
        assert page.locator("h1").all_inner_texts() == [catalog.latest.release.manifest.title]
        found = links(page.content())
    assert len(found) > 20
    answers = {path: httpx.get(address + path, headers={"Accept": BROWSER}).status_code for path in found}
    assert {path: status for path, status in answers.items() if status != 200} == {}


def test_pages_that_need_script_say_so_without_it(browser: Browser, address: str) -> None:
    """And name what works without."""
    for path, way in (("/graphql", "curl -s"), ("/docs", "/openapi.json")):
        with visiting(browser, address, path, java_script_enabled=False) as page:
            assert "needs JavaScript" in page.locator("body").inner_text()
            assert way in page.locator("body").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_index(scheme: Any, width: int, browser: Browser, address: str, axe: Path) -> None:
    """Contrast, landmarks, headings, names: in both schemes, narrow and wide."""
    options: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    with visiting(browser, address, "/", bypass_csp=True, **options) as page:
        page.add_script_tag(path=axe)
        found = page.evaluate("axe.run()")
        assert [(broken["id"], [node["html"] for node in broken["nodes"]]) for broken in found["violations"]] == []
        assert len(found["passes"]) > 20


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_narrow_window_is_wide_enough(path: str, browser: Browser, address: str) -> None:
    """Nothing is scrolled sideways at 320 pixels."""
    with visiting(browser, address, path, viewport={"width": 320, "height": 640}) as page:
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_keyboard_shows_where_it_is(browser: Browser, address: str) -> None:
    """The first stop skips to the content; the stop after it has a visible outline."""
    with visiting(browser, address, "/") as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
        page.keyboard.press("Tab")
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"


def test_the_index_is_printed_without_its_controls(browser: Browser, address: str) -> None:
    """Paper has no links to click: navigation and buttons stay away, in a dark scheme as well."""
    with visiting(browser, address, "/", color_scheme="dark") as page:
        page.emulate_media(media="print")
        for gone in ("nav", ".actions", ".skip"):
            expect(page.locator(gone).first).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.pdf().startswith(b"%PDF")


class _Article(BaseHTTPRequestHandler):
    """An invented article, as newspapers print it: a curly apostrophe, curly quotes, an en dash."""

    def do_GET(self) -> None:
        """Answer with the article, its passage far below the fold."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        tall = '<div style="height: 5000px"></div>'
        self.wfile.write(f"<!DOCTYPE html>{tall}<p>the board’s “former” head – it said</p>".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def article() -> Iterator[str]:
    """Return the address of an article."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Article) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("board’s “former” head", True),
        ("board's", True),
        ('"former"', True),
        ("head – it", True),
        ("head - it", False),
        ("board’s brother", False),
    ],
)
def test_a_text_fragment_finds_curly_quotes_by_straight_ones_but_no_dash_by_a_hyphen(
    words: str, found: bool, browser: Browser, article: str
) -> None:
    """What Chromium does with a deep link whose quotes or dashes are not the article's own."""
    page = browser.new_page()
    page.goto(f"{article}#:~:text={quote(words, safe='').replace('-', '%2D')}")
    page.wait_for_timeout(700)
    assert (page.evaluate("scrollY") > 0) == found
    page.close()
