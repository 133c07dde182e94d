"""The root fields: releases, nodes, and for each collection one record and a connection."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry import UNSET
from strawberry.tools import create_type

from dataset import release
from dataset.filter import FILTERS
from dataset.histogram import DATED
from dataset.manifest import Manifest
from dataset.query import MAX_LIMIT, QueryError
from dataset.records import SINGULAR
from schema import counts, searching
from schema.connection import After, Before, Connected, Connection, First, Last, of_query, paging, refusal
from schema.context import Info
from schema.inputs import FILTER_TYPES, ORDER_TYPES, raw
from schema.types import NODES, Change, CollectionFile, Node, PreviousRelease
from schema.view import view

Id = Annotated[strawberry.ID, strawberry.argument(description="The record's id.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description=f"The records' ids, at most {MAX_LIMIT}.")]


@view(Manifest, through="manifest")
class Release:
    """What a release says of itself."""

    dataset: str
    title: str
    version: str
    released: str
    licence: str
    normalisation: str
    previous: PreviousRelease | None
    files: list[CollectionFile]
    changes: list[Change]
    sha256: str = strawberry.field(description=release.DIGEST)


def _release(info: Info) -> Any:
    return info.context.edition.release


def _releases(info: Info) -> Any:
    return [edition.release for edition in info.context.catalog.editions.values()]


Version = Annotated[str, strawberry.argument(description="A version of the dataset, such as 1.0.0.")]


def _changes(info: Info, old: Version, new: Version) -> Any:
    catalog = info.context.catalog
    for argument, version in (("old", old), ("new", new)):
        if version not in catalog.editions:
            raise refusal(QueryError(argument, f"no such release is served; there are {', '.join(catalog.editions)}"))
    return catalog.changes(old, new)


def _found(info: Info, id: str, collection: str = "") -> Any:
    """Return the record, None where there is none, or the error that says that it went away."""
    corpus = info.context.edition.release.corpus
    record = corpus.collection(collection).get(id) if collection else corpus.get(id)
    stone = None if record else corpus.retired(id, collection)
    if stone is None:
        return record
    extensions = {"code": "RETIRED_RECORD", "id": id, "reason": stone.reason, "successor": stone.successor}
    return GraphQLError(f"The record went away: {stone.reason}", extensions=extensions)


def _node(info: Info, id: Id) -> Any:
    return _found(info, id)


def _nodes(info: Info, ids: Ids) -> Any:
    if len(ids) > MAX_LIMIT:
        extensions = {"code": "BAD_USER_INPUT", "argument": "ids"}
        raise GraphQLError(f"ids: must be at most {MAX_LIMIT}, not {len(ids)}", extensions=extensions)
    return [_found(info, one) for one in ids]


def _one(collection: str) -> Callable[..., Any]:
    def resolver(info: Info, id: Id) -> Any:
        return _found(info, id, collection)

    return _returning(resolver, NODES[collection] | None)


def _many(collection: str) -> Callable[..., Any]:
    which: Any = FILTER_TYPES[collection] | None
    order: Any = ORDER_TYPES[collection] | None

    def resolver(
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        filter: Any = UNSET,
        order_by: Any = UNSET,
    ) -> Any:
        asked = paging(first=first, after=after, last=last, before=before)
        name = order_by.value if order_by else ""
        return of_query(info.context.edition, collection, raw(collection, filter), name, asked)

    resolver.__annotations__ |= {
        "filter": Annotated[which, strawberry.argument(description="Which of them; null: all.")],
        "order_by": Annotated[order, strawberry.argument(description="In which order.")],
    }
    resolver.connected = Connected(collection)  # type: ignore[attr-defined]
    node: Any = NODES[collection]
    return _returning(resolver, Connection[node])


def _returning(resolver: Callable[..., Any], kind: Any) -> Callable[..., Any]:
    """Give a resolver that is made for many types the type that it returns."""
    resolver.__annotations__["return"] = kind
    return resolver


def _field(name: str, resolver: Callable[..., Any], description: str) -> Any:
    resolver.__name__ = name  # the one by which create_type() knows a field
    return strawberry.field(resolver=resolver, name=name, description=description)


Query = create_type(
    "Query",
    [
        _field("release", _returning(_release, Release), "The release that answers."),
        _field("changes", _returning(_changes, list[Change]), "What changed from one release to another."),
        _field("releases", _returning(_releases, list[Release]), "Every release that is served, newest first."),
        _field(
            "node", _returning(_node, Node | None), "The record with this id, of whatever kind; null: there is none."
        ),
        _field(
            "nodes", _returning(_nodes, list[Node | None]), "The records with these ids, null for each that is not."
        ),
        *(
            field
            for collection in FILTERS
            for field in (
                _field(SINGULAR[collection], _one(collection), f"One of the {collection}; null: there is none."),
                _field(collection, _many(collection), f"The {collection}, filtered, ordered and paged."),
            )
        ),
        _field("search", searching.find, "Full-text search over all kinds of record, the best first."),
        _field("lookup", searching.lookup, "The articles at a web address, with everything that leads on from them."),
        *(
            _field(
                f"{SINGULAR[collection]}Facets",
                counts.facets(collection),
                f"How many of the {collection} have each value of each filter.",
            )
            for collection in FILTERS
        ),
        *(
            _field(
                f"{SINGULAR[collection]}Histogram",
                counts.buckets(collection),
                f"How many of the {collection} lie in each day, month or year.",
            )
            for collection in DATED
        ),
        _field(
            "figureAggregates",
            counts.aggregates(),
            "The figures added up by measure and unit, without those that must not be added.",
        ),
    ],
    description="What can be asked. Every answer names its release in `extensions.release`.",
)
