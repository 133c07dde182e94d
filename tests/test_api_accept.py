"""Accepting connections: all that are offered, and a fair share of them where there are several workers."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from api import accept
from api.accept import Accepting, Loads

pytestmark = pytest.mark.anyio

OFFERED = 40


@contextmanager
def offered() -> Iterator[socket.socket]:
    """A listening socket to which clients have connected."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=2 * OFFERED))
        listening.setblocking(False)
        for _ in range(OFFERED):
            stack.enter_context(socket.create_connection(listening.getsockname()))
        yield listening


async def accepted(listening: socket.socket, loads: Loads, turns: int) -> int:
    """Return how many connections the worker in the first row has after so many turns of its loop."""
    made: list[asyncio.Protocol] = []

    def connect() -> asyncio.Protocol:
        made.append(asyncio.Protocol())
        return made[-1]

    accepting = Accepting(listening, connect, lambda: len(made), loads, 0)
    for _ in range(turns):
        await asyncio.sleep(0)
    accepting.close()
    return len(made)


async def test_all_that_are_offered_are_accepted_at_once() -> None:
    """Else whoever comes last waits for as many rounds of all the others' answers as there are clients."""
    with offered() as listening:
        assert await accepted(listening, Loads(1), turns=8) == OFFERED


async def test_a_worker_with_fewer_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is quicker takes no more than its share and a few, until the other had its chance."""
    monkeypatch.setattr(accept, "_AFTER_YOU", 60)
    with offered() as listening:
        loads = Loads(2)
        loads.rows[1] = 4
        assert await accepted(listening, loads, turns=8) == 7
