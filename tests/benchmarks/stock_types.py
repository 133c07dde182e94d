"""The GraphQL types of the stock server, as plain dataclasses that Strawberry reads by attribute."""

import strawberry

from dataset.vocabulary import (
    Channel,
    Comparator,
    DateBasis,
    EntityKind,
    EventKind,
    EventStatus,
    Measure,
    Modality,
    Role,
    SourceKind,
    Unit,
)

for _terms in (
    Channel,
    Comparator,
    DateBasis,
    EntityKind,
    EventKind,
    EventStatus,
    Measure,
    Modality,
    Role,
    SourceKind,
    Unit,
):
    strawberry.enum(_terms)


@strawberry.type
class Date:
    """When."""

    edtf: str
    earliest: str | None
    latest: str | None
    basis: DateBasis
    inference: str | None


@strawberry.type
class Source:
    """An article."""

    id: strawberry.ID
    label: str
    kind: SourceKind
    publisher: str
    authors: list[str]
    title: str
    url: str
    published: str
    language: str
    accessed: str
    digest: str


@strawberry.type
class Citation:
    """A passage."""

    id: strawberry.ID
    label: str
    source: Source
    where: str
    start: str
    end: str
    digest: str
    tokens: list[str]
    deep_link: str


@strawberry.type
class Entity:
    """A party."""

    id: strawberry.ID
    label: str
    kind: EntityKind
    name: str


@strawberry.type
class Evidence:
    """Who says it, and where."""

    citation: Citation
    supports: list[str]
    attributed_to: Entity | None
    channel: Channel | None
    modality: Modality
    origin: str | None
    inference: str | None


@strawberry.type
class Figure:
    """A number."""

    id: strawberry.ID
    label: str
    measure: Measure
    comparator: Comparator
    value: str | None
    low: str | None
    high: str | None
    verbatim: str | None
    unit: Unit
    unit_code: str
    cumulative: bool
    evidence: list[Evidence]


@strawberry.type
class Participation:
    """A part in an event."""

    entity: Entity
    role: Role
    note: str | None
    evidence: list[Evidence]


@strawberry.type
class Event:
    """What happened."""

    id: strawberry.ID
    label: str
    kind: EventKind
    title: str
    summary: str
    date: Date
    place: Entity | None
    status: EventStatus | None
    part_of: "Event | None"
    participations: list[Participation]
    evidence: list[Evidence]
    figures: list[Figure]


@strawberry.type
class PageInfo:
    """Where a page lies."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class EventEdge:
    """An event in a page."""

    cursor: str
    node: Event


@strawberry.type
class EventConnection:
    """A page of events."""

    total_count: int
    edges: list[EventEdge]
    nodes: list[Event]
    page_info: PageInfo


@strawberry.input
class EventFilter:
    """Which events."""

    kind: list[EventKind] | None = None
    date_from: str | None = None
    date_to: str | None = None
