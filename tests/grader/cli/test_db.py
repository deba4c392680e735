"""`grader db`: where the schema stands, and the way to bring it up to date."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from tests.postgres import OWNER, Postgres


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["db", *arguments])


def test_status_says_what_is_missing_and_upgrade_mends_it() -> None:
    before = run("status", "--json")
    assert (before.exit_code, json.loads(before.stdout)["state"]) == (1, "empty")
    assert "grader db upgrade" in run("status").stdout
    upgraded = run("upgrade", "--json")
    assert (upgraded.exit_code, json.loads(upgraded.stdout)["state"]) == (0, "current")
    after = run("status", "--json")
    assert after.exit_code == 0
    assert json.loads(after.stdout)["revision"] == json.loads(after.stdout)["wanted"]


def test_a_second_upgrade_changes_nothing() -> None:
    assert run("upgrade").stdout == run("upgrade").stdout


def test_postgresql_is_upgraded_by_its_owner(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres.database(template=None) as name:
        monkeypatch.setenv("GRADER_DATABASE_URL", postgres.url(name, OWNER))
        assert run("status").exit_code == 1
        assert run("upgrade").exit_code == 0
        assert run("status").exit_code == 0
