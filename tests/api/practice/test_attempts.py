"""Feedback on an answer, and everything that can be done with it, complete without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.access import Scope
from grader.domain import Label
from grader.errors import JudgeFailure
from grader.fakes import FakeChatModel, FakeJudge, completion
from grader.judges.llm import LlmJudge
from grader.ports import Judge
from rubrics.bank import Bank
from tests.api.doors import Doors
from tests.api.practice.judges import ANSWER, EVERYTHING, VERDICTS, Slow, down, reading
from tests.api.reading_pages import Page, answer, read, send
from tests.patience import until

Practise = Callable[..., TestClient]


def path_of(response: Any) -> str:
    return str(response.url.path)


def test_an_answer_leads_to_a_page_of_its_own_with_its_words_marked(reader: TestClient) -> None:
    response = answer(reader, ANSWER)
    page = read(response)
    assert path_of(response).startswith("/practice/attempts/")
    assert page.own_marks == [quote for verdict in VERDICTS for quote in verdict["quotes"]]
    assert "You covered 1 of 5 key points (40)" in page.words
    assert "Getting there" in page.words
    assert read(reader.get(path_of(response))).own_marks == page.own_marks


def test_what_is_wrong_is_put_right_and_what_is_missed_is_not_given_away(reader: TestClient, bank: Bank) -> None:
    text = answer(reader, ANSWER).text
    points = {point.id: point.text for point in bank.rubric("DL0028").key_points}
    assert "for sequence length n and window size w" in text, "what is right, where something is wrong"
    assert [key for key, point in points.items() if point[:40] in text] == ["k1", "k3"]


def test_a_missed_point_gives_one_hint_after_the_other_and_remembers_which(reader: TestClient, bank: Bank) -> None:
    response = answer(reader, ANSWER)
    page, point = read(response), bank.rubric("DL0028").point("k4")
    for shown in (f"Think about {point.topic}.", str(point.hint), point.text):
        assert shown not in page.words
        page = read(send(reader, page, "/hints", {"point": "k4"}))
        assert shown in page.words
    assert not [form for form in page.forms if form.action.endswith("/hints") and form.fields["point"] == "k4"]
    assert point.text in read(reader.get(path_of(response))).words
    held = reader.get("/practice/export").json()
    assert [reveal["help"] for reveal in held["reveals"]] == ["topic", "question", "point"]


def test_a_step_of_the_ladder_cannot_be_skipped(reader: TestClient) -> None:
    page = read(answer(reader, ANSWER))
    for step in ("3", "0", "x", "٢"):
        send(reader, page, "/hints", {"point": "k4"}, step=step)
    send(reader, page, "/hints", {"point": "k4"}, point="k99")
    assert reader.get("/practice/export").json()["reveals"] == []


def test_the_reference_answer_is_shown_on_demand_and_that_is_remembered(reader: TestClient, bank: Bank) -> None:
    reference = str(bank.rubric("DL0028").reference_answer)[:60]
    page = read(answer(reader, ANSWER))
    assert reference not in page.words
    assert reference in read(send(reader, page, "/reference")).words
    assert reader.get("/practice/export").json()["reveals"][0]["help"] == "reference"


def test_an_answer_is_revised_from_its_own_text(reader: TestClient) -> None:
    page = read(answer(reader, ANSWER))
    link = next(link for link in page.links if "?attempt=" in link)
    assert read(reader.get(link)).form("DL0028").fields["answer"] == ANSWER


def test_a_second_attempt_says_what_was_gained_and_shows_both_and_what_was_changed(practise: Practise) -> None:
    client = practise(reading(VERDICTS, EVERYTHING))
    first = answer(client, ANSWER)
    page = read(answer(client, ANSWER.replace("stays quadratic", "becomes linear")))
    assert "+60 since your last attempt" in page.words
    assert "gained: the problem it solves" in page.words
    assert path_of(first) in page.links
    assert {"ins", "del"} <= page.tags
    assert "becomes linear" in page.words
    assert "40\u202f%" in page.words


def test_a_point_is_flagged_with_a_reason_and_a_person_answers(reader: TestClient) -> None:
    page = read(answer(reader, ANSWER))
    page = read(send(reader, page, "/flags", {"point": "k2"}, reason="i_covered_this", text="  "))
    assert "a person will look at it" in page.words
    attempt = reader.get("/practice/export").json()["attempts"][0]
    place = f"/v1/grades/{attempt['grade_id']}"
    appeal = reader.get(f"{place}/review").json()["appeals"][0]
    assert (appeal["key_point_id"], appeal["text"]) == ("k2", "I covered this point.")
    reader.put(f"{place}/appeals/1/decision", json={"state": "upheld", "answer": "It is not there."})
    page = read(reader.get(f"/practice/attempts/{attempt['id']}"))
    assert "the verdict stands. “It is not there.”" in page.words


def test_what_a_person_decides_counts_and_is_said(reader: TestClient) -> None:
    response = answer(reader, ANSWER)
    attempt = reader.get("/practice/export").json()["attempts"][0]
    place = f"/v1/grades/{attempt['grade_id']}"
    body = {"key_point_id": "k2", "verdict": "covered", "reason_code": "evidence_missed", "note": "It is there."}
    tag = reader.get(place).headers["ETag"]
    assert reader.post(f"{place}/overrides", json=body, headers={"If-Match": tag}).status_code == 201
    page = read(reader.get(path_of(response)))
    assert "You covered 2 of 5 key points (60)" in page.words
    assert "decided by a person" in page.words
    assert "best 60\u202f%" in read(reader.get("/practice")).words


@pytest.mark.parametrize(
    "changed", [{"reason": "because"}, {"reason": "other", "text": "a" * 2_001}, {"point": "k99", "reason": "other"}]
)
def test_a_flag_that_makes_no_sense_is_refused(reader: TestClient, changed: dict[str, str]) -> None:
    page = read(answer(reader, ANSWER))
    response = send(reader, page, "/flags", {"point": "k2"}, **changed)
    read(response, 404 if "point" in changed else 400)


def test_a_follow_up_asks_about_the_heaviest_missed_point_and_is_graded_alone(reader: TestClient, bank: Bank) -> None:
    page = read(answer(reader, ANSWER))
    link = next(link for link in page.links if "/follow-ups/" in link)
    assert link.endswith("/k3"), "required, and wrong"
    asked = read(reader.get(link))
    assert str(bank.rubric("DL0028").point("k3").hint) in asked.words
    graded = read(send(reader, asked, link, answer="The cost stays quadratic in the length of it."))
    assert "of 1 key point" in graded.words
    assert "/practice/questions/DL0028" in graded.links
    assert "1 attempt" in read(reader.get("/practice")).words, "a follow-up is no attempt at the question"
    read(reader.get("/practice/questions/DL0028/follow-ups/k99"), 404)


def test_a_grade_that_is_not_sure_says_so(practise: Practise) -> None:
    quotes_elsewhere = [{**VERDICTS[0], "quotes": ["words that are not there"]}, *VERDICTS[1:]]
    page = read(answer(practise(reading(quotes_elsewhere)), ANSWER))
    assert "The grader was not sure" in page.words
    assert "quoted words that are not in the answer" in page.words


def test_while_the_judge_is_down_the_grade_is_provisional_and_can_be_made_again(practise: Practise) -> None:
    model = FakeChatModel([JudgeFailure("timeout", "too late"), completion(VERDICTS)])
    client = practise(LlmJudge(model, b"secret"))
    page = read(answer(client, ANSWER))
    assert "Provisional" in page.words
    assert "cannot tell a statement from its opposite" in page.words
    page = read(send(client, page, "/grades"))
    assert "You covered 1 of 5 key points (40)" in page.words
    assert "Graded again" in page.words


def test_with_no_other_judge_the_answer_waits_and_can_be_taken_back(practise: Practise) -> None:
    client = practise(down(), similarity=False)
    page = waiting(client, answer(client, ANSWER), "The judge does not answer yet")
    assert ANSWER in page.words
    back = read(send(client, page, "/cancel"))
    assert back.form("DL0028").fields["answer"] == ANSWER
    assert client.get("/practice/export").json()["attempts"] == []


def waiting(client: TestClient, response: Any, said: str) -> Page:
    """The page that waits, once it says this."""
    return until(lambda: read(client.get(path_of(response))), lambda page: said in page.words)


def test_a_grade_that_takes_long_is_waited_for_in_words_and_comes(practise: Practise) -> None:
    client = practise(Slow({"k1": Label.COVERED}))
    response = answer(client, ANSWER)
    page = read(response)
    assert "Grading your answer" in page.words
    assert 'http-equiv="refresh"' in response.text
    waiting(client, response, "You covered 1 of 5")


def test_a_grade_that_never_comes_leaves_the_text_and_a_way_to_send_it_again(practise: Practise) -> None:
    client = practise(down(), similarity=False)
    response = answer(client, ANSWER)
    attempt = client.get("/practice/export").json()["attempts"][0]
    pending = client.app.state.application.services.storage.pending
    assert client.portal is not None
    client.portal.call(pending.fail, "local", attempt["grade_id"], "too_many_tries")
    page = read(client.get(path_of(response)))
    assert "could not be graded" in page.words
    assert page.form("DL0028").fields["answer"] == ANSWER


@pytest.mark.parametrize(("labels", "shown"), [({"k1": "covered", "k2": "ungraded"}, "30–50\u202f%")])
def test_points_that_could_not_be_graded_are_no_zero(practise: Practise, labels: dict[str, str], shown: str) -> None:
    judge: Judge = FakeJudge({point: Label(label) for point, label in labels.items()})
    page = read(answer(practise(judge), ANSWER))
    assert shown in page.words
    assert "not graded" in page.words


def test_visitors_and_this_machine_do_not_see_each_others_attempts(practise: Practise) -> None:
    client = practise(reading(), practice="everyone")
    doors = Doors(client)
    doors.key(Scope.READ)
    client.headers["Host"] = "grader.example"
    place = path_of(answer(client, ANSWER))
    assert read(client.get(place)).own_marks
    assert "1 attempt" in read(client.get("/practice")).words
    client.cookies.clear()
    read(client.get(place), 404)
    assert "1 attempt" not in read(client.get("/practice")).words
    client.headers["Host"] = "127.0.0.1"
    read(client.get(place), 404)
