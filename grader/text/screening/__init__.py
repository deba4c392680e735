"""What in an answer is meant for its grader and not for the question: flagged with its place, never punished.

A screen of patterns is a signal, not a defence: it finds the textbook attacks and no others. It never
touches a score. What it flags is cut out and the answer judged again without it (`grader.guard`), so that
no flagged word can earn anything.
"""

from __future__ import annotations

from grader.domain import Answer, Flag
from grader.text.screening import encoded, forging, hedging, hidden, instructions, parroting, speakers, verdicts
from grader.text.screening.finding import Finding
from rubrics.model import Rubric, Span

__all__ = ["CUT", "MANIPULATIONS", "SCREENED", "Finding", "covers", "mask", "screen"]

MANIPULATIONS = frozenset(
    {Flag.INSTRUCTION, Flag.DELIMITER_FORGING, Flag.FAKE_VERDICT, Flag.HIDDEN_TEXT, Flag.ENCODED_BLOB}
)
"""Flags of text that was written for the grader."""

CUT = MANIPULATIONS | {Flag.HEDGED, Flag.OTHER_SPEAKER}
"""Flags whose words are not the candidate's claim about the question: an answer is judged again without them."""

SCREENED = CUT | {Flag.PARROT}
"""Every flag the screen can raise."""


def screen(answer: Answer, rubric: Rubric) -> tuple[Finding, ...]:
    """Everything suspicious in `answer`, in the order of the text, each finding once."""
    text = answer.text
    found = (
        *instructions.find(text),
        *forging.find(text),
        *verdicts.find(text),
        *hidden.find(answer),
        *encoded.find(text),
        *hedging.find(text),
        *speakers.find(text),
        *parroting.find(text, rubric),
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (finding.start, finding.flag)))


def mask(answer: Answer, findings: tuple[Finding, ...]) -> Answer:
    """`answer` with the words of CUT findings replaced by spaces, so that every other span stays where it is."""
    chars = list(answer.text)
    for span in (finding.span for finding in findings if finding.flag in CUT):
        if span is not None:
            chars[span.start : span.end] = (" " if char != "\n" else char for char in span.of(answer.text))
    return Answer("".join(chars), answer.original, answer.offsets, answer.removed)


def covers(findings: tuple[Finding, ...], span: Span) -> bool:
    """Whether `span` touches words that a CUT finding names."""
    spans = (finding.span for finding in findings if finding.flag in CUT)
    return any(other is not None and other.start < span.end and span.start < other.end for other in spans)
