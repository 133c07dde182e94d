"""GraphQL as its users meet it: nodes, connections, links and mistakes."""

from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query

from dataset.catalog import Catalog, load
from schema import executor
from schema.context import Context
from tests.world import raw, release


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return a catalog of one release of the invented world."""
    folder = tmp_path_factory.mktemp("graphql") / "releases"
    release(folder)
    return load(folder)


def ask(catalog: Catalog, query: str, **variables: Any) -> Any:
    """Return the data of a query that must have no error."""
    outcome = executor.run(query, variables, None, Context(catalog.latest, catalog))
    assert outcome.errors == ()
    return outcome.data


def mistake(catalog: Catalog, query: str, **variables: Any) -> dict[str, Any]:
    """Return the one error of a query."""
    outcome = executor.run(query, variables, None, Context(catalog.latest, catalog))
    (error,) = outcome.errors
    return error


def test_links_lead_from_an_event_to_the_article(small: Catalog) -> None:
    """event → figures → evidence → citation → source, in one question."""
    data = ask(
        small,
        """{ event(id: "evt-forced-closures") { partOf { id } figures { value unitCode partOf { id }
             evidence { modality channel attributedTo { name } citation { where source { title url } } } } } }""",
    )
    assert data["event"] == {
        "partOf": {"id": "evt-closures"},
        "figures": [
            {
                "value": "7",
                "unitCode": "{mine}",
                "partOf": {"id": "fig-twelve"},
                "evidence": [
                    {
                        "modality": "STATED",
                        "channel": "STATEMENT",
                        "attributedTo": {"name": "Board of Salt"},
                        "citation": {
                            "where": "paragraph 2",
                            "source": {
                                "title": "Atlantis Shuts 12 Mines",
                                "url": "https://gazette.example/2020/05/02/atlantis-mines/",
                            },
                        },
                    }
                ],
            }
        ],
    }


def test_links_lead_from_an_entity_to_others(small: Catalog) -> None:
    """entity → relations → entity, and its participations with the events."""
    data = ask(
        small,
        """{ entity(id: "ent-shut-mines") {
             relations { nodes { predicate subject { ... on Entity { name } } } }
             participations { totalCount nodes { role event { title } } edges { cursor } } } }""",
    )
    assert data["entity"]["relations"]["nodes"] == [{"predicate": "BEHIND", "subject": {"name": "Ada Reed"}}]
    assert data["entity"]["participations"]["nodes"] == [{"role": "CLOSED", "event": {"title": "Twelve mines shut"}}]


def test_a_source_leads_to_everything_that_cites_it(small: Catalog) -> None:
    """Each collection of records that rest on the source is a connection of it."""
    data = ask(
        small,
        """{ source(id: "src-gazette-2020-05-02") { citations { totalCount } events { totalCount }
             entities { totalCount } figures { totalCount }
             relations { totalCount } discrepancies { totalCount } } }""",
    )
    assert {name: found["totalCount"] for name, found in data["source"].items()} == {
        "citations": 5,
        "events": 2,
        "entities": 4,
        "figures": 2,
        "relations": 1,
        "discrepancies": 1,
    }


def test_node_accepts_an_id_as_it_is(small: Catalog) -> None:
    """Any record is found by its id, with its label and its type; what is not there is null."""
    data = ask(
        small,
        """{ nodes(ids: ["rel-reed-behind-mines", "fig-seven", "cit-gazette-lead", "evt-none", "x", ""])
             { __typename id label } node(id: "dis-shut-or-ordered") { label } }""",
    )
    assert data == {
        "nodes": [
            {
                "__typename": "Relation",
                "id": "rel-reed-behind-mines",
                "label": "Ada Reed – behind – The 12 mines (believed)",
            },
            {"__typename": "Figure", "id": "fig-seven", "label": "mines forced to close: 7"},
            {"__typename": "Citation", "id": "cit-gazette-lead", "label": "The Gazette, lead"},
            None,
            None,
            None,
        ],
        "node": {"label": "Shut, or ordered to?"},
    }


def test_a_single_record_of_another_collection_is_null(small: Catalog) -> None:
    """`event(id:)` finds events only."""
    assert ask(small, '{ event(id: "ent-atlantis") { id } }') == {"event": None}


def test_a_discrepancy_shows_its_records_side_by_side(small: Catalog) -> None:
    """The records of a discrepancy are nodes of whatever kind."""
    data = ask(small, "{ discrepancies { nodes { reason preferred { id } records { ... on Event { title } } } } }")
    assert data["discrepancies"]["nodes"] == [
        {
            "reason": "SCOPE",
            "preferred": None,
            "records": [{"title": "Twelve mines shut"}, {"title": "Seven of them were ordered to"}],
        }
    ]


PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {
  entities(first: $first, after: $after, last: $last, before: $before, orderBy: NAME_ASC) {
    totalCount nodes { name } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def test_a_connection_pages_forward_and_backward(small: Catalog) -> None:
    """after and before walk the same order from both ends."""
    first = ask(small, PAGE, first=3)["entities"]
    assert [node["name"] for node in first["nodes"]] == ["Ada Reed", "Atlantis", "Board of Salt"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (
        4,
        True,
        False,
    )
    rest = ask(small, PAGE, first=3, after=first["pageInfo"]["endCursor"])["entities"]
    assert [node["name"] for node in rest["nodes"]] == ["The 12 mines"]
    back = ask(small, PAGE, last=2, before=rest["pageInfo"]["startCursor"])["entities"]
    assert [node["name"] for node in back["nodes"]] == ["Atlantis", "Board of Salt"]
    assert [edge["cursor"] for edge in back["edges"]] == [edge["cursor"] for edge in first["edges"]][1:]


def test_an_empty_page_has_no_cursors(small: Catalog) -> None:
    """A page of nothing says so."""
    assert ask(small, PAGE, first=0)["entities"]["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


def test_nested_connections_page_as_well(small: Catalog) -> None:
    """A link is a connection with cursors of its own."""
    query = """query ($after: String) { source(id: "src-gazette-2020-05-02") {
                 citations(first: 4, after: $after) { nodes { id } pageInfo { endCursor } } } }"""
    first = ask(small, query)["source"]["citations"]
    second = ask(small, query, after=first["pageInfo"]["endCursor"])["source"]["citations"]
    found = [node["id"] for node in first["nodes"] + second["nodes"]]
    assert found == sorted(small.latest.release.corpus.citations)


def test_participations_page_as_well(small: Catalog) -> None:
    """So are the parts that an entity has in events."""
    query = """query ($after: String) { entity(id: "ent-shut-mines") {
                 participations(first: 1, after: $after) { nodes { role } pageInfo { endCursor } } } }"""
    first = ask(small, query)["entity"]["participations"]
    assert ask(small, query, after=first["pageInfo"]["endCursor"])["entity"]["participations"]["nodes"] == []
    assert mistake(small, query, after="x")["path"] == ["entity", "participations"]


def test_an_empty_or_null_filter_says_nothing(small: Catalog) -> None:
    """A frontend may send what its user has not chosen."""
    query = "query ($filter: EventFilter) { events(filter: $filter) { totalCount } }"
    filters: list[dict[str, Any] | None] = [None, {}, {"kind": []}, {"kind": None, "dateFrom": None}]
    for chosen in filters:
        assert ask(small, query, filter=chosen) == {"events": {"totalCount": 2}}


def test_the_release_that_answers_can_be_asked(small: Catalog) -> None:
    """The manifest is data, too."""
    data = ask(
        small, "{ release { version sha256 files { collection records } changes { record } } releases { version } }"
    )
    assert data["release"]["sha256"] == small.latest.release.sha256
    assert {"collection": "events", "records": 2} in data["release"]["files"]
    assert (data["release"]["changes"], data["releases"]) == ([], [{"version": "1.0.0"}])


MISTAKES = [
    ("{ events(first: -1) { totalCount } }", "BAD_USER_INPUT", "first: must be from 0 to 100, not -1"),
    ("{ events(last: 101) { totalCount } }", "BAD_USER_INPUT", "last: must be from 0 to 100, not 101"),
    (
        "{ events(first: 1, last: 1) { totalCount } }",
        "BAD_USER_INPUT",
        "last: cannot be given together with first",
    ),
    (
        '{ events(after: "nonsense") { totalCount } }',
        "BAD_USER_INPUT",
        "after: is no cursor that this server gave out",
    ),
    (
        '{ events(filter: {dateFrom: "soon"}) { totalCount } }',
        "BAD_USER_INPUT",
        "dateFrom: must be a day, month or year: 2022-03-15, 2022-03 or 2022",
    ),
    (
        '{ figures(filter: {valueMin: ""}) { totalCount } }',
        "BAD_USER_INPUT",
        "valueMin: must be a number, such as 100 or 0.5",
    ),
    (
        '{ events(filter: {ids: ["fig-twelve"]}) { totalCount } }',
        "BAD_USER_INPUT",
        "ids: must be an id that begins with evt-",
    ),
    ('{ events(filter: {q: ""}) { totalCount } }', "BAD_USER_INPUT", "q: must have from 1 to 200 characters"),
    ("{ events: eventFacets(values: 0) { filter } }", "BAD_USER_INPUT", "values: must be from 1 to 100, not 0"),
    ("{ events: eventFacets(values: 101) { filter } }", "BAD_USER_INPUT", "values: must be from 1 to 100, not 101"),
]


@pytest.mark.parametrize(("query", "code", "message"), MISTAKES)
def test_a_mistake_has_a_message_a_path_and_a_code(query: str, code: str, message: str, small: Catalog) -> None:
    """What a client did wrong is said with the argument as GraphQL spells it."""
    error = mistake(small, query)
    assert (error["message"], error["extensions"]["code"]) == (message, code)
    assert error["path"] in (["events"], ["figures"])
    assert error["extensions"]["argument"] == message.partition(":")[0]


def test_too_many_ids_are_refused(small: Catalog) -> None:
    """A batch has a limit."""
    error = mistake(small, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["evt-closures"] * 101)
    assert error["message"] == "ids: must be at most 100, not 101"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ events(first: 1 ", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ events { totalCount } }" * 3000, "DOCUMENT_TOO_LONG"),
        ("{a" * 3000 + "}" * 3000, "QUERY_TOO_DEEP"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("mutation { x }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { release { version } } query B { release { version } }", "OPERATION_RESOLUTION_FAILURE"),
        ("query ($n: Int!) { events(first: $n) { totalCount } }", "BAD_USER_INPUT"),
    ],
)
def test_what_cannot_run_does_not_run(query: str, code: str, small: Catalog) -> None:
    """A document that cannot be parsed, validated or chosen from is refused as a whole, with a code."""
    outcome = executor.run(query, None, None, Context(small.latest, small))
    assert (outcome.executed, {error["extensions"]["code"] for error in outcome.errors}) == (False, {code})


PARTS = '{{ event(id: "evt-closures") {{ {} id {} }} }}'


@pytest.mark.parametrize(("levels", "refused"), [(14, False), (15, True), (60, True)])
def test_a_document_that_nests_too_deeply_is_refused(levels: int, refused: bool, small: Catalog) -> None:
    """The limit and the depth are said; what keeps within it is answered."""
    query = PARTS.format("partOf { " * (levels - 2), "}" * (levels - 2))
    outcome = executor.run(query, None, None, Context(small.latest, small))
    messages = [error["message"] for error in outcome.errors]
    expected = f"The document nests fields {levels} levels deep; at most 14 are answered."
    assert messages == ([expected] if refused else [])


def test_depth_counts_fragments_where_they_are_spread(small: Catalog) -> None:
    """A fragment adds its own levels, however often it is spread, and costs no more for that."""
    chain = " ".join(f"fragment F{n} on Event {{ partOf {{ ...F{n + 1} ...F{n + 1} }} }}" for n in range(40))
    query = '{ event(id: "evt-closures") { ... on Event { ...F0 } } } fragment F40 on Event { id } ' + chain
    outcome = executor.run(query, None, None, Context(small.latest, small))
    assert outcome.errors[0]["message"].startswith("The document nests fields 42 levels deep")
    assert outcome.errors[0]["extensions"] == {"code": "QUERY_TOO_DEEP", "limit": 14, "value": 42}


@pytest.mark.parametrize("length", [100, 300, 400, 450, 480, 1000])
def test_a_long_chain_of_fragments_is_no_fault(length: int, small: Catalog) -> None:
    """It is answered or refused, and never a fault of ours."""
    chain = " ".join(f"fragment F{n} on Event {{ ...F{n + 1} }}" for n in range(length))
    query = "{ events { nodes { ...F0 } } } " + chain + f" fragment F{length} on Event {{ id }}"
    outcome = executor.run(query, None, None, Context(small.latest, small))
    assert "INTERNAL_SERVER_ERROR" not in {error["extensions"]["code"] for error in outcome.errors}
    assert outcome.executed or outcome.errors


def test_introspection_is_answered(small: Catalog) -> None:
    """Tools may ask for the whole schema, deep as their query is."""
    data = ask(small, get_introspection_query())
    assert data["__schema"]["queryType"]["name"] == "Query"


def test_an_unknown_operation_is_named(small: Catalog) -> None:
    """operationName must be one of the document's."""
    outcome = executor.run("query A { release { version } }", None, "B", Context(small.latest, small))
    assert outcome.errors[0]["message"] == "There is no operation 'B'."


def test_a_record_that_went_away_says_so(small: Catalog, tmp_path: Path) -> None:
    """By its id it is null, with an error that has the reason and the successor; another collection knows nothing."""
    records = raw()
    del records["relations", "rel-reed-behind-mines"]
    stone = {"id": "rel-reed-behind-mines", "reason": "Withdrawn.", "successor": "ent-ada-reed"}
    records["tombstones", "rel-reed-behind-mines"] = stone
    first = release(tmp_path / "releases")
    release(tmp_path / "releases", "2.0.0", records, previous=first)
    catalog = load(tmp_path / "releases")
    query = """{ node(id: "rel-reed-behind-mines") { id } relation(id: "rel-reed-behind-mines") { id }
                 nodes(ids: ["rel-reed-behind-mines", "ent-atlantis"]) { id }
                 event(id: "rel-reed-behind-mines") { id } }"""
    outcome = executor.run(query, None, None, Context(catalog.latest, catalog))
    assert outcome.data == {"node": None, "relation": None, "nodes": [None, {"id": "ent-atlantis"}], "event": None}
    assert [error["path"] for error in outcome.errors] == [["node"], ["relation"], ["nodes", 0]]
    assert {error["message"] for error in outcome.errors} == {"The record went away: Withdrawn."}
    assert outcome.errors[0]["extensions"] == {"code": "RETIRED_RECORD", **stone}


def test_a_fault_of_ours_leaks_nothing(
    small: Catalog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception in a resolver is an error with a path and a code, and no word of the exception."""

    def broken(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("dataset.catalog.Edition.label", broken)
    error = mistake(small, '{ node(id: "evt-closures") { id label } }')
    assert error["message"] == "The server failed to answer this field."
    assert (error["path"], error["extensions"]) == (["node", "label"], {"code": "INTERNAL_SERVER_ERROR"})
    assert "secret" in caplog.text
