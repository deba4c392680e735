"""Traces, where an operator asks for them."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from api.app import create_app
from api.tracing import OFF, telemetry
from grader.errors import ConfigurationError
from grader.settings import Settings


def test_without_a_setting_nothing_is_traced() -> None:
    assert telemetry(Settings()) == OFF


def test_a_span_names_the_route_and_nobody(build: Any) -> None:
    exporter = InMemorySpanExporter()
    with TestClient(build(spans=exporter), base_url="http://localhost") as client:
        client.get("/v1/grades/Zqxmarker?Zqxmarker=1", headers={"User-Agent": "Zqxmarker"})
        client.request("ZQXMARKER", "/Zqxmarker", headers={"Host": "zqxmarker.example"})
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == ["GET /v1/grades/{grade_id}", "HTTP"]
    assert spans[0].attributes is not None
    assert spans[0].attributes["http.response.status_code"] == 404
    assert "zqxmarker" not in "".join(span.to_json() for span in spans).lower()


def test_a_trace_that_a_caller_began_goes_on(build: Any) -> None:
    exporter = InMemorySpanExporter()
    trace = "0af7651916cd43dd8448eb211c80319c"
    with TestClient(build(spans=exporter), base_url="http://localhost") as client:
        client.get("/healthz", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    (span,) = exporter.get_finished_spans()
    assert f"{span.context.trace_id:032x}" == trace


def test_traces_without_their_packages_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(ConfigurationError, match="otel"):
        create_app(Settings(otel_endpoint="http://127.0.0.1:4318"))
