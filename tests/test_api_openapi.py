"""The REST contract: committed, current, valid, and what the server really answers."""

import re
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api import examples as real
from api import openapi
from api.app import create_app
from api.errors import KINDS
from dataset.catalog import Catalog
from dataset.export import CITING, FORMATS, TABULAR
from dataset.filter import FILTERS
from dataset.links import LINKS
from dataset.order import ORDERS
from dataset.records import SERVED
from dataset.resources import RESOURCES

DOCUMENT = openapi.document()
COMPONENTS = DOCUMENT["components"]
BELOW = ("/v1", "/v1/releases/{version}")
PLAIN = [under + resource.path for under in BELOW for resource in RESOURCES]
EXPORTS = [f"{under}{r.path}.{{format}}" for under in BELOW for r in RESOURCES]
ARTICLE = "https://www.coindesk.com/policy/2022/03/15/kazakhstan-crackdown-forces-106-more-crypto-mines-to-close/"


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


CLOSED = closed(COMPONENTS)


def written(value: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference into the components stands for, or the value itself."""
    if "$ref" not in value:
        return value
    _, _, kind, name = value["$ref"].split("/")
    found: dict[str, Any] = COMPONENTS[kind][name]
    return found


def answer(path: str, status: int = 200) -> dict[str, Any]:
    """Return what a documented path says of its answer with a status."""
    return written(DOCUMENT["paths"][path]["get"]["responses"][str(status)])


def parameters(path: str, where: str = "query") -> dict[str, dict[str, Any]]:
    """Return the documented parameters of a path by name."""
    found = [written(parameter) for parameter in DOCUMENT["paths"][path]["get"].get("parameters", [])]
    return {parameter["name"]: parameter for parameter in found if parameter["in"] == where}


def of(schema: dict[str, Any]) -> Draft202012Validator:
    """Return what checks a value by a schema that may refer to the components."""
    return Draft202012Validator({**closed(schema), "components": CLOSED})


def validator(path: str, status: int = 200) -> Draft202012Validator:
    """Return what checks an answer of a documented path in JSON."""
    content = answer(path, status)["content"]
    return of(content["application/json" if status == 200 else "application/problem+json"]["schema"])


def filled(path: str, catalog: Catalog, form: str = "") -> str:
    """Return a documented path with something in the place of what it leaves open."""
    collection = next((part for part in path.split("/") if part in SERVED), "events")
    record = next(iter(catalog.latest.release.corpus.collection(collection)))
    return path.format(version="1.1.0", other="1.0.0", id=record, format=form)


def suffixes(path: str) -> list[str]:
    """Return the suffixes that a documented path may have; the empty one where it has none."""
    found: list[str] = parameters(path, "path").get("format", {"schema": {"enum": [""]}})["schema"]["enum"]
    return found


def examples(path: str, catalog: Catalog) -> dict[str, str]:
    """Return a value for each documented parameter of a path that needs no page before it."""
    ids = [record for collection in SERVED for record in catalog.latest.release.corpus.collection(collection)]
    known = {"url": ARTICLE, "fields": "id", "limit": "1", "values": "1"}
    found = {}
    for name, parameter in parameters(path).items():
        schema = parameter["schema"]
        schema = written(schema["items"] if schema.get("type") == "array" else schema)
        values = [known.get(name, "mine"), *ids, "2022", "1"]
        if name != "after":
            fitting = [value for value in values if re.search(schema.get("pattern", ""), value)]
            found[name] = schema.get("enum", fitting)[0]
    return found


def required(path: str, catalog: Catalog) -> dict[str, str]:
    """Return a value for each parameter without which a path is not answered."""
    found = examples(path, catalog)
    return {name: found[name] for name, parameter in parameters(path).items() if parameter.get("required")}


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
    paths = {route.path for route in create_app(catalog).routes if hasattr(route, "path")}
    served = {path for path in paths if path.startswith("/v1") and "graphql" not in path}
    documented = {path.replace("{format}", form) for path in DOCUMENT["paths"] for form in suffixes(path)}
    assert served == documented


def test_every_filter_and_order_is_a_documented_parameter() -> None:
    """What can be asked is what is documented, with a description."""
    for collection in SERVED:
        found = parameters(f"/v1/{collection}")
        filters = {item.name for item in FILTERS[collection]}
        assert set(found) == filters | {"order", "limit", "after", "fields", "format", "excel"}
        assert all(parameter["description"] for parameter in found.values())
        orders = [name for order in ORDERS[collection] for name in order.names]
        assert found["order"]["schema"]["enum"] == orders
        assert set(parameters(f"/v1/{collection}/facets")) == filters | {"values", "format", "excel"}


@pytest.mark.parametrize("path", [*PLAIN, *EXPORTS])
async def test_every_documented_parameter_is_accepted(path: str, client: httpx.AsyncClient, catalog: Catalog) -> None:
    """Each by itself, beside those that the address needs and the one that it goes with."""
    form = "csv" if "excel" in parameters(path) else "csl"
    asked, needed, found = filled(path, catalog, form), required(path, catalog), examples(path, catalog)
    if "after" in parameters(path):
        first = await client.get(asked, params={**needed, "limit": "1"})
        found["after"] = re.findall(r"[?&]after=([^&>]+)[^>]*>; rel=\"next\"", first.headers["link"])[0]
    companions = {"excel": {"format": "csv"}} if path in PLAIN else {}
    asks = {name: {**needed, name: value, **companions.get(name, {})} for name, value in found.items()}
    replies = {name: (await client.get(asked, params=ask)).status_code for name, ask in asks.items()}
    assert replies == dict.fromkeys(parameters(path), 200)


@pytest.mark.parametrize("path", DOCUMENT["paths"])
async def test_every_other_parameter_is_refused(path: str, client: httpx.AsyncClient, catalog: Catalog) -> None:
    """What is documented somewhere else, too, is unknown where it is not documented."""
    known = parameters(path).keys() | parameters(path, "path").keys()
    everywhere = {parameter["name"] for parameter in COMPONENTS["parameters"].values()} | {"undocumented"}
    asked = filled(path, catalog, suffixes(path)[0])
    for name in sorted(everywhere - known):
        reply = await client.get(asked, params={name: "1"})
        assert (name, reply.status_code, reply.json().get("parameter")) == (name, 400, name)


@pytest.mark.parametrize("path", DOCUMENT["paths"])
async def test_every_answer_is_as_documented(path: str, client: httpx.AsyncClient, catalog: Catalog) -> None:
    """Its media type, its headers, and in JSON its fields, whatever the format."""
    said = answer(path)
    for form in suffixes(path):
        reply = await client.get(filled(path, catalog, form), params=required(path, catalog))
        media_type = reply.headers["content-type"].partition(";")[0]
        assert (form, reply.status_code, media_type in said["content"]) == (form, 200, True)
        assert [header for header in said["headers"] if header not in reply.headers] == []
        if media_type.endswith("json") and "schema" in said["content"][media_type]:
            assert [e.message for e in of(said["content"][media_type]["schema"]).iter_errors(reply.json())] == []


def test_every_format_of_every_address_is_documented() -> None:
    """As a suffix, as a value of `format`, and by its media type; the flat array only as a suffix."""
    for resource in RESOURCES:
        plain, export = f"/v1{resource.path}", f"/v1{resource.path}.{{format}}"
        assert resource.formats in (TABULAR, CITING, (*TABULAR, *CITING))
        assert parameters(export, "path")["format"]["schema"]["enum"] == list(resource.formats)
        assert parameters(plain)["format"]["schema"]["enum"] == [name for name in resource.formats if name != "json"]
        essences = {FORMATS[name].essence for name in resource.formats}
        assert set(answer(export)["content"]) == essences
        assert set(answer(plain)["content"]) == essences | {"application/json"}


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
        ("/v1/events.{format}", "/v1/events.csv?foo=1", 400),
        ("/v1/search", "/v1/search", 400),
        ("/v1/lookup", "/v1/lookup?url=here", 400),
        ("/v1/events/histogram", "/v1/events/histogram?interval=week", 400),
        ("/v1/releases/{version}/events/facets", "/v1/releases/9.9.9/events/facets", 404),
    ],
)
async def test_an_error_is_answered_as_documented(
    path: str, asked: str, status: int, client: httpx.AsyncClient
) -> None:
    """So are errors."""
    reply = await client.get(asked)
    assert reply.status_code == status
    assert list(validator(path, status).iter_errors(reply.json())) == []


async def test_what_cannot_be_had_is_answered_as_documented(client: httpx.AsyncClient) -> None:
    """So is an answer that the client does not accept."""
    for path in PLAIN[: len(RESOURCES)]:
        reply = await client.get(path.format(id="x"), headers={"Accept": "image/png"})
        assert (path, reply.status_code) == (path, 406)
        assert list(validator(path, 406).iter_errors(reply.json())) == []


def test_every_kind_of_error_of_an_address_is_documented() -> None:
    """The type of a problem is one of a closed list."""
    names = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert names == [f"/v1/problems#{name}" for name in KINDS]


def test_the_strict_check_of_answers_can_fail() -> None:
    """An answer with a field that is not documented would be found out."""
    body: dict[str, Any] = {"release": {}, "total": 0, "items": [], "next": None, "more": 1}
    found = {error.message for error in validator("/v1/events").iter_errors(body)}
    assert "Additional properties are not allowed ('more' was unexpected)" in found


def test_the_committed_examples_are_current(catalog: Catalog) -> None:
    """`make generate` was run after the last release."""
    assert real.FILE.read_bytes() == real.text(catalog)


@pytest.mark.parametrize("name", real.load())
async def test_an_example_of_the_document_is_a_real_answer(name: str, client: httpx.AsyncClient) -> None:
    """What the contract shows is what the server says."""
    found = real.load()[name]
    assert (await client.get(found["path"])).json() == found["answer"]
