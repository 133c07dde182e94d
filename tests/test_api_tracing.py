"""Traces, for operators who have something that takes them."""

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import Scope

from api import tracing
from api.app import create_app
from api.tracing import Traces
from dataset import release
from dataset.catalog import Catalog
from tests.process import serving

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def collecting() -> tuple[Traces, InMemorySpanExporter]:
    """Return traces, and where they are to be seen."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Traces(provider), exporter


async def test_each_request_is_a_span_of_its_clients_trace(catalog: Catalog) -> None:
    """With its route and its status, and as long as it took."""
    traces, exporter = collecting()
    transport = httpx.ASGITransport(create_app(catalog, traces=traces))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        await client.get("/v1/events/evt-blackouts", headers={"traceparent": PARENT})
        await client.get("/nothing")
    first, second = exporter.get_finished_spans()
    assert (first.name, second.name) == ("GET /v1/events/{id}", "GET other")
    assert dict(first.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/events/{id}",
        "http.response.status_code": 200,
    }
    assert first.parent is not None
    assert f"{first.parent.trace_id:032x}" == PARENT.split("-")[1]
    assert second.parent is None
    assert 0 < (first.end_time or 0) - (first.start_time or 0) < 60e9


def recorded(status: int, **scope: str) -> ReadableSpan:
    """Return the span of a request."""
    traces, exporter = collecting()
    asked: Scope = {"type": "http", "method": "POST", "headers": [], **scope}
    traces.record(asked, "/graphql", status, 1)
    (span,) = exporter.get_finished_spans()
    return span


def test_the_operation_is_named_and_no_longer_than_a_name() -> None:
    """As the GraphQL door says it."""
    assert (recorded(200, **{tracing.OPERATION: "x" * 5_000}).attributes or {})["graphql.operation.name"] == "x" * 100
    assert "graphql.operation.name" not in (recorded(200).attributes or {})


def test_a_fault_is_a_span_that_failed() -> None:
    """An error of the client is none."""
    assert [recorded(status).status.is_ok for status in (200, 404, 500)] == [True, True, False]


def test_there_are_none_unless_the_environment_says_where_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is loaded for them."""
    monkeypatch.delenv(tracing.ENDPOINT, raising=False)
    assert tracing.start() is None


def test_without_opentelemetry_it_is_said_that_there_will_be_none(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server starts all the same."""
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    assert tracing.start() is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


class Collector(ThreadingHTTPServer):
    """Something that takes spans, and tells what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: list[bytes] = []
        self.silent = threading.Event()
        """Set where it does not answer."""
        self.over = threading.Event()

    @property
    def address(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.server_port}"


class Taking(BaseHTTPRequestHandler):
    """Takes spans."""

    server: Collector

    def do_POST(self) -> None:
        """Take note of what is sent."""
        self.server.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.silent.is_set():
            self.server.over.wait()
        else:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Return what the environment says that takes spans, compressed or not."""
    with Collector() as found:
        monkeypatch.setenv(tracing.ENDPOINT, found.address)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        taking = threading.Thread(target=found.serve_forever)
        taking.start()
        yield found
        found.over.set()
        found.shutdown()
        taking.join()


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    """Return a folder of the published releases."""
    (tmp_path / "releases").symlink_to(release.FOLDER)
    return tmp_path / "releases"


def test_a_worker_that_ends_sends_what_is_left(collector: Collector, releases: Path) -> None:
    """The spans of the last seconds, which are otherwise sent together."""
    with serving(releases) as server:
        assert server.get("/v1/events/evt-blackouts").status == 200
        server.tell(signal.SIGTERM)
        assert server.process.wait(60) == 0
    assert b"GET /v1/events/{id}" in b"".join(collector.taken)
    assert server.log().splitlines()[-1].endswith("api.server: stopped")


def test_who_takes_no_spans_does_not_keep_a_worker_from_ending(collector: Collector, releases: Path) -> None:
    """It is given up, and the log says so; the worker is not killed."""
    collector.silent.set()
    with serving(releases) as server:
        assert server.get("/v1").status == 200
        server.tell(signal.SIGTERM)
        assert server.process.wait(60) == 0
    said = [line.partition(": ")[2] for line in server.log().splitlines()]
    assert said[1:] == ["not all traces were sent: 1.0 seconds were not enough", "stopped"]


def test_spans_are_sent_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """What sends them is ready after the fork."""
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:9")
    started = tracing.start()
    assert isinstance(started, Traces)
    started.stop()
