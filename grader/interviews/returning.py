"""Coming back: candidates who add something to an earlier question while another one is being talked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.interviews.closeness import Closeness
from grader.interviews.placement import Move, Passage, Placement
from grader.interviews.planned import Planned
from grader.transcripts import Role, Transcript, Turn
from rubrics.model import Span

_CUE: Final = re.compile(
    r"\b(?:(?:go|going|come|coming|get|getting|jump|jumping) back to|back to (?:the|your|that)|to add to|"
    r"(?:forgot|forget|wanted|like) to (?:mention|add|say)|(?:earlier|previous|first|last) (?:question|one|topic)|"
    r"(?:maybe|also|again) (?:on|about|for)|as for|what i (?:said|forgot)|one more thing (?:on|about))\b",
    re.IGNORECASE,
)
"""How people say that they come back to something."""

CUED_MARGIN: Final = 0.0
"""With such a cue it is enough that the words are nearer to the other question."""

PLAIN_MARGIN: Final = 0.22
"""Cosine by which words without a cue must be nearer to a question that was asked before; on the `dev` interviews
answers to the question at hand are never further off than 0.15."""

MIN_NEARNESS: Final = 0.45
"""Cosine below which words belong to no question that they did not follow."""


def returns(
    transcript: Transcript, found: Closeness, plan: Sequence[Planned], placements: Sequence[Placement]
) -> tuple[Placement, ...]:
    """The placements, with whole turns that come back moved to the question they come back to."""
    settled = list(placements)
    for turn in transcript.turns:
        if turn.role is not Role.CANDIDATE:
            continue
        other = _other_question(turn, found, plan, settled, found.of(turn.index))
        if other is not None:
            settled[turn.index] = settled[turn.index].model_copy(update={"question_id": other, "move": Move.RETURNS})
    return tuple(settled)


def passages(
    transcript: Transcript, found: Closeness, plan: Sequence[Planned], placements: Sequence[Placement]
) -> tuple[Passage, ...]:
    """The ends of turns that begin with the question at hand and come back to another one, by a cue."""
    return tuple(
        passage
        for turn in transcript.turns
        if turn.role is Role.CANDIDATE
        and placements[turn.index].move is Move.ANSWERS
        and (passage := _passage(turn, found, plan, placements)) is not None
    )


def _passage(turn: Turn, found: Closeness, plan: Sequence[Planned], placements: Sequence[Placement]) -> Passage | None:
    places = found.of(turn.index)
    for number, place in enumerate(places[1:], start=1):
        if _CUE.search(found.sentences[place].text):
            other = _other_question(turn, found, plan, placements, places[number:])
            if other is not None:
                start = found.sentences[place].span.start
                return Passage(turn=turn.index, span=Span(start=start, end=len(turn.text)), question_id=other)
    return None


def _other_question(
    turn: Turn, found: Closeness, plan: Sequence[Planned], placements: Sequence[Placement], places: Sequence[int]
) -> str | None:
    """The earlier question that these sentences of a turn come back to, or None."""
    ids = [each.id for each in plan]
    now = placements[turn.index].question_id
    earlier = {each.question_id for each in placements[: turn.index]} - {now, None}
    said = found.telling(places)
    if not earlier or not said:
        return None
    cued = any(_CUE.search(found.sentences[place].text) for place in places)
    near = found.answers[said].mean(axis=0)
    if cued:
        near = near.clip(found.asks[said].max(axis=0))
    best = max(earlier, key=lambda question: near[ids.index(str(question))])
    nearest = float(near[ids.index(str(best))])
    here = float(near[ids.index(now)]) if now is not None else MIN_NEARNESS - PLAIN_MARGIN * (not cued)
    margin = CUED_MARGIN if cued else PLAIN_MARGIN
    return best if nearest >= MIN_NEARNESS and nearest - here >= margin else None
