"""The edge: what a request may be at all is looked at before anything of it is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Message

from api.app import create_app
from api.edge import LONGEST_HOST, valid
from api.limits import Limits
from dataset.catalog import Catalog

HOST = (b"host", b"test")
JSON = (b"content-type", b"application/json")
QUERY = b'{"query": "{ events { totalCount } }"}'

Headers = Sequence[tuple[bytes, bytes]]


@dataclass
class Reply:
    """An answer, and how much of the request was read for it."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    read: int = 0

    @property
    def kind(self) -> str:
        """The kind of problem that it is."""
        assert self.headers["content-type"] == "application/problem+json"
        return str(orjson.loads(self.body)["type"]).removeprefix("/v1/problems#")


async def ask(
    app: ASGIApp,
    path: str = "/v1/events",
    query: bytes = b"limit=1",
    headers: Headers = (HOST,),
    method: str = "GET",
    parts: Iterable[bytes | None] = (),
) -> Reply:
    """Return the answer to a request whose body comes in these parts; None: the client goes away."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    found = Reply()
    coming = [*parts]

    async def receive() -> Message:
        part = coming.pop(0) if coming else b""
        if part is None:
            return {"type": "http.disconnect"}
        found.read += len(part)
        return {"type": "http.request", "body": part, "more_body": bool(coming)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.status = message["status"]
            found.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            found.body += message.get("body", b"")

    await app(scope, receive, send)
    return found


@pytest.fixture(scope="module")
def app(catalog: Catalog) -> ASGIApp:
    """Return the application over the published releases."""
    return create_app(catalog)


def lines(count: int) -> list[tuple[bytes, bytes]]:
    """Return that many headers, Host among them."""
    return [HOST, *((b"x-%d" % number, b"a") for number in range(count - 1))]


BOUNDS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"path": "/v1/" + "a" * 8_188, "query": b""}, {"path": "/v1/" + "a" * 8_189, "query": b""}, "uri-too-long"),
    ({"query": b"q=" + b"a" * 8_179}, {"query": b"q=" + b"a" * 8_180}, "uri-too-long"),
    ({"headers": lines(100)}, {"headers": lines(101)}, "headers-too-large"),
    (
        {"headers": [HOST, (b"x", b"a" * (16_384 - 9))]},
        {"headers": [HOST, (b"x", b"a" * (16_384 - 8))]},
        "headers-too-large",
    ),
    (
        {"headers": [HOST, (b"content-length", b"1000000")], "parts": [b" " * 1_000_000]},
        {"headers": [HOST, (b"content-length", b"1000001")], "parts": [b" " * 1_000_001]},
        "content-too-large",
    ),
    (
        {"headers": [HOST, (b"transfer-encoding", b"chunked")], "parts": [b" " * 500_000] * 2},
        {"headers": [HOST, (b"transfer-encoding", b"chunked")], "parts": [b" " * 500_000, b" " * 500_001]},
        "content-too-large",
    ),
]


@pytest.mark.parametrize(("fits", "does_not", "kind"), BOUNDS, ids=range(len(BOUNDS)))
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
async def test_a_bound_is_exact(
    fits: dict[str, Any], does_not: dict[str, Any], kind: str, method: str, app: ASGIApp
) -> None:
    """What is as large as it may be is answered as ever, and what is larger by one is refused."""
    asked, refused = await ask(app, method=method, **fits), await ask(app, method=method, **does_not)
    assert asked.status in (200, 400, 404, 405)
    assert refused.kind == kind


async def test_what_is_too_large_says_the_limit_and_the_value(app: ASGIApp) -> None:
    """A client can see what it has to change."""
    body = orjson.loads((await ask(app, query=b"q=" + b"a" * 9_000)).body)
    assert (body["status"], body["limit"], body["value"]) == (414, 8_192, 9_013)
    assert body["detail"] == "The path and the query have 9013 bytes; at most 8192 are taken."


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nothing_is_read_of_a_body_that_is_announced_too_large(method: str, app: ASGIApp) -> None:
    """The connection is closed, for the body would come next."""
    found = await ask(app, headers=[HOST, (b"content-length", b"9" * 5_000)], method=method, parts=[b" " * 1_000])
    assert (found.status, found.read, found.headers["connection"]) == (413, 0, "close")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_no_more_is_read_of_a_body_than_it_may_have(method: str, app: ASGIApp) -> None:
    """A body without end is refused with the part that is too much."""
    headers = [HOST, (b"transfer-encoding", b"chunked")]
    found = await ask(app, headers=headers, method=method, parts=[b" " * 300_000] * 1_000)
    assert (found.status, found.read, found.headers["connection"]) == (413, 1_200_000, "close")


async def test_a_client_that_goes_away_while_it_sends_is_not_answered(app: ASGIApp) -> None:
    """There is nobody to answer."""
    headers = [HOST, JSON, (b"content-length", b"100")]
    assert await ask(app, "/graphql", b"", headers, "POST", [b"{", None]) == Reply(read=1)


@pytest.mark.parametrize(
    "host",
    ["test", "test:80", "a.example.org", "a.example.org.", "my_service:8000", "127.0.0.1:65535", "[::1]", "[::1]:80"],
)
def test_a_host_is_a_name_or_an_address_and_a_port(host: str) -> None:
    """Whatever a client can reach the server by is valid."""
    assert valid(host.encode())


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "a b",
        "a/b",
        "a@b",
        "a,b",
        "a\\b",
        "a:b",
        "a:65536",
        "a:123456",
        "a:",
        "a:1:2",
        "a..b",
        ".a",
        "http://a",
        "a?b",
        "a#b",
        "[::1",
        "::1",
        "[a.b]x",
        "a\x00",
        "a\n",
        "é",
        "a%2e",
        "<script>",
        "a" * 64,
        "a." * LONGEST_HOST,
    ],
)
async def test_a_host_that_names_none_is_refused(host: str, app: ASGIApp) -> None:
    """Nothing but a name or an address and a port ever stands in an absolute address of ours."""
    assert (await ask(app, headers=[(b"host", host.encode())])).kind == "bad-host"


async def test_every_request_has_one_host(app: ASGIApp) -> None:
    """None is refused, and so are two, even alike."""
    found = [await ask(app, headers=headers) for headers in ([], [HOST, HOST], [HOST, (b"host", b"other")])]
    assert [reply.kind for reply in found] == ["bad-host"] * 3
    assert (await ask(app)).status == 200  # a host that was valid once makes no other one valid
    assert (await ask(app, headers=[(b"host", b"a b")])).kind == "bad-host"


@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-length", b"1"), (b"content-length", b"1")],
        [(b"content-length", b"1"), (b"content-length", b"2")],
        [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
        [(b"transfer-encoding", b"gzip, chunked")],
        [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")],
        [(b"content-length", b"+1")],
        [(b"content-length", b"-1")],
        [(b"content-length", b"1_0")],
        [(b"content-length", b"")],
        [(b"content-length", "١".encode())],
        [JSON, JSON],
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_body_that_is_announced_in_two_ways_or_none_is_refused(
    headers: Headers, method: str, app: ASGIApp
) -> None:
    """Where servers could disagree on where a request ends, there is no answer."""
    found = await ask(app, headers=[HOST, *headers], method=method, parts=[b"a"])
    assert (found.kind, found.read) == ("malformed-request", 0)


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"zstd", b"deflate", b"gzip, identity", b"", b"nonsense"])
async def test_a_body_is_sent_as_it_is(encoding: bytes, app: ASGIApp) -> None:
    """There is nothing to decompress, and so no bomb; nothing of it is read."""
    headers = [HOST, (b"content-encoding", encoding), (b"content-length", b"10")]
    found = await ask(app, headers=headers, parts=[b"a" * 10])
    assert (found.kind, found.read, found.headers["connection"]) == ("unsupported-encoding", 0, "close")


async def test_identity_is_no_encoding(app: ASGIApp) -> None:
    """A client may say that it does nothing to the body."""
    for method, path, body in (("GET", "/v1/events", b""), ("POST", "/graphql", QUERY)):
        headers = [HOST, JSON, (b"content-encoding", b"Identity"), (b"content-length", b"%d" % len(body))]
        assert (await ask(app, path, b"", headers, method, [body])).status == 200


@pytest.mark.parametrize("path", ["/graphql", "/v1/releases/1.0.0/graphql"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [([(b"content-length", b"2000000")], 413), ([(b"content-encoding", b"gzip"), (b"content-length", b"9")], 415)],
)
async def test_graphql_is_refused_in_its_own_form(path: str, headers: Headers, status: int, app: ASGIApp) -> None:
    """A body that is not read is refused by `errors`, as any other one that is no request."""
    found = await ask(app, path, b"", [HOST, JSON, *headers], "POST")
    (error,) = orjson.loads(found.body)["errors"]
    assert (found.status, error["extensions"]) == (status, {"code": "BAD_REQUEST"})
    assert found.headers["dataset-release"] == ("1.0.0" if "1.0.0" in path else "1.1.0")


async def test_graphql_of_a_release_that_is_not_there_is_refused_as_a_problem(app: ASGIApp) -> None:
    """There is no door that could answer."""
    found = await ask(app, "/v1/releases/9.9.9/graphql", b"", [HOST, (b"content-length", b"2000000")], "POST")
    assert found.kind == "content-too-large"


@pytest.mark.parametrize("size", [1, 7, len(QUERY)])
async def test_a_body_in_parts_is_answered_as_one_in_one_piece(size: int, app: ASGIApp) -> None:
    """However a client sends it, it is the same question."""
    parts = [QUERY[at : at + size] for at in range(0, len(QUERY), size)]
    found = await ask(app, "/graphql", b"", [HOST, JSON, (b"transfer-encoding", b"chunked")], "POST", parts)
    assert (found.status, orjson.loads(found.body)["data"]) == (200, {"events": {"totalCount": 27}})


async def test_a_get_with_a_body_is_answered_without_it(app: ASGIApp) -> None:
    """The body means nothing, and the connection can go on."""
    found = await ask(app, headers=[HOST, (b"content-length", b"5")], parts=[b"hello"])
    assert (found.status, found.read, "connection" in found.headers) == (200, 5, False)


async def test_an_operator_sets_the_limits(catalog: Catalog) -> None:
    """What is configured is what holds, and what is listed."""
    limits = Limits(url=50, headers=100, header_lines=3, body=10)
    app = create_app(catalog, limits=limits)
    assert (await ask(app, query=b"q=" + b"a" * 50)).kind == "uri-too-long"
    assert (await ask(app, headers=lines(4))).kind == "headers-too-large"
    assert (await ask(app, headers=[HOST, (b"x", b"a" * 100)])).kind == "headers-too-large"
    assert (await ask(app, headers=[HOST, (b"content-length", b"11")])).kind == "content-too-large"
    listed = {row["name"]: row["value"] for row in orjson.loads((await ask(app, "/v1/limits", b"")).body)["items"]}
    assert {name: listed[name] for name in ("url", "headers", "header_lines", "body")} == {
        "url": 50,
        "headers": 100,
        "header_lines": 3,
        "body": 10,
    }


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        (b"limit=%D9%A1%D9%A0", "limit"),
        (b"limit=+5", "limit"),
        (b"limit=%2B5", "limit"),
        (b"limit=1_0", "limit"),
        (b"limit=5.0", "limit"),
        (b"limit=-1", "limit"),
        (b"limit=0x5", "limit"),
        (b"limit=", "limit"),
        (b"limit=ALL", "limit"),
        (b"limit=5&limit=5", "limit"),
        (b"limit=" + b"9" * 5_001, "limit"),
        (b"q=a%00b", "q"),
        (b"q=a%1Bb", "q"),
        (b"q=a%0D%0Ab", "q"),
        (b"q=a%7Fb", "q"),
        (b"q=a%C2%85b", "q"),
        (b"q=a%FFb", "q"),
        (b"q=%ED%A0%80", "q"),
        (b"q=" + b"a" * 201, "q"),
        (b"q=", "q"),
        (b"after=%00", "after"),
        (b"after=" + b"A" * 8_000, "after"),
        (b"kind%00=closure", "kind\x00"),
        (b"__proto__=1", "__proto__"),
        (b"kind[]=closure", "kind[]"),
    ],
)
async def test_a_parameter_is_taken_strictly(query: bytes, parameter: str, app: ASGIApp) -> None:
    """A value is what it must be to the letter, or it is refused with the parameter's name."""
    found = await ask(app, query=query)
    assert (found.kind, orjson.loads(found.body)["parameter"]) == ("invalid-parameter", parameter)
