"""The GraphQL door over HTTP: reading requests, negotiating answers, refusing what is no request."""

import json

import httpx
import pytest

QUERY = "{ events(first: 1) { totalCount } }"
NEW, OLD = "application/graphql-response+json", "application/json"


async def test_post_and_get_give_the_same_answer(client: httpx.AsyncClient) -> None:
    """A query may be sent either way."""
    posted = await client.post("/graphql", json={"query": QUERY})
    got = await client.get("/graphql", params={"query": QUERY})
    assert (posted.status_code, got.status_code) == (200, 200)
    assert posted.json() == got.json()
    assert posted.json()["data"] == {"events": {"totalCount": 27}}


async def test_an_answer_names_its_release(client: httpx.AsyncClient) -> None:
    """In the header and in the extensions, errors included; a pinned path names its own."""
    for path, version in (("/graphql", "1.1.0"), ("/v1/releases/1.0.0/graphql", "1.0.0")):
        for query in (QUERY, "{ nothing }", "{"):
            reply = await client.post(path, json={"query": query})
            named = reply.json()["extensions"]["release"]
            assert (reply.headers["dataset-release"], named["version"]) == (version, version)
            assert set(named) == {"dataset", "version", "sha256", "released"}


async def test_variables_and_operation_name_are_used(client: httpx.AsyncClient) -> None:
    """By POST as JSON, by GET as JSON in a parameter."""
    query = "query A($n: Int) { events(first: $n) { nodes { id } } } query B { release { version } }"
    posted = await client.post("/graphql", json={"query": query, "variables": {"n": 2}, "operationName": "A"})
    assert len(posted.json()["data"]["events"]["nodes"]) == 2
    asked = {"query": query, "variables": '{"n": 2}', "operationName": "A"}
    assert (await client.get("/graphql", params=asked)).json() == posted.json()


@pytest.mark.parametrize(
    ("accept", "query", "status", "media_type"),
    [
        (None, QUERY, 200, OLD),
        ("*/*", QUERY, 200, OLD),
        (OLD, QUERY, 200, OLD),
        (NEW, QUERY, 200, NEW),
        (f"{OLD};q=0.5, {NEW}", QUERY, 200, NEW),
        (f"{NEW};q=0, {OLD}", QUERY, 200, OLD),
        (f"{NEW};q=nonsense, application/*", QUERY, 200, OLD),
        (OLD, "{", 200, OLD),
        (OLD, "{ nothing }", 200, OLD),
        (NEW, "{", 400, NEW),
        (NEW, "{ nothing }", 400, NEW),
        (NEW, "{ events(first: -1) { totalCount } }", 200, NEW),
        ("text/csv", QUERY, 406, OLD),
    ],
)
async def test_the_media_type_is_negotiated_with_its_status(
    accept: str | None, query: str, status: int, media_type: str, client: httpx.AsyncClient
) -> None:
    """By the GraphQL-over-HTTP specification: the newer type tells a refused document by its status."""
    headers = {"Accept": accept} if accept else {}
    if not accept:
        del client.headers["accept"]
    reply = await client.post("/graphql", json={"query": query}, headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (status, f"{media_type}; charset=utf-8")
    assert "Accept" in reply.headers["vary"]


BODIES: list[tuple[bytes, str, int]] = [
    (b"", OLD, 400),
    (b"null", OLD, 400),
    (b'"x"', OLD, 400),
    (b"[]", OLD, 400),
    (b"{}", OLD, 400),
    (b"{", OLD, 400),
    (b'{"query": 1}', OLD, 400),
    (b'{"query": ""}', OLD, 400),
    (b'{"query": "{a}", "query": "{b}"}', OLD, 400),
    (b'{"query": "{a}", "variables": []}', OLD, 400),
    (b'{"query": "{a}", "operationName": 1}', OLD, 400),
    (b'{"query": "{a}", "extensions": 1}', OLD, 400),
    (b'{"query": "{a}", "operationName": "\\ud800"}', OLD, 400),
    (b'{"query": "\xff"}', OLD, 400),
    (b'{"query": "{a}", "variables": {"n": ' + b"9" * 5000 + b"}}", OLD, 400),
    (b"[" * 100_000, OLD, 400),
    (b" " * 1_000_001, OLD, 413),
    (json.dumps({"query": QUERY}).encode(), "text/plain", 415),
    (json.dumps({"query": QUERY}).encode(), "", 415),
    (json.dumps({"query": QUERY}).encode(), f"{OLD}; charset=latin-1", 415),
]


@pytest.mark.parametrize(("body", "content_type", "status"), BODIES, ids=range(len(BODIES)))
async def test_a_body_that_is_no_request_is_refused_as_json(
    body: bytes, content_type: str, status: int, client: httpx.AsyncClient
) -> None:
    """Whatever is sent, the answer is JSON with `errors` that say what is wrong, and no fault."""
    reply = await client.post("/graphql", content=body, headers={"Content-Type": content_type})
    (error,) = reply.json()["errors"]
    assert (reply.status_code, error["extensions"]) == (status, {"code": "BAD_REQUEST"})
    assert error["message"].endswith(".")
    assert len(error["message"]) < 300


async def test_a_compressed_body_is_refused(client: httpx.AsyncClient) -> None:
    """A body is read as it comes."""
    headers = {"Content-Type": OLD, "Content-Encoding": "gzip"}
    assert (await client.post("/graphql", content=b"\x1f\x8b", headers=headers)).status_code == 415


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "`query` must be a string with a GraphQL document."),
        ("query=%7Ba%7D&query=%7Bb%7D", "The parameter 'query' is given more than once."),
        ("query=%7Ba%7D&foo=1", "The parameter 'foo' is unknown."),
        ("query=%7Ba%7D&variables=1", "`variables` must be an object."),
    ],
)
async def test_a_url_that_is_no_request_is_refused(query: str, reason: str, client: httpx.AsyncClient) -> None:
    """So it is with GET."""
    reply = await client.get(f"/graphql?{query}", headers={"Accept": OLD})
    assert (reply.status_code, reply.json()["errors"][0]["message"]) == (400, reason)


async def test_variables_in_a_url_must_be_json(client: httpx.AsyncClient) -> None:
    """A broken parameter says which one it is."""
    reply = await client.get("/graphql", params={"query": QUERY, "variables": "{"})
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["message"].startswith("The parameter 'variables' is not the JSON")
