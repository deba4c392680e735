"""`grader grade --question` grades by what this deployment published."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from grader.access import LOCAL_TENANT
from grader.bootstrap import Storage
from grader.cli import app
from grader.settings import load_settings
from rubrics.model import KeyPoint, Question, Rubric
from rubrics.versions import State, drafted

OWN = Rubric(
    question=Question(id="DL0028", title="Windows", text="What is a window?"),
    key_points=(KeyPoint(id="k1", text="A window limits what a token sees."),),
)


async def _publish(rubric: Rubric) -> None:
    storage, now = Storage(load_settings()), datetime.now(UTC)
    await storage.rubrics.keep(LOCAL_TENANT, drafted(rubric, [], now))
    await storage.rubrics.move(LOCAL_TENANT, rubric.content_hash, State.PUBLISHED, now)
    await storage.close()


def _rubric_hash(answer: Path) -> str:
    done = CliRunner().invoke(app, ["grade", "--question", "DL0028", "--answer", str(answer), "--json"])
    assert done.exit_code == 0, done.output
    return str(json.loads(done.stdout)["rubric_hash"])


def test_the_published_version_of_a_question_takes_the_place_of_the_banks(tmp_path: Path) -> None:
    answer = tmp_path / "answer.txt"
    answer.write_text("I don't know")
    before = _rubric_hash(answer)
    asyncio.run(_publish(OWN))
    assert before != _rubric_hash(answer) == OWN.content_hash
