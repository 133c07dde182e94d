"""What is counted, searched and looked up, asked over HTTP of the published data."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx
import pytest

from dataset.facet import FACETS
from dataset.histogram import DATED
from dataset.records import SERVED
from tests.test_api_formats import read
from tests.test_api_openapi import ARTICLE, validator

QUESTIONS = [
    *(f"/{name}/facets" for name in SERVED),
    "/events/facets?kind=closure&kind=seizure&values=2",
    "/events/facets?q=mine&date_from=2022",
    "/figures/facets?value_min=100",
    "/entities/facets?kind=person&name=nazarbayev",
    "/events/facets?q=nothing0",
    *(f"/{name}/histogram" for name in DATED),
    "/events/histogram?interval=day&kind=closure",
    "/events/histogram?interval=year",
    "/events/histogram?q=nothing0",
    "/figures/aggregates",
    "/figures/aggregates?measure=mines_closed",
    "/figures/aggregates?q=nothing0",
    "/search?q=mine",
    "/search?q=nazarbayev&kinds=entities&kinds=relations&limit=3",
    "/search?q=nothing0&limit=all",
    f"/lookup?url={ARTICLE}",
    "/lookup?url=https://example.org/",
]


async def items(client: httpx.AsyncClient, asked: str) -> list[dict[str, Any]]:
    """Return the items of an answer."""
    return list((await client.get(asked)).json()["items"])


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
@pytest.mark.parametrize("asked", QUESTIONS)
async def test_an_answer_is_as_documented(asked: str, version: str, client: httpx.AsyncClient) -> None:
    """It has the documented fields and no others, names its release, and counts its items."""
    path = f"/v1/releases/{{version}}{asked.partition('?')[0]}"
    body = (await client.get(f"/v1/releases/{version}{asked}")).json()
    assert [error.message for error in validator(path).iter_errors(body)] == []
    assert body["release"]["version"] == version
    assert body["total"] == len(body["items"]) or body["next"]


@pytest.mark.parametrize("asked", QUESTIONS)
async def test_csv_and_lines_hold_what_json_holds(asked: str, client: httpx.AsyncClient) -> None:
    """Lines have the items as they are; CSV has a row for each, and of facets one for each value."""
    path, _, question = asked.partition("?")
    found = await items(client, f"/v1{asked}")
    assert (await client.get(f"/v1{path}.json?{question}")).json() == found
    lines = (await client.get(f"/v1{path}.jsonl?{question}")).text.splitlines()
    assert [json.loads(line) for line in lines] == found
    rows = read("csv", (await client.get(f"/v1{path}.csv?{question}")).content)
    if path.endswith("facets"):
        expected = [{"filter": facet["filter"], **value} for facet in found for value in facet["values"]]
        assert rows == [{name: str(value) for name, value in one.items()} for one in expected]
    elif path == "/lookup":
        assert [row["id"] for row in rows] == [item["id"] for item in found]
    else:
        assert rows == [{name: _cell(value) for name, value in item.items()} for item in _ordered(rows, found)]


def _ordered(rows: list[Any], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items with their fields in the order of the columns, which is theirs but for a hit's path."""
    return [{name: item[name] for name in rows[0]} for item in found] if rows else []


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("collection", SERVED)
async def test_a_facet_counts_what_its_filter_finds(collection: str, client: httpx.AsyncClient) -> None:
    """Each value, asked for by its filter, finds as many records as its count says, under other filters as well."""
    for question in ({}, {"q": "mine"}):
        path = f"/v1/{collection}"
        body = (await client.get(f"{path}/facets", params={**question, "values": 100})).json()
        assert body["records"] == (await client.get(path, params=question)).json()["total"]
        assert [facet["filter"] for facet in body["items"]] == [item.name for item in FACETS[collection]]
        for facet in body["items"]:
            assert facet["distinct"] == len(facet["values"])
            for value in facet["values"][:5]:
                asked = {**question, facet["filter"]: value["value"]}
                assert (await client.get(path, params=asked)).json()["total"] == value["count"]


async def test_a_facet_shows_the_most_frequent_values_first(client: httpx.AsyncClient) -> None:
    """As many as are asked for, with what they are called; ties are in the order of the values."""
    whole = {facet["filter"]: facet for facet in await items(client, "/v1/events/facets?values=100")}
    for facet in await items(client, "/v1/events/facets?values=2"):
        assert facet == {**whole[facet["filter"]], "values": whole[facet["filter"]]["values"][:2]}
    for facet in whole.values():
        ranks = [(-value["count"], value["value"]) for value in facet["values"]]
        assert ranks == sorted(ranks)
    assert whole["status"]["values"][0] == {"value": "found", "label": "found", "count": 3}
    assert (whole["status"]["distinct"], whole["status"]["without"]) == (12, 11)
    assert whole["place"]["values"] == [{"value": "ent-kazakhstan", "label": "Kazakhstan", "count": 4}]


@pytest.mark.parametrize("interval", ["day", "month", "year"])
@pytest.mark.parametrize("collection", DATED)
async def test_a_bucket_counts_what_lies_in_it(collection: str, interval: str, client: httpx.AsyncClient) -> None:
    """As many records can lie in it as the filter of dates finds; the buckets follow one another without a gap."""
    body = (await client.get(f"/v1/{collection}/histogram", params={"interval": interval})).json()
    name = DATED[collection].removesuffix("_from")
    assert body["records"] == sum(bucket["count"] for bucket in body["items"]) + body["undetermined"]
    assert body["interval"] == interval
    for bucket in (b for b in body["items"] if b["possible"]):
        between = {f"{name}_from": bucket["first"], f"{name}_to": bucket["last"]}
        found = (await client.get(f"/v1/{collection}", params=between)).json()["total"]
        assert (bucket["bucket"], bucket["possible"]) == (bucket["bucket"], found)
        assert 0 <= bucket["count"] <= bucket["possible"]
    assert [bucket["bucket"] for bucket in body["items"]] == sorted({b["bucket"] for b in body["items"]})
    assert body["items"][0]["count"] > 0 < body["items"][-1]["count"]


async def test_a_histogram_counts_the_days_of_publication(client: httpx.AsyncClient) -> None:
    """A month unless told, the empty months between included."""
    found = await items(client, "/v1/sources/histogram")
    assert [(bucket["bucket"], bucket["count"], bucket["last"]) for bucket in found] == [
        ("2022-03", 1, "2022-03-31"),
        ("2022-04", 0, "2022-04-30"),
        ("2022-05", 0, "2022-05-31"),
        ("2022-06", 0, "2022-06-30"),
        ("2022-07", 0, "2022-07-31"),
        ("2022-08", 1, "2022-08-31"),
    ]


async def test_each_figure_is_counted_or_left_out_once(client: httpx.AsyncClient) -> None:
    """The sums are over all figures of their measure and unit; none is lost, none is in two places."""
    figures = {figure["id"]: figure for figure in await items(client, "/v1/figures?limit=all")}
    body = (await client.get("/v1/figures/aggregates")).json()
    placed: Counter[str] = Counter()
    for one in body["items"]:
        for name in [*one["counted"], *(excluded["id"] for excluded in one["excluded"])]:
            placed[name] += 1
            found = figures[name]
            kind = (one["measure"], one["unit"], one["unit_code"], one["per"])
            assert (found["measure"], found["unit"], found["unit_code"], found["per"]) == kind
    assert placed == Counter(figures.keys())
    assert body["records"] == len(figures)


async def test_a_restated_number_is_not_added(client: httpx.AsyncClient) -> None:
    """Of 106, more than 100 and around 100 mines, one number is left, with the reasons for the others."""
    (found,) = await items(client, "/v1/figures/aggregates?measure=mines_closed")
    assert [Decimal(found[end]) for end in ("low", "best", "high")] == [106, 106, 106]
    assert found["counted"] == ["fig-mines-closed-106"]
    assert found["excluded"] == [
        {"id": "fig-mines-closed-around-100", "reason": "cumulative", "because": None},
        {"id": "fig-mines-closed-more-than-100", "reason": "restates", "because": "fig-mines-closed-106"},
    ]


async def test_search_finds_what_the_lists_find(client: httpx.AsyncClient) -> None:
    """Over all collections the same records as `q` in each, every one at its path, the best first."""
    found = await items(client, "/v1/search?q=kazakh&limit=all")
    assert [-hit["score"] for hit in found] == sorted(-hit["score"] for hit in found)
    for collection in SERVED:
        listed = [item["id"] for item in await items(client, f"/v1/{collection}?q=kazakh&limit=all")]
        assert [hit["id"] for hit in found if hit["collection"] == collection] == listed
    for hit in found[:10]:
        record = (await client.get(hit["path"])).json()["item"]
        assert (record["id"], record["label"]) == (hit["id"], hit["label"])
    assert {hit["collection"] for hit in found} >= {"entities", "events", "sources"}


async def test_a_hit_shows_where_it_was_found(client: httpx.AsyncClient) -> None:
    """The pieces of a highlight put together are the field's text; those that match begin as was asked."""
    found = await items(client, "/v1/search?q=nazarbay+BOLAT&kinds=entities")
    assert found[0]["id"] == "ent-bolat-nazarbayev"
    (name,) = [highlight for highlight in found[0]["highlights"] if highlight["field"] == "names.text"]
    assert "".join(fragment["text"] for fragment in name["fragments"]) == "Bolat Nazarbayev"
    assert [fragment["text"] for fragment in name["fragments"] if fragment["match"]] == ["Bolat", "Nazarbayev"]


async def test_search_comes_in_pages(client: httpx.AsyncClient) -> None:
    """`next` leads through everything, and `limit=all` is everything at once; kinds are kept on the way."""
    whole = (await client.get("/v1/search?q=mine&kinds=events&kinds=figures&limit=all")).json()
    path: str | None = "/v1/search?q=mine&kinds=figures&kinds=events&limit=5"
    seen: list[Any] = []
    while path:
        body = (await client.get(path)).json()
        seen += body["items"]
        path = body["next"]
    assert (seen, whole["next"], whole["total"]) == (whole["items"], None, len(whole["items"]))
    assert {hit["collection"] for hit in seen} == {"events", "figures"}


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE,
        ARTICLE.replace("https://www.", "http://").rstrip("/"),
        f"{ARTICLE}?utm_source=x&fbclid=y#top",
        ARTICLE.replace("https://www.", "https://m."),
        f"https://web.archive.org/web/20220316000000/{ARTICLE}",
    ],
)
async def test_an_article_is_looked_up_by_any_of_its_addresses(url: str, client: httpx.AsyncClient) -> None:
    """It leads to the source with everything that the source's own address shows."""
    reply = await client.get("/v1/lookup", params={"url": url})
    source = (await client.get("/v1/sources/src-coindesk-2022-03-15")).json()["item"]
    assert (reply.json()["total"], reply.json()["items"]) == (1, [source])
    again = await client.get(reply.links["canonical"]["url"])
    assert again.content == reply.content


async def test_an_unknown_article_is_an_empty_list(client: httpx.AsyncClient) -> None:
    """It is no error to ask."""
    reply = await client.get("/v1/lookup", params={"url": "https://example.org/"})
    assert (reply.status_code, reply.json()["total"], reply.json()["items"]) == (200, 0, [])


REFUSED = [
    ("/v1/search", "q", "is missing"),
    ("/v1/search?q=", "q", "must have from 1 to 200 characters"),
    (f"/v1/search?q={'a' * 201}", "q", "must have from 1 to 200 characters"),
    ("/v1/search?q=a&q=b", "q", "is given more than once"),
    ("/v1/search?q=a&limit=0", "limit", "must be a whole number from 1 to 100, or `all`"),
    ("/v1/search?q=a&after=x", "after", "is no cursor that this server gave out"),
    ("/v1/search.csv?q=a&excel=yes", "excel", "must be one of 1"),
    ("/v1/search?q=a&format=bibtex", "format", "must be one of json, jsonl, csv"),
    ("/v1/lookup", "url", "is missing"),
    ("/v1/lookup?url=", "url", "an address begins with http:// or https://"),
    ("/v1/lookup?url=ftp://example.org/", "url", "an address begins with http:// or https://"),
    (f"/v1/lookup?url=https://example.org/{'x' * 2000}", "url", "an address has at most 2,000 characters"),
    ("/v1/events/facets?values=0", "values", "must be a whole number from 1 to 100"),
    ("/v1/events/facets?values=all", "values", "must be a whole number from 1 to 100"),
    (
        "/v1/events/facets?kind=closure&date_from=soon",
        "date_from",
        "must be a day, month or year: 2022-03-15, 2022-03 or 2022",
    ),
    ("/v1/events/histogram?interval=week", "interval", "must be one of day, month, year"),
    ("/v1/figures/aggregates?value_min=many", "value_min", "must be a number, such as 100 or 0.5"),
    ("/v1/figures/aggregates?measure=!", "measure", ""),
    ("/v1/figures/aggregates?limit=1", "limit", ""),
    ("/v1/entities/facets?order=id", "order", ""),
    ("/v1/search?q=a&kinds=person", "kinds", ""),
]


@pytest.mark.parametrize(("asked", "parameter", "reason"), REFUSED)
async def test_a_question_that_cannot_be_asked_is_refused_with_the_reason(
    asked: str, parameter: str, reason: str, client: httpx.AsyncClient
) -> None:
    """The parameter and the reason are fields of the problem; where the reason is a long list, its beginning is."""
    reply = await client.get(asked)
    body = reply.json()
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")
    assert (body["type"], body["parameter"]) == ("/v1/problems#invalid-parameter", parameter)
    assert body["reason"] == reason or (not reason and body["reason"].startswith(("must be one of ", "is unknown; ")))


@pytest.mark.parametrize(
    "asked", ["/v1/citations/histogram", "/v1/events/aggregates", "/v1/facets", "/v1/search/facets"]
)
async def test_what_is_not_counted_is_not_there(asked: str, client: httpx.AsyncClient) -> None:
    """Only what has a date has a histogram, and only figures are added up."""
    assert (await client.get(asked)).status_code == 404
