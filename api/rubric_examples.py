"""Examples of what goes in and out about rubrics; made of the models themselves, so they cannot disagree with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from api.rubric_schemas import ChangeList, RubricOut, VersionList, VersionOut
from grader.domain import Label, Usage
from grader.rescoring import GradeChange, Preview
from grader.selftest import CheckReport, PointTrial, Trial, TrialResult
from rubrics.extraction.coverage import Coverage
from rubrics.extraction.readability import readability
from rubrics.model import KeyPoint, Question, Rubric, Ruling, Span
from rubrics.versions import RubricVersion, State
from rubrics.versions.differences import Change, Kind
from rubrics.versions.rulings import PointRuling

_NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
_HASH: Final = "sha256:5f1d7a84db00d2fce00b31a7fc73224f5b8e4a21f6a0d3f2f7b9c1f0a1e2d3c4"
_OLD: Final = "sha256:0a9c4f2be7d1538862f4ac19bd05e7c6a1f83d24977b0e5c6d18f3a2b4c5d6e7"
_REFERENCE: Final = "The moon's gravity pulls the oceans. The sun adds to it."


def rubric_examples() -> dict[str, dict[str, Any]]:
    """`METHOD template` -> `request` or a status -> examples by name."""
    rubric, report, version = _rubric(), _report(), _version()
    sent = rubric.model_dump(mode="json", exclude_defaults=True)
    shown = VersionOut(id=_HASH, version=version).model_dump(mode="json")
    listed = VersionList(versions=[VersionOut(id=_HASH, version=version)]).model_dump(mode="json")
    checked = VersionOut(id=_HASH, version=version, check=report).model_dump(mode="json")
    return {
        "POST /v1/rubrics/drafts": {
            "request": _one({"question": rubric.question.text, "reference_answer": _REFERENCE}),
            "201": _one(_draft(rubric, report)),
        },
        "POST /v1/rubrics/check": {"request": _one({"rubric": sent}), "200": _one(report.model_dump(mode="json"))},
        "POST /v1/rubrics": {
            "request": _one({"rubric": sent, "note": "first published version"}),
            "201": _one(checked),
        },
        "GET /v1/rubrics": {"200": _one({**listed, "next": None})},
        "GET /v1/rubrics/{name}": {
            "200": _one(RubricOut(id=_HASH, rubric=rubric, version=version).model_dump(mode="json"))
        },
        "GET /v1/rubrics/{name}/versions": {"200": _one(listed)},
        "GET /v1/rubrics/{name}/diff": {"200": _one(_changes())},
        "POST /v1/rubrics/{name}/preview": {
            "request": _one({"rubric": sent, "pass_mark": 0.6}),
            "200": _one(_preview().model_dump(mode="json")),
        },
        "POST /v1/rubrics/{name}/rulings": {
            "request": _one({"key_point_id": "moon", "said": "lunar attraction", "counts_as": "covered"}),
            "201": _one(_ruling().model_dump(mode="json")),
        },
        "PUT /v1/rubrics/{name}/state": {"request": _one({"state": "retired"}), "200": _one(shown)},
    }


def _one(value: object) -> dict[str, Any]:
    return {"example": {"value": value}}


def _rubric() -> Rubric:
    moon = KeyPoint(
        id="moon", text="The moon's gravity pulls the oceans.", weight=3, required=True, source=Span(start=0, end=36)
    )
    sun = KeyPoint(id="sun", text="The sun's gravity adds to the moon's.", source=Span(start=37, end=56))
    question = Question(id="tides", title="Tides", text="Why are there tides?")
    return Rubric(question=question, reference_answer=_REFERENCE, key_points=(moon, sun))


def _version() -> RubricVersion:
    return RubricVersion(
        rubric=_rubric(), number=1, state=State.PUBLISHED, created_at=_NOON, changed_at=_NOON, made_by="key-1"
    )


def _report() -> CheckReport:
    return CheckReport(
        question_id="tides",
        content_hash=_HASH,
        judge="local",
        findings=(),
        trials=(TrialResult(answer=Trial.REFERENCE, score=1.0, least=0.95, most=1.0),),
        points=(PointTrial(key_point_id="moon", alone=Label.COVERED, without=Label.MISSING),),
    )


def _draft(rubric: Rubric, report: CheckReport) -> dict[str, Any]:
    coverage = Coverage(share=1.0, uncovered=(), dropped=(), overlaps=())
    return {
        "rubric": rubric.model_dump(mode="json"),
        "content_hash": _HASH,
        "provenance": {"extractor": "structure"},
        "coverage": coverage.model_dump(mode="json"),
        "readability": readability(rubric.key_points).model_dump(mode="json"),
        "check": report.model_dump(mode="json"),
        "usage": Usage().model_dump(mode="json"),
    }


def _changes() -> dict[str, Any]:
    change = Change(kind=Kind.CHANGED, where="sun.weight", before="1", after="2")
    return ChangeList(changes=[change], free=True).model_dump(mode="json")


def _preview() -> Preview:
    crossing = GradeChange(
        grade_id="3f0c2a52-1d0e-4c39-8a3e-5a9d1f6c7b21",
        before=0.75,
        after=0.55,
        after_interval=(0.55, 0.55),
        passed_before=True,
        passed_after=False,
    )
    return Preview(
        old=_OLD,
        new=_HASH,
        grades=412,
        changed=37,
        newly_passed=1,
        newly_failed=4,
        undecided=0,
        mean_before=0.61,
        mean_after=0.58,
        to_judge=(),
        judge_calls=0,
        changes=(crossing,),
        summary="37 of 412 grades change, 5 cross the pass mark.",
    )


def _ruling() -> PointRuling:
    return PointRuling(
        id="b0c5f0a2-7f0e-4d7a-9a51-0c1f6a5e8d11",
        question_id="tides",
        key_point_id="moon",
        ruling=Ruling(said="lunar attraction"),
        ruled_at=_NOON,
        ruled_by="key-1",
    )
