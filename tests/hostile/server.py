"""The server under attack: its process, what it takes of memory, and a bystander who goes on asking it."""

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from tests.conftest import ROOT
from tests.hostile.client import Address, Reply, read
from tests.process import unmeasured

STARTING = 60.0
"""Seconds that it may take to start, on a busy machine."""

PAUSE = 0.02
"""Seconds between two questions of the bystander."""

_ASKED = b"GET /v1/events?limit=1 HTTP/1.1\r\nHost: bystander.test\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    address: Address
    log: Path
    """What it prints."""

    @property
    def alive(self) -> bool:
        """Whether the process that was started runs."""
        return self.process.poll() is None

    def processes(self) -> list[int]:
        """Return the ids of its process and of those that it started."""
        found = [self.process.pid]
        for one in found:
            with suppress(OSError):
                found += [int(i) for i in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        return found

    def memory(self) -> int:
        """Return the bytes of memory that its processes hold, those that they share counted for each."""
        total = 0
        for one in self.processes():
            with suppress(OSError):
                found = re.search(r"VmRSS:\s+([0-9]+) kB", Path(f"/proc/{one}/status").read_text())
                total += int(found[1]) * 1024 if found else 0
        return total

    def sockets(self) -> int:
        """Return how many sockets its processes hold."""
        total = 0
        for one in self.processes():
            with suppress(OSError):
                for name in Path(f"/proc/{one}/fd").iterdir():
                    with suppress(OSError):
                        total += str(name.readlink()).startswith("socket:")
        return total


@contextmanager
def serving(log: Path) -> Iterator[Server]:
    """Start the server on a free port, and stop it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = ("127.0.0.1", found.getsockname()[1])
    command = [sys.executable, "-m", "api", "--port", str(address[1])]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=unmeasured()) as process,
    ):
        try:
            _await(address, process, log)
            yield Server(process, address, log)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(address: Address, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until and process.poll() is None:
        try:
            _ask(address)
        except (OSError, ValueError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server did not start: {log.read_text()[-500:]}")


@dataclass
class Bystander:
    """A client who, as long as its context is open, asks a simple question and looks at the server's memory."""

    server: Server
    worst: float = 0.0
    """Seconds that the slowest answer took."""
    asked: int = 0
    failures: list[str] = field(default_factory=list)
    peak: int = 0
    """The most bytes of memory that the server held."""

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Bystander":
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._stopped.wait(PAUSE):
            try:
                reply = _ask(self.server.address)
            except (OSError, ValueError) as error:
                self.failures.append(str(error) or type(error).__name__)
                continue
            self.asked += 1
            self.worst = max(self.worst, reply.seconds)
            self.peak = max(self.peak, self.server.memory())
            if reply.status != 200 or not reply.whole or reply.json["total"] != 27:
                self.failures.append(f"{reply.status} {reply.body[:100]!r}")


def _ask(address: Address) -> Reply:
    """Return the answer to a simple question, on a connection of its own."""
    begun = time.perf_counter()
    data = bytearray()
    with socket.create_connection(address, 10) as connection:
        connection.settimeout(10)
        connection.sendall(_ASKED)
        while received := connection.recv(65536):
            data += received
    return read(data, time.perf_counter() - begun)
