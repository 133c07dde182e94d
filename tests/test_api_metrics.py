"""What the server counts: by every worker, for all of them, and in a format that Prometheus reads."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence

import anyio
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api import front, metrics
from api.app import create_app
from api.figures import REASONS
from api.metrics import Board, Figure, Meter, door
from dataset.catalog import Catalog, load
from dataset.problem import Problem
from tests.conftest import ROOT

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    """Return what an exposition says, by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(found: Samples, name: str) -> dict[tuple[str, ...], float]:
    """Return the values of one metric that are not 0, by the values of its labels, in the labels' order."""
    return {
        tuple(value for _, value in labels): figure for (n, labels), figure in found.items() if n == name and figure
    }


def meter(board: Board, row: int = 0, figures: Sequence[Figure] = ()) -> Meter:
    """Return the meter of a worker that has one route."""
    return Meter(board, row, ["/v1/events"], ["fault"], figures)


async def asked(client: httpx.AsyncClient) -> Samples:
    """Return what the server says that it counted."""
    reply = await client.get("/metrics")
    assert (reply.status_code, reply.headers["content-type"]) == (200, metrics.MEDIA_TYPE)
    return samples(reply.text)


async def test_requests_are_counted_by_route_and_status(client: httpx.AsyncClient) -> None:
    """By the route's template, also where the answer is one that was kept."""
    for path in ("/v1/events", "/v1/events", "/v1/events", "/v1/events?kind=x", "/v1/events/evt-none", "/nothing"):
        await client.get(path)
    await client.post("/v1/events")
    await client.options("/v1/events")
    await client.get("/v1/releases/1.0.0/graphql?query={release{version}}")
    assert of(await asked(client), "api_requests_total") == {
        ("/v1/events", "200"): 3,
        ("/v1/events", "204"): 1,
        ("/v1/events", "400"): 1,
        ("/v1/events", "405"): 1,
        ("/v1/events/{id}", "404"): 1,
        ("/v1/releases/{version}/graphql", "200"): 1,
        ("other", "404"): 1,
    }


async def test_how_long_requests_took_is_counted_by_door(client: httpx.AsyncClient) -> None:
    """The buckets add up, and the last one has every request."""
    for path in ("/v1/events", "/v1", "/graphql", "/docs", "/healthz"):
        await client.get(path)
    found = await asked(client)
    assert of(found, "api_request_seconds_count") == {("rest",): 2, ("graphql",): 1, ("page",): 1, ("other",): 1}
    buckets = [
        value for (name, labels), value in found.items() if name.endswith("_bucket") and labels[0] == ("door", "rest")
    ]
    assert buckets == sorted(buckets)
    assert (len(buckets), buckets[-1]) == (len(metrics.BOUNDS) + 1, 2)
    assert 0 < found["api_request_seconds_sum", (("door", "rest"),)] < 60


async def test_refusals_are_counted_by_what_the_answer_says(client: httpx.AsyncClient) -> None:
    """The kinds of REST's errors and the codes of GraphQL's."""
    for _ in range(2):
        await client.get("/v1/events?kind=x")
    await client.get("/v1/events/evt-none")
    await client.get("/graphql?query={nothing}")
    await client.post("/graphql", json={"query": '{ events(order: "\\"code\\":\\"FAKE\\"") }'})
    await client.post("/graphql", content=b"null", headers={"Content-Type": "application/json"})
    assert of(await asked(client), "api_refusals_total") == {
        ("invalid-parameter",): 2,
        ("unknown-record",): 1,
        ("GRAPHQL_VALIDATION_FAILED",): 2,
        ("BAD_REQUEST",): 1,
    }


async def test_operations_are_counted_by_what_answered(client: httpx.AsyncClient) -> None:
    """A plan, or graphql-core, or nobody."""
    for query in ("{ release { version } }", "{ nothing }", "{ event { id } }"):
        await client.post("/graphql", json={"query": query})
    await client.post(
        "/graphql", json={"query": "query ($n: Int) { events(first: $n) { totalCount } }", "variables": {"n": "x"}}
    )
    found = of(await asked(client), "api_operations_total")
    assert found == {("plan",): 1, ("graphql-core",): 1, ("nobody",): 2}


@pytest.mark.parametrize("failing", ["schema.engine.Engine._planned", "schema.engine.read"])
async def test_a_plan_that_fails_is_counted_and_logged_once_for_each_structure(
    failing: str, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is right all the same, and nothing of the document or of the failure's words is in the log."""

    def fail(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(failing, fail)
    event = '{ event(id: "evt-blackouts") { id } }'
    for query in (event, event, event.replace("}", "} "), "{ release { version } }"):
        reply = await client.post("/graphql", json={"query": query})
        assert "errors" not in reply.json()
    assert (await client.post("/graphql", json={"query": "{ event(id: 1.5) { id } }"})).json()["errors"]
    assert of(await asked(client), "api_plan_faults_total") == {(): 4}
    said = [record.getMessage() for record in caplog.records if record.name == "schema.engine"]
    assert len(said) == (2 if failing.endswith("_planned") else 3)  # what cannot be read has no structure
    assert all(
        re.fullmatch(r"a plan failed where graphql-core did not: KeyError at test_api_metrics.py:\d+ in fail", line)
        for line in said
    )


async def test_an_error_of_the_client_is_no_fault_of_a_plan(client: httpx.AsyncClient) -> None:
    """What graphql-core answers with an error was not to be answered by a plan."""
    for query in ('{ events(after: "x") { totalCount } }', '{ events(kind: ["x"]) { totalCount } }', "{ nothing }"):
        assert (await client.post("/graphql", json={"query": query})).json()["errors"]
    found = await asked(client)
    assert found["api_plan_faults_total", ()] == 0
    assert of(found, "api_refusals_total")


async def test_what_is_served_and_what_was_refused_is_said(catalog: Catalog) -> None:
    """Each release with its digest, and how many reasons there were to leave some out."""
    refused = Catalog(catalog.editions, (Problem("2.0.0/manifest.json", "", "", "is gone"),))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(refused)), base_url="http://test") as client:
        found = await asked(client)
    assert of(found, "api_release_info") == {
        (str(version == "1.1.0").lower(), edition.release.sha256, version): 1
        for version, edition in catalog.editions.items()
    }
    assert found["api_releases_refused", ()] == 1


async def test_kept_answers_are_counted(client: httpx.AsyncClient) -> None:
    """The first is made, the second is made and kept, the others are as it was kept; a preflight is none."""
    for _ in range(5):
        await client.get("/v1/events")
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    assert (await client.options("/v1/events", headers=preflight)).status_code == 204
    assert (await asked(client))["api_answers_kept_total", ()] == 3


async def test_what_is_kept_to_be_used_again_says_how_often_it_was() -> None:
    """Of everything that keeps values: the second time it is kept, the third time it is there."""
    events, query = "/v1/events?limit=5", {"query": "{ events(first: 2) { nodes { id } } }"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(load())), base_url="http://test") as client:
        for asked_for in (1, 2, 3, 4):
            await client.get(events)
            await client.post("/graphql", json={**query, "operationName": None, "variables": {"n": asked_for}})
            closures = f"events?kind=closure&date_to=202{asked_for}"
            for question in ("events?q=mines&kind=closure", closures, "search?q=mines"):
                await client.get(f"/v1/{question}&limit={asked_for}", headers={"Accept-Encoding": "identity"})
        await client.post("/graphql", json={"query": "{ nothing }"})
        await client.post("/graphql", json={"query": "{ nothing } "})
        await client.post("/graphql", json={"query": "{ nothing } "})
        found = await asked(client)
    hits, misses = of(found, "api_memo_hits_total"), of(found, "api_memo_misses_total")
    assert (hits["answers",], misses["answers",]) == (2, 2 + 4 + 3 * 4 + 3 + 1)  # the last one asked for these figures
    assert (hits["variants",], misses["variants",]) == (1, 1)
    assert (hits["documents",], misses["documents",]) == (2, 2 + 3)
    assert (hits["prepared",], misses["prepared",]) == (1, 2)
    assert misses["structures",] == 2 + 3
    for name in ("records", "questions", "sets", "words", "scores", "rankings"):
        assert hits[name,] > 0 < misses[name,], name
    sizes, budgets = of(found, "api_memo_size"), of(found, "api_memo_budget")
    assert sizes.keys() == of(found, "api_memo_values").keys() == budgets.keys()
    assert all(0 < sizes[name] < budgets[name] for name in sizes)


async def test_what_workers_keep_is_added_up(catalog: Catalog) -> None:
    """Both have a budget, and both were asked."""
    board = Board(2)
    for row in range(2):
        transport = httpx.ASGITransport(create_app(catalog, board=board, row=row))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            for _ in range(3):
                await client.get("/v1/events?limit=1")
            found = await asked(client)
    assert of(found, "api_memo_hits_total")["answers",] == 2
    assert of(found, "api_memo_values")["answers",] == 2
    assert of(found, "api_memo_budget")["answers",] == 2 * front.BUDGET


async def test_any_worker_answers_for_all(catalog: Catalog) -> None:
    """Two workers on one board: each says what both counted."""
    board = Board(2)
    for row in range(2):
        transport = httpx.ASGITransport(create_app(catalog, board=board, row=row))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.get("/v1/events")
            found = await asked(client)
            assert found["api_workers", ()] == row + 1
            assert of(found, "api_requests_total")["/v1/events", "200"] == row + 1


def test_forked_workers_count_on_one_board(catalog: Catalog) -> None:
    """Nothing is lost between processes, and one that takes the place of another goes on where that one ended."""
    board = Board(2)
    for row in (0, 1, 1):
        worker = os.fork()
        if not worker:
            counting = meter(board, row, [Figure("held", "What is held.", lambda: 7, grows=True)])
            for _ in range(1_000):
                counting.count(counting.place("/v1/events"), 200, 1)
            counting.publish()
            os._exit(0)
        os.waitpid(worker, 0)
    found = samples(meter(board, 0, [Figure("held", "What is held.", lambda: 0, grows=True)]).exposed(catalog).decode())
    assert of(found, "api_requests_total") == {("/v1/events", "200"): 3_000}
    assert found["held_total", ()] == 21
    assert found["api_workers", ()] == 1  # this process; the one in the other row has ended


def test_a_server_of_two_workers_counts_every_request_once() -> None:
    """Whichever worker answers, and whichever is asked what was counted."""
    command = [sys.executable, "-m", "api", "--port", "0", "--workers", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().split(" at ")[1].split("/v1")[0]
            for _ in range(40):  # each on a connection of its own
                assert httpx.get(f"{address}/v1/events?limit=1").status_code == 200
            for _ in range(10):
                found = samples(httpx.get(f"{address}/metrics").text)
                assert of(found, "api_requests_total")["/v1/events", "200"] == 40
                assert found["api_workers", ()] == 2
        finally:
            server.terminate()
            server.wait(60)


def test_what_a_worker_holds_ends_with_it(catalog: Catalog) -> None:
    """A figure of what there is counts those workers only that are alive."""
    board = Board(2)
    held = [Figure("held", "What is held.", lambda: 5)]
    worker = os.fork()
    if not worker:
        meter(board, 1, held).publish()
        os._exit(0)
    os.waitpid(worker, 0)
    assert samples(meter(board, 0, held).exposed(catalog).decode())["held", ()] == 5


async def test_an_idle_worker_is_seen_by_the_others_within_a_second(catalog: Catalog) -> None:
    """What it counted elsewhere is put on the board though nobody asks it again."""
    board = Board(2)
    idle, other = (httpx.ASGITransport(create_app(catalog, board=board, row=row)) for row in range(2))
    async with (
        httpx.AsyncClient(transport=idle, base_url="http://test") as client,
        httpx.AsyncClient(transport=other, base_url="http://test") as second,
    ):
        await client.post("/graphql", json={"query": "{ release { version } }"})
        deadline = time.monotonic() + 30
        while not of(await asked(second), "api_operations_total") and time.monotonic() < deadline:
            await anyio.sleep(0.1)
        assert of(await asked(second), "api_operations_total") == {("plan",): 1}


def test_what_has_no_slot_is_counted_as_other(catalog: Catalog) -> None:
    """A status and a reason that nobody thought of are not lost."""
    counting = meter(Board())
    counting.count(counting.place("/v1/events"), 299, 1)
    counting.refused("unheard-of")
    found = samples(counting.exposed(catalog).decode())
    assert of(found, "api_requests_total") == {("/v1/events", "other"): 1}
    assert of(found, "api_refusals_total") == {("other",): 1}


def test_a_row_that_is_too_short_is_refused() -> None:
    """Rather than counting in the next worker's row."""
    with pytest.raises(ValueError, match="not enough"):
        Meter(Board(), 0, [f"/{number}" for number in range(metrics.WIDTH)], [])


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("/v1", "rest"),
        ("/v1/events.csv", "rest"),
        ("/v1/releases/{version}/graphql", "graphql"),
        ("/graphql", "graphql"),
        ("/", "page"),
        ("/docs", "page"),
        ("/static/{digest}/{name:path}", "page"),
        ("/openapi.json", "other"),
        ("/metrics", "other"),
    ],
)
def test_a_route_belongs_to_a_door(route: str, name: str) -> None:
    """By its path."""
    assert door(route) == name


def test_every_reason_has_one_slot() -> None:
    """None is there twice."""
    assert len(set(REASONS)) == len(REASONS)
