"""Traces by OpenTelemetry: a span for each request. Only where it is installed, and told where spans go to."""

import logging
import os
import threading
import time
from typing import TYPE_CHECKING

from starlette.types import Scope

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

LOGGER = logging.getLogger(__name__)

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""The environment variable that says where spans go to; OpenTelemetry reads it, and its others, itself."""

STOPPING = 1.0
"""Seconds that sending what is left may take; after two, a worker that is to end is killed."""

OPERATION = "graphql operation"
"""What the GraphQL door puts into a request's scope: the name of the operation that is to run."""


class Traces:
    """Makes the spans of requests that were answered."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry import propagate, trace

        self._shutdown = provider.shutdown
        self._extract = propagate.extract
        self._tracer = provider.get_tracer(__name__)
        self._kind, self._failed = trace.SpanKind.SERVER, trace.StatusCode.ERROR

    def record(self, scope: Scope, route: str, status: int, elapsed: int) -> None:
        """Record a request that was answered just now, after so many nanoseconds, as part of its client's trace."""
        parent = self._extract({key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]})
        about = {"http.request.method": scope["method"], "http.route": route, "http.response.status_code": status}
        if scope.get(OPERATION):
            about["graphql.operation.name"] = scope[OPERATION][:100]
        now = time.time_ns()
        name = f"{scope['method']} {route}"
        span = self._tracer.start_span(name, parent, self._kind, attributes=about, start_time=now - elapsed)
        if status >= 500:
            span.set_status(self._failed)
        span.end(now)

    def stop(self) -> None:
        """Send what was not sent yet; whoever does not take it in time does not keep a worker from ending."""
        sending = threading.Thread(target=self._shutdown, daemon=True)
        sending.start()
        sending.join(STOPPING)
        if sending.is_alive():
            LOGGER.warning("not all traces were sent: %s seconds were not enough", STOPPING)


def start() -> Traces | None:
    """Return what sends spans where the environment says, None where it does not; after the fork: it has a thread."""
    if not os.environ.get(ENDPOINT):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk import resources, trace
    except ImportError:
        LOGGER.warning("%s is set, but OpenTelemetry is not installed: there will be no traces", ENDPOINT)
        return None
    provider = trace.TracerProvider(resource=resources.Resource.create({"service.name": "enforcement-record"}))
    provider.add_span_processor(trace.export.BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider)
