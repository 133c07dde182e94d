"""HTTP as uvicorn speaks it, with bounds in time and in number, and with a leave that no request is lost by.

What is received, awaited or not taken for too long ends its connection. A worker that leaves goes on answering on the
connections that it has, and says with each answer that it is the last one there; whoever is idle is not cut off sooner
than at any other time.
"""

import asyncio
import select
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from api.cork import Corked
from api.refusal import Refusals, unread

LONGEST_HEAD = 64_000
"""Bytes of a request's line and headers that are looked at, about; what is too long by less is refused further in."""

PIECE = 4_096
"""Bytes that are read of a connection at a time. The others have their turn before the next ones are, and what is asked
ahead is not read before it can be answered: each of its requests would take many times its own bytes.
"""

_CLOSE = (b"connection", b"close")


@dataclass(frozen=True)
class Bounds:
    """How long a connection may take, and how many there may be."""

    receiving: float = 10
    """Seconds from a request's first byte, or from the connection's start, to the request's last byte."""
    idle: float = 5
    """Seconds between an answer and the next request."""
    taking: float = 30
    """Seconds in which a client takes nothing of what it is sent."""
    connections: int = 1_000
    """Connections of one worker; as many again are told that there are too many, and no more than that."""


class Connections(ServerState):
    """The connections of one worker, as uvicorn knows them, with what bounds them."""

    def __init__(self, bounds: Bounds, refusals: Refusals | None = None) -> None:
        super().__init__()
        self.bounds = bounds
        self.refusals = refusals or Refusals()
        """What is answered to what is no request."""
        self._always: list[tuple[bytes, bytes]] = []
        self._say()

    def _say(self) -> None:
        # The list stays the same: requests that were received before have it, too.
        self.date = formatdate(usegmt=True).encode("ascii")
        self.default_headers[:] = [(b"date", self.date), *self._always]

    def tick(self, now: float) -> None:
        """Say the time in what is answered from now on, and end what takes too long; to be called every second."""
        self._say()
        for connection in self._all():
            connection.check(now)

    def leave(self) -> None:
        """Let every answer that was not begun be the last one on its connection."""
        self._always = [_CLOSE]
        self._say()

    def stop(self) -> None:
        """End what is idle, and all else with the answer that is under way."""
        self.leave()
        for connection in self._all():
            connection.shutdown()

    def cut(self) -> int:
        """End everything at once, and return how many connections that were."""
        found = self._all()
        for connection in found:
            connection.cut()
        for task in self.tasks:
            task.cancel()
        return len(found)

    def _all(self) -> "list[Protocol]":
        return [connection for connection in self.connections if isinstance(connection, Protocol)]


class _Flow(FlowControl):
    """When a connection is read and written; nothing is received as long as something is held that was not read."""

    held = False

    def resume_reading(self) -> None:
        """Receive again, where nothing is held."""
        if self.read_paused and not self.held:
            super().resume_reading()


class Protocol(HttpToolsProtocol):
    """A connection."""

    server_state: Connections
    flow: _Flow

    def __init__(
        self,
        config: Config,
        server_state: Connections,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._bounds = server_state.bounds
        self._crowded = False
        self._head: int | None = 0
        """Bytes of the line and the headers that are being received; None where these are complete."""
        self._bare = 0
        """Bytes since the last one of a body: what stands between its chunks, and after them."""
        self._held = b""
        """What was received, but not read yet."""
        self._later: asyncio.Handle | None = None
        """The reading of the next piece, where it is to come soon."""
        self._receiving: float | None = None
        """Since when a request is received."""
        self._idle: float | None = None
        """Since when the next request is awaited."""
        self._begun: RequestResponseCycle | None = None
        """The request that is being answered; `cycle` is the one that was received last."""
        self._stuck: float | None = None
        """Since when nothing is taken of what is sent, or of what was sent last."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin."""
        super().connection_made(Corked(transport, self.loop))
        self.flow = _Flow(transport)
        self._receiving = self.loop.time()
        excess = len(self.connections) - self._bounds.connections
        if excess > 0:
            self._crowded = True
            if excess > self._bounds.connections:
                transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """End what is being answered; uvicorn tells the request that was received last, which may be another."""
        if self._begun:
            self._begun.disconnected = True
            self._begun.message_event.set()
        self._held = b""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what was received."""
        self._idle = None
        if self._receiving is None:
            self._receiving = self.loop.time()
        if self._crowded:
            self._refuse("too-many-connections")
            return
        if self._held or self.pipeline:
            self._held += data
            self._hold()
        elif len(data) > PIECE:
            self._held = data
            self._read()
        else:
            self._feed(data)

    def _read(self) -> None:
        """Read a piece of what is held; the next one soon, or once everything that was asked before is answered."""
        self._later = None
        if not self._held or self.transport.is_closing():
            self._held = b""
            return
        piece, self._held = self._held[:PIECE], self._held[PIECE:]
        if self._feed(piece):
            self._hold()

    def _feed(self, piece: bytes) -> bool:
        """Have a piece parsed, and return whether it could be."""
        if self._head is not None:
            self._head += len(piece)
        self._bare += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            # Nothing else is spoken here: the request is answered, and what comes after it cannot be read.
            self.cycle.keep_alive = False
            self._held = b""
        except httptools.HttpParserError:
            self._give_up("malformed-request")
            return False
        else:
            if (self._bare if self._head is None else self._head) > LONGEST_HEAD:
                self._give_up("headers-too-large")
                return False
        return True

    def _give_up(self, kind: str) -> None:
        self._held = b""
        self._refuse(kind)

    def _hold(self) -> None:
        """Receive no more as long as something is held, and have that read where nothing is asked ahead."""
        was = self.flow.held
        self.flow.held = bool(self._held)
        if self._held:
            self.flow.pause_reading()
            if not self.pipeline and not self._later:
                self._later = self.loop.call_soon(self._read)
        elif was and not self.pipeline and not (bool(self.cycle) and len(self.cycle.body) > HIGH_WATER_LIMIT):
            self.flow.resume_reading()

    def on_message_begin(self) -> None:
        """Begin a request."""
        if self._receiving is None:  # it came together with the one before
            self._receiving = self.loop.time()
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._bare = 0
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Have a request answered."""
        super().on_headers_complete()
        if not self.pipeline:
            self._begun = self.cycle
        self.headers = []  # what comes after a body is none of them: they were looked at before
        self._head = None
        self._bare = 0

    def on_message_complete(self) -> None:
        """End a request."""
        self._head = 0
        self._receiving = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request, which may be there already."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            self._begun, app = self.pipeline.pop()
            self._start_asgi_task(self._begun, app)
        elif self._held:
            self._hold()
        else:
            self.flow.resume_reading()
            self._idle = self.loop.time()

    def pause_writing(self) -> None:
        """Wait until the client has taken what it is sent."""
        self._stuck = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Go on sending."""
        self._stuck = None
        super().resume_writing()

    def shutdown(self) -> None:
        """End the connection: now where it is idle, else with the answer that is under way."""
        if self._answering():
            self.cycle.keep_alive = False
        elif (self._idle is not None or self._head == 0) and not self._waiting():
            self.transport.close()

    def cut(self) -> None:
        """End the connection at once."""
        if self._answering():
            self.transport.abort()
        else:
            self.transport.close()

    def check(self, now: float) -> None:
        """End the connection where something takes too long."""
        bounds = self._bounds
        if self._stuck is None and self.transport.is_closing():
            self._stuck = now  # what was sent last is not taken yet
        if self._stuck is not None:
            if now - self._stuck > bounds.taking:
                self.transport.abort()
        elif self._receiving is not None:
            if self.flow.read_paused:  # it is us who wait
                self._receiving = now
            elif now - self._receiving > bounds.receiving:
                self._refuse("request-timeout")
        elif self._idle is not None and now - self._idle > bounds.idle and not self._waiting():
            self.transport.close()

    def _answering(self) -> bool:
        # uvicorn says that there is always one, and begins with none.
        return bool(self.cycle) and not self.cycle.response_complete

    def _waiting(self) -> bool:
        """Return whether something was received that was not read yet: it would be lost, and its sender told so."""
        if self._held:
            return True
        found = select.poll()
        found.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(found.poll(0))

    def _refuse(self, kind: str) -> None:
        """Answer with an error and end the connection; where another answer is under way, end it with that one."""
        if self._head is not None and self._answering():
            self.cycle.keep_alive = False
            self.flow.pause_reading()
            return
        answered = self._head is None and (self.cycle.response_started or self.pipeline)
        asked_nothing = kind == "request-timeout" and self._head == 0
        if not answered and not asked_nothing:
            now = self.loop.time()
            elapsed = int((now - (self._receiving or now)) * 1e9)
            scope = unread(self.client) if self._crowded or self._head is not None else dict(self.scope)
            self.transport.write(self.server_state.refusals.answer(kind, self.server_state.date, scope, elapsed))
        if self._answering():
            self.cycle.disconnected = True
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: whoever asks for another protocol is answered in this one."""
