"""A server under attack: whatever is sent, it answers as it should, soon and to everybody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import figure
from tests.hostile.case import Case, Family, Raw, Request
from tests.hostile.client import judge, send
from tests.hostile.families import FAMILIES
from tests.hostile.server import Bystander, Server, serving

GROWTH = 160_000_000
"""Bytes of memory that the server may take on: 64 MB of these are answers that it keeps on purpose."""

LOG = 200_000
"""Bytes that it may print."""

BYSTANDER = 1.0
"""Seconds within which a bystander is answered."""

LEFT = 8
"""Sockets that the server may still hold at the end: connections that were just closed."""

SHOWN = 100
"""Complaints that are shown."""


@dataclass(frozen=True)
class Result:
    """What came of a case."""

    case: Case
    complaint: str
    status: int
    seconds: float


@dataclass
class Attack:
    """What came of all cases."""

    count: int = 0
    faults: int = 0
    """Answers that say the server failed."""
    worst: float = 0.0
    """Seconds that the slowest answer took, of those that need not wait for anything."""
    peak: int = 0
    """The most bytes of memory that the server held."""
    bystander: float = 0.0
    """Seconds that a bystander waited at most."""
    wrong: list[str] = field(default_factory=list)

    def note(self, family: Family, result: Result) -> None:
        """Take in what came of a case."""
        self.count += 1
        self.faults += result.status >= 500 and result.status != 503
        if result.case.seconds <= PROMPT:
            self.worst = max(self.worst, result.seconds)
        if result.complaint:
            self.wrong.append(f"{family.name}: {result.case.name}: {result.complaint}")

    def witness(self, family: Family, bystander: Bystander) -> None:
        """Take in what a bystander of a family saw, but for how long it waited."""
        self.peak = max(self.peak, bystander.peak)
        self.wrong += [f"{family.name}: a bystander: {failure}" for failure in bystander.failures[:3]]
        if not bystander.asked:
            self.wrong.append(f"{family.name}: no bystander was answered")

    def wait(self, family: Family, seconds: float) -> None:
        """Take in how long a bystander of a family waited."""
        self.bystander = max(self.bystander, seconds)
        if seconds > BYSTANDER:
            self.wrong.append(f"{family.name}: a bystander waited {seconds:.2f} s")

    def __str__(self) -> str:
        return (
            f"hostile: {self.count} cases, 5xx {self.faults}, worst {self.worst * 1000:.0f} ms, "
            f"peak {self.peak / 1e6:.0f} MB, bystander {self.bystander * 1000:.0f} ms"
        )


PROMPT = 2.0
"""Seconds that an answer may take, where there is nothing to wait for."""


def ask(server: Server, case: Case) -> Result:
    """Return what comes of a case; one that was slow is asked once more, for the machine may have been busy."""
    result = _asked(server, case)
    return result if result.seconds <= case.seconds or not result.status else _asked(server, case)


def _asked(server: Server, case: Case) -> Result:
    try:
        sent = case.sent
        reply = send(server.address, sent) if isinstance(sent, Request | Raw) else sent(server.address)
    except (OSError, ValueError) as error:
        return Result(case, f"ends in {type(error).__name__}: {error}", 0, 0.0)
    return Result(case, judge(case, reply), reply.status, reply.seconds)


def asked(server: Server, family: Family) -> Iterator[Result]:
    """Yield what comes of each case of a family."""
    if family.clients == 1:
        yield from (ask(server, case) for case in family.cases())  # one at a time, for some are of megabytes
        return
    with ThreadPoolExecutor(family.clients) as clients:
        yield from clients.map(lambda case: ask(server, case), family.cases())


def attacked(server: Server, family: Family, attack: Attack) -> float:
    """Send all cases of a family; return the seconds that a bystander waited at most."""
    with Bystander(server) as bystander:
        for result in asked(server, family):
            attack.note(family, result)
    attack.witness(family, bystander)
    return bystander.worst


def test_hostile(tmp_path: Path) -> None:
    """Every case is answered as it should be, bystanders notice nothing, and nothing is left behind."""
    attack = Attack()
    with serving(tmp_path / "log") as server:
        before, sockets = server.memory(), server.sockets()
        for family in FAMILIES:
            waited = attacked(server, family, attack)
            if waited > BYSTANDER:  # once more, for the machine may have been busy
                waited = attacked(server, family, attack)
            attack.wait(family, waited)
        grown, left, alive = attack.peak - before, server.sockets() - sockets, server.alive
    said = (tmp_path / "log").read_text()
    attack.wrong += [f"the log: {line}" for line in said.splitlines() if "Traceback" in line or " ERROR " in line]
    figure(str(attack))
    figure(f"hostile: memory grew by {grown / 1e6:.0f} MB, {len(said)} bytes of log, {left} sockets left")
    assert attack.wrong == [], "\n".join([f"{len(attack.wrong)} are wrong:", *attack.wrong[:SHOWN]])
    assert (alive, attack.faults) == (True, 0)
    assert grown < GROWTH
    assert left <= LEFT
    assert len(said) < LOG
