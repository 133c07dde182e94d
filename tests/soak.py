"""A server under mixed load for a while: it must answer everything, and neither its memory nor its files may grow.

python -m tests.soak [--seconds 600] [--workers 2]
"""

import http.client
import json
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import click

from dataset import release
from tests.process import Server, serving, until

GROWTH = 48
"""Megabytes by which the memory of all processes may grow after the first quarter of the time."""

FILES = 2
"""Files that each process may have more at the end, when nobody is connected, than at the beginning."""

WORDS = "mines raids police farms power coal tenge arrest closure megawatts".split()
PATHS = [
    "/v1",
    "/v1/events",
    "/v1/events?kind=closure&limit=5",
    "/v1/events.csv",
    "/v1/figures.jsonl?limit=all",
    "/v1/entities?limit=100",
    "/v1/events/facets",
    "/v1/events/histogram?interval=month",
    "/v1/figures/aggregates",
    "/v1/releases/1.0.0/events",
    "/v1/releases/1.0.0/diff/1.1.0",
    "/v1/changes.atom",
    "/v1/sources.bibtex",
    "/openapi.json",
    "/schema.graphql",
    "/docs",
    "/healthz",
    "/readyz",
    "/metrics",
]
QUERIES = [
    "{ release { version } }",
    "{ events(first: 20) { totalCount nodes { title figures { verbatim evidence { citation { where } } } } } }",
    '{ search(query: "mines", first: 5) { totalCount } }',
    "{ __schema { types { name } } }",
    "{ a: events(first: 3) { nodes { id } } b: figures(last: 3) { nodes { label } } }",
]
REFUSED = [
    "/v1/nowhere",
    "/v1/events?limit=-1",
    "/v1/events?colour=blue",
    "/v1/events/evt-none",
    "/v1/events?after=AAAA",
]


class Client(threading.Thread):
    """Asks a server until told otherwise: mostly what was asked before, sometimes what never was, sometimes rubbish."""

    def __init__(self, server: Server, seed: int, over: threading.Event) -> None:
        super().__init__()
        self.requests = 0
        self.wrong: list[str] = []
        self._server = server
        self._chance = random.Random(seed)  # noqa: S311 (a load, no secret)
        self._over = over

    def run(self) -> None:
        """Ask."""
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        while not self._over.is_set():
            self.requests += 1
            choice = self._chance.random()
            try:
                if choice < 0.005:
                    self._spoil()
                elif choice < 0.01:
                    connection.close()
                elif choice < 0.05:
                    self._ask(connection, "GET", self._chance.choice(REFUSED), range(400, 500))
                elif choice < 0.1:
                    path = f"/v1/search?q={self._chance.choice(WORDS)}%20{self._chance.randrange(10**9)}"
                    self._ask(connection, "GET", path)
                elif choice < 0.12:
                    query = f'{{ event(id: "evt-{self._chance.randrange(10**9)}") {{ title }} }}'
                    self._ask(connection, "POST", "/graphql", query=query)
                elif choice < 0.4:
                    self._ask(connection, "POST", "/graphql", query=self._chance.choice(QUERIES))
                else:
                    self._ask(connection, "GET", self._chance.choice(PATHS))
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(repr(error))
                connection.close()
        connection.close()

    def _ask(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        expected: range = range(200, 300),
        query: str = "",
    ) -> None:
        body = json.dumps({"query": query}) if query else None
        connection.request(method, path, body, {"Content-Type": "application/json"} if query else {})
        reply = connection.getresponse()
        reply.read()
        if reply.status not in expected:
            self.wrong.append(f"{reply.status} {path} {query}")

    def _spoil(self) -> None:
        """Be a client who speaks rubbish, breaks off, or never ends."""
        with suppress(OSError), self._server.connect() as one:
            self._server.connections.remove(one)
            one.sendall(
                self._chance.choice(
                    [b"\x00\x01\x02", b"GET /v1 HTTP/1.1\r\n", b"GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n"]
                )
            )
            if self._chance.random() < 0.5:
                one.recv(10)


def _family(server: Server) -> list[int]:
    return [server.process.pid, *server.workers()]


def _memory(server: Server) -> float:
    """Return the megabytes that a server takes, what its processes share counted once."""
    total = 0
    for pid in _family(server):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1000


def _files(server: Server) -> int:
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in _family(server))


@click.command()
@click.option("--seconds", default=600.0, type=click.FloatRange(4))
@click.option("--workers", default=2, type=click.IntRange(1))
@click.option("--clients", default=4, type=click.IntRange(1))
def main(seconds: float, workers: int, clients: int) -> None:
    """Load a server, and print what became of it in one line."""
    with tempfile.TemporaryDirectory() as folder:
        releases = Path(shutil.copytree(release.FOLDER, Path(folder) / "releases"))
        with serving(releases, "--workers", str(workers), "--receive", "1") as server:
            pids, files = _family(server), _files(server)
            over = threading.Event()
            asking = [Client(server, seed, over) for seed in range(clients)]
            for client in asking:
                client.start()
            time.sleep(seconds / 4)
            before = _memory(server)
            for _ in range(3):
                server.tell(signal.SIGHUP)
                time.sleep(seconds / 4)
            over.set()
            for client in asking:
                client.join()
            after = _memory(server)
            with suppress(AssertionError):
                until(lambda: _files(server) <= files + FILES * len(pids), "all connections are closed", 30)
            left, same = _files(server), _family(server) == pids
            log = server.log()
    requests = sum(client.requests for client in asking)
    wrong = [what for client in asking for what in client.wrong]
    click.echo(
        f"soak: {seconds:.0f} s, workers {workers}, requests {requests}, failed {len(wrong)}, "
        f"memory {before:.1f} to {after:.1f} MB (at most {GROWTH} more), "
        f"files {files} to {left} (at most {FILES * len(pids)} more)"
    )
    if wrong or after > before + GROWTH or left > files + FILES * len(pids) or not same:
        click.echo("\n".join([*wrong[:10], log]), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
