"""Progress, and what is held about a learner."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.api.practice.judges import ANSWER
from tests.api.reading_pages import answer, read, send


def test_who_has_not_practised_is_led_to_the_questions(reader: TestClient) -> None:
    page = read(reader.get("/practice/progress"))
    assert "Nothing yet" in page.words
    assert "/practice" in page.links


def test_mastered_points_stand_in_a_chart_and_in_a_table_by_topic(reader: TestClient) -> None:
    answer(reader, ANSWER)
    page = read(reader.get("/practice/progress"))
    assert "polyline" in page.tags
    words = " ".join(page.words.split())
    assert "1 of 46 questions tried" in words
    assert "/practice?tag=attention" in page.links


def test_everything_can_be_taken_away_and_erased(reader: TestClient) -> None:
    answer(reader, ANSWER)
    held = reader.get("/practice/export")
    assert "attachment" in held.headers["Content-Disposition"]
    assert held.json()["grades"][0]["answer"] == ANSWER
    page = read(reader.get("/practice/progress"))
    form = page.form("/erasure")
    token = {"form_token": form.fields["form_token"]}
    read(reader.post(form.action, data=token), 400)
    assert "Nothing yet" in read(send(reader, page, "/erasure", sure="yes")).words
    assert reader.get("/practice/export").json()["grades"] == []


def test_the_export_of_the_api_holds_the_same(reader: TestClient) -> None:
    answer(reader, ANSWER)
    held = reader.get("/v1/candidates/practice:local/export").json()
    assert [attempt["question_id"] for attempt in held["attempts"]] == ["DL0028"]
    assert reader.delete("/v1/candidates/practice:local").json()["attempts"] == 1
