"""`grader audit verify` and `grader db purge`, on a SQLite file."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from grader.bootstrap import Storage, build_keeper
from grader.cli import app
from grader.fakes import FakeJudge
from grader.grading import Grader, Request
from grader.settings import Settings, load_settings
from rubrics.bank import Bank

NOW = datetime.now(UTC)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def verified(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    done = run("audit", "verify", "--json", *arguments)
    return done.exit_code, json.loads(done.stdout)["logs"]


@pytest.fixture
def settings() -> Settings:
    """Three grades of `local` and one of `acme` are kept: made now, 40 days ago, 4 years ago; and 40 days ago."""
    found = load_settings()
    asyncio.run(_keep(found))
    return found


async def _keep(settings: Settings) -> None:
    storage = Storage(settings)
    request = Request(Bank().rubric("DL0028"), "Each token sees a window.", candidate_ref="c-1")
    grader = Grader({"fake": FakeJudge()}, "fake")
    for tenant, days in (("local", 0), ("local", 40), ("local", 4 * 365), ("acme", 40)):
        grade = await grader.grade(request)
        aged = grade.model_copy(update={"created_at": NOW - timedelta(days=days)})
        await build_keeper(storage).keep(tenant, request, aged, None)
    await storage.close()


def tampered(settings: Settings, *statements: str) -> None:
    """Change the file as somebody with a shell could."""
    with closing(sqlite3.connect(settings.data_dir / "grader.db")) as connection, connection:
        for change in ("update", "delete"):
            connection.execute(f"DROP TRIGGER audit_entries_no_{change}")
        for statement in statements:
            connection.execute(statement)


def test_whole_logs_are_told_with_their_ends(settings: Settings) -> None:
    code, logs = verified()
    assert code == 0
    assert [(log["tenant"], log["entries"], log["broken"]) for log in logs] == [("acme", 1, None), ("local", 3, None)]
    assert "3 entries hold" in run("audit", "verify").stdout
    assert settings.retention == "keep"


def test_nothing_to_verify_is_no_error() -> None:
    assert run("audit", "verify").exit_code == 0
    assert verified() == (0, [])


@pytest.mark.parametrize(
    ("change", "entry", "reason"),
    [
        ("UPDATE audit_entries SET text = replace(text, 'graded', 'erased') WHERE number = 2", 2, "not the one"),
        ("DELETE FROM audit_entries WHERE number = 2", 2, "entry 2 is missing"),
        ("DELETE FROM audit_entries WHERE number = 3", 3, "its head says 3"),
        ("UPDATE grades SET grade = replace(grade, 'missing', 'covered') WHERE tenant = 'local'", 1, "not the one"),
        ("DELETE FROM grades WHERE tenant = 'local'", 1, "gone without having been erased"),
    ],
)
def test_the_first_entry_that_does_not_hold_is_named(settings: Settings, change: str, entry: int, reason: str) -> None:
    tampered(settings, change)
    code, (log,) = verified("--tenant", "local")
    assert code == 1
    broken = log["broken"]
    assert isinstance(broken, dict)
    assert broken["entry"] == entry
    assert reason in broken["reason"]
    assert f"entry {entry}" in run("audit", "verify", "--tenant", "local").stdout


def test_an_anchor_must_be_met(settings: Settings) -> None:
    _, (log,) = verified("--tenant", "local")
    assert verified("--tenant", "local", "--anchor", str(log["head"]))[0] == 0
    assert verified("--tenant", "local", "--anchor", f"3:{'0' * 64}")[0] == 1
    assert run("audit", "verify", "--anchor", str(log["head"])).exit_code == 2
    assert run("audit", "verify", "--tenant", "local", "--anchor", "three").exit_code == 2
    assert settings.tenant_retention == {}


def purged() -> dict[str, int]:
    deleted: dict[str, int] = json.loads(run("db", "purge", "--json").stdout)["deleted"]
    return deleted


def test_nothing_is_deleted_where_nothing_is_said(settings: Settings) -> None:
    assert purged() == {"acme": 0, "local": 0}
    assert settings.retention == "keep"


@pytest.mark.usefixtures("settings")
def test_what_is_over_its_time_is_deleted_and_the_log_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_RETENTION", "practice")
    monkeypatch.setenv("GRADER_TENANT_RETENTION", '{"acme": "hiring"}')
    assert purged() == {"acme": 0, "local": 2}
    assert purged() == {"acme": 0, "local": 0}
    code, logs = verified()
    assert (code, [log["entries"] for log in logs]) == (0, [1, 4])


@pytest.mark.usefixtures("settings")
def test_an_unknown_class_of_retention_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_RETENTION", "for ever")
    assert "GRADER_RETENTION" in str(run("db", "purge").exception)
