"""What the API's two contracts allow is asked of a really started server, and every answer is held against them."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dataset import release
from schema.executor import INTERNAL
from tests.conftest import ROOT
from tests.process import Server, serving, unmeasured
from tests.test_api_metrics import of, samples

SETTINGS = Path(__file__).with_name("schemathesis.toml")

CASES = 2_000
"""How many requests there must be at least, so that a run that tests next to nothing is seen."""

DOCUMENTS = 1_000
"""How many documents there must be at least."""

ANSWERED = 400
"""How many of them must be run: the others are wrong on purpose."""


def test_what_is_documented_is_answered_as_documented(tmp_path: Path) -> None:
    """Thousands of requests, right ones and wrong ones: none fails a check, and none is answered 5xx."""
    (tmp_path / "releases").symlink_to(release.FOLDER)
    with serving(tmp_path / "releases", measured=False) as server:
        options = ["--phases", "coverage,fuzzing", "--max-examples", "2"]
        options += ["--exclude-path-regex", r"\{version\}/.+\{format\}$"]  # the same as below the latest release
        assert _passed(server, "/openapi.json", "tests.fuzz_hooks", options, tmp_path) >= CASES


def test_what_the_schema_allows_is_answered_as_it_says(tmp_path: Path) -> None:
    """Hundreds of documents, right ones and wrong ones: no answer contradicts the schema, no resolver or plan fails."""
    (tmp_path / "releases").symlink_to(release.FOLDER)
    with serving(tmp_path / "releases", measured=False) as server:
        # That a client is told what is wrong with a value is no failure: the schema cannot say which ids there are.
        options = ["--phases", "fuzzing", "--max-examples", "40", "--exclude-checks", "positive_data_acceptance"]
        passed = _passed(server, "/graphql", "tests.fuzz_documents", options, tmp_path)
        counted = samples(server.get("/metrics").body.decode())
    assert passed >= DOCUMENTS
    operations = of(counted, "api_operations_total")
    assert operations["plan",] + operations["graphql-core",] >= ANSWERED
    assert counted["api_plan_faults_total", ()] == 0
    reasons = {reason for (reason,) in of(counted, "api_refusals_total")}
    assert not reasons & {"fault", "other", INTERNAL}


def _passed(server: Server, path: str, hooks: str, options: Sequence[str], folder: Path) -> int:
    """Return how many requests were made of what is documented there; each must have passed every check."""
    program = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(SETTINGS)]
    command = [*program, "run", f"{server.address}{path}", *"--checks all --seed 7 --workers 2 --no-color".split()]
    done = subprocess.run(
        [*command, *options],
        cwd=folder,
        env={**unmeasured(), "SCHEMATHESIS_HOOKS": hooks, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"(?P<generated>[0-9]+) generated, (?P<passed>[0-9]+) passed", done.stdout)
    assert (done.returncode, found and found["generated"] == found["passed"]) == (0, True), done.stdout[-5_000:]
    assert found
    return int(found["generated"])
