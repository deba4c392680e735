"""What an operator may watch, as Prometheus reads it: counts and times, never a word, an id or a name from outside.

Every label has few values that the code itself chose: a method, a route's template, a status, a problem's slug.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from grader.domain import Grade
from grader.ports import Delivery

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Other methods are all counted as OTHER."""

NO_ROUTE: Final = "none"
"""Stands for every address that leads nowhere."""

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 60.0)
"""Upper ends of the time buckets: around the promised 100 and 250 ms, and the 25 s after which a grade comes later."""


class Metrics:
    """The counters of one application; each application has its own registry, so that several live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "grader_http_requests", "Requests answered", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "grader_http_request_seconds",
            "From the head of a request to the end of its response",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._under_way = Gauge("grader_http_requests_under_way", "Requests not answered yet", registry=self.registry)
        self._grades = Counter("grader_grades", "Grades made", ("status",), registry=self.registry)
        self._calls = Counter("grader_llm_calls", "Calls of the LLM that grades took", registry=self.registry)
        self._tokens = Counter("grader_llm_tokens", "Tokens that grades took", ("direction",), registry=self.registry)
        self._cost = Counter("grader_llm_cost_usd", "What grades cost by the configured prices", registry=self.registry)
        self._tries = Counter(
            "grader_delivery_tries", "Tries to tell others what happened", ("kind", "outcome"), registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    def watch_backlog(self, waiting: Callable[[], float]) -> None:
        """Show how many accepted answers wait for their grade."""
        gauge = Gauge("grader_backlog", "Accepted answers whose grade is still to be made", registry=self.registry)
        gauge.set_function(waiting)

    def begin(self) -> None:
        """A request has come."""
        self._under_way.inc()

    def end(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """A request has been answered; `route` is the template that served it, None where none did."""
        labels = (method if method in METHODS else "OTHER", route or NO_ROUTE)
        self._under_way.dec()
        self._requests.labels(*labels, str(status)).inc()
        self._seconds.labels(*labels).observe(seconds)

    def graded(self, grade: Grade) -> None:
        """A grade has been made."""
        self._grades.labels(grade.status.value).inc()
        self._calls.inc(grade.usage.llm_calls)
        self._tokens.labels("input").inc(grade.usage.input_tokens)
        self._tokens.labels("output").inc(grade.usage.output_tokens)
        self._cost.inc(grade.usage.cost_usd)

    def told(self, delivery: Delivery) -> None:
        """A try to tell somebody has ended: delivered, dead, or waiting for the next."""
        self._tries.labels(delivery.kind, delivery.state.value).inc()

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)
