"""Grades of batches are grades like others: shown, explained, overruled, appealed against, logged, and forgotten."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from grader.access import LOCAL, Principal, Scope
from grader.adapters.sql.batch_tables import RESULTS
from grader.bootstrap import build_auditor, build_candidates
from grader.ports import grade_id_of
from tests.api.batch_worker import lines, rows, work_off
from tests.api.conftest import JUDGES
from tests.api.doors import Doors
from tests.postgres import SERVER, Postgres

WHO = Principal("acme", LOCAL.scopes)
OVERRIDE = {"key_point_id": "k2", "verdict": "missing", "reason_code": "evidence_wrong", "note": "It is not there."}
APPEAL = {"key_point_id": "k1", "reason": "i_covered_this", "text": "I said so."}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def doors(request: pytest.FixtureRequest, serve: Any) -> Iterator[Doors]:
    """An application on each database."""
    if request.param == "sqlite":
        yield Doors(serve(default_judge="fake", judges=JUDGES))
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as name:
        doors = Doors(serve(default_judge="fake", judges=JUDGES, database_url=server.url(name, SERVER)))
        yield doors
        doors.call(doors.application.services.storage.close)


@pytest.fixture
def batch(doors: Doors) -> str:
    """The id of a batch of three answers, by c-0 to c-2, that is done."""
    key = doors.key(Scope.GRADE, Scope.READ)
    made = doors.send(
        "POST", "/v1/batches", key, content=lines(rows(3)), headers={"Content-Type": "application/jsonl"}
    ).json()
    doors.call(work_off, doors.application, "acme", made["id"])
    return str(made["id"])


@pytest.fixture
def key(doors: Doors) -> Any:
    """A key that may do everything to grades."""
    return doors.key(*Scope)


def verified(doors: Doors) -> Any:
    return doors.call(build_auditor(doors.application.services.storage).verify, "acme").broken


def test_it_is_shown_explained_overruled_and_appealed_against(doors: Doors, key: Any, batch: str) -> None:
    place = f"/v1/grades/{grade_id_of(batch, 1, 1)}"
    shown = doors.send("GET", place, key)
    assert (shown.status_code, shown.json()["candidate_ref"], shown.json()["review"]) == (200, "c-1", None)
    assert doors.send("GET", f"{place}/explanation", key).json()["grade_id"] == grade_id_of(batch, 1, 1)
    headers = {"If-Match": shown.headers["ETag"]}
    overruled = doors.send("POST", f"{place}/overrides", key, json=OVERRIDE, headers=headers)
    assert overruled.status_code == 201, overruled.text
    appealed = doors.send("POST", f"{place}/appeals", key, json=APPEAL)
    assert (appealed.status_code, len(appealed.json()["appeals"])) == (201, 1)
    now = doors.send("GET", place, key).json()
    assert (now["review"]["outcome"]["verdicts"]["k2"], now["points"]) == ("missing", shown.json()["points"])
    again = doors.send("POST", f"{place}/regrades", key, json={})
    assert again.json()["regrade_of"] == grade_id_of(batch, 1, 1)
    assert verified(doors) is None


def test_the_results_carry_what_counts_once_people_have_spoken(doors: Doors, key: Any, batch: str) -> None:
    def results(form: str) -> str:
        sent: str = doors.send("GET", f"/v1/batches/{batch}/results", key, params={"format": form}).text
        return sent

    def told() -> list[tuple[Any, ...]]:
        found = map(json.loads, results("jsonl").splitlines())
        return [(each["score"], each["reviewed"], each["machine_score"]) for each in found]

    before = [score for score, *_ in told()]
    place = f"/v1/grades/{grade_id_of(batch, 1, 1)}"
    headers = {"If-Match": doors.send("GET", place, key).headers["ETag"]}
    made = doors.send("POST", f"{place}/overrides", key, json=OVERRIDE, headers=headers).json()
    now = made["outcome"]["score"]
    assert now < before[1]
    assert told() == [(before[0], False, before[0]), (now, True, before[1]), (before[2], False, before[2])]
    table = list(csv.DictReader(io.StringIO(results("csv").removeprefix("\ufeff"), newline="")))
    assert [row["score"] for row in table] == [str(before[0]), str(now), str(before[2])]
    assert [row["machine_score"] for row in table] == [str(score) for score in before]
    assert table[1]["missed"] != table[0]["missed"]
    assert "decided by a person" in results("html")


def test_others_are_not_there(doors: Doors, key: Any, batch: str) -> None:
    stranger = doors.key(*Scope, tenant="other")
    for place, who in ((f"{batch}.1.1", stranger), (f"{batch}.9.1", key), (f"{batch}.1.2", key), (f"{batch}.1", key)):
        assert doors.send("GET", f"/v1/grades/{place}", who).status_code == 404


def test_the_decision_log_notices_a_result_that_was_changed(doors: Doors, batch: str) -> None:
    storage = doors.application.services.storage

    async def changed(score: str) -> None:
        database = (await storage._opened()).database  # noqa: SLF001 - as somebody with the database's password would
        async with database.writing("acme") as connection:
            here = (RESULTS.c.batch_id == batch) & (RESULTS.c.idx == 2)
            await connection.execute(update(RESULTS).where(here).values(grade=RESULTS.c.grade + score))

    assert verified(doors) is None
    doors.call(changed, " ")
    assert "row 2 is not the one that was logged" in verified(doors).reason
    doors.call(build_candidates(storage).erase, WHO, "c-2")
    assert verified(doors) is None


def test_with_the_candidate_goes_what_was_said_and_the_log_holds(doors: Doors, key: Any, batch: str) -> None:
    place = f"/v1/grades/{grade_id_of(batch, 0, 1)}"
    assert doors.send("POST", f"{place}/appeals", key, json=APPEAL).status_code == 201
    held = doors.send("GET", "/v1/candidates/c-0/export", key).json()["rows"]
    assert [appeal["text"] for row in held for appeal in row["appeals"]] == ["I said so."]
    assert doors.send("DELETE", "/v1/candidates/c-0", key).json()["statements"] == 1
    assert doors.send("GET", place, key).status_code == 404
    storage = doors.application.services.storage
    assert doors.call(storage.reviews.appeals, "acme", grade_id_of(batch, 0, 1)) == ()
    assert verified(doors) is None
