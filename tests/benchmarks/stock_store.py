"""The records of the stock server: read once, as dicts for REST and as linked objects for GraphQL, with indexes."""

import json
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dataset.edtf import bounds
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
from tests.benchmarks.stock_types import Citation, Date, Entity, Event, Evidence, Figure, Participation, Source

Raw = dict[str, Any]


class Store:
    """The records, read once, with their indexes."""

    def __init__(self, folder: Path) -> None:
        text = (folder / "manifest.json").read_bytes()
        about = json.loads(text)
        self.release = {name: about[name] for name in ("dataset", "version", "released")}
        self.release["sha256"] = sha256(text).hexdigest()
        self.raw = {file.stem: {r["id"]: r for r in json.loads(file.read_bytes())} for file in _files(folder)}
        self._derive()
        self.ordered = sorted(
            self.raw["events"].values(), key=lambda e: (e["date"]["earliest"], e["date"]["latest"], e["id"])
        )
        self.ranks = {event["id"]: rank for rank, event in enumerate(self.ordered)}
        self.by_kind: dict[str, list[Raw]] = defaultdict(list)
        self.parts: dict[str, list[Raw]] = defaultdict(list)
        for event in self.ordered:
            self.by_kind[event["kind"]].append(event)
            if event["part_of"]:
                self.parts[event["part_of"]].append(event)
        self._typed()

    def _derive(self) -> None:
        """Add to the records what is derived from them, and index what leads from one to others."""
        for entity in self.raw["entities"].values():
            entity["name"] = next(name["text"] for name in entity["names"] if name["kind"] != "variant")
        for citation in self.raw["citations"].values():
            source = self.raw["sources"][citation["source"]]
            citation["label"] = f"{source['publisher']}, {citation['where']}"
            end = "" if citation["end"] == citation["start"] else f",{_encoded(citation['end'])}"
            citation["deep_link"] = f"{source['url']}#:~:text={_encoded(citation['start'])}{end}"
        self.shown = {name: self._shown(citation) for name, citation in self.raw["citations"].items()}
        self.figures: dict[str, list[Raw]] = defaultdict(list)
        for figure in self.raw["figures"].values():
            figure["unit_code"] = Unit(figure["unit"]).code
            figure["implied_rate"] = None
            figure["label"] = f"{figure['measure'].replace('_', ' ')}: {figure['verbatim']}{_hedge(figure)}"
            self.figures[figure["about"]].append(figure)
        self.relations: dict[str, list[Raw]] = defaultdict(list)
        for relation in self.raw["relations"].values():
            self.relations[relation["subject"]].append(relation)
            self.relations[relation["object"]].append(relation)
        self.discrepancies: dict[str, list[Raw]] = defaultdict(list)
        for discrepancy in self.raw["discrepancies"].values():
            for name in discrepancy["records"]:
                self.discrepancies[name].append(discrepancy)

    def _shown(self, citation: Raw) -> Raw:
        source = self.raw["sources"][citation["source"]]
        return {**citation, "source": {key: source[key] for key in ("id", "title", "publisher", "published", "url")}}

    def _typed(self) -> None:
        """Make the objects that GraphQL reads, each linked to the others."""
        sources = {i: Source(label=r["title"], **_some(Source, r), **_term(r, kind=SourceKind)) for i, r in
                   self.raw["sources"].items()}  # fmt: skip
        self.citations = {
            i: Citation(source=sources[r["source"]], **_some(Citation, r)) for i, r in self.raw["citations"].items()
        }
        self.entities = {
            i: Entity(label=r["name"], **_some(Entity, r), **_term(r, kind=EntityKind))
            for i, r in self.raw["entities"].items()
        }
        self.events: dict[str, Event] = {i: self._event(r) for i, r in self.raw["events"].items()}
        for name, event in self.events.items():
            above = self.raw["events"][name]["part_of"]
            event.part_of = self.events[above] if above else None

    def _event(self, raw: Raw) -> Event:
        parts = [
            Participation(
                entity=self.entities[part["entity"]],
                role=Role(part["role"]),
                note=part["note"],
                evidence=self._evidence(part),
            )
            for part in raw["participations"]
        ]
        figures = [
            Figure(
                evidence=self._evidence(figure),
                **_some(Figure, figure),
                **_term(figure, measure=Measure, comparator=Comparator, unit=Unit),
            )
            for figure in self.figures[raw["id"]]
        ]
        return Event(
            label=raw["title"],
            date=Date(**_some(Date, raw["date"]), basis=DateBasis(raw["date"]["basis"])),
            place=self.entities[raw["place"]] if raw["place"] else None,
            part_of=None,
            participations=parts,
            evidence=self._evidence(raw),
            figures=figures,
            **_some(Event, raw),
            **_term(raw, kind=EventKind, status=EventStatus),
        )

    def _evidence(self, raw: Raw) -> list[Evidence]:
        return [
            Evidence(
                citation=self.citations[entry["citation"]],
                attributed_to=self.entities[entry["attributed_to"]] if entry["attributed_to"] else None,
                **_some(Evidence, entry),
                **_term(entry, channel=Channel, modality=Modality),
            )
            for entry in raw["evidence"]
        ]

    def select(self, kinds: Sequence[str] | None, since: str | None, until: str | None) -> list[Raw]:
        """Return the events of some kinds between two days, in order."""
        found = [event for kind in dict.fromkeys(kinds) for event in self.by_kind[kind]] if kinds else self.ordered
        if since:
            first = bounds(since)[0] or ""
            found = [event for event in found if event["date"]["latest"] >= first]
        if until:
            last = bounds(until)[1] or ""
            found = [event for event in found if event["date"]["earliest"] <= last]
        return sorted(found, key=lambda event: self.ranks[event["id"]]) if kinds and len(kinds) > 1 else found


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.glob("*.json") if file.name != "manifest.json"]


def _encoded(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")


def _hedge(raw: Raw) -> str:
    said = {entry["modality"] for entry in raw["evidence"]} - {"stated"}
    return f" ({', '.join(m.value for m in Modality if m.value in said)})" if said else ""


_LINKED = frozenset(
    "source evidence date place part_of participations figures citation attributed_to "
    "kind status basis measure comparator unit channel modality".split()
)
"""The fields whose values are other objects, or words of a vocabulary."""


def _some(made: Any, raw: Raw) -> Raw:
    """Return the values of a type's fields that are read off the record as they are, and its label where it has one."""
    return {name: raw[name] for name in made.__annotations__ if name in raw and name not in _LINKED}


def _term(raw: Raw, **kinds: Any) -> Raw:
    return {name: None if raw[name] is None else kind(raw[name]) for name, kind in kinds.items()}
