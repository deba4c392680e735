"""The same answers in other words: what is written, and what a judge that minds is found to mind."""

from __future__ import annotations

import pytest

from grader.benchmark import render
from grader.benchmark.fairness import InvarianceReport, answer_pairs, invariance_sheet, measure_invariance
from grader.benchmark.fairness.english import ENGLISHES
from grader.benchmark.fairness.invariance import gradings
from grader.domain import Judgement, Label, Submission
from grader.fakes import FakeJudge
from grader.grading import Grader
from rubrics.bank import Bank

BANK = Bank()


@pytest.mark.parametrize(
    ("way", "plain", "other"),
    [
        ("dialect: African American", "It learns, and it is not slow.", "It learn, and it ain't slow."),
        ("dialect: African American", "They are growing; it passes.", "They growing; it pass."),
        ("dialect: Indian", "It needs data.", "It is needing data, isn't it."),
        ("non-native: no articles", "The cost of a layer", "cost of layer"),
        ("non-native: no endings", "the tokens of a class", "the token of a class"),
        ("non-native: prepositions", "It depends on size.", "It depends from size."),
    ],
)
def test_an_english_changes_what_grammars_say_of_it_and_nothing_else(way: str, plain: str, other: str) -> None:
    assert ENGLISHES[way](plain) == other


def test_numbers_formulas_and_negations_stay() -> None:
    plain = "The cost falls from O(n^2) to 0.5 n, not to 3 e-4, and never below it."
    for rewrite in ENGLISHES.values():
        changed = rewrite(plain)
        assert all(part in changed for part in ("O(n^2)", "0.5 n", "not to 3 e-4", "never below"))


def test_every_shipped_rubric_is_written_in_every_way() -> None:
    for question in BANK.questions():
        pairs = answer_pairs(BANK.rubric(question.id))
        assert {"paraphrase", "non-native: no articles", "length: said twice", "spelling: typos"} <= {
            pair.way for pair in pairs
        }, question.id
        assert all(pair.plain != pair.other for pair in pairs)


class Pedant(FakeJudge):
    """Covers everything, and misses the first point of whoever leaves articles out."""

    async def judge(self, submission: Submission) -> Judgement:
        fine = " the " in submission.answer.text
        return await FakeJudge({"k1": Label.COVERED} if fine else {}).judge(submission)


async def test_what_a_judge_minds_is_found_and_named() -> None:
    pairs = answer_pairs(BANK.rubric("DL0028"))
    graded = []
    grader = Grader({"pedant": Pedant({})}, "pedant")
    report = await measure_invariance(grader, pairs, judge=None, on_grading=lambda: graded.append(1))
    assert len(graded) == gradings(pairs)
    ways = {each.way: each for each in report.ways}
    minded = ways["non-native: no articles"]
    assert minded.shift.value is not None
    assert minded.shift.value < -0.1
    assert (minded.lower.value, minded.higher.value) == (1.0, 0.0)
    assert "non-native: no articles" in report.beyond
    assert ways["length: said twice"].shift.value == 0
    assert InvarianceReport.model_validate_json(report.model_dump_json()) == report
    assert render(invariance_sheet(report)).row_count == len(report.ways)
