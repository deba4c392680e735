"""Reports of interviews as one HTML file: nothing is loaded from elsewhere, it prints, no text in it becomes markup."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from grader.feedback import FLAG_NOTES
from grader.interviews.report import CandidateReport, InterviewReport, QuestionReport
from grader.judges import local

_HERE: Final = Path(__file__).parent


def page(reports: Sequence[InterviewReport]) -> str:
    """The candidates of all reports: side by side where there are several, then one by one."""
    candidates = [(report, candidate) for report in reports for candidate in report.candidates]
    everybody = [candidate for _, candidate in candidates]
    questions = {each.question_id: each for candidate in everybody for each in candidate.questions}
    return _template().render(
        candidates=candidates, questions=list(questions.values()), find=_find, reports=reports, notes=FLAG_NOTES
    )


def _find(candidate: CandidateReport, question_id: str) -> QuestionReport | None:
    return next((each for each in candidate.questions if each.question_id == question_id), None)


def clock(seconds: float | None) -> str:
    """A time in the recording, `m:ss` or `h:mm:ss`; empty where it is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@cache
def _template() -> Template:
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.tests["in_doubt"] = local.in_doubt
    made.filters["percent"] = lambda share: "–" if share is None else f"{share:.0%}"
    made.filters["clock"] = clock
    made.filters["words"] = lambda code: str(code).replace("_", " ")
    return made.get_template("page.html")
