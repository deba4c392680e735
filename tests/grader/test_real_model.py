"""The real embedding model, end to end: what the fakes cannot show."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest

from grader.adapters.embedding import BatchingEmbedder, SentenceTransformerEncoder
from grader.grading import Grader, Request
from grader.judges.similarity import Calibration, SimilarityJudge
from rubrics.bank import Bank

pytestmark = [
    pytest.mark.embed,
    # torch and transformers warn about their own future; that is theirs to mend
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
BANK = Bank()


@pytest.fixture(scope="module")
def embedder() -> AsyncIterator[BatchingEmbedder]:
    built = BatchingEmbedder(SentenceTransformerEncoder())
    yield built
    built.close()


@pytest.fixture(scope="module")
def grader(embedder: BatchingEmbedder) -> Grader:
    judge = SimilarityJudge(Calibration.shipped())
    return Grader({judge.name: judge}, judge.name, embedder)


async def test_a_vector_does_not_depend_on_its_batch(embedder: BatchingEmbedder) -> None:
    text = "Pooling layers shrink feature maps."
    alone = (await embedder.embed([text]))[0]
    fresh = BatchingEmbedder(SentenceTransformerEncoder())
    crowded = (await fresh.embed(["x " * count for count in range(1, 20)] + [text]))[-1]
    fresh.close()
    assert np.abs(alone - crowded).max() < 1e-5
    assert np.linalg.norm(alone) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("question", BANK.questions(), ids=lambda question: question.id)
async def test_the_banks_own_reference_answer_scores_at_least_0_9(grader: Grader, question: object) -> None:
    rubric = BANK.rubric(question.id)  # type: ignore[attr-defined]
    grade = await grader.grade(Request(rubric, rubric.reference_answer or ""))
    assert grade.score is not None
    assert grade.score >= 0.9


async def test_answers_to_other_questions_rarely_score_above_0_2(grader: Grader) -> None:
    questions = BANK.questions()
    scores = []
    for position, question in enumerate(questions):
        other = BANK.rubric(questions[(position + len(questions) // 2) % len(questions)].id)
        grade = await grader.grade(Request(BANK.rubric(question.id), other.reference_answer or ""))
        scores.append(grade.score or 0.0)
    assert sum(score > 0.2 for score in scores) <= 0.15 * len(scores)
