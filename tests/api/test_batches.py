"""Batches over HTTP: a file in, progress, control, results; on each database, with the engine at work."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Response

from grader.access import Scope
from tests.api.batch_worker import MARKER, Slow, lines, rows, work_off
from tests.api.conftest import JUDGES
from tests.api.doors import Doors, slug
from tests.patience import until
from tests.postgres import SERVER, Postgres

JSONL = {"Content-Type": "application/jsonl"}
RUBRIC = {"question": "Why?", "key_points": [{"id": "k1", "text": "It is so."}, {"id": "k2", "text": "It must be."}]}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def doors(request: pytest.FixtureRequest, serve: Any) -> Iterator[Doors]:
    """An application on each database, with a judge that leaves time to pause what it works on."""
    judges = {**JUDGES, "slow": Slow(name="slow")}
    if request.param == "sqlite":
        yield Doors(serve(default_judge="fake", judges=judges))
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as name:
        doors = Doors(serve(default_judge="fake", judges=judges, database_url=server.url(name, SERVER)))
        yield doors
        doors.call(doors.application.services.storage.close)


@pytest.fixture(scope="module")
def key(doors: Doors) -> Any:
    """A key that may submit and read."""
    return doors.key(Scope.GRADE, Scope.READ)


Send = Callable[..., Response]


@pytest.fixture
def send(doors: Doors, key: Any) -> Send:
    """Submits a file."""

    def sent(body: bytes, headers: dict[str, str] | None = None, **params: Any) -> Response:
        return doors.send("POST", "/v1/batches", key, content=body, headers={**JSONL, **(headers or {})}, params=params)

    return sent


@pytest.fixture
def worked_off(doors: Doors) -> Callable[[str], dict[str, Any]]:
    """Runs every row of a batch as a worker would, and tells how it stands."""

    def work(batch_id: str) -> dict[str, Any]:
        doors.call(work_off, doors.application, "acme", batch_id)
        reader = doors.key(Scope.READ)
        return until(  # an engine that was at it, too, may still be
            lambda: doors.send("GET", f"/v1/batches/{batch_id}", reader).json(),
            lambda seen: seen["state"] == "completed",
        )

    return work


@pytest.fixture
def finished(send: Send, worked_off: Any) -> str:
    """The id of a batch of three rows that is done, one for all tests."""
    batch_id: str = send(lines(rows(3, note="=1+1")), headers={"Idempotency-Key": "all-forms"}).json()["id"]
    worked_off(batch_id)
    return batch_id


def test_a_file_becomes_a_batch_whose_results_come_back_in_order_with_their_columns(
    doors: Doors, key: Any, send: Send, worked_off: Any
) -> None:
    made = send(lines(rows(30, site="north")), name="Spring")
    assert made.status_code == 202
    report = made.json()
    assert (report["state"], report["total"], report["name"]) == ("running", 30, "Spring")
    place = made.headers["Location"]
    done = worked_off(report["id"])
    assert (done["state"], done["counts"]["waiting"]) == ("completed", 0)
    results = doors.send("GET", f"{place}/results", key)
    assert (results.headers["content-type"], results.headers["Batch-Complete"]) == ("application/jsonl", "true")
    found = [json.loads(line) for line in results.text.splitlines()]
    assert [row["row"] for row in found] == list(range(1, 31))
    assert {row["extra"]["site"] for row in found} == {"north"}
    assert found[7]["candidate_ref"] == "c-7"
    assert found[7]["grade"]["points"][0]["verdict"] == "covered"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/x-ndjson", "application/jsonl"),
        ("text/csv;q=0.4, application/jsonl;q=0.5", "application/jsonl"),
        ("*/*", "application/jsonl"),
    ],
)
def test_results_come_in_the_form_the_client_asks_for(
    doors: Doors, key: Any, finished: str, accept: str, kind: str
) -> None:
    found = doors.send("GET", f"/v1/batches/{finished}/results", key, headers={"Accept": accept})
    assert found.headers["content-type"] == kind
    if kind.startswith("text/csv"):
        table = list(csv.DictReader(io.StringIO(found.text.removeprefix("\ufeff"), newline="")))
        assert [row["note"] for row in table] == ["'=1+1"] * 3
    if kind.startswith("text/html"):
        assert "attachment" in found.headers["Content-Disposition"]


def test_a_form_that_results_do_not_come_in_is_refused(doors: Doors, key: Any, send: Send) -> None:
    place = send(lines(rows(1))).headers["Location"]
    for accept in ("image/png", "text/csv;q=0"):
        refused = doors.send("GET", f"{place}/results", key, headers={"Accept": accept})
        assert (refused.status_code, slug(refused)) == (406, "not-acceptable")
    assert (
        doors.send("GET", f"{place}/results", key, params={"format": "csv"})
        .headers["content-type"]
        .startswith("text/csv")
    )


def test_bad_rows_refuse_the_file_by_number_and_can_be_left_out(
    send: Send, doors: Doors, key: Any, worked_off: Any
) -> None:
    mixed = [*rows(2), {"answer": MARKER, "question_id": MARKER}, {"answer": MARKER}, *rows(1)]
    refused = send(lines(mixed))
    assert (refused.status_code, slug(refused)) == (422, "rows-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/3", "/4"]
    assert MARKER not in refused.text
    made = send(lines(mixed), bad_rows="skip").json()
    assert (made["total"], made["left_out"], [row["row"] for row in made["bad_rows"]]) == (3, 2, [3, 4])
    worked_off(made["id"])
    results = doors.send("GET", f"/v1/batches/{made['id']}/results", key)
    assert [json.loads(line)["extra"]["source_row"] for line in results.text.splitlines()] == ["1", "2", "5"]


@pytest.mark.parametrize(
    "body", [b"", b"[", b"answer\nx\n", b"a,b\n\xff", f"{MARKER},question_id\n1,2\n".encode(), b"PK\x03\x04x"]
)
def test_a_file_that_cannot_be_read_is_refused_without_its_own_words(send: Send, body: bytes) -> None:
    refused = send(body)
    assert (refused.status_code, slug(refused)) == (422, "answers-unreadable")
    assert MARKER not in refused.text


def test_a_dry_run_tells_what_a_file_would_take_and_keeps_nothing(doors: Doors, key: Any, send: Send) -> None:
    before = doors.send("GET", "/v1/batches", key, params={"limit": 1}).json()["batches"][0]["id"]
    told = send(lines([*rows(4), *rows(1)]), dry_run="true")
    assert told.status_code == 200
    assert {"rows": 5, "distinct": 4}.items() <= told.json().items()
    assert told.json()["takes"]["calls"] == 0
    assert doors.send("GET", "/v1/batches", key, params={"limit": 1}).json()["batches"][0]["id"] == before


def test_one_idempotency_key_makes_one_batch(send: Send) -> None:
    first, again = (send(lines(rows(2)), headers={"Idempotency-Key": "monday"}) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = send(lines(rows(3)), headers={"Idempotency-Key": "monday"})
    assert (other.status_code, slug(other)) == (422, "idempotency-key-reused")


def test_a_batch_is_paused_resumed_with_another_budget_cancelled_and_not_twice(
    doors: Doors, key: Any, send: Send
) -> None:
    place = send(lines(rows(200)), budget_usd="1.5", judge="slow").headers["Location"]

    def post(verb: str, **params: Any) -> Response:
        return doors.send("POST", f"{place}/{verb}", key, params=params)

    assert post("pause").json()["reason"] == "asked"
    assert doors.send("GET", f"{place}/results", key).headers["Batch-Complete"] == "false"
    resumed = post("resume", budget_calls="7").json()
    assert (resumed["state"], resumed["limit"]) == ("running", {"calls": 7, "tokens": None, "usd": None})
    assert post("cancel").json()["state"] == "cancelled"
    for verb in ("pause", "resume", "retry"):
        refused = post(verb)
        assert (refused.status_code, slug(refused)) == (409, "batch-state")


def test_batches_are_listed_newest_first_page_by_page(doors: Doors, key: Any, send: Send) -> None:
    made = [send(lines(rows(1)), name=str(number)).json()["id"] for number in range(3)]
    seen: list[str] = []
    page = doors.send("GET", "/v1/batches", key, params={"limit": 2}).json()
    seen += [each["id"] for each in page["batches"]]
    page = doors.send("GET", "/v1/batches", key, params={"limit": 2, "cursor": page["next"]}).json()
    seen += [each["id"] for each in page["batches"]]
    assert seen[:3] == made[::-1]


def test_a_watcher_is_told_until_the_end(doors: Doors, key: Any, send: Send, worked_off: Any) -> None:
    made = send(lines(rows(2))).json()
    worked_off(made["id"])
    watched = doors.send("GET", f"/v1/batches/{made['id']}/events", key)
    assert watched.headers["content-type"].startswith("text/event-stream")
    events = [event.split("\n", 1) for event in watched.text.strip().split("\n\n")]
    assert [name for name, _ in events] == ["event: progress", "event: end"]
    assert json.loads(events[1][1].removeprefix("data: "))["counts"]["waiting"] == 0


def test_rubrics_and_reference_answers_come_along_in_rows(send: Send, worked_off: Any) -> None:
    found = [
        {"answer": "It is so.", "rubric": RUBRIC},
        {"answer": "a", "question": "Why?", "reference_answer": "It is so."},
    ]
    made = send(lines(found)).json()
    assert worked_off(made["id"])["state"] == "completed"


def test_a_default_question_stands_in_for_rows_that_name_none(send: Send) -> None:
    assert send(b"answer\nThe window.\n", headers={"Content-Type": "text/csv"}, question_id="DL0028").status_code == 202
    refused = send(b"answer\nThe window.\n", question_id=MARKER)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "query:question_id")


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"judge": MARKER}, "query:judge"),
        ({"llm_feedback": "true"}, "query:llm_feedback"),
        ({"budget_usd": "-1"}, "query:budget_usd"),
        ({"budget_usd": "nan"}, "query:budget_usd"),
        ({"budget_calls": "1e3"}, "query:budget_calls"),
        ({"priority": "now"}, "query:priority"),
        ({"half_price": "true"}, "query:half_price"),
        ({MARKER: "1"}, "query:"),
    ],
)
def test_wrong_parameters_are_named(send: Send, params: dict[str, str], pointer: str) -> None:
    refused = send(lines(rows(1)), **params)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert MARKER not in refused.text


def test_other_bodies_than_files_of_answers_are_refused(send: Send) -> None:
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""):
        assert send(b"x", headers={"Content-Type": kind}).status_code == 415
    assert send(b"x", headers={"Content-Encoding": "gzip"}).status_code == 415


def test_scopes_hold(doors: Doors, send: Send) -> None:
    place = send(lines(rows(1))).headers["Location"]
    reader, grader = doors.key(Scope.READ), doors.key(Scope.GRADE)
    assert doors.send("POST", "/v1/batches", reader, content=b"x", headers=JSONL).status_code == 403
    assert doors.send("POST", f"{place}/cancel", reader).status_code == 403
    assert doors.send("GET", place, grader).status_code == 403


def test_a_large_file_is_taken_as_it_comes(doors: Doors, key: Any) -> None:
    line = lines(rows(1)) + b"\n"

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield line * 250  # 1.4 MB in all: more than a JSON body may have

    started = time.monotonic()
    made = doors.send("POST", "/v1/batches", key, content=pieces(), headers=JSONL)
    assert (made.status_code, made.json()["total"], made.json()["distinct"]) == (202, 10_000, 1)
    assert time.monotonic() - started < 60


def test_a_file_longer_than_the_service_takes_is_refused(serve: Any) -> None:
    client = serve(batch_file_bytes=100)
    refused = client.post("/v1/batches", content=b"x" * 101, headers=JSONL)
    assert (refused.status_code, slug(refused)) == (413, "content-too-large")
    refused = client.post("/v1/batches", content=iter([b"x" * 60, b"x" * 60]), headers=JSONL)
    assert refused.status_code == 413
