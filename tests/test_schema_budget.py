"""What a document may cost is estimated before it runs, from its page sizes."""

from typing import Any

import pytest
from graphql import parse

from dataset.catalog import Catalog
from schema import executor
from schema.budget import MAX_LEAVES, MAX_OBJECTS, Cost, cost
from schema.context import Context
from schema.executor import SCHEMA

EVENTS = """{ events(first: %d) { totalCount nodes { id title kind summary date { edtf earliest latest }
  figures { id verbatim value evidence { modality attributedTo { name } citation { where digest source { title } } } }
  participations { role entity { name } evidence { citation { deepLink source { title } } } }
  evidence { modality citation { deepLink source { title url } } } } pageInfo { endCursor } } }"""


def measured(document: str, operation: str | None = None, **variables: Any) -> Cost:
    """Return the cost of a document."""
    return cost(SCHEMA.core, parse(document), operation, variables)


def run(catalog: Catalog, document: str, **variables: Any) -> executor.Outcome:
    """Run a document over the published data."""
    return executor.run(document, variables, None, Context(catalog.latest, catalog))


@pytest.mark.parametrize(
    ("document", "variables", "expected"),
    [
        ("{ release { version } }", {}, Cost(2, 1)),
        ("{ events { totalCount } }", {}, Cost(2, 3)),
        ("{ events { nodes { id } } }", {}, Cost(3, 3 + 20)),
        ("{ events(first: 7) { nodes { id } edges { node { id } } } }", {}, Cost(4, 3 + 7 + 7 * 2)),
        ("query ($n: Int) { events(last: $n) { nodes { id } } }", {"n": 5}, Cost(3, 3 + 5)),
        ("query ($n: Int = 9) { events(first: $n) { nodes { id } } }", {}, Cost(3, 3 + 9)),
        ("query ($n: Int) { events(first: $n) { nodes { id } } }", {}, Cost(3, 3 + 20)),
        ("query ($n: Int) { events(first: $n) { nodes { id } } }", {"n": 100.0}, Cost(3, 3 + 100)),
        ("{ releases { changes { record } } }", {}, Cost(3, 4 + 4 * 1000)),
        ("{ events(first: 1000000) { nodes { id } } }", {}, Cost(3, 3 + 100)),
        ("{ a: events(first: 1) { nodes { id } } b: events(first: 2) { nodes { id } } }", {}, Cost(3, 6 + 3)),
        ('{ event(id: "x") { evidence { citation { id } } } }', {}, Cost(4, 1 + 4 * 2)),
        ("{ nodes(ids: []) { ... on Event { date { edtf } } ... on Figure { id } } }", {}, Cost(3, 100 * 2)),
        ("{ __schema { queryType { name } } __typename }", {}, Cost(0, 0, 3)),
        ('{ search(query: "x", first: 3) { nodes { record { id } highlights { field } } } }', {}, Cost(4, 3 + 3 * 6)),
        ("{ eventFacets { filter values { value } } }", {}, Cost(3, 4 + 4 * 100)),
        ("{ eventHistogram { records buckets { count } } }", {}, Cost(3, 1 + 1000)),
        ("{ figureAggregates { best excluded { id } } }", {}, Cost(3, 4 + 4 * 4)),
        ("{ ...F ...F } fragment F on Query { events(first: 3) { nodes { id } } }", {}, Cost(3, 2 * (3 + 3))),
        ("{ ... { events(first: 3) { ...P } } } fragment P on EventConnection { nodes { id } }", {}, Cost(3, 3 + 3)),
    ],
)
def test_a_cost_is_counted_from_the_page_sizes(document: str, variables: dict[str, Any], expected: Cost) -> None:
    """Objects are multiplied along the way down and added beside one another; scalars cost nothing."""
    found = measured(document, **variables)
    assert Cost(found.depth, found.objects, found.introspection) == expected


@pytest.mark.parametrize(
    ("document", "leaves"),
    [
        ("{ release { version title } }", 2),
        ("{ release { version version ... { title } } }", 2),
        ("{ events(first: 7) { totalCount nodes { a: id b: id c: id } } }", 1 + 7 * 3),
        ("{ a: events(first: 2) { nodes { id } } b: events(first: 3) { nodes { id } } }", 2 + 3),
        ('{ event(id: "x") { id evidence { modality citation { id digest } } } }', 1 + 4 * 3),
        ("{ events(first: 2) { nodes { ...F } } } fragment F on Event { id evidence { modality } }", 2 * 5),
    ],
)
def test_values_are_counted_in_each_object(document: str, leaves: int) -> None:
    """An alias costs no object, but it is one more value in each."""
    assert measured(document).leaves == leaves


def test_the_operation_that_is_asked_is_the_one_that_is_measured() -> None:
    """Another operation of the document costs nothing; unnamed, the most expensive one counts."""
    document = "query A { release { version } } query B { events(first: 5) { nodes { id } } }"
    assert (measured(document, "A").objects, measured(document, "B").objects, measured(document).objects) == (1, 8, 8)


@pytest.mark.parametrize("size", [1, 27, 50, 100])
def test_what_is_answered_is_within_what_was_measured(size: int, catalog: Catalog) -> None:
    """The heaviest sensible list is answered, and its estimate was no lower than what it came to."""
    outcome = run(catalog, EVENTS % size)
    assert outcome.errors == ()
    assert 0 < _objects(outcome.data) - 1 <= measured(EVENTS % size).objects <= MAX_OBJECTS


def test_fifty_events_with_all_their_evidence_leave_room() -> None:
    """The limit is some four times what a heavy page needs."""
    assert 3 < MAX_OBJECTS / measured(EVENTS % 50).objects < 5


def _objects(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(_objects(item) for item in value.values())
    return sum(_objects(item) for item in value) if isinstance(value, list) else 0


WIDE = "events(first: 100) { nodes { evidence { citation { id } } } }"
NESTED = "sources { nodes { " + "citations(first: 100) { nodes { source { " * 3 + "id" + " } } }" * 3 + " } }"


@pytest.mark.parametrize(
    "document",
    [
        "{ " + NESTED + " }",
        "{ " + " ".join(f"a{n}: {NESTED}" for n in range(20)) + " }",
        "{ "
        + " ".join(f"a{n}: events(first: 100) {{ nodes {{ evidence {{ citation {{ id }} }} }} }}" for n in range(50))
        + " }",
    ],
    ids=["nested", "nested beside one another", "wide"],
)
def test_a_document_that_asks_for_too_much_is_refused(document: str, catalog: Catalog) -> None:
    """It is refused before anything runs, with the number, the limit and what to do."""
    outcome = run(catalog, document)
    (error,) = outcome.errors
    asked = measured(document).objects
    assert outcome.executed is False
    assert error["extensions"] == {"code": "QUERY_TOO_LARGE", "limit": MAX_OBJECTS, "value": asked}
    expected = f"The document asks for some {asked} objects; at most {MAX_OBJECTS} are answered."
    assert error["message"] == f"{expected} Ask for smaller pages, or for fewer things at once."


def test_a_document_that_asks_for_too_many_values_is_refused(catalog: Catalog) -> None:
    """Aliases of a field multiply what is answered, without an object more."""
    fields = " ".join(f"a{number}: digest" for number in range(100))
    document = (
        f"{{ citations(first: 100) {{ nodes {{ source {{ citations(first: 16) {{ nodes {{ {fields} }} }} }} }} }} }}"
    )
    outcome = run(catalog, document)
    (error,) = outcome.errors
    asked = measured(document)
    assert asked.objects < MAX_OBJECTS
    assert error["extensions"] == {"code": "QUERY_TOO_LARGE", "limit": MAX_LEAVES, "value": asked.leaves}
    expected = f"The document asks for some {asked.leaves} values; at most {MAX_LEAVES} are answered."
    assert error["message"] == f"{expected} Ask for smaller pages, or for fewer fields of each object."
