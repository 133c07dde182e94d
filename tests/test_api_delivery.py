"""How answers are delivered: validators, freshness, encodings and links, by the letter of the RFCs."""

import gzip
import re
from email.utils import parsedate_to_datetime
from hashlib import sha256

import brotli
import httpx
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.delivery import KEPT_LATEST, KEPT_PINNED, Variants
from api.negotiate import accepted
from dataset.catalog import Catalog
from dataset.records import SERVED

LIST = "/v1/events"
PLAIN = {"Accept-Encoding": "identity"}


def links(reply: httpx.Response) -> dict[str, str]:
    """Return the targets of a Link header by relation."""
    return {relation: target for target, relation in re.findall(r'<([^>]*)>; rel="([^"]*)"', reply.headers["link"])}


async def test_replicas_have_the_same_etag(client: httpx.AsyncClient, catalog: Catalog) -> None:
    """The tag is made of the content, so that any replica may answer a condition."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalog)), base_url="http://other") as other:
        for path in ["/v1", "/openapi.json", *(f"/v1/{collection}" for collection in SERVED)]:
            assert (await client.get(path)).headers["etag"] == (await other.get(path)).headers["etag"]


async def test_each_representation_has_an_etag_of_its_own(client: httpx.AsyncClient) -> None:
    """Strong tags differ where the bytes do: by encoding, by question, by release."""
    replies = [
        await client.get(LIST, headers={"Accept-Encoding": encoding}) for encoding in ("identity", "gzip", "br", "zstd")
    ]
    replies += [
        await client.get(path, headers=PLAIN) for path in ("/v1/events?kind=closure", "/v1/releases/1.0.0/events")
    ]
    tags = [reply.headers["etag"] for reply in replies]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r'"[0-9a-f]{32}(-(gzip|br|zstd))?"', tag) for tag in tags)


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "zstd"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_a_client_has_is_not_sent_again(encoding: str, method: str, client: httpx.AsyncClient) -> None:
    """If-None-Match with the tag of any encoding, weak, among others, or `*`, is answered 304 without a body."""
    first = await client.get(LIST, headers={"Accept-Encoding": encoding})
    tag = first.headers["etag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        headers = {"If-None-Match": condition, "Accept-Encoding": "gzip"}
        reply = await client.request(method, LIST, headers=headers)
        assert (reply.status_code, reply.content) == (304, b"")
        for kept in ("cache-control", "vary", "last-modified", "link", "dataset-release"):
            assert reply.headers[kept] == first.headers[kept]
    assert (await client.get(LIST, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_pinned_answer_may_be_kept_for_good(client: httpx.AsyncClient) -> None:
    """The latest release is asked again after a minute; a pinned one never changes."""
    for path, kept in ((LIST, KEPT_LATEST), (f"/v1/releases/1.0.0{LIST[3:]}", KEPT_PINNED), ("/", KEPT_LATEST)):
        reply = await client.get(path)
        assert reply.headers["cache-control"] == kept
        assert str(parsedate_to_datetime(reply.headers["last-modified"])) == "2026-11-22 00:00:00+00:00"


async def test_an_error_is_not_kept(client: httpx.AsyncClient) -> None:
    """It has no validator and may not be stored."""
    reply = await client.get("/v1/events?limit=0", headers={"If-None-Match": "*"})
    assert (reply.status_code, reply.headers["cache-control"], "etag" in reply.headers) == (400, "no-store", False)


DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.decompress}


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("gzip;q=0, zstd;q=0.1", "zstd"),
        ("*", "br"),
        ("*;q=0.5, br;q=0", "zstd"),
        ("GZIP", "gzip"),
        ("deflate", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=2", None),
        (";;,,q=", None),
    ],
)
async def test_the_encoding_is_the_one_most_wanted(
    header: str, encoding: str | None, client: httpx.AsyncClient
) -> None:
    """Encoded bytes are the plain ones, encoded; what we cannot do is sent plain."""
    plain = await client.get(LIST, headers=PLAIN)
    async with client.stream("GET", LIST, headers={"Accept-Encoding": header}) as reply:
        raw = b"".join([chunk async for chunk in reply.aiter_raw()])
    assert reply.headers.get("content-encoding") == encoding
    assert int(reply.headers["content-length"]) == len(raw)
    assert "Accept-Encoding" in reply.headers["vary"]
    assert (DECODERS[encoding](raw) if encoding else raw) == plain.content
    assert encoding is None or len(raw) < len(plain.content) / 4


async def test_a_small_answer_is_sent_plain(client: httpx.AsyncClient) -> None:
    """An encoding that saves nothing is not used."""
    reply = await client.get("/v1/citations?limit=1&source=src-none", headers={"Accept-Encoding": "gzip"})
    assert (reply.status_code, "content-encoding" in reply.headers) == (200, False)


async def test_an_answer_links_to_what_belongs_to_it(client: httpx.AsyncClient) -> None:
    """The pinned address, how to cite it with the digest of the answer, the contract and the licence."""
    reply = await client.get("/v1/events?status=seized&kind=seizure")
    pinned = "/v1/releases/1.1.0/events?kind=seizure&status=seized"
    assert links(reply) == {
        "first": pinned,
        "canonical": pinned,
        "cite-as": f"{pinned}#sha256={sha256(reply.content).hexdigest()}",
        "describedby": "/openapi.json",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert (await client.get(pinned)).content == reply.content
    item = await client.get("/v1/events/evt-machine-seizures-2022-03")
    assert links(item)["canonical"] == "/v1/releases/1.1.0/events/evt-machine-seizures-2022-03"
    assert links(await client.get("/v1"))["canonical"] == "/v1"


@pytest.mark.parametrize("size", [1, 4, 10, 26, 27, 100])
async def test_pages_lead_forward_and_back(size: int, client: httpx.AsyncClient) -> None:
    """`next` to the end, then `prev` to the beginning, meet the same pages; the last is reached again from `first`."""
    reply = await client.get(f"/v1/events?limit={size}&order=-date")
    start, forward = reply.json()["items"], []
    while True:
        forward.append([item["id"] for item in reply.json()["items"]])
        if "next" not in links(reply):
            break
        assert links(reply)["next"] == reply.json()["next"]
        reply = await client.get(links(reply)["next"])
    back = [forward[-1]]
    while "prev" in links(reply):
        reply = await client.get(links(reply)["prev"])
        back.append([item["id"] for item in reply.json()["items"]])
    if 27 % size == 0:
        assert back[::-1] == forward
    assert back[-1][:1] == forward[0][:1]
    assert (await client.get(links(reply)["first"])).json()["items"] == start


async def test_a_client_s_text_does_not_break_out_of_a_link(client: httpx.AsyncClient) -> None:
    """What was asked is in the header percent-encoded."""
    reply = await client.get("/v1/entities", params={"name": 'a>; rel="x", <б'})
    assert reply.status_code == 200
    assert set(links(reply)) == {"first", "canonical", "cite-as", "describedby", "license"}


def test_the_variants_keep_within_their_budget() -> None:
    """The oldest are dropped, and made again when they are wanted."""
    variants = Variants(budget=100)
    bodies = {str(n): bytes(range(n, n + 60)) for n in range(5)}
    for digest, body in bodies.items():
        assert gzip.decompress(variants.encoded(digest, "gzip", body)) == body
        assert variants.encoded(digest, "gzip", body) is variants.encoded(digest, "gzip", body)
        assert variants.memo.size <= 100
    assert len(variants.memo) == 1


@given(st.text(max_size=60))
def test_no_accept_header_is_a_fault(header: str) -> None:
    """Whatever a client accepts, it has values and qualities from 0 to 1, the best first."""
    qualities = [quality for _, quality in accepted(header)]
    assert qualities == sorted(qualities, reverse=True)
    assert all(0 <= quality <= 1 for quality in qualities)


async def test_a_304_names_the_variant_that_the_client_has(client: httpx.AsyncClient) -> None:
    """A cache can tell which of its stored answers is still good."""
    tag = (await client.get("/v1/events", headers={"Accept-Encoding": "br"})).headers["etag"]
    assert tag.endswith('-br"')
    reply = await client.get("/v1/events", headers={"Accept-Encoding": "gzip", "If-None-Match": f'"x", {tag}'})
    assert (reply.status_code, reply.headers["etag"]) == (304, tag)
    for header in (tag.strip('"'), tag.replace('"', "'"), '"x"'):
        assert (await client.get("/v1/events", headers={"If-None-Match": header})).status_code == 200


async def test_no_encoding_is_taken_where_it_is_wanted_less_than_none(client: httpx.AsyncClient) -> None:
    """`identity` counts like the encodings that are named."""
    for header, encoding in (
        ("identity;q=1, gzip;q=0.1", None),
        ("identity;q=0.1, gzip;q=1", "gzip"),
        ("gzip;q=0.1", "gzip"),
    ):
        reply = await client.get("/v1/events", headers={"Accept-Encoding": header})
        assert reply.headers.get("content-encoding") == encoding


async def test_a_long_question_is_not_repeated_for_every_relation(client: httpx.AsyncClient) -> None:
    """The headers stay within what clients take, and more values than a page has records are refused."""
    ids = [f"evt-{'long' * 14}-{number:03}" for number in range(101)]
    reply = await client.get("/v1/events", params={"ids": ids[:100], "limit": 1})
    assert reply.status_code == 200
    assert set(reply.links) == {"cite-as", "describedby", "license"}
    assert sum(len(name) + len(value) for name, value in reply.headers.items()) < 16_000
    refused = await client.get("/v1/events", params={"ids": ids})
    assert refused.json()["reason"] == "has 101 values; at most 100 are taken at once"


async def test_what_does_not_stay_is_not_to_be_cited(client: httpx.AsyncClient) -> None:
    """Lists of releases, problems, saved queries and changes grow; a release does not."""
    for path in ("/v1", "/v1/releases", "/v1/problems", "/v1/queries", "/v1/changes.atom"):
        assert "cite-as" not in (await client.get(path)).links
    assert (await client.get("/v1/releases/1.0.0")).links["cite-as"]["url"] == "/v1/releases/1.0.0"
