"""One grade before a person: what is seen, what can be decided, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.access import Scope
from tests.api.doors import Doors
from tests.api.practice.judges import ANSWER
from tests.api.reading_pages import Page, read, send
from tests.api.review.waiting import graded, objected, path_to

REASON = {"reason": "evidence_missed"}


def case(client: TestClient, grade_id: str, status: int = 200) -> Page:
    return read(client.get(path_to(grade_id)), status)


def decide(client: TestClient, page: Page, point: str = "k1", **fields: str) -> Any:
    return send(client, page, "/overrides", {"point": point}, **{"verdict": "covered", **REASON, **fields})


def test_answer_and_rubric_stand_side_by_side(client: TestClient) -> None:
    page = case(client, graded(client))
    assert page.own_marks == ["The cost stays quadratic", "nothing is lost"]
    assert "In sliding window attention each token attends only" in page.words
    assert "none of its quotes stands in the answer" in page.words
    assert "by llm" in page.words
    assert "As the machine judged" in page.words


def test_a_verdict_is_changed_with_reason_and_words_and_the_machines_is_kept(client: TestClient) -> None:
    grade_id = graded(client)
    page = read(decide(client, case(client, grade_id), words="each  token attends ONLY\nto a local window", note=""))
    assert "As people decided" in page.words
    assert "The machine came to 10\u202f%" in page.words
    assert "A person decided: covered, because of evidence missed. The machine had said missed." in page.words
    assert "Each token attends only" in page.own_marks
    kept = client.get(f"/v1/grades/{grade_id}/review").json()["overrides"][0]
    assert [each["text"] for each in kept["evidence"]] == ["Each token attends only", "to a local window"]
    assert kept["note"] == "The machine missed the evidence."
    assert client.get(f"/v1/grades/{grade_id}").json()["points"][0]["verdict"] == "missing"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"words": "words nobody wrote here at all"}, "The answer does not say “words nobody wrote here at all”"),
        ({"verdict": "great"}, "Choose a verdict."),
        ({"reason": ""}, "choose a reason"),
        ({"note": "n" * 2_001}, "2,000 characters"),
    ],
)
def test_what_makes_no_sense_is_said_and_stays_in_the_form(
    client: TestClient, fields: dict[str, str], said: str
) -> None:
    page = case(client, graded(client))
    again = read(decide(client, page, **{"note": "my note", **fields}), 422)
    assert said in again.words
    kept = again.form("/overrides", point="k1").fields
    assert kept["note"] == fields.get("note", "my note")
    assert kept["words"] == fields.get("words", "")


def test_who_saw_an_older_state_is_shown_the_new_one_first(client: TestClient) -> None:
    page = case(client, graded(client))
    read(decide(client, page))
    again = read(decide(client, page, verdict="partial"), 409)
    assert "Somebody else decided" in again.words
    assert "As people decided" in again.words
    assert "in part, because" in read(decide(client, again, verdict="partial")).words


def test_a_point_or_a_grade_that_is_not_there_is_not_found(client: TestClient) -> None:
    page = case(client, graded(client))
    form = page.form("/overrides")
    read(client.post(form.action, data={**form.fields, **REASON, "verdict": "covered", "point": "k99"}), 404)
    case(client, "nothing", 404)


def test_the_name_is_shown_to_who_asks_and_that_is_logged(client: TestClient) -> None:
    grade_id = graded(client)
    page = case(client, grade_id)
    assert "ann@example.org" not in page.markup
    assert "ann@example.org" in read(client.get(next(link for link in page.links if "names=" in link))).words
    doors = Doors(client)
    entries = doors.call(lambda: doors.application.services.storage.audit.page("local", after=0, limit=99))
    assert [each.read()["action"] for each in entries].count("name_shown") == 1


def test_an_objection_is_judged_before_anything_of_it_is_seen(client: TestClient) -> None:
    page = case(client, objected(client))
    assert "Judge first" in page.words
    assert page.marks == []
    for secret in ("I meant the memory", "wrong about", "by llm", "%", "As the machine judged"):
        assert secret not in page.words
    assert [form.action.rpartition("/")[2] for form in page.forms] == ["opinion"]
    assert 'name="verdict.k3"' in page.markup
    assert 'name="verdict.k1"' not in page.markup, "nobody objected to that"


def test_after_the_own_verdict_the_objection_shows_and_is_answered(client: TestClient) -> None:
    grade_id = objected(client)
    page = read(send(client, case(client, grade_id), "/opinion", **{"verdict.k3": "contradicted"}))
    assert "I meant the memory" in page.words
    assert "Your own verdict, given blind: wrong" in page.words
    assert "still to be answered" in read(send(client, page, "/done"), 409).words
    assert "why the verdict stands" in read(send(client, page, "/appeals/1", answer=" "), 422).words
    page = read(send(client, page, "/appeals/1", answer="You name no memory."))
    assert "answered: the verdict stands. You name no memory." in page.words
    assert send(client, page, "/done").url.path == "/review"
    assert client.get(f"/v1/grades/{grade_id}/review").json()["appeals"][0]["state"] == "upheld"


def test_an_objection_is_granted_by_another_verdict(client: TestClient) -> None:
    page = read(send(client, case(client, objected(client)), "/opinion", **{"verdict.k3": "covered"}))
    page = read(decide(client, page, "k3"))
    assert "granted" in page.words
    assert send(client, page, "/done").url.path == "/review"


def test_the_sample_needs_a_verdict_on_every_point(review: Callable[..., TestClient]) -> None:
    client = review(audit_share=1.0)
    grade_id = graded(client, "sure")
    page = case(client, grade_id)
    some = {f"verdict.k{n}": "missing" for n in range(1, 5)}
    again = read(send(client, page, "/opinion", **some), 422)
    assert "Give a verdict on every point" in again.words
    assert again.form("/opinion").fields["verdict.k1"] == "missing", "what was chosen stays chosen"
    page = read(send(client, again, "/opinion", **some, **{"verdict.k5": "ungraded"}))
    assert "You judged blind, and agreed with the machine on 2 of 5" in page.words
    twice = {"form_token": page.form("/done").fields["form_token"], **some, "verdict.k5": "covered"}
    page = read(client.post(f"{path_to(grade_id)}/opinion", data=twice))
    assert "agreed with the machine on 2 of 5" in page.words, "the first one counts"


def test_done_before_judging_leads_back_to_judging(client: TestClient) -> None:
    doubted, disputed = graded(client), objected(client)
    token = case(client, doubted).form("/done").fields["form_token"]
    page = read(client.post(f"{path_to(disputed)}/done", data={"form_token": token}))
    assert "Judge first" in page.words


def test_a_form_from_elsewhere_decides_nothing(client: TestClient) -> None:
    grade_id = graded(client)
    for action in ("overrides", "opinion", "appeals/1", "done"):
        read(client.post(f"{path_to(grade_id)}/{action}", data={"form_token": "x.y", "verdict.k1": "covered"}), 403)
    assert client.get(f"/v1/grades/{grade_id}/review").json()["overrides"] == []


def test_a_grade_whose_answer_is_gone_can_still_be_decided(client: TestClient) -> None:
    grade_id, doors = graded(client), Doors(client)
    doors.call(doors.application.services.storage.bases.erase, "local", [grade_id])
    page = case(client, grade_id)
    assert "The answer is no longer kept" in page.words
    assert "no longer kept, so no words" in read(decide(client, page, words=ANSWER[:10]), 422).words
    assert "As people decided" in read(decide(client, page)).words


def test_two_reviewers_with_keys_each_judge_for_themselves(review: Callable[..., TestClient]) -> None:
    client = review(audit_share=1.0)
    grade_id = graded(client, "sure")
    doors = Doors(client)
    ann, bob = doors.key(Scope.ADMIN, tenant="local"), doors.key(Scope.ADMIN, tenant="local")
    for key in (ann, bob):
        page = read(doors.send("GET", path_to(grade_id), key))
        assert "Judge first" in page.words
        fields = {**page.form("/opinion").fields, **{f"verdict.k{n}": "covered" for n in range(1, 6)}}
        read(doors.send("POST", f"{path_to(grade_id)}/opinion", key, data=fields))
    opinions = doors.call(doors.application.services.storage.reviews.opinions, "local", grade_id)
    assert [each.made_by for each in opinions] == [ann.key.id, bob.key.id]


def test_who_decided_a_point_leaves_the_objection_to_another(review: Callable[..., TestClient]) -> None:
    client = review()
    grade_id, doors = graded(client), Doors(client)
    ann, bob = doors.key(Scope.ADMIN, tenant="local"), doors.key(Scope.ADMIN, tenant="local")
    decide = read(doors.send("GET", path_to(grade_id), ann)).form("/overrides", point="k1")
    said = {**decide.fields, **REASON, "verdict": "partial"}
    read(doors.send("POST", decide.action, ann, data=said))
    objection = {"key_point_id": "k1", "reason": "other", "text": "All of it."}
    assert doors.send("POST", f"/v1/grades/{grade_id}/appeals", ann, json=objection).status_code == 201

    page = read(doors.send("GET", path_to(grade_id), ann))
    assert "You judged this point before" in page.words
    assert not [form for form in page.forms if "/appeals/" in form.action or form.fields.get("point") == "k1"]
    assert doors.send("GET", f"/review/next?after={grade_id}", ann).url.path == "/review"
    fields = {**page.form("/overrides").fields, **REASON, "point": "k1", "verdict": "covered", "answer": "No."}
    for action in ("appeals/1", "overrides"):
        refused = doors.send("POST", f"{path_to(grade_id)}/{action}", ann, data=fields)
        assert "Leave the objection to somebody else" in read(refused, 409).words

    assert doors.send("GET", "/review/next", bob).url.path == path_to(grade_id)
    fields = {**read(doors.send("GET", path_to(grade_id), bob)).form("/opinion").fields, "verdict.k1": "covered"}
    page = read(doors.send("POST", f"{path_to(grade_id)}/opinion", bob, data=fields))
    answered = {**page.form("/appeals/1").fields, "answer": "You name no window."}
    page = read(doors.send("POST", f"{path_to(grade_id)}/appeals/1", bob, data=answered))
    assert "answered: the verdict stands" in page.words
