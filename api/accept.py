"""Connections shared out among workers that accept on one socket.

Whoever is quickest accepts, and that is often one worker for all: so a worker that has markedly more connections than
another lets that one go first, for a moment. Else it takes all that are offered: between two looks at the socket it
answers everything that was asked on the connections that it has.
"""

import asyncio
import logging
import mmap
import socket
from collections.abc import Callable

LOGGER = logging.getLogger("api.server")

ABSENT = (1 << 64) - 1
"""How many connections a worker has that accepts none."""

AT_ONCE = 64
"""Connections that are taken before those that were taken before have their turn."""

_AFTER_YOU = 0.001
_FULL = 0.5
"""Seconds until accepting is tried again where the system has no room for another connection."""


class Loads:
    """How many connections each worker has, in memory that stays shared after a fork; one row for each worker."""

    def __init__(self, rows: int) -> None:
        self.rows = memoryview(mmap.mmap(-1, rows * 8)).cast("Q")
        for row in range(rows):
            self.rows[row] = ABSENT


class Accepting:
    """A worker's accepting, from its beginning until it is closed."""

    def __init__(
        self,
        listening: socket.socket,
        connect: Callable[[], asyncio.Protocol],
        count: Callable[[], int],
        loads: Loads,
        row: int,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening = listening
        self._connect = connect
        self._count = count
        self._loads = loads.rows
        self._row = row
        self._tasks: set[asyncio.Task[object]] = set()
        self._later: asyncio.TimerHandle | None = None
        self._loads[row] = 0
        self._open()

    def close(self) -> None:
        """Accept nothing more."""
        self._loads[self._row] = ABSENT
        if self._later:
            self._later.cancel()
        self._loop.remove_reader(self._listening)

    def _open(self) -> None:
        self._later = None
        self._loop.add_reader(self._listening, self._offered)

    def _pause(self, seconds: float, then: Callable[[], None]) -> None:
        self._loop.remove_reader(self._listening)
        self._later = self._loop.call_later(seconds, then)

    def _offered(self) -> None:
        """Accept what there is, until another worker has markedly fewer connections: that one goes first."""
        for _ in range(AT_ONCE):
            self._loads[self._row] = self._count() + len(self._tasks)
            fewest = min(self._loads)
            if self._loads[self._row] > fewest + fewest // 4 + 1:
                self._pause(_AFTER_YOU, self._insist)
                return
            if not self._take():
                return

    def _insist(self) -> None:
        """Accept a connection if there still is one."""
        self._open()
        self._take()

    def _take(self) -> bool:
        """Accept a connection, and return whether there was one."""
        try:
            accepted, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionError):
            return False
        except OSError as error:
            LOGGER.warning("no connection can be accepted: %s", error.strerror)
            self._pause(_FULL, self._open)
            return False
        self._loads[self._row] += 1
        accepted.setblocking(False)
        task: asyncio.Task[object] = self._loop.create_task(self._loop.connect_accepted_socket(self._connect, accepted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True
