"""Facets: how many of the records that a question asks for have each value of each filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import orjson
from pydantic import ConfigDict

from dataset.catalog import Edition
from dataset.filter import FILTERS, Filter, Match
from dataset.picking import picked
from dataset.query import Query
from dataset.records import STRICT
from dataset.sequence import Keys
from dataset.tally import Picked

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


@dataclass(frozen=True, slots=True)
class Counted:
    """A facet as it was counted: most of what an answer takes is to put its values into a form."""

    filter: str
    distinct: int
    without: int
    values: tuple[tuple[str, str, int], ...]
    """The values, each with its label and its count."""

    def facet(self) -> Facet:
        """Return it as a facet."""
        values = [FacetValue(value=value, label=label, count=count) for value, label, count in self.values]
        return Facet(filter=self.filter, distinct=self.distinct, without=self.without, values=tuple(values))

    def json(self) -> bytes:
        """Return the facet as JSON."""
        values = [{"value": value, "label": label, "count": count} for value, label, count in self.values]
        said = {"filter": self.filter, "distinct": self.distinct, "without": self.without, "values": values}
        return orjson.dumps(said)


def facets(edition: Edition, query: Query, most: int = DEFAULT_VALUES) -> tuple[Facet, ...]:
    """Return the facets of what a question asks for, each with at most so many values.

    A record that has several values counts once for each, so that counts can exceed the number of records.
    """
    return tuple([one.facet() for one in counted(edition, query, most)])


def counted(edition: Edition, query: Query, most: int, answered: Keys | None = None) -> tuple[Counted, ...]:
    """Return the same, not yet in a form; where the question was `answered` before, of that."""
    chosen = picked(edition, query, answered)
    return tuple([_counted(edition, query.collection, item, chosen, most) for item in FACETS[query.collection]])


def _counted(edition: Edition, collection: str, item: Filter, chosen: Picked, most: int) -> Counted:
    found = edition.index.tally(collection, item.name).count(chosen, most)
    keys = [key for key, _ in found.top]
    shown = zip(keys, _labels(edition, item, keys), [count for _, count in found.top], strict=True)
    return Counted(item.name, found.distinct, found.without, tuple(shown))


def _labels(edition: Edition, item: Filter, keys: Sequence[str]) -> list[str]:
    if not item.ids:
        return [key.replace("_", " ") for key in keys]
    corpus = edition.release.corpus
    # Most filters name records of one collection, which is then looked up once.
    find = corpus.collection(item.ids[0]).get if len(item.ids) == 1 else corpus.get
    return [edition.label(record) if (record := find(key)) else key.replace("_", " ") for key in keys]
