"""Who asks and who answers: said by the caller, by names, or told from what the speakers say.

A role that is not sure enough is not used: the caller is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from grader.interviews.closeness import Closeness, Sentence, word_count
from grader.transcripts import Role, Transcript
from rubrics.model import Immutable

MIN_CONFIDENCE: Final = 0.8
"""Confidence in [0, 1] below which a role must be confirmed; see `tests/grader/interviews/test_figures.py`."""

NEAR_QUESTION: Final = 0.55
"""Cosine from which a sentence counts as one of the planned questions."""

FEW_WORDS: Final = 12
"""Somebody who says fewer words in a whole interview is nobody it is about."""

ASKING_WEIGHT, NEARNESS_WEIGHT, SHARE_WEIGHT, FIRST_WEIGHT, BIAS = 5.0, 3.0, 3.0, 0.7, 0.0
"""Of the share of sentences that ask, the share that is near a planned question, the share of the words (against
a fair one), and speaking first; set on the six `dev` interviews, as logits."""


class SpeakerRole(Immutable):
    """What a speaker is, how sure that is in [0, 1], and how it was found: `given`, `name` or `speech`."""

    speaker: str
    role: Role
    confidence: float
    found_by: str
    words: int
    sample: str


@dataclass(frozen=True)
class Hints:
    """What the caller knows: roles by speaker, and names of interviewers and candidates."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    interviewers: Collection[str] = ()
    candidates: Collection[str] = ()


def speaker_roles(transcript: Transcript, found: Closeness, hints: Hints) -> tuple[SpeakerRole, ...]:
    """The role of every named or labelled speaker, by first appearance."""
    speakers = transcript.speakers
    known = {speaker: _known(speaker, hints) for speaker in speakers}
    told = _told_by_speech(transcript, found, speakers)
    return tuple(_speaker_role(transcript, speaker, known[speaker], told[speaker]) for speaker in speakers)


def unsure(roles: Sequence[SpeakerRole]) -> tuple[SpeakerRole, ...]:
    """The speakers whose role must be confirmed; all of them where nobody asks or nobody answers."""
    sides = {each.role for each in roles}
    if roles and not {Role.INTERVIEWER, Role.CANDIDATE} <= sides:
        return tuple(each for each in roles if each.found_by == "speech") or tuple(roles)
    return tuple(each for each in roles if each.confidence < MIN_CONFIDENCE)


def _speaker_role(
    transcript: Transcript, speaker: str, known: tuple[Role, str] | None, told: tuple[Role, float]
) -> SpeakerRole:
    texts = [turn.text for turn in transcript.turns if turn.speaker == speaker]
    role, confidence, found_by = (known[0], 1.0, known[1]) if known else (*told, "speech")
    return SpeakerRole(
        speaker=speaker,
        role=role,
        confidence=round(confidence, 3),
        found_by=found_by,
        words=sum(map(word_count, texts)),
        sample=max(texts, key=len)[:120],
    )


def _known(speaker: str, hints: Hints) -> tuple[Role, str] | None:
    """What the caller says of this speaker, by label or by name."""
    if speaker in hints.roles:
        return hints.roles[speaker], "given"
    sides = {Role.INTERVIEWER: hints.interviewers, Role.CANDIDATE: hints.candidates}
    fitting = [role for role, names in sides.items() if any(_is_name_of(name, speaker) for name in names)]
    return (fitting[0], "name") if len(fitting) == 1 else None


def _is_name_of(name: str, speaker: str) -> bool:
    """Whether all parts of the shorter of the two stand in the other, without case, accents and titles."""
    one, other = _parts(name), _parts(speaker)
    return bool(one and other) and (one <= other or other <= one)


def _parts(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", name)).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return frozenset(re.findall(r"[^\W_]+", letters)) - {"mr", "mrs", "ms", "dr", "prof"}


def _told_by_speech(transcript: Transcript, found: Closeness, speakers: Sequence[str]) -> dict[str, tuple[Role, float]]:
    """Role and confidence by what each speaker says; who says almost nothing is neither side's."""
    said = {
        speaker: [sentence for sentence in found.sentences if transcript.turns[sentence.turn].speaker == speaker]
        for speaker in speakers
    }
    counts = {speaker: sum(word_count(each.text) for each in texts) for speaker, texts in said.items()}
    whole = sum(counts.values()) or 1
    first = transcript.turns[0].speaker
    told = {}
    for speaker, texts in said.items():
        if counts[speaker] < FEW_WORDS:
            told[speaker] = (Role.OTHER, 1.0)
            continue
        share = counts[speaker] / whole * len(speakers)
        logit = BIAS + _asks_logit(texts, found) + SHARE_WEIGHT * (1.0 - share) + FIRST_WEIGHT * (speaker == first)
        asks = 1.0 / (1.0 + float(np.exp(-logit)))
        told[speaker] = (Role.INTERVIEWER, asks) if asks >= 1 / 2 else (Role.CANDIDATE, 1.0 - asks)
    return told


def _asks_logit(texts: Sequence[Sentence], found: Closeness) -> float:
    """How much the sentences sound like somebody who asks: above 0 from one question in five on."""
    places = {id(sentence): place for place, sentence in enumerate(found.sentences)}
    asking = sum(each.is_question for each in texts) / len(texts)
    near = sum(each.is_question and float(found.asks[places[id(each)]].max()) >= NEAR_QUESTION for each in texts)
    return ASKING_WEIGHT * (asking - 0.2) + NEARNESS_WEIGHT * min(1.0, near / 3) - NEARNESS_WEIGHT / 2
