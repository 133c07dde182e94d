"""Methods that addresses do not have, and operations that would change something."""

from collections.abc import Iterator

from tests.hostile.case import (
    BAD_REQUEST,
    BAD_USER_INPUT,
    NO_HTTP,
    PARSE_FAILED,
    PASSES,
    UNUSABLE,
    VALIDATION_FAILED,
    Case,
    Family,
    Request,
    asking,
    case,
    posting,
)

_JSON = (("Content-Type", "application/json"),)
_OTHERS = (
    "POST PUT PATCH DELETE TRACE CONNECT PROPFIND MKCOL COPY MOVE LOCK SEARCH PURGE LINK SUBSCRIBE REPORT MERGE".split()
)

_OTHERWISE = {"": (BAD_REQUEST,), "{ __typename } # \\": (PASSES,), "{ }": (PASSES,), "{}": (PASSES,)}
"""Documents that are no refused ones; GraphQL's working draft allows selections of nothing."""


def _methods() -> Iterator[Case]:
    for method in _OTHERS:
        for target in (
            "/v1",
            "/v1/events",
            "/v1/events/evt-blackouts",
            "/v1/releases/1.0.0/events.csv",
            "/openapi.json",
            "/",
        ):
            yield case(f"{method} {target}", Request(target, method, _JSON, b"{}"), "wrong-method", *NO_HTTP)
        if method != "POST":
            yield case(f"{method} /graphql", Request("/graphql", method, _JSON, b"{}"), "wrong-method", *NO_HTTP)
        yield case(f"{method} to nothing", Request("/nothing", method, _JSON, b"{}"), "unknown-route", *NO_HTTP)
    for method in ("BREW", "GETT", "G-T", "FOO", "A" * 30):
        yield case(f"{method} /v1", Request("/v1", method), "wrong-method", *NO_HTTP)
    yield case("HEAD of a page", Request("/v1/events", "HEAD"), PASSES)
    yield case("HEAD of nothing", Request("/nothing", "HEAD"), PASSES, status=404)
    yield case("HEAD of a wrong page", Request("/v1/events?limit=0", "HEAD"), PASSES, status=400)
    yield case("HEAD of a document", Request("/graphql?query=%7B__typename%7D", "HEAD"), PASSES)
    yield case("OPTIONS of everything", Request("*", "OPTIONS"), PASSES, "unknown-route", *NO_HTTP)
    yield case("OPTIONS of a page", Request("/v1/events", "OPTIONS"), PASSES, status=204)


def _changes() -> Iterator[Case]:
    refused = (VALIDATION_FAILED, PARSE_FAILED, UNUSABLE)
    for document in (
        "mutation { a }",
        "mutation { __typename }",
        "subscription { a }",
        "subscription { __typename }",
        "mutation M { createEvent { id } }",
        "mutation { deleteEvent(id: 1) { id } }",
        "subscription S { events { id } }",
        "subscription { a b c }",
        "mutation ($a: Int) { a(a: $a) }",
        "mutation @skip(if: true) { __typename }",
        "query Q { release { version } } mutation M { a }",
        "{ release { version } } subscription { a }",
        "mutation { release { version } }",
        "subscription { release { version } }",
        "type Query { a: Int }",
        "extend type Query { a: Int }",
        "schema { query: Query }",
        "directive @a on FIELD",
        "scalar X",
        "enum E { A }",
        "input I { a: Int }",
        "{ release { version } } type A { b: Int }",
        "extend schema @a",
        "{ release { version } } extend type Release { a: Int }",
        "query { release @defer { version } }",
        "{ ... @defer { release { version } } }",
        "{ releases @stream { version } }",
        "{ release @include { version } }",
        "{ release @skip(if: 1) { version } }",
        "query ($a: Boolean) { release @skip(if: $a) { version } }",
        "{ release @deprecated { version } }",
        '{ release @specifiedBy(url: "a") { version } }',
        "query ($a: Release) { __typename }",
        "{ }",
        "{}",
        "",
        " ",
        "#",
        "query",
        "query Q",
        "{ release }",
        "{ release { version } }}",
        "{ release { version { a } } }",
        "{ events(first: $n) { totalCount } }",
        "{ a: }",
        "{ release { version } ",
        "query ($a: Int, $a: Int) { __typename }",
        "query Q { a: __typename } query Q { __typename }",
        "null",
        "&",
        "{ ... }",
        "{ __typename } # \\",
        '{ node(id: "\\x") { id } }',
        '{ node(id: "\\u{110000}") { id } }',
        "{ node(id: 'a') { id } }",
        "{ rel\x00ease }",
        "\ufeff\ufeff{ release { version } }",
        "{ \u200b release { version } }",
        "{ rélease }",
        "{ ｒelease { version } }",
        "{ release { version \x07 } }",
    ):
        codes = _OTHERWISE.get(document, refused)
        also = (PASSES,) if document[:1] == "\ufeff" else ()
        yield asking(f"the document {document[:70]!r}", document, *codes, *also)
    yield asking(
        "a variable that is used wrongly", "query ($a: String) { events(first: $a) { totalCount } }", VALIDATION_FAILED
    )
    yield asking("a variable without a value", "query ($a: ID!) { node(id: $a) { id } }", BAD_USER_INPUT)
    for name in ("M", "mutation", "", " ", "Q\x00", "a" * 300, "__schema"):
        body = f'{{"query": "query Q {{ release {{ version }} }}", "operationName": "{name}"}}'.replace(
            "\x00", "\\u0000"
        )
        yield posting(f"the operation {name[:10]!r}", body.encode(), UNUSABLE, *((PASSES,) if not name else ()))


def _persisted() -> Iterator[Case]:
    known = "ab" * 32
    for persisted in (f'{{"version": 1, "sha256Hash": "{known}"}}',):
        yield posting(
            "a document that was never seen",
            b'{"extensions": {"persistedQuery": %s}}' % persisted.encode(),
            "PERSISTED_QUERY_NOT_FOUND",
        )
    for persisted in (
        "{}",
        "1",
        "[]",
        '"a"',
        f'{{"version": 2, "sha256Hash": "{known}"}}',
        '{"version": 1, "sha256Hash": "../../etc/passwd"}',
        '{"version": 1, "sha256Hash": 1}',
        f'{{"version": "1", "sha256Hash": "{known}"}}',
        f'{{"version": 1, "sha256Hash": "{known.upper()}"}}',
        f'{{"version": 1, "sha256Hash": "{known * 14_000}"}}',
        '{"version": 1, "sha256Hash": "__proto__"}',
    ):
        yield posting(
            f"a digest of {persisted[:40]}", b'{"extensions": {"persistedQuery": %s}}' % persisted.encode(), BAD_REQUEST
        )
    yield posting(
        "a digest of another document",
        b'{"query": "{ release { version } }", "extensions": {"persistedQuery": {"version": 1, '
        b'"sha256Hash": "%s"}}}' % known.encode(),
        BAD_REQUEST,
    )
    for number in range(40):
        query = f"{{ a{number}: release {{ version }} }}"
        yield asking(f"document {number} of many", query, PASSES)


FAMILY = Family("methods", (_methods, _changes, _persisted))
