"""From the stored verdicts of two judges comes what a cascade of them would gain and cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console

from grader.benchmark import Dataset, Run, run_benchmark, summarise, write_report
from grader.benchmark.recorded import Recorded, read_recorded
from grader.benchmark.tradeoff import Operation, Tradeoff, Wish, tradeoff
from grader.benchmark.tradeoff_views import TRADEOFF_PLOT_FILE, plot_tradeoff, render_tradeoff
from grader.domain import Judgement, Label, Submission, Usage, Verdict
from grader.errors import DatasetError
from grader.grading import Grader

COVERED, PARTIAL, MISSING, CONTRADICTED, UNGRADED = Label
ANSWERS = {
    "a1": [(COVERED, 0.99), (COVERED, 0.95)],
    "a2": [(COVERED, 0.99), (COVERED, 0.6)],
    "a3": [(COVERED, 0.85), (MISSING, 0.55)],
    "a4": [(MISSING, 0.99), (CONTRADICTED, 0.99)],
}
"""What a first judge says: right where it is sure, and always to be asked about a contradiction."""


class Known:
    """Says of each answer what it was told to; the true labels where it was told nothing."""

    def __init__(
        self, name: str, dataset: Dataset, said: Mapping[str, list[tuple[Label, float]]], usage: Usage
    ) -> None:
        self.name = name
        self.identity = {"model": "m"}
        self._ids = {case.answer: case for case in dataset.cases}
        self._said = said
        self._usage = usage

    async def judge(self, submission: Submission) -> Judgement:
        case = self._ids[submission.answer.original]
        said = self._said.get(case.answer_id) or [(label, 0.5) for label in case.labels.values()]
        verdicts = (
            Verdict(key_point_id=point.id, label=label, judged_by=self.name, confidence=confidence)
            for point, (label, confidence) in zip(submission.points, said, strict=True)
        )
        return Judgement(tuple(verdicts), self._usage)


async def record(dataset: Dataset, judge: Known, folder: Path) -> Recorded:
    run: Run = await run_benchmark(Grader({judge.name: judge}, judge.name), dataset, judge=None, on_case=lambda: None)
    write_report(summarise(run), run, folder)
    return read_recorded(folder, dataset)


@pytest.fixture
async def first(dataset: Dataset, tmp_path: Path) -> Recorded:
    return await record(dataset, Known("local", dataset, ANSWERS, Usage()), tmp_path / "first")


@pytest.fixture
async def second(dataset: Dataset, tmp_path: Path) -> Recorded:
    usage = Usage(llm_calls=1, input_tokens=1_000, output_tokens=200)
    return await record(dataset, Known("llm", dataset, {}, usage), tmp_path / "second")


@pytest.fixture
def found(dataset: Dataset, first: Recorded, second: Recorded) -> Tradeoff:
    return tradeoff(dataset, first, second, Wish(risk=0.9))


def at(found: Tradeoff, name: str) -> Operation:
    return next(operation for operation in found.swept if operation.name == name)


def test_with_nothing_clear_it_is_the_second_judge(found: Tradeoff) -> None:
    never = at(found, "never")
    assert (never.clear, never.wrong_when_clear, never.accuracy.value) == (0.0, None, 1.0)
    assert (never.llm_calls.value, never.input_tokens, never.output_tokens) == (1.0, 1_000.0, 200.0)
    assert never.score_rmse.value == pytest.approx(0.025)


def test_what_is_clear_saves_calls_and_tokens_and_keeps_its_errors(found: Tradeoff) -> None:
    some, most = at(found, "from 0.95"), at(found, "from 0.5")
    assert (some.clear, some.wrong_when_clear, some.accuracy.value) == (0.5, 0.0, 1.0)
    assert (some.llm_calls.value, some.input_tokens, some.output_tokens) == (0.75, 750.0, 100.0)
    assert (most.clear, most.wrong_when_clear, most.llm_calls.value) == (0.875, pytest.approx(2 / 7), 0.25)
    assert most.accuracy.value == 0.75


def test_lower_thresholds_never_ask_more(found: Tradeoff) -> None:
    calls = [operation.llm_calls.value or 0.0 for operation in found.swept]
    assert calls == sorted(calls, reverse=True)


def test_whole_answers_stand_where_the_first_judge_is_sure_of_them_and_calls_nothing_wrong(found: Tradeoff) -> None:
    calls = {operation.name: operation.llm_calls.value for operation in found.together}
    assert (calls["answer 0.9"], calls["answer 0.75"], calls["answer 0.65"], calls["answer 0"]) == (
        0.75,
        0.5,
        0.25,
        0.25,
    )


def test_wished_calls_are_kept_and_the_risk_is_stated(dataset: Dataset, first: Recorded, second: Recorded) -> None:
    chosen = tradeoff(dataset, first, second, Wish(risk=0.05, calls=0.5)).chosen
    assert (chosen.name, chosen.llm_calls.value, chosen.input_tokens) == ("calls 0.5", 0.5, 500.0)
    assert chosen.thresholds.answer == pytest.approx(0.795, abs=2e-4)
    assert (chosen.wrong_when_clear or 0.0) < chosen.thresholds.risk < 1.0


def test_the_chosen_thresholds_are_those_of_the_risk_and_say_on_what(found: Tradeoff, dataset: Dataset) -> None:
    assert found.chosen.name == "risk 90%"
    assert found.chosen.thresholds.risk == 0.9
    assert dataset.content_hash in found.chosen.thresholds.measured_on


def test_the_table_shows_every_operation(found: Tradeoff) -> None:
    console = Console(width=200, record=True, file=None, quiet=False)
    with console.capture() as shown:
        console.print(render_tradeoff(found))
    assert "local before llm on tides" in shown.get()
    assert all(operation.name in shown.get() for operation in (*found.swept, *found.together, found.chosen))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_the_picture_is_a_png(found: Tradeoff, tmp_path: Path) -> None:
    file = plot_tradeoff(found, tmp_path / "new")
    assert file.name == TRADEOFF_PLOT_FILE
    assert file.read_bytes().startswith(b"\x89PNG")


def test_a_folder_without_a_report_is_named(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="nowhere"):
        read_recorded(tmp_path / "nowhere", dataset)


@pytest.mark.usefixtures("first")
def test_verdicts_on_other_answers_are_refused(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="other answers"):
        read_recorded(tmp_path / "first", Dataset(dataset.name, dataset.cases[:2]))
    file = tmp_path / "first" / "points.jsonl"
    kept = [line for line in file.read_text("utf-8").splitlines() if json.loads(line)["key_point_id"] == "k1"]
    file.write_text("\n".join(kept), "utf-8")
    with pytest.raises(DatasetError, match="other answers"):
        read_recorded(tmp_path / "first", dataset)
