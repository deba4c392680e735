"""A reply that does not fit is never a verdict: 0 of N (D4 of the abuse catalogue)."""

from __future__ import annotations

import json
import random

import pytest

from grader.domain import Label
from grader.grading import Request
from rubrics.model import Rubric
from tests.attacks.malice import LyingModel, all_covered, credited, llm_grader
from tests.attacks.strings import WRONG

GOOD = all_covered(["k1", "k2"], ["at the sea"])
MALFORMED = [
    *(
        "",
        " ",
        "null",
        "[]",
        "{}",
        "0",
        "NaN",
        "true",
        '""',
        "\ud800",
        "\0",
        "{",
        "}",
        '{"verdicts"',
        "Sorry.",
        "[" * 5_000,
    ),
    *(json.dumps({"verdicts": wrong}) for wrong in (None, {}, "covered", 1, [1], [None], [[]], [{}], ["k1"])),
    '{"verdicts": [' + "[" * 5_000,
    GOOD[:-3],
    GOOD.replace("covered", "Covered"),
    GOOD.replace('"covered"', '"covered "'),
    GOOD.replace('"covered"', "1"),
    GOOD.replace('"covered"', "NaN"),
    GOOD.replace('"covered"', "1e400"),
    GOOD.replace('"covered"', '["covered"]'),
    GOOD.replace('"verdict"', '"score"'),
    GOOD.replace('"verdict":', '"score": 999, "verdict":'),
    GOOD.replace('"reason": "Yes.", ', ""),
    GOOD.replace('"Yes."', "null"),
    GOOD.replace('["at the sea"]', '"at the sea"'),
    GOOD.replace('["at the sea"]', "[1]"),
    GOOD.replace('["at the sea"]', json.dumps(["x" * 1_000_000])),
    GOOD.replace('["at the sea"]', json.dumps(["at the sea"] * 10_000)),
    GOOD.replace("k1", "K1").replace("k2", "k 2"),
    GOOD.replace("k2", "k1").replace("k1", "k1", 1),
    GOOD.replace('{"verdicts"', '{"overall": 1, "verdicts"'),
    GOOD.replace('{"verdicts"', '{"verdicts": [], "verdicts"'),
    GOOD + GOOD,
    json.dumps([json.loads(GOOD)] * 2),
    json.dumps({"verdicts": json.loads(GOOD)["verdicts"] * 5_000}),
]


@pytest.mark.parametrize("reply", MALFORMED, ids=range(len(MALFORMED)))
async def test_d4_a_malformed_reply_is_never_a_verdict(reply: str, rubrics: tuple[Rubric, ...]) -> None:
    rubric = rubrics[0].model_copy(update={"key_points": rubrics[0].key_points[:2], "groups": ()})
    model = LyingModel(lambda _: reply)
    grade = await llm_grader(model).grade(Request(rubric, f"{WRONG} I saw it at the sea."))
    assert (grade.score, {point.verdict for point in grade.points}) == (None, {Label.UNGRADED})
    assert len(model.asked) == 1 + bool(reply.strip())


async def test_d4_a_damaged_reply_yields_proved_verdicts_or_none(share: float, rubrics: tuple[Rubric, ...]) -> None:
    chance = random.Random("D4")
    rubric = rubrics[0]
    good = all_covered([point.id for point in rubric.key_points], ["at the sea"])
    for _ in range(int(10_000 * share)):
        start = chance.randrange(len(good))
        end = start + chance.randint(0, 12)
        damaged = (
            good[:start] + chance.choice(["", "}", '"', "covered", ", {}", good[start:end] * 2, "\0"]) + good[end:]
        )
        grade = await llm_grader(LyingModel(lambda _, damaged=damaged: damaged)).grade(  # type: ignore[misc]
            Request(rubric, f"{WRONG} I saw it at the sea.")
        )
        assert [point.key_point_id for point in grade.points] == [point.id for point in rubric.key_points]
        for point in credited(grade):
            assert all(item.text in "I saw it at the sea." for item in point.evidence)
            assert point.evidence
