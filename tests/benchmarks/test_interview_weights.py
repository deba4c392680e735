"""Where the weights of the alignment come from, and how far they carry: `pytest -m slow tests/benchmarks -s`.

30 November 2026, six times with every sixth interview left out: of the interviews left out 177 of 183 turns go to
their question, and 107 of 109 questions are known as asked or not.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict

import numpy as np
import pytest

from grader.adapters.embedding import BatchingEmbedder, SentenceTransformerEncoder
from grader.interviews.aligning import WEIGHTS, Model, Weights, align
from grader.transcripts import Role
from tests.grader.interviews.fitting import Chain, chain, fitted
from tests.grader.interviews.heard import Heard, heard
from tests.grader.interviews.scripted import interviews

pytestmark = [
    pytest.mark.slow,
    pytest.mark.embed,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
FOLDS = 6
COMES_BACK = {("07-going-back", 11)}
"""Turns that come back to a question without being asked; that is found after the chain, not in it."""


def test_the_weights_are_those_of_the_labels() -> None:
    embedder = BatchingEmbedder(SentenceTransformerEncoder())
    recorded = asyncio.run(heard(embedder, [each for each in interviews() if each.split == "dev"]))
    embedder.close()
    chains = [_chain(each) for each in recorded]
    left_out = sum(_carries(recorded, chains, fold) for fold in range(FOLDS))
    print(f"left out: {left_out[0]} of {left_out[1]} turns, {left_out[2]} of {left_out[3]} questions")
    shipped, found = asdict(WEIGHTS), fitted(chains, Weights)
    print(found)
    assert shipped == pytest.approx(found, abs=0.1)
    assert left_out[0] >= 0.95 * left_out[1]


def _carries(recorded: list[Heard], chains: list[Chain], fold: int) -> np.ndarray:
    weights = Weights(**fitted([each for place, each in enumerate(chains) if place % FOLDS != fold], Weights))
    found = np.zeros(4, dtype=int)
    for each in recorded[fold::FOLDS]:
        alignment = align(each.with_gold_roles, each.near, each.plan, weights)
        right = each.placed_right(alignment)
        known = sum((one.id in alignment.asked) is (one.id in each.interview.asked) for one in each.plan)
        found += np.array([sum(right), len(right), known, len(each.plan)])
    return found


def _chain(heard: Heard) -> Chain:
    transcript, count = heard.with_gold_roles, len(heard.plan)
    start = Model(heard.near, count, WEIGHTS).start

    def steps(weights: object) -> list[np.ndarray]:
        assert isinstance(weights, Weights)
        return Model(heard.near, count, weights).steps(transcript)

    return chain(heard.interview.name, Weights, steps, start, _allowed(heard))


def _allowed(heard: Heard) -> list[list[bool]]:
    """The states that the labels leave open at each turn; see `grader.interviews.aligning` for their numbers."""
    interview, ids = heard.interview, [each.id for each in heard.plan]
    of_state = [None if state % 2 else ids[state // 2 - 1] if state else "" for state in range(2 * len(ids) + 2)]
    rows = []
    for number, (line, turn) in enumerate(zip(interview.lines, heard.with_gold_roles.turns, strict=True)):
        if turn.role is Role.CANDIDATE and (interview.name, number) not in COMES_BACK:
            rows.append([question == line.question for question in of_state])
        else:
            rows.append([question is None or question in interview.asked for question in of_state])
    return rows
