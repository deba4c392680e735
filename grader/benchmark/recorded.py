"""What `grader bench -o DIR` wrote about one judge, read again: no judge is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from grader.benchmark.dataset import Dataset
from grader.benchmark.report import REPORT_FILE, Report
from grader.benchmark.verdicts import POINTS_FILE, ComparedVerdict
from grader.errors import DatasetError


@dataclass(frozen=True)
class Recorded:
    """One judge's report, and its verdicts by answer id and key point id."""

    report: Report
    verdicts: Mapping[tuple[str, str], ComparedVerdict]


def read_recorded(folder: Path, dataset: Dataset) -> Recorded:
    """What stands in `folder`; DatasetError where it is not there, or was measured on other answers than `dataset`."""
    report_file, points_file = folder / REPORT_FILE, folder / POINTS_FILE
    try:
        report = Report.model_validate_json(report_file.read_text("utf-8"))
        lines = points_file.read_text("utf-8").split("\n")
        verdicts = [ComparedVerdict.model_validate_json(line) for line in lines if line]
    except (OSError, ValidationError) as error:
        raise DatasetError(
            f"{folder}: holds no report of this version; write one with `grader bench --judge … -o {folder}`"
        ) from error
    by_point = {(verdict.answer_id, verdict.key_point_id): verdict for verdict in verdicts}
    wanted = {(case.answer_id, target) for case in dataset.cases for target in case.labels}
    if report.dataset_hash != dataset.content_hash or set(by_point) != wanted:
        raise DatasetError(f"{folder}: was measured on other answers than {dataset.name}; measure it again on these")
    return Recorded(report, by_point)
