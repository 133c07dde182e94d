"""The limits: one table in the code, which the API and the README show, and long answers within theirs."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send

from api import resources
from api.app import create_app
from api.errors import KINDS
from api.exports import AGAIN, Export, Exports
from api.limits import Limits, table
from dataset.catalog import Catalog
from tests.conftest import ROOT


async def test_the_limits_can_be_read(client: httpx.AsyncClient) -> None:
    """What holds is listed, with what happens beyond it."""
    found = (await client.get("/v1/limits")).json()
    assert [(row["name"], row["value"], row["code"], row["status"]) for row in found["items"]] == [
        (row.name, row.value, row.code, row.status) for row in table()
    ]
    assert (found["total"], found["next"]) == (len(table()), None)
    statuses = {row["name"]: row["status"] for row in found["items"]}
    assert (statuses["url"], statuses["headers"], statuses["body"], statuses["exports"]) == (414, 431, 413, 503)


def test_the_readme_shows_the_table() -> None:
    """Each limit stands there with its value, and none that is not."""
    text = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+ \w+) \| (?:(\d+) )?`([\w-]+)` \| (.*) \|$", text, re.MULTILINE)
    assert rows == [
        (row.name, f"{row.value:,} {row.unit}", str(row.status or ""), row.code, row.description) for row in table()
    ]


def test_each_limit_is_one_row() -> None:
    """Names are unique, and what is refused with a status is a kind of problem."""
    names = [row.name for row in table()]
    assert len(set(names)) == len(names)
    assert all(row.code in KINDS or row.code.isupper() for row in table())


class Slow:
    """Clients of long answers: each takes what it is sent once it is let go on."""

    def __init__(self, exports: Exports) -> None:
        self.exports = exports
        self.go_on = asyncio.Event()
        self.statuses: list[int] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[bytes, bytes]] = []

    def begin(self, method: str = "GET") -> asyncio.Task[None]:
        """Ask for a long answer."""
        return asyncio.create_task(self._ask(method))

    async def _ask(self, method: str) -> None:
        async def parts() -> AsyncIterator[bytes]:
            yield b"a" * 10
            yield b"b" * 10

        scope: Scope = {"type": "http", "method": method, "asgi": {"spec_version": "2.4"}}
        await Export(self.exports, parts())(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.statuses.append(message["status"])
            self.headers.append(dict(message["headers"]))
        else:
            self.bodies.append(message.get("body", b""))
            if self.statuses[-1] == 200:
                await self.go_on.wait()


async def settle() -> None:
    """Let every task come as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_only_so_many_long_answers_are_sent_at_once() -> None:
    """One is sent, one waits for its turn, and the third is told when to come again."""
    clients = Slow(Exports(Limits(exports=1, exports_waiting=1)))
    first, second = clients.begin(), clients.begin()
    await settle()
    assert clients.statuses == [200]
    third = clients.begin()
    await third
    assert clients.statuses == [200, 503]
    assert clients.headers[1][b"retry-after"] == str(AGAIN).encode()
    assert orjson.loads(clients.bodies[-1])["type"] == "/v1/problems#busy"
    clients.go_on.set()
    await asyncio.gather(first, second)
    assert clients.statuses == [200, 503, 200]
    await clients.begin()
    assert clients.statuses == [200, 503, 200, 200]


async def test_who_waits_too_long_is_turned_away() -> None:
    """A turn that does not come is not waited for without end."""
    clients = Slow(Exports(Limits(exports=1, exports_waiting=1), patience=0.01))
    first = clients.begin()
    await settle()
    await clients.begin()
    assert clients.statuses == [200, 503]
    clients.go_on.set()
    await first


async def test_a_client_that_takes_nothing_loses_its_place() -> None:
    """Its answer is cut off, and the next one is sent."""
    clients = Slow(Exports(Limits(exports=1, exports_waiting=1), stalled=0.01))
    await clients.begin()
    clients.go_on.set()
    await clients.begin()
    assert clients.statuses == [200, 200]
    assert clients.bodies == [b"a" * 10, b"a" * 10, b"b" * 10, b""]


async def test_a_client_that_goes_away_gives_its_place_back() -> None:
    """So does an answer that breaks off."""
    clients = Slow(Exports(Limits(exports=1, exports_waiting=0)))
    gone = clients.begin()
    await settle()
    gone.cancel()
    with suppress(asyncio.CancelledError):
        await gone
    clients.go_on.set()
    await clients.begin()
    assert clients.statuses == [200, 200]


async def test_a_fault_while_it_is_sent_is_no_other_one() -> None:
    """What fails is not hidden, and the place is given back."""
    exports = Exports(Limits(exports=1, exports_waiting=0))

    async def failing() -> AsyncIterator[bytes]:
        yield b"a"
        raise KeyError

    async def send(message: Message) -> None:
        pass

    receive: Receive = asyncio.Event().wait  # type: ignore[assignment]
    sending: Send = send
    scope: Scope = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.4"}}
    for _ in range(2):
        with pytest.raises(KeyError):
            await Export(exports, failing())(scope, receive, sending)


async def test_head_takes_no_place() -> None:
    """Nothing is sent but the headers."""
    clients = Slow(Exports(Limits(exports=1, exports_waiting=0)))
    clients.go_on.set()
    first = clients.begin()
    await clients.begin("HEAD")
    await first
    assert clients.statuses == [200, 200]


@pytest.mark.parametrize(
    ("query", "body", "statuses"),
    [
        ("limit=all", b"", [503, 200]),
        ("l%69mit=%61ll&q=mines", b"", [503, 200]),
        ("limit=all", b"a", [503, 200]),
        ("limit=1", b"", [200, 200]),
        ("limit=1&limit=all", b"", [503, 400]),
        ("limit=all&limit=all&after=a", b"", [503, 400]),
    ],
)
async def test_whole_answers_are_begun_in_turn(catalog: Catalog, query: str, body: bytes, statuses: list[int]) -> None:
    """While one is begun others wait, for so long; what asks for a page does not."""
    app = create_app(catalog)
    app.state.exports = Exports(patience=0.01)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        end = await app.state.exports.begin()
        waiting = await client.request("GET", f"/v1/events?{query}", content=body)
        end()
        end()
        found = [(await client.request("GET", f"/v1/events?{query}", content=body)).status_code for _ in range(2)]
    assert waiting.headers.get("retry-after") == (str(AGAIN) if statuses[0] == 503 else None)
    assert [waiting.status_code, *found] == [*statuses, statuses[1]]


async def test_a_whole_answer_that_waits_for_its_place_lets_the_next_one_begin(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn ends before the place is waited for."""
    monkeypatch.setattr(resources, "BUFFERED", 0)
    app = create_app(catalog)
    app.state.exports = Exports(Limits(exports=1, exports_waiting=1), patience=600)
    assert await app.state.exports.enter()
    async with (
        asyncio.timeout(60),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        asking = [asyncio.create_task(client.get("/v1/events?limit=all")) for _ in range(2)]
        done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        app.state.exports.leave()
        assert [task.result().status_code for task in done] == [503]
        assert sorted([(await task).status_code for task in asking]) == [200, 503]
