"""Full-text search and the look-up of an article, as GraphQL says them."""

from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from dataset import hits, search
from dataset.query import QueryError, cut
from dataset.vocabulary import Collection
from dataset.webaddress import canonical
from schema.connection import After, Connection, First, made, paging, refusal
from schema.context import Info
from schema.types import Node, Source
from schema.view import view


@view(search.Fragment)
class Fragment:
    text: str
    match: bool


@view(search.Highlight)
class Highlight:
    field: str
    fragments: list[Fragment]


def _record(root: Any, info: Info) -> Any:
    return info.context.edition.release.corpus.get(root.id)


@view(hits.Hit)
class SearchHit:
    collection: Collection
    score: float
    highlights: list[Highlight]
    record: Node = strawberry.field(resolver=_record, description="The record.")


Text = Annotated[
    str,
    strawberry.argument(
        description="What to look for: every word, or its beginning from three letters on, whatever the case and the "
        "accents."
    ),
]
Kinds = Annotated[list[Collection] | None, strawberry.argument(description="Only these kinds of record; null: all.")]
Url = Annotated[
    str,
    strawberry.argument(
        description="The article's address. Tracking parameters, the forms for phones, AMP and web archives come to "
        "the same."
    ),
]


def find(
    info: Info, query: Text, kinds: Kinds = UNSET, first: First = UNSET, after: After = UNSET
) -> Connection[SearchHit]:
    """Return a page of what a text finds. Raises GraphQLError."""
    try:
        found = hits.search(info.context.edition, query, [kind.value for kind in kinds or ()])
        page = cut(found.keys, found.scope, **paging(first=first, after=after))
    except QueryError as error:
        raise refusal(QueryError("query", error.reason) if error.parameter == "q" else error) from error
    return made(page, {hit.id: hit for hit in found.hits(page.begin, page.end)}, found.scope)


def lookup(info: Info, url: Url) -> list[Source]:
    """Return the sources that an article's address leads to. Raises GraphQLError."""
    edition = info.context.edition
    try:
        address = canonical(url)
    except ValueError as error:
        raise refusal(QueryError("url", str(error))) from error
    found: Any = [edition.release.corpus.sources[name] for name in edition.index.at(address)]
    return list[Source](found)
