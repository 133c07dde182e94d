"""What headers say is found out once, and never taken for what others say."""

import httpx
import pytest

from api.app import create_app
from api.head import BUDGET, LINE, LONGEST, Head, Heads
from dataset.catalog import Catalog

HOST = (b"host", b"a")


def test_the_same_headers_are_read_once() -> None:
    """From the second time on that they came, whoever sent them; in another order they are others."""
    heads = Heads()
    first, second, third = (heads.of([HOST, (b"accept", b"*/*")]) for _ in range(3))
    assert (first is second, second is third) == (False, True)
    assert heads.of([(b"accept", b"*/*"), HOST]) is not third


def test_headers_that_come_once_take_no_room() -> None:
    """Whoever sends others with each request pushes nobody out."""
    heads = Heads()
    known = [heads.of([HOST]) for _ in range(2)][1]
    for number in range(2 * BUDGET // LINE):
        heads.of([HOST, (b"traceparent", b"%d" % number)])
    assert heads.of([HOST]) is known


def test_what_is_kept_of_headers_is_bounded() -> None:
    """The long ones are not kept, and of the others the oldest go."""
    heads = Heads()
    long = [HOST, (b"cookie", b"a" * LONGEST)]
    assert heads.of(long) is not heads.of(long)
    known = [heads.of([HOST]) for _ in range(2)][1]
    for number in range(BUDGET // LINE):
        for _ in range(2):
            heads.of([HOST, (b"cookie", b"%d" % number)])
    assert heads.of([HOST]) is not known


@pytest.mark.parametrize(
    ("headers", "bodily"),
    [
        ([], False),
        ([(b"content-length", b"0")], False),
        ([(b"content-length", b"1")], True),
        ([(b"content-length", b"00")], True),
        ([(b"transfer-encoding", b"identity")], True),
    ],
    ids=str,
)
def test_headers_say_whether_there_is_a_body(headers: list[tuple[bytes, bytes]], bodily: bool) -> None:
    """Only a length that is nothing, or none at all, means that there is none."""
    assert Head(headers).bodily == bodily


def test_several_lines_of_a_header_are_one_list() -> None:
    """In their order; without any it is empty."""
    head = Head([(b"accept", b"a/b"), HOST, (b"accept", b"c/d")])
    assert (head.line(b"accept"), head.line(b"host"), head.line(b"cookie")) == ("a/b, c/d", "a", "")


async def test_what_headers_say_is_no_other_requests(catalog: Catalog) -> None:
    """Good ones and wrong ones, a client's own id and none, asked by turns: each gets its own answer each time."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(catalog)), base_url="http://test") as client:
        for _ in range(4):
            assert (await client.get("/v1", headers={"X-Request-ID": "mine"})).headers["x-request-id"] == "mine"
            assert (await client.get("/v1")).headers["x-request-id"] != "mine"
            assert (await client.get("/v1", headers={"Host": "a b"})).status_code == 400
            assert (await client.get("/v1?q=" + "a" * 9_000)).status_code == 414
            assert (await client.post("/v1", headers={"Content-Encoding": "gzip"}, content=b"a")).status_code == 415
            assert (await client.post("/v1", content=b"a")).status_code == 405
