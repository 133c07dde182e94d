"""What the OpenAPI document allows is asked of a really started server, and every answer is held against it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from dataset import release
from tests.conftest import ROOT
from tests.process import serving

SETTINGS = Path(__file__).with_name("schemathesis.toml")

CASES = 2_000
"""How many requests there must be at least, so that a run that tests next to nothing is seen."""


def test_what_is_documented_is_answered_as_documented(tmp_path: Path) -> None:
    """Thousands of requests, right ones and wrong ones: none fails a check, and none is answered 5xx."""
    (tmp_path / "releases").symlink_to(release.FOLDER)
    with serving(tmp_path / "releases") as server:
        program = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(SETTINGS)]
        command = [*program, "run", f"{server.address}/openapi.json"]
        options = "--checks all --seed 7 --phases coverage,fuzzing --max-examples 2 --workers 2 --no-color".split()
        options += ["--exclude-path-regex", r"\{version\}/.+\{format\}$"]  # the same as below the latest release
        done = subprocess.run(
            [*command, *options],
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.fuzz_hooks", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"(?P<generated>[0-9]+) generated, (?P<passed>[0-9]+) passed", done.stdout)
    assert (done.returncode, found and found["generated"] == found["passed"]) == (0, True), done.stdout[-5_000:]
    assert found
    assert int(found["generated"]) >= CASES
