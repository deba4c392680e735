"""What a benchmark says about a judge: every metric with its interval, where it goes wrong, what it costs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import Field

from grader.benchmark.bootstrap import Estimate
from grader.benchmark.dataset import Scale
from grader.benchmark.stress import StressReport
from grader.domain import Label
from rubrics.model import Immutable

REPORT_FILE: Final = "report.json"


class LabelMetrics(Immutable):
    """Labels over the graded points, confidences over those that have one, `ungraded` over all points.

    What is finer than the labels of the dataset is undefined.
    """

    accuracy: Estimate = Field(description="Accuracy, four labels")
    kappa: Estimate = Field(description="Kappa, four labels")
    macro_f1: Estimate = Field(description="Macro-F1, four labels")
    covered_accuracy: Estimate = Field(description="Accuracy, covered or not")
    covered_kappa: Estimate = Field(description="Kappa, covered or not")
    covered_macro_f1: Estimate = Field(description="Macro-F1, covered or not")
    three_way_accuracy: Estimate = Field(description="Accuracy, covered, contradicted or neither")
    three_way_macro_f1: Estimate = Field(description="Macro-F1, covered, contradicted or neither")
    contradicted_f1: Estimate = Field(description="F1 of contradicted")
    missing_f1: Estimate = Field(description="F1 of missing")
    calibration_error: Estimate = Field(description="Expected calibration error")
    ungraded: Estimate = Field(description="Share of points ungraded")


class ScoreMetrics(Immutable):
    """Scores over the answers that have one."""

    rmse: Estimate = Field(description="Score error (RMSE)")
    r: Estimate = Field(description="Score correlation (Pearson r)")


class EffortMetrics(Immutable):
    """Speed over the timed answers, consumption per answer over all of them."""

    answers_per_second: Estimate = Field(description="Answers per second")
    llm_calls: Estimate = Field(description="LLM calls per answer")
    input_tokens: Estimate = Field(description="Input tokens per answer")
    output_tokens: Estimate = Field(description="Output tokens per answer")
    cost_usd: Estimate = Field(description="Cost per answer, USD")


class Latency(Immutable):
    """Seconds until an answer was graded while `at_once` were in work on `cores` processors; null where untimed."""

    cores: int
    at_once: int
    p50: float | None
    p95: float | None


class ClassMetrics(Immutable):
    """How well one label is found, over the graded points; `support` truly have it, `predicted` are said to."""

    label: Label
    support: int
    predicted: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


class StyleMetrics(Immutable):
    """The answers of one style; both mean scores in [0, 1] are over the same, scored answers, null without any."""

    style: str
    answers: int
    points: int
    accuracy: Estimate
    covered_kappa: Estimate
    scored: int
    true_score: float | None
    predicted_score: float | None
    rmse: Estimate


class ReliabilityBin(Immutable):
    """The points whose confidence lies in `[low, high)`, the last bin up to 1 inclusive; null means: no points."""

    low: float
    high: float
    points: int
    confidence: float | None
    accuracy: float | None


class ClassReliability(Immutable):
    """The same for the points that the judge gives one label; all null where there is none with a confidence."""

    label: Label
    points: int
    confidence: float | None
    accuracy: float | None
    calibration_error: float | None
    bins: tuple[ReliabilityBin, ...]


class RiskPoint(Immutable):
    """How often the surest verdicts are wrong: a share `kept` in (0, 1] of all, down to which confidence.

    Which of several equally sure ones are kept is left to chance, so they count as wrong as they are together.
    """

    kept: float
    points: int
    least_confidence: float
    error_rate: float


class Report(Immutable):
    """How one judge does on one dataset; `confusion` counts points by true label, then by predicted label.

    `questions` is what the intervals are over; `risk` is empty without confidences, `stress` null where not asked for.
    """

    dataset: str
    dataset_hash: str
    scale: Scale = Scale.FOUR_LABELS
    judge: dict[str, str]
    embedder: dict[str, str] | None
    grader_version: str
    created_at: datetime
    questions: int
    answers: int
    unscored_answers: int
    points: int
    ungraded_points: int
    labels: LabelMetrics
    scores: ScoreMetrics
    effort: EffortMetrics
    latency: Latency
    classes: tuple[ClassMetrics, ...]
    confusion: dict[Label, dict[Label, int]]
    styles: tuple[StyleMetrics, ...]
    reliability: tuple[ReliabilityBin, ...]
    class_reliability: tuple[ClassReliability, ...]
    risk: tuple[RiskPoint, ...]
    stress: StressReport | None = None

    @property
    def judge_name(self) -> str:
        """Which judge, with its model if it has one."""
        return self.judge["name"] + (f" ({self.judge['model']})" if "model" in self.judge else "")

    @property
    def title(self) -> str:
        """Which judge on which dataset."""
        return f"{self.judge_name} on {self.dataset}"
