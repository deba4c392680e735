"""What a sentence sounds like: somebody who asks, or somebody who answers.

A chain with these two states, a step a sentence. How sentences begin and end, whom they address, how long they are,
how near they come to a planned question or to what answers one; and whether the speaker changes before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from grader.interviews.chains import IMPOSSIBLE, Scores
from grader.interviews.closeness import Closeness, word_count
from grader.transcripts import Role

STATES: Final = (Role.INTERVIEWER, Role.CANDIDATE)

START: Final = np.array([0.0, IMPOSSIBLE])
"""Before the first sentence there is one state: nobody has spoken."""

MANY_WORDS: Final = 25
"""Words of a sentence from which more say nothing about who speaks."""

FEW_WORDS: Final = 4
"""Words of a sentence that only takes note of what was said: "Okay, good." """

FROM: Final = 0.4
"""Cosines are counted from about the middle of those found, so that weights stay small."""

OPENING: Final = 0.08
ENDING: Final = 0.1
CLOSING: Final = 0.15
"""Shares of an interview in which people greet, take leave, and in which candidates ask their questions."""


@dataclass(frozen=True)
class VoiceWeights:
    """How what is heard weighs, as logits for a candidate, or for a change of speaker before the sentence.

    Set like those of the alignment; see `tests/benchmarks/test_interview_weights.py`.
    """

    answers: float = -1.13
    ends_asking: float = -1.74
    begins_asking: float = -0.7
    takes_note: float = -0.86
    begins_by_taking_note: float = 0.76
    praises: float = -0.14
    leads_on: float = -0.4
    bids: float = -1.93
    of_myself: float = -0.36
    of_us: float = -1.48
    thanks: float = 0.51
    begins_an_answer: float = -0.11
    near_question: float = -2.23
    near_answer: float = 4.28
    near_small_talk: float = -0.77
    length: float = 2.38
    opening: float = 1.2
    ending: float = 0.68
    asks_in_closing: float = 2.13
    to_answer: float = 1.49
    to_answer_after_question: float = 2.75
    to_answer_after_note: float = -0.18
    to_answer_with_note: float = 2.03
    to_answer_as_answers_begin: float = 0.95
    to_answer_by_length: float = -1.39
    to_ask: float = -2.73
    to_ask_with_note: float = 2.15
    to_ask_by_taking_note: float = 1.69
    to_ask_after_question: float = 1.84
    to_ask_near_question: float = -0.54
    to_ask_with_question: float = -0.49
    to_ask_bidding: float = -0.27
    to_ask_leading_on: float = -0.08


WEIGHTS: Final = VoiceWeights()

_NOTE: Final = re.compile(
    r"^(?:(?:and|so|oh|ah)\W+)?(?:good|great|okay|ok|right|fine|nice|sure|perfect|excellent|exactly|very good"
    r"|all right|alright|mm+(?:-?hmm?)?|uh-?huh|yep|yeah|yes|got it|makes sense|i see|lovely|wonderful|cool"
    r"|interesting|hmm?)\b",
    re.IGNORECASE,
)
_PRAISE: Final = re.compile(
    r"\b(?:good|great|nice|perfect|excellent|exactly|very (?:good|nice|clear)|lovely|wonderful|fine|makes sense"
    r"|got it|i see|agree)\b",
    re.IGNORECASE,
)
_LEADS_ON: Final = re.compile(
    r"\b(?:next|let'?s|let me|another|last (?:one|question)|finally|first(?:ly)?|one more|move on|moving on|now"
    r"|start(?:ing)?|begin|turn to|change (?:the )?(?:topic|subject)|then|different)\b",
    re.IGNORECASE,
)
_BIDS: Final = re.compile(
    r"\b(?:(?:tell|walk|take|talk) (?:me|us)|explain|describe|compare|sketch|give me|say you|suppose|imagine|let me"
    r"|let's|(?:can|could|would) you|do you know|i'd like (?:to hear|you)|(?:what|how) about)\b",
    re.IGNORECASE,
)
_INTERROGATIVE: Final = re.compile(
    r"^(?:(?:so|okay|ok|and|but|now|then|next|well|right|good|great|fine|all right|first|finally|also)\W+)*"
    r"(?:what|why|how|when|where|which|who)\b",
    re.IGNORECASE,
)
_ANSWER: Final = re.compile(
    r"^(?:yes|yeah|yep|sure|well|no|hm+|um|uh|so|basically|right|okay|that's|it's|they|it|i'd|i would|because|since"
    r"|honestly|sorry|thanks|thank you)\b",
    re.IGNORECASE,
)
_MYSELF: Final = re.compile(r"\b(?:i|i'd|i'm|i've|i'll|my|me|mine)\b", re.IGNORECASE)
_US: Final = re.compile(r"\b(?:we|we're|we'll|we've|us|our)\b", re.IGNORECASE)
_THANKS: Final = re.compile(r"\b(?:thanks|thank you|bye|goodbye|pleasure)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Voice:
    """What is heard in one sentence."""

    ends_asking: bool
    begins_asking: bool
    takes_note: bool
    begins_by_taking_note: bool
    praises: bool
    leads_on: bool
    bids: bool
    of_myself: bool
    of_us: bool
    thanks: bool
    begins_an_answer: bool
    near_question: float
    near_answer: float
    near_small_talk: float
    length: float
    opening: bool
    ending: bool
    asks_in_closing: bool


def voices(found: Closeness, weights: VoiceWeights = WEIGHTS) -> list[Scores]:
    """A step a sentence, between the states of `STATES`; from `START`."""
    heard = [_heard(found, place) for place in range(len(found.sentences))]
    return [_step(weights, before, voice) for before, voice in zip([None, *heard], heard, strict=False)]


def _heard(found: Closeness, place: int) -> _Voice:
    text = found.sentences[place].text
    count, at = word_count(text), place / len(found.sentences)
    asked, noted = text.rstrip("\"'”’) ").endswith(("?", "？", "؟")), bool(_NOTE.match(text))
    return _Voice(
        ends_asking=asked,
        begins_asking=bool(_INTERROGATIVE.match(text)),
        takes_note=noted and count <= FEW_WORDS,
        begins_by_taking_note=noted and count > FEW_WORDS,
        praises=bool(_PRAISE.search(text)) and count <= 2 * FEW_WORDS,
        leads_on=bool(_LEADS_ON.search(text)),
        bids=bool(_BIDS.search(text)),
        of_myself=bool(_MYSELF.search(text)),
        of_us=bool(_US.search(text)),
        thanks=bool(_THANKS.search(text)),
        begins_an_answer=bool(_ANSWER.match(text)),
        near_question=float(found.asks[place].max(initial=-1.0)) - FROM,
        near_answer=float(found.answers[place].max(initial=-1.0)) - FROM,
        near_small_talk=float(found.small_talk[place]) - FROM,
        length=min(count, MANY_WORDS) / MANY_WORDS,
        opening=at < OPENING,
        ending=at >= 1 - ENDING,
        asks_in_closing=asked and at >= 1 - CLOSING,
    )


_SAID: Final = tuple(_Voice.__dataclass_fields__)


def _step(w: VoiceWeights, before: _Voice | None, voice: _Voice) -> Scores:
    """Rows: who spoke before; columns: who speaks now."""
    answers = w.answers + sum(getattr(w, name) * float(getattr(voice, name)) for name in _SAID)
    scores = np.array([[0.0, answers], [0.0, answers]])
    if before is not None:
        scores[0, 1] += (
            w.to_answer
            + w.to_answer_after_question * before.ends_asking
            + w.to_answer_after_note * before.takes_note
            + w.to_answer_with_note * voice.takes_note
            + w.to_answer_as_answers_begin * voice.begins_an_answer
            + w.to_answer_by_length * voice.length
        )
        scores[1, 0] += (
            w.to_ask
            + w.to_ask_with_note * voice.takes_note
            + w.to_ask_by_taking_note * voice.begins_by_taking_note
            + w.to_ask_after_question * before.ends_asking
            + w.to_ask_near_question * voice.near_question
            + w.to_ask_with_question * voice.ends_asking
            + w.to_ask_bidding * voice.bids
            + w.to_ask_leading_on * voice.leads_on
        )
    return scores
