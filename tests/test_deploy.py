"""What is in deploy/, really run: nginx in front of replicas, the service's hardening, the image's content."""

import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, NoReturn
from urllib.parse import urlsplit

import httpx
import pytest

from dataset import release
from dataset.catalog import Catalog
from dataset.query import parse, select
from tests.conftest import ROOT, figure
from tests.replicas import Load, Nginx, Replica, balanced, client, configured, free_ports, replicas, until

DEPLOY = ROOT / "deploy"
_own = itertools.count(1)


def _absent(name: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {name}")
    pytest.skip(f"{name} is not here")


@pytest.fixture(scope="session")
def program() -> str:
    """Return the nginx program; skip where there is none, except in CI, which has it."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or _absent("nginx")


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Replica]]:
    """Return three replicas, each with a copy of the published releases."""
    folder = tmp_path_factory.mktemp("three")
    copies = [Path(shutil.copytree(release.FOLDER, folder / str(number))) for number in range(3)]
    with replicas(copies) as made:
        yield made


@pytest.fixture(scope="module")
def front(program: str, three: list[Replica], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """Return nginx in front of three replicas."""
    with balanced(program, tmp_path_factory.mktemp("front") / "nginx", [each.address for each in three]) as found:
        yield found


def fresh() -> dict[str, str]:
    """Return an Accept-Encoding that nobody sent before: nginx has no answer for it, and asks a replica."""
    return {"Accept-Encoding": f"gzip, br;q=0.{next(_own):03}"}


def test_nginx_takes_the_configuration(program: str, tmp_path: Path) -> None:
    """`nginx -t` has nothing to remark."""
    file = configured(tmp_path, free_ports(1)[0], ["127.0.0.1:8001", "127.0.0.1:8002"])
    done = subprocess.run([program, "-t", "-p", tmp_path, "-c", file], capture_output=True, text=True, check=False)
    said = f"nginx: the configuration file {file} syntax is ok\nnginx: configuration file {file} test is successful\n"
    assert (done.stderr, done.returncode) == (said, 0)


@pytest.mark.parametrize("encoding", ["identity", "br", "zstd", "gzip"])
@pytest.mark.parametrize(
    "path",
    ["/v1/events", "/v1/releases/1.0.0/figures.csv?limit=all", "/graphql?query={__schema{types{name}}}", "/docs"],
)
def test_every_replica_gives_the_same_answer(path: str, encoding: str, three: list[Replica], front: Nginx) -> None:
    """Bytes, ETag and encoding are the same at each of them and at nginx, so caches and clients may mix them."""
    answers = set()
    for url in (*(f"http://{replica.address}" for replica in three), front.url):
        with client(url) as asking, asking.stream("GET", path, headers={"Accept-Encoding": encoding}) as reply:
            body = b"".join(reply.iter_raw())
            names = ("content-encoding", "etag", "vary", "cache-control", "content-type", "link")
            answers.add((reply.status_code, body, *(reply.headers.get(name) for name in names)))
    assert len(answers) == 1
    (only,) = answers
    small = path == "/docs"
    assert (only[0], only[2]) == (200, None if encoding == "identity" or small else encoding)


def test_nginx_keeps_each_variant_for_itself(front: Nginx) -> None:
    """What one client accepts is not sent to another, and what was sent once no replica is asked for again."""
    variants = [
        {"Accept": accept, "Accept-Encoding": encoding}
        for accept in ("application/json", "text/html")
        for encoding in ("br", "gzip")
    ]
    with client(front.url) as asking:
        first = [asking.get("/", headers=headers) for headers in variants]
        second = [asking.get("/", headers=headers) for headers in variants]
        same = asking.get("/", headers={**variants[0], "If-None-Match": first[0].headers["etag"]})
    assert [reply.headers["x-cache-status"] for reply in first + second] == ["MISS"] * 4 + ["HIT"] * 4
    assert [reply.headers["content-type"].partition(";")[0] for reply in second] == [
        "application/json", "application/json", "text/html", "text/html"
    ]  # fmt: skip
    assert [reply.content for reply in first] == [reply.content for reply in second]
    assert len({reply.headers["etag"] for reply in second}) == 4
    assert (same.status_code, same.content) == (304, b"")


def test_a_post_is_never_kept(front: Nginx) -> None:
    """Two questions to one address get two answers."""
    with client(front.url) as asking:
        found = [
            asking.post("/graphql", json={"query": query})
            for query in ("{ release { version } }", "{ release { released } }", "{ release { version } }")
        ]
    assert [reply.json()["data"]["release"] for reply in found] == [
        {"version": "1.1.0"}, {"released": "2026-11-22"}, {"version": "1.1.0"}
    ]  # fmt: skip
    assert [reply.headers.get("x-cache-status") for reply in found] == [None] * 3


class _Slow(BaseHTTPRequestHandler):
    """A replica that notes what it is asked and takes its time; its answers last for a second."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[Message]]

    def do_GET(self) -> None:
        """Answer how often it was asked."""
        self.asked.append(self.headers)
        body = str(len(self.asked)).encode()
        threading.Event().wait(0.3)
        self.send_response(200)
        self.send_header("Cache-Control", "public, max-age=1, stale-while-revalidate=600")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-ID", self.headers["X-Request-ID"])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def slow(program: str, tmp_path: Path) -> Iterator[tuple[Nginx, list[Message]]]:
    """Return nginx in front of a slow replica, and the headers of what the replica was asked."""
    noted: list[Message] = []

    class Noting(_Slow):
        asked = noted

    with ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with balanced(program, tmp_path / "nginx", [f"127.0.0.1:{server.server_port}"]) as found:
            yield found, noted
        server.shutdown()
        thread.join()


def test_what_many_ask_at_once_is_asked_once(slow: tuple[Nginx, list[Message]]) -> None:
    """The first of them waits for the replica, the others for the first."""
    front, asked = slow
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: httpx.get(f"{front.url}/v1").text, range(10)))
    assert (found, len(asked)) == (["1"] * 10, 1)


def test_what_ran_out_is_answered_while_it_is_asked_anew(slow: tuple[Nginx, list[Message]]) -> None:
    """Nobody waits for a replica while there is an answer of some minutes ago."""
    front, asked = slow
    with client(front.url) as asking:
        assert asking.get("/v1").text == "1"
        seen: list[tuple[str, str]] = []

        def renewed() -> bool:
            reply = asking.get("/v1")
            seen.append((reply.headers["x-cache-status"], reply.text))
            return reply.text == "2"

        until(renewed, "the answer is not renewed")
    assert ("STALE", "1") in seen
    assert {status for status, _ in seen} <= {"HIT", "STALE", "UPDATING"}
    assert len(asked) == 2


def test_a_request_has_its_own_id_at_nginx_and_at_the_replica(slow: tuple[Nginx, list[Message]]) -> None:
    """A kept answer has the id of who got it; what is no id is replaced by one."""
    front, asked = slow
    given = ["first.id", "second-id", "no id", "x" * 65]
    with client(front.url) as asking:
        got = [asking.get("/v1", headers={"X-Request-ID": each}).headers.get_list("x-request-id") for each in given]
    assert got[:2] == [["first.id"], ["second-id"]]
    assert all(len(each) == 1 and re.fullmatch("[0-9a-f]{32}", each[0]) for each in got[2:])
    assert [headers["X-Request-ID"] for headers in asked] == ["first.id"]


def test_hosts_do_not_share_answers(slow: tuple[Nginx, list[Message]]) -> None:
    """An answer that names the host of one request is not given to another."""
    front, asked = slow
    with client(front.url) as asking:
        found = [asking.get("/v1", headers={"Host": host}).text for host in ("a.example", "b.example", "a.example")]
    assert found[0] != found[1]
    assert [headers["Host"] for headers in asked[:2]] == ["a.example", "b.example"]


def exchanged(port: int, said: bytes) -> tuple[HTTPResponse, bytes]:
    """Return the first answer to some bytes, and its body."""
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.sendall(said)
        response = HTTPResponse(connection)
        response.begin()
        return response, response.read()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, b"GET /v1 HTTP/1.1\r\n\r\n"),
        (400, b"nonsense\r\n\r\n"),
        (404, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"),
        (404, b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"),
        (405, b"TRACE /v1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        (413, b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n"),
        (414, b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
        (431, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n"),
        (502, b"GET /v1 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ],
)
def test_what_nginx_refuses_itself_is_a_problem_too(status: int, said: bytes, alone: Nginx) -> None:
    """Its own answers have the form of every other error."""
    reply, content = exchanged(alone.port, said)
    body = json.loads(content)
    kind = reply.headers["Content-Type"]
    assert (reply.status, kind, body["status"]) == (status, "application/problem+json", status)
    assert set(body) == {"type", "title", "status", "detail"}
    assert (reply.headers["Cache-Control"], reply.headers["Server"]) == ("no-store", "nginx")


@pytest.fixture(scope="module")
def alone(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """Return nginx with no replica behind it."""
    dead = [f"127.0.0.1:{port}" for port in free_ports(2)]
    with balanced(program, tmp_path_factory.mktemp("alone") / "nginx", dead) as found:
        yield found


def test_who_asks_too_much_is_told_so_and_others_are_answered(front: Nginx) -> None:
    """The limit is each client's own."""
    with client(front.url) as asking:
        assert asking.get("/v1").status_code == 200
        with socket.create_connection(("127.0.0.1", front.port), 60, ("127.0.2.1", 0)) as greedy:
            greedy.sendall(b"GET /v1 HTTP/1.1\r\nHost: a\r\n\r\n" * 300 + b"GET /v1 HTTP/1.0\r\n\r\n")
            said = b"".join(iter(lambda: greedy.recv(65_536), b""))
        assert asking.get("/v1").status_code == 200
    answered, refused = said.count(b"HTTP/1.1 200 "), said.count(b"HTTP/1.1 429 ")
    assert answered + refused == 301
    assert (answered >= 100, refused > 0) == (True, True)
    rate, number = re.findall(r"rate=(\d+)r/s|limit_conn connections (\d+)", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert f"At most {rate[0]} requests a second and {number[1]} at a time, please.".encode() in said
    assert b"\r\nRetry-After: 1\r\n" in said


@dataclass(frozen=True)
class Readers:
    """What clients do again and again; they know which events each release has, in order."""

    events: Mapping[str, Sequence[str]]

    def all_sorts(self, load: Load, asking: httpx.Client) -> None:
        """Ask for lists, a record, and by GraphQL, kept or not; each answer is of one release."""
        for method, path, more in (
            ("GET", "/v1/events?limit=20", {}),
            ("GET", "/v1/events/evt-busts-2022-02", {"headers": fresh()}),
            ("GET", "/v1/releases/1.0.0/figures", {"headers": fresh()}),
            ("POST", "/graphql", {"json": {"query": "{ release { version } events(first: 3) { totalCount } }"}}),
            ("POST", "/v1/releases/1.0.0/graphql", {"json": {"query": "{ release { version } }"}}),
        ):
            reply = load.ask(asking, method, path, **more)
            body = reply.json()
            named = [reply.headers["dataset-release"], body.get("extensions", body)["release"]["version"]]
            named += [body["data"]["release"]["version"]] if "data" in body else []
            named += ["1.0.0"] if "1.0.0" in path else []
            if reply.status_code != 200 or len(set(named)) != 1:
                load.note("mixed", f"{method} {path}: {reply.status_code} {named}")

    def pinned(self, load: Load, asking: httpx.Client) -> None:
        """Follow `next` through a pinned list."""
        self._walk(load, asking, "pinned walks", "/v1/releases/1.0.0/events?limit=5", lambda found: found)

    def latest(self, load: Load, asking: httpx.Client) -> None:
        """Follow `next` from the latest list, through the release that was the latest at the beginning."""
        self._walk(load, asking, "walks", "/v1/events?limit=5", lambda found: found)

    def by_cursor(self, load: Load, asking: httpx.Client) -> None:
        """Page the latest list by its cursors alone; they are refused, with the reason, by another release."""
        self._walk(
            load, asking, "cursor walks", "/v1/events?limit=5", lambda found: f"/v1/events?{urlsplit(found).query}"
        )

    def _walk(self, load: Load, asking: httpx.Client, kind: str, path: str, then: Callable[[str], str]) -> None:
        ids: list[str] = []
        met: set[str] = set()
        headers = fresh()
        while path:
            reply = load.ask(asking, "GET", path, headers=headers)
            body = reply.json()
            if kind == "cursor walks" and reply.status_code == 400:
                reason = "is a cursor of another release; start again, or page under a pinned release"
                right = (body["parameter"], body["reason"]) == ("after", reason)
                load.note("refused", "" if right else f"{path}: {body}")
                return
            if reply.status_code != 200:
                load.note("failed", f"{path}: {body}")
                return
            ids += [item["id"] for item in body["items"]]
            met.add(body["release"]["version"])
            path = then(body["next"]) if body["next"] else ""
        one = [version for version in met if self.events[version] == ids]
        if len(met) == 1 == len(one) and (one == ["1.0.0"] or kind != "pinned walks"):
            load.note(kind)
            load.note(f"{kind} of {one[0]}")
        else:
            load.note("mixed", f"{kind}: {met} {ids}")


def _publish(replica: Replica, version: str) -> None:
    """Put a release into a replica's folder, whole at once."""
    copied = shutil.copytree(release.FOLDER / version, replica.releases / f".{version}")
    Path(copied).rename(replica.releases / version)


@contextmanager
def _old_release(folder: Path) -> Iterator[list[Replica]]:
    for number in range(3):
        shutil.copytree(release.FOLDER / "1.0.0", folder / str(number) / "1.0.0")
    with replicas([folder / str(number) for number in range(3)]) as made:
        yield made


def test_no_client_notices_a_replica_that_dies_or_a_release_that_is_rolled_out(
    program: str, tmp_path: Path, catalog: Catalog
) -> None:
    """Nothing fails and no answer is mixed while one is killed, one restarted, and each in turn gets a new release."""
    asked = parse("events", {})
    readers = Readers({version: list(select(edition, asked)) for version, edition in catalog.editions.items()})
    with (
        _old_release(tmp_path) as three,
        balanced(program, tmp_path / "nginx", [each.address for each in three]) as front,
        Load(front.url).asking(
            readers.all_sorts, readers.all_sorts, readers.pinned, readers.latest, readers.by_cursor
        ) as load,
    ):
        load.more("requests", 200)
        three[0].end(signal.SIGKILL)
        load.more("requests", 300)
        three[0].launch()
        three[0].ready()
        front.asks(three[0])
        assert load.counted["refused"] == 0  # there is one release yet
        three[1].end()  # as for a new version of the code
        three[1].launch()
        three[1].ready()
        front.asks(three[1])
        for replica in three:
            _publish(replica, "1.1.0")
            replica.take_up("1.1.0")
            load.more("pinned walks", 3)
            if replica is not three[-1]:  # some have it, some do not
                load.more("refused", 3)
                load.more("walks of 1.1.0", 1)
        load.more("cursor walks of 1.1.0", 3)
        load.more("walks of 1.1.0", 3)
    counted = load.counted
    figure(
        f"replicas: requests {counted['requests']}, failed {counted['failed']}, mixed {counted['mixed']}, "
        f"cache hits {counted['hits']}"
    )
    assert (load.wrong, counted["failed"], counted["mixed"]) == ([], 0, 0)
    assert counted["hits"] > 0


def test_the_service_is_shut_in(tmp_path: Path) -> None:
    """systemd understands every line of it, and finds it to be exposed at most 1.0 of 10."""
    if not shutil.which("systemd-analyze"):
        _absent("systemd-analyze")
    unit = tmp_path / "enforcement-record@8001.service"
    text = (DEPLOY / "enforcement-record@.service").read_text("utf-8")
    program = "/opt/enforcement-record/.venv/bin/python"
    assert f"ExecStart={program} -m api " in text
    unit.write_text(text.replace(program, sys.executable), "utf-8")
    for command in (["verify"], ["security", "--offline=true", "--threshold=10"]):
        done = subprocess.run(["systemd-analyze", *command, unit], capture_output=True, text=True, check=False)
        assert (command, done.stderr, done.returncode) == (command, "", 0)


def _said_by_the_image(instruction: str) -> list[str]:
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", "")
    return re.findall(rf"^{instruction} (.+)$", text, re.MULTILINE)


def test_the_image_has_all_that_serving_needs_and_writes_nothing(tmp_path: Path) -> None:
    """Its files alone are enough to serve, its check of health passes, and no file is there afterwards that was not."""
    app = tmp_path / "app"
    app.mkdir()
    copied = [words.split() for words in _said_by_the_image("COPY") if " /app/" in words]
    for source, target in copied:
        there, place = ROOT / source, app / target.removeprefix("/app/")
        if there.is_dir():
            shutil.copytree(there, place, ignore=shutil.ignore_patterns("__pycache__", "workbench"))
        else:
            shutil.copy(there, place / source)
    before = sorted(app.rglob("*"))
    (health,) = _said_by_the_image("HEALTHCHECK")
    check = json.loads(health.partition("CMD ")[2])[1:]
    (port,) = free_ports(1)
    replica = Replica(port, app / "dataset" / "releases")
    try:
        replica.launch(app)
        replica.ready()
        code = check[1].replace(":8000/", f":{port}/")
        done = subprocess.run([sys.executable, check[0], code], capture_output=True, text=True, check=False)
        replica.end()
        dead = subprocess.run([sys.executable, check[0], code], capture_output=True, check=False)
    finally:
        replica.end(signal.SIGKILL)
    assert (done.stderr, done.returncode, dead.returncode) == ("", 0, 1)
    assert sorted(app.rglob("*")) == before


def test_the_image_is_made_of_what_is_pinned_and_runs_as_nobody() -> None:
    """Every package is installed by its hash, and the last word on who runs it is not root."""
    assert {base.split()[0] for base in _said_by_the_image("FROM")} == {"python:3.11-slim"}
    assert _said_by_the_image("USER") == ["10001:10001"]
    (install,) = [line for line in _said_by_the_image("RUN") if "install" in line]
    assert {"--require-hashes", "--no-deps", "-r"} <= set(install.split())
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    sources = {words.split()[0] for words in _said_by_the_image("COPY") if not words.startswith("--from")}
    assert {line[1:] for line in ignored if line.startswith("!")} == sources


@pytest.mark.parametrize("name", ["SECURITY.md", "deploy/README.md"])
def test_what_these_documents_point_to_is_there(name: str) -> None:
    """Every link leads to a file."""
    file = ROOT / name
    linked = re.findall(r"\]\(([\w./@-]+)\)", file.read_text("utf-8"))
    assert linked
    assert [path for path in linked if not (file.parent / path).exists()] == []
