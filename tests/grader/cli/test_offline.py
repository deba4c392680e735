"""`grader bench` without a model: prompts out, replies in, two judges compared from what they said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app

QUESTION = {
    "question_id": "q1", "title": "Tides", "question": "Why are there tides?",
    "key_points": [{"id": "k1", "text": "The moon pulls the oceans.", "weight": 1, "essential": True}],
}  # fmt: skip
ANSWER = {
    "question_id": "q1", "answer_id": "a1", "style": "blank", "answer": "I don't know.",
    "labels": {"k1": "missing"}, "score": 0.0,
}  # fmt: skip


@pytest.fixture
def sets(tmp_path: Path) -> tuple[str, ...]:
    """A set of one answer, which no judge has to see."""
    (tmp_path / "questions.jsonl").write_text(json.dumps(QUESTION), "utf-8")
    (tmp_path / "answers.jsonl").write_text(json.dumps(ANSWER), "utf-8")
    return "bench", "--set", str(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_what_no_judge_has_to_see_has_no_prompt(sets: tuple[str, ...], tmp_path: Path) -> None:
    dumped = run(*sets, "--judge", "llm", "--dump-prompts", str(tmp_path / "prompts.jsonl"))
    assert (dumped.exit_code, (tmp_path / "prompts.jsonl").read_text("utf-8")) == (0, "")
    assert "0 prompts" in dumped.stderr


def test_surplus_replies_are_named_and_the_report_is_still_whole(sets: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "replies.jsonl").write_text('{"custom_id": "stranger", "reply": "{}"}', "utf-8")
    replayed = run(*sets, "--judge", "llm", "--replay", str(tmp_path / "replies.jsonl"), "--json")
    assert "stranger" in replayed.stderr
    assert json.loads(replayed.stdout)["judge"]["model"] == "replies"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_two_measured_judges_become_a_cascade_with_its_thresholds_and_picture(
    sets: tuple[str, ...], tmp_path: Path
) -> None:
    for judge in ("similarity", "local"):
        assert run(*sets, "--judge", judge, "-o", str(tmp_path / judge)).exit_code == 0
    folders = ("--first", str(tmp_path / "similarity"), "--second", str(tmp_path / "local"))
    compared = run(*sets, *folders, "-o", str(tmp_path / "cascade"))
    assert "similarity before local" in compared.stdout
    files = {file.name for file in (tmp_path / "cascade").iterdir()}
    assert files == {"tradeoff.json", "tradeoff.png", "thresholds.json"}
    assert set(json.loads((tmp_path / "cascade" / "thresholds.json").read_text("utf-8"))) == {"similarity"}


def test_one_folder_alone_is_a_wrong_call(sets: tuple[str, ...], tmp_path: Path) -> None:
    assert run(*sets, "--first", str(tmp_path)).exit_code == 2
