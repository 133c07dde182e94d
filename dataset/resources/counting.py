"""Counts of what a question asks for: facets, histograms and sums of figures."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import orjson

from dataset import aggregate, facet, histogram
from dataset.address import Pairs
from dataset.answer import Answer
from dataset.canonical import to_plain
from dataset.export import TABULAR
from dataset.export.table import Table
from dataset.facet import DEFAULT_VALUES, MAX_VALUES
from dataset.histogram import DATED
from dataset.parameters import Parameter, of_filters
from dataset.query import Found
from dataset.records import SERVED
from dataset.resource import Asked, Resource
from dataset.resources.records import question
from dataset.shape import shape
from dataset.vocabulary import Interval

VALUES = Parameter(
    "values",
    "How many values of each filter are shown.",
    {"type": "integer", "minimum": 1, "maximum": MAX_VALUES, "default": DEFAULT_VALUES},
)
INTERVAL = Parameter("interval", "How long a bucket is; a month unless told.", vocabulary=Interval)


def resources() -> Iterator[Resource]:
    """Yield the addresses of counts."""
    for name in SERVED:
        yield Resource(
            f"/{name}/facets",
            f"{name}_facets",
            f"How many of the {name} have each value of each filter, under the filters given.",
            partial(facets, collection=name),
            "FacetList",
            (*of_filters(name), VALUES),
            TABULAR,
        )
    for name in DATED:
        yield Resource(
            f"/{name}/histogram",
            f"{name}_histogram",
            f"How many of the {name} lie in each day, month or year, under the filters given.",
            partial(buckets, collection=name),
            "BucketList",
            (*of_filters(name), INTERVAL),
            TABULAR,
        )
    yield Resource(
        "/figures/aggregates",
        "figures_aggregates",
        "The figures added up by measure and unit, without those that must not be added.",
        aggregates,
        "AggregateList",
        of_filters("figures"),
        TABULAR,
    )


def facets(asked: Asked, collection: str) -> Answer:
    """Count the values of each filter. Raises QueryError."""
    selected, pairs = question(asked.edition, collection, asked.given)
    most = asked.given.number("values", DEFAULT_VALUES, MAX_VALUES)
    found = facet.counted(asked.edition, selected.query, most, selected.keys)
    table = Table(
        lambda: iter([one.json() for one in found]),
        ("filter", "value", "label", "count"),
        lambda: ([one.filter, *value] for one in found for value in one.values),
    )
    values: Pairs = (("values", str(most)),) if most != DEFAULT_VALUES else ()
    return _counted(asked, f"/{collection}/facets", tuple(sorted((*pairs, *values))), table, selected, total=len(found))


def buckets(asked: Asked, collection: str) -> Answer:
    """Count the records of each day, month or year. Raises QueryError."""
    selected, pairs = question(asked.edition, collection, asked.given)
    interval = Interval(asked.given.choice("interval", [term.value for term in Interval]) or Interval.MONTH.value)
    found = histogram.histogram(asked.edition, selected.query, interval, selected.keys)
    table = _table(histogram.Bucket, found.buckets)
    pairs = tuple(sorted((*pairs, ("interval", interval.value)))) if interval is not Interval.MONTH else pairs
    more = {"interval": interval.value, "undetermined": found.undetermined}
    return _counted(asked, f"/{collection}/histogram", pairs, table, selected, total=len(found.buckets), **more)


def aggregates(asked: Asked) -> Answer:
    """Add figures up. Raises QueryError."""
    selected, pairs = question(asked.edition, "figures", asked.given)
    found = aggregate.aggregates(asked.edition, selected.query)
    table = _table(aggregate.Aggregate, found)
    return _counted(asked, "/figures/aggregates", pairs, table, selected, total=len(found))


def _table(kind: type, found: Sequence[Any]) -> Table:
    """Return values of a dataclass as a table, with a column for each field."""
    names = tuple(field.name for field in shape(kind))

    def rows() -> Iterator[Sequence[Any]]:
        for one in found:
            shown = to_plain(one)
            yield [shown[name] for name in names]

    return Table(lambda: iter([orjson.dumps(one) for one in found]), names, rows)


def _counted(asked: Asked, path: str, pairs: Pairs, table: Table, found: Found, *, total: int, **more: Any) -> Answer:
    return Answer.page(asked.edition, path, pairs, table, {}, records=len(found.keys), **more, total=total)
