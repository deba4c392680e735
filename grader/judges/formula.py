"""The judge of formulas: it reads them, where another judge reads words.

A key point that is a formula is decided here when the answer states one about the same thing: the same formula in
whatever notation is the point made, another one is the point contradicted. Everything else goes to the judge behind.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from grader.domain import Evidence, Judgement, Label, Submission, Verdict
from grader.formulas.comparing import Comparison, Likeness, compare, is_distinctive, is_telling
from grader.formulas.finding import Formula, formulas, names_of
from grader.judges.merging import merged_flags
from grader.ports import Judge
from grader.text.quotes import evidence
from grader.text.sentences import sentences
from grader.text.words import stems
from rubrics.model import KeyPoint, KeyPointKind, Span

NAME: Final = "formula"
"""Stands in `judged_by`."""

VERSION: Final = "3"
"""Goes up with every change that can change a verdict."""

_SAYS_IT: Final = "The answer states this formula."
_SAYS_OTHERWISE: Final = "The answer states another formula for it."
_DENIED: Final = re.compile(
    r"\b(?:not|never|instead of|rather than|unlike|wrong(?:ly)?|mistake\w*|incorrect(?:ly)?|isn['’]t|without)\b"
    r"[^.;]{0,30}$",
    re.IGNORECASE,
)
"""Words shortly before a formula by which it is not said to hold."""


_CONDITION: Final = re.compile(r"\b(?:if|when|whenever|where|with|unless|for|at|in)\s+$", re.IGNORECASE)
"""Words before a formula that is no statement but a condition of one."""

_KIND: Final = re.compile(r"[A-Z](?:/[A-Z\d])+")
"""Letters that name a kind of thing: "M/M/1", "A/B"."""


@dataclass(frozen=True)
class FormulaJudge:
    """Decides formula points where the answer has formulas, and asks `behind` for all other points."""

    behind: Judge

    @property
    def name(self) -> str:
        """That of the judge behind: it is asked for by it."""
        return self.behind.name

    @property
    def identity(self) -> dict[str, str]:
        """That of the judge behind, and the version of the rules here."""
        return {**self.behind.identity, "formulas": VERSION}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict per asked point; `judged_by` says whose each is."""
        own = {verdict.key_point_id: verdict for verdict in await asyncio.to_thread(formula_verdicts, submission)}
        left = tuple(point.id for point in submission.points if point.id not in own)
        if not own:
            return await self.behind.judge(submission)
        rest = await self.behind.judge(replace(submission, asked=left)) if left else Judgement(())
        said = own | {verdict.key_point_id: verdict for verdict in rest.verdicts}
        verdicts = tuple(said[point.id] for point in submission.points if point.id in said)
        return Judgement(verdicts, rest.usage, merged_flags((rest,), verdicts))


def formula_verdicts(submission: Submission) -> tuple[Verdict, ...]:
    """A verdict for every asked formula point that formulas of the answer decide, in rubric order."""
    points = [point for point in submission.rubric.key_points if point.kind is KeyPointKind.FORMULA]
    known = {point.id: found for point in points if (found := _stated(point))}
    asked = [point for point in submission.points if point.id in known]
    if not asked:
        return ()
    names = names_of([one for found in known.values() for one in found])
    said = formulas(submission.answer.text, names)
    decided = (_Decision(point, known, said, submission).verdict() for point in asked)
    return tuple(verdict for verdict in decided if verdict)


def _stated(point: KeyPoint) -> tuple[Formula, ...]:
    """The formulas a point consists of; the first look gives the names that the second one expects."""
    symbols = frozenset(symbol.name for symbol in point.symbols)
    first = formulas(point.text, symbols)
    found = formulas(point.text, symbols | names_of(first))
    return tuple(one for one in found if is_telling(one) and not _is_aside(point.text, one.span))


def _is_aside(text: str, span: Span) -> bool:
    """Whether what looks like a formula of a point is a condition, or the name of a kind ("an M/M/1 queue")."""
    behind = text[span.end :]
    kind = _KIND.fullmatch(span.of(text)) and re.match(r"[ -][^\W\d]", behind) and stems(behind.split()[0])
    return bool(kind or _CONDITION.search(text[: span.start]))


class _Decision:
    """One point against `said`, the formulas of the answer; `known` are those of all formula points."""

    def __init__(
        self,
        point: KeyPoint,
        known: Mapping[str, tuple[Formula, ...]],
        said: Sequence[Formula],
        submission: Submission,
    ) -> None:
        self._point = point
        self._wanted = known[point.id]
        self._others = [one for name, found in known.items() if name != point.id for one in found]
        self._submission = submission
        self._text = submission.answer.text
        self._taken = names_of(self._others) - names_of(self._wanted)
        self._sentences = sentences(self._text)
        self._found = [one for one in said if not (one.cut or self._is_denied(one))]

    def verdict(self) -> Verdict | None:
        """Covered where every formula is there, contradicted where one is there otherwise, None where neither."""
        same: list[Formula] = []
        for wanted in self._wanted:
            compared = [(one, compare(wanted, one, self._taken)) for one in self._found]
            agreeing = [one for one, found in compared if self._agrees(wanted, one, found)]
            opposing = [one for one, found in compared if self._opposes(one, found, named_only=bool(agreeing))]
            if agreeing and opposing:
                return None  # both are said: whether one is taken back is for who reads words
            if opposing:
                return self._verdict(Label.CONTRADICTED, _SAYS_OTHERWISE, opposing[:1])
            same += agreeing[:1]
        if len(same) < len(self._wanted):
            return None
        return self._verdict(Label.COVERED, _SAYS_IT, same)

    def _agrees(self, wanted: Formula, one: Formula, found: Comparison) -> bool:
        """Whether a formula is the wanted one, and said of the same thing: a short one may stand for many things."""
        if found.likeness is not Likeness.SAME:
            return False
        return is_distinctive(wanted) or found.named or not self._others or self._is_about(one)

    def _opposes(self, one: Formula, found: Comparison, *, named_only: bool) -> bool:
        """Whether a formula that differs is about this point, and not about another one."""
        if found.likeness is not Likeness.DIFFERENT:
            return False
        return found.named or (not named_only and (not self._others or self._is_about(one)))

    def _is_about(self, one: Formula) -> bool:
        """Whether the words around a formula are those of this point and of no other formula point."""
        return bool(stems(self._words_around(one)) & self._own_words)

    @cached_property
    def _own_words(self) -> set[str]:
        points = self._submission.rubric.key_points
        rest = (one.text for one in points if one.kind is KeyPointKind.FORMULA and one.id != self._point.id)
        shared = stems(" ".join([self._submission.rubric.question.text, *rest]))
        return stems(f"{self._point.topic or ''} {self._point.text}") - shared

    def _words_around(self, one: Formula) -> str:
        """What leads to a formula from the one before it, or what follows it where nothing does."""
        sentence = self._sentence(one.span)
        begin = max([sentence.start, *(each.span.end for each in self._found if each.span.end <= one.span.start)])
        before = self._text[begin : one.span.start]
        after = [each.span.start for each in self._found if each.span.start >= one.span.end]
        return before if stems(before) else self._text[one.span.end : min([sentence.end, *after])]

    def _is_denied(self, one: Formula) -> bool:
        return bool(_DENIED.search(self._text[self._sentence(one.span).start : one.span.start]))

    def _sentence(self, span: Span) -> Span:
        return next((one for one in self._sentences if one.start <= span.start < one.end), span)

    def _verdict(self, label: Label, reason: str, shown: Sequence[Formula]) -> Verdict:
        proof: tuple[Evidence, ...] = tuple(dict.fromkeys(evidence(self._text, one.span) for one in shown))
        return Verdict(key_point_id=self._point.id, label=label, judged_by=NAME, reason=reason, evidence=proof)
