"""The GraphQL types: one line a field, each read off the record of the same name.

Vocabularies keep their words in capitals; ids of other records resolve to those records.
"""

from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from dataset import deeplink, links, manifest, records
from dataset import label as labels
from dataset.vocabulary import (
    ChangeKind,
    ChangeReason,
    Channel,
    Comparator,
    DateBasis,
    DiscrepancyReason,
    EntityKind,
    EventKind,
    EventStatus,
    Measure,
    Modality,
    NameKind,
    Operation,
    Per,
    Predicate,
    Role,
    SourceKind,
    Tense,
    Term,
    Unit,
)
from schema import connection
from schema.connection import Connection, link
from schema.context import Info
from schema.view import view, vocabulary

for _terms in Term.__subclasses__():
    vocabulary(_terms)

Party = Annotated["Entity | Event", strawberry.union("Party", description="What a figure or a relation is about.")]


def _label(root: Any, info: Info) -> str:
    return info.context.edition.label(root)


_label.derived = "label"  # type: ignore[attr-defined]  # for plans, which ask for it themselves


@strawberry.interface(description="A record: everything that has an id.")
class Node:
    """Relay's node."""

    id: strawberry.ID = strawberry.field(description="The record's id, the same in every release, file and door.")
    label: str = strawberry.field(resolver=_label, description=labels.DESCRIPTION)


@view(records.Date)
class Date:
    edtf: str
    earliest: str | None
    latest: str | None
    basis: DateBasis
    inference: str | None


@view(records.Evidence)
class Evidence:
    citation: "Citation"
    supports: list[str]
    attributed_to: "Entity | None"
    channel: Channel | None
    modality: Modality
    origin: str | None
    inference: str | None


@view(records.Origin)
class Origin:
    key: str
    description: str
    issuer: "Entity | None"
    date: Date | None
    inference: str | None


@view(records.Unused)
class Unused:
    citation: "Citation"
    reason: str


@view(records.Source)
class Source(Node):
    kind: SourceKind
    publisher: str
    authors: list[str]
    title: str
    url: str
    archive_url: str | None
    published: str
    updated: str | None
    language: str
    accessed: str
    digest: str
    origin: list[Origin]
    nothing_extracted: list[Unused]
    citations: Connection["Citation"] = link("sources", "citations")
    events: Connection["Event"] = link("sources", "events")
    entities: Connection["Entity"] = link("sources", "entities")
    figures: Connection["Figure"] = link("sources", "figures")
    relations: Connection["Relation"] = link("sources", "relations")
    discrepancies: Connection["Discrepancy"] = link("sources", "discrepancies")


def _deep_link(root: Any, info: Info) -> str:
    return info.context.edition.deep_link(root)


_deep_link.derived = "deep_link"  # type: ignore[attr-defined]


@view(records.Citation)
class Citation(Node):
    source: Source
    where: str
    start: str
    end: str
    digest: str
    tokens: list[str]
    deep_link: str = strawberry.field(resolver=_deep_link, description=deeplink.DESCRIPTION)
    events: Connection["Event"] = link("citations", "events")
    entities: Connection["Entity"] = link("citations", "entities")
    figures: Connection["Figure"] = link("citations", "figures")
    relations: Connection["Relation"] = link("citations", "relations")
    discrepancies: Connection["Discrepancy"] = link("citations", "discrepancies")


@view(records.Name)
class Name:
    text: str
    kind: NameKind
    language: str
    script: str
    evidence: list[Evidence]


@view(records.Description)
class Description:
    text: str
    evidence: list[Evidence]


@view(records.Identifier)
class Identifier:
    scheme: str
    value: str
    evidence: list[Evidence]


@view(links.EntityParticipation)
class EntityParticipation:
    event: "Event"
    role: Role
    note: str | None
    evidence: list[Evidence]


@view(records.Entity)
class Entity(Node):
    kind: EntityKind
    name: str
    names: list[Name]
    description: Description | None
    identifiers: list[Identifier]
    figures: list["Figure"] = link("entities", "figures")
    participations: Connection[EntityParticipation] = strawberry.field(
        resolver=connection.resolve_participations, description=links.PARTICIPATIONS
    )
    relations: Connection["Relation"] = link("entities", "relations")
    events_here: Connection["Event"] = link("entities", "events_here")
    discrepancies: Connection["Discrepancy"] = link("entities", "discrepancies")


@view(records.Participation)
class Participation:
    entity: Entity
    role: Role
    note: str | None
    evidence: list[Evidence]


@view(records.Event)
class Event(Node):
    kind: EventKind
    title: str
    summary: str
    date: Date
    place: Entity | None
    status: EventStatus | None
    part_of: "Event | None"
    participations: list[Participation]
    evidence: list[Evidence]
    figures: list["Figure"] = link("events", "figures")
    parts: Connection["Event"] = link("events", "parts")
    relations: Connection["Relation"] = link("events", "relations")
    discrepancies: Connection["Discrepancy"] = link("events", "discrepancies")


@view(records.Conversion)
class Conversion:
    amount: str
    currency: Unit
    verbatim: str
    converted_by: Entity | None


@view(records.Derivation)
class Derivation:
    operation: Operation
    operands: list["Figure"]


@view(records.Figure)
class Figure(Node):
    about: Party
    measure: Measure
    comparator: Comparator
    value: str | None
    low: str | None
    high: str | None
    verbatim: str | None
    unit: Unit
    unit_code: str
    per: Per | None
    as_of: Date | None
    period: Date | None
    cumulative: bool
    conversion: Conversion | None
    implied_rate: str | None
    part_of: "Figure | None"
    restates: "Figure | None"
    derivation: Derivation | None
    evidence: list[Evidence]
    parts: Connection["Figure"] = link("figures", "parts")
    restated_by: Connection["Figure"] = link("figures", "restated_by")
    discrepancies: Connection["Discrepancy"] = link("figures", "discrepancies")


@view(records.Relation)
class Relation(Node):
    subject: Party
    predicate: Predicate
    object: Party
    valid: Tense | None
    note: str | None
    evidence: list[Evidence]
    discrepancies: Connection["Discrepancy"] = link("relations", "discrepancies")


@view(records.Discrepancy)
class Discrepancy(Node):
    title: str
    reason: DiscrepancyReason
    records: list[Node]
    citations: list[Citation]
    note: str
    preferred: Node | None
    preference: str | None


@view(manifest.Previous)
class PreviousRelease:
    version: str
    sha256: str


@view(manifest.CollectionFile)
class CollectionFile:
    collection: str
    records: int
    sha256: str


@view(records.Change)
class Change:
    change: ChangeKind
    record: strawberry.ID
    field: str | None
    old: JSON | None
    new: JSON | None
    reason: ChangeReason


NODES: dict[str, Any] = {
    "sources": Source,
    "citations": Citation,
    "entities": Entity,
    "events": Event,
    "figures": Figure,
    "relations": Relation,
    "discrepancies": Discrepancy,
}
"""The type of each collection's records."""
