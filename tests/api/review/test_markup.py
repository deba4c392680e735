"""No text that anybody wrote becomes markup on the review pages, whatever it is and wherever it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.domain import Label
from grader.fakes import FakeJudge
from grader.text.canonical import MAX_CHARACTERS
from rubrics.bank import Bank
from rubrics.serialization import format_rubric
from tests.api.markup import MARKUP, assert_no_markup, hostile_texts
from tests.api.reading_pages import read, send
from tests.api.review.waiting import APPEAL, graded, path_to

TEXT = " ".join(MARKUP)


@pytest.fixture(scope="module")
def hostile(serve: Callable[..., TestClient], tmp_path_factory: Any, bank: Bank) -> TestClient:
    """An application whose only rubric is made of markup; its judge finds nothing."""
    rubric, folder = bank.rubric("DL0028"), tmp_path_factory.mktemp("bank")
    question = rubric.question.model_copy(update={"title": TEXT, "text": TEXT, "category": TEXT, "tags": (TEXT,)})
    points = tuple(
        point.model_copy(update={"text": f"{TEXT} {point.id}", "topic": TEXT, "hint": TEXT, "source": None})
        for point in rubric.key_points
    )
    changed = rubric.model_copy(update={"question": question, "key_points": points, "reference_answer": TEXT})
    (folder / "DL0028.yaml").write_text(format_rubric(changed), "utf-8")
    judge = FakeJudge({"k1": Label.UNGRADED, "k2": Label.CONTRADICTED})
    return serve(judges={"fake": judge}, default_judge="fake", bank=Bank(folder), audit_share=0.0)


def test_texts_of_answer_rubric_name_objection_and_decision_stay_texts(hostile: TestClient, shared: Path) -> None:
    everything = "\n".join((*MARKUP, *hostile_texts(shared)))[:MAX_CHARACTERS]
    grade_id = graded(hostile, "fake", everything, ref=TEXT[:200])
    place = path_to(grade_id)
    for path in ("/review", f"{place}?names=shown", f"{place}?question={TEXT[:60]}"):
        assert_no_markup(hostile.get(path))
    hostile.post(f"/v1/grades/{grade_id}/appeals", json=APPEAL | {"text": TEXT})
    blind = hostile.get(place)
    assert_no_markup(blind)
    judged = send(hostile, read(blind), "/opinion", **{"verdict.k3": "missing"})
    assert_no_markup(judged)
    assert "{{ 7*7 }}" in judged.text
    fields = {"verdict": "covered", "reason": "other", "note": TEXT}
    decided = send(hostile, read(judged), "/overrides", {"point": "k1"}, **fields, words=MARKUP[0])
    assert_no_markup(decided)
    assert_no_markup(send(hostile, read(decided), "/appeals/1", answer=TEXT))


@pytest.mark.parametrize("field", ["words", "verdict", "reason"])
def test_what_is_refused_is_shown_as_text(hostile: TestClient, shared: Path, field: str) -> None:
    page = read(hostile.get(path_to(graded(hostile, "fake", "A window."))))
    fields = {"verdict": "covered", "reason": "other"}
    form = page.form("/overrides", point="k1")
    for text in (*MARKUP, *hostile_texts(shared)[::6]):
        refused = hostile.post(form.action, data={**form.fields, **fields, field: text})
        assert_no_markup(refused, 422)
