"""REST as its users meet it: envelopes, items, paging, pinned releases and errors."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.errors import KINDS
from api.responses import JSON
from dataset.catalog import Catalog, load
from dataset.filter import FILTERS
from dataset.normalise import digest
from dataset.records import SERVED
from tests.world import PASSAGES, Raw, raw, release


def without_reed() -> Raw:
    """Return the world after a record went away, leaving a tombstone."""
    records = raw()
    del records["relations", "rel-reed-behind-mines"]
    records["tombstones", "rel-reed-behind-mines"] = {
        "id": "rel-reed-behind-mines",
        "reason": "The source withdrew it.",
        "successor": "ent-ada-reed",
    }
    return records


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return a catalog of two releases of the invented world; the second one retired a record."""
    folder = tmp_path_factory.mktemp("small") / "releases"
    first = release(folder)
    release(folder, "2.0.0", without_reed(), previous=first)
    return load(folder)


@pytest.fixture
async def atlantis(small: Catalog) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the invented world."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(small)), base_url="http://test") as made:
        yield made


async def test_a_list_names_its_release_and_its_total(atlantis: httpx.AsyncClient, small: Catalog) -> None:
    """The envelope of a list is release, total, items and next."""
    reply = await atlantis.get("/v1/entities?kind=person")
    body = reply.json()
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["dataset-release"] == "2.0.0"
    assert list(body) == ["release", "total", "items", "next"]
    assert body["release"] == {
        "dataset": "atlantis",
        "version": "2.0.0",
        "sha256": small.latest.release.sha256,
        "released": "2020-06-01",
    }
    assert (body["total"], [item["id"] for item in body["items"]], body["next"]) == (1, ["ent-ada-reed"], None)


async def test_an_event_shows_its_figures_and_its_participants_with_their_evidence(
    atlantis: httpx.AsyncClient,
) -> None:
    """One request for an event shows figures, participants, parts and the passages that they rest on."""
    event = (await atlantis.get("/v1/events/evt-closures")).json()["item"]
    assert [figure["id"] for figure in event["figures"]] == ["fig-twelve"]
    assert event["parts"] == [{"id": "evt-forced-closures", "title": "Seven of them were ordered to"}]
    assert event["place"] == {"id": "ent-atlantis", "name": "Atlantis"}
    assert event["participations"][0]["entity"] == {"id": "ent-shut-mines", "name": "The 12 mines"}
    assert event["participations"][0]["evidence"] == [
        {
            "citation": {
                "id": "cit-gazette-lead",
                "source": {
                    "id": "src-gazette-2020-05-02",
                    "title": "Atlantis Shuts 12 Mines",
                    "publisher": "The Gazette",
                    "published": "2020-05-02",
                    "url": "https://gazette.example/2020/05/02/atlantis-mines/",
                },
                "where": "lead",
                "start": "Atlantis has shut 12 mines,",
                "end": "in a statement on Friday.",
                "digest": digest(PASSAGES["cit-gazette-lead"][1]),
                "tokens": ["Atlantis", "12", "Board of Salt"],
                "label": "The Gazette, lead",
                "deep_link": "https://gazette.example/2020/05/02/atlantis-mines/"
                "#:~:text=Atlantis%20has%20shut%2012%20mines%2C,in%20a%20statement%20on%20Friday.",
            },
            "supports": [],
            "attributed_to": {"id": "ent-board-of-salt", "name": "Board of Salt"},
            "channel": "statement",
            "modality": "stated",
            "origin": "board-statement",
            "inference": None,
        }
    ]


async def test_an_entity_shows_its_relations_participations_and_figures(atlantis: httpx.AsyncClient) -> None:
    """One request for an entity shows everything that is said of it."""
    pinned = (await atlantis.get("/v1/releases/1.0.0/entities/ent-shut-mines")).json()["item"]
    assert [relation["id"] for relation in pinned["relations"]] == ["rel-reed-behind-mines"]
    assert [(part["event"]["id"], part["role"]) for part in pinned["participations"]] == [("evt-closures", "closed")]
    assert pinned["figures"] == []


async def test_a_source_shows_everything_that_cites_it(atlantis: httpx.AsyncClient) -> None:
    """One request for a source shows its passages and what rests on them."""
    source = (await atlantis.get("/v1/releases/1.0.0/sources/src-gazette-2020-05-02")).json()["item"]
    assert {name: len(source[name]) for name in ("citations", "events", "entities", "figures", "relations")} == {
        "citations": 5,
        "events": 2,
        "entities": 4,
        "figures": 2,
        "relations": 1,
    }
    assert source["relations"] == [
        {"id": "rel-reed-behind-mines", "title": "Ada Reed – behind – The 12 mines (believed)"}
    ]


@pytest.mark.parametrize("collection", SERVED)
async def test_next_leads_through_the_whole_list_within_one_release(
    collection: str, client: httpx.AsyncClient, catalog: Catalog
) -> None:
    """Following `next` visits every record once, in order, under the release of the first page."""
    path: str | None = f"/v1/{collection}?limit=7"
    seen: list[str] = []
    while path:
        body = (await client.get(path)).json()
        seen += [item["id"] for item in body["items"]]
        path = body["next"]
        pinned = re.escape(f"/v1/releases/{catalog.latest.release.version}/{collection}")
        assert path is None or re.fullmatch(rf"{pinned}\?after=[\w-]+&limit=7", path)
    whole = (await client.get(f"/v1/{collection}?limit=100")).json()
    assert seen == [item["id"] for item in whole["items"]]
    assert set(seen) == set(catalog.latest.release.corpus.collection(collection))


async def test_next_keeps_filters_with_several_values(client: httpx.AsyncClient) -> None:
    """The next page asks the same question."""
    body = (await client.get("/v1/events?kind=closure&kind=context&order=-id&limit=3")).json()
    following = (await client.get(body["next"])).json()
    kinds = {item["kind"] for item in body["items"] + following["items"]}
    assert (body["total"], kinds) == (following["total"], {"closure", "context"})
    assert body["items"][-1]["id"] > following["items"][0]["id"]


async def test_a_pinned_path_answers_from_its_release(client: httpx.AsyncClient) -> None:
    """Every path exists below a release as well and names that release."""
    reply = await client.get("/v1/releases/1.0.0/sources")
    assert reply.headers["dataset-release"] == "1.0.0"
    assert [item["id"] for item in reply.json()["items"]] == ["src-coindesk-2022-03-15"]


async def test_releases_are_listed_newest_first_and_shown_with_their_changes(client: httpx.AsyncClient) -> None:
    """The manifest of a release has its files, and its changes with their reasons."""
    listed = (await client.get("/v1/releases")).json()
    assert [item["version"] for item in listed["items"]] == ["1.1.0", "1.0.0"]
    shown = (await client.get("/v1/releases/1.1.0")).json()["item"]
    assert shown["previous"]["sha256"] == listed["items"][1]["sha256"]
    assert {change["reason"] for change in shown["changes"]} == {"new_source"}
    assert [entry["collection"] for entry in shown["files"]] == [*SERVED, "tombstones"]


async def test_the_index_lists_every_collection_with_its_filters(client: httpx.AsyncClient) -> None:
    """A newcomer finds everything from the root; the paths that it names answer."""
    body = (await client.get("/")).json()
    assert body == (await client.get("/v1")).json()
    assert {name: entry["filters"] for name, entry in body["collections"].items()} == {
        name: [item.name for item in filters] for name, filters in FILTERS.items()
    }
    paths = [entry["path"] for entry in body["collections"].values()]
    for path in [*paths, body["releases"], body["pinned"], body["problems"], body["openapi"]]:
        assert (path, (await client.get(path)).status_code) == (path, 200)


async def test_every_filter_names_the_parameter_when_its_value_cannot_be(client: httpx.AsyncClient) -> None:
    """A value that a filter cannot have is refused with the parameter and the reason."""
    for collection, filters in FILTERS.items():
        for item in filters:
            reply = await client.get(f"/v1/{collection}", params={item.name: "!" * 201})
            body = reply.json()
            assert (item.name, reply.status_code, body.get("parameter")) == (item.name, 400, item.name)
            assert body["reason"].startswith("must ")
            assert body["detail"] == f"{item.name}: {body['reason']}"


REFUSED = [
    ("/v1/events?foo=1", "foo"),
    ("/v1/events/evt-machine-seizures-2022-03?x=1", "x"),
    ("/v1?x=1", "x"),
    ("/openapi.json?x=1", "x"),
    ("/v1/events?limit=0", "limit"),
    ("/v1/events?limit=101", "limit"),
    ("/v1/events?limit=１０", "limit"),
    ("/v1/events?limit=", "limit"),
    ("/v1/events?limit=1&limit=2", "limit"),
    ("/v1/events?after=x", "after"),
    ("/v1/events?after=", "after"),
    ("/v1/events?after=%F0%9F%98%80", "after"),
    ("/v1/events?order=sideways", "order"),
    ("/v1/events?order=", "order"),
    ("/v1/events?date_from=2022-02-30", "date_from"),
    ("/v1/events?date_from=2022-01/2022-02", "date_from"),
    ("/v1/events?date_from=2022&date_from=2023", "date_from"),
    ("/v1/figures?value_min=1e999", "value_min"),
    ("/v1/figures?value_min=NaN", "value_min"),
    ("/v1/events?entity=evt-machine-seizures-2022-03", "entity"),
    ("/v1/entities?name=a&name=b", "name"),
    ("/v1/events?q=", "q"),
    ("/v1/events?q=a&q=b", "q"),
    (f"/v1/events?q={'a' * 201}", "q"),
    ("/v1/events?q=mine&order=-relevance", "order"),
    ("/v1/events?ids=fig-mines-closed-106", "ids"),
    ("/v1/events?limit=ALL", "limit"),
    ("/v1/events?fields=", "fields"),
    ("/v1/events?fields=id,nothing", "fields"),
    ("/v1/events?fields=id.nothing", "fields"),
    ("/v1/events?fields=id&fields=kind", "fields"),
    ("/v1/events?format=xml", "format"),
    ("/v1/events?format=csv&format=csv", "format"),
    ("/v1/events.csv?format=xml", "format"),
    ("/v1/events.csv?excel=0", "excel"),
    ("/v1/events.csv?excel=1&excel=1", "excel"),
    ("/v1/events/evt-machine-seizures-2022-03?excel=1", "excel"),
    ("/v1/events/evt-machine-seizures-2022-03?format=csv", "format"),
    ("/v1/events/facets?fields=id", "fields"),
]


@pytest.mark.parametrize(("path", "parameter"), REFUSED)
async def test_a_wrong_parameter_is_named(path: str, parameter: str, client: httpx.AsyncClient) -> None:
    """An unknown, repeated or impossible parameter is a 400 that names it."""
    reply = await client.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")
    assert reply.json()["parameter"] == parameter


async def test_a_cursor_of_another_release_or_question_is_refused(client: httpx.AsyncClient) -> None:
    """A cursor fits the question and the release that gave it out, and nothing else."""
    cursor = (await client.get("/v1/events?limit=1")).json()["next"].partition("after=")[2]
    elsewhere = [f"/v1/releases/1.0.0/events?after={cursor}", f"/v1/events?kind=closure&after={cursor}"]
    reasons = [(await client.get(path)).json()["reason"] for path in [*elsewhere, f"/v1/figures?after={cursor}"]]
    assert [reason.split(";")[0] for reason in reasons] == [
        "is a cursor of another release",
        "is a cursor of another question",
        "is a cursor of another question",
    ]


PROBLEMS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("GET", "/v1/events?foo=1", "invalid-parameter", {"parameter": "foo"}),
    ("GET", "/v1/events/evt-none", "unknown-record", {}),
    ("GET", "/v1/events/ent-atlantis", "unknown-record", {}),
    ("GET", "/v1/events/rel-reed-behind-mines", "unknown-record", {}),
    ("GET", "/v1/releases/9.9.9", "unknown-release", {"releases": ["2.0.0", "1.0.0"]}),
    ("GET", "/v1/releases/9.9.9/events", "unknown-release", {"releases": ["2.0.0", "1.0.0"]}),
    ("GET", "/v1/releases/1.0.0/diff/9.9.9", "unknown-release", {"releases": ["2.0.0", "1.0.0"]}),
    ("POST", "/v1/releases/9.9.9/graphql", "unknown-release", {"releases": ["2.0.0", "1.0.0"]}),
    ("GET", "/v1/nothing", "unknown-route", {}),
    ("GET", "/v1/events/", "unknown-route", {}),
    ("GET", "/v2", "unknown-route", {}),
    (
        "GET",
        "/v1/relations/rel-reed-behind-mines",
        "retired-record",
        {"id": "rel-reed-behind-mines", "reason": "The source withdrew it.", "successor": "ent-ada-reed"},
    ),
    ("POST", "/v1/events", "wrong-method", {}),
    ("DELETE", "/graphql", "wrong-method", {}),
]


@pytest.mark.parametrize(("method", "path", "kind", "extra"), PROBLEMS)
async def test_every_error_is_a_problem_of_the_table(
    method: str, path: str, kind: str, extra: dict[str, Any], atlantis: httpx.AsyncClient
) -> None:
    """An error has the type, title and status of its row, and what is particular to it."""
    reply = await atlantis.request(method, path)
    body = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    assert (body["type"], body["title"], body["status"]) == (
        f"/v1/problems#{kind}",
        KINDS[kind].title,
        reply.status_code,
    )
    assert reply.status_code == KINDS[kind].status
    assert {name: body.get(name) for name in extra} == extra


@pytest.mark.parametrize("path", ["/v1", "/v1/problems", "/v1/releases", "/v1/releases/1.0.0", "/openapi.json"])
async def test_what_is_json_only_is_refused_as_anything_else(path: str, client: httpx.AsyncClient) -> None:
    """Where there is one media type, an Accept header that leaves it out is a 406 that names it."""
    refused = await client.get(path, headers={"Accept": "text/csv, application/json;q=0"})
    assert (refused.status_code, refused.headers["content-type"]) == (406, "application/problem+json")
    assert (refused.json()["type"], refused.json()["available"]) == ("/v1/problems#not-acceptable", [JSON])
    assert (await client.get(path, headers={"Accept": "text/csv, application/*;q=0.1"})).status_code == 200


async def test_a_fault_of_ours_leaks_nothing(small: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception is a 500 problem with no word of what went wrong."""

    def broken(*_: object, ready: bool) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("dataset.represent.item", broken)
    transport = httpx.ASGITransport(create_app(small), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        reply = await client.get("/v1/events/evt-closures")
        assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
        assert "secret" not in reply.text
        assert (await client.get("/v1/events")).status_code == 200


def test_every_kind_of_error_is_asked_for_over_http() -> None:
    """A row of the table without a case or a test above would be untested."""
    here = {kind for _, _, kind, _ in PROBLEMS} | {"fault", "not-acceptable"}
    edge = {"bad-host", "uri-too-long", "headers-too-large", "content-too-large", "unsupported-encoding", "busy"}
    server = {"malformed-request", "request-timeout", "too-many-connections"}
    assert here | edge | server == set(KINDS)  # the others are asked for in the tests of the edge and of the server


async def test_the_kinds_of_error_can_be_read(client: httpx.AsyncClient) -> None:
    """What a problem's type points to is served."""
    items = (await client.get("/v1/problems")).json()["items"]
    assert {item["id"]: item["status"] for item in items} == {name: kind.status for name, kind in KINDS.items()}


async def test_an_error_names_the_release_that_was_asked(client: httpx.AsyncClient) -> None:
    """In the header, where there is such a release."""
    paths = ["/v1/events?limit=0", "/v1/events/evt-none", "/v1/releases/1.0.0/events/evt-none", "/v1/releases/9.9.9"]
    named = [(await client.get(path)).headers.get("dataset-release") for path in paths]
    assert named == ["1.1.0", "1.1.0", "1.0.0", None]


async def test_a_wrong_method_lists_the_right_ones(client: httpx.AsyncClient) -> None:
    """Allow is there, and sorted."""
    assert (await client.put("/v1/events")).headers["allow"] == "GET, HEAD, OPTIONS"
    assert (await client.put("/graphql")).headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1", "GET, HEAD, OPTIONS"),
        ("/v1/events.csv", "GET, HEAD, OPTIONS"),
        ("/v1/releases/9.9.9/events/facets", "GET, HEAD, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
        ("/graphql", "GET, HEAD, OPTIONS, POST"),
    ],
)
async def test_options_says_what_an_address_knows(path: str, allowed: str, client: httpx.AsyncClient) -> None:
    """Without a body, and without looking whether there is something to get."""
    reply = await client.options(path)
    assert (reply.status_code, reply.headers["allow"], reply.content) == (204, allowed, b"")


async def test_head_is_get_without_the_body(client: httpx.AsyncClient) -> None:
    """HEAD has the headers that GET has."""
    client.headers["X-Request-ID"] = "same"
    got, head = await client.get("/v1/events"), await client.head("/v1/events")
    assert head.headers == got.headers
    assert head.content == b""


@pytest.mark.parametrize("path", ["/v1/events", "/v1/nothing", "/v1/events?limit=0", "/graphql"])
async def test_a_page_of_another_origin_may_read_answers_and_errors(path: str, client: httpx.AsyncClient) -> None:
    """Frontends read the API from anywhere, without credentials."""
    reply = await client.get(path, headers={"Origin": "https://paper.example"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    assert "Dataset-Release" in reply.headers["access-control-expose-headers"]


async def test_a_pinned_answer_and_the_latest_differ_by_what_the_diff_says(
    client: httpx.AsyncClient, catalog: Catalog
) -> None:
    """Records that the diff does not name have the same fields in both releases, and those that it names differ."""
    changes = catalog.changes("1.0.0", "1.1.0")
    named = {(change.record, change.field) for change in changes}
    for collection in SERVED:
        old = await _all(client, f"/v1/releases/1.0.0/{collection}")
        new = await _all(client, f"/v1/{collection}")
        assert {i for i in new if i not in old} == {i for i in new if (i, None) in named}
        for name, before in old.items():
            stored = {c.field for c in changes if c.record == name}
            same = [f for f in before if _plain(before[f]) == _plain(new[name][f])]
            assert not stored & set(same), (name, stored)
            if not stored and collection != "events":  # an event shows its figures, which have changes of their own
                assert set(before) - set(same) <= {"attributed_to", "subject", "object", "label"}


async def _all(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    body = (await client.get(path, params={"limit": 100})).json()
    assert body["next"] is None
    return {item["id"]: item for item in body["items"]}


def _plain(value: Any) -> str:
    """Return a value as text, with what it shows of other records left at their ids."""

    def bare(found: dict[str, Any]) -> Any:
        return found["id"] if set(found) == {"id", "name"} else found

    return json.dumps(json.loads(json.dumps(value), object_hook=bare), sort_keys=True)
