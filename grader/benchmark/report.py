"""What a benchmark says about a judge: every metric with its interval, where it goes wrong, what it costs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import Field

from grader.benchmark.bootstrap import Estimate
from grader.benchmark.run import Run
from grader.benchmark.verdicts import compare
from grader.domain import Label
from rubrics.model import Immutable

REPORT_FILE: Final = "report.json"
VERDICTS_FILE: Final = "verdicts.jsonl"


class LabelMetrics(Immutable):
    """Labels over the graded points, confidences over those that have one, `ungraded` over all points."""

    accuracy: Estimate = Field(description="Accuracy, four labels")
    kappa: Estimate = Field(description="Kappa, four labels")
    covered_kappa: Estimate = Field(description="Kappa, covered or not")
    covered_macro_f1: Estimate = Field(description="Macro-F1, covered or not")
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


class StyleScores(Immutable):
    """Mean true and predicted score in [0, 1] of the answers of one style; null where none has a score."""

    style: str
    answers: int
    scored: int
    true_score: float | None
    predicted_score: float | None


class ReliabilityBin(Immutable):
    """The points whose confidence lies in `[low, high)`, the last bin up to 1 inclusive; null means: no points."""

    low: float
    high: float
    points: int
    confidence: float | None
    accuracy: float | None


class Report(Immutable):
    """How one judge does on one dataset; `confusion` counts points by true label, then by predicted label."""

    dataset: str
    dataset_hash: str
    judge: dict[str, str]
    embedder: dict[str, str] | None
    grader_version: str
    created_at: datetime
    answers: int
    unscored_answers: int
    points: int
    ungraded_points: int
    labels: LabelMetrics
    scores: ScoreMetrics
    effort: EffortMetrics
    confusion: dict[Label, dict[Label, int]]
    styles: tuple[StyleScores, ...]
    reliability: tuple[ReliabilityBin, ...]

    @property
    def title(self) -> str:
        """Which judge, with its model if it has one, on which dataset."""
        model = f" ({self.judge['model']})" if "model" in self.judge else ""
        return f"{self.judge['name']}{model} on {self.dataset}"


def write_report(report: Report, run: Run, folder: Path) -> None:
    """Write `report.json` and, one line a point, `verdicts.jsonl` into `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    lines = (verdict.model_dump_json() + "\n" for verdicts in compare(run) for verdict in verdicts)
    (folder / VERDICTS_FILE).write_text("".join(lines), encoding="utf-8")
