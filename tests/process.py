"""The server as an operator starts it: a process on a loopback port, and what a test does to it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

PATIENCE = 60.0
"""Seconds after which a test gives up waiting, on a busy machine."""


def unmeasured() -> dict[str, str]:
    """Return the environment for a process that coverage does not follow, which makes it several times as slow."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COV")}


@dataclass(frozen=True)
class Server:
    """A server that was started."""

    process: subprocess.Popen[bytes]
    port: int
    said: Path
    """What it printed to stdout."""
    logged: Path
    """What it printed to stderr."""
    connections: list[socket.socket] = field(default_factory=list)
    """Those that a test made; they are closed at the end."""

    @property
    def address(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """Return the ids of its workers."""
        return _children(self.process.pid)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def connect(self) -> socket.socket:
        """Return a new connection to it."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        self.connections.append(made)
        return made

    def get(self, path: str) -> "Answer":
        """Return what it answers on a connection of its own."""
        found = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            return ask(found, path)
        finally:
            found.close()

    def served(self) -> list[str]:
        """Return the releases that it serves, newest first."""
        return [found["version"] for found in self.get("/readyz").json["releases"]]

    def refused(self) -> list[str]:
        """Return the files and releases that it refuses."""
        return [found["file"] for found in self.get("/readyz").json["refused"]]

    def log(self) -> str:
        """Return what it logged so far."""
        return self.logged.read_text()


@dataclass(frozen=True)
class Answer:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.body)


def ask(connection: http.client.HTTPConnection, path: str) -> Answer:
    """Return the answer to a GET on a connection, which stays open where the server lets it."""
    connection.request("GET", path)
    reply = connection.getresponse()
    headers = {name.lower(): value for name, value in reply.getheaders()}
    return Answer(reply.status, headers, reply.read())


def received(connection: socket.socket) -> bytes:
    """Return what a connection gives until it is closed."""
    found = b""
    with suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            found += piece
    return found


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} seconds"
        time.sleep(0.02)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@contextmanager
def serving(
    releases: Path,
    *options: str,
    port: int | None = None,
    command: Sequence[str] = ("-m", "api"),
    measured: bool = True,
) -> Iterator[Server]:
    """Start the server and wait until it serves; at the end, stop it. Coverage follows it where it is measured."""
    port = port or free_port()
    folder = releases.parent / f"server-{port}-{time.monotonic_ns()}"
    folder.mkdir()
    said, logged = folder / "said", folder / "logged"
    whole = [sys.executable, *command, "--port", str(port), "--releases", str(releases), *options]
    with said.open("wb") as out, logged.open("wb") as errors:
        process = subprocess.Popen(whole, cwd=ROOT, stdout=out, stderr=errors, env=None if measured else unmeasured())
    server = Server(process, port, said, logged)
    try:
        until(lambda: process.poll() is not None or said.read_bytes(), "it serves")
        assert process.poll() is None, server.log()
        yield server
    finally:
        for connection in server.connections:
            connection.close()
        family = [process.pid, *server.workers()] if process.poll() is None else []
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            for pid in family:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
            raise


def _children(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(found) for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
