"""What leads from a record to others, each link declared once: both doors show the same ones.

A link is a filter of the other collection, read backwards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import ConfigDict

from dataset.catalog import Edition
from dataset.records import STRICT, EventId, Evidences, Record, Text
from dataset.vocabulary import Role


@dataclass(frozen=True)
class Link:
    """From the records of one collection to those of another whose filter names them."""

    name: str
    collection: str
    filter: str
    description: str
    owned: bool = False
    """Whether the linked records are part of what the record says: few, and shown wherever it is."""
    whole: bool = False
    """Whether REST shows the linked records whole, not as references."""


_FIGURES = "The figures about it."
_DISCREPANCIES = "Where claims about it disagree or restate one another."

LINKS: Mapping[str, tuple[Link, ...]] = MappingProxyType(
    {
        "sources": (
            Link("citations", "citations", "source", "Every passage of it that is cited.", whole=True),
            Link("events", "events", "source", "The events that cite it."),
            Link("entities", "entities", "source", "The entities that cite it."),
            Link("figures", "figures", "source", "The figures that cite it."),
            Link("relations", "relations", "source", "The relations that cite it."),
            Link("discrepancies", "discrepancies", "source", "The discrepancies that cite it."),
        ),
        "citations": (
            Link("events", "events", "citation", "The events that rest on it."),
            Link("entities", "entities", "citation", "The entities that rest on it."),
            Link("figures", "figures", "citation", "The figures that rest on it."),
            Link("relations", "relations", "citation", "The relations that rest on it."),
            Link("discrepancies", "discrepancies", "citation", "The discrepancies that compare it."),
        ),
        "entities": (
            Link("figures", "figures", "entity", _FIGURES, owned=True, whole=True),
            Link("relations", "relations", "party", "What it is to others, and others to it.", whole=True),
            Link("events_here", "events", "place", "The events that happened in it, where it is a place."),
            Link("discrepancies", "discrepancies", "record", _DISCREPANCIES),
        ),
        "events": (
            Link("figures", "figures", "event", _FIGURES, owned=True, whole=True),
            Link("parts", "events", "part_of", "The events that are a part of it."),
            Link("relations", "relations", "party", "What it is to others, and others to it.", whole=True),
            Link("discrepancies", "discrepancies", "record", _DISCREPANCIES),
        ),
        "figures": (
            Link("parts", "figures", "part_of", "The figures that are a part of it."),
            Link("restated_by", "figures", "restates", "The figures that restate it."),
            Link("discrepancies", "discrepancies", "record", _DISCREPANCIES),
        ),
        "relations": (Link("discrepancies", "discrepancies", "record", _DISCREPANCIES),),
        "discrepancies": (),
    }
)
"""The links of each collection, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityParticipation:
    """The part that an entity has in an event, seen from the entity."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    event: EventId
    """The event that it takes part in."""
    role: Role
    """The part, no stronger than the source puts it."""
    note: Text | None
    """What else the source says of this part, in our own words."""
    evidence: Evidences
    """Who says so, how sure, and where."""


PARTICIPATIONS = "The events that it takes part in, and how."


def linked(edition: Edition, link: Link, record_id: str) -> tuple[Record, ...]:
    """Return the records that a link leads to, in their collection's default order."""
    return edition.index.linking(link.collection, link.filter)(record_id)


def participations(edition: Edition, entity_id: str) -> dict[str, EntityParticipation]:
    """Return the parts that an entity has in events, in the order of the events, by a key for paging."""
    events: Iterable[Any] = edition.index.linking("events", "entity")(entity_id)
    return {
        f"{event.id}.{number}": EntityParticipation(event=event.id, role=p.role, note=p.note, evidence=p.evidence)
        for event in events
        for number, p in enumerate(event.participations)
        if p.entity == entity_id
    }
