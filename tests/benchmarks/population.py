"""The records of a generated release: each made from its own number alone, the same on every machine."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any

from dataset.edtf import bounds
from tests.benchmarks.words import (
    ADJECTIVES,
    BODIES,
    DAYS,
    FIRST_DAY,
    GIVEN,
    KINDS,
    MEASURES,
    MODALITIES,
    PUBLISHERS,
    REASONS,
    SURNAMES,
    THINGS,
    TOWNS,
    VERBS,
    WHERES,
)

SEED = "enforcement"
EVENTS_PER_SOURCE = 50
CITATIONS_PER_SOURCE = 12
EVENTS_PER_ENTITY = 5
EVENTS_PER_RELATION = 10
EVENTS_PER_DISCREPANCY = 100

Raw = dict[str, Any]


class World:
    """The records of a release of so many events; each is made from its own number alone, so any can be made first."""

    def __init__(self, events: int) -> None:
        self.events = events
        self.sources = max(events // EVENTS_PER_SOURCE, 2)
        self.entities = max(events // EVENTS_PER_ENTITY, len(TOWNS) + len(BODIES) + 2)
        self.counts = {
            "sources": self.sources,
            "citations": self.sources * CITATIONS_PER_SOURCE,
            "entities": self.entities,
            "events": events,
            "figures": events * 2,
            "relations": max(events // EVENTS_PER_RELATION, 1),
            "discrepancies": max(events // EVENTS_PER_DISCREPANCY, 1),
            "tombstones": 0,
        }

    def records(self, collection: str) -> Iterator[Raw]:
        """Yield the records of a collection in the order of their ids."""
        make: dict[str, Callable[[int], Raw]] = {
            "sources": self._source,
            "citations": self._citation,
            "entities": self._entity,
            "events": self._event,
            "figures": self._figure,
            "relations": self._relation,
            "discrepancies": self._discrepancy,
        }
        return (make[collection](number) for number in range(self.counts[collection]))

    def event_id(self, number: int) -> str:
        """Return the id of the event with this number."""
        chance = _chance("event", number)
        kind, _ = chance.choice(KINDS)
        return f"evt-{number:07d}-{kind.replace('_', '-')}-{chance.choice(TOWNS).lower()}"

    def _source_id(self, number: int) -> str:
        publisher = PUBLISHERS[number % len(PUBLISHERS)].lower()
        return f"src-{number:06d}-{publisher}-{_published(number)}"

    def _citation_id(self, number: int) -> str:
        source, place = divmod(number, CITATIONS_PER_SOURCE)
        return f"cit-{source:06d}-{place:02d}-{WHERES[place].replace(' ', '-')}"

    def _entity_id(self, number: int) -> str:
        return f"ent-{number:07d}-{self._called(number).lower().replace(' ', '-')}"

    def _called(self, number: int) -> str:
        """Return an entity's name: the towns first, then the public bodies, then everybody else."""
        if number < len(TOWNS):
            return TOWNS[number]
        if number < len(TOWNS) + len(BODIES):
            return f"Financial {BODIES[number - len(TOWNS)].title()}"
        chance = _chance("entity", number)
        if number % 2:
            return f"{chance.choice(GIVEN)} {chance.choice(SURNAMES)}"
        return f"{chance.choice(TOWNS)} {chance.choice(THINGS).title()} {chance.choice(SURNAMES)}"

    def _evidence(self, chance: Random, source: int) -> Raw:
        place = chance.randrange(CITATIONS_PER_SOURCE)
        spoken = chance.random() < 0.5
        body = len(TOWNS) + chance.randrange(len(BODIES))
        return {
            "citation": self._citation_id(source * CITATIONS_PER_SOURCE + place),
            "supports": [],
            "attributed_to": self._entity_id(body) if spoken else None,
            "channel": chance.choice(("statement", "quotation", None)) if spoken else None,
            "modality": chance.choice(MODALITIES),
            "origin": None,
            "inference": None,
        }

    def _source(self, number: int) -> Raw:
        chance = _chance("source", number)
        publisher = PUBLISHERS[number % len(PUBLISHERS)]
        title = f"{chance.choice(TOWNS)}: {chance.choice(ADJECTIVES)} {chance.choice(THINGS)} {chance.choice(VERBS)}"
        day = _published(number)
        return {
            "id": self._source_id(number),
            "kind": "article",
            "publisher": f"The {publisher}",
            "authors": [f"{chance.choice(GIVEN)} {chance.choice(SURNAMES)}"],
            "title": title,
            "url": f"https://{publisher.lower()}.example/{day.replace('-', '/')}/article-{number}/",
            "archive_url": None,
            "published": day,
            "updated": None,
            "language": "en",
            "accessed": "2026-01-15",
            "digest": _digest(title, number),
            "origin": [],
            "nothing_extracted": [],
        }

    def _citation(self, number: int) -> Raw:
        chance = _chance("citation", number)
        source, place = divmod(number, CITATIONS_PER_SOURCE)
        start = f"The {chance.choice(ADJECTIVES)} {chance.choice(THINGS)} in {chance.choice(TOWNS)}"
        end = f"{chance.choice(VERBS)} because of {chance.choice(REASONS)}."
        return {
            "id": self._citation_id(number),
            "source": self._source_id(source),
            "where": WHERES[place],
            "start": start,
            "end": end,
            "digest": _digest(start + end, number),
            "tokens": [str(chance.randrange(2, 900)), chance.choice(TOWNS)],
        }

    def _entity(self, number: int) -> Raw:
        chance = _chance("who", number)
        evidence = [self._evidence(chance, chance.randrange(self.sources))]
        bodies = len(TOWNS) + len(BODIES)
        kind = "place" if number < len(TOWNS) else "public_body" if number < bodies else _other(number)
        name = {"text": self._called(number), "kind": "primary", "language": "en", "script": "Latn"}
        description = f"A {chance.choice(ADJECTIVES)} {chance.choice(THINGS)} of {chance.choice(TOWNS)}."
        return {
            "id": self._entity_id(number),
            "kind": kind,
            "names": [{**name, "evidence": evidence}],
            "description": {"text": description, "evidence": evidence} if number % 4 == 0 else None,
            "identifiers": [],
        }

    def _event(self, number: int) -> Raw:
        chance = _chance("event", number)
        kind, status = chance.choice(KINDS)
        town = chance.choice(TOWNS)
        what = f"{chance.choice(ADJECTIVES)} {chance.choice(THINGS)}"
        source = min(number // EVENTS_PER_SOURCE, self.sources - 1)
        evidence = [self._evidence(chance, source) for _ in range(2)]
        other = chance.randrange(self.sources)
        return {
            "id": self.event_id(number),
            "kind": kind,
            "title": f"{what.capitalize()} {chance.choice(VERBS)} in {town}",
            "summary": (
                f"The {chance.choice(BODIES)} {chance.choice(VERBS)} {chance.randrange(2, 90)} {chance.choice(THINGS)}s"
                f" in {town}, and gave {chance.choice(REASONS)} and {chance.choice(REASONS)} as the reasons."
            ),
            "date": _date(chance),
            "place": self._entity_id(TOWNS.index(town)),
            "status": status,
            "part_of": self.event_id(number - 1 - chance.randrange(min(number, 40))) if number % 10 == 9 else None,
            "participations": [
                {
                    "entity": self._entity_id(len(TOWNS) + chance.randrange(len(BODIES))),
                    "role": chance.choice(("enforcer", "investigator", "decision_maker")),
                    "note": None,
                    "evidence": [self._evidence(chance, source)],
                },
                {
                    "entity": self._entity_id(chance.randrange(len(TOWNS) + len(BODIES), self.entities)),
                    "role": chance.choice(("target", "suspect", "closed", "involved")),
                    "note": f"As the {chance.choice(BODIES)} put it." if chance.random() < 0.2 else None,
                    "evidence": [self._evidence(chance, source)],
                },
            ],
            "evidence": [*evidence, self._evidence(chance, other)],
        }

    def _figure(self, number: int) -> Raw:
        chance = _chance("figure", number)
        event, place = divmod(number, 2)
        measure, unit, word = chance.choice(MEASURES)
        value = str(chance.randrange(2, 9_000))
        about = self.event_id(event)
        source = min(event // EVENTS_PER_SOURCE, self.sources - 1)
        return {
            "id": f"fig-{event:07d}-{place}-{measure.replace('_', '-')}",
            "about": about,
            "measure": measure,
            "comparator": chance.choice(("exactly", "exactly", "about", "more_than")),
            "value": value,
            "low": None,
            "high": None,
            "verbatim": f"{value} {word}",
            "unit": unit,
            "per": None,
            "as_of": None,
            "period": None,
            "cumulative": False,
            "conversion": None,
            "part_of": None,
            "restates": None,
            "derivation": None,
            "evidence": [self._evidence(chance, source)],
        }

    def _relation(self, number: int) -> Raw:
        chance = _chance("relation", number)
        bodies = len(TOWNS) + len(BODIES)
        subject = chance.randrange(bodies, self.entities)
        return {
            "id": f"rel-{number:07d}",
            "subject": self._entity_id(subject),
            "predicate": chance.choice(("behind", "owner_of", "affiliated_with", "linked_to")),
            "object": self._entity_id(bodies + (subject - bodies + 1) % (self.entities - bodies)),
            "valid": "current",
            "note": None,
            "evidence": [self._evidence(chance, chance.randrange(self.sources))],
        }

    def _discrepancy(self, number: int) -> Raw:
        chance = _chance("discrepancy", number)
        event = number * EVENTS_PER_DISCREPANCY % self.events
        first, second = self._citation_id(0), self._citation_id(chance.randrange(1, self.counts["citations"]))
        return {
            "id": f"dis-{number:07d}",
            "title": f"How many {chance.choice(THINGS)}s?",
            "reason": "scope",
            "records": [self.event_id(event)],
            "citations": [first, second],
            "note": "They count different things.",
            "preferred": None,
            "preference": None,
        }


def _chance(what: str, number: int) -> Random:
    return Random(f"{SEED} {what} {number}")  # noqa: S311 (it must be the same everywhere, and is no secret)


def _digest(text: str, number: int) -> str:
    return f"sha256:{sha256(f'{number} {text}'.encode()).hexdigest()}"


def _published(number: int) -> str:
    return str(FIRST_DAY + timedelta(days=number * 37 % DAYS))


def _other(number: int) -> str:
    return "person" if number % 2 else ("organization", "group")[number // 2 % 2]


def _date(chance: Random) -> Raw:
    """Return a date: mostly a day, sometimes a month or an interval of days."""
    first = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    form = chance.random()
    edtf = str(first)
    if form < 0.15:
        edtf = edtf[:7]
    elif form < 0.25:
        edtf = f"{first}/{first + timedelta(days=9)}"
    earliest, latest = bounds(edtf)
    return {"edtf": edtf, "earliest": earliest, "latest": latest, "basis": "announced", "inference": None}
