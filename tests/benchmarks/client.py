"""The client: wrk on the second core, which sends requests that were written to a file beforehand."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.servers import CLIENT_CORE, BenchmarkError, pinned

CONNECTIONS = 32
SCRIPT = Path(__file__).parent / "requests.lua"


@dataclass(frozen=True)
class Round:
    """What one round of a workload came to."""

    rate: float
    """Answers in a second."""
    p50: float
    """Milliseconds within which half of the answers came."""
    p99: float
    requests: int
    bytes: int
    """Bytes of an answer with its headers, on average."""


def require() -> None:
    """Refuse to begin where the tools are missing. Raises BenchmarkError."""
    missing = [tool for tool in ("wrk", "taskset") if not shutil.which(tool)]
    if missing or not sys.platform.startswith("linux"):
        raise BenchmarkError(f"The benchmark needs Linux, wrk and taskset (apt install wrk util-linux): {missing}")


def write(file: Path, requests: Sequence[bytes]) -> Path:
    """Write requests to a file as the script reads them: each with its length before it."""
    with file.open("wb") as out:
        for request in requests:
            out.write(b"%d\n" % len(request) + request)
    return file


def send(port: int, file: Path, seconds: float, connections: int = CONNECTIONS) -> Round:
    """Send the requests of a file, over and over, for some seconds. Raises BenchmarkError for any that fails."""
    load = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{max(1, round(seconds))}s"]
    more = ["--timeout", "20s", "--script", str(SCRIPT), f"http://127.0.0.1:{port}", "--", str(file)]
    done = subprocess.run(
        pinned(CLIENT_CORE, [*load, *more]), capture_output=True, text=True, timeout=seconds + 90, check=False
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("{")), None)
    if done.returncode or line is None:
        raise BenchmarkError(f"wrk failed: {done.stderr or done.stdout}")
    found = json.loads(line)
    if found["errors"]:
        raise BenchmarkError(f"{found['errors']} of {found['requests']} answers were errors or did not come")
    answers = found["requests"] or 1
    rate = found["requests"] / found["seconds"]
    return Round(rate, found["p50"], found["p99"], found["requests"], found["bytes"] // answers)
