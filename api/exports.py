"""Long answers: only so many are streamed at the same time, some more wait, and others are told to come again.

A slow client holds what it is sent for as long as it likes; without a bound, slow ones would fill the memory. A long
answer is also dear to begin, so one after the other is: many at once would keep everybody else waiting for all of them.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from api.errors import Problem
from api.limits import DEFAULT, Limits

PATIENCE = 10.0
"""Seconds that an answer waits for its place, and for its turn to be begun before that."""

STALLED = 30.0
"""Seconds in which a client must take the next part of an answer; else its place goes to another."""

AGAIN = 5
"""Seconds after which a client that was turned away should try again."""


_TURN = "turn"
"""Where a request's scope has what ends its turn."""


class Exports:
    """The places in which long answers are streamed by one worker."""

    def __init__(self, limits: Limits = DEFAULT, patience: float = PATIENCE, stalled: float = STALLED) -> None:
        self.stalled = stalled
        self._places = asyncio.Semaphore(limits.exports)
        self._turn = asyncio.Semaphore(1)
        self._most = limits.exports_waiting
        self._waiting = 0
        self._patience = patience

    async def begin(self) -> Callable[[], None] | None:
        """Wait for the turn to begin an answer; return what ends it, or None where it did not come in time.

        Whoever waits holds nothing but a connection, so that not their number is bounded, but the time.
        """
        try:
            await asyncio.wait_for(self._turn.acquire(), self._patience)
        except TimeoutError:
            return None
        begun = True

        def end() -> None:
            nonlocal begun
            if begun:
                begun = False
                self._turn.release()

        return end

    async def enter(self) -> bool:
        """Take a place, waiting for it if need be; return whether there was one."""
        if self._places.locked():
            if self._waiting >= self._most:
                return False
            self._waiting += 1
            try:
                await asyncio.wait_for(self._places.acquire(), self._patience)
            except TimeoutError:
                return False
            finally:
                self._waiting -= 1
        else:
            await self._places.acquire()
        return True

    def leave(self) -> None:
        """Give a place back."""
        self._places.release()


class Export(StreamingResponse):
    """A long answer, streamed once there is a place for it; else 503."""

    def __init__(self, exports: Exports, content: Any, **more: Any) -> None:
        super().__init__(content, **more)
        self._exports = exports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        if scope["method"] == "HEAD":  # nothing is made
            await super().__call__(scope, receive, send)
            return
        if _TURN in scope:
            scope[_TURN]()
        if not await self._exports.enter():
            await _busy(scope, receive, send)
            return
        stalled = False

        async def patiently(message: Message) -> None:
            nonlocal stalled
            try:
                await asyncio.wait_for(send(message), self._exports.stalled)
            except TimeoutError:
                stalled = True
                raise

        try:
            await super().__call__(scope, receive, patiently)
        except Exception:
            if not stalled:
                raise
            # The answer stays incomplete, and the server closes the connection: the client sees that it was cut off.
        finally:
            self._exports.leave()


def asked(query: bytes) -> bool:
    """Return whether a query string asks for a whole answer, however it is written."""
    return b"limit=all" in (unquote_to_bytes(query) if b"%" in query else query)


async def in_turn(app: ASGIApp, exports: Exports, scope: Scope, receive: Receive, send: Send) -> None:
    """Have a request for a whole answer answered when it is its turn, which ends as the answer begins to be sent."""
    end = await exports.begin()
    if end is None:
        await _busy(scope, receive, send)
        return
    scope[_TURN] = end

    async def sending(message: Message) -> None:
        end()
        await send(message)

    try:
        await app(scope, receive, sending)
    finally:
        end()


async def _busy(scope: Scope, receive: Receive, send: Send) -> None:
    problem = Problem("busy", f"Too many long answers are being sent; try again in {AGAIN} seconds.")
    await errors.respond(problem, {"Retry-After": str(AGAIN)})(scope, receive, send)
