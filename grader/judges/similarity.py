"""The judge that only measures closeness: what is left when no judge that reads is configured.

Three measurements per key point (`grader.domain.Match`) go through a multinomial logistic regression
to covered, partial or missing. It cannot say `contradicted`: a statement and its opposite are
equally close. Therefore every grade it gives carries the flag `similarity_only` and needs review.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Self

import numpy as np
from pydantic import Field

from grader.domain import Flag, Judgement, Label, Match, Submission, Verdict
from grader.errors import JudgeFailure
from grader.text.quotes import evidence
from rubrics.model import Immutable

NAME: Final = "similarity"
LABELS: Final = (Label.COVERED, Label.PARTIAL, Label.MISSING)

_REASONS: Final = {
    Label.COVERED: "The answer comes close to this point.",
    Label.PARTIAL: "The answer touches on this point.",
    Label.MISSING: "Nothing in the answer comes close to this point.",
}


class Calibration(Immutable):
    """Logistic regression from (similarity, echo, terms) to covered, partial, missing.

    `weights` has one row a label and one column a measurement, `intercepts` one entry a label;
    `fitted_on` says on what. Written by `grader train similarity`.
    """

    fitted_on: str
    weights: tuple[tuple[float, float, float], ...] = Field(min_length=len(LABELS), max_length=len(LABELS))
    intercepts: tuple[float, ...] = Field(min_length=len(LABELS), max_length=len(LABELS))

    @classmethod
    def shipped(cls) -> Self:
        """The calibration that comes with the package."""
        return cls.model_validate_json(files("grader.judges").joinpath("similarity.json").read_text("utf-8"))

    def probabilities(self, match: Match) -> tuple[float, ...]:
        """Probability of each of LABELS, summing to 1."""
        logits = np.asarray(self.weights) @ measurements(match) + np.asarray(self.intercepts)
        odds = np.exp(logits - logits.max())
        return tuple(float(share) for share in odds / odds.sum())


def measurements(match: Match) -> tuple[float, float, float]:
    """What the calibration sees of a match."""
    return match.similarity, match.echo, match.terms


@dataclass(frozen=True)
class SimilarityJudge:
    """Judges by closeness alone; needs an embedder in the pipeline."""

    calibration: Calibration

    @property
    def name(self) -> str:
        """`similarity`."""
        return NAME

    @property
    def identity(self) -> dict[str, str]:
        """What the calibration was fitted on, and its numbers."""
        return {"calibration": self.calibration.fitted_on, "weights": json.dumps(self.calibration.weights)}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict per asked point; JudgeFailure where no embedder measured any."""
        if not submission.matches:
            raise JudgeFailure("no_embedder", "the similarity judge needs an embedding model, and none is configured")
        asked = {point.id for point in submission.points}
        matches = (match for match in submission.matches if match.key_point_id in asked)
        verdicts = tuple(self._verdict(match, submission.answer.text) for match in matches)
        return Judgement(verdicts, flags=(Flag.SIMILARITY_ONLY,))

    def _verdict(self, match: Match, text: str) -> Verdict:
        shares = self.calibration.probabilities(match)
        label = LABELS[int(np.argmax(shares))]
        return Verdict(
            key_point_id=match.key_point_id,
            label=label,
            judged_by=NAME,
            reason=_REASONS[label],
            confidence=round(max(shares), 4),
            evidence=() if label is Label.MISSING else (evidence(text, match.passage),),
        )
