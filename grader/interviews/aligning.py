"""Which question every turn belongs to: the likeliest way through the plan, given what was said.

A hidden Markov model over turns. Its states are "at question q" and "aside, after question q"; only what an interviewer
says moves between them, by how near it comes to asking the next question, asking further, or small talk. What a
candidate says makes states more or less likely, by how near it comes to answering their question. In the plan's order
is likely and nothing is forced: questions are skipped, come early, come back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from grader.interviews.adviser import SURE
from grader.interviews.chains import IMPOSSIBLE, Scores, chances, likeliest
from grader.interviews.closeness import Closeness, word_count
from grader.interviews.placement import Alignment, Move, Placement
from grader.interviews.planned import Planned
from grader.interviews.returning import passages, returns
from grader.transcripts import Role, Transcript, Turn

BACK_CHANNEL_WORDS: Final = 3
"""An interviewer's turn of at most so many words without a question mark only keeps the candidate going."""


FEW_WORDS: Final = 6
"""An interviewer's turn of at most so many words rarely asks a new question: "Why?", "What else?"."""

ENOUGH_SENTENCES: Final = 3
"""Sentences of an answer that say all they can about which question it belongs to."""

FROM_ASKING: Final = 0.5
FROM_TELLING: Final = 0.4
"""Cosines are counted from about the middle of those found, so that weights stay small."""


@dataclass(frozen=True)
class Weights:
    """How what is heard weighs, as logits: per cosine from the middle, or for what is so.

    Set by the likelihood of the labels of the `dev` interviews in `tests/grader/interviews`; how, and how it does on
    interviews left out, is in `tests/benchmarks/test_interview_weights.py`.
    """

    asks: float = 3.52
    asks_last: float = 3.2
    asks_in_question: float = 1.97
    new_theme: float = 3.26
    moves: float = -0.3
    moves_by_question: float = 1.64
    moves_in_few_words: float = -0.46
    moves_passing_over: float = -3.76
    out_of_order: float = -0.28
    follows: float = 2.44
    same_theme: float = 4.02
    follows_in_few_words: float = 2.06
    resumes: float = -1.56
    small_talk: float = 4.2
    chats: float = 1.53
    chats_by_question: float = -1.82
    leaves: float = -2.48
    answers: float = 5.12
    answers_theme: float = 4.64
    answers_best: float = 5.31
    theme_best: float = 4.79
    tells_small_talk: float = 3.83
    tells_aside: float = -0.74
    tells_near: float = -4.32
    tells_in_few_words: float = 1.55


WEIGHTS: Final = Weights()

DOUBT: Final = 0.7
"""Probability of a candidate's turn belonging where it was put, below which a language model is asked, where there is
one, and the report says so; `tests/benchmarks/test_interview_weights.py`."""

MOST_SKIPS: Final = 3
"""Questions left out at once, from which more make it no less likely."""

_PASSES_OVER: Final = re.compile(
    r"\b(?:(?:would|'d|could) have (?:loved|liked|asked|wanted)"
    r"|had (?:one|another|something|planned|prepared|wanted|meant)"
    r"|(?:can|could|let's|we'll|rather|will) (?:also )?(?:skip|leave)|out of time|no time|enough for today)\b",
    re.IGNORECASE,
)
"""How interviewers speak of a question that they do not ask."""

BACK_IS_LIKE: Final = 1
"""Questions left out that are as unlikely as a question further up in the plan."""

_RESUMES: Final = re.compile(
    r"\b(?:go on|please continue|carry on|where were we|keep going|as you were saying)\b", re.IGNORECASE
)


def align(
    transcript: Transcript,
    found: Closeness,
    plan: Sequence[Planned],
    weights: Weights = WEIGHTS,
    advice: Mapping[int, str | None] | None = None,
) -> Alignment:
    """One placement a turn; roles must be in the transcript.

    `advice` is what a language model says of single turns of candidates; it counts as one more thing that was heard.
    """
    if not plan:
        return Alignment(placements=tuple(_placed(turn, None, 1.0, Move.ASIDE) for turn in transcript.turns))
    advised = {turn: _number(plan, question) for turn, question in (advice or {}).items()}
    model = Model(found, len(plan), weights, advised)
    steps = model.steps(transcript)
    way, sure = likeliest(steps, model.start), chances(steps, model.start)
    placements = []
    before = 0
    for turn, state, probable in zip(transcript.turns, way, sure, strict=True):
        question, aside = divmod(state, 2)
        chance = float(probable[state])
        placements.append(_placement(turn, None if aside else plan[question - 1].id, chance, moved=question != before))
        if advised.get(turn.index, -1) == (0 if aside else question):
            placements[-1] = placements[-1].model_copy(update={"decided_by": "llm"})
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


def _number(plan: Sequence[Planned], question_id: str | None) -> int:
    """The question's number in the plan, from 1; 0 for none."""
    return next((number for number, each in enumerate(plan, start=1) if each.id == question_id), 0)


@dataclass(frozen=True)
class Model:
    """Scores of going from state to state with each turn; state 2q is "at question q", 2q + 1 "aside after it"."""

    found: Closeness
    questions: int
    weights: Weights
    advised: Mapping[int, int] = field(default_factory=dict)

    @property
    def start(self) -> Scores:
        """Only "aside before the first question"."""
        scores = np.full(2 * (self.questions + 1), IMPOSSIBLE)
        scores[1] = 0.0
        return scores

    def steps(self, transcript: Transcript) -> list[Scores]:
        """For each turn a score for going from each state to each: shape (states before, states after)."""
        return [self._step(turn) for turn in transcript.turns]

    def _step(self, turn: Turn) -> Scores:
        if turn.role is Role.CANDIDATE:
            return _staying(self._answering(turn) + self._advice(turn))
        if turn.role is not Role.INTERVIEWER or is_back_channel(turn) or not self.found.of(turn.index):
            return _staying(np.zeros(2 * (self.questions + 1)))
        return self._moving(turn)

    def _advice(self, turn: Turn) -> Scores:
        """What a language model's word on this turn adds to each state."""
        scores = np.zeros(2 * (self.questions + 1))
        number = self.advised.get(turn.index)
        if number is not None:
            scores[2 * number if number else slice(1, None, 2)] = SURE
        return scores

    def _moving(self, turn: Turn) -> Scores:
        w, count = self.weights, self.questions
        moves, stays, aside = self._heard(turn)
        scores = np.full((2 * (count + 1), 2 * (count + 1)), IMPOSSIBLE)
        resumed = bool(_RESUMES.search(turn.text))
        for before in range(count + 1):
            for was_aside in (0, 1):
                row = scores[2 * before + was_aside]
                row[2 * before + 1] = aside + (0.0 if was_aside else w.leaves)
                for after in range(1, count + 1):
                    row[2 * after] = moves[after - 1] + self._jump(before, after)
                if before:
                    row[2 * before] = stays[before - 1] + (w.resumes if was_aside and not resumed else 0.0)
        return scores

    def _heard(self, turn: Turn) -> tuple[Scores, Scores, float]:
        """How much an interviewer's turn asks each question, goes on about it, and is small talk."""
        w, found, places = self.weights, self.found, self.found.of(turn.index)
        asking = [place for place in places if found.sentences[place].is_question]
        few, asked = word_count(turn.text) <= FEW_WORDS, bool(asking)
        moves = w.asks * (found.leads[places].max(axis=0) - FROM_ASKING)
        moves = moves + w.asks_last * (found.leads[asking[-1] if asking else places[-1]] - FROM_ASKING)
        moves = moves + w.asks_in_question * (found.asks[asking or places].max(axis=0) - FROM_ASKING)
        theme = found.theme(places) - FROM_TELLING
        moves = moves + w.new_theme * theme + w.moves + w.moves_by_question * asked + w.moves_in_few_words * few
        moves = moves + w.moves_passing_over * bool(_PASSES_OVER.search(turn.text))
        stays = w.follows * (found.follows[places].max(axis=0) - FROM_TELLING) + w.same_theme * theme
        talk = float(found.small_talk[places].max()) - FROM_TELLING
        aside = w.small_talk * talk + w.chats + w.chats_by_question * asked
        return moves, stays + w.follows_in_few_words * few, aside

    def _jump(self, before: int, after: int) -> float:
        skipped = BACK_IS_LIKE if after < before else min(after - before - 1, MOST_SKIPS)
        return self.weights.out_of_order * skipped

    def _answering(self, turn: Turn) -> Scores:
        """How likely a candidate's words are in each state: near to its question, and nearer than to others."""
        w, found, places = self.weights, self.found, self.found.of(turn.index)
        scores = np.zeros(2 * (self.questions + 1))
        talk = float(found.small_talk[places].max(initial=-1.0)) - FROM_TELLING
        few = word_count(turn.text) <= FEW_WORDS
        scores[1::2] = w.tells_small_talk * talk + w.tells_aside + w.tells_in_few_words * few
        telling = found.telling(places)
        if telling:
            near, theme = found.answers[telling].mean(axis=0), found.theme(places)
            if len(places) > 1:
                near = (near + found.pairs[places[1:]].mean(axis=0)) / 2
            told = w.answers * (near - FROM_TELLING) + w.answers_best * (near - near.max())
            told = told + w.answers_theme * (theme - FROM_TELLING) + w.theme_best * (theme - theme.max())
            scores[2::2] = told * (1 + min(len(telling), ENOUGH_SENTENCES)) / (1 + ENOUGH_SENTENCES)
            scores[1::2] += w.tells_near * (float(near.max()) - FROM_TELLING)
        return scores


def _staying(emissions: Scores) -> Scores:
    scores = np.full((len(emissions), len(emissions)), IMPOSSIBLE)
    np.fill_diagonal(scores, emissions)
    return scores
