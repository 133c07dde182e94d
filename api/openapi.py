"""The OpenAPI 3.1 document, made from the route table, the filters and the records; committed as `openapi.json`."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import orjson
from starlette.responses import Response

from api.components import Components, Schema, ref
from api.errors import KINDS, MEDIA_TYPE
from api.responses import RELEASE_HEADER
from api.routes import ENDPOINTS, PINNED, Endpoint
from dataset.filter import FILTERS, MAX_LENGTH, Filter
from dataset.order import ORDERS
from dataset.query import DEFAULT_LIMIT, MAX_LIMIT

FILE = Path(__file__).parent.parent / "openapi" / "openapi.json"
VERSION = "1.0.0"


_HEADERS = {
    RELEASE_HEADER: "The release that answered.",
    "ETag": "A digest of the answer, the same on every server.",
    "Link": "The pages around this one, the pinned address (canonical, cite-as), the contract and the licence.",
}


def document() -> Schema:
    """Return the document."""
    components = Components()
    paths: Schema = {}
    for endpoint in ENDPOINTS:
        for under in endpoint.under:
            paths[under + endpoint.path] = {"get": _operation(endpoint, pinned=under == PINNED)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Enforcement record",
            "version": VERSION,
            "description": "Events, entities and figures of an enforcement campaign, each with the passage that it "
            "rests on. The same records are served by GraphQL at `/graphql`.",
            "license": {"name": "MIT (code); the data are CC BY 4.0", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": components.all()},
    }


@cache
def _bytes() -> bytes:
    return orjson.dumps(document())


def response() -> Response:
    """Return the document as an answer."""
    return Response(_bytes(), media_type="application/json")


def _operation(endpoint: Endpoint, *, pinned: bool) -> Schema:
    path = endpoint.path
    refusals = {404 if pinned or "{id}" in path else None, 410 if "{id}" in path else None, 400, 500} - {None}
    answers = {
        "200": {
            "description": "The answer.",
            "headers": {name: {"description": said, "schema": {"type": "string"}} for name, said in _HEADERS.items()},
            "content": {"application/json": {"schema": ref(endpoint.answer)}},
        },
        "304": {"description": "What the client has, by If-None-Match, is still the answer."},
        **{str(status): _refusal(status) for status in sorted(s for s in refusals if s)},
    }
    operation: Schema = {
        "operationId": f"{endpoint.name}_of_release" if pinned and len(endpoint.under) > 1 else endpoint.name,
        "summary": endpoint.summary,
        "responses": answers,
    }
    parameters = [*_path_parameters(path, pinned=pinned), *_query_parameters(endpoint.collection)]
    return {**operation, "parameters": parameters} if parameters else operation


def _refusal(status: int) -> Schema:
    said = " ".join(kind.description for kind in KINDS.values() if kind.status == status)
    return {"description": said, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}


def _path_parameters(path: str, *, pinned: bool) -> Iterable[Schema]:
    if pinned:
        yield _parameter("version", "The release's version.", {"type": "string"}, where="path")
    if "{other}" in path:
        yield _parameter("other", "The version of the release to compare it with.", {"type": "string"}, where="path")
    if "{id}" in path:
        yield _parameter("id", "The record's id.", {"type": "string"}, where="path")


def _query_parameters(collection: str) -> Iterable[Schema]:
    if not collection:
        return
    for item in FILTERS[collection]:
        value = _filter_value(item)
        yield _parameter(item.name, item.description, {"type": "array", "items": value} if item.many else value)
    names = [name for order in ORDERS[collection] for name in (order.name, f"-{order.name}")]
    orders = " ".join(f"`{order.name}`: {order.description}" for order in ORDERS[collection])
    yield _parameter(
        "order",
        f"{orders} With `-` before it, reversed. Ties are broken by id.",
        {"type": "string", "enum": names, "default": names[0]},
    )
    sizes = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    yield _parameter("limit", "How many records the page holds.", sizes)
    yield _parameter("after", "The cursor that `next` of the page before holds.", {"type": "string", "minLength": 1})


def _filter_value(item: Filter) -> Schema:
    if item.vocabulary:
        return ref(item.vocabulary.__name__)
    pattern = {"pattern": item.pattern} if item.pattern else {}
    return {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, **pattern}


def _parameter(name: str, description: str, schema: Schema, where: str = "query") -> Schema:
    found: Schema = {"name": name, "in": where, "description": description, "schema": schema}
    return {**found, "required": True} if where == "path" else found


def text() -> bytes:
    """Return the document as committed."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    import sys

    if sys.argv[1:] == ["--write"]:
        FILE.write_bytes(text())
    else:
        sys.stdout.buffer.write(text())
