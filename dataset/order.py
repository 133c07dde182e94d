"""The orders in which a collection can be listed, each declared once; ties are broken by id, so each is total."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from dataset.fold import fold
from dataset.records import Event, Figure


@dataclass(frozen=True)
class Order:
    """One order of one collection; its reverse is one as well, but for relevance."""

    name: str
    description: str
    key: Callable[[Any], Any] | None
    """What records are sorted by; None: by how well they answer the question's full text."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which it and its reverse are asked for."""
        return (self.name, f"-{self.name}") if self.key else (self.name,)


def _event_days(event: Event) -> tuple[str, str]:
    return event.date.earliest or "0000", event.date.latest or "9999"


def _number(figure: Figure) -> Decimal:
    return Decimal(figure.value or figure.low or 0)


_ID = Order("id", "By id.", lambda record: record.id)

RELEVANCE = Order("relevance", "By how well it answers `q`, the best first; the default where there is `q`.", None)

_OWN: Mapping[str, tuple[Order, ...]] = MappingProxyType(
    {
        "sources": (Order("published", "By the time of publication.", lambda source: source.published), _ID),
        "citations": (_ID,),
        "entities": (Order("name", "By the name that is shown.", lambda entity: fold(entity.name)), _ID),
        "events": (Order("date", "By the earliest, then the latest day.", _event_days), _ID),
        "figures": (
            _ID,
            Order("measure", "By measure, then number.", lambda f: (f.measure.value, _number(f))),
            Order("value", "By number, whatever the unit; of a range, its lower end.", _number),
        ),
        "relations": (_ID, Order("predicate", "By predicate.", lambda relation: relation.predicate.value)),
        "discrepancies": (_ID,),
    }
)

ORDERS: Mapping[str, tuple[Order, ...]] = MappingProxyType(
    {collection: (*own, RELEVANCE) for collection, own in _OWN.items()}
)
"""The orders of each collection, the default one first."""
