"""Facets: how many of the records that a question asks for have each value of each filter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from pydantic import ConfigDict

from dataset.catalog import Edition
from dataset.filter import FILTERS, Filter, Match
from dataset.label import label
from dataset.query import Query, matching
from dataset.records import STRICT

DEFAULT_VALUES = 20
MAX_VALUES = 100

FACETS: Mapping[str, tuple[Filter, ...]] = MappingProxyType(
    {
        collection: tuple(item for item in filters if item.match is Match.EQUAL and item.name != "ids")
        for collection, filters in FILTERS.items()
    }
)
"""The filters of each collection whose values are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """A value that some of the records have."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    value: str
    """The value, as the filter takes it."""
    label: str
    """What to show for it."""
    count: int
    """How many of the records have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A filter with the values that the records have, the most frequent first."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    filter: str
    """The filter's name."""
    distinct: int
    """How many different values there are."""
    without: int
    """How many of the records have no value."""
    values: tuple[FacetValue, ...]
    """The most frequent values; ties are in the order of the values."""


def facets(edition: Edition, query: Query, most: int = DEFAULT_VALUES) -> tuple[Facet, ...]:
    """Return the facets of what a question asks for, each with at most so many values.

    A record that has several values counts once for each, so that counts can exceed the number of records.
    """
    records = edition.release.corpus.collection(query.collection)
    chosen = [records[name] for name in matching(edition, query)]
    return tuple(_facet(edition, item, chosen, most) for item in FACETS[query.collection])


def _facet(edition: Edition, item: Filter, records: Sequence[object], most: int) -> Facet:
    corpus = edition.release.corpus
    found = [set(item.keys(corpus, record)) for record in records]
    counts = Counter(key for keys in found for key in keys)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    values = tuple(FacetValue(value=key, label=_label(edition, item, key), count=count) for key, count in ranked)
    without = sum(1 for keys in found if not keys)
    return Facet(filter=item.name, distinct=len(counts), without=without, values=values)


def _label(edition: Edition, item: Filter, key: str) -> str:
    record = edition.release.corpus.get(key) if item.ids else None
    return label(edition.release.corpus, record) if record else key.replace("_", " ")
