"""How long a release takes to load and how much memory it takes, beside plain dicts of the same files.

Each is measured in a process of its own on the server's core: `python -m tests.benchmarks.loading ours|dicts RELEASES`.
"""

import gc
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.generator import VERSION
from tests.benchmarks.servers import ROOT, SERVER_CORE, BenchmarkError, pinned

TIME_GOAL = 3.0
"""Times what the dicts take that a release may take to load, with its indexes and search."""


@dataclass(frozen=True)
class Load:
    """What loading came to."""

    seconds: float
    megabytes: float
    """Memory held afterwards, without what the modules take."""


def measure(what: str, releases: Path) -> Load:
    """Load a release in a process of its own. Raises BenchmarkError."""
    command = pinned(SERVER_CORE, [sys.executable, "-m", "tests.benchmarks.loading", what, str(releases)])
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=3_600)
    if done.returncode:
        raise BenchmarkError(f"{releases.name} cannot be loaded: {done.stderr[-2000:]}")
    return Load(**json.loads(done.stdout.splitlines()[-1]))


def _ours(releases: Path) -> Any:
    from dataset.catalog import load

    return load(releases)


def _warm(catalog: Any) -> None:
    """Make all that the server makes before it serves, and ask what else may be left for the first request."""
    from dataset.hits import search
    from dataset.query import find

    catalog.warm()
    search(catalog.latest, "mine")
    find(catalog.latest, "events", {"kind": ["closure"], "date_from": ["2020"]})


def _dicts(releases: Path) -> Any:
    import orjson

    return [orjson.loads(file.read_bytes()) for file in sorted((releases / VERSION).glob("*.json"))]


def _held() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1000


def main(what: str, releases: Path) -> None:
    """Print what loading came to."""
    import orjson  # noqa: F401 (its memory is not the records')

    import dataset.catalog
    import dataset.hits  # noqa: F401 (as above)

    before = _held()
    if what == "dicts":
        gc.disable()  # the best that dicts can do
    began = time.perf_counter()
    kept = _ours(releases) if what == "ours" else _dicts(releases)
    if what == "ours":
        _warm(kept)
    seconds = time.perf_counter() - began
    gc.collect()
    print(json.dumps({"seconds": seconds, "megabytes": _held() - before}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
