"""The candidate's page without a script: invitation, consent, questions, another device, handing in, feedback."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.patience import until

ASK = {"name": "ML basics", "question_ids": ["DL0028", "DL0001"], "review": "never"}
MARKUP = '<script>alert(1)</script> & "quotes"'


@pytest.fixture(scope="module")
def client(serve: Any) -> TestClient:
    served: TestClient = serve(default_judge="fake")
    return served


def order(client: TestClient, extra_minutes: int = 0, **policy: object) -> dict[str, Any]:
    test = client.post("/v1/assessments/tests", json={**ASK, **policy})
    assert test.status_code == 201, test.text
    candidate = {"ref": f"c {MARKUP}", "name": MARKUP}
    body = {"test_id": test.json()["id"], "candidate": candidate, "extra_minutes": extra_minutes}
    made = client.post("/v1/assessments/orders", json=body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def link(made: dict[str, Any], name: str = "invitation_url") -> str:
    return "/" + made[name].split("/", 3)[3]


def send(client: TestClient, url: str, **fields: object) -> Any:
    return client.post(url, data={"_": "", **fields})


def state(client: TestClient, made: dict[str, Any]) -> str:
    return str(client.get(f"/v1/assessments/orders/{made['id']}").json()["state"])


def test_nothing_begins_without_consent_to_the_use_of_ai(client: TestClient) -> None:
    made = order(client, minutes=30, extra_minutes=15)
    page = client.get(link(made))
    assert "AI is used" in page.text
    assert "45 minutes" in page.text
    assert MARKUP not in page.text
    refused = send(client, f"{link(made)}/start")
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    assert state(client, made) == "invited"
    assert "Question 1 of 2" in send(client, f"{link(made)}/start", consent="yes").text
    assert state(client, made) == "started"


def test_what_was_written_is_there_on_another_device_and_not_overwritten_unseen(client: TestClient) -> None:
    made = order(client)
    first = f"{link(made)}/questions/1"
    send(client, f"{link(made)}/start", consent="yes")
    send(client, first, answer=f"one {MARKUP}", revision=0, go="next")
    page = client.get(first)
    assert MARKUP not in page.text
    assert "one &lt;script&gt;" in page.text
    assert 'name="revision" value="1"' in page.text
    clash = send(client, first, answer="two", revision=0, go="next")
    assert clash.status_code == 409
    assert "one &lt;script&gt;" in clash.text
    assert re.search(r"<textarea[^>]*>\ntwo</textarea>", clash.text)
    assert send(client, first, answer="both", revision=1, go="saved").json() == {"revision": 2}


def test_handed_in_is_handed_in_and_the_link_shows_no_question_again(client: TestClient) -> None:
    made = order(client)
    send(client, f"{link(made)}/start", consent="yes")
    send(client, f"{link(made)}/questions/2", answer="late", revision=0, go="previous")
    assert "no answer yet" in client.get(link(made)).text
    assert "handed in" in send(client, f"{link(made)}/submission").text
    for again in (
        send(client, f"{link(made)}/submission"),
        send(client, f"{link(made)}/start", consent="yes"),
        send(client, f"{link(made)}/questions/2", answer="later", revision=1, go="stay"),
        client.get(f"{link(made)}/questions/1"),
    ):
        assert (again.status_code, "handed in" in again.text) == (200, True)


def test_a_link_that_was_changed_or_is_for_something_else_leads_nowhere(client: TestClient) -> None:
    made = order(client)
    for wrong in (link(made)[:-4] + "AAAA", link(made).replace("assessment", "report"), "/assessment/x"):
        page = client.get(wrong)
        assert (page.status_code, "leads nowhere" in page.text) == (404, True)


def test_a_report_shows_nothing_before_there_is_a_result(client: TestClient) -> None:
    made = order(client)
    assert "There is no result yet" in client.get(link(made, "report_url")).text


def test_a_text_that_is_too_long_is_kept_in_the_page(client: TestClient) -> None:
    made = order(client)
    send(client, f"{link(made)}/start", consent="yes")
    page = send(client, f"{link(made)}/questions/1", answer="x" * 30_000, revision=0, go="next")
    assert (page.status_code, "too long" in page.text, "x" * 30_000 in page.text) == (422, True, True)


def test_a_question_that_is_not_in_the_test_is_a_404(client: TestClient) -> None:
    made = order(client)
    send(client, f"{link(made)}/start", consent="yes")
    assert client.get(f"{link(made)}/questions/3").status_code == 404
    assert send(client, f"{link(made)}/questions/3", answer="x", revision=0).status_code == 404


@pytest.mark.parametrize(
    ("policy", "seen", "unseen"),
    [
        ("none", "handed in", "What you showed"),
        ("summary", "points", "To read up on"),
        ("topics", "To read up on", "Show the point"),
    ],
)
def test_a_candidate_sees_the_feedback_that_the_test_allows(
    client: TestClient, policy: str, seen: str, unseen: str
) -> None:
    made = order(client, feedback=policy)
    send(client, f"{link(made)}/start", consent="yes")
    send(client, f"{link(made)}/questions/1", answer="Each token attends to a window.", revision=0, go="next")
    send(client, f"{link(made)}/submission")
    complete(client, made)
    page = client.get(link(made)).text
    assert seen in page
    assert unseen not in page


def complete(client: TestClient, made: dict[str, Any]) -> None:
    until(lambda: state(client, made) == "complete")


@pytest.mark.parametrize(
    ("policy", "heading"), [("none", None), ("summary", "Point 1 <"), ("topics", "Point 1: what a token may attend to")]
)
def test_an_explanation_shows_what_the_test_allows_and_an_objection_reaches_a_person_once(
    client: TestClient, policy: str, heading: str | None
) -> None:
    made = order(client, feedback=policy)
    page = f"{link(made)}/explanation"
    assert "invited" in client.get(page).text, "there is nothing to explain yet"
    objection = f"{page}/1/points/3"
    assert send(client, objection, reason="other").status_code == 404
    send(client, f"{link(made)}/start", consent="yes")
    send(client, f"{link(made)}/questions/1", answer="Each token attends to a window.", revision=0, go="next")
    send(client, f"{link(made)}/submission")
    complete(client, made)
    text = client.get(page).text
    assert ("Point 1" in text, heading is None or heading in text) == (heading is not None, True)
    if heading is None:
        assert send(client, objection, reason="other").status_code == 404
        return
    assert send(client, objection, reason="no reason").status_code == 400
    assert send(client, f"{page}/1/points/9", reason="other").status_code == 404
    for _ in range(2):
        assert "A person will look at it" in send(client, objection, reason="other", text=MARKUP).text
    first = client.get(f"/v1/assessments/orders/{made['id']}").json()["result"]["questions"][0]["grade_id"]
    (appeal,) = client.get(f"/v1/grades/{first}/review").json()["appeals"]
    assert (appeal["reason"], appeal["text"], appeal["made_by"]) == ("other", MARKUP, "candidate")
