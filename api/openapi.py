"""The OpenAPI 3.1 document, made from the route table, the filters and the records; committed as `openapi.json`."""

import inspect
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from starlette.responses import Response

from api.errors import KINDS, MEDIA_TYPE
from api.represent import SOURCE_REFERENCE
from api.responses import RELEASE_HEADER
from api.routes import ENDPOINTS, PINNED, Endpoint
from dataset import deeplink, label, links, release
from dataset.filter import FILTERS, MAX_LENGTH, Filter
from dataset.links import LINKS, EntityParticipation, Link
from dataset.manifest import Manifest
from dataset.order import ORDERS
from dataset.query import DEFAULT_LIMIT, MAX_LIMIT
from dataset.records import SERVED
from dataset.shape import FieldShape, shape
from dataset.vocabulary import Term

FILE = Path(__file__).parent.parent / "openapi" / "openapi.json"
VERSION = "1.0.0"

Schema = dict[str, Any]

_HEADERS = {
    RELEASE_HEADER: "The release that answered.",
    "ETag": "A digest of the answer, the same on every server.",
    "Link": "The pages around this one, the pinned address (canonical, cite-as), the contract and the licence.",
}


def document() -> Schema:
    """Return the document."""
    components = _Components()
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
            "content": {"application/json": {"schema": _ref(endpoint.answer)}},
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
    return {"description": said, "content": {MEDIA_TYPE: {"schema": _ref("Problem")}}}


def _path_parameters(path: str, *, pinned: bool) -> Iterable[Schema]:
    if pinned:
        yield _parameter("version", "The release's version.", {"type": "string"}, where="path")
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
        return _ref(item.vocabulary.__name__)
    pattern = {"pattern": item.pattern} if item.pattern else {}
    return {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, **pattern}


def _parameter(name: str, description: str, schema: Schema, where: str = "query") -> Schema:
    found: Schema = {"name": name, "in": where, "description": description, "schema": schema}
    return {**found, "required": True} if where == "path" else found


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


class _Components:
    """The schemas of what is answered, collected by walking the records' types."""

    def __init__(self) -> None:
        self._found: dict[str, Schema] = {}

    def all(self) -> dict[str, Schema]:
        self._references()
        for collection, kind in SERVED.items():
            self._record(collection, kind)
        self._manifest()
        self._fixed()
        for filters in FILTERS.values():
            for item in filters:
                if item.vocabulary:
                    self._vocabulary(item.vocabulary)
        return dict(sorted(self._found.items()))

    def _record(self, collection: str, kind: type[Any]) -> None:
        name = kind.__name__
        own = self._properties(kind)
        owned = {link.name: self._link(link) for link in LINKS[collection] if link.owned}
        others = {link.name: self._link(link) for link in LINKS[collection] if not link.owned}
        if collection == "entities":
            self._value(EntityParticipation)
            others["participations"] = _array(_ref("EntityParticipation"), links.PARTICIPATIONS)
        description = inspect.getdoc(kind) or ""
        self._found[name] = _object(own, description)
        listed = name
        if owned:
            listed = f"{name}Listed"
            self._found[listed] = _object({**own, **owned}, description)
        self._found[f"{name}Full"] = _object({**own, **owned, **others}, description)
        self._found[f"{name}List"] = self._list(_ref(listed))
        self._found[f"{name}Item"] = self._item(_ref(f"{name}Full"))

    def _properties(self, kind: type) -> dict[str, Schema]:
        properties = {field.name: self._field(field) for field in shape(kind)}
        if kind in SERVED.values():
            properties["label"] = {"type": "string", "description": label.DESCRIPTION}
        if kind is SERVED["citations"]:
            properties["deep_link"] = {"type": "string", "format": "uri", "description": deeplink.DESCRIPTION}
        return properties

    def _field(self, field: FieldShape) -> Schema:
        schema = self._one(field)
        if field.many:
            return _array(schema, field.description)
        if field.optional:
            schema = {"anyOf": [schema, {"type": "null"}]}
        return {**schema, "description": field.description}

    def _one(self, field: FieldShape) -> Schema:
        if field.ref:
            options = [_ref(self._reference_name(collection)) for collection in field.ref]
            return options[0] if len(options) == 1 else {"anyOf": options}
        if field.nested:
            return self._value(field.type)
        if issubclass(field.type, Term):
            return self._vocabulary(field.type)
        names = {str: "string", bool: "boolean", int: "integer"}
        return {"type": names[field.type]} if field.type in names else {}

    def _value(self, kind: type) -> Schema:
        if kind.__name__ not in self._found:
            self._found[kind.__name__] = {}  # it is being made
            self._found[kind.__name__] = _object(self._properties(kind), inspect.getdoc(kind) or "")
        return _ref(kind.__name__)

    def _vocabulary(self, terms: type[Term]) -> Schema:
        lines = [inspect.getdoc(terms) or "", *(f"- `{term.value}`: {term.description}" for term in terms)]
        values = [term.value for term in terms]
        self._found[terms.__name__] = {"type": "string", "enum": values, "description": "\n".join(lines)}
        return _ref(terms.__name__)

    def _reference_name(self, collection: str) -> str:
        name = SERVED[collection].__name__
        return name if collection == "citations" else f"{name}Reference"

    def _references(self) -> None:
        for collection, kind in SERVED.items():
            fields = {field.name: field for field in shape(kind)}
            properties = {"id": self._field(fields["id"])}
            if collection == "sources":
                properties |= {name: self._field(fields[name]) for name in SOURCE_REFERENCE}
            else:
                shown = "name" if collection == "entities" else "title"
                properties[shown] = {"type": "string", "description": label.DESCRIPTION}
            if collection != "citations":
                description = f"One of the {collection}, referred to."
                self._found[self._reference_name(collection)] = _object(properties, description)

    def _link(self, link: Link) -> Schema:
        name = SERVED[link.collection].__name__ if link.whole else self._reference_name(link.collection)
        return _array(_ref(name), link.description)

    def _list(self, item: Schema) -> Schema:
        return _object(
            {
                "release": _ref("ReleaseSummary"),
                "total": {"type": "integer", "description": "How many records the whole answer has."},
                "items": _array(item, "The page's records."),
                "next": {
                    "type": ["string", "null"],
                    "description": "The path of the next page, of the release that answered; null: this is the last.",
                },
            },
            "A page of records.",
        )

    def _item(self, item: Schema) -> Schema:
        return _object({"release": _ref("ReleaseSummary"), "item": item}, "One record.")

    def _manifest(self) -> None:
        properties = {
            **self._properties(Manifest),
            "sha256": {"type": "string", "description": release.DIGEST},
            "path": {"type": "string", "description": "The path under which this release is pinned."},
        }
        listed = {name: value for name, value in properties.items() if name != "changes"}
        self._found["Manifest"] = _object(properties, inspect.getdoc(Manifest) or "")
        self._found["ManifestListed"] = _object(listed, inspect.getdoc(Manifest) or "")
        self._found["ReleaseItem"] = self._item(_ref("Manifest"))
        self._found["ReleaseList"] = self._list(_ref("ManifestListed"))
        self._found["ReleaseSummary"] = _object(
            {name: properties[name] for name in ("dataset", "version", "sha256", "released")},
            "The release that answered.",
        )

    def _fixed(self) -> None:
        text = {"type": "string"}
        kinds = {"id": text, "status": {"type": "integer"}, "title": text, "description": text}
        self._found["ProblemKind"] = _object(kinds, "A kind of error.")
        self._found["ProblemKindList"] = self._list(_ref("ProblemKind"))
        self._found["Problem"] = {
            **_object(
                {
                    "type": {"type": "string", "enum": [f"/v1/problems#{name}" for name in KINDS]},
                    "title": text,
                    "status": {"type": "integer"},
                    "detail": text,
                },
                "An error, by RFC 9457; some kinds say more.",
            ),
            "additionalProperties": True,
        }
        names = {"type": "array", "items": text}
        collection = _object({"path": text, "total": {"type": "integer"}, "filters": names, "orders": names}, "")
        words = ("title", "licence", "releases", "pinned", "problems", "openapi", "graphql")
        self._found["Index"] = _object(
            {
                "release": _ref("ReleaseSummary"),
                **dict.fromkeys(words, text),
                "collections": _object(dict.fromkeys(SERVED, collection), "The collections."),
            },
            "What there is.",
        )


def _object(properties: dict[str, Schema], description: str) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {**found, "description": re.sub(r"\s+", " ", description)} if description else found


def _array(items: Schema, description: str) -> Schema:
    return {"type": "array", "items": items, "description": description}


def text() -> bytes:
    """Return the document as committed."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    import sys

    if sys.argv[1:] == ["--write"]:
        FILE.write_bytes(text())
    else:
        sys.stdout.buffer.write(text())
