"""How close every sentence of an interview comes to every planned question: by asking it, asking further, answering it.

All of it is cosine similarity of one embedding model; nothing is added to it from counts of words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from grader.interviews.glossary import Glossary, mended
from grader.interviews.planned import Planned
from grader.ports import Embedder, Vectors
from grader.text.sentences import sentences
from grader.text.words import words
from grader.transcripts import Transcript
from rubrics.model import Span

Matrix = NDArray[np.float32]
"""Shape (sentences, questions), cosines in [-1, 1]."""

WINDOW: Final = 3
"""Sentences that may ask a question together: "Say the model is huge. What then?"."""

SMALL_TALK: Final = (
    "Hi, can you hear me all right?",
    "How are you today?",
    "Did you find the way?",
    "Tell me a little about yourself and what you do at the moment.",
    "How is the weather where you are?",
    "Sorry, the connection is bad.",
    "One second, somebody is at the door.",
    "Do you have any questions for me?",
    "Is there anything you would like to ask us?",
    "That is all from my side, we are done.",
    "I had another question, but we are out of time.",
    "My colleague will show you around.",
    "Thank you very much for your time.",
    "We will be in touch, have a nice day.",
    "We have about forty minutes.",
    "Thanks, bye.",
    "How big is the team, and do people work from home?",
    "We come to the office two days a week.",
)
"""What is said around the questions of an interview."""

MIN_WORDS: Final = 3
"""Shorter sentences say nothing about which question they belong to."""

_ASKING: Final = re.compile(
    r"^(?:(?:so|okay|ok|and|but|now|then|next|well|right|good|great|fine|all right|first|finally|also)\W+)*"
    r"(?:what|why|how|when|where|which|who|can you|could you|would you|do you|did you|are there|is there"
    r"|explain|describe|compare|tell|walk me|talk me|give me|please|let's (?:say|talk|do)|let me ask)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a turn: its range in the turn's text, and the words."""

    turn: int
    span: Span
    text: str

    @property
    def is_question(self) -> bool:
        """Whether it asks, by its mark or by how it begins."""
        return self.text.rstrip("\"'”’) ").endswith(("?", "？", "؟")) or bool(_ASKING.match(self.text))


@dataclass(frozen=True)
class Closeness:
    """The sentences of an interview, in order, and their cosines with the planned questions (and small talk).

    `leads` is that of asking for each sentence together with up to two before it in its turn, whichever is highest;
    `pairs` that of answering for each together with the one before it, -1 for the first of a turn. `vectors` are the
    sentences', `themes` one unit vector a question: the middle of all that asks and answers it.
    """

    sentences: tuple[Sentence, ...]
    asks: Matrix
    leads: Matrix
    follows: Matrix
    answers: Matrix
    pairs: Matrix
    small_talk: NDArray[np.float32]
    vectors: Vectors
    themes: Vectors
    places: dict[int, list[int]]

    def of(self, turn: int) -> list[int]:
        """The places of a turn's sentences."""
        return self.places.get(turn, [])

    def theme(self, places: Sequence[int]) -> Vectors:
        """Cosines of these sentences, taken together, with the theme of each question; at least one sentence."""
        return self.themes @ _unit(self.vectors[list(places)].sum(axis=0))

    def telling(self, places: Sequence[int]) -> list[int]:
        """Those of these sentences that are long enough to say what they are about."""
        return [place for place in places if word_count(self.sentences[place].text) > MIN_WORDS]


async def closeness(
    embedder: Embedder, transcript: Transcript, plan: Sequence[Planned], glossary: Glossary
) -> Closeness:
    """Everything that roles and alignment need of the embedding model, in two calls."""
    found = tuple(_sentences(transcript))
    places: dict[int, list[int]] = {}
    for place, sentence in enumerate(found):
        places.setdefault(sentence.turn, []).append(place)
    if not found:
        return _nothing(len(plan))
    vectors = await embedder.embed([_as_meant(sentence.text, plan, glossary) for sentence in found])
    groups = [*(group for each in plan for group in (each.asked_as, each.followed_by, each.answered_by)), SMALL_TALK]
    known = await embedder.embed([phrase for group in groups for phrase in group])
    *phrases, small_talk = np.split(known, np.cumsum([len(group) for group in groups])[:-1])
    asking, following, answering = phrases[::3], phrases[1::3], phrases[2::3]
    asks = _nearest(vectors, asking)
    return Closeness(
        sentences=found,
        asks=asks,
        leads=np.maximum(asks, _together(vectors, asking, places, WINDOW)),
        follows=_nearest(vectors, following),
        answers=_nearest(vectors, answering),
        pairs=_together(vectors, answering, places, 2),
        small_talk=_nearest(vectors, [small_talk])[:, 0],
        vectors=vectors,
        themes=np.stack([_unit(np.vstack(both).sum(axis=0)) for both in zip(asking, answering, strict=True)]),
        places=places,
    )


def _nothing(questions: int) -> Closeness:
    none = np.zeros((0, questions), dtype=np.float32)
    vectors, themes = np.zeros((0, 1), dtype=np.float32), np.zeros((questions, 1), dtype=np.float32)
    return Closeness((), none, none, none, none, none, none[:, 0], vectors, themes, {})


def _nearest(vectors: Vectors, groups: Sequence[Vectors]) -> Matrix:
    """Per group of phrases the cosine of the closest one; -1 for a group without any."""
    nobody = np.full(len(vectors), -1.0, dtype=np.float32)
    return np.stack([(vectors @ group.T).max(axis=1) if len(group) else nobody for group in groups], axis=1)


def _together(vectors: Vectors, groups: Sequence[Vectors], places: dict[int, list[int]], most: int) -> Matrix:
    """How near each sentence comes with those before it in its turn, `most` at most; the sum stands for the whole."""
    found = np.full((len(vectors), len(groups)), -1.0, dtype=np.float32)
    for size in range(2, most + 1):
        ends = [place for turn in places.values() for place in turn[size - 1 :]]
        if ends:
            whole = np.stack([_unit(vectors[end - size + 1 : end + 1].sum(axis=0)) for end in ends])
            found[ends] = np.maximum(found[ends], _nearest(whole, groups))
    return found


def _unit(vector: Vectors) -> Vectors:
    """A vector at length 1; one without any length as it is."""
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def _sentences(transcript: Transcript) -> list[Sentence]:
    return [
        Sentence(turn.index, span, span.of(turn.text)) for turn in transcript.turns for span in sentences(turn.text)
    ]


def _as_meant(text: str, plan: Sequence[Planned], glossary: Glossary) -> str:
    """The sentence with the terms of the plan that were misheard in it, for comparison only."""
    for each in plan:
        for term in reversed(mended(text, glossary, each.rubric)):
            text = text[: term.span.start] + term.meant + text[term.span.end :]
    return text


def word_count(text: str) -> int:
    """How many words a text has."""
    return len(words(text))
