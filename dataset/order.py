"""The orders in which a collection can be listed, each declared once; ties are broken by id, so each is total."""

from array import array
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from dataset.fold import fold
from dataset.records import Event, Figure
from dataset.spread import Spread, grouped


@dataclass(frozen=True)
class Part:
    """What records are sorted by, or by first of several."""

    key: Callable[[Any], Hashable]
    """What of a record decides."""
    rank: Callable[[Any], Any] | None = None
    """What keys are compared by; None: by themselves."""

    def sorted(self, spread: Spread, places: Sequence[int]) -> list[int]:
        """Return the places of records sorted by this part; ties stay as they are."""
        if places == spread.column("id")[0]:
            found = spread.told(self.key)
        else:
            found = grouped(zip(map(spread.read(self.key).__getitem__, places), places, strict=True))
        # Only different keys are ranked and compared: there are far fewer of them than records.
        ranks = {key: self.rank(key) for key in found} if self.rank else {key: key for key in found}
        ranked: list[int] = []
        stands: Sequence[int] = ()
        for _, alike in groupby(sorted(found, key=ranks.__getitem__), key=ranks.__getitem__):
            groups = [found[key] for key in alike]
            if len(groups) > 1:
                stands = stands or inverse(places)
                groups = [sorted(chain.from_iterable(groups), key=stands.__getitem__)]
            ranked += groups[0]
        return ranked


@dataclass(frozen=True)
class Order:
    """One order of one collection; its reverse is one as well, but for relevance."""

    name: str
    description: str
    key: tuple[Part, ...] | None
    """What records are sorted by beside their ids; None: by how well they answer the question's full text."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which it and its reverse are asked for."""
        return (self.name, f"-{self.name}") if self.key else (self.name,)


days: Callable[[Event], tuple[str | None, str | None]] = attrgetter("date.earliest", "date.latest")
"""Returns the first and the last day that an event's date can mean, each None where open."""

numbers: Callable[[Figure], tuple[str | None, str | None, str | None]] = attrgetter("value", "low", "high")
"""Returns a figure's number, or else the ends of its range."""


def _outermost(ends: tuple[str | None, str | None]) -> tuple[str, str]:
    return ends[0] or "0000", ends[1] or "9999"


def _lowest(said: tuple[str | None, str | None, str | None]) -> Decimal:
    value, low, _ = said
    return Decimal(value or low or "0")


_NUMBER = Part(numbers, _lowest)

_ID = Order("id", "By id.", (Part(attrgetter("id")),))

RELEVANCE = Order("relevance", "By how well it answers `q`, the best first; the default where there is `q`.", None)

_OWN: Mapping[str, tuple[Order, ...]] = MappingProxyType(
    {
        "sources": (Order("published", "By the time of publication.", (Part(attrgetter("published")),)), _ID),
        "citations": (_ID,),
        "entities": (Order("name", "By the name that is shown.", (Part(lambda entity: fold(entity.name)),)), _ID),
        "events": (
            Order(
                "date",
                "By the earliest, then the latest day.",
                (Part(days, _outermost),),
            ),
            _ID,
        ),
        "figures": (
            _ID,
            Order("measure", "By measure, then number.", (Part(attrgetter("measure")), _NUMBER)),
            Order("value", "By number, whatever the unit; of a range, its lower end.", (_NUMBER,)),
        ),
        "relations": (_ID, Order("predicate", "By predicate.", (Part(attrgetter("predicate")),))),
        "discrepancies": (_ID,),
    }
)

ORDERS: Mapping[str, tuple[Order, ...]] = MappingProxyType(
    {collection: (*own, RELEVANCE) for collection, own in _OWN.items()}
)
"""The orders of each collection, the default one first."""


def ordered(collection: str, spread: Spread) -> dict[str, Sequence[int]]:
    """Return the places of a collection's records in each of its orders but relevance, by name."""
    done: dict[tuple[Part, ...], Sequence[int]] = {(): spread.by_id}
    return {
        order.name: _placed(spread, () if order is _ID else order.key, done)
        for order in ORDERS[collection]
        if order.key
    }


def _placed(spread: Spread, parts: tuple[Part, ...], done: dict[tuple[Part, ...], Sequence[int]]) -> Sequence[int]:
    """Return the places of records sorted by several parts; what was sorted before is taken from what is done."""
    # A function inside `ordered` that called itself would keep the spread for ever: what is loaded is not collected.
    if parts not in done:  # several orders can end with the same parts
        done[parts] = parts[0].sorted(spread, _placed(spread, parts[1:], done))
    return done[parts]


def inverse(order: Sequence[int]) -> Sequence[int]:
    """Return how many come before each place in an order of places."""
    found = array("I", order)
    for rank, place in enumerate(order):
        found[place] = rank
    return found
