"""The records: lists of them, one of them, and those of an article."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import orjson

from dataset import fields as sparse
from dataset import reference, represent
from dataset.address import Pairs, pinned
from dataset.answer import Answer, RetiredRecordError, UnknownRecordError
from dataset.catalog import Edition
from dataset.columns import CITED_OUTLINE, Row, columns
from dataset.export import CITING, TABULAR
from dataset.export.table import Table, Write
from dataset.fields import Fields
from dataset.filter import FILTERS
from dataset.outline import listed
from dataset.parameters import AFTER, LIMIT, Given, Parameter, of_fields, of_filters, of_orders
from dataset.query import MAX_LIMIT, Found, QueryError, cut, default_order, find, places
from dataset.records import SERVED, SINGULAR, Source
from dataset.reference import Reference
from dataset.resource import Asked, Resource
from dataset.resources.paging import place
from dataset.webaddress import LONGEST, canonical

TOGETHER = MAX_LIMIT
"""Records that are made ready together."""

Show = Callable[..., dict[str, Any]]
"""Returns what a record shows, as `represent.listed` and `represent.item` do."""

URL = Parameter(
    "url",
    "The article's address. Tracking parameters, the forms for phones, AMP and web archives come to the same.",
    {"type": "string", "format": "iri", "pattern": "^https?://[A-Za-z0-9\u00a1-\uffff]", "maxLength": LONGEST},
    required=True,
)


def resources() -> Iterator[Resource]:
    """Yield the addresses of the records."""
    for name, kind in SERVED.items():
        yield Resource(
            f"/{name}",
            f"list_{name}",
            f"The {name}, filtered, ordered and paged.",
            partial(listing, collection=name),
            f"{kind.__name__}List",
            (*of_filters(name), of_orders(name), LIMIT, AFTER, of_fields(name)),
            (*TABULAR, *CITING),
        )
        yield Resource(
            f"/{name}/{{id}}",
            f"get_{SINGULAR[name]}",
            f"One {SINGULAR[name]}, with everything that leads on from it.",
            partial(item, collection=name),
            f"{kind.__name__}Item",
            formats=CITING,
        )
    yield Resource(
        "/lookup",
        "lookup",
        "Everything that is known from one article, by its address.",
        lookup,
        "SourceFullList",
        (URL,),
        (*TABULAR, *CITING),
    )


def question(edition: Edition, collection: str, given: Given) -> tuple[Found, Pairs]:
    """Return what the filters and the order find, and their parameters in one way. Raises QueryError."""
    raw = {item.name: given.all(item.name) for item in FILTERS[collection] if item.name in given}
    order = given.single("order")
    if order == "":
        raise QueryError("order", "must not be empty")
    found = find(edition, collection, raw, order or "")
    query = found.query
    pairs = {(name, value) for name, values in raw.items() for value in values}
    if query.order != default_order(collection, query.where):
        pairs.add(("order", query.order))
    return found, tuple(sorted(pairs))


def listing(asked: Asked, collection: str) -> Answer:
    """List the records of a collection that a question asks for. Raises QueryError."""
    edition = asked.edition
    found, pairs = question(edition, collection, asked.given)
    fields = _fields(collection, asked)
    if fields:
        pairs = (*pairs, ("fields", ",".join(fields.names)))
    placed = place(asked.given, pairs, partial(cut, found.keys, found.scope), found.scope)
    table = _table(asked, collection, places(edition, collection, placed.found), represent.listed, fields)
    return Answer.page(edition, f"/{collection}", placed.query, table, placed.around, total=placed.found.total)


def item(asked: Asked, collection: str) -> Answer:
    """Show one record of a collection with everything that leads on from it. Raises UnknownRecordError and such."""
    edition, name = asked.edition, asked.names["id"]
    corpus = edition.release.corpus
    found = edition.index.places(collection).get(name)
    if found is None:
        stone = corpus.retired(name, collection)
        raise RetiredRecordError(stone) if stone else UnknownRecordError(collection)
    table = _table(asked, collection, [found], represent.item)
    return Answer.single(edition, f"/{collection}/{name}", (), table)


def lookup(asked: Asked) -> Answer:
    """List the sources that an article's address leads to, with everything that leads on from them."""
    edition = asked.edition
    text = asked.given.single("url")
    if text is None:
        raise QueryError("url", "is missing")
    try:
        url = canonical(text)
    except ValueError as error:
        raise QueryError("url", str(error)) from error
    found = list(map(edition.index.places("sources").__getitem__, edition.index.at(url)))
    table = _table(asked, "sources", found, represent.item)
    return Answer.page(edition, "/lookup", (("url", f"https://{url}"),), table, {}, total=len(found))


def _fields(collection: str, asked: Asked) -> Fields | None:
    text = asked.given.single("fields")
    if text is None:
        return None
    more = {"cited": CITED_OUTLINE} if asked.form == "csv" else {}
    return sparse.parse(text, {**listed(collection), **more})


def _table(asked: Asked, collection: str, found: Sequence[int], show: Show, fields: Fields | None = None) -> Table:
    """Return the records at some places as a table; each is made ready only when it is written."""
    edition = asked.edition
    stored = edition.index.records(collection)
    chosen = columns(collection)
    if fields:
        chosen = tuple(column for column in chosen if fields.column(column.name))

    def texts(places: Sequence[int]) -> Sequence[bytes]:
        return [orjson.dumps(show(edition, collection, stored[place], ready=True)) for place in places]

    def items() -> Iterator[bytes]:
        if fields:
            return (orjson.dumps(fields.pick(show(edition, collection, stored[place]))) for place in found)
        return _texts(edition, (show.__name__, collection), found, texts)

    def cells(place: int) -> Sequence[Any]:
        row = Row(edition, stored[place])
        return [column.cell(row) for column in chosen]

    choice = ",".join(fields.names) if fields else ""

    def lines(form: str, write: Write) -> Iterator[bytes]:
        return _texts(
            edition, (form, collection, choice), found, lambda places: [write(cells(place)) for place in places]
        )

    def references() -> Iterator[Reference]:
        base = f"{asked.origin}{pinned(edition.release.version)}/{collection}/"
        for record in map(stored.__getitem__, found):
            if isinstance(record, Source):
                yield reference.of_source(record)
            else:
                yield reference.of_record(edition, record, base + record.id)

    return Table(items, tuple([column.name for column in chosen]), partial(map, cells, found), references, lines=lines)


def _texts(
    edition: Edition, form: Hashable, found: Sequence[int], make: Callable[[Sequence[int]], Sequence[bytes]]
) -> Iterator[bytes]:
    """Return what the records at some places look like, made a page at a time: there may be all of a collection."""
    parts = (found[begin : begin + TOGETHER] for begin in range(0, len(found), TOGETHER))
    return chain.from_iterable(edition.written.texts(form, part, make) for part in parts)
