from __future__ import annotations

from pathlib import Path

import pytest

from grader.benchmark import (
    Contest,
    Dataset,
    Measured,
    comparison_sheets,
    differences,
    markdown,
    write_reports,
    write_verdicts,
)
from grader.domain import Label
from grader.errors import DatasetError
from grader.fakes import FakeJudge
from grader.grading import Grader

ALL_COVERED = FakeJudge({"k1": Label.COVERED, "k2": Label.COVERED}, name="generous")
ALL_MISSING = FakeJudge(name="strict")
GRADER = Grader({judge.name: judge for judge in (ALL_COVERED, ALL_MISSING)}, "strict")


def nothing() -> None:
    pass


@pytest.fixture
async def measured(dataset: Dataset) -> list[Measured]:
    return await Contest((dataset,), ("generous", "strict")).hold(GRADER, nothing)


async def test_every_judge_is_measured_on_every_dataset(dataset: Dataset) -> None:
    told: list[None] = []
    other = Dataset("other", dataset.cases[:2])
    contest = Contest((dataset, other), ("generous", "strict"))
    found = await contest.hold(GRADER, lambda: told.append(None))
    titles = [each.report.title for each in found]
    assert titles == [f"{judge} (fake) on {name}" for name in ("tides", "other") for judge in ("generous", "strict")]
    assert len(told) == contest.gradings == 12


async def test_stored_verdicts_compete_without_being_graded(
    dataset: Dataset, measured: list[Measured], tmp_path: Path
) -> None:
    write_verdicts(measured[0].run, tmp_path / "stored.jsonl")
    contest = Contest((dataset,), (), (tmp_path / "stored.jsonl",))
    (found,) = await contest.hold(GRADER, nothing)
    assert contest.gradings == 0
    assert found.report.labels == measured[0].report.labels


async def test_a_stressed_contest_reports_the_three_tests(dataset: Dataset) -> None:
    (found,) = await Contest((dataset,), ("generous",), stressed=True).hold(GRADER, nothing)
    assert found.report.stress is not None
    assert [each.changed.value for each in found.report.stress.invariance] == [0.0] * len(
        found.report.stress.invariance
    )


def test_each_judge_is_held_against_the_first_on_the_same_answers(measured: list[Measured]) -> None:
    (difference,) = differences(measured)
    assert (difference.judge, difference.baseline) == ("strict (fake)", "generous (fake)")
    first, second = (each.report.scores.rmse.value for each in measured)
    assert difference.rmse.value == pytest.approx(second - first, abs=1e-5)


async def test_a_judge_does_not_differ_from_itself(dataset: Dataset) -> None:
    (difference,) = differences(await Contest((dataset,), ("strict", "strict")).hold(GRADER, nothing))
    assert (difference.rmse.low, difference.rmse.value, difference.rmse.high) == (0, 0, 0)


def test_a_comparison_has_one_row_a_judge(measured: list[Measured]) -> None:
    text = markdown(comparison_sheets([each.report for each in measured], differences(measured)))
    rows = [line.split(" | ")[0] for line in text.splitlines()]
    assert "| generous (fake) on tides" in rows
    assert "| strict (fake) less generous (fake) on tides" in rows


def test_several_reports_go_into_a_folder_each_beside_their_comparison(
    measured: list[Measured], tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    write_reports([*measured, measured[0]], differences(measured), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "comparison.md",
        "comparison.png",
        "tides-generous",
        "tides-strict",
        "tides-generous-2",
    }


def test_one_report_goes_into_the_folder_itself(measured: list[Measured], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    write_reports(measured[:1], (), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "report.json",
        "report.md",
        "points.jsonl",
        "verdicts.jsonl",
        "reliability.png",
        "confidence.png",
    }


def test_a_folder_that_cannot_be_written_is_told(measured: list[Measured], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="the report cannot be written"):
        write_reports(measured[:1], (), tmp_path / "file" / "below")
