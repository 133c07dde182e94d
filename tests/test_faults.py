"""Faults of every kind while releases are read, and while they are written: what was served is served on."""

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from dataset import catalog
from dataset.release import read
from tests.conftest import ROOT, figure
from tests.load import Load
from tests.process import Server, serving, unmeasured, until
from tests.world import Raw, raw, release

TOTALS = {"1.0.0": 1, "1.1.0": 2, "1.2.0": 3}
"""How many relations each release has."""

Fault = Callable[[Path], object]


def _records(relations: int) -> Raw:
    records = raw()
    whole = records["relations", "rel-reed-behind-mines"]
    for number, predicate in zip(range(1, relations), ("official_of", "affiliated_with"), strict=False):
        name = f"rel-reed-{number}"
        records["relations", name] = {**whole, "id": name, "predicate": predicate, "object": "ent-board-of-salt"}
    return records


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of three releases, not to be changed."""
    folder = tmp_path_factory.mktemp("published") / "releases"
    before = None
    for version, total in TOTALS.items():
        before = release(folder, version, _records(total), before)
    return folder


@pytest.fixture
def releases(published: Path, tmp_path: Path) -> Path:
    """Return a folder of the first two releases."""
    folder = Path(shutil.copytree(published, tmp_path / "releases"))
    shutil.rmtree(folder / "1.2.0")
    return folder


@pytest.fixture
def found(releases: Path) -> Iterator[Server]:
    """Return a server of the first two releases, which looks for others all the time."""
    with serving(releases, "--workers", "2", "--watch", "0.1", "--keep-alive", "60") as server:
        yield server


def _flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(data)


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _to_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _to_nowhere(file: Path) -> None:
    file.unlink()
    file.symlink_to("nowhere")


def _empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def _of_other_records(folder: Path) -> None:
    """Put a file of other records in, and have the manifest vouch for it."""
    data = (folder / "figures.json").read_bytes()
    before = sha256((folder / "events.json").read_bytes()).hexdigest()
    (folder / "events.json").write_bytes(data)
    _edit(folder / "manifest.json", before, sha256(data).hexdigest())


FAULTS: dict[str, tuple[Fault, str]] = {
    "truncated": (lambda folder: _cut(folder / "events.json"), "1.2.0/events.json"),
    "empty": (lambda folder: os.truncate(folder / "events.json", 0), "1.2.0/events.json"),
    "flipped bit": (lambda folder: _flip(folder / "figures.json"), "1.2.0/figures.json"),
    "missing": (lambda folder: (folder / "sources.json").unlink(), "1.2.0/sources.json"),
    "a folder": (lambda folder: _to_folder(folder / "events.json"), "1.2.0/events.json"),
    "a link to nothing": (lambda folder: _to_nowhere(folder / "events.json"), "1.2.0/events.json"),
    "other records": (_of_other_records, "1.2.0/events.json"),
    "one too many": (lambda folder: (folder / "notes.txt").write_text("."), "1.2.0/notes.txt"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "1.2.0/manifest.json"),
    "half a manifest": (lambda folder: _cut(folder / "manifest.json"), "1.2.0/manifest.json"),
    "rubbish for a manifest": (
        lambda folder: (folder / "manifest.json").write_bytes(b"\xff\x00"),
        "1.2.0/manifest.json",
    ),
    "another's manifest": (
        lambda folder: _edit(folder / "manifest.json", '"version": "1.2.0"', '"version": "1.3.0"'),
        "1.2.0/manifest.json",
    ),
    "nothing in it": (_empty, "1.2.0/manifest.json"),
}


def _install(published: Path, releases: Path, spoil: Fault) -> Path:
    """Put a spoiled 1.2.0 in its place, all at once."""
    staged = Path(shutil.copytree(published / "1.2.0", releases / ".staged"))
    spoil(staged)
    return staged.rename(releases / "1.2.0")


def _refuses(found: Server, file: str) -> bool:
    return file in found.refused()


def test_no_spoiled_release_disturbs_those_that_are_served(found: Server, published: Path, releases: Path) -> None:
    """Each fault is named in the log and to the operator, no request fails, and no answer mixes releases."""
    with Load(found.port, TOTALS) as load:
        for name, (spoil, file) in FAULTS.items():
            target = _install(published, releases, spoil)
            until(partial(_refuses, found, file), f"{name}: {file} is refused")
            assert (name, found.served()) == (name, ["1.1.0", "1.0.0"])
            shutil.rmtree(target)
            until(lambda: not found.refused(), f"{name}: nothing is refused any more")
        _install(published, releases, lambda folder: None)
        until(lambda: found.served() == ["1.2.0", "1.1.0", "1.0.0"], "the whole release is served")
    figure(f"faults: {len(FAULTS)} of loading, {load}")
    assert (load.failed, load.mixed) == ([], [])
    assert {name for name, (_, file) in FAULTS.items() if f"refused: {file}" not in found.log()} == set()
    assert load.requests > 100


def test_releases_come_and_go_under_load(found: Server, published: Path, releases: Path) -> None:
    """No request fails, no answer mixes releases, and a pinned address goes on answering from its own."""
    swaps = 0
    with Load(found.port, TOTALS) as load:
        for _ in range(4):
            _install(published, releases, lambda folder: None)
            until(lambda: found.served()[0] == "1.2.0", "the new one is served")
            until(lambda: "1.2.0" in load.seen, "the load is answered from the new one")
            (releases / "1.2.0").rename(releases / ".withdrawn")
            until(lambda: found.served()[0] == "1.1.0", "the old one is served again")
            shutil.rmtree(releases / ".withdrawn")
            swaps += 2
    figure(f"reload: swaps {swaps}, {load}")
    assert (load.failed, load.mixed) == ([], [])
    assert load.seen == set(TOTALS)


def test_a_release_is_not_served_before_it_is_whole(found: Server, published: Path, releases: Path) -> None:
    """Whoever copies it slowly file by file is waited for."""
    target = releases / "1.2.0"
    target.mkdir()
    for file in sorted((published / "1.2.0").iterdir()):
        data = file.read_bytes()
        with (target / file.name).open("wb") as out:
            for part in (data[:100], data[100:]):
                out.write(part)
                out.flush()
                time.sleep(0.05)
    until(lambda: found.served() == ["1.2.0", "1.1.0", "1.0.0"], "it is served")
    assert found.refused() == []


def test_what_vanishes_while_it_is_read_is_let_go(found: Server, published: Path, releases: Path) -> None:
    """Releases that come and go faster than they are read spoil nothing, and the last word counts."""
    with Load(found.port, TOTALS) as load:
        until_then = time.monotonic() + 3
        while time.monotonic() < until_then:
            shutil.copytree(published / "1.2.0", releases / "1.2.0")
            time.sleep(0.15)
            shutil.rmtree(releases / "1.2.0")
        until(lambda: found.served() == ["1.1.0", "1.0.0"] and not found.refused(), "nothing is left of them")
    assert (load.failed, load.mixed) == ([], [])


def test_where_no_release_is_left_the_last_ones_are_served(found: Server, releases: Path) -> None:
    """The operator is told, and what comes back is noticed."""
    releases.rename(releases.parent / "elsewhere")
    until(lambda: found.refused() == ["releases"], "the operator is told")
    assert found.served() == ["1.1.0", "1.0.0"]
    assert "refused: releases: holds no release: what it held before is served" in found.log()
    (releases.parent / "elsewhere").rename(releases)
    until(lambda: found.refused() == [], "the releases are back")


def test_a_served_release_that_is_spoiled_is_served_as_it_was_read(found: Server, releases: Path) -> None:
    """An address that is pinned to it goes on answering."""
    _flip(releases / "1.0.0" / "relations.json")
    until(lambda: found.refused() == ["1.0.0/relations.json"], "it is refused")
    assert found.served() == ["1.1.0", "1.0.0"]
    assert found.get("/v1/releases/1.0.0/relations").json["total"] == TOTALS["1.0.0"]
    _flip(releases / "1.0.0" / "relations.json")
    until(lambda: found.refused() == [], "it is whole again")


def test_a_release_is_read_at_once_when_the_server_is_told(published: Path, releases: Path) -> None:
    """SIGHUP does it, where nobody looks for releases as well."""
    with serving(releases, "--watch", "0") as found:
        _install(published, releases, lambda folder: None)
        time.sleep(0.6)
        assert found.served() == ["1.1.0", "1.0.0"]
        found.tell(signal.SIGHUP)
        until(lambda: found.served() == ["1.2.0", "1.1.0", "1.0.0"], "it is served")


def _answer(connection: socket.socket) -> bytes:
    """Ask on a connection, and return the whole answer."""
    connection.sendall(b"GET /v1/relations HTTP/1.1\r\nHost: a.test\r\n\r\n")
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _piece(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    size = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < size:
        body += _piece(connection)
    return head + b"\r\n\r\n" + body


def _piece(connection: socket.socket) -> bytes:
    found = connection.recv(65_536)
    assert found, "the answer is cut off"
    return found


def test_a_connection_that_is_open_is_answered_by_whom_it_was_made_to(
    found: Server, published: Path, releases: Path
) -> None:
    """Its next answer is the last one there and says so; the one after comes from the new release."""
    connections = [found.connect() for _ in range(6)]
    for connection in connections:
        assert _answer(connection).startswith(b"HTTP/1.1 200")
    _install(published, releases, lambda folder: None)
    until(lambda: "serving 1.2.0, " in found.log(), "the others are told to leave")
    answers = []
    for connection in connections:
        for _ in range(1_000):  # its worker was told, but may not have heard of it yet
            answer = _answer(connection)
            if b"\r\nconnection: close\r\n" in answer:
                break
        answers.append(answer)
        assert connection.recv(1) == b""
    assert [b"\r\ndataset-release: 1.1.0\r\n" in answer for answer in answers] == [True] * 6
    assert [b"\r\nconnection: close\r\n" in answer for answer in answers] == [True] * 6
    assert found.get("/v1/relations").headers["dataset-release"] == "1.2.0"


def test_workers_that_cannot_serve_a_new_release_leave_the_old_ones_alone(
    published: Path, releases: Path, tmp_path: Path
) -> None:
    """Nothing is taken away before what takes its place serves."""
    code = (
        "import os, sys, api.worker as w\n"
        "run = w.Worker.run\n"
        f"w.Worker.run = lambda self: sys.exit(9) if os.path.exists({str(tmp_path / 'spoiled')!r}) else run(self)\n"
        "from api.__main__ import main; main()"
    )
    with serving(releases, "--workers", "2", "--watch", "0.1", command=("-c", code)) as found:
        before = found.workers()
        (tmp_path / "spoiled").touch()
        _install(published, releases, lambda folder: None)
        until(lambda: "before it served: those that serve stay" in found.log(), "it is tried")
        until(lambda: found.workers() == before, "nobody else is left")
        assert found.served() == ["1.1.0", "1.0.0"]


@pytest.mark.parametrize("delay", [0, 0.02, 0.1], ids=["at once", "soon", "later"])
def test_a_server_killed_while_it_reloads_leaves_nothing_behind(delay: float, published: Path, releases: Path) -> None:
    """Every worker ends, of the old ones and of the new ones, and another server serves at the same place."""
    with serving(releases, "--workers", "2", "--watch", "0") as found:
        _install(published, releases, lambda folder: None)
        workers = set(found.workers())
        found.tell(signal.SIGHUP)
        time.sleep(delay)
        workers |= set(found.workers())
        found.tell(signal.SIGKILL)
        found.process.wait(60)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), "the workers end")
    with serving(releases, port=found.port) as again:
        assert again.served() == ["1.2.0", "1.1.0", "1.0.0"]


_KILLED = """
import os, pickle, shutil, signal, sys
from pathlib import Path
from dataset import publish

folder, made, contents = Path(sys.argv[1]), *pickle.loads(Path(sys.argv[2]).read_bytes())
step = 0

def killing(act, at):
    def acts(*arguments):
        global step
        step += 1
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*arguments)
    return acts

at = 0
while True:
    at += 1
    child = os.fork()
    if not child:
        os.fsync, Path.rename = killing(os.fsync, at), killing(Path.rename, at)
        publish.write(folder, made, contents)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    print(int((folder / made.version).exists()), flush=True)
    if not status:
        break
    shutil.rmtree(folder / made.version, ignore_errors=True)
"""


def test_a_publication_that_is_killed_leaves_nothing_under_the_name(
    published: Path, releases: Path, tmp_path: Path
) -> None:
    """At whatever step it is killed, the release is there whole or not at all; the next attempt is not disturbed."""
    whole = read(published / "1.2.0")
    contents = {
        file.name: file.read_bytes() for file in (published / "1.2.0").iterdir() if file.name != "manifest.json"
    }
    (tmp_path / "made").write_bytes(pickle.dumps((whole.manifest, contents)))
    command = [sys.executable, "-c", _KILLED, str(releases), str(tmp_path / "made")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    there = done.stdout.split()
    figure(f"publishing: killed at {len(there) - 1} steps, half a release left behind 0 times")
    assert there == ["0"] * (len(contents) + 3) + ["1", "1"]
    assert read(releases / "1.2.0").sha256 == whole.sha256
    served = catalog.load(releases)
    assert (list(served.editions), served.refused) == (["1.2.0", "1.1.0", "1.0.0"], ())


def test_a_full_disk_stops_a_publication_with_a_sentence(tmp_path: Path, published: Path, releases: Path) -> None:
    """Nothing of the release is left, and the reason is given."""
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600)); from dataset.cli import main; main()"
    )
    bench = published.parent / "workbench-1.2.0"
    before = sorted(releases.iterdir())
    words = ["release", "1.2.0", "--reason", "new_source", "--workbench", str(bench), "--releases", str(releases)]
    command = [sys.executable, "-B", "-c", limited, *words]
    # What measures coverage has files of its own to write.
    done = subprocess.run(command, cwd=ROOT, env=unmeasured(), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "release 1.2.0 is not written: File too large\n"
    assert sorted(releases.iterdir()) == before
