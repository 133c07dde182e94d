"""Programs that others wrote for the same standards: the GraphQL-over-HTTP audits, and TypeScript on our contract."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataset import release
from tests.conftest import ROOT
from tests.process import serving

NODE = ROOT / "tests" / "node"
MODULES = NODE / "node_modules"


def installed() -> Path:
    """Return the folder of npm packages; skip where they or node are not here, except in CI, which has them."""
    if not shutil.which("node") or not MODULES.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI must have node, and what `make node` installs")
        pytest.skip("node or its packages are not here; `make node` installs them")
    return MODULES


@pytest.fixture(scope="session")
def modules() -> Path:
    """Return the folder of npm packages."""
    return installed()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server that was really started."""
    releases = shutil.copytree(release.FOLDER, tmp_path_factory.mktemp("served") / "releases")
    with serving(Path(releases), measured=False) as found:
        yield found.address


@pytest.mark.parametrize("path", ["/graphql", "/v1/releases/1.0.0/graphql"])
def test_every_audit_of_graphql_over_http_passes(path: str, modules: Path, address: str) -> None:
    """What MUST be, what SHOULD be and what MAY be: all of it."""
    command = ["node", "audits.mjs", address + path]
    done = subprocess.run(command, cwd=modules.parent, capture_output=True, text=True, timeout=120, check=True)
    results = json.loads(done.stdout)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61


def _checked(folder: Path, modules: Path, client: str) -> subprocess.CompletedProcess[str]:
    (folder / "client.ts").write_text(client, "utf-8")
    options = ["--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"]
    command = ["node", str(modules / "typescript" / "bin" / "tsc"), *options, "client.ts"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


@pytest.fixture(scope="module")
def typed(modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the types that are generated from the committed contract."""
    folder = tmp_path_factory.mktemp("typed")
    tool = modules / "openapi-typescript" / "bin" / "cli.js"
    command = ["node", str(tool), str(ROOT / "openapi" / "openapi.json"), "--output", str(folder / "contract.ts")]
    subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=True)
    return folder


def test_a_typed_client_of_the_contract_type_checks(typed: Path, modules: Path) -> None:
    """A list, an item and a pinned list are read with the generated types."""
    done = _checked(typed, modules, (NODE / "client.ts").read_text("utf-8"))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("event.title", "event.titel"),
        ('["closure"]', '["clozure"]'),
        ('"/v1/events"', '"/v1/event"'),
        ("Promise<string | null>", "Promise<string>"),
    ],
)
def test_a_client_that_is_wrong_does_not_type_check(right: str, wrong: str, typed: Path, modules: Path) -> None:
    """A misspelled field, value or path and an overlooked null are found before anything runs."""
    client = (NODE / "client.ts").read_text("utf-8")
    assert right in client
    done = _checked(typed, modules, client.replace(right, wrong))
    assert done.returncode != 0
    assert "client.ts(" in done.stdout
