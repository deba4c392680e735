"""The judge that reads: a small cross-encoder on the processor at hand, no key, no network.

It says of every key point covered, partial, missing or contradicted, with a calibrated probability, and shows
the sentence closest to the point (the reader's own marks of where it looked are not good enough yet). A long
answer is read in overlapping stretches; what the person says in any of them counts, and the stretch that says
it most clearly decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grader.domain import Evidence, Flag, Judgement, Label, Submission, Verdict
from grader.ports import Passage, Reader, Reading, Word
from grader.text.quotes import evidence
from grader.text.sentences import sentences
from rubrics.model import Immutable, KeyPoint, Span

NAME: Final = "local"
SURE_CONTRADICTION: Final = 0.5
"""Probability in [0, 1] below which it is not said without reserve that somebody is wrong.

On `gold` 69 % of the contradictions above it are true, and 33 % of those below (42 and 60 verdicts).
"""

LABELS: Final = (Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED)
"""The order of a reading's logits."""

_MISSING: Final = LABELS.index(Label.MISSING)
_REASONS: Final = {
    Label.COVERED: "The answer makes this point.",
    Label.PARTIAL: "The answer makes a part of this point.",
    Label.MISSING: "The answer does not make this point.",
    Label.CONTRADICTED: "The answer says something that cannot be true if this point is.",
}


class Calibration(Immutable):
    """From a reading's logits to probabilities: each divided by `temperature`, which changes no verdict.

    `unsure_below` is the probability under which a verdict needs a person. `fitted_on` says on what both
    were fitted. Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """

    fitted_on: str
    temperature: float = Field(gt=0)
    unsure_below: float = Field(ge=0, le=1)

    @classmethod
    def shipped(cls) -> Self:
        """The calibration that comes with the shipped weights."""
        return cls.model_validate_json(files("grader.judges").joinpath("local.json").read_text("utf-8"))

    def probabilities(self, reading: Reading) -> NDArray[np.float64]:
        """Probability of each of LABELS, summing to 1."""
        logits = np.asarray(reading.logits) / self.temperature
        odds = np.exp(logits - logits.max())
        shares: NDArray[np.float64] = odds / odds.sum()
        return shares


@dataclass(frozen=True)
class LocalJudge:
    """Judges by reading the whole answer against every key point."""

    reader: Reader
    calibration: Calibration

    @property
    def name(self) -> str:
        """`local`."""
        return NAME

    @property
    def identity(self) -> dict[str, str]:
        """The reader's digests and what its calibration was fitted on."""
        return {**self.reader.identity, "calibration": self.calibration.fitted_on}

    async def judge(self, submission: Submission) -> Judgement:
        """One verdict per asked point."""
        points, text = submission.points, submission.answer.text
        passage = Passage(submission.rubric.question.text, text, tuple(point.text for point in points))
        readings = await self.reader.read(passage)
        passages = {match.key_point_id: match.passage for match in submission.matches}
        verdicts = tuple(
            self._verdict(point, found, text, passages.get(point.id))
            for point, found in zip(points, readings, strict=True)
        )
        return Judgement(verdicts)

    def _verdict(self, point: KeyPoint, readings: Sequence[Reading], text: str, passage: Span | None) -> Verdict:
        shares, reading = self._clearest(readings)
        label = LABELS[int(shares.argmax())]
        confidence = round(float(shares.max()), 4)
        proof = (evidence(text, passage),) if passage else _evidence(text, reading.words)
        return Verdict(
            key_point_id=point.id,
            label=label,
            judged_by=NAME,
            reason=_REASONS[label],
            confidence=confidence,
            evidence=() if label is Label.MISSING else proof,
            flags=(Flag.LOW_CONFIDENCE,) if confidence < self._sure(label) else (),
        )

    def _sure(self, label: Label) -> float:
        """From which confidence on a verdict needs no person."""
        least = self.calibration.unsure_below
        return max(least, SURE_CONTRADICTION) if label is Label.CONTRADICTED else least

    def _clearest(self, readings: Sequence[Reading]) -> tuple[NDArray[np.float64], Reading]:
        """The stretch least likely to miss the point, and its probabilities."""
        judged = [(self.calibration.probabilities(reading), reading) for reading in readings]
        return min(judged, key=lambda found: float(found[0][_MISSING]))


def _evidence(text: str, words: Sequence[Word]) -> tuple[Evidence, ...]:
    """The sentence that carries the statement."""
    weights = {span: _weight(words, span) for span in sentences(text)}
    if not weights:
        return ()
    return (evidence(text, max(weights, key=lambda span: weights[span])),)


def _weight(words: Sequence[Word], span: Span) -> float:
    return sum(word.weight for word in words if span.start <= word.start < span.end)
