"""What the server counts, for Prometheus: slots in memory that all workers share, and the text that they come to.

A worker counts into a row of its own, without a lock; whichever worker is asked for the figures adds the rows up.
"""

import mmap
import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import NamedTuple

from prometheus_client import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from api.errors import KINDS
from dataset.catalog import Catalog

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

WIDTH = 1 << 15
"""Slots of a row; what is never counted takes no memory."""

OTHER = "other"
"""What is none of those that have a slot: a route, a status, a reason."""

STATUSES = tuple(sorted({200, 204, 304, 408, 413, 414, 415, 431, 503, *(kind.status for kind in KINDS.values())}))
DOORS = ("rest", "graphql", "page", OTHER)
BOUNDS = tuple(
    int(seconds * 1e9)
    for seconds in (50e-6, 1e-4, 25e-5, 5e-4, 1e-3, 25e-4, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
)
"""The upper ends of the histogram's buckets, in nanoseconds; the last bucket has none."""

_STATUS = {status: place for place, status in enumerate(STATUSES)}.get
_OTHER_STATUS = len(STATUSES)
_ENDS = (*(str(end / 1e9) for end in BOUNDS), "+Inf")
_SUM = len(BOUNDS) + 1
_BUCKETS = len(BOUNDS) + 2
_PID = 0
"""The slot that says which process counts in the row."""


class Board:
    """Rows of unsigned 64-bit slots, one row for each worker, in memory that stays shared after a fork.

    It is made before the workers are. A row has one writer at a time: a worker that takes the place of one that ended
    goes on in its row, so that no counter falls; one that runs beside its predecessor needs another row.
    """

    def __init__(self, rows: int = 1) -> None:
        slots = memoryview(mmap.mmap(-1, rows * WIDTH * 8)).cast("Q")
        self.rows = [slots[first : first + WIDTH] for first in range(0, rows * WIDTH, WIDTH)]

    def row(self, number: int) -> "memoryview[int]":
        """Return the slots of a row."""
        return self.rows[number]

    def working(self) -> list["memoryview[int]"]:
        """Return the rows whose workers are alive."""
        return [row for row in self.rows if row[_PID] and _alive(row[_PID])]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is there, and somebody else's
        return True
    return True


class Place(NamedTuple):
    """Where a request is counted: the first slots of its route and of its door, and the route."""

    statuses: int
    buckets: int
    route: str


@dataclass(frozen=True)
class Figure:
    """Something that a worker counts, or holds, elsewhere: it is read from there now and then.

    A metric with several labels is several figures with one name, one after the other.
    """

    metric: str
    description: str
    read: Callable[[], int]
    label: str = ""
    """The label's name and the value of it that this figure is for, as in `by=plan`; empty: the metric has no label."""
    grows: bool = False
    """Whether it counts what happened, and not what there is."""


class Meter:
    """What one worker counts, and what all of them did.

    Every worker must have been given the same routes, reasons and figures: they say where on the board a slot is.
    """

    def __init__(
        self, board: Board, row: int, routes: Sequence[str], reasons: Sequence[str], figures: Sequence[Figure] = ()
    ) -> None:
        self._board = board
        self._slots = board.row(row)
        self._used = _PID + 1
        self._routes = {route: self._take(len(STATUSES) + 1) for route in (*routes, OTHER)}
        self._doors = {door: self._take(_BUCKETS) for door in DOORS}
        self._reasons = {reason: self._take(1) for reason in (*reasons, OTHER)}
        self._kept = self._take(1)
        self._figures = [(figure, self._take(1)) for figure in figures]
        self._before = [0] * len(figures)
        self._slots[_PID] = os.getpid()

    def _take(self, slots: int) -> int:
        """Return the first of the next slots. Raises ValueError where the row is too short."""
        first = self._used
        self._used += slots
        if self._used > WIDTH:
            raise ValueError(f"a row has {WIDTH} slots, and that is not enough")
        return first

    def place(self, route: str) -> Place:
        """Return where a request to a route is counted."""
        return Place(self._routes[route], self._doors[door(route)], route)

    def count(self, place: Place, status: int, elapsed: int) -> None:
        """Count a request that was answered, after so many nanoseconds."""
        slots = self._slots
        statuses, buckets, _ = place
        slots[statuses + _STATUS(status, _OTHER_STATUS)] += 1
        slots[buckets + bisect_left(BOUNDS, elapsed)] += 1
        slots[buckets + _SUM] += elapsed

    def kept(self) -> None:
        """Count an answer that was not made anew."""
        self._slots[self._kept] += 1

    def refused(self, reason: str) -> None:
        """Count an answer that is an error, by its kind or its code."""
        self._slots[self._reasons.get(reason) or self._reasons[OTHER]] += 1

    def publish(self) -> None:
        """Put the figures on the board, where the other workers see them."""
        for number, (figure, slot) in enumerate(self._figures):
            now = figure.read()
            if figure.grows:  # the slot may begin with what a predecessor counted
                before = self._before[number]
                self._slots[slot] += now - before if now >= before else now
                self._before[number] = now
            else:
                self._slots[slot] = now

    def exposed(self, catalog: Catalog) -> bytes:
        """Return what all workers counted, in Prometheus' text format."""
        self.publish()
        return generate_latest(_Collected([*self._families(), *_releases(catalog)]))

    def _families(self) -> Iterator[Metric]:
        working = self._board.working()
        slots = [sum(column) for column in zip(*(row[: self._used] for row in self._board.rows), strict=True)]
        yield _gauge("api_workers", "Worker processes that are alive.", len(working))
        requests = CounterMetricFamily("api_requests", "Requests answered.", labels=["route", "status"])
        for route, first in self._routes.items():
            for status, count in zip(
                (*map(str, STATUSES), OTHER), slots[first : first + len(STATUSES) + 1], strict=True
            ):
                if count:
                    requests.add_metric([route, status], count)
        yield requests
        took = HistogramMetricFamily("api_request_seconds", "How long requests took.", labels=["door"])
        for name, first in self._doors.items():
            reached = accumulate(slots[first : first + _SUM])
            buckets = [(end, float(count)) for end, count in zip(_ENDS, reached, strict=True)]
            took.add_metric([name], buckets, slots[first + _SUM] / 1e9)
        yield took
        refused = CounterMetricFamily("api_refusals", "Answers that are errors, by kind or code.", labels=["reason"])
        for reason, slot in self._reasons.items():
            refused.add_metric([reason], slots[slot])
        yield refused
        yield CounterMetricFamily("api_answers_kept", "Answers that were sent as kept.", value=slots[self._kept])
        for (metric, description, grows), group in groupby(self._figures, lambda pair: _head(pair[0])):
            found = list(group)
            kind = CounterMetricFamily if grows else GaugeMetricFamily
            family = kind(
                metric, description, labels=[figure.label.partition("=")[0] for figure, _ in found[:1] if figure.label]
            )
            for figure, slot in found:
                value = slots[slot] if grows else sum(row[slot] for row in working)
                family.add_metric([figure.label.partition("=")[2]] if figure.label else [], value)
            yield family


def door(route: str) -> str:
    """Return the door that a route belongs to."""
    if route.endswith("/graphql"):
        return "graphql"
    if route == "/v1" or route.startswith("/v1/"):
        return "rest"
    return "page" if route in ("/", "/docs") or route.startswith("/static/") else OTHER


def _head(figure: Figure) -> tuple[str, str, bool]:
    return figure.metric, figure.description, figure.grows


def _gauge(name: str, description: str, value: float) -> Metric:
    return GaugeMetricFamily(name, description, value=value)


def _releases(catalog: Catalog) -> Iterator[Metric]:
    """Yield what is served, as the worker has it that was asked."""
    served = GaugeMetricFamily("api_release_info", "Releases that are served.", labels=["version", "sha256", "latest"])
    for version, edition in catalog.editions.items():
        served.add_metric([version, edition.release.sha256, str(edition is catalog.latest).lower()], 1)
    yield served
    yield _gauge("api_releases_refused", "Reasons for which releases are not served.", len(catalog.refused))


class _Collected(Collector):
    """Metrics, as what writes them wants them."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Sequence[Metric]:
        """Return the metrics."""
        return self._metrics
