"""`grader rubric`: building from any source, checking, comparing, publishing, previewing, ruling."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.bootstrap import build_author, build_services
from grader.cli import app
from grader.cli.rubric_life import TENANT
from grader.settings import load_settings
from rubrics.model import Rubric
from rubrics.serialization import parse_rubric
from rubrics.versions import RubricVersion

RUBRIC = """\
question: {id: tides, title: Tides, text: Why are there tides?}
reference_answer: The moon pulls the water. The earth turns below two bulges. The sun helps twice a month.
key_points:
  - {id: k1, text: The moon pulls the water., weight: 2, required: true, source: The moon pulls the water.}
  - {id: k2, text: The earth turns below two bulges., source: The earth turns below two bulges.}
  - {id: k3, text: The sun helps twice a month., source: The sun helps twice a month.}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rubric", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tides.yaml"
    path.write_text(RUBRIC, "utf-8")
    return path


def test_mixed_sources_become_rubric_files_with_a_report(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.csv").write_text("question,reference_answer,id,who\nWhat is wind?,Wind is moving air.,wind,me\n")
    (source / "b.json").write_text('[{"requirement": "The sun warms the ground."}]')
    (source / "c.md").write_text("## Why is there rain?\nCooling air cannot hold its water.\n")
    built = run("build", str(source), "-o", str(tmp_path / "out"), "--json")
    assert built.exit_code == 0, built.output
    report = json.loads(built.stdout)
    written = {path.name: parse_rubric(path.read_text("utf-8")) for path in (tmp_path / "out").iterdir()}
    assert len(written) == len(report["rubrics"]) == 3
    assert written["wind.yaml"].key_points[0].text == "Wind is moving air."
    assert [kind for _, kind, _ in report["import"]["files"]] == ["CSV", "criteria", "Markdown"]
    assert {left["what"] for left in report["import"]["left_out"]} == {"column who", "question"}
    shown = run("build", str(source), "-o", str(tmp_path / "out"))
    assert "left out column who" in " ".join(shown.stdout.split())


def test_nothing_is_written_where_a_source_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("question\nWhat is wind?\n")
    built = run("build", str(tmp_path / "a.csv"), "-o", str(tmp_path / "out"))
    assert built.exit_code == 1
    assert not (tmp_path / "out").exists()


def test_without_an_llm_nothing_is_drawn_by_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("question,reference_answer\nWhat is wind?,Wind is moving air.\n")
    built = run("build", str(tmp_path / "a.csv"), "-o", str(tmp_path / "out"), "--extractor", "llm")
    assert built.exit_code == 1
    assert "GRADER_LLM_MODEL" in str(built.exception)
    assert not (tmp_path / "out").exists()


def test_an_edit_is_compared_for_people_and_programs(tmp_path: Path, file: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(RUBRIC.replace("weight: 2", "weight: 3"), "utf-8")
    found = json.loads(run("diff", str(file), str(other), "--json").stdout)
    assert [(change["where"], change["after"]) for change in found["changes"]] == [("k1.weight", "3")]
    assert found["free"]
    assert "1 change; stored verdicts are enough" in run("diff", str(file), str(other)).stdout


def kept_draft(rubric: Rubric) -> RubricVersion:
    services = build_services(load_settings())

    async def done() -> RubricVersion:
        async with services:
            return await build_author(services).draft(TENANT, rubric)

    return asyncio.run(done())


def test_a_version_is_shown_and_compared_by_its_hash_and_a_question_by_its_id(tmp_path: Path) -> None:
    version = kept_draft(parse_rubric(RUBRIC))
    assert json.loads(run("show", version.id, "--json").stdout)["content_hash"] == version.id
    other = tmp_path / "other.yaml"
    other.write_text(RUBRIC.replace("weight: 2", "weight: 3"), "utf-8")
    found = json.loads(run("diff", version.id, str(other), "--json").stdout)
    assert [change["where"] for change in found["changes"]] == ["k1.weight"]
    assert "Sliding" in run("show", "DL0028").stdout, "nothing is published, so it is the bank's"
    assert "there is no rubric 'nobody'" in str(run("show", "nobody").exception)


def test_a_reference_answer_that_says_nothing_is_named_by_its_place(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("question,reference_answer\nWhat is wind?,Moving air.\nWhat is rain?,=1+1\n")
    built = run("build", str(source), "-o", str(tmp_path / "out"))
    assert f"{source}:3" in str(built.exception)
    assert not (tmp_path / "out").exists()


def test_a_penalty_and_a_ruling_are_shown(file: Path) -> None:
    text = RUBRIC.replace("{id: k3,", "{id: k3, penalty: true, rulings: [{said: solar pull}],")
    file.write_text(text, "utf-8")
    shown = run("show", str(file)).stdout
    assert "(a mistake)" in shown
    assert "“solar pull” counts as covered" in shown


def test_what_is_not_published_yet_cannot_be_ruled_on_and_has_no_grades(file: Path) -> None:
    assert run("rule", "tides", "k1", "lunar attraction").exit_code == 1, "nothing is published yet"
    assert json.loads(run("versions", "tides", "--json").stdout) == {"versions": []}
    preview = run("preview", str(file), "--against", "DL0028", "--json")
    assert json.loads(preview.stdout)["summary"] == "No grade is stored under this version."
