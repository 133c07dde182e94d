"""Documents, values and bodies that nest."""

from collections.abc import Iterator

from tests.hostile.case import (
    BAD_REQUEST,
    BAD_USER_INPUT,
    FLOODED,
    GRAPHQL_JSON,
    PARSE_FAILED,
    PASSES,
    TOO_DEEP,
    VALIDATION_FAILED,
    Case,
    Family,
    asking,
    posting,
)

_EVENT = "evt-voluntary-closures-2022-03"


def parts(levels: int) -> str:
    """Return a document of that many levels of fields."""
    return f'{{ event(id: "{_EVENT}") {{ ' + "partOf { " * (levels - 2) + "id" + " }" * levels


def _fields() -> Iterator[Case]:
    yield asking("14 levels of fields", parts(14), PASSES)
    for levels in (15, 16, 20, 50, 100, 300):
        yield asking(f"{levels} levels of fields", parts(levels), TOO_DEEP)
        yield asking(
            f"{levels} levels of fields, by the newer media type", parts(levels), TOO_DEEP, accept=GRAPHQL_JSON
        )
    for levels in (1_000, 10_000, 50_000):
        yield asking(f"{levels} levels of fields", parts(levels), *FLOODED, PARSE_FAILED)
    for levels in (15, 40, 200):
        named = parts(levels).replace("{ event", "query Q { event", 1)
        yield posting(
            f"{levels} levels in a named operation",
            b'{"query": "%s", "operationName": "Q"}' % named.replace('"', '\\"').encode(),
            TOO_DEEP,
        )
    for levels in (7, 30, 200):
        deep = "nodes { parts(first: 1) { " * levels + "totalCount" + " } }" * levels
        yield asking(f"{levels} connections in connections", f"{{ events(first: 1) {{ {deep} }} }}", *FLOODED)
    for levels in (10, 60, 250):
        mixed = "partOf { ... on Event { ...{ " * levels + "id" + " } } }" * levels
        yield asking(
            f"{levels} levels of fields, fragments between them",
            f'{{ event(id: "{_EVENT}") {{ {mixed} }} }}',
            *(FLOODED if levels > 10 else (PASSES,)),
        )


def _selections() -> Iterator[Case]:
    for levels in (30, 400, 5_000, 100_000):
        inside = "...{" * levels + "__typename" + "}" * levels
        yield asking(f"{levels} fragments in fragments", f"{{ {inside} }}", PASSES, *FLOODED)
        yield asking(f"{levels} open braces", "{" * levels, PARSE_FAILED, *FLOODED)
        yield asking(f"{levels} closing braces", "}" * levels, PARSE_FAILED, *FLOODED)
        yield asking(f"{levels} open brackets", "{ events(first: " + "[" * levels, PARSE_FAILED, *FLOODED)
    for levels in (40, 400, 5_000):
        yield asking(
            f"a list value of {levels} levels",
            "{ nodes(ids: " + "[" * levels + "]" * levels + ") { id } }",
            VALIDATION_FAILED,
            PARSE_FAILED,
            *FLOODED,
        )
        yield asking(
            f"an object value of {levels} levels",
            "{ events(filter: " + "{a:" * levels + "1" + "}" * levels + ") { totalCount } }",
            VALIDATION_FAILED,
            PARSE_FAILED,
            *FLOODED,
        )
        yield asking(
            f"a type of {levels} levels",
            "query ($v: " + "[" * levels + "ID" + "]" * levels + ") { nodes(ids: $v) { id } }",
            VALIDATION_FAILED,
            PARSE_FAILED,
            *FLOODED,
        )
    yield asking("a type that is never null, and never null", "query ($v: ID!!) { node(id: $v) { id } }", PARSE_FAILED)


def _bodies() -> Iterator[Case]:
    for levels in (100, 2_000, 100_000, 400_000):
        yield posting(f"an array of {levels} levels", b"[" * levels + b"]" * levels, BAD_REQUEST)
        yield posting(f"an array of {levels} levels that ends early", b"[" * levels, BAD_REQUEST)
        inside = b'{"a":' * min(levels, 160_000)
        yield posting(f"an object of {levels} levels", inside + b"1" + b"}" * min(levels, 160_000), BAD_REQUEST)
    for levels in (20, 60, 1_000, 40_000):
        value = "[" * levels + "]" * levels
        body = f'{{"query": "query ($v: [ID!]!) {{ nodes(ids: $v) {{ id }} }}", "variables": {{"v": {value}}}}}'
        yield posting(f"a variable of {levels} levels", body.encode(), BAD_USER_INPUT, BAD_REQUEST)
        unused = f'{{"query": "{{ release {{ version }} }}", "variables": {{"v": {value}}}}}'
        yield posting(f"a variable of {levels} levels that is not used", unused.encode(), PASSES, BAD_REQUEST)
        extended = f'{{"query": "{{ release {{ version }} }}", "extensions": {{"v": {value}}}}}'
        yield posting(f"extensions of {levels} levels", extended.encode(), PASSES, BAD_REQUEST)


FAMILY = Family("nesting", (_fields, _selections, _bodies))
