"""`grader fairness`: groups from a file are compared by scores from another, or by a test's results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.command import app
from grader.assessing import UnknownTest
from grader.errors import DatasetError


def fairness(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["fairness", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    file = tmp_path / "groups.csv"
    file.write_text("candidate_ref,sex,hired\nann,f,yes\nbob,m,no\ncat,f,no\ndan,m,yes\neve,,yes\n", "utf-8-sig")
    return file


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    file = tmp_path / "scores.csv"
    file.write_text("candidate_ref,score\nann,0.9\nbob,0.2\ncat,0.7\ndan,\nzoe,0.5\n", "utf-8")
    return file


def test_a_file_of_scores_is_compared_by_groups(groups: Path, scores: Path) -> None:
    report: Any = json.loads(fairness("impact", groups, "--scores", scores, "--selected", "hired", "--json"))
    assert (report["people"], report["unmatched"], report["unscored"]) == (4, 1, 2)
    scoring, selection = report["comparisons"]
    assert {each["group"]: each["counted"] for each in scoring["groups"]} == {"f": 1, "m": 0}
    assert {each["group"]: each["counted"] for each in selection["groups"]} == {"f": 1, "m": 1}
    assert {each["category"] for each in report["comparisons"]} == {"sex"}, "who was hired is no group"
    shown = fairness("impact", groups, "--scores", scores)
    assert "fewer than 30" in " ".join(shown.split())


def test_a_file_without_its_column_and_a_test_that_is_not_there_are_refused(groups: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name,sex\nann,f\n", "utf-8")
    for error, arguments in (
        (DatasetError, (wrong, "--scores", wrong)),
        (DatasetError, (groups, "--scores", tmp_path / "absent.csv")),
        (UnknownTest, (groups, "--test", "no test")),
    ):
        with pytest.raises(error):
            fairness("impact", *arguments)
