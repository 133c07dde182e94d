"""An answer in its formats: how a client chooses one, how it is read, and how a long one is streamed."""

import asyncio
import gzip
import io
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import brotli
import httpx
import pandas
import pytest
import uvicorn
import zstandard
from starlette.applications import Starlette

from api import resources
from api.app import create_app
from dataset import release, represent
from dataset.catalog import Catalog, load
from dataset.columns import columns
from dataset.export import CITING, FORMATS, TABULAR
from dataset.records import SERVED
from dataset.resources import records
from tests.process import serving
from tests.world import raw
from tests.world import release as published

PLAIN = {"Accept-Encoding": "identity"}
FORMS = ("", *TABULAR, *CITING)
ENVELOPE, LINES, CSV = "application/json", "application/jsonl", "text/csv; charset=utf-8; header=present"
BIBTEX, RIS, CSL = (FORMATS[name].media_type for name in CITING)


def path(collection: str, form: str, question: str = "limit=all") -> str:
    """Return the address of a collection in a format."""
    return f"/v1/{collection}{'.' if form else ''}{form}?{question}"


def read(form: str, content: bytes) -> list[Any]:
    """Return the items of an answer in a format."""
    text = content.decode()
    if form in ("", "json", "csl"):
        found = json.loads(text)
        return list(found if form else found["items"])
    if form == "csv":
        return list(pandas.read_csv(io.StringIO(text), dtype=str, keep_default_na=False).to_dict("records"))
    end = {"jsonl": "\n", "bibtex": "\n}\n", "ris": "ER  - \r\n"}[form]
    return text.split(end)[:-1]


@contextmanager
def listening(app: Starlette) -> Iterator[str]:
    """Serve an application of this process, as it is patched, on a loopback port; yield its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, args=([found],))
        thread.start()
        try:
            while thread.is_alive() and not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{found.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where a really started server listens."""
    folder = tmp_path_factory.mktemp("formats") / "releases"
    with serving(shutil.copytree(release.FOLDER, folder)) as found:
        yield found.address


@pytest.mark.parametrize(
    ("asked", "accept", "media_type"),
    [
        ("/v1/events", "", ENVELOPE),
        ("/v1/events", "text/csv", CSV),
        ("/v1/events?format=jsonl", "text/csv", LINES),
        ("/v1/events?format=json", "text/csv", ENVELOPE),
        ("/v1/events.csv", "application/json", CSV),
        ("/v1/events.csv?format=jsonl", "application/json", CSV),
        ("/v1/events.csv", "image/png", CSV),
        ("/v1/events?format=ris", "image/png", RIS),
        ("/v1/releases/1.0.0/events.bibtex?format=csl", "text/csv", BIBTEX),
        ("/v1/events/evt-machine-seizures-2022-03.ris?format=csl", "application/json", RIS),
        ("/v1/events/facets.csv?format=jsonl", "application/json", CSV),
    ],
)
async def test_a_suffix_comes_before_the_parameter_and_the_parameter_before_the_header(
    asked: str, accept: str, media_type: str, client: httpx.AsyncClient
) -> None:
    """The address wins, so that what is copied from an address bar is the same anywhere."""
    reply = await client.get(asked, headers={"Accept": accept})
    assert (reply.status_code, reply.headers["content-type"]) == (200, media_type)
    assert "Accept" in reply.headers["vary"].split(", ")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", ENVELOPE),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ENVELOPE),
        ("text/*", CSV),
        ("TEXT/CSV", CSV),
        ("text/csv; header=present; charset=utf-8", CSV),
        ("application/json;q=0.5, text/csv", CSV),
        ("application/json;q=0.5, text/csv;q=0.500", ENVELOPE),
        ("text/csv;q=0.9, application/x-bibtex;q=0.901", BIBTEX),
        ("*/*;q=0.1, text/csv", CSV),
        ("*/*, application/json;q=0.5", LINES),
        ("application/*, application/json;q=0, application/jsonl;q=0.2", BIBTEX),
        ("*/*;q=0.9, application/*;q=0.1", CSV),
        ("application/*, application/json;q=0.9, */*;q=0.1", LINES),
        ("*/*, application/*;q=0, text/*;q=0.3", CSV),
        ("application/x-ndjson", LINES),
        ("application/vnd.citationstyles.csl+json", CSL),
        ("application/x-research-info-systems, image/png", RIS),
        ("text/csv;q=0.5, text/csv", CSV),
        ("text/csv;q=2, application/x-bibtex;q=0.1", BIBTEX),
        (" , ,text/csv", CSV),
    ],
)
async def test_the_header_s_most_specific_range_wins(accept: str, media_type: str, client: httpx.AsyncClient) -> None:
    """By RFC 9110, 12.5.1, of several that are wanted alike the envelope, or else the first that there is."""
    reply = await client.get("/v1/events", headers={"Accept": accept})
    assert (reply.status_code, reply.headers["content-type"]) == (200, media_type)


async def test_a_header_of_two_lines_is_one_list(client: httpx.AsyncClient) -> None:
    """A proxy may have cut it (RFC 9110, 5.3), and If-None-Match as well."""
    accepts = [("Accept", "text/html"), ("Accept", "text/csv"), ("Accept", "*/*;q=0.1")]
    reply = await client.get("/v1/events", headers=httpx.Headers(accepts))
    assert reply.headers["content-type"] == CSV
    conditions = [("Accept", "text/csv"), ("If-None-Match", '"other"'), ("If-None-Match", reply.headers["etag"])]
    assert (await client.get("/v1/events", headers=httpx.Headers(conditions))).status_code == 304


@pytest.mark.parametrize(
    "accept", ["image/png", "text/html", "application/json;q=0, image/*", "*/*;q=0", "text/csv;q=0", "json", "q=1"]
)
async def test_what_cannot_be_had_is_refused_with_what_can(accept: str, client: httpx.AsyncClient) -> None:
    """406 is a problem; it lists the media types, and is not kept."""
    reply = await client.get("/v1/events", headers={"Accept": accept})
    assert (reply.status_code, reply.headers["content-type"]) == (406, "application/problem+json")
    assert (reply.json()["type"], reply.headers["cache-control"]) == ("/v1/problems#not-acceptable", "no-store")
    available = reply.json()["available"]
    assert available[0] == "application/json"
    assert {FORMATS[name].essence for name in FORMS} <= set(available)
    for kind in available:
        assert (await client.get("/v1/events", headers={"Accept": kind})).status_code == 200
    counts = await client.get("/v1/events/facets", headers={"Accept": accept})
    assert set(counts.json()["available"]) == set(available) - {FORMATS[name].essence for name in CITING}


@pytest.mark.parametrize("form", FORMS)
async def test_an_address_says_its_format_in_three_ways(form: str, client: httpx.AsyncClient) -> None:
    """By a suffix, a parameter or the header the bytes are the same, and so is the address to cite."""
    question = "kind=closure"
    ways = [path("events", form, question), path("events", "", f"{question}&format={form}" if form else question)]
    replies = [await client.get(way) for way in ways]
    if form != "json":  # the flat array has the envelope's media type
        accept = {"Accept": FORMATS[form].essence}
        replies.append(await client.get("/v1/events?kind=closure", headers=accept))
    assert len({(reply.content, reply.headers["link"]) for reply in replies}) == 1


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("/v1/events.csv", "events_CC-BY-4.0.csv"),
        ("/v1/releases/1.1.0/events.csv", "events_CC-BY-4.0.csv"),
        ("/v1/events.jsonl?status=closed&kind=closure", "events-kind-closure-status-closed_CC-BY-4.0.jsonl"),
        ("/v1/figures/aggregates.json", "figures-aggregates_CC-BY-4.0.json"),
        ("/v1/events.bibtex?limit=all", "events-limit-all_CC-BY-4.0.bib"),
        ("/v1/sources/src-coindesk-2022-03-15.ris", "sources-src-coindesk-2022-03-15_CC-BY-4.0.ris"),
        ("/v1/search.csv?q=mine", "search-q-mine_CC-BY-4.0.csv"),
        ("/v1/events.csl", "events_CC-BY-4.0.json"),
    ],
)
async def test_a_file_says_what_it_holds(asked: str, name: str, client: httpx.AsyncClient) -> None:
    """The dataset, the release, the question and the licence are in its name."""
    disposition = f'attachment; filename="kazakhstan-crypto-mining-crackdown_1.1.0_{name}"'
    assert (await client.get(asked)).headers["content-disposition"] == disposition


async def test_what_is_for_spreadsheets_means_nothing_elsewhere(client: httpx.AsyncClient) -> None:
    """`excel=1` changes neither another format nor the address by which it is cited."""
    for form in ("", "json", "jsonl"):
        asked = await client.get(path("events", form, "excel=1&limit=2"))
        plain = await client.get(path("events", form, "limit=2"))
        assert (asked.content, asked.headers["link"]) == (plain.content, plain.headers["link"])


async def test_the_envelope_is_no_file(client: httpx.AsyncClient) -> None:
    """A browser shows it."""
    assert "content-disposition" not in (await client.get("/v1/events")).headers


@pytest.mark.parametrize(
    "words",
    [
        'mine"; filename="evil.exe',
        "mine%0d%0aSet-Cookie: a=b",
        "шахта mine ⛏",
        "../../mine/..\\..",
        "mine\u2028%00Set-Cookie: a=b",
        "m" + "ine" * 66,
        "mine\u202efdp.exe",
    ],
)
async def test_a_client_s_text_does_not_break_out_of_a_file_name(words: str, client: httpx.AsyncClient) -> None:
    """The name is ASCII of letters, digits, dots, dashes and underscores, of a length that every system takes."""
    for form in (*TABULAR, *CITING):
        reply = await client.get(f"/v1/events.{form}", params={"q": words})
        name = re.fullmatch(r'attachment; filename="([A-Za-z0-9._-]{1,255})"', reply.headers["content-disposition"])
        assert name
        assert name[1].startswith("kazakhstan-crypto-mining-crackdown_1.1.0_events-q-")
        assert name[1].endswith(f"_CC-BY-4.0.{FORMATS[form].extension}")
        assert "set-cookie" not in reply.headers


def reach(item: Any, name: str) -> Any:
    """Return what stands at a dotted name; None where it leads nowhere."""
    for part in name.split("."):
        item = item.get(part) if item else None
    return item


@pytest.mark.parametrize("collection", SERVED)
async def test_pandas_reads_csv_as_json_has_it(collection: str, client: httpx.AsyncClient) -> None:
    """Each column has, as text, the value at its dotted name; nothing is a cell for null, a list is JSON."""
    items = (await client.get(path(collection, "json"))).json()
    content = (await client.get(path(collection, "csv"))).content
    frame = pandas.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert frame["id"].tolist() == [item["id"] for item in items]
    lists = {column.name for column in columns(collection) if column.many}
    compared = 0
    for name in frame.columns:
        if name.startswith("cited."):
            continue
        for item, cell in zip(items, frame[name], strict=True):
            value = reach(item, name)
            if name in lists:
                found = json.loads(cell)
                assert (name, len(found)) == (name, len(value or []))
                assert not all(isinstance(one, str) for one in value or []) or found == (value or [])
            else:
                expected = value if isinstance(value, str) else {None: "", True: "true", False: "false"}[value]
                assert (name, cell) == (name, expected)
                compared += bool(cell)
    assert compared > 3 * len(items)


@pytest.mark.parametrize("collection", SERVED)
async def test_pandas_reads_json_and_lines(collection: str, client: httpx.AsyncClient) -> None:
    """Both are tables with a row for each item, of the same fields."""
    items = (await client.get(path(collection, ""))).json()["items"]
    content = (await client.get(path(collection, "json"))).content
    lines = (await client.get(path(collection, "jsonl"))).content
    flat = pandas.read_json(io.BytesIO(content), dtype=False, convert_dates=False)
    assert flat["id"].tolist() == [item["id"] for item in items]
    assert flat.columns.tolist() == list(items[0])
    assert flat.equals(pandas.read_json(io.BytesIO(lines), lines=True, dtype=False, convert_dates=False))


async def test_numbers_are_the_text_that_they_are(client: httpx.AsyncClient) -> None:
    """A figure's number keeps its digits, read as text."""
    items = (await client.get(path("figures", "json"))).json()
    frame = pandas.read_csv(io.BytesIO((await client.get(path("figures", "csv"))).content), dtype=str)
    found = {(row["id"], row["value"]) for row in frame.fillna("").to_dict("records") if row["value"]}
    assert found == {(item["id"], item["value"]) for item in items if item["value"]}
    assert ("fig-capacity-busted-202-mw", "202") in found


def test_pandas_reads_what_a_server_serves(address: str) -> None:
    """An address is all that a notebook needs."""
    frame = pandas.read_csv(f"{address}{path('events', 'csv')}")
    assert len(frame) == httpx.get(f"{address}/v1/events").json()["total"]
    lines = pandas.read_json(f"{address}{path('events', 'jsonl')}", lines=True)
    flat = pandas.read_json(f"{address}{path('events', 'json')}")
    assert frame["id"].tolist() == lines["id"].tolist() == flat["id"].tolist()
    excel = pandas.read_csv(f"{address}{path('events', 'csv', 'limit=all&excel=1')}")
    assert excel.equals(frame)


def test_two_files_join_by_ids(address: str) -> None:
    """What a figure is about is a row of the events or of the entities, with the same title or name."""
    figures, events, entities = (
        pandas.read_csv(f"{address}{path(name, 'csv')}", dtype=str) for name in ("figures", "events", "entities")
    )
    about = figures.merge(events, how="inner", left_on="about.id", right_on="id", suffixes=("", ".event"))
    who = figures.merge(entities, how="inner", left_on="about.id", right_on="id", suffixes=("", ".entity"))
    assert len(about) + len(who) == len(figures)
    assert about["about.title"].tolist() == about["title"].tolist()
    assert who["about.name"].tolist() == who["label.entity"].tolist()
    assert len(about) > 0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("collection", SERVED)
async def test_everything_at_once_is_all_pages_put_together(
    collection: str, form: str, client: httpx.AsyncClient
) -> None:
    """`limit=all` and the pages that `next` leads through, each in the format of the first, hold the same items."""
    whole = await client.get(path(collection, form))
    assert "next" not in whole.links
    reply = await client.get(path(collection, form, "limit=7"))
    pages = [read(form, reply.content)]
    while "next" in reply.links:
        reply = await client.get(reply.links["next"]["url"])
        assert reply.headers["content-type"] == FORMATS[form].media_type
        pages.append(read(form, reply.content))
    assert [item for page in pages for item in page] == read(form, whole.content)
    assert (len(pages) > 1) == (len(read(form, whole.content)) > 7)


async def test_next_keeps_the_format_that_the_header_chose(client: httpx.AsyncClient) -> None:
    """The next page of CSV is CSV, with the apostrophes of the first one, whoever asks for it."""
    reply = await client.get("/v1/events?limit=2", headers={"Accept": "text/csv"})
    following = await client.get(reply.links["next"]["url"])
    assert following.headers["content-type"] == CSV
    excel = await client.get("/v1/events.csv?limit=2&excel=1")
    assert (await client.get(excel.links["next"]["url"])).content == b"\xef\xbb\xbf" + following.content


async def test_fields_choose_the_same_in_json_and_in_csv(client: httpx.AsyncClient) -> None:
    """JSON keeps the nesting, CSV has a column for each; the order in which they are asked does not count."""
    for fields in ("id,date.earliest,place", "place,date.earliest,id,id,place.id"):
        items = (await client.get(f"/v1/events?fields={fields}&limit=all")).json()["items"]
        frame = read("csv", (await client.get(f"/v1/events.csv?fields={fields}&limit=all")).content)
        assert {tuple(item) for item in items} == {("id", "date", "place")}
        assert {tuple(item["date"]) for item in items} == {("earliest",)}
        assert {tuple(row) for row in frame} == {("id", "date.earliest", "place.id", "place.name")}
        assert [reach(item, "place.name") or "" for item in items] == [row["place.name"] for row in frame]
        lines = (await client.get(f"/v1/events.jsonl?fields={fields}&limit=all")).text.splitlines()
        assert [json.loads(line) for line in lines] == items


async def test_a_spreadsheet_takes_no_text_for_a_formula(tmp_path_factory: pytest.TempPathFactory) -> None:
    """`excel=1` puts a byte order mark before the whole and an apostrophe before such a text; plain CSV does not."""
    folder = tmp_path_factory.mktemp("excel") / "releases"
    records = raw()
    records["events", "evt-closures"]["title"] = '=HYPERLINK("https://evil.example")'
    published(folder, records=records)
    transport = httpx.ASGITransport(create_app(load(folder)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        plain = await client.get("/v1/events.csv?ids=evt-closures")
        excel = await client.get("/v1/events.csv?ids=evt-closures&excel=1")
    assert read("csv", plain.content)[0]["title"] == '=HYPERLINK("https://evil.example")'
    assert excel.content[:3] == b"\xef\xbb\xbf"
    assert read("csv", excel.content[3:])[0]["title"] == '\'=HYPERLINK("https://evil.example")'
    assert plain.headers["etag"] != excel.headers["etag"]


@pytest.mark.parametrize("form", FORMS)
async def test_head_is_get_without_the_body_in_every_format(form: str, client: httpx.AsyncClient) -> None:
    """HEAD has the headers that GET has, plain and encoded."""
    client.headers["X-Request-ID"] = "same"
    for encoding in ("identity", "gzip"):
        headers = {"Accept-Encoding": encoding}
        got = await client.get(path("events", form), headers=headers)
        head = await client.head(path("events", form), headers=headers)
        assert (head.status_code, head.headers, head.content) == (200, got.headers, b"")


async def test_each_format_has_an_etag_of_its_own(client: httpx.AsyncClient, catalog: Catalog) -> None:
    """Even an empty answer has, of which several formats have the same bytes; other servers have the same ones."""
    questions = [path("events", form) for form in FORMS] + [path("events", "csv", "limit=all&excel=1")]
    tags = [(await client.get(question, headers=PLAIN)).headers["etag"] for question in questions]
    empty = [{"Accept": FORMATS[form].essence} for form in FORMS if form != "json"]
    tags += [(await client.get("/v1/events?q=nothing0", headers=accept)).headers["etag"] for accept in empty]
    assert len(set(tags)) == len(tags)
    transport = httpx.ASGITransport(create_app(catalog))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as other:
        assert [(await other.get(question, headers=PLAIN)).headers["etag"] for question in questions] == tags[:8]


@pytest.mark.parametrize("form", FORMS)
async def test_what_a_client_has_in_a_format_is_not_sent_again(form: str, client: httpx.AsyncClient) -> None:
    """Its tag is answered 304; the tag of another format is not."""
    first = await client.get(path("events", form))
    other = await client.get(path("events", "csv" if form == "" else ""))
    reply = await client.get(path("events", form), headers={"If-None-Match": first.headers["etag"]})
    assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", first.headers["etag"])
    reply = await client.get(path("events", form), headers={"If-None-Match": other.headers["etag"]})
    assert (reply.status_code, reply.content) == (200, first.content)


@pytest.mark.parametrize(
    ("asked", "form"),
    [
        *((asked, form) for asked in ("events", "figures?q=mines&order=-value&limit=3") for form in FORMS),
        *((asked, form) for asked in ("events/facets?values=2", "search?q=mine&limit=2") for form in ("", *TABULAR)),
    ],
)
async def test_what_is_cited_can_be_checked(asked: str, form: str, client: httpx.AsyncClient) -> None:
    """The digest of `cite-as` is that of what its address answers; a bibliography is cited by what it lists."""
    name, _, question = asked.partition("?")
    reply = await client.get(path(name, form, question))
    target, _, fragment = reply.links["cite-as"]["url"].partition("#")
    assert target == (await client.get(path(name, "" if form in CITING else form, question))).links["canonical"]["url"]
    cited = (await client.get(target)).content
    assert fragment == ("" if form in CITING else f"sha256={sha256(reply.content).hexdigest()}")
    assert form in CITING or cited == reply.content


DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.fixture
def lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stream whatever is longer than a kilobyte, in parts of three pieces."""
    monkeypatch.setattr(resources, "BUFFERED", 1_000)
    monkeypatch.setattr(resources, "PIECES", 3)


@pytest.fixture
async def whole(catalog: Catalog) -> AsyncIterator[dict[str, httpx.Response]]:
    """Return the events in every format as they are answered when they are not streamed."""
    transport = httpx.ASGITransport(create_app(catalog))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=PLAIN) as client:
        yield {form: await client.get(path("events", form)) for form in FORMS}


@pytest.mark.parametrize("encoding", DECODERS)
@pytest.mark.parametrize("form", FORMS)
async def test_what_is_streamed_is_what_is_buffered(
    form: str,
    encoding: str,
    whole: dict[str, httpx.Response],
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its bytes and headers are, but that its tag is weak, and that nothing says how long it is or what its digest."""
    monkeypatch.setattr(resources, "BUFFERED", 1_000)
    async with client.stream("GET", path("events", form), headers={"Accept-Encoding": encoding}) as reply:
        content = b"".join([part async for part in reply.aiter_raw()])
    assert DECODERS[encoding](content) == whole[form].content
    assert encoding == "identity" or len(content) < len(whole[form].content) / 2
    assert re.fullmatch(r'W/"[0-9a-f]{32}"', reply.headers["etag"])
    assert reply.links["cite-as"]["url"] == whole[form].links["cite-as"]["url"].partition("#")[0]
    own = ("x-request-id", "etag", "link", "content-length", "content-encoding")
    assert [pair for pair in reply.headers.items() if pair[0] not in own] == [
        pair for pair in whole[form].headers.items() if pair[0] not in own
    ]
    assert reply.headers.get("content-encoding", "identity") == encoding


async def test_what_is_streamed_has_a_validator(lowered: None, client: httpx.AsyncClient, catalog: Catalog) -> None:
    """One for each format and question, the same at every server; what a client has is not sent again."""
    questions = [path("events", form) for form in FORMS] + ["/v1/events", "/v1/releases/1.0.0/events"]
    replies = [await client.get(question) for question in questions]
    tags = [reply.headers["etag"] for reply in replies]
    assert len(set(tags)) == len(tags)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalog)), base_url="http://b") as other:
        assert [(await other.get(question)).headers["etag"] for question in questions] == tags
    for question, first in zip(questions, replies, strict=True):
        for condition in (first.headers["etag"], f'"other", {first.headers["etag"]}', "*"):
            reply = await client.get(question, headers={"If-None-Match": condition})
            assert (reply.status_code, reply.content, reply.headers["etag"]) == (304, b"", first.headers["etag"])
        reply = await client.get(question, headers={"If-None-Match": 'W/"other"'})
        assert (reply.status_code, reply.content) == (200, first.content)


async def test_head_of_what_is_streamed_makes_nothing_of_the_rest(
    lowered: None, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The headers of GET come after the part that decides that it is long."""
    client.headers["X-Request-ID"] = "same"
    shown = []
    listed = represent.listed

    def counted(*asked: Any, ready: bool = False) -> Any:
        shown.append(asked)
        return listed(*asked, ready=ready)

    monkeypatch.setattr(represent, "listed", counted)
    monkeypatch.setattr(records, "TOGETHER", 5)
    got = await client.get(path("events", ""))
    made = len(shown)
    head = await client.head(path("events", ""))
    assert (head.status_code, head.headers, head.content) == (200, got.headers, b"")
    assert (made, len(shown) - made) == (27, 5)


@pytest.mark.parametrize("encoding", DECODERS)
def test_a_stream_arrives_over_a_connection(encoding: str, lowered: None, catalog: Catalog) -> None:
    """In chunks, whole, and the connection can be used again."""
    total = len(catalog.latest.release.corpus.entities)
    with listening(create_app(catalog)) as found, httpx.Client(base_url=found, trust_env=False) as client:
        for form in FORMS:
            headers = {"Accept-Encoding": encoding}
            with client.stream("GET", path("entities", form), headers=headers) as reply:
                content = b"".join(reply.iter_raw())
            assert (reply.headers["transfer-encoding"], "content-length" in reply.headers) == ("chunked", False)
            assert len(read(form, DECODERS[encoding](content))) == total
        assert client.head(path("entities", "csv")).headers["etag"].startswith("W/")
        assert pandas.read_csv(f"{found}{path('entities', 'csv')}").shape[0] == total


async def test_a_slow_reader_keeps_nobody_waiting(
    lowered: None, whole: dict[str, httpx.Response], catalog: Catalog
) -> None:
    """While an export waits for its reader, others are answered; then it goes on to its end."""
    app, body, reads = create_app(catalog), bytearray(), asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            body.extend(message["body"])
            await reads.wait()

    async def receive() -> Any:
        await asyncio.Event().wait()

    headers = [(b"host", b"test"), (b"accept-encoding", b"identity")]
    scope = {"type": "http", "method": "GET", "path": "/v1/events.csv", "query_string": b"limit=all"}
    slow = asyncio.create_task(app({**scope, "headers": headers}, receive, send))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/v1/sources")).json()["total"] == 2
        assert (await client.get(path("relations", "csv"))).status_code == 200
    assert (slow.done(), 0 < len(body) < len(whole["csv"].content)) == (False, True)
    reads.set()
    await slow
    assert bytes(body) == whole["csv"].content


@pytest.mark.parametrize("buffered", [0, 2_000_000])
async def test_a_long_answer_gives_way_to_short_ones(
    buffered: int, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is made, whether as a whole or streamed, a question that came later is answered earlier."""
    monkeypatch.setattr(resources, "BUFFERED", buffered)
    monkeypatch.setattr(resources, "PIECES", 1)
    answered: list[str] = []

    async def ask(asked: str) -> None:
        assert (await client.get(asked)).status_code == 200
        answered.append(asked)

    await asyncio.gather(ask(path("entities", "csv")), ask("/v1/problems"))
    assert answered == ["/v1/problems", path("entities", "csv")]
