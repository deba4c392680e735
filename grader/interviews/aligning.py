"""Which question every turn belongs to: the likeliest way through the plan, given what was said.

A hidden Markov model over turns. Its states are "at question q" and "aside, after question q"; only what an interviewer
says moves between them, by how near it comes to asking the next question, asking further, or small talk. What a
candidate says makes states more or less likely, by how near it comes to answering their question. In the plan's order
is likely and nothing is forced: questions are skipped, come early, come back. Viterbi gives the way, the
forward-backward algorithm the probability of each step (Rabiner 1989, "A tutorial on hidden Markov models").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grader.interviews.closeness import Closeness, word_count
from grader.interviews.placement import Alignment, Move, Placement
from grader.interviews.planned import Planned
from grader.interviews.returning import passages, returns
from grader.transcripts import Role, Transcript, Turn

Scores = NDArray[np.float64]

BACK_CHANNEL_WORDS: Final = 3
"""An interviewer's turn of at most so many words without a question mark only keeps the candidate going."""


@dataclass(frozen=True)
class Weights:
    """How similarities and jumps in the plan weigh against each other, as logits.

    Set on the six `dev` interviews of `tests/grader/interviews`; `sharpness` is per cosine.
    """

    sharpness: float = 14.0
    asks_from: float = 0.52
    question_bonus: float = 0.14
    last_bonus: float = 0.04
    follows_from: float = 0.40
    small_talk_from: float = 0.47
    skip: float = 0.35
    most_skips: int = 3
    back: float = 1.6
    leave: float = 0.9
    answer_sharpness: float = 10.0
    answers_from: float = 0.35


WEIGHTS: Final = Weights()

_RESUMES: Final = re.compile(
    r"\b(?:go on|please continue|carry on|where were we|keep going|as you were saying)\b", re.IGNORECASE
)
_IMPOSSIBLE: Final = -1e9


def align(transcript: Transcript, found: Closeness, plan: Sequence[Planned], weights: Weights = WEIGHTS) -> Alignment:
    """One placement a turn; roles must be in the transcript."""
    if not plan:
        return Alignment(placements=tuple(_placed(turn, None, 1.0, Move.ASIDE) for turn in transcript.turns))
    model = _Model(found, len(plan), weights)
    steps = [model.step(turn) for turn in transcript.turns]
    way, sure = _viterbi(steps, model.start), _posteriors(steps, model.start)
    placements = []
    before = 0
    for turn, state, chances in zip(transcript.turns, way, sure, strict=True):
        question, aside = divmod(state, 2)
        chance = float(chances[state])
        placements.append(_placement(turn, None if aside else plan[question - 1].id, chance, moved=question != before))
        before = question
    settled = returns(transcript, found, plan, placements)
    return Alignment(placements=settled, passages=passages(transcript, found, plan, settled))


def is_back_channel(turn: Turn) -> bool:
    """Whether an interviewer's turn says no more than that somebody listens."""
    return "?" not in turn.text and word_count(turn.text) <= BACK_CHANNEL_WORDS


def _placement(turn: Turn, question: str | None, chance: float, *, moved: bool) -> Placement:
    if question is None:
        return _placed(turn, None, chance, Move.ASIDE)
    if turn.role is Role.CANDIDATE:
        return _placed(turn, question, chance, Move.ANSWERS)
    if is_back_channel(turn):
        return _placed(turn, question, chance, Move.BACK_CHANNEL)
    return _placed(turn, question, chance, Move.ASKS if moved else Move.FOLLOWS_UP)


def _placed(turn: Turn, question: str | None, chance: float, move: Move) -> Placement:
    return Placement(turn=turn.index, question_id=question, move=move, confidence=round(min(1.0, chance), 3))


@dataclass(frozen=True)
class _Model:
    """Scores of going from state to state with each turn; state 2q is "at question q", 2q + 1 "aside after it"."""

    found: Closeness
    questions: int
    weights: Weights

    @property
    def start(self) -> Scores:
        """Only "aside before the first question"."""
        scores = np.full(2 * (self.questions + 1), _IMPOSSIBLE)
        scores[1] = 0.0
        return scores

    def step(self, turn: Turn) -> Scores:
        """Shape (states before, states after)."""
        if turn.role is Role.CANDIDATE:
            return _staying(self._answering(turn))
        if turn.role is not Role.INTERVIEWER or is_back_channel(turn):
            return _staying(np.zeros(2 * (self.questions + 1)))
        return self._moving(turn)

    def _moving(self, turn: Turn) -> Scores:
        w, count = self.weights, self.questions
        asks, follows, talk = self._heard(turn)
        scores = np.full((2 * (count + 1), 2 * (count + 1)), _IMPOSSIBLE)
        resumes = bool(_RESUMES.search(turn.text))
        for before in range(count + 1):
            for aside in (0, 1):
                row = scores[2 * before + aside]
                row[2 * before + 1] = talk - (0.0 if aside else w.leave)
                if before:
                    returns = 0.0 if resumes or not aside else w.leave
                    row[2 * before] = max(follows[before - 1], asks[before - 1], 0.0) - returns
                for after in range(1, count + 1):
                    if after != before:
                        row[2 * after] = asks[after - 1] - self._jump(before, after)
        return scores

    def _heard(self, turn: Turn) -> tuple[Scores, Scores, float]:
        """How much an interviewer's turn asks each question, asks further about it, and is small talk."""
        w, places = self.weights, self.found.of(turn.index)
        if not places:
            return np.full(self.questions, -w.sharpness), np.zeros(self.questions), 0.0
        said = [self.found.sentences[place] for place in places]
        asking = np.array([each.is_question for each in said], dtype=float)
        last = np.zeros(len(said))
        last[int(np.flatnonzero(asking)[-1]) if asking.any() else -1] = w.last_bonus
        lift = (w.question_bonus * asking + last - w.question_bonus)[:, None]
        asks = w.sharpness * ((self.found.asks[places] + lift).max(axis=0) - w.asks_from)
        follows = w.sharpness * (self.found.follows[places].max(axis=0) - w.follows_from)
        talk = w.sharpness * (float(self.found.small_talk[places].max()) - w.small_talk_from)
        return asks, np.clip(follows, 0.0, 2.0), talk

    def _jump(self, before: int, after: int) -> float:
        if after < before:
            return self.weights.back
        return self.weights.skip * min(after - before - 1, self.weights.most_skips)

    def _answering(self, turn: Turn) -> Scores:
        """How likely a candidate's words are in each state: near to its question, and to no other much more."""
        w = self.weights
        scores = np.zeros(2 * (self.questions + 1))
        talk = float(self.found.small_talk[self.found.of(turn.index)].max(initial=-1.0))
        scores[1::2] = w.sharpness * max(0.0, talk - w.small_talk_from) / 2
        places = self.found.telling(self.found.of(turn.index))
        if not places:
            return scores
        near = self.found.answers[places].mean(axis=0)
        best = float(near.max())
        scores[2::2] = w.answer_sharpness * (near - best + np.minimum(0.0, near - w.answers_from))
        scores[1::2] += w.answer_sharpness * min(0.0, w.answers_from - best)
        return scores


def _staying(emissions: Scores) -> Scores:
    scores = np.full((len(emissions), len(emissions)), _IMPOSSIBLE)
    np.fill_diagonal(scores, emissions)
    return scores


def _viterbi(steps: Sequence[Scores], start: Scores) -> list[int]:
    scores, origins = start, []
    for step in steps:
        paths = scores[:, None] + step
        origins.append(paths.argmax(axis=0))
        scores = paths.max(axis=0)
    way = [int(scores.argmax())]
    for origin in reversed(origins[1:]):
        way.append(int(origin[way[-1]]))
    return way[::-1]


def _posteriors(steps: Sequence[Scores], start: Scores) -> list[Scores]:
    """After each step the probability of each state."""
    forward = []
    scores = start
    for step in steps:
        scores = np.logaddexp.reduce(scores[:, None] + step, axis=0)
        forward.append(scores)
    backward = [np.zeros(len(start))]
    for step in reversed(steps[1:]):
        backward.append(np.logaddexp.reduce(step + backward[-1][None, :], axis=1))
    joint = [one + other for one, other in zip(forward, reversed(backward), strict=True)]
    return [np.exp(each - np.logaddexp.reduce(each)) for each in joint]
