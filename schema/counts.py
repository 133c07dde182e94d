"""Facets, histograms and sums of figures, as GraphQL says them: filters and terms by their GraphQL names."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from dataset import aggregate, facet, histogram
from dataset.facet import DEFAULT_VALUES, FACETS, MAX_VALUES
from dataset.query import QueryError, parse
from dataset.vocabulary import Exclusion, Interval, Measure, Modality, Per, Unit
from schema.connection import refusal
from schema.context import Info
from schema.inputs import FILTER_TYPES, raw
from schema.view import view


@view(facet.FacetValue)
class FacetValue:
    value: str
    label: str
    count: int


@view(facet.Facet)
class Facet:
    filter: str
    distinct: int
    without: int
    values: list[FacetValue]


@view(histogram.Bucket)
class Bucket:
    bucket: str
    first: str
    last: str
    count: int
    possible: int


@view(histogram.Histogram)
class Histogram:
    interval: Interval
    records: int
    undetermined: int
    buckets: list[Bucket]


@view(aggregate.Excluded)
class ExcludedFigure:
    id: strawberry.ID
    reason: Exclusion
    because: strawberry.ID | None


@view(aggregate.Aggregate)
class FigureAggregate:
    measure: Measure
    unit: Unit
    unit_code: str
    per: Per | None
    low: str | None
    best: str | None
    high: str | None
    approximate: bool
    modalities: list[Modality]
    counted: list[strawberry.ID]
    excluded: list[ExcludedFigure]


Values = Annotated[
    int,
    strawberry.argument(
        description=f"How many values of each filter, 1 to {MAX_VALUES}; {DEFAULT_VALUES} unless told."
    ),
]
Length = Annotated[Interval, strawberry.argument(description="How long a bucket is; a month unless told.")]


def facets(collection: str) -> Callable[..., Any]:
    """Return the resolver of a collection's facets."""
    vocabularies = {item.name: item.vocabulary for item in FACETS[collection]}

    def resolver(info: Info, filter: Any = UNSET, values: Values = DEFAULT_VALUES) -> Any:
        if not 1 <= values <= MAX_VALUES:
            raise refusal(QueryError("values", f"must be from 1 to {MAX_VALUES}, not {values}"))
        found = _answered(
            lambda: facet.facets(info.context.edition, parse(collection, raw(collection, filter)), values)
        )
        return [_named(one, vocabularies[one.filter]) for one in found]

    return _filtered(resolver, collection, list[Facet])


def _named(found: facet.Facet, vocabulary: Any) -> facet.Facet:
    """Return a facet with the names that GraphQL has for its filter and for terms."""
    values = found.values
    if vocabulary:
        values = tuple(replace(value, value=vocabulary(value.value).name) for value in values)
    return replace(found, filter=to_camel_case(found.filter), values=values)


def buckets(collection: str) -> Callable[..., Any]:
    """Return the resolver of a collection's histogram."""

    def resolver(info: Info, filter: Any = UNSET, interval: Length = Interval.MONTH) -> Any:
        edition = info.context.edition
        return _answered(lambda: histogram.histogram(edition, parse(collection, raw(collection, filter)), interval))

    return _filtered(resolver, collection, Histogram)


def aggregates() -> Callable[..., Any]:
    """Return the resolver of sums of figures."""

    def resolver(info: Info, filter: Any = UNSET) -> Any:
        edition = info.context.edition
        return _answered(lambda: aggregate.aggregates(edition, parse("figures", raw("figures", filter))))

    return _filtered(resolver, "figures", list[FigureAggregate])


def _answered(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except QueryError as error:
        raise refusal(error) from error


def _filtered(resolver: Callable[..., Any], collection: str, kind: Any) -> Callable[..., Any]:
    """Give a resolver that is made for many collections the types of its filter and of what it returns."""
    which: Any = FILTER_TYPES[collection] | None
    resolver.__annotations__ |= {
        "filter": Annotated[which, strawberry.argument(description="Which of them; null: all.")],
        "return": kind,
    }
    return resolver
