"""Why a trial failed: a fault of the rubric, or a limit of the judge.

A judge that is weak makes good rubrics fail, so a failure alone says nothing about the rubric. The rubric is to blame
only where it can be seen without that judge: in the words of the point, the question and the answer that was tried.
What remains is the judge's: a list of words or a denied sentence states no point, whoever credits it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from grader.domain import Label
from grader.selftest.answers import Expected, Trial
from grader.selftest.report import Cause
from rubrics.checks.grounding import LEAST_SAID
from rubrics.extraction.words import contained, stems
from rubrics.model import KeyPoint, KeyPointKind, Rubric

GENERIC: Final = 0.6
"""Share of a point's words in the answer to another question, from which the point fits many questions.

Of the bank's points 2 % share that much with the closest of all other reference answers, none with the least related.
"""

TERM_WORDS: Final = 2
"""Up to this many content words a point is a term, and a list that names the term has said all of it."""


def diagnose(
    rubric: Rubric, expected: Expected, wrong: tuple[str, ...], alone: Mapping[str, Label]
) -> tuple[Cause, str]:
    """Whose fault it is that the points `wrong` came out as they did, and how that was told.

    `alone` are the verdicts on the points' own texts, as far as they were asked for.
    """
    told = _LOOKS[expected.trial]
    for point in (rubric.point(key) for key in wrong):
        if why := told(rubric, expected, point):
            return Cause.RUBRIC, f"{point.id}: {why}"
    deaf = [key for key in wrong if expected.trial is Trial.REFERENCE and alone.get(key) not in {None, Label.COVERED}]
    if deaf:
        return Cause.JUDGE, f"it does not recognise {', '.join(deaf)} in the points' own words either"
    return Cause.JUDGE, _LIMITS[expected.trial]


def _unsaid(_rubric: Rubric, expected: Expected, point: KeyPoint) -> str:
    if point.penalty:
        return "the reference answer makes the mistake that this penalty names"
    said = contained(stems(point.text), stems(expected.text))
    if point.kind is KeyPointKind.FORMULA or said >= LEAST_SAID:
        return ""
    return f"the reference answer uses only {said:.0%} of its words; it does not say it"


def _echoed(rubric: Rubric, _expected: Expected, point: KeyPoint) -> str:
    said, asked = stems(point.text), stems(rubric.question.text)
    return "the question itself says it" if said and said <= asked else ""


def _named(_rubric: Rubric, _expected: Expected, point: KeyPoint) -> str:
    is_term = len(stems(point.text)) <= TERM_WORDS and point.kind is not KeyPointKind.FORMULA
    return "it is a term, which a list of words names in full" if is_term else ""


def _generic(_rubric: Rubric, expected: Expected, point: KeyPoint) -> str:
    shared = contained(stems(point.text), stems(expected.text))
    return f"{shared:.0%} of its words answer another question too; it is too general" if shared >= GENERIC else ""


def _never(_rubric: Rubric, _expected: Expected, _point: KeyPoint) -> str:
    return ""


_LOOKS: Final[dict[Trial, Callable[[Rubric, Expected, KeyPoint], str]]] = {
    Trial.REFERENCE: _unsaid,
    Trial.BLANK: _never,
    Trial.QUESTION: _echoed,
    Trial.KEYWORDS: _named,
    Trial.SHUFFLED: _named,
    Trial.NEGATED: _never,
    Trial.OTHER_QUESTION: _generic,
}
_LIMITS: Final = {
    Trial.REFERENCE: "the reference answer has the words of these points, and it does not see them said",
    Trial.BLANK: "it credits an answer without a word",
    Trial.QUESTION: "it credits the question for its answer",
    Trial.KEYWORDS: "it credits a list of words that states nothing",
    Trial.SHUFFLED: "it credits words in an order that states nothing",
    Trial.NEGATED: "it credits sentences that deny the points",
    Trial.OTHER_QUESTION: "it credits the answer to another question",
}
