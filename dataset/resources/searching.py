"""Full-text search over all collections at once."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import orjson

from dataset.address import pinned
from dataset.answer import Answer
from dataset.export import TABULAR
from dataset.export.table import Table
from dataset.filter import MAX_LENGTH
from dataset.hits import search
from dataset.parameters import AFTER, LIMIT, Parameter
from dataset.query import QueryError, cut
from dataset.resource import Asked, Resource
from dataset.resources.paging import place
from dataset.vocabulary import Collection

Q = Parameter(
    "q",
    "What to look for: every word, or its beginning from three letters on, whatever the case and the accents.",
    {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
    required=True,
)
KINDS = Parameter("kinds", "Only these kinds of record.", vocabulary=Collection, many=True)
COLUMNS = ("id", "collection", "label", "score", "path", "highlights")


def resources() -> Iterator[Resource]:
    """Yield the address of search."""
    yield Resource(
        "/search", "search", "Full-text search, the best first.", hits, "HitList", (Q, KINDS, LIMIT, AFTER), TABULAR
    )


def hits(asked: Asked) -> Answer:
    """List the records that hold every word of a text. Raises QueryError."""
    edition, given = asked.edition, asked.given
    text = given.single("q")
    if text is None:
        raise QueryError("q", "is missing")
    kinds = sorted(set(given.all("kinds")))
    known = [term.value for term in Collection]
    if not set(kinds) <= set(known):
        raise QueryError("kinds", f"must be one of {', '.join(known)}")
    found = search(edition, text, kinds)
    question = (("q", text), *(("kinds", kind) for kind in kinds))
    placed = place(given, question, partial(cut, found.keys, found.scope), found.scope)

    def items() -> Iterator[Mapping[str, Any]]:
        root = pinned(edition.release.version)
        for hit in found.shown(placed.found.begin, placed.found.end):
            hit["path"] = f"{root}/{hit['collection']}/{hit['id']}"
            yield hit

    def rows() -> Iterator[Sequence[Any]]:
        return ([item[name] for name in COLUMNS] for item in items())

    table = Table(lambda: map(orjson.dumps, items()), COLUMNS, rows)
    return Answer.page(edition, "/search", placed.query, table, placed.around, total=placed.found.total)
