"""The judge that reads: a small cross-encoder on the processor at hand, no key, no network.

It says of every key point covered, partial, missing or contradicted, with a calibrated probability, and shows
the sentence in which the reader found it. A long answer is read in overlapping stretches; what the person says
in any of them counts, and the stretch that says it most clearly decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from grader.domain import Evidence, Flag, GradedPoint, Judgement, Label, Submission, Verdict
from grader.ports import Passage, Reader, Reading, Word
from grader.text.quotes import evidence
from grader.text.sentences import sentences
from rubrics.model import CountsAs, Immutable, KeyPoint, Ruling, Span

NAME: Final = "local"
SURE_CONTRADICTION: Final = 0.6
"""Probability in [0, 1] below which it is not said without reserve that somebody is wrong.

On `gold`, whose questions the reader has not seen, 83 % of the contradictions from it on are true, and 54 % of
those below (53 and 41 verdicts). A higher one finds no surer ones: from 0.7 on 82 % are true.
"""

NEAR: Final = 0.65
"""Cosine in [-1, 1] of a key point and the closest sentence from which it is odd that the point should be missing.

On `gold` 11 of 22 such verdicts are wrong, of all that say missing 25 %.
"""

LABELS: Final = (Label.COVERED, Label.PARTIAL, Label.MISSING, Label.CONTRADICTED)
"""The order of a reading's logits."""

_CREDITED: Final = frozenset({CountsAs.COVERED, CountsAs.PARTIAL})
_MISSING: Final = LABELS.index(Label.MISSING)
_REASONS: Final = {
    Label.COVERED: "The answer makes this point.",
    Label.PARTIAL: "The answer makes a part of this point.",
    Label.MISSING: "The answer does not make this point.",
    Label.CONTRADICTED: "The answer says something that cannot be true if this point is.",
}


class Calibration(Immutable):
    """From a reading's logits to probabilities: each divided by `temperature`, which changes no verdict.

    `contradiction` is then added to the logit of `contradicted`: the answers to learn from say more that is wrong than
    people do, and who learned from them expects it. `unsure_below` is the probability under which a verdict needs a
    person. `fitted_on` says on what this and the temperature were fitted. Guo et al. 2017, "On Calibration of Modern
    Neural Networks".
    """

    fitted_on: str
    temperature: float = Field(gt=0)
    contradiction: float = 0.0
    unsure_below: float = Field(ge=0, le=1)

    @classmethod
    def shipped(cls) -> Self:
        """The calibration that comes with the shipped weights."""
        return cls.model_validate_json(files("grader.judges").joinpath("local.json").read_text("utf-8"))

    def probabilities(self, reading: Reading) -> NDArray[np.float64]:
        """Probability of each of LABELS, summing to 1."""
        chances: NDArray[np.float64] = shares(np.asarray([reading.logits]), self.temperature, self.contradiction)[0]
        return chances


def shares(logits: NDArray[np.float64], temperature: float, contradiction: float) -> NDArray[np.float64]:
    """Probabilities of LABELS, each row summing to 1, for logits of shape (readings, 4); see `Calibration`."""
    shifted = logits / temperature
    shifted[:, LABELS.index(Label.CONTRADICTED)] += contradiction
    odds = np.exp(shifted - shifted.max(axis=1, keepdims=True))
    found: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return found


def in_doubt(point: GradedPoint) -> bool:
    """Whether this judge calls a point wrong without being sure enough to say so without reserve."""
    unsure = point.judged_by == NAME and (point.confidence or 0.0) < SURE_CONTRADICTION
    return unsure and point.verdict is Label.CONTRADICTED


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
        ruled = [(point, ruling) for point in points for ruling in point.rulings if ruling.counts_as in _CREDITED]
        statements = (*(point.text for point in points), *(ruling.said for _, ruling in ruled))
        readings = await self.reader.read(Passage(submission.rubric.question.text, text, statements))
        near = {match.key_point_id for match in submission.matches if match.similarity >= NEAR}
        verdicts = {
            point.id: self._verdict(point, found, text, near=point.id in near)
            for point, found in zip(points, readings, strict=False)
        }
        for (point, ruling), found in zip(ruled, readings[len(points) :], strict=True):
            verdicts[point.id] = self._ruled(verdicts[point.id], ruling, found, text)
        return Judgement(tuple(verdicts.values()))

    def _ruled(self, verdict: Verdict, ruling: Ruling, readings: Sequence[Reading], text: str) -> Verdict:
        """The verdict, or the ruling's where the answer makes the ruled words and that earns more.

        Rulings that deny credit are the LLM's: an answer may say such words and make the point beside them.
        """
        chances, reading = self._clearest(readings)
        counted = Label(ruling.counts_as)
        if LABELS[int(chances.argmax())] is not Label.COVERED or verdict.label in {Label.COVERED, counted}:
            return verdict
        confidence = round(float(chances.max()), 4)
        return verdict.model_copy(
            update={
                "label": counted,
                "confidence": confidence,
                "reason": f"A reviewer decided that words such as “{ruling.said}” count.",
                "evidence": _evidence(text, reading.words),
                "flags": self._doubts(counted, confidence, near=False),
            }
        )

    def _verdict(self, point: KeyPoint, readings: Sequence[Reading], text: str, *, near: bool) -> Verdict:
        chances, reading = self._clearest(readings)
        label = LABELS[int(chances.argmax())]
        confidence = round(float(chances.max()), 4)
        return Verdict(
            key_point_id=point.id,
            label=label,
            judged_by=NAME,
            reason=_REASONS[label],
            confidence=confidence,
            evidence=() if label is Label.MISSING else _evidence(text, reading.words),
            flags=self._doubts(label, confidence, near=near),
        )

    def _doubts(self, label: Label, confidence: float, *, near: bool) -> tuple[Flag, ...]:
        """Why a person is to look: the reader is unsure, or similarity finds what the reader misses."""
        least = self.calibration.unsure_below
        sure = max(least, SURE_CONTRADICTION) if label is Label.CONTRADICTED else least
        unsure = (Flag.LOW_CONFIDENCE,) if confidence < sure else ()
        return (*unsure, Flag.JUDGES_DISAGREE) if near and label is Label.MISSING else unsure

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
