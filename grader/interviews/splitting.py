"""Who asks and who answers where the file names no speakers: told for each turn by what is said in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grader.interviews.adviser import SURE
from grader.interviews.chains import IMPOSSIBLE, chances
from grader.interviews.closeness import Closeness
from grader.interviews.voices import START, STATES, voices
from grader.transcripts import Role, Transcript

MIN_SPLIT_CONFIDENCE: Final = 0.9
"""Mean probability in [0, 1] below which a split must be confirmed; `tests/benchmarks/test_interview_weights.py`."""


def split_roles(
    transcript: Transcript,
    found: Closeness,
    given: Mapping[int, Role] | None = None,
    advice: Mapping[int, Role] | None = None,
) -> tuple[tuple[Role, ...], float]:
    """The role of every turn, and how sure the split is: the mean probability of what each sentence was taken for.

    `given` are roles of turns that are known, `advice` those that a language model gives; what is said around them is
    told from there. Turns without words are nobody's.
    """
    known, advised = given or {}, advice or {}
    steps = voices(found)
    for place, sentence in enumerate(found.sentences):
        role = known.get(sentence.turn)
        if role in STATES:
            steps[place] = steps[place] + np.where(np.array(STATES) == role, 0.0, IMPOSSIBLE)
        if sentence.turn in advised:
            steps[place] = steps[place] + SURE * (np.array(STATES) == advised[sentence.turn])
    if not steps:
        return (Role.UNKNOWN,) * len(transcript.turns), 0.0
    answers = np.array([float(chance[1]) for chance in chances(steps, START)])
    roles = tuple(known.get(turn.index) or _role(answers[found.of(turn.index)]) for turn in transcript.turns)
    return roles, round(float(np.maximum(answers, 1 - answers).mean()), 3)


def _role(answers: NDArray[np.float64]) -> Role:
    if not len(answers):
        return Role.UNKNOWN
    return Role.CANDIDATE if answers.mean() >= 1 / 2 else Role.INTERVIEWER
