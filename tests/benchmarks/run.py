"""The benchmark: `python -m tests.benchmarks.run [--quick] [--only W4,W5]`, or `make bench`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import click

from tests.benchmarks import agreement, client, generator, loading, report, servers
from tests.benchmarks.client import Round
from tests.benchmarks.population import World
from tests.benchmarks.report import SERVERS, Largest, Results, progress
from tests.benchmarks.servers import HERE, ROOT, BenchmarkError, Server
from tests.benchmarks.workloads import WORKLOADS, Asker, Workload

LEAST = 500
"""Requests that are written beforehand for a round at least."""

UNKNOWN = 3_000.0
"""Requests a second that are written beforehand for a server of which nothing is known yet."""

MARGIN = 3
"""How much faster than when it ran in a server may become before its requests come again."""

CONSTANT = 1_000.0
"""The same for constant answers, for which it is all one what is asked."""

SLOW = 200.0
"""Answers a second below which a server is slow."""

STEADY = 1.03
"""A rate stands still where it is not higher than this beside the best before it."""

STEPS = 4
"""Rounds after which a rate may be said to stand still."""

DROPPED = frozenset({"date", "content-length"})
"""Headers that uvicorn, or the length of the body, gives the constant answer by itself."""


@dataclass(frozen=True)
class Plan:
    """How much is done."""

    events: int = 10_000
    rounds: int = 5
    seconds: float = 3
    patient: float = 6
    """Seconds of a round of a server that is slow: it answers its connections in batches, and several must fit."""
    warm: float = 2
    steady: int = 15
    """Rounds within which a server must come to a steady rate: mercurius compiles, and ours keeps what comes again."""
    pool: int = 20_000
    """Different requests a round, where they may come again."""
    sample: int = 25
    largest: int = 0
    """How many events are loaded and served, to see that it can be done; 0: none."""
    sizes: tuple[int, ...] = (1_000, 100_000)
    """How many events median latency is compared at, and the last of them is loaded beside dicts."""


WHOLE = Plan()
QUICK = Plan(rounds=2, seconds=1, patient=2, warm=1, steady=2, pool=5_000, sample=6, sizes=())


class Bench:
    """The servers beside each other, and what they are asked."""

    def __init__(self, plan: Plan, chosen: Sequence[Workload], folder: Path, results: Results) -> None:
        self._plan, self._chosen, self._folder, self._results = plan, chosen, folder, results
        self._servers: dict[str, Server] = {}
        self._askers: dict[str, Asker] = {}
        self._world = World(plan.events)

    def run(self, stack: ExitStack) -> None:
        """Start the servers, see that they agree, and time them."""
        releases = generator.cached(self._plan.events)
        for name, start in (("ours", servers.ours), ("stock", servers.stock), ("mercurius", servers.mercurius)):
            if any(name in workload.servers for workload in self._chosen):
                progress(f"starting {name}")
                server = start(releases)
                if server is None:
                    self._results.notes.append("mercurius was not measured: node, npm or its packages are missing.")
                    continue
                self._add(stack, server)
        answers = {workload.name: self._agreed(workload) for workload in self._chosen}
        self._add(stack, servers.limit(answers, self._folder))
        for workload in self._chosen:
            self._time(workload)
        self._results.memory.update({name: server.memory() for name, server in self._servers.items()})

    def _add(self, stack: ExitStack, server: Server) -> None:
        stack.callback(server.stop)
        self._servers[server.name] = server
        self._askers[server.name] = Asker(self._world, server.cursors)

    def _taking_part(self, workload: Workload) -> list[Server]:
        return [self._servers[name] for name in SERVERS if name in workload.servers and name in self._servers]

    def _agreed(self, workload: Workload) -> dict[str, object]:
        """See that all servers answer a sample alike; return what our answers are like. Raises BenchmarkError."""
        progress(f"{workload.name}: comparing answers")
        here = self._taking_part(workload)
        asks = {s.name: self._askers[s.name].some(workload.name, "sample", self._plan.sample) for s in here}
        bodies, headers = [], []
        for number in range(self._plan.sample):
            answers = {server.name: server.ask(asks[server.name][number]) for server in here}
            agreement.demand(f"{workload.name} {asks['ours'][number]}", answers)
            bodies.append(len(answers["ours"].body))
            headers.append(answers["ours"].headers)
        size = round(mean(bodies))
        typical = [(k, v) for k, v in sorted(headers, key=lambda h: len(str(h)))[len(headers) // 2]]
        kept = [(key, value) for key, value in typical if key.lower() not in DROPPED]
        return {"bytes": size, "headers": [*kept, ("content-length", str(size))]}

    def _time(self, workload: Workload) -> None:
        here = self._taking_part(workload)
        self._results.timed[workload.name] = {server.name: [] for server in here}
        rates = {server.name: self._warmed(workload, server) for server in here}
        for number in range(self._plan.rounds):
            for server in here if number % 2 == 0 else here[::-1]:
                rate = rates[server.name]
                seconds = self._plan.patient if rate < SLOW else self._plan.seconds
                found = self._round(workload, server, f"round{number}", seconds, rate * MARGIN)
                self._results.timed[workload.name][server.name].append(found)
                progress(f"{workload.name} {server.name}: {found.rate:,.1f}/s, {found.p50:.1f} ms, {found.p99:.1f} ms")

    def _warmed(self, workload: Workload, server: Server) -> float:
        """Let a server run in until its rate stands still; return the rate that it came to."""
        if server.name == "limit":
            return CONSTANT
        rates: list[float] = []
        for number in range(self._plan.steady):
            rate = max(rates, default=UNKNOWN / MARGIN) * MARGIN
            rates.append(self._round(workload, server, f"warm{number}", self._plan.warm, rate).rate)
            if number >= STEPS and max(rates[-2:]) < max(rates[:-2]) * STEADY:
                break
        return rates[-1]

    def _round(self, workload: Workload, server: Server, seed: str, seconds: float, rate: float) -> Round:
        """Send other requests than in any other round: as many as a server at this rate can take."""
        count = LEAST + int(rate * seconds)
        if workload.fresh:
            seed += server.name
        elif workload.name == "W4":
            count = 1
        else:
            count = min(count, self._plan.pool)
        # Constant answers have no cursors: they are asked what ours are.
        asker = self._askers["ours" if server.name == "limit" else server.name]
        asks = asker.some(workload.name, seed, count)
        file = client.write(self._folder / "requests", [ask.raw(workload.name) for ask in asks])
        found = client.send(server.port, file, seconds)
        if workload.fresh and server.name != "limit" and found.requests > count:
            self._results.notes.append(f"{workload.name}: {server.name} was so fast that texts came again.")
        return found


def _growth(plan: Plan, chosen: Sequence[Workload], folder: Path, results: Results) -> None:
    """Measure the median latency for one client at each size, in turns."""
    with ExitStack() as stack:
        asking: dict[int, tuple[Server, Asker]] = {}
        for events in plan.sizes:
            progress(f"starting ours with {events:,} events")
            server = stack.enter_context(_stopped(servers.ours(generator.cached(events))))
            asking[events] = server, Asker(World(events), server.cursors)
        for workload in chosen:
            if workload.name != "W10":
                results.latency[workload.name] = {events: [] for events in asking}
                for number in range(1 + plan.rounds):
                    for events, (server, asker) in asking.items():
                        found = _latency(plan, workload, server, asker, folder, number)
                        if number:  # the first time it runs in
                            results.latency[workload.name][events].append(found)
                        progress(f"{workload.name} at {events:,} events: {found:.2f} ms")


def _latency(plan: Plan, workload: Workload, server: Server, asker: Asker, folder: Path, number: int) -> float:
    asks = asker.some(workload.name, f"growth{number}", 1 if workload.name == "W4" else plan.pool)
    file = client.write(folder / "requests", [ask.raw(workload.name) for ask in asks])
    return client.send(server.port, file, plan.warm, connections=1).p50


@contextmanager
def _stopped(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.stop()


def _loads(plan: Plan, results: Results) -> None:
    results.loaded = plan.sizes[-1]
    for _ in range(plan.rounds):
        for what in ("dicts", "ours"):
            progress(f"loading {results.loaded:,} events: {what}")
            results.loads.setdefault(what, []).append(loading.measure(what, generator.cached(results.loaded)))


def _workers(plan: Plan, folder: Path, results: Results) -> None:
    """Measure the memory of four workers beside one, once the server can have several."""
    usage = subprocess.run(
        [sys.executable, "-m", "api", "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout
    if "--workers" not in usage:
        return
    asks = Asker(World(plan.sizes[-1])).some("W3", "workers", plan.pool)
    file = client.write(folder / "requests", [ask.raw("W3") for ask in asks])
    held = {}
    for count in (1, 4):
        progress(f"starting ours with {count} workers")
        with _stopped(servers.ours(generator.cached(plan.sizes[-1]), workers=count)) as server:
            client.send(server.port, file, plan.seconds)
            held[count] = server.memory()
    results.workers = held[4] / held[1]


def _most(plan: Plan, folder: Path, results: Results) -> None:
    """Load and serve the largest release."""
    progress(f"starting ours with {plan.largest:,} events")
    with _stopped(servers.ours(generator.cached(plan.largest))) as server:
        asker = Asker(World(plan.largest), server.cursors)
        rates = {}
        for name in ("W1", "W5"):
            file = client.write(folder / "requests", [ask.raw(name) for ask in asker.some(name, "most", plan.pool)])
            rates[name] = client.send(server.port, file, plan.seconds).rate
        results.largest = Largest(plan.largest, server.seconds_to_start, server.memory(), rates)


def _called(quick: bool, only: str) -> str:
    return f"{'quick' if quick else 'whole'} run{f' of {only}' if only else ''}"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Fewer and shorter rounds, at 10,000 events only.")
@click.option("--only", default="", help="Only these workloads, such as W4,W5.")
@click.option("--events", default=WHOLE.events, show_default=True, type=click.IntRange(100), help="How many events.")
@click.option("--largest", default=0, help="Load and serve so many events as well, such as 1000000.")
@click.option("--out", type=click.Path(path_type=Path), help="The file for the report.")
def main(quick: bool, only: str, events: int, largest: int, out: Path | None) -> None:
    """Measure the server beside others, print what came of it, and write the report of a whole run to RESULTS.md."""
    names = [name.strip().upper() for name in only.split(",") if name.strip()] or list(WORKLOADS)
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}; there are {', '.join(WORKLOADS)}", param_hint="--only")
    chosen = [WORKLOADS[name] for name in names]
    plan = Plan(**{**vars(QUICK if quick else WHOLE), "events": events, "largest": largest})
    results = Results(
        _called(quick, only), events, plan.rounds, plan.seconds, plan.patient, plan.pool, os.getloadavg()[0]
    )
    try:
        client.require()
        with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
            if plan.sizes:
                _loads(plan, results)
                _growth(plan, chosen, Path(name), results)
                _workers(plan, Path(name), results)
            if plan.largest:
                _most(plan, Path(name), results)
            Bench(plan, chosen, Path(name), results).run(stack)
    except BenchmarkError as error:
        raise click.ClickException(str(error)) from error
    if quick:
        said = "A quick run does not wait until the servers have run in: their rates, ours as well, are too low here."
        results.notes.append(said)
    text = report.write(results)
    click.echo(text)
    file = out or (None if quick or only else HERE / "RESULTS.md")
    if file:
        file.write_text(text)


if __name__ == "__main__":
    main()
