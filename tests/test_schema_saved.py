"""Saved queries: what a file must be, and that asking one by its name is the same as asking its document."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from dataset.catalog import Catalog
from dataset.rerun import AddressError, rerun
from schema.context import Context
from schema.executor import run
from schema.saved import SAVED, load
from tests.conftest import ROOT


def test_there_are_saved_queries_and_each_says_what_it_answers() -> None:
    """A name alone is no documentation."""
    assert len(SAVED) >= 6
    assert all(saved.question.endswith("?") and saved.description.endswith(".") for saved in SAVED.values())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# Why?\n# So.\nquery { events { nodes { id } } } query B { release { version } }", "must be one valid"),
        ("# Why?\n# So.\n{ events { nodes { nothing } } }", "must be one valid operation: Cannot query field"),
        ("{ events { nodes { id } } }", "must begin with its question and what it answers"),
        ("# Why?\n# So.\nquery ($x: [EventKind!]) { events(filter: {kind: $x}) { nodes { id } } }", r"\$x is named"),
    ],
)
def test_a_file_that_is_no_saved_query_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    """The message names the file and the reason."""
    (tmp_path / "odd.graphql").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=f"odd.graphql: .*{reason}"):
        load(tmp_path)


def plain(value: Any) -> Any:
    """Return a GraphQL result with the names and the terms of REST, as far as these queries select them."""
    if isinstance(value, dict):
        return {"".join(f"_{c.lower()}" if c.isupper() else c for c in k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.lower() if isinstance(value, str) and value.isupper() and value.replace("_", "").isalpha() else value


@pytest.mark.parametrize("name", SAVED)
@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
async def test_by_name_and_by_document_the_answer_is_the_same(
    name: str, version: str, client: httpx.AsyncClient, catalog: Catalog
) -> None:
    """REST asks the release of the path, whole, and shows what GraphQL says."""
    saved = SAVED[name]
    outcome = run(saved.document, {"first": 100}, None, Context(catalog.editions[version], catalog))
    found = outcome.data[saved.root.key]
    reply = await client.get(
        f"/v1/releases/{version}/queries/{name}?limit=100" if saved.paged else f"/v1/releases/{version}/queries/{name}"
    )
    body = reply.json()
    assert body["query"] == name
    assert body["release"]["version"] == version
    assert body["items"] == plain(found["nodes"] if saved.paged else found)
    assert body["total"] == (found["totalCount"] if saved.paged else len(found))


@pytest.mark.parametrize("name", [name for name, saved in SAVED.items() if saved.paged])
async def test_pages_put_together_are_the_whole_answer(name: str, client: httpx.AsyncClient) -> None:
    """`next` leads through all of it, and `limit=all` gives it at once."""
    path, items = f"/v1/queries/{name}?limit=7", []
    while path:
        body = (await client.get(path)).json()
        items += body["items"]
        path = body["next"]
    whole = (await client.get(f"/v1/queries/{name}?limit=all")).json()
    assert (whole["items"], whole["total"], whole["next"]) == (items, len(items), None)


@pytest.mark.parametrize(
    ("query", "parameter", "reason"),
    [
        ("figures?measure=nothing", "measure", "must be one of mines_closed, "),
        ("figures?event=ent-x", "event", "must be an id that begins with evt-"),
        ("timeline?date_from=soon", "date_from", "must be a day, month or year"),
        ("timeline?date_from=2022&date_from=2023", "date_from", "is given more than once"),
        ("timeline?after=x", "after", "is no cursor that this server gave out"),
        ("timeline?limit=0", "limit", "must be a whole number from 1 to 100, or `all`"),
        ("sums?limit=5", "limit", "is unknown; the parameters here are measure, source, format, excel"),
        ("figures?format=ris", "format", "must be one of json, jsonl, csv"),
    ],
)
async def test_a_wrong_parameter_is_named(query: str, parameter: str, reason: str, client: httpx.AsyncClient) -> None:
    """As at every other address."""
    reply = await client.get(f"/v1/queries/{query}")
    assert (reply.status_code, reply.json()["parameter"]) == (400, parameter)
    assert reply.json()["reason"].startswith(reason)


async def test_the_saved_queries_are_listed(client: httpx.AsyncClient) -> None:
    """With their documents, and the digests by which they are persisted queries."""
    body = (await client.get("/v1/queries")).json()
    assert {item["name"]: item["document"] for item in body["items"]} == {n: s.document for n, s in SAVED.items()}
    parameters = {item["name"]: [p["name"] for p in item["parameters"]] for item in body["items"]}
    assert parameters["sums"] == ["measure", "source", "format", "excel"]


async def test_an_unknown_saved_query_is_not_found(client: httpx.AsyncClient) -> None:
    """As any address that is not there."""
    assert (await client.get("/v1/queries/none")).json()["type"] == "/v1/problems#unknown-route"


@pytest.mark.parametrize("name", SAVED)
async def test_a_cited_answer_can_be_run_again(name: str, client: httpx.AsyncClient) -> None:
    """Without a server, by the address that the answer is cited by."""
    cited = (await client.get(f"/v1/queries/{name}.csv")).links["cite-as"]["url"]
    command = [sys.executable, "-m", "schema", "cite-check", cited]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "same")


def test_the_dataset_alone_says_who_can_run_it_again(catalog: Catalog) -> None:
    """A saved query is not the dataset's, and the error names the command that has it."""
    with pytest.raises(AddressError, match="python -m schema cite-check"):
        rerun(catalog, "/v1/releases/1.1.0/queries/sums")
