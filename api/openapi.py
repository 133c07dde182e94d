"""The OpenAPI 3.1 document, made from the route table, the filters and the records; committed as `openapi.json`."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from starlette.responses import Response

from api import examples
from api.components import Components, Schema, ref
from api.errors import KINDS, MEDIA_TYPE
from api.resources import ADDRESSES
from api.responses import JSON, RELEASE_HEADER, VERSION
from api.routes import ENDPOINTS, Endpoint
from dataset.address import PINNED, ROOT
from dataset.catalog import load
from dataset.export import CITING, FORMATS
from dataset.parameters import Parameter
from dataset.records import SINGULAR
from dataset.resource import Resource

FILE = Path(__file__).parent.parent / "openapi" / "openapi.json"


_HEADERS = {
    RELEASE_HEADER: "The release that answered.",
    "ETag": "A digest of the answer, the same on every server.",
    "Link": "The pages around this one, the pinned address (canonical; cite-as with the answer's SHA-256), the "
    "contract and the licence.",
}
_TAGS = {
    "records": "Records, by list and by id.",
    "counts": "Facets, histograms and sums.",
    "search": "By words, and by an article's address.",
    "queries": "Saved GraphQL queries, by name.",
    "releases": "Releases and what changed.",
    "exports": "The same answers as files.",
}
_TEXT = {"type": "string"}

ANYWHERE = "4XX"
"""The refusals that an operation does not list one by one."""


def document() -> Schema:
    """Return the document."""
    components = Components()
    shared = _Shared()
    paths: Schema = {}
    for endpoint in ENDPOINTS:
        for under in endpoint.under:
            paths[under + endpoint.path] = {"get": _endpoint(endpoint, pinned=under == PINNED)}
    for under in (ROOT, PINNED):
        for resource in ADDRESSES:
            paths[under + resource.path] = {"get": _resource(resource, shared, pinned=under == PINNED)}
    for under in (ROOT, PINNED):
        for resource in ADDRESSES:
            if resource.formats:
                paths[f"{under}{resource.path}.{{format}}"] = {"get": _export(resource, shared, pinned=under == PINNED)}
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
        "tags": [{"name": name, "description": said} for name, said in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components.all(),
            "parameters": dict(sorted(shared.parameters.items())),
            "responses": {
                **{str(kind.status): _refusal(kind.status) for kind in KINDS.values()},
                ANYWHERE: _problem(
                    "What any address refuses, whatever it is asked: `GET /v1/limits` lists the limits."
                ),
            },
            "examples": {
                name: {"summary": f"GET {found['path']}", "value": found["answer"]}
                for name, found in examples.load().items()
            },
            "headers": {name: {"description": said, "schema": _TEXT} for name, said in _HEADERS.items()},
        },
    }


@cache
def _bytes() -> bytes:
    return orjson.dumps(document())


def response() -> Response:
    """Return the document as an answer."""
    return Response(_bytes(), media_type=JSON)


class _Shared:
    """The parameters that several addresses have, each written once."""

    def __init__(self) -> None:
        self.parameters: Schema = {}
        found: dict[str, list[Schema]] = {}
        for item in (item for resource in ADDRESSES for item in resource.known):
            written = _query_parameter(item)
            if written not in found.setdefault(item.name, []):
                found[item.name].append(written)
        self._alike = {name for name, writings in found.items() if len(writings) == 1}

    def refs(self, resource: Resource, parameters: Iterable[Parameter]) -> list[Schema]:
        """Return references to parameters: by their bare name where it means one thing, else with the address."""
        first, _, last = resource.path.strip("/").partition("/")
        last = {"": first, "{id}": f"{first}.item"}.get(last, f"{first}.{last}")
        found = []
        for item in parameters:
            written = _query_parameter(item)
            names = (item.name,) if item.name in self._alike else (f"{first}.{item.name}", f"{last}.{item.name}")
            name = next(name for name in names if self.parameters.setdefault(name, written) == written)
            found.append({"$ref": f"#/components/parameters/{name}"})
        return found


def _endpoint(endpoint: Endpoint, *, pinned: bool) -> Schema:
    return _operation(
        f"{endpoint.name}_of_release" if pinned and len(endpoint.under) > 1 else endpoint.name,
        endpoint.summary,
        "releases",
        _path_parameters(endpoint.path, pinned=pinned),
        {JSON: {"schema": ref(endpoint.answer)}} if endpoint.answer else {kind: {} for kind in endpoint.offered},
        {404 if pinned else 400, 400, 406},
    )


def _resource(resource: Resource, shared: "_Shared", *, pinned: bool) -> Schema:
    content = _contents(resource)
    content[JSON] = {
        "schema": ref(resource.answer),
        "examples": {"real": {"$ref": f"#/components/examples/{resource.name}"}},
    }
    return _operation(
        f"{resource.name}_of_release" if pinned else resource.name,
        resource.summary,
        _tag(resource),
        [*_path_parameters(resource.path, pinned=pinned), *shared.refs(resource, resource.known)],
        dict(sorted(content.items())),
        {400, 406, *_misses(resource, pinned=pinned)},
    )


def _export(resource: Resource, shared: "_Shared", *, pinned: bool) -> Schema:
    formats = {"type": "string", "enum": list(resource.formats)}
    said = " ".join(f"`{name}`: {FORMATS[name].description}" for name in resource.formats)
    known = [item for item in resource.known if item.name != "format"]
    return _operation(
        f"{resource.name}_as_file{'_of_release' if pinned else ''}",
        f"{resource.summary.removesuffix('.')}, as a file.",
        "exports",
        [
            *_path_parameters(resource.path, pinned=pinned),
            _parameter("format", said, formats, where="path"),
            *shared.refs(resource, known),
        ],
        dict(sorted(_contents(resource).items())),
        {400, 404, *_misses(resource, pinned=pinned)},
    )


def _contents(resource: Resource) -> Schema:
    """Return the media types in which an answer can be had, with what they hold."""
    rows = {"schema": {"type": "array", "items": {"type": "object"}}}
    return {FORMATS[name].essence: rows if name in ("json", "csl") else {"schema": _TEXT} for name in resource.formats}


def _misses(resource: Resource, *, pinned: bool) -> set[int]:
    return {404, 410} if "{id}" in resource.path else {404} if pinned else set()


def _tag(resource: Resource) -> str:
    if resource.name in ("search", "lookup"):
        return "search"
    if resource.path.startswith("/queries/"):
        return "queries"
    return "records" if resource.formats[-1:] == CITING[-1:] else "counts"


def _operation(
    name: str, summary: str, tag: str, parameters: Iterable[Schema], content: Schema, refusals: set[int]
) -> Schema:
    answers = {
        "200": {
            "description": "The answer.",
            "headers": {header: {"$ref": f"#/components/headers/{header}"} for header in _HEADERS},
            "content": content,
        },
        "304": {"description": "What the client has, by If-None-Match, is still the answer."},
        **{s: {"$ref": f"#/components/responses/{s}"} for s in (*map(str, sorted(refusals)), ANYWHERE, "500", "503")},
    }
    operation: Schema = {"operationId": name, "summary": summary, "tags": [tag], "responses": answers}
    found = list(parameters)
    return {**operation, "parameters": found} if found else operation


def _refusal(status: int) -> Schema:
    return _problem(" ".join(kind.description for kind in KINDS.values() if kind.status == status))


def _problem(said: str) -> Schema:
    return {"description": said, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}


def _path_parameters(path: str, *, pinned: bool) -> Iterable[Schema]:
    if pinned:
        yield _parameter("version", "The release's version.", {"type": "string"}, where="path")
    if "{other}" in path:
        yield _parameter("other", "The version of the release to compare it with.", {"type": "string"}, where="path")
    if "{id}" in path:
        collection = path.split("/")[1]
        example = {"example": examples.load()[f"get_{SINGULAR[collection]}"]["id"]}
        yield {**_parameter("id", "The record's id.", {"type": "string"}, where="path"), **example}


def _query_parameter(item: Parameter) -> Schema:
    value: Any = ref(item.vocabulary.__name__) if item.vocabulary else dict(item.schema)
    if item.name == "format":  # the flat array is another schema under the same media type: it has a path of its own
        value = {**value, "enum": [name for name in value["enum"] if name != "json"]}
    many = {"type": "array", "items": value}
    found = _parameter(item.name, item.description, many if item.many or item.separated else value)
    if item.separated:
        found |= {"style": "form", "explode": False}
        many["minItems"] = 1
    return {**found, "required": True} if item.required else found


def _parameter(name: str, description: str, schema: Schema, where: str = "query") -> Schema:
    found: Schema = {"name": name, "in": where, "description": description, "schema": schema}
    return {**found, "required": True} if where == "path" else found


def text() -> bytes:
    """Return the document as committed."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    import sys

    if sys.argv[1:] == ["--write"]:
        examples.FILE.write_bytes(examples.text(load()))
        FILE.write_bytes(text())
    else:
        sys.stdout.buffer.write(text())
