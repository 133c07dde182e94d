"""Variables and numbers that are huge, of the wrong kind, or that other languages take for more than data."""

import json
from collections.abc import Iterator

from tests.hostile.case import (
    BAD_REQUEST,
    BAD_USER_INPUT,
    PASSES,
    TOO_LARGE,
    UNUSABLE,
    VALIDATION_FAILED,
    Case,
    Family,
    asking,
    posting,
)

_FIRST = "query ($n: Int) { events(first: $n) { totalCount } }"
_NODE = "query ($id: ID!) { node(id: $id) { id } }"
_NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
_FILTER = "query ($f: EventFilter) { events(filter: $f) { totalCount } }"
_SEARCH = "query ($q: String!) { search(query: $q) { totalCount } }"

PROTOTYPES = ("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__class__", "__init__", "self")


def body(document: str, variables: str) -> bytes:
    """Return a request's body with variables as they are written."""
    return b'{"query": %s, "variables": %s}' % (json.dumps(document).encode(), variables.encode())


def _numbers() -> Iterator[Case]:
    for written in (
        "-1 101 2147483647 2147483648 -2147483648 9007199254740993 1e1 1e2 1e308 1e309 1e999 -1e999 1e-999 0.5 -0 -0.0 "
        "100.0 18446744073709551616"
    ).split():
        yield posting(f"a page of {written}", body(_FIRST, f'{{"n": {written}}}'), PASSES, BAD_USER_INPUT, BAD_REQUEST)
    for digits in (100, 4_000, 5_000, 100_000, 900_000):
        number = "9" * digits
        for sign, kind in (("", "a number"), ("-", "a negative number")):
            yield posting(
                f"{kind} of {digits} digits", body(_FIRST, f'{{"n": {sign}{number}}}'), BAD_USER_INPUT, BAD_REQUEST
            )
        yield posting(
            f"a number of {digits} digits that is not used",
            body("{ release { version } }", f'{{"n": {number}}}'),
            PASSES,
            BAD_REQUEST,
        )
        yield posting(
            f"a fraction of {digits} digits", body(_FIRST, f'{{"n": 0.5{number}}}'), BAD_USER_INPUT, BAD_REQUEST
        )
        yield posting(
            f"an exponent of {digits} digits", body(_FIRST, f'{{"n": 1e{number}}}'), BAD_USER_INPUT, BAD_REQUEST
        )
        yield posting(
            f"an operation's name of {digits} digits",
            b'{"query": "{ release { version } }", "operationName": %s}' % number.encode(),
            BAD_REQUEST,
        )
    for written in (
        "NaN",
        "Infinity",
        "-Infinity",
        "+1",
        "01",
        ".5",
        "1.",
        "0x10",
        "1_000",
        "undefined",
        "'1'",
        "--1",
        "١٠",
        "1e",
        "True",
        "nul",
    ):
        yield posting(f"{written}, which is no JSON", body(_FIRST, f'{{"n": {written}}}'), BAD_REQUEST)


def _kinds() -> Iterator[Case]:
    for written in ("true", '"1"', "[1]", "{}", '{"a": 1}', "[[1]]", '"١٠"', '""'):
        yield posting(f"a page of {written}", body(_FIRST, f'{{"n": {written}}}'), PASSES, BAD_USER_INPUT)
        yield posting(f"ids of {written}", body(_NODES, f'{{"ids": {written}}}'), PASSES, BAD_USER_INPUT)
        yield posting(f"a filter of {written}", body(_FILTER, f'{{"f": {written}}}'), PASSES, BAD_USER_INPUT)
        yield posting(f"an id of {written}", body(_NODE, f'{{"id": {written}}}'), PASSES, BAD_USER_INPUT)
        yield posting(f"a search for {written}", body(_SEARCH, f'{{"q": {written}}}'), PASSES, BAD_USER_INPUT)
    yield posting("an id that is null", body(_NODE, '{"id": null}'), BAD_USER_INPUT)
    yield posting("an id that is left out", body(_NODE, "{}"), BAD_USER_INPUT)
    for written in ("[]", "1", '"a"', "true", "[[]]", "0.5"):
        yield posting(f"variables that are {written}", body(_NODE, written), BAD_REQUEST)
        yield posting(
            f"an operation's name that is {written}",
            b'{"query": "{ release { version } }", "operationName": %s}' % written.encode(),
            BAD_REQUEST,
            UNUSABLE,
            PASSES,
        )
        yield posting(
            f"extensions that are {written}",
            b'{"query": "{ release { version } }", "extensions": %s}' % written.encode(),
            BAD_REQUEST,
        )
        yield posting(f"a body that is {written}", written.encode(), BAD_REQUEST)
    for written in ("1", "null", "[]", "{}", "true", '""'):
        yield posting(f"a query that is {written}", b'{"query": %s}' % written.encode(), BAD_REQUEST)
    for sent in (
        b"",
        b"null",
        b"{}",
        b"nul",
        b"{",
        b'{"query"',
        b'{"query": "{ __typename }"} {}',
        b"\x00",
        b'{"query": "{ __typename }",}',
        b"{'query': '{ __typename }'}",
        b'{query: "{ __typename }"}',
        b'{"query": "{ __typename }" /* a */}',
        b'"{ __typename }"',
        b"query { __typename }",
        b'{"query": "{\n__typename }"}',
        b'\xef\xbb\xbf{"query": "{ __typename }"}',
        b'{"query": "{ __typename }"}\x00',
        b'{"query": "\\x7b __typename }"}',
        b'{"query": "{ __typename }", "query": "{ release { version } }"}',
    ):
        yield posting(f"a body of {sent!r}", sent, BAD_REQUEST)


def _keys() -> Iterator[Case]:
    for name in PROTOTYPES:
        yield posting(f"a variable {name}", body(_FIRST, f'{{"{name}": {{"n": 1}}}}'), PASSES, BAD_REQUEST)
        yield posting(
            f"a member {name}",
            b'{"query": "{ release { version } }", "%s": {"a": 1}}' % name.encode(),
            PASSES,
            BAD_REQUEST,
        )
        yield posting(f"a filter {name}", body(_FILTER, f'{{"f": {{"{name}": {{"a": 1}}}}}}'), BAD_USER_INPUT)
        yield asking(f"an operation's name {name}", f"query {name} {{ release {{ version }} }}", PASSES)
        yield posting(
            f"an operation {name} that is not there",
            b'{"query": "query Q { release { version } }", "operationName": "%s"}' % name.encode(),
            UNUSABLE,
        )
        yield asking(f"a field {name}", f"{{ release {{ {name} }} }}", VALIDATION_FAILED)
        yield asking(f"an alias {name}", f"{{ release {{ {name}: version }} }}", PASSES, VALIDATION_FAILED)
        yield asking(f"an argument {name}", f"{{ events({name}: 1) {{ totalCount }} }}", VALIDATION_FAILED)
        yield asking(f"a term {name}", f"{{ events(filter: {{kind: {name}}}) {{ totalCount }} }}", VALIDATION_FAILED)
        yield asking(f"a type {name}", f"{{ release {{ ... on {name} {{ version }} }} }}", VALIDATION_FAILED)
        yield asking(f"a record {name}", _NODE, PASSES, BAD_USER_INPUT, variables={"id": name})
    for count in (1_000, 30_000):
        many = json.dumps({f"v{i}": i for i in range(count)})
        yield posting(f"{count} variables that nothing declares", body(_FIRST, many), PASSES, BAD_REQUEST)
        yield posting(f"{count} keys in a filter", body(_FILTER, f'{{"f": {many}}}'), BAD_USER_INPUT, BAD_REQUEST)
        yield posting(f"{count} keys that are one", body(_FIRST, "{" + '"n": 1, ' * count + '"n": 1}'), BAD_REQUEST)
        ids = json.dumps([f"evt-{i}" for i in range(count)])
        yield posting(f"{count} ids", body(_NODES, f'{{"ids": {ids}}}'), BAD_USER_INPUT, BAD_REQUEST, TOO_LARGE)
        yield posting(
            f"{count} ids that are nothing",
            body(_NODES, f'{{"ids": [{"null, " * count}null]}}'),
            BAD_USER_INPUT,
            BAD_REQUEST,
            TOO_LARGE,
        )
        terms = json.dumps({"kind": ["CLOSURE"] * count})
        yield posting(
            f"{count} times one term", body(_FILTER, f'{{"f": {terms}}}'), PASSES, BAD_USER_INPUT, BAD_REQUEST
        )
        wrong = json.dumps({"kind": [f"CLOSUR{i}" for i in range(count)]})
        yield posting(
            f"{count} terms that are almost right", body(_FILTER, f'{{"f": {wrong}}}'), BAD_USER_INPUT, BAD_REQUEST
        )
    for length in (10_000, 900_000):
        long = "k" * length
        yield posting(f"a key of {length} letters", body(_FIRST, f'{{"{long}": 1}}'), PASSES, BAD_REQUEST)
        yield posting(
            f"a filter's key of {length} letters",
            body(_FILTER, f'{{"f": {{"{long}": 1}}}}'),
            BAD_USER_INPUT,
            BAD_REQUEST,
        )
        yield posting(
            f"an id of {length} letters", body(_NODE, f'{{"id": "{long}"}}'), PASSES, BAD_USER_INPUT, BAD_REQUEST
        )
        yield posting(
            f"an operation's name of {length} letters",
            b'{"query": "{ release { version } }", "operationName": "%s"}' % long.encode(),
            UNUSABLE,
            BAD_REQUEST,
        )
        yield posting(f"a search of {length} letters", body(_SEARCH, f'{{"q": "{long}"}}'), BAD_USER_INPUT)


def _texts() -> Iterator[Case]:
    for name, written in {
        "a null character": "\\u0000",
        "a high surrogate": "\\ud800",
        "a low surrogate": "\\udfff",
        "surrogates in the wrong order": "\\udc00\\ud800",
        "a no-character": "\\uffff",
        "an escape": "\\u001b[31m",
        "a line break": "\\r\\nX-Injected: 1",
        "a mark from right to left": "\\u202e",
        "a null": "a\\u0000b",
        "a hundred accents": "e" + "\\u0301" * 100,
        "a script": "<script>alert(1)</script>",
        "a template": "{{7*7}}${7*7}",
        "a statement": "' OR 1=1 --",
        "an address": "file:///etc/passwd",
        "a format": "%s%s%s%n{0.__class__}",
    }.items():
        yield posting(f"{name} in an id", body(_NODE, f'{{"id": "{written}"}}'), PASSES, BAD_USER_INPUT, BAD_REQUEST)
        yield posting(
            f"{name} in a search", body(_SEARCH, f'{{"q": "{written}"}}'), PASSES, BAD_USER_INPUT, BAD_REQUEST
        )
        yield posting(
            f"{name} in a filter", body(_FILTER, f'{{"f": {{"kind": "{written}"}}}}'), BAD_USER_INPUT, BAD_REQUEST
        )
        yield posting(
            f"{name} in an operation's name",
            b'{"query": "{ release { version } }", "operationName": "%s"}' % written.encode(),
            UNUSABLE,
            BAD_REQUEST,
        )
        yield posting(
            f"{name} in a cursor",
            body("query ($c: String) { events(after: $c) { totalCount } }", f'{{"c": "{written}"}}'),
            BAD_USER_INPUT,
            BAD_REQUEST,
        )


FAMILY = Family("values", (_numbers, _kinds, _keys, _texts))
