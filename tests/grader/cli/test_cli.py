"""The command line: results for people and for programs, errors in one line, honest exit codes."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.command import main
from grader.cli import app
from rubrics.serialization import parse_rubric

PAGE = """Category: Easy

  • XX0001 Tides

    Why are there tides?

    Answer

    The moon pulls the oceans towards it. The sun does the same, more weakly.
    (1) Bulges: Water rises on the near and on the far side of the earth.
    (2) Rotation: The earth turns below the bulges, so a coast sees two high tides a day.


    Login to view more content
"""


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


def test_questions_are_listed_and_filtered() -> None:
    rows = json.loads(run("questions", "list", "--difficulty", "medium", "--json").stdout)
    assert {row["difficulty"] for row in rows} == {"medium"}
    assert "DL0028" in run("questions", "list", "--text", "sliding").stdout


def test_a_question_is_shown_without_its_answer() -> None:
    shown = run("questions", "show", "DL0028", "--json")
    assert set(json.loads(shown.stdout)) == {"id", "title", "text", "category", "difficulty", "tags"}


def test_a_rubric_is_shown_with_its_hash() -> None:
    shown = json.loads(run("rubric", "show", "DL0028", "--json").stdout)
    assert shown["content_hash"].startswith("sha256:")
    assert "Sliding" in run("rubric", "show", "DL0028").stdout


def test_a_blank_answer_is_graded_without_loading_a_model() -> None:
    grade = json.loads(run("grade", "--question", "DL0028", "--answer", "-", "--json", stdin="\n").stdout)
    assert (grade["score"], grade["flags"]) == (0.0, ["blank"])


def test_a_grade_for_a_person_names_what_was_missed() -> None:
    shown = run("grade", "--question", "DL0028", "--answer", "-", stdin="I don't know")
    assert "0 of 5 key points covered, 5 missed." in shown.stdout
    assert "✗ missing" in shown.stdout
    assert "Next:" in shown.stdout


def test_seed_pages_become_rubric_files(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    built = run("rubric", "build", str(tmp_path), "-o", str(tmp_path / "out"), "--json")
    assert built.exit_code == 0
    rubric = parse_rubric((tmp_path / "out" / "XX0001.yaml").read_text("utf-8"))
    assert rubric.question.difficulty == "easy"
    assert len(rubric.key_points) >= 3
    assert json.loads(built.stdout)["rubrics"][0]["question_id"] == "XX0001"


def test_an_answer_can_be_graded_against_a_reference_file(tmp_path: Path) -> None:
    (tmp_path / "tides.txt").write_text("The moon pulls the oceans. The earth turns below the bulges.", "utf-8")
    graded = run("grade", "--reference", str(tmp_path / "tides.txt"), "--answer", "-", "--json", stdin="skip")
    assert len(json.loads(graded.stdout)["points"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("grade", "--answer", "-"),
        ("grade", "--question", "DL0028", "--rubric", "x.yaml", "--answer", "-"),
        ("grade", "--question", "DL0028"),
        ("grade", "--question", "DL0028", "--question-text", "Why?", "--answer", "-"),
        ("grade", "--reference", __file__, "--question-text", " ", "--answer", "-"),
        ("questions", "list", "--difficulty", "impossible"),
        ("no-such-command",),
    ],
)
def test_a_wrong_call_exits_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments, stdin="x").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["questions", "show", "DL9999"], "no question 'DL9999'"),
        (["grade", "--question", "DL0028", "--answer", "/no/such/file"], "cannot be read"),
        (["rubric", "show", "absent.yaml"], "absent.yaml: cannot be read"),
        (["grade", "--question", "DL0028", "--judge", "oracle", "--answer", __file__], "there is no judge 'oracle'"),
        (["rubric", "show", "[bold]absent.yaml"], "[bold]absent.yaml: cannot be read"),
        (["serve", "--host", "0.0.0.0"], "not a loopback address"),  # noqa: S104 - refused
    ],
)
def test_an_expected_error_is_one_line_and_exit_code_1(
    arguments: list[str], complaint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["grader", *arguments])
    with pytest.raises(SystemExit) as exited:
        main()
    error = capsys.readouterr().err
    assert exited.value.code == 1
    assert complaint in error
    assert "Traceback" not in error


def test_a_port_that_is_taken_is_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr("sys.argv", ["grader", "serve", "--port", str(taken.getsockname()[1])])
        with pytest.raises(SystemExit):
            main()
    assert "choose another with --port" in capsys.readouterr().err


def test_a_wrong_setting_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRADER_PASS_MARK", "seven")
    monkeypatch.setattr("sys.argv", ["grader", "questions", "list"])
    with pytest.raises(SystemExit):
        main()
    assert "GRADER_PASS_MARK" in capsys.readouterr().err


def test_doctor_finds_a_missing_model_and_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADER_EMBEDDING_MODEL_PATH", str(tmp_path))
    examined = run("doctor", "--json")
    checks = {check["name"]: check["ok"] for check in json.loads(examined.stdout)["checks"]}
    assert (examined.exit_code, checks["embedding model"], checks["question bank"]) == (1, False, True)
