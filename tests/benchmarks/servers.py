"""The servers: each one process on the first core, on a free port of this machine, ended by its own id."""

import http.client
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks.generator import VERSION
from tests.benchmarks.workloads import Ask, cursors_ask

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MERCURIUS = HERE / "mercurius"
SERVER_CORE, CLIENT_CORE = "0", "1"
PATIENCE = 1_200.0
"""Seconds within which a server must answer after it was started: a large release takes its time to load."""


class BenchmarkError(Exception):
    """The benchmark cannot be run, or must not be believed; the message says why."""


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Server:
    """A running server."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        self.port = _free_port()
        started = time.monotonic()
        line = [part.replace("{port}", str(self.port)) for part in command]
        self._process = subprocess.Popen(pinned(SERVER_CORE, line), cwd=ROOT, stdout=subprocess.DEVNULL)
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            self._wait(started)
        except BaseException:
            self.stop()
            raise
        self.seconds_to_start = time.monotonic() - started

    def _wait(self, started: float) -> None:
        while time.monotonic() - started < PATIENCE:
            if self._process.poll() is not None:
                raise BenchmarkError(f"{self.name} ended as it was started, with {self._process.returncode}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise BenchmarkError(f"{self.name} does not answer after {PATIENCE:.0f} seconds")

    def ask(self, ask: Ask, workload: str = "") -> Answer:
        """Return the server's answer to one request."""
        headers = {"x-workload": workload, "Accept": "*/*"}
        if ask.body is not None:
            headers["Content-Type"] = "application/json"
        method = "GET" if ask.body is None else "POST"
        for again in (True, False):
            try:
                self._connection.request(method, ask.path, ask.body, headers)
                found = self._connection.getresponse()
                return Answer(found.status, tuple(found.getheaders()), found.read())
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()  # a server closes a connection that was idle for long
                if not again:
                    raise BenchmarkError(f"{self.name} does not answer: {error}") from error
        raise AssertionError

    def cursors(self, asked: Mapping[str, Any]) -> list[str]:
        """Return the cursors that the server hands out for the first events of a filter."""
        answer = self.ask(cursors_ask(asked))
        try:
            return [edge["cursor"] for edge in orjson.loads(answer.body)["data"]["events"]["edges"]]
        except (KeyError, TypeError, ValueError) as error:
            raise BenchmarkError(f"{self.name} hands out no cursors: {answer.body[:500]!r}") from error

    def memory(self) -> float:
        """Return how many megabytes the server and its children hold; what they share counts once."""
        return sum(_resident(pid) for pid in _family(self._process.pid)) / 1000

    def stop(self) -> None:
        """End the server."""
        self._connection.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in _family(int(child)))]


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pinned(core: str, command: Sequence[str]) -> list[str]:
    """Return a command that runs on one core."""
    return ["taskset", "--cpu-list", core, *command]


def ours(releases: Path, workers: int = 1) -> Server:
    """Start our server."""
    more = ["--workers", str(workers)] if workers > 1 else []
    return Server("ours", [sys.executable, "-m", "api", "--releases", str(releases), "--port", "{port}", *more])


def stock(releases: Path) -> Server:
    """Start Strawberry and Starlette."""
    return Server("stock", [sys.executable, "-m", "tests.benchmarks.stock", str(releases / VERSION), "{port}"])


def limit(answers: dict[str, Any], folder: Path) -> Server:
    """Start what sends constant bytes."""
    file = folder / "answers.json"
    file.write_text(json.dumps(answers))
    return Server("limit", [sys.executable, "-m", "tests.benchmarks.limit", str(file), "{port}"])


def mercurius(releases: Path) -> Server | None:
    """Start fastify with mercurius; None where it is not installed."""
    if not shutil.which("node") or not (MERCURIUS / "node_modules").is_dir():
        return None
    schema = ROOT / "schema" / "schema.graphql"
    script = str(MERCURIUS / "server.mjs")
    return Server("mercurius", ["node", script, str(releases / VERSION), str(schema), "{port}"])
