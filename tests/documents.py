"""GraphQL documents over the published releases, by what they show: right ones, and ones that go wrong.

Each is asked with every set of its variables in turn, so that nothing of one request may stay for the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import get_introspection_query


@dataclass(frozen=True)
class Document:
    """A document, the variables to ask it with, and the operation."""

    text: str
    variables: tuple[Mapping[str, Any] | None, ...] = (None,)
    operation: str | None = None


def _(text: str, *variables: Mapping[str, Any] | None, operation: str | None = None) -> Document:
    return Document(text, variables or (None,), operation)


CRACKDOWN = "evt-kazakhstan-mining-crackdown"
CLOSURES = "evt-mine-closures-2022-03"
KLEBANOV = "ent-alexander-klebanov"
CASES = "fig-criminal-cases-25"
SOURCE = "src-coindesk-2022-03-15"
CITATION = "cit-coindesk-2022-03-15-bullet-1-closures"
RELATION = "rel-bolat-nazarbayev-brother-of-nursultan-nazarbayev"
DISCREPANCY = "dis-mines-or-miners-106"
URL = "https://www.coindesk.com/policy/2022/03/15/kazakhstan-crackdown-forces-106-more-crypto-mines-to-close/"

EVERY_ID = (SOURCE, CITATION, KLEBANOV, CRACKDOWN, CASES, RELATION, DISCREPANCY)
"""A record of each collection."""

_PAGE = """totalCount edges { cursor node { id } } nodes { id }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"""
_EVIDENCE = "evidence { modality channel supports origin attributedTo { name } citation { where source { title } } }"
_DATE = "{ edtf earliest latest basis inference }"

ROOTS = {
    "the release": _(
        """{ release { dataset title version released licence normalisation sha256 previous { version sha256 }
             files { collection records sha256 } changes { change record field old new reason } } }"""
    ),
    "the releases": _("{ releases { version previous { version } files { records } changes { old new } } }"),
    "what changed": _('{ changes(old: "1.0.0", new: "1.1.0") { change record field old new reason __typename } }'),
    "what changed, backwards": _(
        "query ($o: String!, $n: String!) { changes(old: $o, new: $n) { change record field old new } }",
        {"o": "1.1.0", "n": "1.0.0"},
        {"o": "1.1.0", "n": "1.1.0"},
    ),
    "a node": _("query ($id: ID!) { node(id: $id) { __typename id label } }", *({"id": one} for one in EVERY_ID)),
    "nodes": _("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id label } }", {"ids": [*EVERY_ID, "x"]}),
    "a source": _(
        f"""{{ source(id: "{SOURCE}") {{ id label kind publisher authors title url archiveUrl published updated language
             accessed digest origin {{ key description issuer {{ name }} date {_DATE} inference }}
             nothingExtracted {{ reason citation {{ id }} }} citations(first: 2) {{ {_PAGE} }} events {{ totalCount }}
             entities(last: 2) {{ {_PAGE} }} figures {{ {_PAGE} }} relations {{ {_PAGE} }} discrepancies {{
             {_PAGE} }} }} }}"""
    ),
    "a citation": _(
        f"""{{ citation(id: "{CITATION}") {{ id label where start end digest tokens deepLink source {{ id }}
             events {{ {_PAGE} }} entities {{ {_PAGE} }} figures {{ {_PAGE} }} relations {{ {_PAGE} }}
             discrepancies {{ {_PAGE} }} }} }}"""
    ),
    "an entity": _(
        f"""{{ entity(id: "{KLEBANOV}") {{ id label kind name names {{ text kind language script {_EVIDENCE} }}
             description {{ text {_EVIDENCE} }} identifiers {{ scheme value {_EVIDENCE} }} figures {{ id }}
             participations {{ totalCount edges {{ cursor node {{ role note event {{ id }} {_EVIDENCE} }} }} }}
             relations {{ {_PAGE} }} eventsHere {{ {_PAGE} }} discrepancies {{ {_PAGE} }} }} }}"""
    ),
    "an event": _(
        f"""{{ event(id: "{CLOSURES}") {{ id label kind title summary status date {_DATE} place {{ name }}
             partOf {{ id }}
             participations {{ role note entity {{ name }} {_EVIDENCE} }} {_EVIDENCE} figures {{ id }}
             parts {{ {_PAGE} }} relations {{ {_PAGE} }} discrepancies {{ {_PAGE} }} }} }}"""
    ),
    "a figure": _(
        f"""{{ figure(id: "{CASES}") {{ id label about {{ __typename }} measure comparator value low high verbatim unit
             unitCode per asOf {_DATE} period {_DATE} cumulative impliedRate
             conversion {{ amount currency verbatim convertedBy {{ id }} }}
             partOf {{ id }} restates {{ id }} derivation {{ operation operands {{ id }} }} {_EVIDENCE}
             parts {{ {_PAGE} }} restatedBy {{ {_PAGE} }} discrepancies {{ {_PAGE} }} }} }}"""
    ),
    "a relation": _(
        f"""{{ relation(id: "{RELATION}") {{ id label predicate valid note subject {{ __typename ... on
             Node {{ label }} }}
             object {{ ... on Entity {{ name }} ... on Event {{ title }} }} {_EVIDENCE} discrepancies {{
             {_PAGE} }} }} }}"""
    ),
    "a discrepancy": _(
        f"""{{ discrepancy(id: "{DISCREPANCY}") {{ id label title reason note preference preferred {{ id }}
             records {{ __typename id ... on Figure {{ value }} }} citations {{ where }} }} }}"""
    ),
    "sources": _(f"{{ sources(filter: {{kind: ARTICLE}}, orderBy: PUBLISHED_DESC) {{ {_PAGE} }} }}"),
    "citations": _(f'{{ citations(filter: {{source: "{SOURCE}"}}, first: 3, orderBy: ID_DESC) {{ {_PAGE} }} }}'),
    "entities": _(f'{{ entities(filter: {{name: "kleb"}}, orderBy: NAME_DESC) {{ {_PAGE} }} }}'),
    "events": _(f"{{ events(filter: {{kind: [CLOSURE, BUST]}}, orderBy: DATE_DESC) {{ {_PAGE} }} }}"),
    "figures": _(f'{{ figures(filter: {{valueMin: "100", unit: MINE}}, orderBy: VALUE_DESC) {{ {_PAGE} }} }}'),
    "relations": _(f'{{ relations(filter: {{party: "{KLEBANOV}"}}, orderBy: PREDICATE_ASC) {{ {_PAGE} }} }}'),
    "discrepancies": _(f"{{ discrepancies(filter: {{}}, last: 2) {{ {_PAGE} }} }}"),
    "search": _(
        """query ($q: String!, $kinds: [Collection!]) { search(query: $q, kinds: $kinds, first: 5) {
             __typename totalCount
             pageInfo { hasNextPage endCursor } edges { __typename cursor node { score } }
             nodes { collection score highlights { field fragments { text match } }
               record { __typename id label ... on Event { title } } } } }""",
        {"q": "mines"},
        {"q": "kazakhstan", "kinds": None},
        {"q": "kazakhstan", "kinds": []},
        {"q": "nazarbayev", "kinds": "ENTITIES"},
        {"q": "clos", "kinds": ["EVENTS", "FIGURES"]},
        {"q": "nothing like this"},
    ),
    "a look-up": _(
        "query ($url: String!) { lookup(url: $url) { id title events(first: 1) { nodes { title } } } }",
        {"url": URL},
        {"url": URL + "?utm_source=x"},
        {"url": "https://example.org/"},
    ),
    "facets": _(
        """query ($n: Int! = 3) { sourceFacets { filter values { value } } citationFacets(values: $n) {
             filter distinct }
             entityFacets { filter distinct without values { value label count } } eventFacets(values: 1) { filter }
             figureFacets(filter: {measure: MINES_CLOSED}) { filter without } relationFacets { distinct }
             discrepancyFacets(values: 100) { __typename values { __typename label } } }""",
        {},
        {"n": 1},
    ),
    "histograms": _(
        """query ($by: Interval! = YEAR) { sourceHistogram { interval records undetermined buckets { bucket count } }
             eventHistogram(interval: $by) { interval records undetermined
               buckets { bucket first last count possible __typename } }
             day: eventHistogram(filter: {kind: CLOSURE}, interval: DAY) { records buckets { bucket } } }""",
        {},
        {"by": "DAY"},
        {"by": "MONTH"},
    ),
    "sums": _(
        """{ figureAggregates { measure unit unitCode per low best high approximate modalities counted
             excluded { id reason because } } some: figureAggregates(filter: {unit: [KZT, USD]}) { best
             __typename } }"""
    ),
}
"""Every root field."""

SHAPES = {
    "aliases": _(
        f'{{ a: event(id: "{CRACKDOWN}") {{ b: id c: id d: date {{ e: edtf }} }} f: release {{ g: version }} }}'
    ),
    "aliases of one field with other arguments": _(
        "{ a: events(first: 1) { nodes { id } } b: events(first: 2) { nodes { id } } c: events(last: 1) { "
        "nodes { id } } }"
    ),
    "aliases that exchange two fields": _(
        f'{{ event(id: "{CRACKDOWN}") {{ title: summary summary: title }} }}',
    ),
    "aliases that are taken for other fields": _(
        "{ events(first: 2) { nodes: edges { totalCount: cursor node { id: title } } totalCount: __typename } }"
    ),
    "a named fragment": _(f'{{ event(id: "{CRACKDOWN}") {{ ...F }} }} fragment F on Event {{ id title }}'),
    "a fragment that is spread twice": _(
        f'{{ event(id: "{CRACKDOWN}") {{ ...F id ...F }} }} fragment F on Event {{ title id }}'
    ),
    "fragments in one order": _(
        f'{{ event(id: "{CRACKDOWN}") {{ ...A ...B }} }} fragment A on Event {{ id title }} fragment B on '
        f"Event {{ kind id }}"
    ),
    "fragments in the other order": _(
        f'{{ event(id: "{CRACKDOWN}") {{ ...B ...A }} }} fragment A on Event {{ id title }} fragment B on '
        f"Event {{ kind id }}"
    ),
    "nested fragments": _(
        """{ events(first: 3) { ...P } } fragment P on EventConnection { nodes { ...E } edges { ...G } }
           fragment E on Event { date { ...D } partOf { ...E2 } } fragment E2 on Event { id date { edtf } }
           fragment G on EventEdge { cursor node { ...E } } fragment D on Date { basis edtf }"""
    ),
    "fragments on the root": _(
        "{ ...R ... on Query { ...R release { sha256 } } } fragment R on Query { release { version } }"
    ),
    "a fragment on the interface": _(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { ...N } events(first: 2) { nodes { ...M } } } "
        "fragment N on Node { id ... on Event { kind } ... on Figure { unit } ...M } fragment M on Node "
        "{ label ... on Event { ... on Node { ... on Event { title } } } __typename }",
        {"ids": [*EVERY_ID[::-1]]},
        {"ids": list(EVERY_ID)},
    ),
    "fragments on the union": _(
        "{ figures(first: 5) { nodes { about { ...P ... on Node { id } ... on Entity { name } } } } } "
        "fragment P on Party { __typename ... on Event { title } ... on Entity { kind } }"
    ),
    "a union in a union": _(
        "{ relations(first: 9) { nodes { subject { ... on Party { ... on Entity { name } } } object { ...{ "
        "__typename } } } } }"
    ),
    "an interface in an object": _(
        f'{{ event(id: "{CRACKDOWN}") {{ ... on Node {{ ... on Event {{ title }} label }} }} }}'
    ),
    "an inline fragment without a condition": _("{ ... { release { ... { version } } } }"),
    "an inline fragment that never applies": _(
        f'{{ node(id: "{CRACKDOWN}") {{ ... on Figure {{ value }} ... on Relation {{ note }} }} }}'
    ),
    "merged fields": _(
        f"""{{ event(id: "{CRACKDOWN}") {{ date {{ edtf }} id date {{ basis }} title date {{ edtf latest }} }}
             event(id: "{CRACKDOWN}") {{ kind date {{ earliest }} }} }}"""
    ),
    "fields merged across fragments": _(
        """{ events(first: 2) { nodes { ...A } ...B } events(first: 2) { totalCount nodes { title } } }
           fragment A on Event { partOf { id } place { name } } fragment B on EventConnection { nodes {
             partOf { title } ...A } }"""
    ),
    "a fragment merged with other fields in two places": _(
        f"""{{ a: event(id: "{CLOSURES}") {{ ...F partOf {{ title }} }} b: event(id: "{CLOSURES}") {{ ...F
             partOf {{ kind }} }} }}
           fragment F on Event {{ partOf {{ id }} }}"""
    ),
    "lists merged": _(
        """{ nodes: discrepancies(first: 3) { nodes { records { id } records { ... on Figure { value } }
             ... on Node { ... on Discrepancy { records { label } } } } edges { cursor } edges { node { id } } } }"""
    ),
    "pageInfo merged": _(
        "{ events(first: 2) { pageInfo { endCursor } ... { pageInfo { hasNextPage endCursor } } pageInfo { "
        "__typename } } }"
    ),
    "other fields by type under one key": _(
        '{ nodes(ids: ["evt-kazakhstan-mining-crackdown", "ent-alexander-klebanov", '
        '"fig-criminal-cases-25"]) { ... on Event { name: title } ... on Entity { name } ... on '
        "Figure { name: unitCode } } }"
    ),
    "the selections of a connection in the other order": _(
        "{ events(first: 2) { pageInfo { endCursor startCursor } edges { node { id } cursor } nodes { id } "
        "totalCount } }"
    ),
    "the type's name everywhere": _(
        """{ __typename release { __typename files { __typename } previous { __typename } }
             events(first: 2) { __typename pageInfo { __typename } edges { __typename cursor node { __typename } }
               nodes { t: __typename date { __typename } evidence { __typename citation { __typename } }
                 parts { __typename } participations { __typename } } }
             relations(first: 3) { nodes { subject { __typename } object { a: __typename b: __typename } } }
             eventHistogram { __typename } figureAggregates { __typename excluded { __typename } } }"""
    ),
    "nothing but the type's name": _("{ __typename }"),
    "pages in pages": _(
        """{ sources { nodes { citations(first: 2) { nodes { events(last: 1) { totalCount nodes { parts(first: 1) {
             edges { cursor node { relations(first: 1) { nodes { id } } } } } } } } pageInfo { endCursor } } } } }"""
    ),
    "pages at every level under one alias": _(
        """{ a: events(first: 2) { a: edges { a: node { a: parts(first: 1) { a: nodes { a: relations(last:
             1) { a: nodes {
             a: evidence { a: citation { a: figures(first: 1) { a: nodes { a: id } } } } } } } } } } } }"""
    ),
    "a page of nothing": _(f"{{ events(first: 0) {{ {_PAGE} }} sources(last: 0) {{ {_PAGE} }} }}"),
    "the largest page": _(f"{{ citations(first: 100) {{ {_PAGE} }} relations(last: 100) {{ {_PAGE} }} }}"),
    "participations paged": _(
        "{ entities(first: 9) { nodes { participations(first: 1) { totalCount __typename "
        "edges { __typename cursor node { role event { title } } } nodes { note } "
        "pageInfo { endCursor hasNextPage } } } } }"
    ),
    "the same record in many places": _(
        """{ events { nodes { id place { id name } partOf { id place { id name } } } }
             entities { nodes { id name eventsHere { nodes { id place { id name } } } } } }"""
    ),
    "what refers to itself": _(
        "{ figures { nodes { id partOf { id parts { nodes { id partOf { id } } } } restates { id } "
        "restatedBy { nodes { id } } } } }"
    ),
    "doubling fragments": _(
        f'{{ event(id: "{CLOSURES}") {{ ...F0 }} }} fragment F6 on Event {{ id }} '
        + " ".join(
            f"fragment F{n} on Event {{ a: partOf {{ ...F{n + 1} }} b: partOf {{ ...F{n + 1} title }} }}"
            for n in range(6)
        )
    ),
    "a long chain of fragments": _(
        f'{{ event(id: "{CLOSURES}") {{ ...F0 }} }} fragment F80 on Event {{ id }} '
        + " ".join(f"fragment F{n} on Event {{ ...F{n + 1} title }}" for n in range(80))
    ),
    "all fourteen levels": _(
        f'{{ event(id: "{CLOSURES}") {{ {"partOf { id " * 12} id {"}" * 12} }} }}',
    ),
    "a named operation that is not asked by its name": _("query A { release { version } }"),
    "unknown ids": _(
        '{ node(id: "x") { id } event(id: "evt-none") { id } nodes(ids: ["", "evt-"]) { id } figure(id: '
        '"evt-kazakhstan-mining-crackdown") { id } }'
    ),
    "comments and commas": _("# why not\n,,{,release,{,,version # this\n},,}"),
}
"""Selections: aliases, fragments, merged fields, pages, operations."""

_FLAGS = ({"x": True}, {"x": False})
_BOTH = ({"a": True, "b": True}, {"a": True, "b": False}, {"a": False, "b": True}, {"a": False, "b": False})
DIRECTIVES = {
    "literal directives": _(
        "{ a: release @include(if: true) { version title @include(if: false) } b: release @skip(if: true) { version } "
        "c: release @skip(if: false) { version licence @skip(if: true) } }"
    ),
    "a field by a variable": _(
        "query ($x: Boolean!) { release { version title @include(if: $x) sha256 @skip(if: $x) } }", *_FLAGS
    ),
    "a default for a directive": _(
        "query ($x: Boolean = true) { release { version title @include(if: $x) } }", None, *_FLAGS
    ),
    "both directives": _(
        """query ($a: Boolean!, $b: Boolean!) { release { version title @include(if: $a) @skip(if: $b)
             licence @skip(if: $a) @include(if: $b) ... @include(if: $a) @skip(if: $b) { sha256 } ...F @skip(if: $a) } }
           fragment F on Release { released @include(if: $b) }""",
        *_BOTH,
    ),
    "a directive on a spread": _(
        """query ($x: Boolean!) { events(first: 2) { nodes { id ...F @include(if: $x) } totalCount } }
           fragment F on Event { title date { edtf } }""",
        *_FLAGS,
        *_FLAGS,
    ),
    "a spread that is skipped first and made later": _(
        "query ($x: Boolean!) { release { ...F @skip(if: $x) title ...F } } fragment F on Release { version }", *_FLAGS
    ),
    "a directive on an inline fragment": _(
        f"""query ($x: Boolean!) {{ node(id: "{CRACKDOWN}") {{ id ... on Event @include(if: $x) {{ title }}
             ... @skip(if: $x) {{ label }} }} }}""",
        *_FLAGS,
    ),
    "a merged field of which one part is skipped": _(
        "query ($x: Boolean!) { events(first: 2) { nodes @skip(if: $x) { title } nodes { id } nodes "
        "@include(if: $x) { kind } } }",
        *_FLAGS,
    ),
    "directives within records": _(
        f"""query ($x: Boolean!) {{ event(id: "{CRACKDOWN}") {{ id evidence {{ modality @skip(if: $x)
             citation @include(if: $x) {{ where }} }} parts(first: 1) @skip(if: $x) {{ nodes {{ id }} }} }} }}""",
        *_FLAGS,
        *_FLAGS,
    ),
    "nothing is left of an object": _(
        "query ($x: Boolean!) { release { version @skip(if: $x) } events(first: 1) { nodes @skip(if: $x) { id } } "
        'search(query: "mines", first: 1) { nodes { score @skip(if: $x) } } }',
        *_FLAGS,
    ),
    "nothing is left of the answer": _("query ($x: Boolean!) { release @include(if: $x) { version } }", *_FLAGS),
    "nothing is left of records": _(
        "query ($x: Boolean!) { events(first: 2) { nodes { id @skip(if: $x) } edges { node { title "
        "@skip(if: $x) } } } }",
        *_FLAGS,
    ),
    "directives and sizes": _(
        """query ($x: Boolean!, $n: Int) { events(first: $n) @include(if: $x) { nodes { id } }
             figures(last: $n) @skip(if: $x) { nodes { id } } }""",
        {"x": True, "n": 1},
        {"x": False, "n": 1},
        {"x": True, "n": 2},
        {"x": False},
    ),
    "a directive within a fragment that is spread twice": _(
        """query ($x: Boolean!) { a: event(id: "evt-kazakhstan-mining-crackdown") { ...F } b: event(id:
             "evt-mine-closures-2022-03") { ...F } }
           fragment F on Event { id partOf @include(if: $x) { id } }""",
        *_FLAGS,
    ),
    "many variants": _(
        f"query ({', '.join(f'$x{n}: Boolean = false' for n in range(5))}) "
        f"{{ release {{ version {' '.join(f'a{n}: title @include(if: $x{n})' for n in range(5))} }} }}",
        *({f"x{n}": bool(number >> n & 1) for n in range(5)} for number in range(32)),
    ),
}
"""`@include` and `@skip`."""

_PAGING = f"""query ($first: Int, $after: String, $last: Int, $before: String) {{
  events(first: $first, after: $after, last: $last, before: $before) {{ {_PAGE} }} }}"""
INPUTS = {
    "sizes": _(_PAGING, None, {}, {"first": 1}, {"first": 0}, {"last": 2}, {"first": 100}),
    "nulls for paging": _(
        _PAGING,
        {"first": None},
        {"last": None},
        {"after": None, "before": None},
        {"first": None, "last": None},
        {"first": 1, "last": None},
        {"first": None, "last": 1, "after": None},
    ),
    "literal nulls": _(
        f"{{ a: events(first: null, after: null, last: null, before: null, filter: null, orderBy: null) {{ {_PAGE} }} "
        "b: events(filter: {kind: null, q: null, dateFrom: null}) { totalCount } "
        'search(query: "mines", kinds: null, first: null) '
        "{ totalCount } eventFacets(filter: null) { filter } }"
    ),
    "a default size": _(
        "query ($n: Int = 2) { events(first: $n) { nodes { id } } }",
        None,
        {"n": 1},
        {"n": None},
        {},
        {"n": 3},
        {"n": None},
        {},
    ),
    "defaults of every kind": _(
        f"""query ($id: ID = "{CRACKDOWN}", $ids: [ID!] = ["{CLOSURES}"], $kind: [EventKind!] = [CLOSURE],
                  $filter: EventFilter = {{kind: POLICY, dateFrom: "2022"}}, $order: EventOrder =
             DATE_DESC, $q: String = "mines",
                  $by: Interval = DAY, $n: Int = 2) {{
             node(id: $id) {{ id }} nodes(ids: $ids) {{ id }} a: events(filter: {{kind: $kind}}, orderBy:
             $order) {{ nodes {{ id }} }}
             b: events(filter: $filter) {{ nodes {{ id }} }} search(query: $q, first: $n) {{ totalCount
             nodes {{ score }} }}
             eventHistogram(interval: $by) {{ records interval }} eventFacets(values: $n) {{ values {{
             count }} }} }}""",
        None,
        {"kind": None, "filter": None, "order": None},
        {
            "id": CLOSURES,
            "ids": CRACKDOWN,
            "kind": "BUST",
            "filter": {},
            "order": "DATE_ASC",
            "q": "kaz",
            "by": "YEAR",
            "n": 1,
        },
        {},
    ),
    "a null default": _(
        "query ($n: Int = null, $filter: EventFilter = null) { events(first: $n, filter: $filter) { nodes { id } } }",
        None,
        {"n": 2},
        {"filter": {"kind": "CLOSURE"}},
    ),
    "a filter as a variable": _(
        "query ($filter: EventFilter) { events(filter: $filter) { totalCount nodes { id } } }",
        None,
        {"filter": None},
        {"filter": {}},
        {"filter": {"kind": "CLOSURE"}},
        {"filter": {"kind": ["CLOSURE", "BUST"], "status": None}},
        {"filter": {"kind": []}},
        {"filter": {"q": "mines", "dateFrom": "2022-03", "dateTo": "2022"}},
        {"filter": {"partOf": [CRACKDOWN]}},
        {"filter": {"partOf": CLOSURES}},
        {"filter": {"ids": ["evt-none"]}},
        {"filter": {"dateTo": "2022", "dateFrom": "2021", "kind": ["CONTEXT"]}},
    ),
    "variables within a filter": _(
        """query ($kind: [EventKind!], $from: String, $id: ID!, $one: EventKind!) {
             a: events(filter: {kind: $kind, dateFrom: $from, partOf: [$id]}) { nodes { id } }
             b: events(filter: {kind: [$one, POLICY], partOf: [$id, "evt-none"]}) { nodes { id } }
             nodes(ids: [$id]) { id } }""",
        {"id": CRACKDOWN, "one": "BUST"},
        {"id": CRACKDOWN, "one": "RAID", "kind": ["BUST"]},
        {"id": CLOSURES, "one": "CLOSURE", "kind": "CLOSURE", "from": "2022-03-15"},
        {"id": CLOSURES, "one": "CLOSURE", "kind": None, "from": None},
        {"id": CLOSURES, "one": "CLOSURE", "kind": [], "from": "2022"},
    ),
    "a nullable item with a default": _(
        'query ($id: ID = "evt-kazakhstan-mining-crackdown") { nodes(ids: [$id]) { id } events(filter: '
        "{ids: [$id]}) { totalCount } }",
        None,
        {"id": CLOSURES},
        {},
    ),
    "one value for a list": _(
        f'{{ nodes(ids: "{CRACKDOWN}") {{ id }} events(filter: {{kind: CLOSURE, ids: "{CLOSURES}"}}) {{ totalCount }} '
        'search(query: "mines", kinds: EVENTS) { totalCount } }'
    ),
    "one value for a variable's list": _(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": CRACKDOWN}, {"ids": [CLOSURES]}
    ),
    "empty lists": _(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } b: nodes(ids: []) { id } events(filter: {ids: []}) "
        "{ totalCount } "
        'search(query: "mines", kinds: []) { totalCount } }',
        {"ids": []},
    ),
    "a list with the same twice": _(
        f'{{ nodes(ids: ["{CRACKDOWN}", "{CRACKDOWN}", "x", "{CRACKDOWN}"]) {{ id title: label }} }}'
    ),
    "orders": _(
        "query ($o: EventOrder) { events(orderBy: $o, first: 4) { nodes { id } } }",
        *({"o": order} for order in ("DATE_ASC", "DATE_DESC", "ID_ASC", "ID_DESC", "RELEVANCE", None)),
        None,
    ),
    "by relevance": _(
        "query ($q: String) { events(orderBy: RELEVANCE, filter: {q: $q}) { nodes { id } } }",
        {"q": "mines"},
        {"q": None},
        {},
    ),
    "what differs by release only": _(
        "query ($n: Int!) { events(last: $n) { nodes { id label } } release { version } }", {"n": 3}
    ),
    "every filter of figures": _(
        f"""{{ figures(filter: {{measure: [MINES_CLOSED], event: ["{CLOSURES}"], unit: MINE, valueMin: "1",
             valueMax: "1000.5",
             comparator: [EXACTLY, ABOUT, MORE_THAN], source: "{SOURCE}", modality: [STATED, REPORTED]}})
             {{ {_PAGE} }} }}"""
    ),
    "a variable that is given and unknown": _(
        "query ($n: Int) { events(first: $n) { totalCount } }", {"n": 1, "m": [{}]}
    ),
    "variables with the names of arguments": _(
        "query ($first: Int, $filter: Int) { events(first: $filter, last: $first) { nodes { id } } }",
        {"filter": 2},
        {"first": 1},
    ),
    "a variable in two places": _(
        "query ($n: Int) { events(first: $n) { nodes { parts(first: $n) { nodes { relations(last: $n) { "
        "totalCount nodes { id } } } } } } }",
        {"n": 1},
        {"n": 3},
        {},
        {"n": 1},
    ),
    "other arguments within one record": _(
        " ".join(
            f'a{n}: event(id: "{CRACKDOWN}") {{ id parts({given}) {{ nodes {{ id }} }} }}'
            for n, given in enumerate(("first: 1", "first: 2", "last: 1", "last: null", "first: 0"))
        ).join("{}")
    ),
    "a variable in participations": _(
        """query ($n: Int, $c: String) { entities { nodes { id
             participations(first: $n, after: $c) { nodes { role } } } } }""",
        {"n": 1},
        {"n": 0},
        {},
        {"n": 1, "c": None},
    ),
    "required sizes": _(
        "query ($n: Int!) { events(first: $n) { nodes { id } } eventFacets(values: $n) { distinct } }",
        {"n": 1},
        {"n": 2},
    ),
}
"""Arguments and variables."""

RIGHT = {**ROOTS, **SHAPES, **DIRECTIVES, **INPUTS}
"""Documents that plans answer."""

LEFT = {
    "the whole schema": _(get_introspection_query()),
    "a type": _('{ __type(name: "Event") { name kind fields { name type { name } } } }'),
    "introspection beside data": _(
        "{ release { version } __schema { queryType { name } } events(first: 1) { nodes { id } } }"
    ),
    "introspection that is chosen": _(
        "query ($x: Boolean!) { release { version } __schema @include(if: $x) { queryType { name } } }", {"x": True}
    ),
    "what no object shows": _(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { ...N } events(first: 2) { nodes { ...N } } } "
        "fragment N on Node { id ... on Event { kind } ... on Figure { unit } label __typename }",
        {"ids": [*EVERY_ID[::-1]]},
    ),
    "null for a directive beside one that skips": _(
        "query ($x: Boolean = false) { release { version title @skip(if: true) @include(if: $x) } }", {"x": None}
    ),
    "a whole number as a float": _("query ($n: Int) { events(first: $n) { nodes { id } } }", {"n": 3.0}, {"n": 1.0}),
    "a number as an id": _("query ($id: ID!) { node(id: $id) { id } }", {"id": 7}, {"id": 7.0}),
    "numbers as ids": _("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [7, "x", CRACKDOWN]}),
    "two operations": _(
        "query A { release { version } } query B($n: Int) { events(first: $n) { nodes { id } } }", None, operation="A"
    ),
    "two operations, the other": _(
        "query A { release { version } } query B($n: Int) { events(first: $n) { nodes { id } } }",
        {"n": 1},
        {"n": 2},
        None,
        operation="B",
    ),
    "operations that share a fragment": _(
        """query A($x: Boolean!, $n: Int = 1) { ...F } query B($x: Boolean = false, $n: Int = 3) { ...F }
           fragment F on Query { events(first: $n) { totalCount @include(if: $x) nodes { id } } }""",
        {},
        {"x": True},
        {"n": 2},
        operation="B",
    ),
    "an operation beside one with directives of its own": _(
        "query A { release { version } } query B($x: Boolean!) { release { version @include(if: $x) } }",
        None,
        {"x": False},
        operation="A",
    ),
    "an empty selection": _("{ release { } events(first: 1) { nodes { } edges { } pageInfo { } } b: events { } }"),
    "a block string": _('{ search(query: """\n  mines\n""") { totalCount } }'),
    "escapes": _(
        '{ search(query: "\\u006dines \\"") { totalCount } node(id: "\\u00e9\\n\\\\") { id } nodes(ids: '
        '["\\u{1F600}"]) { id } }'
    ),
    "integers as ids": _("{ node(id: 7) { id } nodes(ids: [1, -2, 99999999999999999999]) { id } event(id: 0) { id } }"),
}
"""Right documents that graphql-core answers: introspection, numbers that stand for others,
selections that no object shows."""

WRONG_VALUES = {
    "a size out of range": _(
        _PAGING, {"first": -1}, {"first": 101}, {"last": 101}, {"first": 1, "last": 1}, {"first": 2**31}
    ),
    "a size of the wrong type": _(
        _PAGING,
        {"first": "1"},
        {"first": True},
        {"first": 1.5},
        {"first": [1]},
        {"first": {}},
        {"first": 1e300},
        {"last": -(2**31) - 1},
    ),
    "infinitely many": _(_PAGING, {"first": float("inf")}, {"last": float("-inf")}, {"first": float("nan")}),
    "no cursors": _(_PAGING, {"after": "x"}, {"before": ""}, {"after": "\u00e9"}, {"after": 1}, {"after": "YTpiOmM"}),
    "null for what is required": _(
        "query ($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }",
        None,
        {"id": None},
        {"id": "x", "ids": None},
        {"id": "x", "ids": [None]},
        {"id": "x", "ids": ["y", None]},
        {"ids": []},
    ),
    "null for a default that is required": _(
        'query ($id: ID = "x", $n: Int = 2, $by: Interval = DAY) '
        "{ node(id: $id) { id } eventFacets(values: $n) { filter } eventHistogram(interval: $by) { records } }",
        {"id": None},
        {"n": None},
        {"by": None},
        {"id": None, "n": None, "by": None},
    ),
    "null for a directive": _(
        "query ($x: Boolean = true) { release { version title @include(if: $x) sha256 @skip(if: $x) } }",
        {"x": None},
        {},
        {"x": None},
    ),
    "null for a directive on a fragment": _(
        "query ($x: Boolean = false) { release { version ...F @skip(if: $x) } } fragment F on Release { title }",
        {"x": None},
        {},
    ),
    "null for an item": _('query ($id: ID = "x") { nodes(ids: [$id]) { id } }', {"id": None}),
    "null in a list": _(
        'query ($id: ID = "x") { nodes(ids: [$id, "y"]) { id } events(filter: {ids: [$id]}) { totalCount } }',
        {"id": None},
    ),
    "no term": _(
        "query ($k: [EventKind!], $o: EventOrder) { events(filter: {kind: $k}, orderBy: $o) { totalCount } }",
        {"k": "closure"},
        {"k": ["CLOSURE", "X"]},
        {"k": [None]},
        {"k": 1},
        {"o": "date"},
        {"o": ["DATE_ASC"]},
        {"o": {}},
        {"k": [["CLOSURE"]]},
    ),
    "no filter": _(
        "query ($f: EventFilter) { events(filter: $f) { totalCount } }",
        {"f": "x"},
        {"f": []},
        {"f": [{}]},
        {"f": {"x": 1}},
        {"f": {"date_from": "2022"}},
        {"f": {"q": 1}},
        {"f": {"q": ""}},
        {"f": {"q": "x" * 201}},
        {"f": {"ids": [CASES]}},
        {"f": {"dateFrom": "soon"}},
        {"f": {"kind": {"a": 1}}},
    ),
    "no text": _(
        "query ($q: String!, $url: String!) { search(query: $q) { totalCount } lookup(url: $url) { id } }",
        {"q": "", "url": URL},
        {"q": "mines", "url": "x"},
        {"q": "", "url": ""},
        {"q": 1, "url": URL},
        {"q": None, "url": URL},
    ),
    "no release": _('{ changes(old: "1.0.0", new: "9.0.0") { record } release { version } }'),
    "a size out of range in a record": _(f'{{ event(id: "{CRACKDOWN}") {{ parts(first: 101) {{ totalCount }} }} }}'),
    "a size out of range in records": _(
        "{ release { version } events(first: 3) { nodes { id parts(first: 101) { totalCount } } } }"
    ),
    "a size out of range in some records": _(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Event { parts(first: -1) { totalCount } } } }",
        {"ids": [KLEBANOV, CRACKDOWN, "x", CLOSURES]},
    ),
    "a size out of range in a record, by a variable": _(
        f'query ($n: Int) {{ a: event(id: "{CRACKDOWN}") {{ id parts(first: $n) {{ totalCount }} }} '
        f'b: event(id: "{CLOSURES}") {{ id relations(first: $n) {{ nodes {{ id }} }} }} release {{ version }} }}',
        {"n": 1},
        {"n": 101},
        {"n": 2},
        {"n": -1},
    ),
    "a cursor of nothing within records": _(
        '{ node(id: "ent-alexander-klebanov") { ... on Entity { name participations(after: "x") { '
        "totalCount } } } other: "
        'node(id: "evt-kazakhstan-mining-crackdown") { id } }'
    ),
    "an error under a field of which nothing is shown": _(
        "query ($x: Boolean!) { events(first: 101) { totalCount @skip(if: $x) } }", {"x": True}, {"x": False}
    ),
    "errors under aliases": _(
        '{ a: events(first: 101) { totalCount } b: events(after: "x") { totalCount } release { version } }'
    ),
    "errors merged": _(
        '{ node(id: "evt-kazakhstan-mining-crackdown") { ... on Event { parts(first: 101) { totalCount } } '
        "... on Event { parts(first: "
        "101) { nodes { id } } } } }"
    ),
    "too many ids": _("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 100}, {"ids": ["x"] * 101}),
    "too many values": _("query ($n: Int!) { eventFacets(values: $n) { filter } }", {"n": 0}, {"n": 101}, {"n": 100}),
    "a value of a type that nobody has": _("query ($f: Float) { events(first: $f) { totalCount } }", {"f": 1.0}),
}
"""Documents that may run, asked with what may not."""

_TOO_LARGE = "{ events(first: $n) { nodes { parts(first: $n) { nodes { relations(first: $n) { nodes { id } } } } } } }"
INVALID = {
    "nothing": _(""),
    "nothing but a comment": _("# nothing"),
    "half a document": _("{ release { version }"),
    "half a string": _('{ node(id: "x) { id } }'),
    "no letter": _("{ release { vers\u00efon } }"),
    "a lone surrogate": _('{ node(id: "\\ud800") { id } }'),
    "too many tokens": _("{ release { version } }" * 1_000),
    "too deep to be read": _("{a" * 900 + "}" * 900),
    "an unknown field": _("{ release { version nothing } nobody }"),
    "an unknown argument": _('{ events(limit: 1) { totalCount } node(id: "x", name: "y") { id } }'),
    "an unknown type": _("{ node(id: 1) { ... on Nothing { id } } }"),
    "an unknown fragment": _("{ release { ...F } }"),
    "a conflict where no object can be, in one key": _(
        f'{{ event(id: "{CRACKDOWN}") {{ id ... on Node {{ ... on Entity {{ a: name a: id }} }} }} }}'
    ),
    "a conflict where no object can be, with what is": _(
        f'{{ event(id: "{CRACKDOWN}") {{ x: title ... on Node {{ ... on Entity {{ x: kind }} }} }} }}'
    ),
    "a conflict where no object can be, of two types": _(
        "{ events { nodes { id ... on Node { ... on Entity { x: kind } ... on Figure { x: cumulative } } } } }"
    ),
    "a conflict where no object can be, in objects": _(
        f"""{{ event(id: "{CRACKDOWN}") {{ id ... on Node {{ ...F }} }} }}
            fragment F on Entity {{ names {{ text }} names: figures {{ id }} }}"""
    ),
    "a conflict where no object can be, below an interface": _(
        '{ node(id: "x") { ... on Event { ... on Node { ... on Figure { x: id x: cumulative } } } } }'
    ),
    "an unknown directive": _("{ release { version @upper } }"),
    "a directive that is not served": _("{ release { ... @defer { version } } releases @stream { version } }"),
    "a directive twice": _("{ release { version @skip(if: false) @skip(if: true) } }"),
    "a directive without its argument": _("{ release { version @skip } }"),
    "a directive in the wrong place": _("query @skip(if: true) { release { version } }"),
    "a directive with a nullable variable": _("query ($x: Boolean) { release { version @skip(if: $x) } }", {"x": True}),
    "an argument of the wrong type": _('{ events(first: "1") { totalCount } node(id: 1.5) { id } }'),
    "a term of another vocabulary": _("{ events(filter: {kind: PERSON}, orderBy: NAME_ASC) { totalCount } }"),
    "a term as a text": _('{ events(filter: {kind: "CLOSURE"}) { totalCount } }'),
    "an unknown filter": _("{ events(filter: {colour: 1}) { totalCount } }"),
    "a filter twice": _('{ events(filter: {q: "a", q: "b"}) { totalCount } }'),
    "a number out of range": _("{ events(first: 2147483648) { totalCount } }"),
    "a number out of range where nothing is": _('{ source(id: "/") { citations(first: 2147483648) { totalCount } } }'),
    "a number below the range where nothing is": _(
        '{ source(id: "/") { citations(last: -2147483649) { totalCount } } }'
    ),
    "a long number where nothing is": _('{ source(id: "/") { citations(first: 100000000000) { totalCount } } }'),
    "a fraction for a size": _("{ events(first: 3.0) { totalCount } }"),
    "a missing argument": _("{ node { id } nodes { id } }"),
    "null for a required argument": _("{ node(id: null) { id } eventFacets(values: null) { filter } }"),
    "an unused variable": _("query ($n: Int) { release { version } }", {"n": 1}),
    "an undefined variable": _("{ events(first: $n) { totalCount } }", {"n": 1}),
    "an undefined variable in a fragment": _("{ ...F } fragment F on Query { events(first: $n) { totalCount } }"),
    "a variable of the wrong type": _("query ($n: String) { events(first: $n) { totalCount } }", {"n": "1"}),
    "a variable of an unknown type": _("query ($n: Nothing) { events(first: $n) { totalCount } }"),
    "a variable of an output type": _("query ($n: Event) { events(first: $n) { totalCount } }"),
    "a variable twice": _("query ($n: Int, $n: Int) { events(first: $n) { totalCount } }"),
    "a default of the wrong type": _('query ($n: Int = "1") { events(first: $n) { totalCount } }'),
    "one variable for a list": _("query ($k: EventKind) { events(filter: {kind: $k}) { totalCount } }", {"k": "BUST"}),
    "a cycle of fragments": _(
        "{ release { ...A } } fragment A on Release { ...B } fragment B on Release { version ...A }"
    ),
    "a fragment in itself": _("{ release { ...A } } fragment A on Release { version ...A }"),
    "an unused fragment": _("{ release { version } } fragment F on Release { version }"),
    "a fragment twice": _("{ release { ...F } } fragment F on Release { version } fragment F on Release { title }"),
    "a fragment that cannot apply": _("{ release { ...F ... on Event { id } } } fragment F on Event { id }"),
    "a fragment on a scalar": _("{ release { ... on String { x } } }"),
    "fields in conflict": _(
        "{ release { a: version a: title } events(first: 1) { totalCount } events(first: 2) { totalCount } }"
    ),
    "fields in conflict by type": _("{ nodes(ids: []) { ... on Event { kind } ... on Entity { kind } } }"),
    "an object without a selection": _("{ release }"),
    "a scalar with a selection": _("{ release { version { x } } }"),
    "a mutation": _("mutation { release { version } }"),
    "a subscription": _("subscription { release { version } }"),
    "a definition": _("type X { a: Int }"),
    "a definition beside an operation": _("{ release { version } } type X { a: Int }"),
    "several operations, none named": _("query A { release { version } } query B { release { title } }"),
    "several operations, another named": _(
        "query A { release { version } } query B { release { title } }", operation="C"
    ),
    "several operations, named by nothing": _(
        "query A { release { version } } query B { release { title } }", operation=""
    ),
    "a nameless operation beside another": _("{ release { version } } query B { release { title } }"),
    "two operations of one name": _("query A { release { version } } query A { release { title } }", operation="A"),
    "one operation, another named": _("query A { release { version } }", operation="B"),
    "a nameless operation, named": _("{ release { version } }", operation="A"),
    "nothing but a fragment": _("fragment F on Release { version }"),
    "too deep": _(f'{{ event(id: "{CLOSURES}") {{ {"partOf { " * 13} id {"}" * 13} }} }}'),
    "too deep by fragments": _(
        f'{{ event(id: "{CLOSURES}") {{ ...F0 }} }} fragment F40 on Event {{ id }} '
        + " ".join(f"fragment F{n} on Event {{ partOf {{ ...F{n + 1} ...F{n + 1} }} }}" for n in range(40))
    ),
    "too large": _("{ sources { nodes { citations(first: 100) { nodes { events(first: 100) { nodes { id } } } } } } }"),
    "too large by a variable": _(
        f"query ($n: Int) {_TOO_LARGE}",
        {"n": 1},
        {"n": 100},
        {"n": 2},
        {"n": 100.0},
        {"n": "100"},
        {"n": 101},
        {"n": None},
        {},
    ),
    "too large by default": _(f"query ($n: Int = 100) {_TOO_LARGE}", {}, {"n": None}, {"n": 1}, None, {"n": [100]}),
    "too large, but for a default": _(f"query ($n: Int = 1) {_TOO_LARGE}", {"n": None}, {}, {"n": 100}, {"n": None}),
    "introspection without end": _(
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    ),
    "a long chain of fragments": _(
        "{ events { nodes { ...F0 } } } fragment F400 on Event { id } "
        + " ".join(f"fragment F{n} on Event {{ ...F{n + 1} }}" for n in range(400))
    ),
}
"""Documents that may not run, whatever the variables are or with some of them."""

WRONG = {**WRONG_VALUES, **INVALID}

RETIRED = {
    "a record that went away": _(
        '{ node(id: "rel-reed-behind-mines") { id } relation(id: "rel-reed-behind-mines") { id } }'
    ),
    "a record that went away among others": _(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Entity { name } } event(id: "
        '"rel-reed-behind-mines") { id } }',
        {"ids": ["ent-atlantis", "rel-reed-behind-mines"]},
        {"ids": ["ent-atlantis"]},
        {"ids": ["rel-reed-behind-mines", "rel-reed-behind-mines", "x"]},
    ),
    "a record that went away beside a mistake": _(
        '{ a: node(id: "rel-reed-behind-mines") { id } b: events(first: 101) { totalCount } c: release { version } }'
    ),
}
"""Documents over the invented world of which a release lacks what the one before had."""
