"""All records of one state of the dataset, by collection and id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from dataset.records import (
    SERVED,
    Citation,
    Discrepancy,
    Entity,
    Event,
    Figure,
    Record,
    Relation,
    Source,
    Tombstone,
)

PREFIXES: Mapping[str, str] = {
    "src": "sources",
    "cit": "citations",
    "ent": "entities",
    "evt": "events",
    "fig": "figures",
    "rel": "relations",
    "dis": "discrepancies",
}


@dataclass(frozen=True)
class Corpus:
    """The records of a workbench or of a release; each collection is in the order of its ids."""

    sources: Mapping[str, Source] = field(default_factory=dict)
    citations: Mapping[str, Citation] = field(default_factory=dict)
    entities: Mapping[str, Entity] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)
    discrepancies: Mapping[str, Discrepancy] = field(default_factory=dict)
    tombstones: Mapping[str, Tombstone] = field(default_factory=dict)

    def collection(self, name: str) -> Mapping[str, Record]:
        """Return a served collection by its name."""
        found: Mapping[str, Record] = getattr(self, name)
        return found

    def retired(self, record_id: str, collection: str = "") -> Tombstone | None:
        """Return the tombstone of a record that went away, from this collection where one is named."""
        stone = self.tombstones.get(record_id)
        return stone if stone and PREFIXES[record_id[:3]] == (collection or PREFIXES[record_id[:3]]) else None

    def get(self, record_id: str) -> Record | None:
        """Return the record with this id, whatever its collection; None where there is none."""
        name = PREFIXES.get(record_id[:3])
        return self.collection(name).get(record_id) if name else None

    def records(self) -> Iterator[tuple[str, Record]]:
        """Yield every served record with the name of its collection."""
        for name in SERVED:
            for record in self.collection(name).values():
                yield name, record

    def everything(self) -> Iterator[tuple[str, Record | Tombstone]]:
        """Yield every record and tombstone with the name of its collection."""
        for item in fields(self):
            for record in getattr(self, item.name).values():
                yield item.name, record
