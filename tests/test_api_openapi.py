"""The REST contract: committed, current, valid, and what the server really answers."""

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api import openapi
from api.app import create_app
from api.errors import KINDS
from dataset.catalog import Catalog
from dataset.filter import FILTERS
from dataset.links import LINKS
from dataset.order import ORDERS
from dataset.records import SERVED

DOCUMENT = openapi.document()


def closed(schema: Any) -> Any:
    """Return a schema that allows no field but those that it names: what is answered must be documented."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if found.get("type") == "object" and "properties" in found:
        found.setdefault("additionalProperties", False)
    return found


def validator(path: str, status: int = 200) -> Draft202012Validator:
    """Return what checks an answer of a documented path."""
    answer = DOCUMENT["paths"][path]["get"]["responses"][str(status)]
    (content,) = answer["content"].values()
    schema = {**closed(content["schema"]), "components": closed(DOCUMENT["components"])}
    return Draft202012Validator(schema)


def test_the_committed_document_is_current() -> None:
    """`make generate` was run after the last change."""
    assert openapi.FILE.read_bytes() == openapi.text()


def test_the_document_is_valid() -> None:
    """It is an OpenAPI 3.1 document."""
    OpenAPIV31SpecValidator(DOCUMENT).validate()


async def test_the_document_is_served(client: httpx.AsyncClient) -> None:
    """A client finds at /openapi.json what is committed."""
    assert (await client.get("/openapi.json")).json() == DOCUMENT


def test_every_rest_route_is_in_the_document(catalog: Catalog) -> None:
    """No address is served undocumented, and none is documented that is not served."""
    served = {route.path for route in create_app(catalog).routes if hasattr(route, "path")}
    assert {path for path in served if path.startswith("/v1") and "graphql" not in path} == set(DOCUMENT["paths"])


def test_every_filter_and_order_is_a_documented_parameter() -> None:
    """What can be asked is what is documented, with a description."""
    for collection in SERVED:
        parameters = {p["name"]: p for p in DOCUMENT["paths"][f"/v1/{collection}"]["get"]["parameters"]}
        assert set(parameters) == {item.name for item in FILTERS[collection]} | {"order", "limit", "after"}
        assert all(parameter["description"] for parameter in parameters.values())
        orders = [name for order in ORDERS[collection] for name in (order.name, f"-{order.name}")]
        assert parameters["order"]["schema"]["enum"] == orders


def test_every_field_has_a_description() -> None:
    """The data dictionary has no gap: every field of every record says what it is."""
    kinds = {kind.__name__ for kind in SERVED.values()}
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if name.removesuffix("Full") in kinds:
            assert [field for field, value in schema["properties"].items() if not value.get("description")] == []
            assert schema["description"]


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
@pytest.mark.parametrize("collection", SERVED)
async def test_every_record_is_answered_as_documented(
    collection: str, version: str, client: httpx.AsyncClient, catalog: Catalog
) -> None:
    """Each live answer, list and item, has the documented fields and no others."""
    lists, items = f"/v1/releases/{{version}}/{collection}", f"/v1/releases/{{version}}/{collection}/{{id}}"
    check_list, check_item = validator(lists), validator(items)
    body = (await client.get(lists.format(version=version), params={"limit": 100})).json()
    assert list(check_list.iter_errors(body)) == []
    for record in catalog.editions[version].release.corpus.collection(collection):
        item = (await client.get(items.format(version=version, id=record))).json()
        assert [error.message for error in check_item.iter_errors(item)] == []
        assert set(item["item"]) >= {link.name for link in LINKS[collection]}


@pytest.mark.parametrize("path", ["/v1", "/v1/releases", "/v1/problems"])
async def test_what_is_no_record_is_answered_as_documented(path: str, client: httpx.AsyncClient) -> None:
    """So are the index, the releases and the kinds of error."""
    assert list(validator(path).iter_errors((await client.get(path)).json())) == []


async def test_a_release_is_answered_as_documented(client: httpx.AsyncClient) -> None:
    """So is a manifest with its changes."""
    body = (await client.get("/v1/releases/1.1.0")).json()
    assert list(validator("/v1/releases/{version}").iter_errors(body)) == []


async def test_a_difference_is_answered_as_documented(client: httpx.AsyncClient) -> None:
    """So is what changed between two releases."""
    body = (await client.get("/v1/releases/1.0.0/diff/1.1.0")).json()
    assert list(validator("/v1/releases/{version}/diff/{other}").iter_errors(body)) == []


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/v1/events", "/v1/events?foo=1", 400),
        ("/v1/events/{id}", "/v1/events/evt-none", 404),
        ("/v1/releases/{version}", "/v1/releases/9.9.9", 404),
    ],
)
async def test_an_error_is_answered_as_documented(
    path: str, asked: str, status: int, client: httpx.AsyncClient
) -> None:
    """So are errors."""
    reply = await client.get(asked)
    assert reply.status_code == status
    assert list(validator(path, status).iter_errors(reply.json())) == []


def test_every_kind_of_error_of_an_address_is_documented() -> None:
    """The type of a problem is one of a closed list."""
    names = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert names == [f"/v1/problems#{name}" for name in KINDS]


def test_the_strict_check_of_answers_can_fail() -> None:
    """An answer with a field that is not documented would be found out."""
    body: dict[str, Any] = {"release": {}, "total": 0, "items": [], "next": None, "more": 1}
    found = {error.message for error in validator("/v1/events").iter_errors(body)}
    assert "Additional properties are not allowed ('more' was unexpected)" in found
