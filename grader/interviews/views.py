"""A report in the form that is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, cast

from grader.interviews.page import page
from grader.interviews.report import InterviewReport
from grader.interviews.sheet import sheet

Form = Literal["html", "json", "csv"]


def rendered(reports: Sequence[InterviewReport], form: str) -> str:
    """The reports as `html`, `json` or `csv`; one report is one JSON object, several are a list."""
    match cast(Form, form):
        case "html":
            return page(reports)
        case "csv":
            return sheet(reports)
        case "json":
            found = [report.model_dump(mode="json") for report in reports]
            return json.dumps(found[0] if len(found) == 1 else found, indent=2, ensure_ascii=False) + "\n"
