"""Persisted queries: documents asked by their SHA-256, by GET, so that caches can keep the answers."""

import json
from hashlib import sha256
from typing import Any

import httpx
import pytest

from schema.persisted import ENTRY, Persisted
from schema.saved import SAVED

DOCUMENT = "query ($id: ID!) { event(id: $id) { title } }"
DIGEST = sha256(DOCUMENT.encode()).hexdigest()


def asked(digest: str, **more: Any) -> dict[str, str]:
    """Return the parameters that ask a document by its digest."""
    return {"extensions": json.dumps({"persistedQuery": {"version": 1, "sha256Hash": digest}}), **more}


@pytest.mark.parametrize("name", SAVED)
async def test_saved_queries_are_known_from_the_start(name: str, client: httpx.AsyncClient) -> None:
    """A client needs no more than the digest, and the answer is that of the document."""
    reply = await client.get("/graphql", params=asked(SAVED[name].sha256))
    by_document = await client.get("/graphql", params={"query": SAVED[name].document})
    assert reply.json() == by_document.json()
    assert "errors" not in reply.json()


async def test_a_document_is_learnt_when_it_comes_with_its_digest(client: httpx.AsyncClient) -> None:
    """Before that, the client is told to send it."""
    variables = {"variables": json.dumps({"id": "evt-blackouts"})}
    (error,) = (await client.get("/graphql", params=asked(DIGEST, **variables))).json()["errors"]
    assert error == {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
    assert (await client.get("/graphql", params=asked(DIGEST, query=DOCUMENT, **variables))).json()["data"]
    reply = await client.get("/graphql", params=asked(DIGEST, **variables))
    assert reply.json()["data"] == {"event": {"title": "Blackouts"}}
    posted = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}, "variables": {"id": "evt-none"}}
    assert (await client.post("/graphql", json=posted)).json()["data"] == {"event": None}


async def test_an_answer_by_url_may_be_kept_and_an_error_may_not(client: httpx.AsyncClient) -> None:
    """A cache gets a validator and a life time; what is not known yet may be known in a second."""
    good = await client.get("/graphql", params=asked(SAVED["sums"].sha256))
    assert good.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
    again = await client.get(
        "/graphql", params=asked(SAVED["sums"].sha256), headers={"If-None-Match": good.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    unknown = await client.get("/graphql", params=asked("0" * 64))
    assert unknown.headers["cache-control"] == "no-store"
    assert "etag" not in unknown.headers


async def test_a_document_that_fails_is_not_learnt(client: httpx.AsyncClient) -> None:
    """Only what can be asked is kept."""
    wrong = "{ nothing }"
    digest = sha256(wrong.encode()).hexdigest()
    await client.get("/graphql", params=asked(digest, query=wrong))
    (error,) = (await client.get("/graphql", params=asked(digest))).json()["errors"]
    assert error["message"] == "PersistedQueryNotFound"


@pytest.mark.parametrize(
    ("extensions", "reason"),
    [
        ({"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}, "is not the SHA-256 of `query`"),
        ({"persistedQuery": {"version": 2, "sha256Hash": DIGEST}}, "must have `version` 1 and `sha256Hash`"),
        ({"persistedQuery": {"version": 1, "sha256Hash": DIGEST.upper()}}, "must have `version` 1 and `sha256Hash`"),
        ({"persistedQuery": {"version": 1}}, "must have `version` 1 and `sha256Hash`"),
        ({"persistedQuery": "x"}, "must have `version` 1 and `sha256Hash`"),
        ([], "`extensions` must be an object"),
    ],
)
async def test_what_is_wrong_with_it_is_said(extensions: Any, reason: str, client: httpx.AsyncClient) -> None:
    """A digest that is not the document's, or none at all."""
    reply = await client.get("/graphql", params={"query": DOCUMENT, "extensions": json.dumps(extensions)})
    assert reply.status_code == 400
    assert reason in reply.json()["errors"][0]["message"]


def test_the_least_recently_used_is_forgotten() -> None:
    """What is learnt stays within its budget; saved queries stay for good."""
    persisted = Persisted(budget=2 * (ENTRY + 5))
    documents = ["{aaa}", "{bbb}", "{ccc}"]
    digests = [sha256(document.encode()).hexdigest() for document in documents]
    persisted.learn(documents[0])
    persisted.learn(documents[1])
    assert persisted.get(digests[0]) == "{aaa}"
    persisted.learn(documents[2])
    assert [persisted.get(digest) for digest in digests] == ["{aaa}", None, "{ccc}"]
    assert persisted.get(SAVED["sums"].sha256) == SAVED["sums"].document
