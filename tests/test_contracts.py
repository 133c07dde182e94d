"""What a client may rely on: the contracts as last released (tests/contracts) are kept until the API version says not.

A change that takes something away, or asks for something new, is breaking: it needs a new MAJOR version of the API
(`api.responses.VERSION`). With each released version the contracts are copied anew from `schema/` and `openapi/`, but
without the examples.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import build_schema
from graphql.utilities import find_breaking_changes

from api import openapi
from schema.__main__ import text
from tests.conftest import ROOT

CONTRACTS = ROOT / "tests" / "contracts"
RELEASED: dict[str, Any] = json.loads((CONTRACTS / "openapi.json").read_text("utf-8"))
CURRENT = openapi.document()
SAME_MAJOR = RELEASED["info"]["version"].split(".")[0] == CURRENT["info"]["version"].split(".")[0]

pytestmark = pytest.mark.skipif(not SAME_MAJOR, reason="the API version says that it breaks with the one before")


def broken(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield what a client of the old REST contract would miss in the new one."""
    for path, operations in old["paths"].items():
        if path not in new["paths"]:
            yield f"{path} is gone"
            continue
        before, after = operations["get"], new["paths"][path]["get"]
        asked, taken = parameters(old, before), parameters(new, after)
        yield from (f"{path}: the parameter {name} is gone" for name in asked.keys() - taken.keys())
        yield from (
            f"{path}: the parameter {name} is now required"
            for name, parameter in taken.items()
            if parameter.get("required") and not asked.get(name, {}).get("required")
        )
        yield from (f"{path}: the answer {s} is gone" for s in before["responses"].keys() - after["responses"].keys())
    known = new["components"]["schemas"]
    for name, schema in old["components"]["schemas"].items():
        if name not in known:
            yield f"{name} is gone"
        else:
            yield from _narrowed(name, schema, known[name])


def parameters(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of an operation by name, wherever they are written."""
    shared = document["components"].get("parameters", {})
    found = [shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in operation.get("parameters", [])]
    return {parameter["name"]: parameter for parameter in found}


def _narrowed(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield what a reader of the old schema could not rely on any more; prose does not count."""
    yield from (f"{name}: the value {value!r} is gone" for value in set(old.get("enum", [])) - set(new.get("enum", [])))
    yield from (
        f"{name}: the field {f} may be missing" for f in set(old.get("required", [])) - set(new.get("required", []))
    )
    for field, schema in old.get("properties", {}).items():
        if field not in new.get("properties", {}):
            yield f"{name}: the field {field} is gone"
        elif "properties" in schema:
            yield from _narrowed(f"{name}.{field}", schema, new["properties"][field])
        elif _bare(schema) != _bare(new["properties"][field]):
            yield f"{name}: the field {field} has another type"


def _bare(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _bare(value) for key, value in schema.items() if key not in ("description", "enum")}
    return [_bare(item) for item in schema] if isinstance(schema, list) else schema


def test_rest_keeps_what_was_released() -> None:
    """Nothing that a client of this version reads or sends was taken away."""
    assert list(broken(RELEASED, CURRENT)) == []


def test_graphql_keeps_what_was_released() -> None:
    """A query that was valid stays valid."""
    released = build_schema((CONTRACTS / "schema.graphql").read_text("utf-8"))
    assert [change.description for change in find_breaking_changes(released, build_schema(text()))] == []


def _edited(edit: Any) -> dict[str, Any]:
    document = copy.deepcopy(RELEASED)
    edit(document)
    return document


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda d: d["paths"].pop("/v1/events"), "/v1/events is gone"),
        (lambda d: d["paths"]["/v1/events"]["get"]["parameters"].pop(0), "/v1/events: the parameter q is gone"),
        (
            lambda d: d["paths"]["/v1"]["get"].update(parameters=[{"name": "key", "required": True}]),
            "/v1: the parameter key is now required",
        ),
        (lambda d: d["paths"]["/v1"]["get"]["responses"].pop("200"), "/v1: the answer 200 is gone"),
        (lambda d: d["components"]["schemas"].pop("Event"), "Event is gone"),
        (lambda d: d["components"]["schemas"]["Role"]["enum"].remove("target"), "Role: the value 'target' is gone"),
        (
            lambda d: d["components"]["schemas"]["Date"]["required"].remove("edtf"),
            "Date: the field edtf may be missing",
        ),
        (lambda d: d["components"]["schemas"]["Date"]["properties"].pop("edtf"), "Date: the field edtf is gone"),
        (
            lambda d: d["components"]["schemas"]["Date"]["properties"].update(edtf={"type": "integer"}),
            "Date: the field edtf has another type",
        ),
    ],
)
def test_what_would_break_a_client_is_found(edit: Any, reason: str) -> None:
    """Each way to take something away is seen."""
    assert list(broken(RELEASED, _edited(edit))) == [reason]


def test_what_is_added_breaks_nobody() -> None:
    """New paths, fields, values and words are no breach."""

    def add(document: dict[str, Any]) -> None:
        document["paths"]["/v1/new"] = document["paths"]["/v1"]
        date = document["components"]["schemas"]["Date"]
        date["properties"]["new"] = {"type": "string"}
        date["description"] = "Another word."
        document["components"]["schemas"]["Role"]["enum"].append("new")

    assert list(broken(RELEASED, _edited(add))) == []
