"""Heavy requests that are right: who refuses these protects nothing."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from graphql import get_introspection_query

from dataset.catalog import load
from tests.hostile.case import (
    GRAPHQL_JSON,
    HOST,
    PASSES,
    Case,
    Family,
    Raw,
    Request,
    asking,
    case,
    escaped,
    get,
    posting,
)
from tests.hostile.cases.nesting import parts
from tests.hostile.client import Reply

_COLLECTIONS = "sources citations entities events figures relations discrepancies".split()
_FORMATS = "json jsonl csv bibtex ris csl".split()
_EVIDENCE = (
    "evidence { modality channel supports origin inference attributedTo { id name } "
    "citation { id where start end tokens deepLink source { id title publisher url published } } }"
)
_DATE = "{ edtf earliest latest basis inference }"
EVERYTHING = f"""{{ events(first: 50) {{ totalCount nodes {{
  id label kind title summary status date {_DATE} place {{ id name }} partOf {{ id title }} {_EVIDENCE}
  participations {{ role note entity {{ id kind name }} {_EVIDENCE} }}
  figures {{ id label measure comparator value low high verbatim unit unitCode cumulative
    asOf {_DATE} period {_DATE} {_EVIDENCE} }}
  parts(first: 5) {{ totalCount nodes {{ id title }} }} relations(first: 5) {{ nodes {{ id label predicate }} }}
  discrepancies(first: 5) {{ nodes {{ id title reason note }} }} }}
  pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""
_RELAY = """query ($n: Int!) { events(first: $n) {
  edges { cursor node { id relations(first: 5) {
    edges { cursor node { id subject { ... on Entity { name participations(first: 5) {
      edges { cursor node { role event { id title date { edtf } } } }
      pageInfo { hasNextPage endCursor } } } } } }
    pageInfo { hasNextPage endCursor } } } }
  pageInfo { hasNextPage endCursor } } }"""


def _data(count: int | None = None, at: str = "") -> Callable[[Reply], str]:
    """Return a check that an answer has data without errors, and at a root field that many nodes."""

    def check(reply: Reply) -> str:
        data = reply.json["data"]
        if not data or any(value is None for value in data.values()):
            return "has no data"
        found = data[at] if at else None
        nodes = found["nodes"] if isinstance(found, dict) else found
        return "" if nodes is None or len(nodes) == count else f"has {len(nodes)} nodes"

    return check


def _documents() -> Iterator[Case]:
    corpus = load().latest.release.corpus
    events = len(corpus.collection("events"))
    yield asking("fifty events with everything", EVERYTHING, PASSES, check=_data(min(50, events), "events"))
    yield asking(
        "fifty events with everything, by the newer media type", EVERYTHING, PASSES, accept=GRAPHQL_JSON, check=_data()
    )
    for name, asked in {
        "plain": get_introspection_query(),
        "GraphiQL's": get_introspection_query(descriptions=True, schema_description=True, input_value_deprecation=True),
        "everything": get_introspection_query(
            specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
        ),
    }.items():
        yield asking(f"the whole schema, {name}", asked, PASSES, check=_data())
        yield get(f"the whole schema by address, {name}", f"/graphql?query={escaped(asked)}", PASSES, check=_data())
    yield asking("connections in connections, as Relay asks", _RELAY, PASSES, variables={"n": 20}, check=_data())
    yield asking("fourteen levels", parts(14), PASSES)
    yield asking(
        "a hundred of each",
        "{ " + " ".join(f"{name}(first: 100) {{ totalCount nodes {{ id label }} }}" for name in _COLLECTIONS) + " }",
        PASSES,
        check=_data(),
    )
    yield asking(
        "a hundred of each by edges",
        "{ "
        + " ".join(f"{name}(first: 100) {{ edges {{ cursor node {{ id label }} }} }}" for name in _COLLECTIONS)
        + " }",
        PASSES,
        check=_data(),
    )
    yield asking(
        "thirty aliases", "{ release { " + " ".join(f"a{i}: version" for i in range(30)) + " } }", PASSES, check=_data()
    )
    yield asking(
        "ten events by aliases",
        "{ "
        + " ".join(
            f'e{i}: event(id: "{name}") {{ id title }}' for i, name in enumerate(list(corpus.collection("events"))[:10])
        )
        + " }",
        PASSES,
        check=_data(),
    )
    yield asking(
        "ten fragments",
        "{ events { nodes { "
        + " ".join(f"...F{i}" for i in range(10))
        + " } } } "
        + " ".join(f"fragment F{i} on Event {{ id f{i}: title }}" for i in range(10)),
        PASSES,
        check=_data(),
    )
    yield asking(
        "facets and histograms of everything",
        "{ "
        + " ".join(
            f"{name}Facets(values: 100) {{ filter distinct values {{ value label count }} }}"
            for name in "source citation entity event figure relation discrepancy".split()
        )
        + " eventHistogram(interval: DAY) { buckets { bucket count } } "
        "figureAggregates { measure best low high excluded { id reason } } }",
        PASSES,
        check=_data(),
    )
    yield asking(
        "every release with its changes",
        "{ releases { version changes { change record field old new reason } } }",
        PASSES,
        check=_data(),
    )
    ids = [name for collection in _COLLECTIONS for name in corpus.collection(collection)][:100]
    yield asking(
        "a hundred ids",
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id label } }",
        PASSES,
        variables={"ids": ids},
        check=_data(100, "nodes"),
    )
    yield asking(
        "a search of 200 letters",
        "query ($q: String!) { search(query: $q, first: 100) { totalCount } }",
        PASSES,
        variables={"q": ("mines kazakhstan " * 20)[:200]},
        check=_data(),
    )
    yield asking(
        "a document with 200 comments", "".join(f"# line {i}\n" for i in range(200)) + "{ release { version } }", PASSES
    )
    for file in sorted((Path(__file__).parents[3] / "schema" / "queries").glob("*.graphql")):
        yield get(f"the saved query {file.stem}", f"/v1/queries/{file.stem}", PASSES)


def _requests() -> Iterator[Case]:
    query = json.dumps({"query": "{ release { version } }"}).encode()
    for collection in _COLLECTIONS:
        for form in _FORMATS:
            yield get(f"all {collection} as {form}", f"/v1/{collection}.{form}?limit=all", PASSES)
        yield get(f"a hundred {collection}", f"/v1/{collection}?limit=100", PASSES)
        yield get(f"facets of {collection}", f"/v1/{collection}/facets", PASSES)
    ids = "&".join(f"ids=evt-{name}" for name in ["blackouts"] + [f"x{i}" for i in range(99)])
    yield get("a hundred ids by address", f"/v1/events?{ids}", PASSES)
    yield get("a text of 200 letters", "/v1/search?q=" + escaped(("mines kazakhstan " * 20)[:200]), PASSES)
    yield get("the difference of two releases", "/v1/releases/1.0.0/diff/1.1.0", PASSES)
    for target in (
        "/openapi.json",
        "/schema.graphql",
        "/v1",
        "/v1/problems",
        "/v1/releases",
        "/v1/changes.atom",
        "/v1/queries",
    ):
        yield get(target, target, PASSES)
    yield get("twelve thousand bytes of cookies", "/v1", PASSES, headers=(("Cookie", "a" * 12_000),))
    yield get(
        "an address of 7,900 bytes",
        "/v1/lookup?url=https://a.example/" + "a" * 1_900 + "&limit=1",
        PASSES,
        "invalid-parameter",
    )
    yield get(
        "a document of 7,000 bytes by address",
        "/graphql?query=" + escaped("{ release { version } }" + " " * 2_300),
        PASSES,
    )
    yield posting("a body of 900 KB that says little", query + b" " * 900_000, PASSES)
    yield posting("a body in chunks", lambda: iter([query[:9], query[9:]]), PASSES, chunked=True)
    two = f"GET /v1/events?limit=1 HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    yield case(
        "two requests on one connection",
        Raw((two, two.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")), 0.1),
        PASSES,
        answers=2,
    )
    yield case(
        "a question as HTTP/1.0", Raw((f"GET /v1/events?limit=1 HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode(),)), PASSES
    )
    preflight = (
        ("Origin", "https://a.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type"),
    )
    yield case("a preflight", Request("/graphql", "OPTIONS", preflight), PASSES, status=204)


FAMILY = Family("heavy", (_documents, _requests))
