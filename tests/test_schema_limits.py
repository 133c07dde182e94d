"""What a document may have at most is looked at before it is validated, and a refusal says the limit and the value."""

import time
from collections.abc import Callable
from math import inf
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from dataset.catalog import Catalog
from schema import document, executor, limits
from schema.budget import MAX_DEPTH, cost
from schema.context import Context
from schema.executor import MAX_ERRORS, MAX_MESSAGE, SCHEMA, limited, prepare
from schema.introspection import MAX_VALUES
from schema.limits import exceeded, exceeds
from tests.conftest import figure

EVENT = 'event(id: "evt-closures")'


def many(count: int, text: str) -> str:
    """Return a text that many times, `#` standing for its number."""
    return " ".join(text.replace("#", str(number)) for number in range(count))


def aliases(count: int) -> str:
    """Return a document with that many aliases, some of them in a fragment that is spread twice."""
    fragment = f"fragment F on Release {{ {many(5, 'b#: title')} }}"
    return f"{{ release {{ {many(count - 5, 'a#: version')} ...F ...F }} }} {fragment}"


def directives(count: int) -> str:
    """Return a document with that many directives."""
    inline = many(count - 2, "... @include(if: true) { version }")
    return f"{{ release @skip(if: false) {{ ...F @include(if: true) }} }} fragment F on Release {{ {inline} }}"


def fragments(count: int) -> str:
    """Return a document with that many fragments."""
    chain = " ".join(f"fragment F{number} on Release {{ ...F{number + 1} }}" for number in range(count - 1))
    return f"{{ release {{ ...F0 }} }} {chain} fragment F{count - 1} on Release {{ version }}"


def roots(count: int) -> str:
    """Return a document with that many fields at its root, five of them by fragments, spread twice."""
    own = many(count - 5, "a#: __typename")
    inside = "d: __typename e: __typename f: __typename"
    return (
        f"query Q {{ {own} ...F ...F ... on Query {{ b: __typename }} }} "
        f"fragment F on Query {{ c: __typename ...G ...G }} fragment G on Query {{ {inside} }}"
    )


def searches(count: int) -> str:
    """Return a document with that many fields that search or count, of each kind, three of them by a fragment."""
    kinds = (
        'search(query: "a") { totalCount }',
        'events(filter: {q: "a"}) { totalCount }',
        "eventFacets { distinct }",
        "eventHistogram { records }",
        "figureAggregates { best }",
    )
    own = " ".join(f"a{number}: {kinds[number % 5]}" for number in range(count - 3))
    inside = 'b: search(query: "b") { totalCount } c: figures(filter: $f) { totalCount } d: figureFacets { distinct }'
    other = "e: events(filter: {role: [TARGET]}) { totalCount } search: release { version }"
    return f"query ($f: FigureFilter) {{ {own} ...F ...F {other} }} fragment F on Query {{ {inside} }}"


def depth(count: int) -> str:
    """Return a document that nests fields that deep, most of them by fragments, each spread twice."""
    chain = many(count - 3, "fragment F# on Event { partOf { ...E# ...E# } } fragment E# on Event { ...G# }")
    for number in range(count - 3):
        chain = chain.replace(f"...G{number} ", f"...F{number + 1} ")
    return f"{{ {EVENT} {{ partOf {{ ...F0 }} }} }} {chain} fragment F{count - 3} on Event {{ id }}"


def introspection(count: int) -> str:
    """Return a document that asks for the schema that deep."""
    inside = "ofType { " * (count - 4) + "...T" + " }" * (count - 4)
    schema = f"fragment S on Query {{ __schema {{ queryType {{ {inside} }} }} }}"
    return f"{{ ...S }} {schema} fragment T on __Type {{ ofType {{ name }} }}"


def tokens(count: int) -> str:
    """Return a document with that many tokens, and more in comments and strings."""
    return '# a b c\n{ nodes(ids: ["a b \\" c", """a " b""", ' + '"a", ' * (count - 14) + "]) { id } }"


def comments(count: int) -> str:
    """Return a document with that many comments, and more number signs."""
    return '{ node(id: "# # #") { id } }' + "# a # b\n" * count


def length(count: int) -> str:
    """Return a document with that many characters."""
    return "{ __typename" + " " * (count - 13) + "}"


def nesting(count: int) -> str:
    """Return a document that nests that deep, without fields."""
    return "{ " + "... { " * (count - 1) + "__typename" + " }" * count


Make = Callable[[int], str]

CASES: list[tuple[Make, str, int]] = [
    (aliases, "TOO_MANY_ALIASES", limits.MAX_ALIASES),
    (directives, "TOO_MANY_DIRECTIVES", limits.MAX_DIRECTIVES),
    (fragments, "TOO_MANY_FRAGMENTS", limits.MAX_FRAGMENTS),
    (roots, "TOO_MANY_ROOT_FIELDS", limits.MAX_ROOT_FIELDS),
    (searches, "QUERY_TOO_LARGE", limits.MAX_SEARCHES),
    (depth, "QUERY_TOO_DEEP", MAX_DEPTH),
    (introspection, "QUERY_TOO_DEEP", limits.MAX_INTROSPECTION_DEPTH),
    (tokens, "TOO_MANY_TOKENS", limits.MAX_TOKENS),
    (comments, "TOO_MANY_COMMENTS", limits.MAX_COMMENTS),
    (length, "DOCUMENT_TOO_LONG", limits.MAX_SOURCE),
]


def same(count: int) -> str:
    """Return a document that selects a field so often that it takes that many comparisons, or somewhat less."""
    times = next(times for times in range(count) if times * (times + 1) > count)
    return "{ release { " + "... { version } " * 3 + "version " * (times - 3) + "} }"


FAST: list[tuple[Make, str, int]] = [*CASES[:5], (same, "QUERY_TOO_LARGE", limits.MAX_COMPARISONS)]


def refusal(text: str) -> dict[str, Any]:
    """Return the one error by which a document is refused before it runs; nothing where it may run."""
    prepared = prepare(text, None)
    outcome = prepared.refusal or limited(prepared, None, {})
    if outcome is None:
        return {}
    (error,) = outcome.errors
    return error


@pytest.mark.parametrize(("make", "code", "limit"), CASES, ids=[make.__name__ for make, _, _ in CASES])
@pytest.mark.parametrize("more", [1, 2, 30])
def test_a_limit_is_exact(make: Make, code: str, limit: int, more: int) -> None:
    """A document with as much as is taken may run; with more it is refused with the code, the limit and its value."""
    assert refusal(make(limit)) == {}
    found = refusal(make(limit + more))
    assert found["extensions"] == {"code": code, "limit": limit, "value": limit + more}
    assert str(limit) in found["message"]
    assert str(limit + more) in found["message"]


def test_what_nests_too_deeply_to_be_read_says_how_deep() -> None:
    """Fragments without a name have no levels of fields, but cannot be read without end either."""
    assert refusal(nesting(100)) == {}
    for levels in (300, 3_000):
        assert refusal(nesting(levels))["extensions"] == {"code": "QUERY_TOO_DEEP", "limit": 200, "value": levels}


@pytest.mark.parametrize(("make", "code", "limit"), FAST, ids=[make.__name__ for make, _, _ in FAST])
def test_the_fast_reader_has_the_same_limits(make: Make, code: str, limit: int) -> None:
    """What is answered by a plan has no more than what graphql-core is given."""

    def beyond(text: str) -> bool:
        return exceeds(document.parse(document.read(text).words))

    more = limit + 1 if limit < 1_000 else limit + limit // 100
    assert [beyond(make(count)) for count in (limit, more)] == [False, True]
    assert [refusal(make(count)) == {} for count in (limit, more)] == [True, False]


def test_every_limit_is_one_of_the_table() -> None:
    """What a document is refused by is listed, with its value."""
    listed = {(row.code, row.value) for row in limits.LIMITS}
    assert {(code, limit) for _, code, limit in CASES} <= listed
    assert {("QUERY_TOO_LARGE", MAX_VALUES), ("QUERY_TOO_LARGE", limits.MAX_COMPARISONS)} <= listed
    assert len({row.name for row in limits.LIMITS}) == len(limits.LIMITS)


DOUBLING = "{ __typename ...F0 } " + many(60, "fragment F# on Query { ...G# ...G# } fragment G# on Query { ...H# }")
CIRCLES = [
    "{ ...F } fragment F on Query { ...F }",
    "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F release { version } }",
    "{ ...F } fragment F on Query { events { nodes { ...G } } } fragment G on Event { partOf { ...G ...F } }",
    "{ ...F ...F } "
    + many(40, "fragment F# on Query { ...F ...F0 ...F1 ...F2 ...F3 }")
    + " fragment F on Query { ...F0 }",
]


@pytest.mark.parametrize("text", CIRCLES)
def test_fragments_in_circles_are_looked_at_once(text: str) -> None:
    """They are measured as far as they go, and refused by validation."""
    assert exceeded(parse(text)) is None
    errors = prepare(text, None).refusal
    assert errors
    assert {error["extensions"]["code"] for error in errors.errors} == {"GRAPHQL_VALIDATION_FAILED"}


def test_a_document_is_measured_in_linear_time() -> None:
    """Fragments that spread the next one twice, ninety times over, are each looked at once."""
    chain = many(90, "fragment F# on Event { partOf { ...F#x ...F#x } }")
    for number in range(90):
        chain = chain.replace(f"...F{number}x", f"...F{number + 1}")
    text = f"{{ {EVENT} {{ ...F0 }} }} {chain} fragment F90 on Event {{ id }}"
    assert refusal(text)["extensions"] == {"code": "QUERY_TOO_DEEP", "limit": 14, "value": 92}


DEEP = "fields { name args { name type { ofType { name } } } type { name ofType { name ofType { name } } } }"
SCHEMAS: list[tuple[str, bool]] = [
    (get_introspection_query(), True),
    (get_introspection_query(input_value_deprecation=True, directive_is_repeatable=True), True),
    ('{ __type(name: "Event") { fields { name args { name } type { name ofType { name } } } } }', True),
    ('{ __type(name: "Nothing") { fields { name } } }', True),
    ("{ " + many(20, "a#: __schema { types { " + DEEP + " } }") + " }", False),
    ("{ __schema { types { " + many(60, "a#: fields { ...F ...F }") + " } } } "
     f"fragment F on __Field {{ type {{ ofType {{ ...T ...T }} }} }} fragment T on __Type {{ {DEEP} }}", False),
    ("{ " + many(50, 'a#: __type(name: "Query") { ... { description ...T } }') + " } "
     f"fragment T on __Type {{ name {DEEP} b: {DEEP} }}", False),
    ("{ __schema { types { " + many(97, "a#: kind") + " fields { type { " + "b: kind c: kind d: kind } } } } }", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fits"), SCHEMAS, ids=range(len(SCHEMAS)))
def test_the_schema_is_asked_for_within_bounds(text: str, fits: bool) -> None:
    """Tools may ask for all of it; many times over is refused before anything runs."""
    found = refusal(text)
    assert (found == {}) == fits
    if not fits:
        assert (found["extensions"]["code"], found["extensions"]["limit"]) == ("QUERY_TOO_LARGE", MAX_VALUES)
        assert found["extensions"]["value"] > MAX_VALUES


@pytest.mark.parametrize(("text", "fits"), SCHEMAS[:4], ids=range(4))
def test_what_is_counted_of_the_schema_is_what_is_answered(text: str, fits: bool, catalog: Catalog) -> None:
    """The count is that of the values in the answer, lists and nulls of objects aside."""

    def values(found: Any) -> int:
        if isinstance(found, dict):
            return sum(1 + (values(one) if isinstance(one, dict | list) else 0) for one in found.values())
        return sum(map(values, found)) if isinstance(found, list) else 0

    data = executor.run(text, None, None, _context(catalog)).data
    assert cost(SCHEMA.core, parse(text), None, {}).introspection == values(data)


def test_the_schema_is_counted_by_the_variables() -> None:
    """A type that is named by a variable is the one that is counted."""
    text = "query ($name: String!) { __type(name: $name) { fields { name } } }"
    counts = {
        name: cost(SCHEMA.core, parse(text), None, {"name": name}).introspection
        for name in ("Query", "Release", "Nothing", 1)
    }
    assert counts["Query"] > counts["Release"] > counts["Nothing"] == counts[1] == 1


@pytest.mark.parametrize(
    "text",
    [
        "{ release { " + "version " * 900 + "} }",
        f"{{ {EVENT} {{ " + "partOf { id title kind } " * 250 + "} }",
        f"{{ {EVENT} {{ " + many(90, "...F#") + " } } " + many(90, "fragment F# on Event { id title partOf { id } }"),
    ],
)
def test_fields_that_take_too_many_comparisons_are_refused(text: str) -> None:
    """One that is selected time and again is compared with itself each time; that is bounded, too."""
    found = refusal(text)["extensions"]
    assert found == {"code": "QUERY_TOO_LARGE", "limit": limits.MAX_COMPARISONS, "value": limits.MAX_COMPARISONS + 1}


def test_a_field_may_be_selected_more_than_once() -> None:
    """As tools do that put documents together."""
    assert refusal(f"{{ {EVENT} {{ " + "partOf { id title kind } " * 20 + "} }") == {}


def test_a_number_of_thousands_of_digits_is_no_fault() -> None:
    """It is none of its type; as an id it is a text like any other."""
    error = refusal("{ events(first: " + "9" * 6_000 + ") { totalCount } }")
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert error["message"] == "A value in the document is none of its type."
    assert refusal("query ($id: ID = " + "9" * 6_000 + ") { node(id: $id) { id } }") == {}


def test_an_answer_lists_so_many_errors(catalog: Catalog) -> None:
    """What is wrong in a thousand places is said a hundred times, and then that there is more."""
    ids = ", ".join(['"evt-blackouts"'] * 60)
    text = "{ " + many(3, f"a#: nodes(ids: [{ids}]) {{ ... on Event {{ parts(first: 101) {{ totalCount }} }} }}") + " }"
    errors = executor.run(text, None, None, _context(catalog)).errors
    assert len(errors) == MAX_ERRORS + 1
    assert {error["extensions"]["code"] for error in errors} == {"BAD_USER_INPUT"}
    assert errors[-1]["message"] == "There are 80 more errors."


def _context(catalog: Catalog) -> Context:
    return Context(catalog.latest, catalog)


def test_a_message_repeats_only_so_much(catalog: Catalog) -> None:
    """What a client sends does not come back at length."""
    error = refusal("{ " + "a" * 30_000 + " }")
    assert (error["extensions"]["code"], len(error["message"])) == ("GRAPHQL_VALIDATION_FAILED", MAX_MESSAGE)
    outcome = executor.run("query ($n: Int!) { node(id: $n) { id } }", {"n": "a" * 100_000}, None, _context(catalog))
    assert all(len(error["message"]) <= MAX_MESSAGE for error in outcome.errors)


FILTERED = 'a#: events(first: 1, filter: {q: "a", kind: CLOSURE}) { nodes { id title } }'
WORST: dict[str, str] = {
    "the schema": get_introspection_query(),
    "one field": "{ release { " + "version " * 199 + "} }",
    "one field with fields": f"{{ {EVENT} {{ " + "partOf { id title kind summary } " * 62 + "} }",
    "fields in fields": f"{{ {EVENT} {{ " + "partOf { partOf { partOf { partOf { id } } } } " * 60 + "} }",
    "fragments": f"{{ {EVENT} {{ {many(100, '...F#')} }} }} " + many(100, "fragment F# on Event { id title }"),
    "fragments in fragments": f"{{ {EVENT} {{ ...F0 ...F50 }} }} "
    + " ".join(f"fragment F{n} on Event {{ id partOf {{ ...F{n + 1} }} ...F{n + 1} }}" for n in range(99))
    + " fragment F99 on Event { id }",
    "inline fragments": f"{{ {EVENT} {{ " + "... on Event { id } " * 199 + "} }",
    "inline fragments of all kinds": '{ node(id: "a") { '
    + " ".join(f"... on {kind} {{ id }}" for kind in ("Event", "Figure", "Source", "Entity") * 35)
    + " } }",
    "arguments": "{ " + many(40, FILTERED) + " }",
    "variables": f"query ({many(270, '$v#: ID!')}) {{ nodes(ids: [{many(270, '$v#')}]) {{ id }} }}",
    "operations": many(150, "query Q# { ...F0 }")
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(99))
    + " fragment F99 on Query { __typename }",
    "values": "{ nodes(ids: [" + many(1_980, '"a#"') + "]) { id } }",
    "unknown fields": f"{{ {EVENT} {{ " + many(1_900, "event#") + " } }",
    "unknown long fields": f"{{ {EVENT} {{ " + many(100, "participations" * 27 + "#") + " } }",
    "unknown filters": "{ events(filter: {" + many(640, "k#: 1") + "}) { totalCount } }",
    "unknown terms": "{ events(filter: {kind: [" + "CLOSUR " * 1_900 + "]}) { totalCount } }",
    "unknown arguments": "{ events(" + many(600, "firs#: 1") + ") { totalCount } }",
    "unknown fragments": f"{{ {EVENT} {{ " + many(900, "...F#") + " } }",
    "unknown types": f"{{ {EVENT} {{ " + many(280, "... on Even# { id }") + " } }",
    "unknown variables": f"{{ nodes(ids: [{many(980, '$v#')}]) {{ id }} }}",
    "directives": f"{{ {EVENT} {{ id " + "@skip(if: false) " * 100 + "} }",
}


def test_no_document_that_is_taken_is_much_dearer_than_a_plain_one() -> None:
    """The worst within the limits are read, measured and validated in a few times what one takes that is as long."""
    found = dict.fromkeys(WORST, inf)
    for _ in range(3):
        for name, text in WORST.items():
            begun = time.process_time()
            prepare(text, None)
            found[name] = min(found[name], time.process_time() - begun)
    worst = max(found, key=found.__getitem__)
    dearer = found[worst] / found["one field"]
    figure(f"validation: documents {len(WORST)}, worst {found[worst] * 1000:.0f} ms, {dearer:.1f} times ({worst})")
    assert dearer < 8
