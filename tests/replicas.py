"""Replicas of the server on loopback ports, nginx as it is shipped in front of them, and clients that keep asking."""

import itertools
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ROOT
from tests.process import unmeasured

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
PATIENCE = 60  # seconds; a busy machine is slow, and that is no fault
KEPT = {"HIT", "STALE", "UPDATING", "REVALIDATED"}
"""What nginx calls an answer that no replica was asked for."""

_numbers = itertools.count(1)


def free_ports(number: int) -> list[int]:
    """Return loopback ports that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something holds. Raises AssertionError."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s in vain: {what}"
        time.sleep(0.02)


def listening(port: int) -> bool:
    """Return whether somebody listens on a loopback port."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Replica:
    """A server as an operator starts it, with releases of its own."""

    port: int
    releases: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def address(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.port}"

    def launch(self, folder: Path = ROOT) -> None:
        """Start it, from the folder of its code; it does not listen yet."""
        command = [sys.executable, "-m", "api", "--port", str(self.port), "--releases", str(self.releases)]
        environment = {**unmeasured(), "PYTHONDONTWRITEBYTECODE": "1"}
        # In a session of its own: what it forks is ended with it.
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def ready(self) -> None:
        """Wait until it answers."""
        process = self.process
        assert process
        until(lambda: process.poll() is not None or listening(self.port), "the replica does not listen")
        assert process.poll() is None, "the replica ended"
        assert self.latest()

    def latest(self) -> str:
        """Return the release that it serves as the latest one."""
        return httpx.get(f"http://{self.address}/v1", timeout=PATIENCE).headers["dataset-release"]

    def take_up(self, version: str) -> None:
        """Have it look for new releases at once, and wait until it serves this one."""
        assert self.process
        self.process.send_signal(signal.SIGHUP)
        until(lambda: self.latest() == version, f"the replica does not take {version} up")

    def end(self, by: int = signal.SIGTERM) -> None:
        """End it by a signal; a killed one takes with it whatever it started."""
        process, self.process = self.process, None
        if process and by == signal.SIGKILL:
            with suppress(ProcessLookupError):  # it ended by itself, and left nothing
                os.killpg(process.pid, by)
        elif process:
            process.send_signal(by)
        if process:
            process.wait(PATIENCE)


@contextmanager
def replicas(folders: Sequence[Path]) -> Iterator[list[Replica]]:
    """Start a replica for each folder of releases, and end those that are left."""
    made = [Replica(port, folder) for port, folder in zip(free_ports(len(folders)), folders, strict=True)]
    try:
        for replica in made:
            replica.launch()
        for replica in made:
            replica.ready()
        yield made
    finally:
        for replica in made:
            replica.end(signal.SIGKILL)


@dataclass(frozen=True)
class Nginx:
    """A running nginx."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    def asks(self, replica: Replica) -> None:
        """Wait until one more request is answered by a replica, which nginx may have left alone for a while."""
        before = self.log.stat().st_size

        def asked() -> bool:
            lines = self.log.read_bytes()[before:].decode().splitlines()
            return any(f'{replica.address}"' in line for line in lines)

        until(asked, f"nginx does not ask {replica.address}")


def configured(folder: Path, port: int, upstream: Sequence[str]) -> Path:
    """Write the shipped configuration with its places put into a folder; return the file."""
    left = iter([f"server {address} max_fails=2 fail_timeout=3s;" for address in upstream])

    def moved(line: str) -> str:
        return line.replace("/var/lib/nginx", str(folder)).replace("/var/log/nginx", str(folder))

    places: Mapping[str, Callable[[str], str]] = {
        "user": lambda _: f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else "",
        "pid": lambda _: f"pid {folder}/nginx.pid;",
        "error_log": moved,
        "access_log": moved,
        "proxy_cache_path": moved,
        "server": lambda _: next(left, ""),
        "listen": lambda _: f"listen 127.0.0.1:{port} default_server;",
        "server_name": moved,
    }
    lines = []
    for line in CONFIGURATION.read_text("utf-8").splitlines():
        words, place, _ = line.partition("# PLACE")
        lines.append(places[words.split()[0]](words) if place else line)
        if line == "http {":  # where an nginx that is not root's may write
            kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            lines += [f"{kind}_temp_path {folder}/{kind};" for kind in kinds]
    file = folder / "nginx.conf"
    file.write_text("\n".join(lines), "utf-8")
    return file


@contextmanager
def balanced(program: str, folder: Path, upstream: Sequence[str]) -> Iterator[Nginx]:
    """Start nginx in front of some addresses, and stop it."""
    folder.mkdir()
    (port,) = free_ports(1)
    command = [program, "-p", str(folder), "-c", str(configured(folder, port, upstream)), "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: process.poll() is not None or listening(port), "nginx does not listen")
            assert process.poll() is None
            yield Nginx(port, folder / "access.log")
        finally:
            process.terminate()
            process.wait(PATIENCE)


def client(url: str) -> httpx.Client:
    """Return a client with a loopback address of its own: nginx limits each address for itself."""
    number = next(_numbers)
    transport = httpx.HTTPTransport(local_address=f"127.0.1.{number}")
    return httpx.Client(transport=transport, base_url=url, timeout=PATIENCE)


class Load:
    """Clients that ask until they are stopped, and what they were answered."""

    def __init__(self, url: str) -> None:
        self.counted: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._url = url
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def ask(self, asking: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask and count; an answer that did not come, or is the server's failure, is noted as wrong."""
        self._over.wait(0.03)  # nginx lets one address ask 50 times a second
        try:
            reply = asking.request(method, path, **more)
        except httpx.TransportError as error:
            self.note("failed", f"{method} {path}: {error!r}")
            raise
        with self._lock:
            self.counted["requests"] += 1
            self.counted["hits"] += reply.headers.get("x-cache-status") in KEPT
        if reply.status_code >= 500 or reply.status_code == 429:
            self.note("failed", f"{method} {path}: {reply.status_code}")
        return reply

    def note(self, kind: str, what: str = "") -> None:
        """Count something, and keep what is said of it as wrong."""
        with self._lock:
            self.counted[kind] += 1
            if what:
                self.wrong.append(what)

    @contextmanager
    def asking(self, *clients: Callable[["Load", httpx.Client], None]) -> Iterator["Load"]:
        """Let each of these clients do what it does again and again."""
        self._threads = [threading.Thread(target=self._again, args=(each,), daemon=True) for each in clients]
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join(PATIENCE)

    def more(self, kind: str, number: int) -> None:
        """Wait until so many more of something were counted."""
        wanted = self.counted[kind] + number
        until(lambda: self.counted[kind] >= wanted, f"{number} more {kind}; wrong: {self.wrong[:5]}")

    def _again(self, each: Callable[["Load", httpx.Client], None]) -> None:
        with client(self._url) as asking:
            while not self._over.is_set():
                try:
                    each(self, asking)
                except httpx.TransportError:
                    continue  # counted
                except Exception as error:  # a client that is gone would be taken for one with nothing to complain of
                    self.note("failed", f"{each.__name__}: {error!r}")
