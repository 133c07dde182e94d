"""Two doors, one answer: what is asked is the same in GraphQL and in REST, there in JSON and in CSV."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from strawberry.utils.str_converters import to_camel_case

from dataset.catalog import Catalog
from dataset.cli import main
from dataset.filter import FILTERS, Filter, Match
from dataset.histogram import DATED
from dataset.order import ORDERS
from dataset.records import SERVED, SINGULAR

TEXTS = ["mine", "Kazakh", "nazarbayev", "closed"]
RANGES = {"date": ["2021", "2022-02", "2022-03-15", "2022-08-03"], "decimal": ["1", "100", "67000"]}


def questions(catalog: Catalog) -> Iterator[tuple[str, Filter, str]]:
    """Yield every filter with some of the values that the data hold for it."""
    corpus = catalog.latest.release.corpus
    for collection, filters in FILTERS.items():
        for item in filters:
            if item.match in (Match.FROM, Match.TO):
                values = RANGES[item.form]
            elif item.match is Match.TEXT:
                values = TEXTS
            else:
                found = {key for record in corpus.collection(collection).values() for key in item.keys(corpus, record)}
                values = sorted(found)[:4]
            for value in values:
                yield collection, item, value


def filtered(item: Filter, value: str) -> dict[str, Any]:
    """Return GraphQL's filter argument for a value as REST takes it."""
    typed = value.upper() if item.vocabulary else value
    return {to_camel_case(item.name): [typed] if item.many else typed}


def asks(collection: str, catalog: Catalog) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Yield REST's parameters and GraphQL's filter argument for nothing, and for one value of each filter."""
    yield {}, {}
    seen = set()
    for name, item, value in questions(catalog):
        if name == collection and item.name not in seen:
            seen.add(item.name)
            yield {item.name: value}, filtered(item, value)


@pytest.mark.parametrize("collection", SERVED)
async def test_every_filter_selects_the_same_records(
    collection: str, client: httpx.AsyncClient, catalog: Catalog
) -> None:
    """The ids, their order and the total are the same in GraphQL, in JSON and in CSV."""
    found_something = set()
    for name, item, value in questions(catalog):
        if name == collection:
            rest = (await client.get(f"/v1/{collection}", params={item.name: value, "limit": 100})).json()
            found = await _graphql(client, collection, {"filter": filtered(item, value)})
            assert (found["totalCount"], [n["id"] for n in found["nodes"]]) == (
                rest["total"],
                [record["id"] for record in rest["items"]],
            )
            table = await _csv(client, f"/v1/{collection}.csv", {item.name: value, "limit": "all"})
            assert [row["id"] for row in table] == [record["id"] for record in rest["items"]]
            if rest["total"]:
                found_something.add(item.name)
    assert found_something == {item.name for item in FILTERS[collection]}


@pytest.mark.parametrize("collection", SERVED)
async def test_every_order_is_the_same(collection: str, client: httpx.AsyncClient) -> None:
    """Forward and reversed, in CSV as well."""
    for order in (order for order in ORDERS[collection] if order.key):
        for name, term in ((order.name, f"{order.name}_ASC"), (f"-{order.name}", f"{order.name}_DESC")):
            rest = (await client.get(f"/v1/{collection}", params={"order": name, "limit": 100})).json()
            found = await _graphql(client, collection, {"orderBy": term.upper()})
            table = await _csv(client, f"/v1/{collection}.csv", {"order": name, "limit": "all"})
            assert [node["id"] for node in found["nodes"]] == [record["id"] for record in rest["items"]]
            assert [row["id"] for row in table] == [record["id"] for record in rest["items"]]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("collection", SERVED)
async def test_relevance_is_the_same(collection: str, text: str, client: httpx.AsyncClient) -> None:
    """It is the order of a question with `q`, named or not; another order may be asked for."""
    for name, term in (("", None), ("relevance", "RELEVANCE"), ("-id", "ID_DESC")):
        order = {"order": name} if name else {}
        rest = (await client.get(f"/v1/{collection}", params={"q": text, "limit": 100, **order})).json()
        found = await _graphql(client, collection, {"filter": {"q": text}, "orderBy": term})
        table = await _csv(client, f"/v1/{collection}.csv", {"q": text, "limit": "all", **order})
        ids = [record["id"] for record in rest["items"]]
        assert ([node["id"] for node in found["nodes"]], [row["id"] for row in table]) == (ids, ids)


@pytest.mark.parametrize("text", TEXTS)
async def test_search_is_the_same(text: str, client: httpx.AsyncClient) -> None:
    """Hits, scores, highlights and cursors."""
    for kinds in ([], ["figures", "events"]):
        asked: dict[str, Any] = {"q": text, "kinds": kinds, "limit": 100}
        rest = (await client.get("/v1/search", params=asked)).json()
        variables = {"query": text, "kinds": [kind.upper() for kind in kinds] or None}
        found = await _data(
            client,
            "query ($query: String!, $kinds: [Collection!]) { search(query: $query, kinds: $kinds, first: 100) "
            "{ totalCount nodes { collection score highlights { field fragments { text match } } record { id label } } "
            "edges { cursor } } }",
            variables,
        )
        nodes = [_hit(node) for node in found["search"]["nodes"]]
        assert nodes == [{name: value for name, value in hit.items() if name != "path"} for hit in rest["items"]]
        assert found["search"]["totalCount"] == rest["total"]
        table = await _csv(client, "/v1/search.csv", {**asked, "limit": "all"})
        assert [_hit_of(row) for row in table] == rest["items"]
        after = {"q": text, "kinds": kinds, "after": found["search"]["edges"][0]["cursor"], "limit": 99}
        assert (await client.get("/v1/search", params=after)).json()["items"] == rest["items"][1:]


def _hit(node: dict[str, Any]) -> dict[str, Any]:
    return {**node.pop("record"), **node, "collection": node["collection"].lower()}


def _hit_of(row: dict[str, str]) -> dict[str, Any]:
    return {**row, "score": float(row["score"]), "highlights": json.loads(row["highlights"])}


@pytest.mark.parametrize("collection", SERVED)
async def test_facets_are_the_same(collection: str, client: httpx.AsyncClient, catalog: Catalog) -> None:
    """Under every filter, with names and terms as GraphQL spells them."""
    kind, one = SERVED[collection].__name__, SINGULAR[collection]
    query = (
        f"query ($filter: {kind}Filter, $values: Int!) {{ {one}Facets(filter: $filter, values: $values) "
        "{ filter distinct without values { value label count } } }"
    )
    terms = {item.name for item in FILTERS[collection] if item.vocabulary}
    for params, where in asks(collection, catalog):
        for most in (2, 100):
            found = (await _data(client, query, {"filter": where, "values": most}))[f"{one}Facets"]
            rest = (await client.get(f"/v1/{collection}/facets", params={**params, "values": most})).json()["items"]
            for facet in rest:
                facet["values"] = [
                    {**value, "value": value["value"].upper() if facet["filter"] in terms else value["value"]}
                    for value in facet["values"]
                ]
            assert found == [{**facet, "filter": to_camel_case(facet["filter"])} for facet in rest]
            table = await _csv(client, f"/v1/{collection}/facets.csv", {**params, "values": most})
            told = [(row["filter"], row["label"], int(row["count"])) for row in table]
            assert told == [(f["filter"], v["label"], v["count"]) for f in rest for v in f["values"]]


@pytest.mark.parametrize("interval", ["day", "month", "year"])
@pytest.mark.parametrize("collection", DATED)
async def test_histograms_are_the_same(
    collection: str, interval: str, client: httpx.AsyncClient, catalog: Catalog
) -> None:
    """Under every filter."""
    kind, one = SERVED[collection].__name__, SINGULAR[collection]
    query = (
        f"query ($filter: {kind}Filter, $interval: Interval!) {{ {one}Histogram(filter: $filter, interval: $interval) "
        "{ interval records undetermined buckets { bucket first last count possible } } }"
    )
    for params, where in asks(collection, catalog):
        found = (await _data(client, query, {"filter": where, "interval": interval.upper()}))[f"{one}Histogram"]
        asked = {**params, "interval": interval}
        rest = (await client.get(f"/v1/{collection}/histogram", params=asked)).json()
        assert found == {
            "interval": rest["interval"].upper(),
            "records": rest["records"],
            "undetermined": rest["undetermined"],
            "buckets": rest["items"],
        }
        table = await _csv(client, f"/v1/{collection}/histogram.csv", asked)
        assert table == [{name: str(value) for name, value in bucket.items()} for bucket in rest["items"]]


async def test_aggregates_are_the_same(client: httpx.AsyncClient, catalog: Catalog) -> None:
    """Under every filter, with everything that is counted and left out."""
    query = (
        "query ($filter: FigureFilter) { figureAggregates(filter: $filter) { measure unit unitCode per low best high "
        "approximate modalities counted excluded { id reason because } } }"
    )
    for params, where in asks("figures", catalog):
        found = (await _data(client, query, {"filter": where}))["figureAggregates"]
        rest = (await client.get("/v1/figures/aggregates", params=params)).json()["items"]
        assert found == [_camel(one, ("measure", "unit", "per", "modalities", "reason")) for one in rest]
        table = await _csv(client, "/v1/figures/aggregates.csv", params)
        assert [row["measure"] for row in table] == [one["measure"] for one in rest]
        assert [(row["low"], json.loads(row["excluded"])) for row in table] == [
            (one["low"] or "", one["excluded"]) for one in rest
        ]


def _camel(value: Any, terms: tuple[str, ...], name: str = "") -> Any:
    """Return what REST shows as GraphQL spells it."""
    if isinstance(value, dict):
        return {to_camel_case(key): _camel(inside, terms, key) for key, inside in value.items()}
    if isinstance(value, list):
        return [_camel(inside, terms, name) for inside in value]
    return value.upper() if value and name in terms else value


@pytest.mark.parametrize("source", ["src-coindesk-2022-03-15", "src-eurasianet-2022-08-03", ""])
async def test_lookup_is_the_same(source: str, client: httpx.AsyncClient, catalog: Catalog) -> None:
    """The sources at an address, and what leads on from them."""
    sources = catalog.latest.release.corpus.sources
    url = f"{sources[source].url}?utm_source=paper" if source else "https://example.org/"
    query = (
        "query ($url: String!) { lookup(url: $url) { id title events(first: 100) { nodes { id } } "
        "citations(first: 100) { nodes { id } } } }"
    )
    found = (await _data(client, query, {"url": url}))["lookup"]
    rest = (await client.get("/v1/lookup", params={"url": url})).json()["items"]
    table = await _csv(client, "/v1/lookup.csv", {"url": url})
    assert [one["id"] for one in found] == ([source] if source else [])
    assert [(one["id"], one["title"]) for one in found] == [(one["id"], one["title"]) for one in rest]
    assert [row["id"] for row in table] == [one["id"] for one in rest]
    for mine, theirs in zip(found, rest, strict=True):
        for link in ("events", "citations"):
            assert [node["id"] for node in mine[link]["nodes"]] == [record["id"] for record in theirs[link]]


@pytest.mark.parametrize(
    ("path", "params", "query", "argument"),
    [
        ("/v1/search", {"q": ""}, '{ search(query: "") { totalCount } }', "query"),
        ("/v1/lookup", {"url": "here"}, '{ lookup(url: "here") { id } }', "url"),
        ("/v1/events", {"q": "a" * 201}, f'{{ events(filter: {{q: "{"a" * 201}"}}) {{ totalCount }} }}', "q"),
        ("/v1/events/facets", {"ids": "x"}, '{ eventFacets(filter: {ids: ["x"]}) { filter } }', "ids"),
        (
            "/v1/events/histogram",
            {"date_from": "soon"},
            '{ eventHistogram(filter: {dateFrom: "soon"}) { records } }',
            "dateFrom",
        ),
        (
            "/v1/figures/aggregates",
            {"value_min": "x"},
            '{ figureAggregates(filter: {valueMin: "x"}) { low } }',
            "valueMin",
        ),
    ],
)
async def test_what_cannot_be_asked_is_refused_for_the_same_reason(
    path: str, params: dict[str, str], query: str, argument: str, client: httpx.AsyncClient
) -> None:
    """GraphQL names the argument, REST the parameter."""
    rest = (await client.get(path, params=params)).json()
    (error,) = (await client.post("/graphql", json={"query": query})).json()["errors"]
    assert error["message"] == f"{argument}: {rest['reason']}"
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": argument}


async def test_a_cursor_of_one_door_opens_the_other(client: httpx.AsyncClient) -> None:
    """The cursors are the same, too."""
    found = await _graphql(client, "events", {"orderBy": "DATE_ASC"}, first=5)
    cursor = found["edges"][-1]["cursor"]
    rest = (await client.get("/v1/events", params={"after": cursor, "order": "date"})).json()
    whole = await _graphql(client, "events", {"orderBy": "DATE_ASC"})
    assert [record["id"] for record in rest["items"]] == [node["id"] for node in whole["nodes"]][5:25]


@pytest.mark.parametrize(("old", "new"), [("1.0.0", "1.1.0"), ("1.1.0", "1.0.0"), ("1.1.0", "1.1.0")])
async def test_what_changed_is_the_same_at_every_door(old: str, new: str, client: httpx.AsyncClient) -> None:
    """REST, GraphQL and the command line tell the same changes, values included."""
    rest = (await client.get(f"/v1/releases/{old}/diff/{new}")).json()
    query = f'{{ changes(old: "{old}", new: "{new}") {{ change record field old new reason }} }}'
    found = (await client.post("/graphql", json={"query": query})).json()["data"]["changes"]
    told = json.loads(CliRunner().invoke(main, ["diff", old, new, "--json"]).stdout)
    assert rest["items"] == told["changes"]
    assert [{**c, "change": c["change"].lower(), "reason": c["reason"].lower()} for c in found] == rest["items"]
    assert (rest["old"], rest["new"], rest["total"]) == (old, new, len(rest["items"]))


async def test_changes_of_an_unknown_release_name_the_argument(client: httpx.AsyncClient) -> None:
    """GraphQL says which one is not served, and which are."""
    query = '{ changes(old: "1.0.0", new: "9.9.9") { record } }'
    (error,) = (await client.post("/graphql", json={"query": query})).json()["errors"]
    assert error["message"] == "new: no such release is served; there are 1.1.0, 1.0.0"
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "new"}


async def _csv(client: httpx.AsyncClient, path: str, params: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((await client.get(path, params=params)).text, newline="")))


async def _data(client: httpx.AsyncClient, query: str, variables: dict[str, Any]) -> Any:
    reply = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in reply, reply
    return reply["data"]


async def _graphql(client: httpx.AsyncClient, collection: str, variables: dict[str, Any], first: int = 100) -> Any:
    kind = SERVED[collection].__name__
    query = (
        f"query ($filter: {kind}Filter, $orderBy: {kind}Order, $first: Int) {{ {collection}(filter: $filter, "
        "orderBy: $orderBy, first: $first) { totalCount nodes { id } edges { cursor } } }"
    )
    return (await _data(client, query, {**variables, "first": first}))[collection]
