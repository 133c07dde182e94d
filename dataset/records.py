"""The record types: frozen values, every field described once.

The descriptions below a field are the only ones: JSON Schema, OpenAPI, GraphQL and the data dictionary read
them from here. A public property is a derived field, served beside the stored ones and never written to a file.
`Ref` in a field's type says which collection its ids belong to. The file is long because it is the one place of words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

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
    Unit,
)

STRICT = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
DECIMAL = r"^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}Z)?$"
WHERE = r"^(headline|dek|lead|caption|dateline|(paragraph|bullet) [1-9][0-9]*)$"


@dataclass(frozen=True)
class Ref:
    """Marks a field that holds the id of a record of one of these collections."""

    collections: tuple[str, ...]


def _id(*prefixes: str) -> str:
    return rf"^({'|'.join(prefixes)})-{SLUG}$"


Text = Annotated[str, Field(min_length=1)]
Decimals = Annotated[str, Field(pattern=DECIMAL)]
SourceId = Annotated[str, Ref(("sources",)), Field(pattern=_id("src"))]
CitationId = Annotated[str, Ref(("citations",)), Field(pattern=_id("cit"))]
EntityId = Annotated[str, Ref(("entities",)), Field(pattern=_id("ent"))]
EventId = Annotated[str, Ref(("events",)), Field(pattern=_id("evt"))]
FigureId = Annotated[str, Ref(("figures",)), Field(pattern=_id("fig"))]
RelationId = Annotated[str, Field(pattern=_id("rel"))]
DiscrepancyId = Annotated[str, Field(pattern=_id("dis"))]
PartyId = Annotated[str, Ref(("entities", "events")), Field(pattern=_id("ent", "evt"))]
ClaimId = Annotated[
    str, Ref(("figures", "events", "relations", "entities")), Field(pattern=_id("fig", "evt", "rel", "ent"))
]
AnyId = Annotated[str, Field(pattern=_id("src", "cit", "ent", "evt", "fig", "rel", "dis"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Who says it, how sure they were, and where it stands."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    citation: CitationId
    """The passage."""
    supports: tuple[Text, ...] = ()
    """The fields of the record that this passage supports; empty: all of them."""
    attributed_to: EntityId | None = None
    """The entity that says it; null: the article's own voice."""
    channel: Channel | None = None
    """The way in which that entity said it; null where the source does not say."""
    modality: Modality
    """How strongly it is said."""
    origin: Text | None = None
    """Key of the source's origin that this descends from; null: the article's own voice, no origin beside those."""
    inference: Text | None = None
    """What we concluded in applying this passage to this record, and why; null: the passage says it itself."""


Evidences = Annotated[tuple[Evidence, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date as precise as the source gives it."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    edtf: Text
    """The date in EDTF; an interval bounds the date and does not say that it lasted."""
    earliest: Annotated[str, Field(pattern=DAY)] | None
    """First day that the date can mean, computed from `edtf`; null: open."""
    latest: Annotated[str, Field(pattern=DAY)] | None
    """Last day that the date can mean, computed from `edtf`; null: open."""
    basis: DateBasis
    """Which clock the date was read from."""
    inference: Text | None = None
    """What of the date the source does not print, and how we concluded it; null: all of it is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A statement or outlet that a source passes on: articles that echo one statement count once."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    key: Annotated[str, Field(pattern=f"^{SLUG}$")]
    """The origin's key, the same in every source that descends from it."""
    description: Text
    """What it is, in our own words."""
    issuer: EntityId | None = None
    """Who issued it."""
    date: Date | None = None
    """When it was issued."""
    inference: Text | None = None
    """What we concluded about the origin, and why; null: the source says it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A passage that was read and yielded no record."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    citation: CitationId
    """The passage."""
    reason: Text
    """Why it yielded none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One article or statement that was read."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: Annotated[str, Field(pattern=_id("src"))]
    """Id: `src-<publisher>-<date>`."""
    kind: SourceKind
    """What it is."""
    publisher: Text
    """Who published it."""
    authors: tuple[Text, ...]
    """Who wrote it, as printed."""
    title: Text
    """Its title, as printed."""
    url: Annotated[str, Field(pattern=r"^https?://[^\s#]+$")]
    """Its canonical address, kept as it is."""
    archive_url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    """Address of an archived copy."""
    published: Annotated[str, Field(pattern=TIME)]
    """When it was published, in UTC, as precisely as printed."""
    updated: Annotated[str, Field(pattern=TIME)] | None = None
    """When it was last updated, in UTC, as precisely as printed."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    """Its language, an ISO 639 code."""
    accessed: Annotated[str, Field(pattern=DAY)]
    """The day on which we read it."""
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    """Digest of the whole normalised text of the copy that we read; another copy of the page may differ."""
    origin: tuple[Origin, ...] = ()
    """The statements and outlets that it passes on."""
    nothing_extracted: tuple[Unused, ...] = ()
    """The passages of the article that yielded no record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A place inside one source, checkable against a copy of the article and not readable without one."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: Annotated[str, Field(pattern=_id("cit"))]
    """Id: `cit-…`."""
    source: SourceId
    """The source that it is in."""
    where: Annotated[str, Field(pattern=WHERE)]
    """The part of the article: headline, dek, dateline, caption, lead (its first paragraph), paragraph n, bullet n."""
    start: Text
    """The passage's first words, at most five."""
    end: Text
    """The passage's last words, at most five; the same as `start` where the passage has at most five words."""
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    """SHA-256 of the passage's text, normalised by version `v1`, in UTF-8."""
    tokens: tuple[Text, ...] = ()
    """The figures and names that occur in the passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name of an entity."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    text: Text
    """The name."""
    kind: NameKind
    """What the name is to the entity."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    """The name's language, an ISO 639 code."""
    script: Annotated[str, Field(pattern=r"^[A-Z][a-z]{3}$")] = "Latn"
    """The name's script, an ISO 15924 code."""
    evidence: Evidences
    """Where the name is printed, or where what it labels is described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What an entity is, in our own words."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    text: Text
    """The description."""
    evidence: Evidences
    """What it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An entity's id in another register, where a source prints it."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    scheme: Text
    """The register."""
    value: Text
    """The id in it."""
    evidence: Evidences
    """Where it is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A person, organization, public body, place or unnamed group that a source speaks of."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: Annotated[str, Field(pattern=_id("ent"))]
    """Id: `ent-…`."""
    kind: EntityKind
    """What it is."""
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Its names: one primary or descriptive, and the variants."""
    description: Description | None = None
    """What it is, in our own words."""
    identifiers: tuple[Identifier, ...] = ()
    """Its ids in other registers."""

    @property
    def name(self) -> str:
        """The name to show: the primary one, else our descriptive label."""
        for name in self.names:  # nearly always it is the first
            if name.kind is not NameKind.VARIANT:
                return name.text
        raise AssertionError(f"{self.id} has variants of a name only, which no check lets by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """The part that an entity has in an event."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    entity: EntityId
    """Who takes part."""
    role: Role
    """The part, no stronger than the source puts it."""
    note: Text | None = None
    """What else the source says of this part, in our own words."""
    evidence: Evidences
    """Who says so, how sure, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, or is said or suspected to have happened."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: Annotated[str, Field(pattern=_id("evt"))]
    """Id: `evt-…`."""
    kind: EventKind
    """What kind of thing happened."""
    title: Text
    """A heading, in our own words."""
    summary: Text
    """What the sources say of it, in our own words."""
    date: Date
    """When."""
    place: EntityId | None = None
    """Where, as far as the source says."""
    status: EventStatus | None = None
    """What the source says became of it."""
    part_of: EventId | None = None
    """The larger event that this is a part of."""
    participations: tuple[Participation, ...] = ()
    """Who took part, and how."""
    evidence: Evidences
    """Who says so, how sure, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """An amount of money as the source restates it in another currency."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    amount: Decimals
    """The converted amount."""
    currency: Unit
    """Its currency."""
    verbatim: Text
    """The source's own words for it."""
    converted_by: EntityId | None = None
    """Who converted it; null: the source does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """Declared arithmetic by which a figure that no source prints follows from others."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    operation: Operation
    """What was done."""
    operands: Annotated[tuple[FigureId, ...], Field(min_length=2)]
    """The figures it was done with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured claim about an event or an entity."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: Annotated[str, Field(pattern=_id("fig"))]
    """Id: `fig-…`."""
    about: PartyId
    """The event or entity that it is about."""
    measure: Measure
    """What it counts or measures."""
    comparator: Comparator
    """How the number bounds the quantity."""
    value: Decimals | None = None
    """The number, a decimal string; null where a range is given."""
    low: Decimals | None = None
    """The range's lower end, a decimal string."""
    high: Decimals | None = None
    """The range's upper end, a decimal string."""
    verbatim: Text | None = None
    """The figure's own words; null only for a derived figure."""
    unit: Unit
    """What it is counted or measured in."""
    per: Per | None = None
    """The time that a rate refers to."""
    as_of: Date | None = None
    """The day at which it holds."""
    period: Date | None = None
    """The span of time that it covers."""
    cumulative: bool = False
    """Whether it is a running total, not to be added to other figures of its measure."""
    conversion: Conversion | None = None
    """The amount restated in another currency, where the source does so."""
    part_of: FigureId | None = None
    """The total that contains it: the two must never be added."""
    restates: FigureId | None = None
    """The figure that says the same thing: the two must never be added."""
    derivation: Derivation | None = None
    """The arithmetic it follows from, where no source prints it."""
    evidence: Evidences
    """Who says so, how sure, and where."""

    @property
    def unit_code(self) -> str:
        """The unit's code in UCUM or, for money, ISO 4217."""
        return self.unit.code

    @property
    def implied_rate(self) -> str | None:
        """Units of the figure's currency for one of the conversion's, derived by us to six significant digits."""
        if self.conversion is None or self.value is None or not Decimal(self.conversion.amount):
            return None
        return f"{Decimal(f'{Decimal(self.value) / Decimal(self.conversion.amount):.6g}'):f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What one entity or event is to another."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: Annotated[str, Field(pattern=_id("rel"))]
    """Id: `rel-…`."""
    subject: PartyId
    """Who or what."""
    predicate: Predicate
    """Is what, exactly as strong as the source's own verb."""
    object: PartyId
    """To whom or what."""
    valid: Tense | None = None
    """When it holds, seen from the source's date; null: the source does not say."""
    note: Text | None = None
    """The source's qualification, in our own words."""
    evidence: Evidences
    """Who says so, how sure, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """Claims that disagree or restate one another, kept side by side. It is our own observation."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: Annotated[str, Field(pattern=_id("dis"))]
    """Id: `dis-…`."""
    title: Text
    """What the disagreement is about, in our own words."""
    reason: DiscrepancyReason
    """Why they differ."""
    records: Annotated[tuple[ClaimId, ...], Field(min_length=1)]
    """The figures, events, relations and entities that make the claims."""
    citations: Annotated[tuple[CitationId, ...], Field(min_length=2)]
    """The passages that differ."""
    note: Text
    """How they differ, in our own words."""
    preferred: ClaimId | None = None
    """The record to use where only one can be used; null: none is better."""
    preference: Text | None = None
    """Why that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What a record that went away leaves, so that its id is never used again."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    id: AnyId
    """The id of the record that went away."""
    reason: Text
    """Why it went away."""
    successor: AnyId | None = None
    """The record that takes its place."""


Record = Source | Citation | Entity | Event | Figure | Relation | Discrepancy
"""A record that is served."""

SERVED: Mapping[str, type[Record]] = MappingProxyType(
    {
        "sources": Source,
        "citations": Citation,
        "entities": Entity,
        "events": Event,
        "figures": Figure,
        "relations": Relation,
        "discrepancies": Discrepancy,
    }
)
"""The served collections by name, in the order in which they are shown."""

SINGULAR: Mapping[str, str] = MappingProxyType(
    {
        "sources": "source",
        "citations": "citation",
        "entities": "entity",
        "events": "event",
        "figures": "figure",
        "relations": "relation",
        "discrepancies": "discrepancy",
    }
)
"""What one record of each collection is called."""

COLLECTIONS: Mapping[str, type[Record | Tombstone]] = MappingProxyType({**SERVED, "tombstones": Tombstone})
"""Every collection by name: a folder of the workbench, a file of a release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a release did to one field of one record."""

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    change: ChangeKind
    """What was done."""
    record: AnyId
    """The record's id."""
    field: Text | None = None
    """The field that changed; null where the whole record was added or removed."""
    old: object = None
    """The value before."""
    new: object = None
    """The value since."""
    reason: ChangeReason
    """Why."""
