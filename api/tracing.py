"""Traces, where an operator asks for them: a span a request, told to an OpenTelemetry collector.

FastAPI makes the spans. What could name a person is taken out before anything sees it: an address holds ids and
search words, a client's address is a person's. The route's template, the method, the status and the time remain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from grader import __version__
from grader.errors import ConfigurationError
from grader.settings import Settings

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import ReadableSpan, Span
    from opentelemetry.sdk.trace.export import SpanExporter

PRIVATE: Final = (
    "client.address",
    "client.port",
    "http.request.method_original",
    "network.peer.address",
    "server.address",
    "url.path",
    "url.query",
    "user_agent.original",
)
"""Attributes of the HTTP conventions (1.44) that a client fills, or that tell where it is."""

REDACTED: Final = "redacted"

EXPORT_SECONDS: Final = 3
"""Time for the collector to take spans, and so the longest that one that is away holds up the end of the process."""

OFF: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own telemetry, all off: its records of errors would hold what a request said."""


def telemetry(settings: Settings, exporter: SpanExporter | None = None) -> TelemetryConfig:
    """What FastAPI is to tell: nothing, or traces to `exporter`, by default the configured endpoint.

    ConfigurationError where the packages for it are not installed.
    """
    if settings.otel_endpoint is None and exporter is None:
        return OFF
    try:
        return {**OFF, "tracing": True, "operation_spans": False, "tracer_provider": _provider(settings, exporter)}
    except ImportError as error:
        raise ConfigurationError("GRADER_OTEL_ENDPOINT needs `pip install 'answer-grader[otel]'`") from error


def _provider(settings: Settings, exporter: SpanExporter | None) -> Any:  # noqa: ANN401 - a class of an optional package
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an optional package, as below
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.name": "answer-grader", "service.version": __version__})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(_redacting())
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        provider.add_span_processor(BatchSpanProcessor(_otlp(settings)))
    return provider


def _otlp(settings: Settings) -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - optional

    endpoint = f"{str(settings.otel_endpoint).rstrip('/')}/v1/traces"
    return OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_SECONDS)


def _redacting() -> Any:  # noqa: ANN401 - as above
    from opentelemetry.sdk.trace import SpanProcessor  # noqa: PLC0415 - an optional package

    class Redacting(SpanProcessor):
        def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 - OpenTelemetry's
            for name in PRIVATE:
                if name in (span.attributes or {}):
                    span.set_attribute(name, REDACTED)

        def on_end(self, span: ReadableSpan) -> None:
            """Nothing is left to do."""

    return Redacting()
