"""The same records behind Strawberry and Starlette, as a competent user of the two would write it.

`python -m tests.benchmarks.stock RELEASE PORT`. The records are read once, into dataclasses that Strawberry reads by
attribute and into dicts for REST, with an index by id and by kind; documents that come again are neither parsed nor
validated again. REST is W1, W2, W9 and W10: search (W8) would be a matter of the search engine, not of the two.
"""

import base64
import csv
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

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

Raw = dict[str, Any]


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


def _cursor(place: int) -> str:
    return base64.b64encode(f"place:{place}".encode()).decode()


def _start(after: str | None) -> int:
    return int(base64.b64decode(after)[6:]) + 1 if after else 0


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
        found = self.ordered
        if kinds and len(kinds) == 1:
            found = self.by_kind[kinds[0]]
        elif kinds:
            found = [event for event in found if event["kind"] in kinds]
        if since:
            first = bounds(since)[0] or ""
            found = [event for event in found if event["date"]["latest"] >= first]
        if until:
            last = bounds(until)[1] or ""
            found = [event for event in found if event["date"]["earliest"] <= last]
        return found


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.glob("*.json") if file.name != "manifest.json"]


def _encoded(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")


def _hedge(raw: Raw) -> str:
    said = {entry["modality"] for entry in raw["evidence"]} - {"stated"}
    return f" ({', '.join(m.value for m in Modality if m.value in said)})" if said else ""


_LINKED = {"label", "source", "evidence", "date", "place", "part_of", "participations", "figures", "citation",
           "attributed_to", "kind", "status", "basis", "measure", "comparator", "unit", "channel", "modality"}  # fmt: skip


def _some(made: Any, raw: Raw) -> Raw:
    """Return the values of a type's fields that are read off the record as they are, and its label where it has one."""
    return {name: raw[name] for name in made.__annotations__ if name in raw and (name not in _LINKED or name == "label")}


def _term(raw: Raw, **kinds: Any) -> Raw:
    return {name: None if raw[name] is None else kind(raw[name]) for name, kind in kinds.items()}


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    def event(self, info: strawberry.Info, id: strawberry.ID) -> Event | None:  # noqa: A002 (GraphQL calls it id)
        """Return an event by its id."""
        found: Event | None = STORE[0].events.get(id)
        return found

    @strawberry.field
    def events(
        self,
        first: int | None = None,
        after: str | None = None,
        filter: EventFilter | None = None,  # noqa: A002 (GraphQL calls it filter)
    ) -> EventConnection:
        """Return a page of events."""
        asked = filter or EventFilter()
        kinds = [kind.value for kind in asked.kind or ()]
        found = STORE[0].select(kinds, asked.date_from, asked.date_to)
        start = _start(after)
        nodes = [STORE[0].events[raw["id"]] for raw in found[start : start + (20 if first is None else first)]]
        end = start + len(nodes)
        return EventConnection(
            total_count=len(found),
            nodes=nodes,
            edges=[EventEdge(cursor=_cursor(start + place), node=node) for place, node in enumerate(nodes)],
            page_info=PageInfo(
                has_next_page=end < len(found),
                has_previous_page=start > 0,
                start_cursor=_cursor(start) if nodes else None,
                end_cursor=_cursor(end - 1) if nodes else None,
            ),
        )


STORE: list[Store] = []


def _named(store: Store, name: str | None) -> Raw | None:
    return {"id": name, "name": store.raw["entities"][name]["name"]} if name else None


def _titled(store: Store, name: str | None) -> Raw | None:
    return {"id": name, "title": store.raw["events"][name]["title"]} if name else None


def _citation(store: Store, name: str) -> Raw:
    citation = store.raw["citations"][name]
    source = store.raw["sources"][citation["source"]]
    return {**citation, "source": {key: source[key] for key in ("id", "title", "publisher", "published", "url")}}


def _evidence(store: Store, raw: Raw) -> list[Raw]:
    return [
        {
            **entry,
            "citation": _citation(store, entry["citation"]),
            "attributed_to": _named(store, entry["attributed_to"]),
        }
        for entry in raw["evidence"]
    ]


def _listed(store: Store, raw: Raw) -> Raw:
    return {
        **raw,
        "label": raw["title"],
        "place": _named(store, raw["place"]),
        "part_of": _titled(store, raw["part_of"]),
        "participations": [
            {**part, "entity": _named(store, part["entity"]), "evidence": _evidence(store, part)}
            for part in raw["participations"]
        ],
        "evidence": _evidence(store, raw),
        "figures": [
            {**figure, "about": _titled(store, figure["about"]), "evidence": _evidence(store, figure)}
            for figure in store.figures[raw["id"]]
        ],
    }


async def item(request: Request) -> JSONResponse:
    """Show an event with everything that leads on from it."""
    store = STORE[0]
    raw = store.raw["events"].get(request.path_params["id"])
    if raw is None:
        return JSONResponse({"title": "unknown record"}, 404)
    more = {
        "parts": [{"id": part["id"], "title": part["title"]} for part in store.parts[raw["id"]]],
        "relations": store.relations[raw["id"]],
        "discrepancies": [{"id": d["id"], "title": d["title"]} for d in store.discrepancies[raw["id"]]],
    }
    return JSONResponse({"release": store.release, "item": {**_listed(store, raw), **more}})


def _asked(request: Request) -> list[Raw]:
    given = request.query_params
    return STORE[0].select(given.getlist("kind"), given.get("date_from"), given.get("date_to"))


async def listing(request: Request) -> JSONResponse:
    """List events."""
    found = _asked(request)
    start, size = _start(request.query_params.get("after")), int(request.query_params.get("limit", "20"))
    items = [_listed(STORE[0], raw) for raw in found[start : start + size]]
    following = f"/v1/events?after={_cursor(start + size - 1)}" if start + size < len(found) else None
    return JSONResponse({"release": STORE[0].release, "total": len(found), "items": items, "next": following})


def _entries(raw: Raw) -> Iterable[Raw]:
    yield from raw["evidence"]
    for part in raw["participations"]:
        yield from part["evidence"]


def _values(store: Store, raw: Raw) -> dict[str, set[str]]:
    """Return the values that an event has of each filter."""
    citations = {entry["citation"] for entry in _entries(raw)}
    return {
        "kind": {raw["kind"]},
        "status": {raw["status"]} - {None},
        "entity": {part["entity"] for part in raw["participations"]},
        "role": {part["role"] for part in raw["participations"]},
        "place": {raw["place"]} - {None},
        "part_of": {raw["part_of"]} - {None},
        "source": {store.raw["citations"][name]["source"] for name in citations},
        "citation": citations,
        "modality": {entry["modality"] for entry in _entries(raw)},
        "speaker": {entry["attributed_to"] for entry in _entries(raw)} - {None},
    }


def _label(store: Store, value: str) -> str:
    kinds = {"src": ("sources", "title"), "cit": ("citations", "label"), "ent": ("entities", "name"), "evt":
             ("events", "title")}  # fmt: skip
    collection, field = kinds.get(value.partition("-")[0], ("", ""))
    found: str = store.raw[collection][value][field] if collection else value.replace("_", " ")
    return found


async def facets(request: Request) -> JSONResponse:
    """Count the values of each filter."""
    store = STORE[0]
    chosen = [_values(store, raw) for raw in _asked(request)]
    items = []
    for name in ("kind", "status", "entity", "role", "place", "part_of", "source", "citation", "modality", "speaker"):
        counts = Counter(value for values in chosen for value in values[name])
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:20]
        shown = [{"value": value, "label": _label(store, value), "count": count} for value, count in ranked]
        without = sum(not values[name] for values in chosen)
        items.append({"filter": name, "distinct": len(counts), "without": without, "values": shown})
    return JSONResponse({"release": store.release, "records": len(chosen), "total": len(items), "items": items})


def _row(store: Store, raw: Raw) -> Mapping[str, Any]:
    first = raw["evidence"][0]
    citation = store.raw["citations"][first["citation"]]
    source = store.raw["sources"][citation["source"]]
    place, above = _named(store, raw["place"]) or {}, _titled(store, raw["part_of"]) or {}
    speaker = _named(store, first["attributed_to"]) or {}
    return {
        **{name: raw[name] for name in ("id", "kind", "title", "summary")},
        **{f"date.{name}": value for name, value in raw["date"].items()},
        "place.id": place.get("id"),
        "place.name": place.get("name"),
        "status": raw["status"],
        "part_of.id": above.get("id"),
        "part_of.title": above.get("title"),
        "participations": _cell(raw["participations"]),
        "evidence": _cell(raw["evidence"]),
        "label": raw["title"],
        "figures": _cell([figure["id"] for figure in store.figures[raw["id"]]]),
        "cited.deep_link": citation["deep_link"],
        "cited.where": citation["where"],
        "cited.id": citation["id"],
        **{f"cited.source.{name}": source[name] for name in ("id", "title", "publisher", "published")},
        "cited.attributed_to.id": speaker.get("id"),
        "cited.attributed_to.name": speaker.get("name"),
        "cited.modality": first["modality"],
        "cited.passages": len({entry["citation"] for entry in _entries(raw)}),
    }


def _cell(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


async def table(request: Request) -> Response:
    """List events as CSV."""
    size = int(request.query_params.get("limit", "20"))
    rows = [_row(STORE[0], raw) for raw in _asked(request)[:size]]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["id"])
    writer.writeheader()
    writer.writerows(rows)
    return Response(text.getvalue(), media_type="text/csv")


def create_app(folder: Path) -> Starlette:
    """Return the application that serves a release."""
    STORE[:] = [Store(folder)]
    schema = strawberry.Schema(Query, extensions=[ParserCache(maxsize=1000), ValidationCache(maxsize=1000)])
    return Starlette(
        routes=[
            Route("/v1/events", listing),
            Route("/v1/events.csv", table),
            Route("/v1/events/facets", facets),
            Route("/v1/events/{id}", item),
            Route("/graphql", GraphQL(schema), methods=["GET", "POST"]),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(create_app(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
