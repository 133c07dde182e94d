"""The server: a supervisor that holds the releases and the listening socket, and workers that share both.

The supervisor serves nothing itself. When the folder of releases has changed it reads what is new, starts workers that
have it, and has the others leave once these serve: nothing is waited for, and each answer is of one catalog.
"""

import gc
import logging
import math
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from api import tracing
from api.accept import ABSENT, Loads
from api.app import create_app
from api.limits import DEFAULT, Limits
from api.metrics import Board
from api.protocol import Bounds
from api.worker import LEAVE, STOP, Worker
from dataset.catalog import Catalog, reloaded
from dataset.problem import Problem
from dataset.watch import Watch

LOGGER = logging.getLogger("api.server")

BACKLOG = 2_048
"""Connections that wait to be accepted."""

START = 60.0
"""Seconds that workers may take until they serve."""

SETTLED = 10.0
"""Seconds after which a worker that ends is not one that cannot live."""

PAUSES = (0.0, 0.1, 0.5, 2.0, 10.0)
"""Seconds until a worker is replaced, by how many before it ended unsettled."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_MOMENT = 0.25
_PATIENCE = 2.0
"""Seconds that a worker is given beyond those in which it is to end by itself."""


@dataclass(frozen=True)
class Settings:
    """How it serves."""

    origin: str = ""
    workers: int = 1
    watch: float = 2
    """Seconds between two looks at the folder of releases; 0: it is read again on SIGHUP only."""
    finish: float = 10
    """Seconds that a worker may take to end."""
    bounds: Bounds = field(default_factory=Bounds)
    limits: Limits = DEFAULT


@dataclass
class Child:
    """A worker, as the supervisor knows it."""

    pid: int
    row: int
    ready: int
    """The pipe's end from which it is read that the worker serves; below 0 once it was."""
    since: float
    until: float
    """When it is killed, unless it serves or has ended."""
    serves: bool = False

    def forget(self) -> None:
        """Close the pipe's end."""
        if self.ready >= 0:
            os.close(self.ready)
            self.ready = -1


class StartError(Exception):
    """The workers do not start."""


class _Stopped(BaseException):
    """The supervisor was told to stop while it was reading releases."""


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listening.setblocking(False)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what is accepted has it from here
    return listening


def tell(refused: Iterable[Problem]) -> None:
    """Log what was refused, a line for each release."""
    found: dict[str, list[Problem]] = {}
    for problem in refused:
        found.setdefault(problem.file.partition("/")[0], []).append(problem)
    for first, *others in found.values():
        more = f" (and {len(others)} problems more; /readyz lists them)" if others else ""
        LOGGER.warning("refused: %s%s", first, more)


class Supervisor:
    """Keeps workers alive, and the catalog that they serve up to date."""

    def __init__(self, catalog: Catalog, watch: Watch, listening: socket.socket, settings: Settings) -> None:
        self._catalog = catalog
        self._watch = watch
        self._listening = listening
        self._settings = settings
        self._board = Board(2 * settings.workers)  # while workers leave, others are there already
        self._loads = Loads(2 * settings.workers)
        self._serving: list[Child] = []
        self._coming: list[Child] = []
        self._leaving: list[Child] = []
        self._next = catalog
        """What those that come will serve."""
        self._unsettled = 0
        self._replace = 0.0
        self._look = 0.0
        self._asked = False
        self._told = 0
        """How often it was told to stop."""
        self._reading = False
        self._lifeline = os.pipe()
        self._wake = os.pipe()

    def run(self, started: Callable[[], None]) -> None:
        """Serve until told to stop; call `started` when it serves. Raises StartError."""
        for end in self._wake:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, self._on_signal)
        try:
            self._come(self._catalog)
            while self._coming and not self._told:
                self._step()
            if not self._told:
                if not self._serving:
                    raise StartError("The workers do not start; the log says why.")
                started()
            while not self._told:
                self._step()
                self._look_after()
        except _Stopped:
            pass
        finally:
            self._stop()

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._asked = True
        elif number in (signal.SIGTERM, signal.SIGINT):
            self._told += 1
            if self._reading:
                raise _Stopped

    def _step(self) -> None:
        """Wait for something to happen, for a moment, and take note of it."""
        starting = [child for child in (*self._serving, *self._coming) if child.ready >= 0]
        readable, _, _ = select.select([self._wake[0], *(child.ready for child in starting)], [], [], _MOMENT)
        with suppress(BlockingIOError):
            os.read(self._wake[0], 1_000)
        for child in starting:
            if child.ready in readable:
                child.serves = bool(os.read(child.ready, 1))
                child.until = math.inf if child.serves else child.until
                child.forget()
        for pid, status in _ended():
            self._on_end(pid, os.waitstatus_to_exitcode(status))
        now = time.monotonic()
        for child in (*self._serving, *self._coming, *self._leaving):
            if now > child.until:
                LOGGER.warning("worker %d takes too long and is killed", child.pid)
                _send(child, signal.SIGKILL)
                child.until = math.inf
        if self._coming and all(child.serves for child in self._coming):
            self._arrive()

    def _look_after(self) -> None:
        """Replace a worker that is missing; where none come and none leave, look for other releases."""
        now = time.monotonic()
        if self._coming:
            return
        if len(self._serving) < self._settings.workers and now >= self._replace:
            try:
                self._serving.append(self._fork(self._catalog))
            except OSError as error:
                LOGGER.error("no worker can be started: %s", error.strerror)
                self._put_off()
        if self._leaving:
            return
        if self._settings.watch and now >= self._look:
            self._look = now + self._settings.watch
            if self._watch.changed():
                self._read()
                return
        if self._asked:
            self._read()

    def _read(self) -> None:
        """Read what is new in the folder, and have workers come that serve it."""
        begun, began = self._watch.begin(), time.monotonic()
        try:
            self._reading = True
            found = reloaded(self._catalog, self._watch.folder, self._watch.unchanged(begun))
            found.warm()
        except Exception:  # whatever it is, it must not end what is served
            LOGGER.exception("the releases cannot be read; those that are served stay")
            self._asked = False
            self._watch.end(begun)
            return
        finally:
            self._reading = False
        if not self._watch.end(begun):
            return  # somebody is at work there
        self._asked = False
        tell([problem for problem in found.refused if problem not in self._catalog.refused])
        if _same(found, self._catalog):
            LOGGER.info("the releases were read again: nothing is new")
            return
        LOGGER.info("read %s in %.1f s", ", ".join(found.editions), time.monotonic() - began)
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        try:
            self._come(found)
        except OSError as error:
            LOGGER.error("no worker can be started: %s; those that serve stay", error.strerror)
            self._give_up()

    def _come(self, catalog: Catalog) -> None:
        self._next = catalog
        for _ in range(self._settings.workers):
            self._coming.append(self._fork(catalog))

    def _arrive(self) -> None:
        """Let those that have come serve alone."""
        before = list(self._catalog.editions)
        self._dismiss(self._serving, LEAVE)
        self._serving, self._coming = self._coming, []
        self._catalog = self._next
        now = list(self._catalog.editions)
        told = f", {', '.join(before)} before" if before != now else ""
        workers = "one worker" if len(self._serving) == 1 else f"{len(self._serving)} workers"
        LOGGER.info("serving %s with %s%s", ", ".join(now), workers, told)

    def _give_up(self) -> None:
        """Send those away that were to come."""
        self._dismiss(self._coming, STOP)
        self._coming = []

    def _dismiss(self, children: Iterable[Child], how: signal.Signals) -> None:
        until = time.monotonic() + self._settings.finish + _PATIENCE
        for child in children:
            _send(child, how if child.serves else STOP)
            child.until = until
            child.forget()
            self._leaving.append(child)

    def _on_end(self, pid: int, code: int) -> None:
        how = f"by signal {-code}" if code < 0 else f"with status {code}"
        for group in (self._serving, self._coming, self._leaving):
            for child in [child for child in group if child.pid == pid]:
                group.remove(child)
                child.forget()
                self._loads.rows[child.row] = ABSENT
                if group is self._serving:
                    LOGGER.warning("worker %d ended %s: another one takes its place", pid, how)
                    self._unsettled = 0 if time.monotonic() - child.since > SETTLED else self._unsettled
                    self._put_off()
                elif group is self._coming:
                    LOGGER.error("worker %d ended %s before it served: those that serve stay", pid, how)
                    self._give_up()
                elif code:
                    LOGGER.warning("worker %d, which was to end, ended %s", pid, how)

    def _put_off(self) -> None:
        """Put off replacing a worker, for longer each time that one did not live long."""
        self._replace = time.monotonic() + PAUSES[min(self._unsettled, len(PAUSES) - 1)]
        self._unsettled += 1

    def _stop(self) -> None:
        """End every worker, and wait until all have ended."""
        self._give_up()
        self._dismiss(self._serving, STOP)
        self._serving = []
        self._listening.close()
        for child in self._leaving:
            _send(child, STOP)
        while self._leaving:
            if self._told > 1:
                for child in self._leaving:
                    _send(child, signal.SIGKILL)
            self._step()
        LOGGER.info("stopped")

    def _fork(self, catalog: Catalog) -> Child:
        """Start a worker. Raises OSError."""
        taken = {child.row for child in (*self._serving, *self._coming, *self._leaving)}
        row = next(row for row in range(2 * self._settings.workers) if row not in taken)
        reading, writing = os.pipe()
        # A signal must reach either the supervisor's handler or the worker's, never the one's in the other.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            pid = os.fork()
            if not pid:
                os.close(reading)
                self._work(catalog, row, writing, before)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            os.close(writing)
        now = time.monotonic()
        return Child(pid, row, reading, now, now + START)

    def _work(self, catalog: Catalog, row: int, ready: int, mask: Iterable[int]) -> NoReturn:
        """Be a worker."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in _SIGNALS:
                ignored = number in (
                    signal.SIGINT,
                    signal.SIGHUP,
                )  # a terminal sends them to all: the supervisor decides
                signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
            signal.signal(LEAVE, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            for end in (self._lifeline[1], *self._wake):
                os.close(end)
            for child in (*self._serving, *self._coming, *self._leaving):
                child.forget()
            settings = self._settings
            traces = tracing.start()
            Worker(
                make=lambda: create_app(
                    catalog, settings.origin, self._board, row, traces=traces, limits=settings.limits
                ),
                listening=self._listening,
                lifeline=self._lifeline[0],
                ready=ready,
                loads=self._loads,
                row=row,
                bounds=settings.bounds,
                finish=settings.finish,
            ).run()
            if traces:
                traces.stop()
            status = 0
        except BaseException:
            LOGGER.critical("worker %d fails", os.getpid(), exc_info=True)
        finally:
            os._exit(status)  # what the supervisor has to do at its end is not the worker's


def _ended() -> Iterator[tuple[int, int]]:
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found


def _send(child: Child, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(child.pid, number)


def _same(one: Catalog, other: Catalog) -> bool:
    """Return whether two catalogs hold the very same editions and refuse the same."""
    return one.refused == other.refused and _identities(one) == _identities(other)


def _identities(catalog: Catalog) -> list[tuple[str, int]]:
    return [(version, id(edition)) for version, edition in catalog.editions.items()]
