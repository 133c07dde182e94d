"""The examples of the OpenAPI document: real answers of a release, kept in `openapi/examples.json`.

A release never changes, so they stay true; a test asks them again.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from api.resources import ADDRESSES
from dataset.address import pinned, written
from dataset.catalog import Catalog
from dataset.corpus import Corpus
from dataset.parameters import Given
from dataset.records import SERVED
from dataset.resource import Asked, Resource

FILE = Path(__file__).parent.parent / "openapi" / "examples.json"

_QUESTIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "search": (("q", "megawatts"), ("limit", "2")),
    "figures_aggregates": (("measure", "mines_closed"),),
    "query_sums": (("measure", "mines_closed"),),
}
"""What is asked, by the name of the address; elsewhere it is the shortest page."""


@cache
def load() -> Mapping[str, Mapping[str, Any]]:
    """Return the examples by the name of their address: what is asked, the parts of the path, and the answer."""
    found: Mapping[str, Mapping[str, Any]] = orjson.loads(FILE.read_bytes())
    return found


def make(catalog: Catalog) -> dict[str, dict[str, Any]]:
    """Return an example for each address, answered by the newest release."""
    return {resource.name: _made(resource, catalog) for resource in ADDRESSES}


def _made(resource: Resource, catalog: Catalog) -> dict[str, Any]:
    edition = catalog.latest
    corpus = edition.release.corpus
    names = {"id": _first(corpus, resource.path)} if "{id}" in resource.path else {}
    pairs = _QUESTIONS.get(resource.name, ())
    if resource.name == "lookup":
        pairs = (("url", next(iter(corpus.sources.values())).url),)
    elif not pairs:
        sizes = {parameter.name for parameter in resource.parameters} & {"limit", "values"}
        pairs = tuple((name, "1") for name in sizes)
    answer = resource.respond(Asked(edition, names, Given(pairs)))
    path = pinned(edition.release.version) + resource.path.format(**names)
    return {"path": written(path, pairs), **names, "answer": orjson.loads(b"".join(answer.write("")))}


def _first(corpus: Corpus, path: str) -> str:
    collection = path.split("/")[1]
    assert collection in SERVED  # noqa: S101 (only records have ids)
    return next(iter(corpus.collection(collection)))


def text(catalog: Catalog) -> bytes:
    """Return the examples as committed."""
    return orjson.dumps(make(catalog), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
