"""`grader transcript` as people call it: interviews in, reports out, a question where it is not clear who is who."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.command import main
from grader.cli import app

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning"
)  # of the models' libraries

CALL = """Ada: Welcome. Can you walk me through sliding window attention?
{name}: In sliding window attention every token only looks at the tokens in a small window around it, not at all.
Ada: And what is warmup of the learning rate, what do you need it for?
{name}: Warmup means that you begin with a tiny learning rate and raise it step by step until you reach the full rate.
Ada: Thank you, that is all.
"""
SMALL_TALK = """Ada: The weather was good all week and we went to the lake with everybody we know from there.
Bo: Yes, and the trains were on time for once, which nobody expected at all this summer.
Ada: My sister said the same, she likes the lake more than anything else in that region.
"""
NAMELESS = """WEBVTT

00:01.000 --> 00:09.000
The weather was good all week and we went to the lake.

00:10.000 --> 00:19.000
In sliding window attention every token only looks at a small window.
"""
QUESTIONS = ("--question", "DL0028", "--question", "DL0016", "--question", "DL0001")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ("transcript", *map(str, arguments)))


def file(folder: Path, name: str, content: str) -> Path:
    made = folder / name
    made.write_text(content, "utf-8")
    return made


@pytest.fixture
def call(tmp_path: Path) -> Path:
    """An interview in which Bo is asked two questions."""
    return file(tmp_path, "call.txt", CALL.format(name="Bo"))


Complaint = Callable[..., str]


@pytest.fixture
def complaint(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Complaint:
    """Calls the command, which fails with a word on standard error and nothing on standard output."""

    def called(*arguments: str | Path) -> str:
        monkeypatch.setattr("sys.argv", ["grader", "transcript", *map(str, arguments)])
        with pytest.raises(SystemExit) as exited:
            main()
        told = capsys.readouterr()
        assert (exited.value.code, told.out) == (1, "")
        assert "Traceback" not in told.err
        return told.err

    return called


def refusal(*arguments: str | Path) -> str:
    """What is wrong with a call, without the frame around it."""
    refused = run(*arguments)
    assert refused.exit_code == 2
    return " ".join(refused.stderr.replace("│", " ").split())


@pytest.mark.embed
def test_an_interview_becomes_a_page_for_people_and_the_same_report_as_json(call: Path, tmp_path: Path) -> None:
    done = run(call, *QUESTIONS, "--json", "-o", tmp_path / "new folder" / "REPORT.HTML")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["transcript"]["file"] == "call.txt"
    assert {each["speaker"]: each["role"] for each in report["roles"]} == {"Ada": "interviewer", "Bo": "candidate"}
    (bo,) = report["candidates"]
    assert [(each["question_id"], each["asked"]) for each in bo["questions"]] == [
        ("DL0028", True),
        ("DL0016", True),
        ("DL0001", False),
    ]
    assert [each["grade"] is None for each in bo["questions"]] == [False, False, True]
    page = (tmp_path / "new folder" / "REPORT.HTML").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert all(words in page for words in ("Bo", "Sliding Window Attention", "every token only looks at the tokens"))
    assert "REPORT.HTML" in done.stderr


@pytest.mark.embed
def test_several_interviews_stand_side_by_side_for_a_spreadsheet_and_in_the_terminal(
    call: Path, tmp_path: Path
) -> None:
    other = file(tmp_path, "other.txt", CALL.format(name="Cleo"))
    done = run(call, other, *QUESTIONS, "-o", tmp_path / "report.csv", "--interviewer", "ada")
    assert done.exit_code == 0, done.output
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["file"], row["candidate"]) for row in rows} == {("call.txt", "Bo"), ("other.txt", "Cleo")}
    assert [row["asked"] for row in rows if row["question_id"] == "DL0001"] == ["no", "no"]
    assert {row["verdict"] for row in rows if row["key_point_id"]} <= {"covered", "partial", "missing", "contradicted"}
    assert all(words in done.stdout for words in ("Bo", "Cleo", "not asked", "mean of what was asked"))
    assert "Ada taken for" not in done.stdout, "it was said"


@pytest.mark.embed
def test_where_it_is_not_clear_who_asks_every_such_interview_is_asked_about_before_anything_is_graded(
    call: Path, tmp_path: Path, complaint: Complaint
) -> None:
    talk, nameless = file(tmp_path, "talk.txt", SMALL_TALK), file(tmp_path, "nameless.vtt", NAMELESS)
    report = tmp_path / "report.html"
    asked = complaint(call, talk, nameless, *QUESTIONS, "-o", report, "--json")
    assert "call.txt" not in asked
    assert "talk.txt: who asks and who answers is not clear; say it with --interviewer and --candidate" in asked
    assert "Bo: 16 words, looks like" in asked
    assert "nameless.vtt: it names no speakers" in asked
    assert "say it of some turns with --turn" in asked
    assert not report.exists()


@pytest.mark.embed
def test_what_a_person_says_of_speakers_or_turns_is_taken(tmp_path: Path) -> None:
    talk, nameless = file(tmp_path, "talk.txt", SMALL_TALK), file(tmp_path, "nameless.vtt", NAMELESS)
    report = tmp_path / "report.json"
    said = ("--interviewer", "Bo", "--candidate", "Ada")
    named = json.loads(run(talk, "--question", "DL0028", *said, "--json", "-o", report).stdout)
    assert [candidate["speaker"] for candidate in named["candidates"]] == ["Ada"]
    assert named == json.loads(report.read_text("utf-8"))
    turns = ("--turn", "1=candidate", "--turn", "2=interviewer")
    told = json.loads(run(nameless, "--question", "DL0028", *turns, "--json").stdout)
    assert [turn["role"] for turn in told["transcript"]["turns"]] == ["candidate", "interviewer"]


@pytest.mark.embed
def test_an_interview_in_which_nobody_answers_says_so(tmp_path: Path) -> None:
    turns = ("--turn", "1=interviewer", "--turn", "2=interviewer", "--accept-roles")
    done = run(file(tmp_path, "nameless.vtt", NAMELESS), "--question", "DL0028", *turns)
    assert (done.exit_code, "nameless.vtt: no candidate says a word" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("cut.json", b'{"segments": [{"start": 1, "text": "Hel', "cut.json, line 1, column 36: ends in the middle"),
        ("empty.vtt", b"", "empty.vtt: is empty"),
        ("[bold]letter.txt", b"Just a letter.\nWith two lines.\n", "[bold]letter.txt"),
        ("latin.txt", "Ann: Why?\nBen: Für dich.\n".encode("latin-1"), "latin.txt, line 2: is not UTF-8"),
        ("absent.txt", None, "absent.txt: cannot be read: No such file"),
    ],
)
def test_a_broken_file_is_named_with_the_place_and_nothing_is_written(
    name: str, content: bytes | None, words: str, call: Path, complaint: Complaint
) -> None:
    broken = call.with_name(name)
    if content is not None:
        broken.write_bytes(content)
    report = call.parent / "reports" / "report.html"
    assert words in complaint(call, broken, *QUESTIONS, "-o", report)
    assert not report.parent.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--question", "DL9999"), "no question 'DL9999'"),
        ((*QUESTIONS, "--judge", "oracle"), "there is no judge 'oracle'"),
        ((*QUESTIONS, "-o", f"{__file__}/report.html"), "the report cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: tuple[str, ...], words: str, call: Path, complaint: Complaint
) -> None:
    assert words in complaint(call, *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing option '--question'"),
        ((*QUESTIONS, "-o", "report.pdf"), "ends in .html, .json or .csv"),
        ((*QUESTIONS, "-o", "."), "ends in .html, .json or .csv"),
        ((*QUESTIONS, "--turn", "6=candidate"), "a number from 1 to 5"),
        ((*QUESTIONS, "--turn", "1=unknown"), "interviewer, candidate or other"),
        ((*QUESTIONS, "--candidate", "Zed"), "nobody is called 'Zed': there is Ada, Bo"),
        ((*QUESTIONS, "--candidate", "Bo", "--interviewer", "bo"), "Bo cannot be both interviewer and candidate"),
    ],
)
def test_a_wrong_call_says_what_is_right(arguments: tuple[str, ...], words: str, call: Path) -> None:
    assert words in refusal(call, *arguments)


def test_a_name_where_no_speaker_is_named_leads_to_turns(tmp_path: Path) -> None:
    nameless = file(tmp_path, "nameless.vtt", NAMELESS)
    assert "say it of turns with --turn" in refusal(nameless, *QUESTIONS, "--candidate", "Bo")
