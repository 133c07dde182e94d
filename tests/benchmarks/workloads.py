"""The workloads: what is asked of the servers, at random but the same in every run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from tests.benchmarks import documents, words
from tests.benchmarks.limit import HEADER
from tests.benchmarks.population import World

PAGE = 50
DOCUMENTS = 500
"""How many different documents W6 chooses from."""

FILTERS = 400
"""How many different filters W5 has cursors of."""

KINDS = tuple(dict.fromkeys(kind for kind, _ in words.KINDS))


@dataclass(frozen=True)
class Ask:
    """One request."""

    path: str
    body: bytes | None = None

    def raw(self, workload: str) -> bytes:
        """Return it as it goes over the wire."""
        said = f"Host: 127.0.0.1\r\n{HEADER}: {workload}\r\nAccept: */*\r\n"
        if self.body is None:
            return f"GET {self.path} HTTP/1.1\r\n{said}\r\n".encode()
        said += f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n"
        return f"POST {self.path} HTTP/1.1\r\n{said}\r\n".encode() + self.body


Cursors = Callable[[Mapping[str, Any]], Sequence[str]]
"""Returns the cursors that a server hands out for the first events of a filter."""


@dataclass
class Asker:
    """Makes the requests for one server: the same for all, but for the cursors, which each server hands out itself."""

    world: World
    cursors: Cursors = lambda asked: ()
    _handed: dict[int, tuple[Mapping[str, Any], Sequence[str]]] = field(default_factory=dict)

    def asks(self, workload: str, seed: str) -> Iterator[Ask]:
        """Yield requests of a workload without end."""
        chance = Random(f"{workload} {seed}")  # noqa: S311 (it must be the same everywhere, and is no secret)
        make = _MAKERS[workload]
        number = 0
        while True:
            yield make(self, chance, f"{seed}_{number}")
            number += 1

    def some(self, workload: str, seed: str, count: int) -> list[Ask]:
        """Return so many requests of a workload."""
        return list(islice(self.asks(workload, seed), count))

    def _event(self, chance: Random) -> str:
        return self.world.event_id(chance.randrange(self.world.events))

    def w1(self, chance: Random, name: str) -> Ask:
        """Ask REST for an event."""
        return Ask(f"/v1/events/{self._event(chance)}")

    def w2(self, chance: Random, name: str) -> Ask:
        """Ask REST for a list."""
        return Ask(f"/v1/events?{_query(chance)}&limit={PAGE}")

    def w3(self, chance: Random, name: str) -> Ask:
        """Ask GraphQL for an event."""
        return _graphql(documents.ITEM, {"id": self._event(chance)})

    def w4(self, chance: Random, name: str) -> Ask:
        """Ask GraphQL for the main list."""
        return _graphql(documents.LIST, {"first": PAGE})

    def w5(self, chance: Random, name: str) -> Ask:
        """Ask GraphQL for a page of some list."""
        asked, cursors = self._page(chance.randrange(FILTERS))
        place = chance.randrange(101)
        after = {"after": cursors[place % len(cursors)]} if place and cursors else {}
        return _graphql(documents.LIST, {"first": PAGE, "filter": asked, **after})

    def _page(self, number: int) -> tuple[Mapping[str, Any], Sequence[str]]:
        if number not in self._handed:
            asked = _filter(Random(f"filter {number}"))  # noqa: S311 (as above)
            self._handed[number] = asked, self.cursors(asked)
        return self._handed[number]

    def w6(self, chance: Random, name: str) -> Ask:
        """Ask GraphQL by one of many documents."""
        document = _documents()[chance.randrange(DOCUMENTS)]
        return _graphql(document, {"first": PAGE, "filter": _filter(chance)})

    def w7(self, chance: Random, name: str) -> Ask:
        """Ask GraphQL by a document that nobody has asked before."""
        asked = _filter(chance)
        kinds = " ".join(asked["kind"])
        literals = f'first: {PAGE}, filter: {{kind: [{kinds}], dateFrom: "{asked["dateFrom"]}"}}'
        return _graphql(documents.unheard(chance, name, literals), None)

    def w8(self, chance: Random, name: str) -> Ask:
        """Search by REST."""
        pool = (words.TOWNS, words.THINGS, words.ADJECTIVES, words.REASONS, words.SURNAMES)
        sought = [chance.choice(chosen) for chosen in chance.sample(pool, chance.randint(1, 3))]
        return Ask(f"/v1/search?q={quote(' '.join(sought))}")

    def w9(self, chance: Random, name: str) -> Ask:
        """Ask REST for the facets of a filter."""
        return Ask(f"/v1/events/facets?{_query(chance)}")

    def w10(self, chance: Random, name: str) -> Ask:
        """Ask REST for a list as CSV."""
        return Ask(f"/v1/events.csv?{_query(chance)}&limit=100")


@dataclass(frozen=True)
class Workload:
    """One of the workloads."""

    name: str
    title: str
    goals: Mapping[str, float] = field(default_factory=dict)
    """The ratio to each other server that ours should reach."""
    servers: tuple[str, ...] = ("ours", "limit", "mercurius", "stock")
    """The servers that take part."""
    fresh: bool = False
    """Whether no request may come twice, so that every round and every server has its own."""


def _goals(limit: float, mercurius: float, stock: float) -> dict[str, float]:
    return {"limit": limit, "mercurius": mercurius, "stock": stock}


_PYTHON = ("ours", "limit", "stock")

WORKLOADS: Mapping[str, Workload] = {
    made.name: made
    for made in (
        Workload("W1", "REST, an event by a random id", _goals(0.85, 1, 1.4)),
        Workload("W2", "REST, a list of 50 by a random kind and dates", _goals(0.6, 4, 2.2)),
        Workload("W3", "GraphQL, an event by a random id with its evidence", _goals(0.8, 1, 9)),
        Workload("W4", "GraphQL, the main list of 50, repeated", _goals(0.75, 7, 150)),
        Workload("W5", "GraphQL, the main list with random variables", _goals(0.35, 5, 100)),
        Workload("W6", "GraphQL, one of 500 documents, random variables", _goals(0.12, 2.5, 40)),
        Workload("W7", "GraphQL, a text never seen before", _goals(0.10, 6, 40), fresh=True),
        Workload("W8", "REST, search for random words", servers=("ours", "limit")),
        Workload("W9", "REST, facets of a random filter", servers=_PYTHON),
        Workload("W10", "REST, CSV of 100 of a filtered list", servers=_PYTHON),
    )
}

_MAKERS: Mapping[str, Callable[[Asker, Random, str], Ask]] = {
    "W1": Asker.w1,
    "W2": Asker.w2,
    "W3": Asker.w3,
    "W4": Asker.w4,
    "W5": Asker.w5,
    "W6": Asker.w6,
    "W7": Asker.w7,
    "W8": Asker.w8,
    "W9": Asker.w9,
    "W10": Asker.w10,
}


def cursors_ask(asked: Mapping[str, Any]) -> Ask:
    """Return the request for the cursors of a filter."""
    return _graphql(documents.CURSORS, {"filter": asked})


def _graphql(document: str, variables: Mapping[str, Any] | None) -> Ask:
    return Ask("/graphql", orjson.dumps({"query": document} | ({"variables": variables} if variables else {})))


def _dates(chance: Random) -> tuple[str, str]:
    """Return two days, from some weeks to some years apart, either of them as a month at times."""
    first = words.FIRST_DAY.toordinal() + chance.randrange(words.DAYS - 100)
    days = [words.FIRST_DAY.fromordinal(day).isoformat() for day in (first, first + chance.randrange(60, 1200))]
    return days[0][: chance.choice((7, 10))], days[1]


def _query(chance: Random) -> str:
    since, until = _dates(chance)
    return urlencode({"kind": chance.choice(KINDS), "date_from": since, "date_to": until})


def _filter(chance: Random) -> dict[str, Any]:
    since, until = _dates(chance)
    kinds = [kind.upper() for kind in chance.sample(KINDS, chance.randint(1, 3))]
    return {"kind": kinds, "dateFrom": since, "dateTo": until}


@cache
def _documents() -> tuple[str, ...]:
    chance = Random("documents")  # noqa: S311 (as above)
    found: dict[str, None] = {}
    while len(found) < DOCUMENTS:
        found[documents.various(chance)] = None
    return tuple(found)
