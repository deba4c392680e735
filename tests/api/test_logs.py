"""What the server writes about itself: enough to find a fault, and nobody's words."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import logs
from grader.settings import Settings

_log = logging.getLogger("tests.api")

Written = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged() -> Iterator[Callable[..., io.StringIO]]:
    """Lets logs be written, from now on, where the test can read them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def to_memory(**settings: Any) -> io.StringIO:
        stream = io.StringIO()
        logs.set_up(Settings(**{"log_format": "json"} | settings), stream)
        return stream

    yield to_memory
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_route_and_its_id(client: TestClient, logged: Any) -> None:
    stream = logged()
    response = client.get("/v1/questions/DL0028?x=1")
    (line,) = lines(stream)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/questions/{question_id}", 200)
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert uuid.UUID(line["request_id"])
    assert line["ms"] >= 0


def test_a_client_cannot_choose_the_id_of_its_request(client: TestClient) -> None:
    response = client.get("/healthz", headers={"X-Request-Id": "mine"})
    assert response.headers["X-Request-Id"] != "mine"


def test_what_is_asked_every_few_seconds_is_not_logged(client: TestClient, logged: Any) -> None:
    stream = logged()
    client.get("/healthz")
    client.get("/metrics")
    assert stream.getvalue() == ""


def test_an_unexpected_error_is_logged_with_its_kind_and_its_place_and_the_id_of_its_request(
    serve: Any, encoder: Any, logged: Any
) -> None:
    client = serve(encoder=encoder(RuntimeError("what the candidate wrote")))
    stream = logged()
    response = client.post("/v1/grades", json={"question_id": "DL0028", "answer": "A window of neighbours."})
    failed = next(line for line in lines(stream) if line["level"] == "error")
    assert response.json()["instance"] == f"urn:uuid:{failed['request_id']}"
    assert failed["error"] == "RuntimeError"
    assert any("grading.py" in frame for frame in failed["trace"])
    assert "what the candidate wrote" not in stream.getvalue()


def test_a_line_ends_where_the_server_ends_it(logged: Any) -> None:
    for form in ("json", "text"):
        stream = logged(log_format=form)
        _log.warning("a\r\nb\x1b[31mc\u2028d%s", "\n{}")
        assert len(stream.getvalue().splitlines()) == 1
        assert not {"\x1b", "\r", "\u2028"} & set(stream.getvalue())


def test_words_for_a_person_say_where_an_error_came_from_but_not_what_it_said(logged: Any) -> None:
    stream = logged(log_format="text")
    try:
        int("what the candidate wrote")
    except ValueError:
        _log.exception("it failed")
    assert "error   it failed" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "test_logs.py" in stream.getvalue()
    assert "what the candidate wrote" not in stream.getvalue()


async def test_an_error_that_nobody_waited_for_is_told_without_its_words(logged: Any) -> None:
    for form in ("json", "text"):
        stream = logged(log_format=form)
        error = ValueError("what the candidate wrote")
        lost = {"message": "Task exception was never retrieved", "exception": error, "future": error}
        asyncio.get_running_loop().call_exception_handler(lost)
        assert "Task exception was never retrieved" in stream.getvalue()
        assert "what the candidate wrote" not in stream.getvalue()


def test_a_stream_that_is_no_terminal_gets_json(logged: Any) -> None:
    stream = logged(log_format=None)
    _log.warning("one")
    assert lines(stream)[0]["message"] == "one"


def test_the_level_says_what_is_written(logged: Any) -> None:
    stream = logged(log_level="error")
    _log.warning("not this")
    _log.error("this")
    assert [line["message"] for line in lines(stream)] == ["this"]
