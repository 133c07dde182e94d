"""The report: what was measured beside the goals, as Markdown."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.benchmarks.client import CONNECTIONS, Round
from tests.benchmarks.loading import TIME_GOAL, Load
from tests.benchmarks.workloads import WORKLOADS, Workload

OTHERS = ("limit", "mercurius", "stock")
SERVERS = ("ours", *OTHERS)
GROWTH_GOAL = 1.2
WORKERS_GOAL = 1.5
SPREAD = 0.3
"""How far apart the rates of a server's rounds may lie before the report says so."""

NOT_MEASURED = "not measured"

ABOUT = """
`ours` is `python -m api`; `limit` is a bare ASGI application on the same uvicorn that sends constant bytes, as many as
our answers have on average, with the same headers; `stock` is Strawberry and Starlette as a competent user would write
it (`stock.py`: linked dataclasses, documents that come again parsed and validated once); `mercurius` is fastify with
mercurius and its compiler (for W1 and W2 a plain fastify route with the same look-up). All serve the same generated
release, each in one process on one core; wrk with {connections} connections has the other core. Before anything is
timed, all of them must give the same answers to a sample of each workload. Requests are written beforehand, from a
fixed seed, up to {pool:,} different ones a round, other ones in every round (W4 is one request by its nature, and of W7
no text comes twice). Before a workload is timed, each server but the constant one runs in until its rate stands
still. The rounds of the servers alternate, forwards and backwards, so that whatever else the machine does falls upon
all of them: a rate is the median of {rounds} rounds of {seconds:g} s, or of {patient:g} s where a server is slow, and a
ratio is the median of the {rounds} ratios of rounds that stood beside each other.
"""


@dataclass(frozen=True)
class Largest:
    """What serving a very large release came to."""

    events: int
    seconds: float
    """From the start of the process until it answered."""
    megabytes: float
    rates: Mapping[str, float]
    """Answers a second, by workload."""


@dataclass
class Results:
    """Everything that a run came to."""

    kind: str
    """What run it was: a whole or a quick one."""
    events: int
    rounds: int
    seconds: float
    patient: float
    """Seconds of a round of a slow server."""
    pool: int = 0
    """How many different requests a round has at most."""
    load: float = 0.0
    """Load of the machine in the minute before the run."""
    timed: dict[str, dict[str, list[Round]]] = field(default_factory=dict)
    """The rounds by workload and server."""
    memory: dict[str, float] = field(default_factory=dict)
    """Megabytes by server, after the run."""
    loads: dict[str, list[Load]] = field(default_factory=dict)
    """What loading came to, of ours and of the dicts, in turns."""
    loaded: int = 0
    """How many events were loaded for that."""
    latency: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    """Median milliseconds by workload and number of events, for one client, in turns."""
    workers: float | None = None
    """Memory of four workers beside that of one; None: not measured."""
    largest: Largest | None = None
    notes: list[str] = field(default_factory=list)

    def rate(self, workload: str, server: str) -> float | None:
        """Return the median rate of a server."""
        rounds = self.timed.get(workload, {}).get(server)
        return median(one.rate for one in rounds) if rounds else None

    def ratio(self, workload: str, other: str) -> float | None:
        """Return our rate beside another's, round by round."""
        timed = self.timed.get(workload, {})
        if "ours" not in timed or other not in timed:
            return None
        return _beside([one.rate for one in timed["ours"]], [one.rate for one in timed[other]])


def _beside(some: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios of what was measured in the same turn."""
    return median(one / other for one, other in zip(some, others, strict=True))


def write(results: Results) -> str:
    """Return the report."""
    rounds = {
        "connections": CONNECTIONS,
        "rounds": results.rounds,
        "seconds": results.seconds,
        "patient": results.patient,
        "pool": results.pool,
    }
    notes = [*dict.fromkeys(results.notes), *_unsteady(results)]
    parts = [
        "# What the benchmark measured",
        _machine(results),
        ABOUT.format(**rounds).strip(),
        f"## Rates, at {results.events:,} events",
        _table(("", "workload", *(f"{name}/s" for name in SERVERS)), _rates(results)),
        "## Beside the others",
        "Our rate beside theirs, with the goal behind it where there is one.",
        _table(("", *(f"ours/{name}" for name in OTHERS)), _ratios(results)),
        "## Latency under load, in ms",
        _table(("", *(f"{name} p50/p99" for name in SERVERS)), _latencies(results)),
        "## Memory after the run, in MB",
        _table(SERVERS, [[f"{results.memory[name]:.0f}" if name in results.memory else "–" for name in SERVERS]]),
        "## Loading, growth and workers",
        _table(("", "measured", "goal"), _sizes(results)),
        *(["## Notes", *notes] if notes else []),
        "## Again",
        "Where the time goes that is left: [PROFILE.md](PROFILE.md). "
        "`make bench` does all of it, `make bench QUICK=1` less of it, `make bench ONLY=W4,W5` some of it. It needs "
        "Linux with two cores, Debian's wrk and, for mercurius, node 20 and npm. `make bench` writes this file, "
        "`QUICK` and `ONLY` write none unless told: `OUT=FILE`.",
    ]
    return "\n\n".join(parts) + "\n"


def _machine(results: Results) -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else "an unknown processor"
    return (
        f"A {results.kind}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {len(os.sched_getaffinity(0))} cores of {model}, "
        f"Python {platform.python_version()}, Node {_node()}. "
        f"Load of the machine in the minute before: {results.load:.1f}."
    )


def _node() -> str:
    if not shutil.which("node"):
        return "not there"
    return subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()


def _measured(results: Results) -> Iterable[tuple[Workload, Mapping[str, Sequence[Round]]]]:
    return ((WORKLOADS[name], rounds) for name, rounds in results.timed.items())


def _rates(results: Results) -> Iterable[Sequence[str]]:
    for workload, _ in _measured(results):
        rates = [results.rate(workload.name, server) for server in SERVERS]
        yield (
            workload.name,
            workload.title,
            *("–" if rate is None else f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}" for rate in rates),
        )


def _ratios(results: Results) -> Iterable[Sequence[str]]:
    for workload, _ in _measured(results):
        cells = []
        for other in OTHERS:
            ratio, goal = results.ratio(workload.name, other), workload.goals.get(other)
            cells.append("–" if ratio is None else f"{_short(ratio)} {_judged(ratio, goal)}".strip())
        yield workload.name, *cells


def _short(ratio: float) -> str:
    return (
        f"{ratio:.0f}"
        if ratio >= 20
        else f"{ratio:.1f}"
        if ratio >= 2
        else f"{ratio:.2f}"
        if ratio >= 0.1
        else f"{ratio:.3f}"
    )


def _judged(ratio: float, goal: float | None) -> str:
    return "" if goal is None else f"(≥ {goal:g}: {'met' if ratio >= goal else 'missed'})"


def _latencies(results: Results) -> Iterable[Sequence[str]]:
    for workload, rounds in _measured(results):
        cells = []
        for server in SERVERS:
            found = rounds.get(server)
            p50, p99 = (median(one.p50 for one in found), median(one.p99 for one in found)) if found else (0, 0)
            cells.append(f"{p50:.1f} / {p99:.1f}" if found else "–")
        yield workload.name, *cells


def _unsteady(results: Results) -> Iterable[str]:
    """Yield what the rounds of a workload say of the machine: that it had other things to do."""
    for name, servers in results.timed.items():
        found = [
            f"{server} by {spread:.0%}" for server, rounds in servers.items() if (spread := _spread(rounds)) > SPREAD
        ]
        if found:
            yield f"{name}: the rounds differ, of {', of '.join(found)}; the machine was busy with something else."


def _spread(rounds: Sequence[Round]) -> float:
    rates = [one.rate for one in rounds]
    return (max(rates) - min(rates)) / (median(rates) or 1)


def _sizes(results: Results) -> Iterable[Sequence[str]]:
    said = f"{results.loaded:,} events" if results.loaded else "a large release"
    mine, dicts = results.loads.get("ours"), results.loads.get("dicts")
    if mine and dicts:
        times = _beside([one.seconds for one in mine], [one.seconds for one in dicts])
        seconds, theirs = median(one.seconds for one in mine), median(one.seconds for one in dicts)
        yield (
            f"time to load {said} with indexes and search",
            f"{seconds:.1f} s, {times:.1f} times the dicts' {theirs:.1f} s",
            f"≤ {TIME_GOAL:g} times: {'met' if times <= TIME_GOAL else 'missed'}",
        )
        held, limit = median(one.megabytes for one in mine), median(one.megabytes for one in dicts)
        yield (
            f"memory of {said}",
            f"{held:.0f} MB beside the dicts' {limit:.0f} MB",
            f"no more: {'met' if held <= limit else 'missed'}",
        )
    else:
        yield f"time and memory to load {said}", NOT_MEASURED, f"≤ {TIME_GOAL:g} times the dicts', no more memory"
    for workload, medians in results.latency.items():
        small, large = min(medians), max(medians)
        growth = _beside(medians[large], medians[small])
        yield (
            f"{workload}: median latency, {large:,} events beside {small:,}",
            f"{median(medians[large]):.2f} ms beside {median(medians[small]):.2f} ms, {growth:.2f} times",
            f"≤ {GROWTH_GOAL:g} times: {'met' if growth <= GROWTH_GOAL else 'missed'}",
        )
    if not results.latency:
        yield "median latency at 100,000 events beside 1,000", NOT_MEASURED, f"≤ {GROWTH_GOAL:g} times"
    measured = NOT_MEASURED if results.workers is None else f"{results.workers:.2f} times"
    met = "" if results.workers is None else f": {'met' if results.workers <= WORKERS_GOAL else 'missed'}"
    yield "memory of four workers beside one", measured, f"≤ {WORKERS_GOAL:g} times{met}"
    most = results.largest
    if most:
        rates = " and ".join(f"{name} {rate:,.0f} times a second" for name, rate in most.rates.items())
        measured = f"answers after {most.seconds:.0f} s, holds {most.megabytes:,.0f} MB, {rates} without running in"
        yield f"{most.events:,} events", measured, "they are served: met"
    if "W5" in results.timed:
        yield "W5, p99 under load", f"{median(r.p99 for r in results.timed['W5']['ours']):.1f} ms", ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def progress(text: str) -> None:
    """Say on the error stream what is being done."""
    print(text, file=sys.stderr, flush=True)
