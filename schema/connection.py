"""Relay connections: keyset paging with opaque cursors that are bound to the release and the question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from dataset.catalog import Edition
from dataset.links import LINKS, Link, linked, participations
from dataset.query import DEFAULT_LIMIT, MAX_LIMIT, Page, Query, QueryError, cursor, cut, find, scope
from dataset.sequence import Listed
from schema.context import Info

T = TypeVar("T")

First = Annotated[
    int | None,
    strawberry.argument(description=f"How many from the beginning, 0 to {MAX_LIMIT}; {DEFAULT_LIMIT} unless told."),
]
After = Annotated[str | None, strawberry.argument(description="Begin after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description=f"How many from the end, 0 to {MAX_LIMIT}.")]
Before = Annotated[str | None, strawberry.argument(description="End before this cursor.")]


@strawberry.type(description="Where a page lies in the whole answer.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(description="Whether records follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether records precede this page.")
    start_cursor: str | None = strawberry.field(description="The first record's cursor.")
    end_cursor: str | None = strawberry.field(description="The last record's cursor.")


@strawberry.type(description="A record in a page.")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="The record's cursor: it fits this question and this release only.")
    node: T = strawberry.field(description="The record.")


@strawberry.type(description="A page of an answer.")
class Connection(Generic[T]):
    """Relay's connection, with the total and the bare nodes."""

    total_count: int = strawberry.field(description="How many records the whole answer has.")
    edges: list[Edge[T]] = strawberry.field(description="The page's records, each with its cursor.")
    nodes: list[T] = strawberry.field(description="The page's records.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in the whole answer.")


@dataclass(frozen=True)
class Connected:
    """What a connection field shows, for those that ask for less than all of it: records of a collection."""

    collection: str
    filter: str = ""
    """The filter that is set to the id of the record that the field belongs to; empty: the field's own arguments."""


def refusal(error: QueryError) -> GraphQLError:
    """Return a question's refusal as GraphQL says it: with a code and the argument."""
    argument = to_camel_case(error.parameter)
    extensions = {"code": "BAD_USER_INPUT", "argument": argument}
    return GraphQLError(f"{argument}: {error.reason}", extensions=extensions)


def paging(**arguments: Any) -> dict[str, Any]:
    """Return the paging arguments that were given."""
    return {name: value for name, value in arguments.items() if value is not UNSET}


def of_query(
    edition: Edition, collection: str, raw: Mapping[str, Sequence[str]], order: str, asked: Mapping[str, Any]
) -> Connection[Any]:
    """Return the page that a root field asks for. Raises GraphQLError."""
    try:
        found = find(edition, collection, raw, order)
        page = cut(found.keys, found.scope, **asked)
    except QueryError as error:
        raise refusal(error) from error
    records = edition.release.corpus.collection(collection)
    return made(page, {key: records[key] for key in page.ids}, found.scope)


def made(found: Page, nodes: Mapping[str, Any], bound: str) -> Connection[Any]:
    """Return a page of nodes by their keys as a connection whose cursors are bound to a scope."""
    edges = [Edge(cursor=cursor(bound, key), node=nodes[key]) for key in found.ids]
    info = PageInfo(
        has_next_page=found.has_next,
        has_previous_page=found.has_previous,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(total_count=found.total, edges=edges, nodes=[edge.node for edge in edges], page_info=info)


def link(collection: str, name: str) -> Any:
    """Return the field for a declared link: a plain list where the records are owned, else a connection."""
    found = next(item for item in LINKS[collection] if item.name == name)
    resolver = _owned(found) if found.owned else _linked(found)
    return strawberry.field(resolver=resolver, description=found.description)


def _owned(item: Link) -> Callable[..., Any]:
    def resolver(root: Any, info: Info) -> Any:
        return linked(info.context.edition, item, root.id)

    resolver.link = item  # type: ignore[attr-defined]  # for plans, which follow it themselves
    return resolver


def _linked(item: Link) -> Any:
    def resolver(
        root: Any, info: Info, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Any:
        asked = paging(first=first, after=after, last=last, before=before)
        return of_query(info.context.edition, item.collection, {item.filter: [root.id]}, "", asked)

    resolver.connected = Connected(item.collection, item.filter)  # type: ignore[attr-defined]
    return resolver


def resolve_participations(
    root: Any, info: Info, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
) -> Any:
    """Return an entity's participations, paged."""
    edition = info.context.edition
    nodes = participations(edition, root.id)
    bound = scope(edition, Query("participations", {"entity": (root.id,)}))
    try:
        found = cut(Listed(tuple(nodes)), bound, **paging(first=first, after=after, last=last, before=before))
    except QueryError as error:
        raise refusal(error) from error
    return made(found, nodes, bound)
