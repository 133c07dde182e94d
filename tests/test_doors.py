"""Two doors, one answer: every filter and every order selects the same records in GraphQL and in REST."""

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
from dataset.order import ORDERS
from dataset.records import SERVED

RANGES = {"date": ["2021", "2022-02", "2022-03-15", "2022-08-03"], "decimal": ["1", "100", "67000"]}


def questions(catalog: Catalog) -> Iterator[tuple[str, Filter, str]]:
    """Yield every filter with some of the values that the data hold for it."""
    corpus = catalog.latest.release.corpus
    for collection, filters in FILTERS.items():
        for item in filters:
            if item.match in (Match.FROM, Match.TO):
                values = RANGES[item.form]
            else:
                found = {key for record in corpus.collection(collection).values() for key in item.keys(corpus, record)}
                values = sorted(found)[:4]
            for value in values:
                yield collection, item, value


@pytest.mark.parametrize("collection", SERVED)
async def test_every_filter_selects_the_same_records(
    collection: str, client: httpx.AsyncClient, catalog: Catalog
) -> None:
    """The ids, their order and the total are the same."""
    found_something = set()
    for name, item, value in questions(catalog):
        if name == collection:
            rest = (await client.get(f"/v1/{collection}", params={item.name: value, "limit": 100})).json()
            typed: Any = value.upper() if item.vocabulary else value
            variables = {"filter": {to_camel_case(item.name): [typed] if item.many else typed}}
            found = await _graphql(client, collection, variables)
            assert (found["totalCount"], [n["id"] for n in found["nodes"]]) == (
                rest["total"],
                [record["id"] for record in rest["items"]],
            )
            if rest["total"]:
                found_something.add(item.name)
    assert found_something == {item.name for item in FILTERS[collection]}


@pytest.mark.parametrize("collection", SERVED)
async def test_every_order_is_the_same(collection: str, client: httpx.AsyncClient) -> None:
    """Forward and reversed."""
    for order in ORDERS[collection]:
        for name, term in ((order.name, f"{order.name}_ASC"), (f"-{order.name}", f"{order.name}_DESC")):
            rest = (await client.get(f"/v1/{collection}", params={"order": name, "limit": 100})).json()
            found = await _graphql(client, collection, {"orderBy": term.upper()})
            assert [node["id"] for node in found["nodes"]] == [record["id"] for record in rest["items"]]


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


async def _graphql(client: httpx.AsyncClient, collection: str, variables: dict[str, Any], first: int = 100) -> Any:
    kind = SERVED[collection].__name__
    query = (
        f"query ($filter: {kind}Filter, $orderBy: {kind}Order, $first: Int) {{ {collection}(filter: $filter, "
        "orderBy: $orderBy, first: $first) { totalCount nodes { id } edges { cursor } } }"
    )
    reply = (await client.post("/graphql", json={"query": query, "variables": {**variables, "first": first}})).json()
    assert "errors" not in reply, reply
    return reply["data"][collection]
