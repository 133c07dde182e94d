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
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from dataset.vocabulary import Modality
from tests.benchmarks.stock_store import Raw, Store
from tests.benchmarks.stock_types import Event, EventConnection, EventEdge, EventFilter, PageInfo

STORE: list[Store] = []


def _cursor(place: int) -> str:
    return base64.b64encode(f"place:{place}".encode()).decode()


def _start(after: str | None) -> int:
    return int(base64.b64decode(after)[6:]) + 1 if after else 0


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    def event(self, info: strawberry.Info, id: strawberry.ID) -> Event | None:
        """Return an event by its id."""
        found: Event | None = STORE[0].events.get(id)
        return found

    @strawberry.field
    def events(
        self,
        first: int | None = None,
        after: str | None = None,
        filter: EventFilter | None = None,
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


def _named(store: Store, name: str | None) -> Raw | None:
    return {"id": name, "name": store.raw["entities"][name]["name"]} if name else None


def _titled(store: Store, name: str | None) -> Raw | None:
    return {"id": name, "title": store.raw["events"][name]["title"]} if name else None


def _evidence(store: Store, raw: Raw) -> list[Raw]:
    return [
        {
            **entry,
            "citation": store.shown[entry["citation"]],
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
        "cited.modalities": _cell([m.value for m in Modality if m.value in {e["modality"] for e in _entries(raw)}]),
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


def _parsed() -> ParserCache:
    return ParserCache(maxsize=1000)


def _validated() -> ValidationCache:
    return ValidationCache(maxsize=1000)


def create_app(folder: Path) -> Starlette:
    """Return the application that serves a release."""
    STORE[:] = [Store(folder)]
    schema = strawberry.Schema(Query, extensions=[_parsed, _validated])
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
