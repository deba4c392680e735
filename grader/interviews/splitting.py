"""Who asks and who answers where the file names no speakers: told for each turn by what is said in it.

A hidden Markov model with two states; people go on speaking more often than they change.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from grader.interviews.closeness import Closeness, word_count
from grader.transcripts import Role, Transcript

STAYS: Final = 1.2
"""Log odds that the next sentence is the same person's, on the interviews of `tests/grader/interviews`."""

SHARPNESS: Final = 8.0
"""Logits per cosine."""

MEASURED: Final = 0.64
"""Share of sentences that get the right role on the twelve interviews without their speakers (287 of 449).

The model is surer of itself than that, so nothing is graded on such a split unless the caller accepts it.
"""

_STATES: Final = (Role.INTERVIEWER, Role.CANDIDATE)


def split_roles(transcript: Transcript, found: Closeness) -> tuple[tuple[Role, ...], float]:
    """The role of every turn, and how sure the split is on the whole: its own mean probability, `MEASURED` at most."""
    emissions = np.array([_emission(turn.index, turn.text, found) for turn in transcript.turns])
    moves = np.array([[0.0, -STAYS], [-STAYS, 0.0]])
    forward, best, origins = [np.array([0.5, -0.5]) + emissions[0]], np.array([0.5, -0.5]) + emissions[0], []
    for emission in emissions[1:]:
        paths = best[:, None] + moves
        origins.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + emission
        forward.append(np.logaddexp.reduce(forward[-1][:, None] + moves, axis=0) + emission)
    backward = [np.zeros(2)]
    for emission in emissions[:0:-1]:
        backward.append(np.logaddexp.reduce(moves + (emission + backward[-1])[None, :], axis=1))
    way = [int(best.argmax())]
    for origin in reversed(origins):
        way.append(int(origin[way[-1]]))
    way.reverse()
    chances = [one + other for one, other in zip(forward, reversed(backward), strict=True)]
    sure = [float(np.exp(each[state] - np.logaddexp.reduce(each))) for each, state in zip(chances, way, strict=True)]
    return tuple(_STATES[state] for state in way), round(min(MEASURED, float(np.mean(sure))), 3)


def _emission(turn: int, text: str, found: Closeness) -> tuple[float, float]:
    """How much a turn sounds like an interviewer, and like a candidate."""
    places = found.of(turn)
    if not places:
        return 0.0, 0.0
    asks = float(found.asks[places].max()) if any(found.sentences[place].is_question for place in places) else 0.0
    answers = float(found.answers[places].max())
    talk = float(found.small_talk[places].max())
    question = any(found.sentences[place].is_question for place in places)
    asking = max(SHARPNESS * (asks - 0.4), SHARPNESS * (talk - 0.5), 1.5 * question)
    long = min(2.0, word_count(text) / 12)
    return asking, max(0.0, SHARPNESS * (answers - 0.35)) + long - 1.0
