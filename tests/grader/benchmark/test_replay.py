"""Prompts go out, replies come in, and nothing is asked twice or lost silently."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.benchmark import Dataset, run_benchmark
from grader.benchmark.replay import ReplayedChatModel, read_replies, write_prompts
from grader.domain import Label
from grader.errors import DatasetError
from grader.fakes import FakeJudge
from grader.grading import Grader
from grader.judges.cascade import CascadeJudge, Thresholds
from grader.judges.llm import LlmJudge
from grader.ports import Judge

SECRET = b"the same everywhere"
Prompts = dict[str, dict[str, Any]]


def nothing() -> None:
    pass


def grader_of(model: ReplayedChatModel, wrap: Callable[[Judge], Judge] = lambda judge: judge) -> Grader:
    judge = wrap(LlmJudge(model, SECRET))
    return Grader({judge.name: judge}, judge.name)


async def dumped(
    dataset: Dataset, folder: Path, model: ReplayedChatModel, wrap: Callable[[Judge], Judge] = lambda judge: judge
) -> Prompts:
    await model.collect(grader_of(model, wrap), dataset, None, nothing)
    write_prompts(model.lacking, folder / "prompts.jsonl")
    lines = (folder / "prompts.jsonl").read_text("utf-8").split("\n")
    return {row["custom_id"]: row for row in map(json.loads, filter(None, lines))}


def reply(custom_id: str, *points: str, **more: Any) -> dict[str, Any]:
    said = [{"key_point_id": point, "quotes": [], "reason": "r", "verdict": "missing"} for point in points]
    return {"custom_id": custom_id, "reply": json.dumps({"verdicts": said}), **more}


def replies(folder: Path, *rows: dict[str, Any]) -> ReplayedChatModel:
    file = folder / "replies.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return ReplayedChatModel("replies", read_replies(file))


async def test_replies_to_the_dumped_prompts_are_measured_as_a_model_would_be(dataset: Dataset, tmp_path: Path) -> None:
    prompts = await dumped(dataset, tmp_path, ReplayedChatModel("nobody"))
    usage = {"input_tokens": 300, "output_tokens": 40}
    model = replies(tmp_path, *(reply(custom_id, "k1", "k2", usage=usage) for custom_id in prompts))
    run = await run_benchmark(grader_of(model), dataset, judge=None, on_case=nothing)
    assert {point.verdict for grade in run.grades for point in grade.points} == {Label.MISSING}
    assert {(grade.usage.llm_calls, grade.usage.input_tokens, grade.usage.output_tokens) for grade in run.grades} == {
        (1, 300, 40)
    }
    assert (model.lacking, model.surplus) == ({}, [])


async def test_a_prompt_file_holds_one_line_an_answer_with_all_that_a_model_needs(
    dataset: Dataset, tmp_path: Path
) -> None:
    prompts = await dumped(dataset, tmp_path, ReplayedChatModel("nobody"))
    assert len(prompts) == len(dataset.cases)
    assert all(set(row) == {"custom_id", "system", "user", "schema_name", "schema"} for row in prompts.values())
    assert all(case.answer in row["user"] for case, row in zip(dataset.cases, prompts.values(), strict=True))


async def test_ids_stay_the_same_and_change_with_what_is_asked(dataset: Dataset, tmp_path: Path) -> None:
    once = await dumped(dataset, tmp_path, ReplayedChatModel("nobody"))
    again = await dumped(dataset, tmp_path, ReplayedChatModel("somebody"))
    assert list(once) == list(again)
    assert len(set(once)) == len(dataset.cases)


async def test_an_answer_that_stands_twice_is_one_prompt(dataset: Dataset, tmp_path: Path) -> None:
    twice = Dataset("twice", dataset.cases * 2)
    assert len(await dumped(twice, tmp_path, ReplayedChatModel("nobody"))) == len(dataset.cases)


async def test_missing_and_surplus_replies_are_named_and_the_points_stay_ungraded(
    dataset: Dataset, tmp_path: Path
) -> None:
    first, *others = await dumped(dataset, tmp_path, ReplayedChatModel("nobody"))
    model = replies(tmp_path, *(reply(custom_id, "k1", "k2") for custom_id in [*others, "stranger"]))
    run = await run_benchmark(grader_of(model), dataset, judge=None, on_case=nothing)
    assert (list(model.lacking), model.surplus) == ([first], ["stranger"])
    assert {(point.verdict, point.reason) for point in run.grades[0].points} == {(Label.UNGRADED, "no_reply")}


async def test_a_request_for_repair_is_dumped_in_a_second_round(dataset: Dataset, tmp_path: Path) -> None:
    first, *others = await dumped(dataset, tmp_path, ReplayedChatModel("nobody"))
    partly = [reply(first, "k1"), *(reply(custom_id, "k1", "k2") for custom_id in others)]
    second_round = await dumped(dataset, tmp_path, replies(tmp_path, *partly))
    (repair,) = second_round
    assert repair not in {first, *others}
    model = replies(tmp_path, *partly, reply(repair, "k2"))
    run = await run_benchmark(grader_of(model), dataset, judge=None, on_case=nothing)
    assert [point.verdict for point in run.grades[0].points] == [Label.MISSING] * 2
    assert run.grades[0].usage.llm_calls == 2


async def test_a_cascade_only_asks_for_what_its_first_judge_is_unclear_about(dataset: Dataset, tmp_path: Path) -> None:
    thresholds = Thresholds(missing=0.9, risk=0.05, measured_on="made up")

    def cascade(second: Judge) -> Judge:
        return CascadeJudge(FakeJudge(confidences={"k1": 0.95, "k2": 0.5}), second, thresholds)

    prompts = await dumped(dataset, tmp_path, ReplayedChatModel("nobody"), cascade)
    model = replies(tmp_path, *(reply(custom_id, "k2") for custom_id in prompts))
    run = await run_benchmark(grader_of(model, cascade), dataset, judge=None, on_case=nothing)
    assert {tuple(point.judged_by for point in grade.points) for grade in run.grades} == {("fake", "llm")}
    sure = FakeJudge(confidences={"k1": 0.95, "k2": 0.95})
    assert (
        await dumped(dataset, tmp_path, ReplayedChatModel("nobody"), lambda llm: CascadeJudge(sure, llm, thresholds))
        == {}
    )


async def test_tokens_are_estimated_where_no_usage_is_given(dataset: Dataset, tmp_path: Path) -> None:
    prompts = await dumped(dataset, tmp_path, ReplayedChatModel("nobody"))
    model = replies(tmp_path, *(reply(custom_id, "k1", "k2") for custom_id in prompts))
    run = await run_benchmark(grader_of(model), dataset, judge=None, on_case=nothing)
    assert all(grade.usage.input_tokens > 200 and grade.usage.output_tokens > 20 for grade in run.grades)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (['{"custom_id": "a", "reply": "x"}'] * 2, "replies.jsonl:2: custom_id: 'a' stands twice"),
        (['{"custom_id": "a"}'], "replies.jsonl:1: reply: is not there"),
        (['{"custom_id": "a", "reply": "x", "usage": {"input_tokens": -1, "output_tokens": 0}}'], "usage.input_tokens"),
        (["{"], "is not JSON"),
    ],
)
def test_a_wrong_reply_file_is_named_with_its_line(lines: list[str], complaint: str, tmp_path: Path) -> None:
    (tmp_path / "replies.jsonl").write_text("\n".join(lines), "utf-8")
    with pytest.raises(DatasetError, match=complaint):
        read_replies(tmp_path / "replies.jsonl")
