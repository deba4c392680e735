"""Who asks and who answers: said by the caller, by names, or told from what the speakers say.

A role that is not sure enough is not used: the caller is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

import numpy as np

from grader.interviews.adviser import SURE
from grader.interviews.closeness import Closeness, word_count
from grader.interviews.voices import STATES, voices
from grader.transcripts import Role, Transcript
from rubrics.model import Immutable

MIN_CONFIDENCE: Final = 0.8
"""Confidence in [0, 1] below which a role must be confirmed; see `tests/grader/interviews/test_figures.py`."""

FEW_WORDS: Final = 12
"""Somebody who says fewer words in a whole interview is nobody it is about."""

AS_ONE: Final = 5.0
"""So many sentences of one speaker count as one: they resemble each other. On the recorded interviews, with those
left out by which weights are set, all 54 speakers get their role, and none of them less surely than 0.8."""

MAX_SPEAKERS: Final = 8
"""Speakers whose roles are weighed against each other; who says less than so many others is asked for."""


class SpeakerRole(Immutable):
    """What a speaker is, how sure that is in [0, 1], and how it was found: `given`, `name`, `speech` or `llm`.

    `llm`: by what was said and the word of a language model.
    """

    speaker: str
    role: Role
    confidence: float
    found_by: str
    words: int
    sample: str


@dataclass(frozen=True)
class Hints:
    """What the caller knows: roles by speaker, names of interviewers and candidates, and roles of single turns."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    interviewers: Collection[str] = ()
    candidates: Collection[str] = ()
    turns: Mapping[int, Role] = field(default_factory=dict)


def meant(name: str, speakers: Iterable[str]) -> frozenset[str]:
    """The speakers whose name this may be, whole or in part."""
    return frozenset(speaker for speaker in speakers if _is_name_of(name, speaker))


def speaker_roles(
    transcript: Transcript, found: Closeness, hints: Hints, advice: Mapping[str, Role] | None = None
) -> tuple[SpeakerRole, ...]:
    """The role of every named or labelled speaker, by first appearance; `advice` is a language model's."""
    speakers, advised = transcript.speakers, advice or {}
    known = {speaker: _known(speaker, hints) for speaker in speakers}
    told = _told_by_speech(transcript, found, speakers, advised)
    return tuple(
        _speaker_role(
            transcript, speaker, known[speaker] or (*told[speaker], "llm" if speaker in advised else "speech")
        )
        for speaker in speakers
    )


def unsure(roles: Sequence[SpeakerRole]) -> tuple[SpeakerRole, ...]:
    """The speakers whose role must be confirmed; all of them where nobody asks or nobody answers."""
    sides = {each.role for each in roles}
    if roles and not {Role.INTERVIEWER, Role.CANDIDATE} <= sides:
        return tuple(each for each in roles if each.found_by in {"speech", "llm"}) or tuple(roles)
    return tuple(each for each in roles if each.confidence < MIN_CONFIDENCE)


def _speaker_role(transcript: Transcript, speaker: str, told: tuple[Role, float, str]) -> SpeakerRole:
    texts = [turn.text for turn in transcript.turns if turn.speaker == speaker]
    role, confidence, found_by = told
    return SpeakerRole(
        speaker=speaker,
        role=role,
        confidence=round(confidence, 3),
        found_by=found_by,
        words=sum(map(word_count, texts)),
        sample=max(texts, key=len)[:120],
    )


def _known(speaker: str, hints: Hints) -> tuple[Role, float, str] | None:
    """What the caller says of this speaker, by label or by name."""
    if speaker in hints.roles:
        return hints.roles[speaker], 1.0, "given"
    sides = {Role.INTERVIEWER: hints.interviewers, Role.CANDIDATE: hints.candidates}
    fitting = [role for role, names in sides.items() if any(meant(name, [speaker]) for name in names)]
    return (fitting[0], 1.0, "name") if len(fitting) == 1 else None


def _is_name_of(name: str, speaker: str) -> bool:
    """Whether all parts of the shorter of the two stand in the other, without case, accents and titles."""
    one, other = _parts(name), _parts(speaker)
    return bool(one and other) and (one <= other or other <= one)


def _parts(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", name)).casefold()
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return frozenset(re.findall(r"[^\W_]+", letters)) - {"mr", "mrs", "ms", "dr", "prof"}


def _told_by_speech(
    transcript: Transcript, found: Closeness, speakers: Sequence[str], advised: Mapping[str, Role]
) -> dict[str, tuple[Role, float]]:
    """Role and confidence by what each speaker says; who says almost nothing is neither side's."""
    counts = dict.fromkeys(speakers, 0)
    for turn in transcript.turns:
        if turn.speaker is not None:
            counts[turn.speaker] += word_count(turn.text)
    talkers = sorted((each for each in speakers if counts[each] >= FEW_WORDS), key=lambda each: -counts[each])
    told = {each: (Role.OTHER, 1.0 if counts[each] < FEW_WORDS else 1 / 2) for each in speakers}
    return told | _weighed(transcript, found, talkers[:MAX_SPEAKERS], advised)


def _weighed(
    transcript: Transcript, found: Closeness, speakers: Sequence[str], advised: Mapping[str, Role]
) -> dict[str, tuple[Role, float]]:
    """The roles of these speakers, each way of giving them tried: one role a speaker, and both roles given."""
    numbers = {speaker: number for number, speaker in enumerate(speakers)}
    heard = [
        (step, numbers[speaker])
        for step, sentence in zip(voices(found), found.sentences, strict=True)
        if (speaker := transcript.turns[sentence.turn].speaker) in numbers
    ]
    if not heard:
        return dict.fromkeys(speakers, (Role.CANDIDATE, 1 / 2))
    steps, whose = np.stack([step for step, _ in heard]), np.array([number for _, number in heard])
    tried = (way for way in product((0, 1), repeat=len(speakers)) if len(set(way)) == min(2, len(speakers)))
    ways = np.array(list(tried))
    states = ways[:, whose]
    before = np.concatenate([np.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
    scores = steps[np.arange(len(steps)), before, states].sum(axis=1) / AS_ONE
    for speaker in numbers.keys() & advised.keys():
        scores = scores + SURE * (np.array(STATES)[ways[:, numbers[speaker]]] == advised[speaker])
    answers = np.exp(scores - np.logaddexp.reduce(scores)) @ ways
    return {speaker: _told(float(answers[number])) for speaker, number in numbers.items()}


def _told(answers: float) -> tuple[Role, float]:
    return (Role.CANDIDATE, answers) if answers >= 1 / 2 else (Role.INTERVIEWER, 1.0 - answers)
