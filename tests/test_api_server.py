"""The server as an operator starts it: its workers, its bounds, and how it ends."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner

from api import observe, server
from api.__main__ import main
from api.limits import Limits
from dataset import release
from tests.conftest import ROOT
from tests.process import Server, ask, received, serving, until

ASKED = b"GET /v1/events?limit=1 HTTP/1.1\r\nHost: a.test\r\n\r\n"
SENT = b'{"query": "{ release { version } }"}'
SENDING = (
    b"POST /graphql HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    % len(SENT)
)


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Return a copy of the published releases."""
    return Path(shutil.copytree(release.FOLDER, tmp_path / "releases"))


def _one(connection: socket.socket) -> int:
    """Read one answer, and return its status."""
    found = b""
    while b"\r\n\r\n" not in found:
        piece = connection.recv(65_536)
        assert piece, "the connection is closed"
        found += piece
    head, _, body = found.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    assert length
    while len(body) < int(length[1]):
        body += connection.recv(65_536)
    return int(head.split()[1])


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_it_serves_both_doors(releases: Path) -> None:
    """What it prints names what it serves, and where."""
    with serving(releases) as found:
        assert httpx.get(f"{found.address}/v1/events?limit=1").json()["total"] == 27
        reply = httpx.post(f"{found.address}/graphql", json={"query": "{ release { version } }"})
        assert reply.json()["data"] == {"release": {"version": "1.1.0"}}
        assert reply.http_version == "HTTP/1.1"
    served = "kazakhstan-crypto-mining-crackdown 1.1.0, 1.0.0"
    assert found.said.read_text() == f"Serving {served} at {found.address}/v1 and /graphql\n"
    assert [line.partition("api.server: ")[2] for line in found.log().splitlines()] == [
        "serving 1.1.0, 1.0.0 with one worker",
        "stopped",
    ]


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_one_flipped_byte_takes_one_release_out(version: str, releases: Path) -> None:
    """It says which file was altered and serves the other release."""
    file = releases / version / "events.json"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    (other,) = {"1.0.0", "1.1.0"} - {version}
    with serving(releases) as found:
        assert found.get("/v1/events").headers["dataset-release"] == other
        assert found.get(f"/v1/releases/{version}/events").json["releases"] == [other]
    assert f"refused: {version}/events.json: its checksum is not the manifest's" in found.log()


def test_without_a_release_it_does_not_start(tmp_path: Path) -> None:
    """The error is a sentence, not a stack trace."""
    command = [sys.executable, "-m", "api", "--releases", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: No release can be served.\n{tmp_path} holds no release\n"


def test_where_another_listens_it_does_not_start(releases: Path) -> None:
    """The error names the place and the reason."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "api", "--releases", str(releases), "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: Cannot listen on 127.0.0.1, port {port}: Address already in use\n"


def test_workers_that_cannot_start_end_the_server(releases: Path) -> None:
    """It does not try for ever, and leaves no process behind."""
    code = "import sys, api.worker as w; w.Worker.run = lambda self: sys.exit(3); from api.__main__ import main; main()"
    command = [sys.executable, "-c", code, "--releases", str(releases), "--port", "0", "--workers", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "Error: The workers do not start; the log says why."


def test_connections_are_shared_out_among_the_workers(releases: Path) -> None:
    """No worker is left with next to nothing while another one has all."""
    # Nobody waits for a worker that the machine holds up, so a busy machine has three attempts.
    assert any(min(_shares(releases)) >= 15 for _ in range(3))


def _shares(releases: Path) -> list[int]:
    """Return how many of 40 connections each of two workers has."""
    with serving(releases, "--workers", "2") as found:
        before = [_sockets(pid) for pid in found.workers()]
        connections = [found.connect() for _ in range(40)]
        for connection in connections:
            connection.sendall(ASKED)
            assert _one(connection) == 200
        shares = [_sockets(pid) - was for pid, was in zip(found.workers(), before, strict=True)]
    assert sum(shares) == 40
    return shares


def _sockets(pid: int) -> int:
    return sum(
        os.readlink(path).startswith("socket:") for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()
    )


def test_an_answer_is_not_held_back_until_the_last_one_is_acknowledged(releases: Path) -> None:
    """With several workers, too, a kept connection answers within a few milliseconds."""
    took = []
    with serving(releases, "--workers", "2") as found:
        connection = http.client.HTTPConnection("127.0.0.1", found.port)
        for number in range(60):
            began = time.perf_counter()
            assert ask(connection, f"/v1/events?limit={1 + number % 20}").status == 200
            took.append(time.perf_counter() - began)
        connection.close()
    assert statistics.median(took) < 0.03


def test_a_killed_worker_is_replaced(releases: Path) -> None:
    """Another one takes its place, the others serve on meanwhile, and the log says what happened."""
    with serving(releases, "--workers", "2") as found:
        victim, other = found.workers()
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(found.workers()) == 2 and victim not in found.workers(), "it is replaced")
        assert other in found.workers()
        assert [found.get("/v1").status for _ in range(20)] == [200] * 20
    assert f"worker {victim} ended by signal 9: another one takes its place" in found.log()


def test_workers_that_die_at_once_are_replaced_ever_more_slowly(releases: Path) -> None:
    """A fault that ends every worker does not keep the machine busy."""
    code = (
        "import os, time, api.worker as w\n"
        "def run(self): os.write(self.ready, b'1'); time.sleep(0.05); os._exit(7)\n"
        "w.Worker.run = run\n"
        "from api.__main__ import main; main()"
    )
    with serving(releases, command=("-c", code)) as found:
        until(lambda: found.log().count("ended with status 7") == 4, "it has died four times")
        time.sleep(server.PAUSES[3] / 2)
    assert found.log().count("ended with status 7") == 4


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_finishes_what_is_under_way(number: signal.Signals, releases: Path) -> None:
    """A request that was begun is answered, what is idle is closed, nothing new is accepted, and it ends well."""
    with serving(releases, "--workers", "2") as found:
        idle = found.connect()
        idle.sendall(ASKED)
        assert _one(idle) == 200
        begun = found.connect()
        begun.sendall(SENDING + SENT[:9])
        time.sleep(0.2)
        found.tell(number)
        assert received(idle) == b""
        until(lambda: not _listens(found), "it accepts nothing more")
        begun.sendall(SENT[9:])
        answer = received(begun)
        assert found.process.wait(30) == 0
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b'{"release":{"version":"1.1.0"}}' + answer.partition(b'"1.1.0"}}')[2])
    assert found.log().splitlines()[-1].endswith("api.server: stopped")


def _listens(found: Server) -> bool:
    try:
        found.connect().close()
    except ConnectionError:  # refused, or reset by a socket that is closed just then
        return False
    return True


def test_what_takes_too_long_is_cut_off_when_it_stops(releases: Path) -> None:
    """Whoever never ends does not keep it from ending."""
    with serving(releases, "--finish", "0.5") as found:
        begun = found.connect()
        begun.sendall(SENDING)
        time.sleep(0.2)
        began = time.monotonic()
        found.tell(signal.SIGTERM)
        assert found.process.wait(30) == 0
        assert 0.4 < time.monotonic() - began < 5
        begun.close()
    assert "1 connections were cut off" in found.log()


def test_the_workers_end_when_the_server_is_killed(releases: Path) -> None:
    """Nothing is left behind, and another one serves at the same place."""
    with serving(releases, "--workers", "2") as found:
        workers = found.workers()
        found.tell(signal.SIGKILL)
        found.process.wait(30)
        until(lambda: not any(map(_alive, workers)), "the workers end")
    with serving(releases, port=found.port) as again:
        assert again.get("/v1").status == 200


def _problem(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"\r\nconnection: close\r\n" in head + b"\r\n"
    assert b"\r\ncontent-type: application/problem+json\r\n" in head + b"\r\n"
    return int(head.split()[1]), json.loads(body)["type"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"", None),
        (b"GET /v1 HT", (408, "/v1/problems#request-timeout")),
        (b"GET /v1 HTTP/1.1\r\nHost: a.test\r\n", (408, "/v1/problems#request-timeout")),
        (SENDING + SENT[:9], (408, "/v1/problems#request-timeout")),
    ],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_a_request_must_arrive_in_time(sent: bytes, expected: tuple[int, str] | None, releases: Path) -> None:
    """However slowly it drips: the time is that of the whole request."""
    with serving(releases, "--receive", "1") as found:
        connection = found.connect()
        connection.settimeout(0.05)
        connection.sendall(sent)
        began = time.monotonic()
        answer = b""
        while time.monotonic() - began < 30:
            try:
                piece = connection.recv(65_536)
                answer += piece
                if not piece:
                    break
            except TimeoutError:
                if sent.endswith(b"a.test\r\n"):
                    connection.sendall(b"X")
        took = time.monotonic() - began
        connection.close()
    assert (_problem(answer) if expected else answer) == (expected or b"")
    assert 0.9 < took < 10


def test_an_unused_connection_is_closed(releases: Path) -> None:
    """It is kept for a while, and no longer."""
    with serving(releases, "--keep-alive", "1") as found:
        connection = found.connect()
        for _ in range(2):
            connection.sendall(ASKED)
            assert _one(connection) == 200
            time.sleep(0.3)
        began = time.monotonic()
        assert received(connection) == b""
        assert 0.4 < time.monotonic() - began < 10


def test_there_are_only_so_many_connections(releases: Path) -> None:
    """One more is told so, at once; when one is closed, there is room again."""
    with serving(releases, "--connections", "2") as found:
        connections = [found.connect() for _ in range(2)]
        for connection in connections:
            connection.sendall(ASKED)
            assert _one(connection) == 200
        third = found.connect()
        third.sendall(ASKED)
        answer = received(third)
        assert _problem(answer) == (503, "/v1/problems#too-many-connections")
        assert b"\r\nretry-after: 1\r\n" in answer
        connections[0].close()
        until(lambda: found.get("/v1").status == 200, "there is room")
        connections[1].sendall(ASKED)
        assert _one(connections[1]) == 200


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00\x01", b"GET http//a.test:x/ HTTP/1.1\r\n\r\n", b"GET /v1 HTTP/1.1\r\nA B: c\r\n\r\n"],
)
def test_what_is_not_http_is_refused_as_a_problem(sent: bytes, releases: Path) -> None:
    """Nothing is told about what reads it, and nothing is logged."""
    with serving(releases) as found:
        connection = found.connect()
        connection.sendall(sent)
        answer = received(connection)
    assert _problem(answer) == (400, "/v1/problems#malformed-request")
    assert len(found.log().splitlines()) == 2


def _received(found: Server, sent: bytes) -> dict[str, str]:
    """Return the headers of what is answered to these bytes, none of which may be there twice."""
    connection = found.connect()
    connection.sendall(sent)
    lines = received(connection).partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")[1:]
    headers = [line.split(": ", 1) for line in lines]
    assert len({name for name, _ in headers}) == len(headers)
    return dict(headers)


UNREAD = [
    (b"GET \x1b[31m\x00 HTTP/1.1\r\nX-Request-ID: mine\r\n", 400),
    (b"GET /v1/\x1b[31m", 400),
    (b"GET /v1 HTTP/1.1\r\nX-Request-ID: mine\r\nX: " + b"a" * 70_000, 431),
    (b"GET /v1 HT", 408),
    (SENDING.replace(b"\r\n\r\n", b"\r\nX-Request-ID: mine\r\n\r\n") + SENT[:9], 408),
]
"""What cannot be handed on, and the status of the answer."""


@pytest.mark.parametrize("form", ["human", "json"])
def test_what_cannot_be_read_is_answered_counted_and_logged_like_all_else(form: str, releases: Path) -> None:
    """With every header, the status and the reason; of what was sent, the log has only what is a request."""
    with serving(releases, "--receive", "1", "--access-log", "--log-format", form) as found:
        answers = [_received(found, sent) for sent, _ in UNREAD]
        counted = found.get("/metrics").body.decode()
    like = {name.decode(): value.decode() for name, value in observe.EVERY}
    for headers in answers:
        assert {name: headers[name] for name in like} == like
        assert parsedate_to_datetime(headers["date"]).year >= 2026
    names = [headers["x-request-id"] for headers in answers]
    assert len(set(names)) == len(names)
    assert names[-1] == "mine"
    for status in {status for _, status in UNREAD}:
        line = f'api_requests_total{{route="other",status="{status}"}} {[s for _, s in UNREAD].count(status)}.0\n'
        assert line in counted
    for reason, times in (("malformed-request", 2), ("headers-too-large", 1), ("request-timeout", 2)):
        assert f'api_refusals_total{{reason="{reason}"}} {times}.0\n' in counted
    lines = [line for line in found.log().splitlines() if "api.access" in line and "/metrics" not in line]
    assert "\x1b" not in found.log()
    if form == "json":
        told = [(row["method"], row["target"], row["status"], row["request"]) for row in map(json.loads, lines)]
    else:
        rows = [
            re.fullmatch(r".* 127\.0\.0\.1 (\S+) (\S+) (\d+) [0-9.]+ ms \d+ bytes \[(.+)\]", line) for line in lines
        ]
        told = [(row[1], row[2], int(row[3]), row[4]) for row in rows if row]
    expected = [("-", "-", status, name) for name, (_, status) in zip(names[:-1], UNREAD[:-1], strict=True)]
    assert told == [*expected, ("POST", "/graphql", 408, "mine")]


def test_one_connection_too_many_is_answered_counted_and_logged_like_all_else(releases: Path) -> None:
    """Nothing that it sends is read."""
    with serving(releases, "--connections", "1", "--access-log") as found:
        connection = found.connect()
        connection.sendall(ASKED)
        assert _one(connection) == 200
        headers = _received(found, ASKED)
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        counted = received(connection).decode()
    like = {name.decode(): value.decode() for name, value in observe.EVERY}
    assert {name: headers[name] for name in like} == like
    assert 'api_requests_total{route="other",status="503"} 1.0\n' in counted
    assert 'api_refusals_total{reason="too-many-connections"} 1.0\n' in counted
    (line,) = [line for line in found.log().splitlines() if " 503 " in line]
    assert "api.access: 127.0.0.1 - - 503 " in line
    assert line.endswith(f" bytes [{headers['x-request-id']}]")


def test_rubbish_after_a_request_does_not_spoil_its_answer(releases: Path) -> None:
    """The answer under way is sent whole, and is the last one."""
    with serving(releases) as found:
        connection = found.connect()
        connection.sendall(ASKED + b"\x00\x01rubbish\r\n\r\n")
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["total"] == 27


def test_requests_may_come_together(releases: Path) -> None:
    """They are answered in their order."""
    with serving(releases) as found:
        connection = found.connect()
        wanted = [1, 2, 3, 4]
        for number in wanted:
            last = b"Connection: close\r\n" if number == wanted[-1] else b""
            connection.sendall(b"GET /v1/events?limit=%d HTTP/1.1\r\nHost: a.test\r\n%s\r\n" % (number, last))
        bodies = re.split(rb"HTTP/1.1 200 OK.*?\r\n\r\n", received(connection), flags=re.DOTALL)[1:]
    assert [len(json.loads(body)["items"]) for body in bodies] == wanted


def test_another_protocol_is_not_spoken(releases: Path) -> None:
    """Who wants to upgrade is answered in HTTP/1.1."""
    with serving(releases) as found:
        connection = found.connect()
        asked = ASKED[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        connection.sendall(asked)
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer


@pytest.mark.parametrize("given", ["url", "url=", "url=0", "url=-1", "url=x", "colour=3", "url=²"])
def test_a_limit_that_is_none_is_refused(given: str) -> None:
    """The error says what can be given."""
    done = CliRunner().invoke(main, ["--limit", given])
    assert done.exit_code == 2
    assert f"{given}: must be NAME=VALUE, a name of url, headers, " in done.output


def test_a_limit_can_be_set(releases: Path) -> None:
    """The others stay as they are."""
    with serving(releases, "--limit", "url=100", "--limit", "header_lines=20") as found:
        assert found.get("/v1/events?q=" + "a" * 100).status == 414
        limits = {row["name"]: row["value"] for row in found.get("/v1/limits").json["items"]}
    assert (limits["url"], limits["header_lines"], limits["headers"]) == (100, 20, Limits().headers)


def test_the_readme_names_every_option_with_its_default() -> None:
    """What it says is what the server takes."""
    rows = re.findall(r"^\| (`--.*?) \| (.*?) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    told = {name: default for names, default in rows for name in re.findall(r"--[a-z-]+", names)}
    options = [option for option in main.params if isinstance(option, click.Option)]
    assert sorted(told) == sorted(option.opts[-1] for option in options if option.name != "help")
    numbers = {option.opts[-1]: option.default for option in options if isinstance(option.default, float | int)}
    numbers = {name: default for name, default in numbers.items() if name != "--port" and told[name] != "off"}
    assert {name: float(told[name].strip("`")) for name in numbers} == numbers


def test_the_asgi_module_serves_the_published_releases() -> None:
    """`uvicorn api.asgi:app` is the same application."""
    code = "from api.asgi import app; print(list(app.state.catalog.editions))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "['1.1.0', '1.0.0']\n"


FAULT = """
import logging
%s
from api.asgi import app
try:
    1 / 0
except ZeroDivisionError as error:
    logging.getLogger("api.errors").error("GET /x was not answered", exc_info=error)
"""


def _said_of_a_fault(before: str) -> str:
    code = ["-c", FAULT % before]
    done = subprocess.run([sys.executable, *code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stderr


def test_the_asgi_module_has_faults_logged_as_ever() -> None:
    """With another server, too, they are short lines."""
    line, *trace = _said_of_a_fault("").splitlines()
    assert line.partition(" ")[2] == "ERROR api.errors: GET /x was not answered (ZeroDivisionError)"
    assert all(step.startswith("    ") for step in trace)
    assert trace[-1] == "    ZeroDivisionError: division by zero"


def test_the_asgi_module_leaves_logs_to_whoever_configured_them() -> None:
    """What a server was told about its log holds."""
    said = _said_of_a_fault("logging.basicConfig(format='mine: %(message)s')")
    assert said.splitlines()[0] == "mine: GET /x was not answered"


def test_the_house_is_not_installed() -> None:
    """api, schema and dataset are names of other people's packages: this application runs from its root only."""
    code = "import importlib.util as u; print([n for n in ('api', 'schema', 'dataset') if u.find_spec(n)])"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd="/", capture_output=True, text=True, check=True, env=environment
    )
    assert json.loads(done.stdout.replace("'", '"')) == []
