"""The server as an operator starts it: a process on a loopback port."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dataset import release
from tests.conftest import ROOT


@contextmanager
def serving(releases: Path) -> Iterator[tuple[str, Path]]:
    """Start the server on a free port and stop it; yield its address and the file of what it printed."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    said = releases.parent / f"said-{port}"
    command = [sys.executable, "-m", "api", "--port", str(port), "--releases", str(releases)]
    with said.open("wb") as out, subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _await(address, process)
            yield address, said
        finally:
            process.terminate()
            process.wait(10)


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{address}/v1")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Return a copy of the published releases."""
    return Path(shutil.copytree(release.FOLDER, tmp_path / "releases"))


def test_it_serves_both_doors(releases: Path) -> None:
    """What it prints names what it serves, and where."""
    with serving(releases) as (address, said):
        assert httpx.get(f"{address}/v1/events?limit=1").json()["total"] == 27
        reply = httpx.post(f"{address}/graphql", json={"query": "{ release { version } }"})
        assert reply.json()["data"] == {"release": {"version": "1.1.0"}}
        assert reply.http_version == "HTTP/1.1"
    assert said.read_text() == f"Serving kazakhstan-crypto-mining-crackdown 1.1.0, 1.0.0 at {address}/v1 and /graphql\n"


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_one_flipped_byte_takes_one_release_out(version: str, releases: Path) -> None:
    """It says which file was altered and serves the other release."""
    file = releases / version / "events.json"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    (other,) = {"1.0.0", "1.1.0"} - {version}
    with serving(releases) as (address, said):
        assert httpx.get(f"{address}/v1/events").headers["dataset-release"] == other
        assert httpx.get(f"{address}/v1/releases/{version}/events").json()["releases"] == [other]
    assert f"refused: {version}/events.json: its checksum is not the manifest's" in said.read_text()


def test_without_a_release_it_does_not_start(tmp_path: Path) -> None:
    """The error is a sentence, not a stack trace."""
    command = [sys.executable, "-m", "api", "--releases", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: No release can be served.\n{tmp_path} holds no release\n"


def test_the_asgi_module_serves_the_published_releases() -> None:
    """`uvicorn api.asgi:app` is the same application."""
    code = "from api.asgi import app; print(list(app.state.catalog.editions))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "['1.1.0', '1.0.0']\n"


def test_the_house_is_not_installed() -> None:
    """api, schema and dataset are names of other people's packages: this application runs from its root only."""
    code = "import importlib.util as u; print([n for n in ('api', 'schema', 'dataset') if u.find_spec(n)])"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd="/", capture_output=True, text=True, check=True, env=environment
    )
    assert json.loads(done.stdout.replace("'", '"')) == []
