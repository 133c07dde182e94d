"""As much as each limit lets by, and a little more: every limit of the code has its place here."""

import json
from collections.abc import Callable, Iterator, Mapping

from api.limits import Limit, table
from tests.hostile.case import BAD_REQUEST, JSON, PASSES, Case, Family, Request, case
from tests.hostile.cases.nesting import parts
from tests.hostile.client import Reply

_RELEASE = "{ release { version } }"
_QUERY = b'{"query": "{ release { version } }"}'


def _aliases(count: int) -> str:
    return "{ release { " + " ".join(f"a{i}: version" for i in range(count)) + " } }"


def _comments(count: int) -> str:
    return "#\n" * count + _RELEASE


def _comparisons(count: int) -> str:
    """Return a document of one field so often that comparing each with each takes about that many comparisons.

    It asks for the schema as well, for documents that do not are read without comparing each with each.
    """
    often = int((2 * count) ** 0.5) + 2
    return "{ __schema { queryType { name } } release { " + "version " * often + "} }"


def _directives(count: int) -> str:
    return "{ release { " + "version @include(if: true) " * count + "} }"


def _document(count: int) -> str:
    return _RELEASE + " " * (count - len(_RELEASE))


def _fragments(count: int) -> str:
    spread = " ".join(f"...F{i}" for i in range(count))
    return f"{{ release {{ {spread} }} }} " + " ".join(f"fragment F{i} on Release {{ version }}" for i in range(count))


def _introspection_depth(count: int) -> str:
    return "{ __schema { types { " + "ofType { " * (count - 3) + "name" + " }" * count


def _introspection_values(count: int) -> str:
    """Return a document that asks for what all types have again and again, some thousands of values at a time."""
    types = "types { fields { name description type { name kind description } args { name description } } }"
    return "{ __schema { " + " ".join(f"a{i}: {types}" for i in range(count // 3_000)) + " } }"


def _nesting(count: int) -> str:
    return "{ " + "...{ " * (count - 1) + "__typename" + " }" * count


def _objects(count: int) -> str:
    """Return a document that asks for a hundred records of each of so many."""
    page = "events(first: 100) { nodes { parts(first: 100) { nodes { id } } } }"
    return "{ " + " ".join(f"a{i}: {page}" for i in range(count // 10_000 + 1)) + " }"


def _root_fields(count: int) -> str:
    return "{ " + " ".join(f"a{i}: __typename" for i in range(count)) + " }"


def _searches(count: int) -> str:
    """Return a document whose root has so many fields that search or count, of each kind in turn."""
    kinds = (
        'search(query: "mines") { totalCount }',
        'events(filter: {q: "mines"}) { totalCount }',
        "eventFacets { distinct }",
        "eventHistogram { records }",
        "figureAggregates { best }",
        "events(filter: $filter) { totalCount }",
    )
    fields = " ".join(f"a{i}: {kinds[i % len(kinds)]}" for i in range(count))
    return f"query ($filter: EventFilter) {{ {fields} }}"


def _tokens(count: int) -> str:
    terms = "CLOSURE " * (count - 15)
    return f"{{ events(filter: {{kind: [{terms}]}}) {{ totalCount }} }}"


def _values(count: int) -> str:
    """Return a document that asks for so many values of ten thousand records."""
    values = " ".join(f"v{i}: id" for i in range(count // 10_000 + 1))
    return f"{{ events(first: 100) {{ nodes {{ parts(first: 100) {{ nodes {{ {values} }} }} }} }} }}"


DOCUMENTS: Mapping[str, Callable[[int], str]] = {
    "graphql_aliases": _aliases,
    "graphql_comments": _comments,
    "graphql_comparisons": _comparisons,
    "graphql_depth": parts,
    "graphql_directives": _directives,
    "graphql_document": _document,
    "graphql_fragments": _fragments,
    "graphql_introspection_depth": _introspection_depth,
    "graphql_introspection_values": _introspection_values,
    "graphql_nesting": _nesting,
    "graphql_objects": _objects,
    "graphql_root_fields": _root_fields,
    "graphql_searches": _searches,
    "graphql_tokens": _tokens,
    "graphql_values": _values,
}
"""Documents that need as much as is told, by the limit that they come up to."""


def _header_lines(count: int) -> Request:
    return Request("/v1", headers=tuple((f"X-{i}", "a") for i in range(count - 2)))  # Host and Connection are there


REQUESTS: Mapping[str, Callable[[int], Request]] = {
    "url": lambda count: Request("/graphql?query=%7Brelease%7Bversion%7D%7D" + "+" * (count - 41)),
    "headers": lambda count: Request("/v1", headers=(("X", "a" * (count - 100)),)),
    "header_lines": _header_lines,
    "body": lambda count: Request("/graphql", "POST", (("Content-Type", JSON),), _QUERY + b" " * (count - len(_QUERY))),
    "parameter": lambda count: Request("/v1/lookup?url=" + "a" * count),
    "filter": lambda count: Request("/v1/events?q=" + "a" * count),
    "filter_values": lambda count: Request("/v1/events?" + "&".join(f"ids=evt-{i}" for i in range(count))),
    "cursor": lambda count: Request("/v1/events?after=" + "a" * count),
    "page": lambda count: Request(f"/v1/events?limit={count}"),
    "json_nesting": lambda count: Request("/graphql", "POST", (("Content-Type", JSON),), _nested(count)),
}
"""Requests that need as much as is told, by the limit that they come up to."""


def _nested(count: int) -> bytes:
    """Return a body whose JSON nests so deep, in extensions that nobody reads."""
    return _QUERY[:-1] + b', "extensions": {"a": ' + b"[" * (count - 2) + b"]" * (count - 2) + b"}}"


ROUGH = {
    "headers",
    "graphql_comparisons",
    "graphql_introspection_values",
    "graphql_objects",
    "graphql_tokens",
    "graphql_values",
}
"""The limits that a document comes up to only about."""


def _sent(limit: Limit, value: int) -> Request:
    if limit.name in REQUESTS:
        return REQUESTS[limit.name](value)
    body = json.dumps({"query": DOCUMENTS[limit.name](value)}).encode()
    return Request("/graphql", "POST", (("Content-Type", JSON),), body)


def beyond(limit: Limit) -> Case:
    """Return the case of a little more than a limit lets by."""
    more = limit.value + (limit.value // 2 if limit.name in ROUGH else 1)
    codes = (BAD_REQUEST, limit.code) if limit.name == "body" else (limit.code,)

    def told(reply: Reply) -> str:
        return (
            ""
            if limit.name == "cursor" or str(limit.value).encode() in reply.body
            else f"does not tell of {limit.value}"
        )

    return case(f"more than {limit.name}", _sent(limit, more), *codes, status=limit.status, check=told)


def _cases() -> Iterator[Case]:
    for limit in table():
        if limit.name not in SHARED:
            yield beyond(limit)
            if limit.name not in ROUGH | UNUSED:
                yield case(f"as much as {limit.name}", _sent(limit, limit.value), PASSES)


UNUSED = {"cursor", "parameter"}
"""The limits that nothing right comes up to."""

SHARED = {"exports", "exports_waiting"}
"""The limits of all clients together."""

FAMILY = Family("limits", (_cases,))
