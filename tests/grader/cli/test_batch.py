"""`grader batch` as people run it: in its own process, stopped in every way, started again."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from grader.access import LOCAL, Amount
from grader.batch import Batches, NewBatch, NewRow
from grader.bootstrap import Storage
from grader.bootstrap.batches import OFFLINE
from grader.bootstrap.reviews import build_reviewer
from grader.cli import app
from grader.domain import Label
from grader.fakes import FakeJudge
from grader.grading import Grader, Request
from grader.ports import ItemStatus, grade_id_of
from grader.ports import Result as ReadyResult
from grader.review import OverrideReason
from grader.reviewing import Verdict
from grader.settings import load_settings
from rubrics.model import KeyPoint, Question, Rubric
from tests.chat_server import ChatServer

ROWS = 80
IN_FLIGHT = 3
"""Calls at a time: three quarters of GRADER_LLM_CONCURRENCY below."""

UNSAVED = 10
"""Rows whose result may not be on disk yet: of half a second, 0.1 s a call."""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Answers of many people to one question."""
    found = tmp_path / "answers.csv"
    with found.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["candidate_ref", "question_id", "answer", "site"])
        table.writerows([f"c-{n}", "DL0028", f"Token {n} attends to a local window only.", "=1+1"] for n in range(ROWS))
    return found


def test_a_dry_run_says_what_it_would_take(file: Path) -> None:
    told = json.loads(run("batch", str(file), "--dry-run", "--json").stdout)
    assert (told["rows"], told["distinct"], told["takes"]["calls"]) == (ROWS, ROWS, 0)
    assert "80 rows, 80 different answers" in run("batch", str(file), "--dry-run").stdout


def test_what_it_cannot_do_without_is_asked_for(file: Path) -> None:
    assert run("batch", str(file)).exit_code == 2
    assert run("batch", str(file), "-o", "results.txt").exit_code == 2


def test_bad_rows_are_named_and_nothing_is_accepted(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("answer,question_id\nx,DL0028\ny,NOPE\n", "utf-8")
    refused = run("batch", str(bad), "--dry-run")
    assert "row 2 (line 3, column question_id): there is no such question" in str(refused.exception)
    assert json.loads(run("batch", str(bad), "--dry-run", "--skip-bad-rows", "--json").stdout)["left_out"] == 1
    assert json.loads(run("batches", "list", "--json").stdout) == []


def test_a_file_comes_from_a_pipe_too(file: Path) -> None:
    command = ["batch", "-", "--dry-run", "--json", "--priority", "high", "--budget-tokens", "9"]
    told = CliRunner().invoke(app, command, input=file.read_bytes())
    assert json.loads(told.stdout)["rows"] == ROWS


def test_half_the_price_needs_an_llm(file: Path) -> None:
    refused = run("batch", str(file), "--dry-run", "--half-price")
    assert "GRADER_LLM_MODEL is not set" in str(refused.exception)


RUBRIC = Rubric(
    question=Question(id="q", title="Tides", text="Why are there tides?"),
    key_points=(KeyPoint(id="k1", text="The moon pulls."), KeyPoint(id="k2", text="The sun pulls, too.")),
)


async def _half_made() -> AsyncIterator[NewRow]:
    for number in range(2):
        yield NewRow(RUBRIC, f"The moon pulls, {number}.")


async def _graded_and_overruled() -> str:
    """The id of a batch of two rows, each half right by the machine, of which a person found the second all right."""
    storage = Storage(load_settings())
    batches = Batches(storage.batches, lambda _options: OFFLINE)
    batch = await batches.submit(LOCAL, NewBatch(), _half_made())
    grader = Grader({"fake": FakeJudge({"k1": Label.COVERED, "k2": Label.MISSING})}, "fake")
    made = await grader.grade(Request(RUBRIC, "The moon pulls."))
    grades = [made.model_copy(update={"id": grade_id_of(batch.id, idx, 1)}) for idx in range(2)]
    results = [
        ReadyResult(idx, ItemStatus.GRADED, 1, made.created_at, each.score, each.model_dump_json())
        for idx, each in enumerate(grades)
    ]
    await storage.chunks.save("local", batch.id, 0, results, Amount())
    verdict = Verdict("k2", Label.COVERED, OverrideReason.EVIDENCE_MISSED, "It is there.")
    await build_reviewer(storage).override(LOCAL, grades[1], verdict, "o1")
    await storage.close()
    return batch.id


def test_results_carry_what_people_decided_and_the_machines_score_beside_it(tmp_path: Path) -> None:
    batch_id = asyncio.run(_graded_and_overruled())
    assert run("batches", "results", batch_id, "-o", str(tmp_path)).exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text("utf-8").splitlines()]
    told = [(line["score"], line["reviewed"], line["machine_score"]) for line in lines]
    assert told == [(0.5, False, 0.5), (1.0, True, 0.5)]
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [(row["score"], row["machine_score"]) for row in csv.DictReader(stream)] == [
            ("0.5", "0.5"),
            ("1.0", "0.5"),
        ]
    assert "75%" in (tmp_path / "summary.html").read_text("utf-8")


async def _command(server: ChatServer, *arguments: str) -> Process:
    settings = {
        "GRADER_LLM_BASE_URL": server.base_url,
        "GRADER_LLM_MODEL": "slow",
        "GRADER_LLM_API_KEY": "none",
        "GRADER_LLM_CONCURRENCY": "4",
        "GRADER_LLM_CACHE_DAYS": "0",
    }
    code = "import sys; sys.argv[0] = 'grader'; from grader.cli import main; main()"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, env={**os.environ, **settings}, stdout=PIPE, stderr=PIPE
    )


async def _until(happened: Callable[[], bool], process: Process) -> None:
    async with asyncio.timeout(100):
        while not happened():
            assert process.returncode is None, (await process.communicate())[1].decode()
            await asyncio.sleep(0.05)


@pytest.mark.slow  # four starts of a process with its models: 75 s
@pytest.mark.embed
async def test_killed_and_interrupted_the_same_command_loses_nothing_and_repeats_only_what_was_under_way(
    file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = ("batch", str(file), "-o", str(out), "--judge", "llm", "--json")
    async with ChatServer() as server:
        killed = await _command(server, *arguments)
        await _until(lambda: server.calls >= 15, killed)
        killed.kill()
        await killed.wait()
        interrupted = await _command(server, *arguments)
        await _until(lambda: server.calls >= 40, interrupted)
        interrupted.send_signal(signal.SIGINT)
        _, said = await interrupted.communicate()
        assert interrupted.returncode == 130, said.decode()
        assert f"grader batch {file} -o {out}" in said.decode()
        assert "Traceback" not in said.decode()
        assert not out.exists()
        finished = await _command(server, *arguments)
        report, said = await finished.communicate()
        assert finished.returncode == 0, said.decode()
        assert server.calls <= ROWS + 2 * (IN_FLIGHT + UNSAVED)
        calls = server.calls
        again = await _command(server, *arguments)
        assert json.loads((await again.communicate())[0])["id"] == json.loads(report)["id"]
        assert server.calls == calls
    _whole(out)


def _whole(out: Path) -> None:
    found: list[dict[str, Any]] = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    assert [(row["row"], row["candidate_ref"]) for row in found] == [(n + 1, f"c-{n}") for n in range(ROWS)]
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["site"] for row in csv.DictReader(stream)] == ["'=1+1"] * ROWS
    assert "80" in (out / "summary.html").read_text("utf-8")
    assert not list(out.glob("*.part"))
