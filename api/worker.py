"""One worker: a process that answers on the listening socket that it shares with the others."""

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import uvicorn
import uvloop
from starlette.applications import Starlette

from api.accept import Accepting, Loads
from api.protocol import Bounds, Connections, Protocol
from api.refusal import Refusals

LOGGER = logging.getLogger("api.server")

COLLECTING = (10_000, 20, 20)
"""When garbage is looked for: an answer is made of thousands of objects that are all gone with it, and the default
looks through them several times on the way. What was loaded is frozen and never looked through.
"""

LEAVE = signal.SIGUSR1
"""Tells a worker that others take its place: it accepts nothing more and ends when its connections have."""

STOP = signal.SIGTERM
"""Tells a worker to end as soon as what is under way is answered."""

_TICK = 0.5
_STEP = 0.05
"""Seconds between two looks at whether everything has ended."""


@dataclass
class Worker:
    """What a worker needs to begin."""

    make: Callable[[], Starlette]
    """Returns the application."""
    listening: socket.socket
    lifeline: int
    """A pipe's end that is closed when nobody looks after the worker any more."""
    ready: int
    """A pipe's end that is written to when the worker serves."""
    loads: Loads
    row: int
    bounds: Bounds
    finish: float
    """Seconds that it may take to end."""

    def run(self) -> None:
        """Serve until told otherwise."""
        gc.set_threshold(*COLLECTING)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        app = self.make()
        config = uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
        )
        config.load()
        lifespan = config.lifespan_class(config)
        await lifespan.startup()
        connections = Connections(self.bounds, Refusals(app.state.meter))
        loop = asyncio.get_running_loop()
        left = asyncio.Event()

        def connect() -> Protocol:
            return Protocol(config, connections, lifespan.state, loop)

        accepting = Accepting(self.listening, connect, lambda: len(connections.connections), self.loads, self.row)

        def leave(end: Callable[[], None]) -> None:
            if not left.is_set():
                accepting.close()
                self.listening.close()
            left.set()
            end()

        def orphaned() -> None:
            loop.remove_reader(self.lifeline)
            LOGGER.warning("worker %d: the server was ended from without; it ends as well", os.getpid())
            leave(connections.stop)

        loop.add_signal_handler(STOP, leave, connections.stop)
        loop.add_signal_handler(LEAVE, leave, connections.leave)
        loop.add_reader(self.lifeline, orphaned)
        os.write(self.ready, b"1")
        os.close(self.ready)
        while not left.is_set():
            connections.tick(loop.time())
            await _within(_TICK, left)
        await self._end(connections)
        await lifespan.shutdown()

    async def _end(self, connections: Connections) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self.finish
        while connections.connections or connections.tasks:
            now = loop.time()
            connections.tick(now)
            if now > until:
                LOGGER.warning("worker %d: %d connections were cut off", os.getpid(), connections.cut())
                break
            await asyncio.sleep(_STEP)
        await asyncio.sleep(0)


async def _within(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
