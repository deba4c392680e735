"""Deciding once for several answers that say the same: seen together, tried out, put in."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.practice.judges import ANSWER
from tests.api.reading_pages import Page, read
from tests.api.review.waiting import done, graded, path_to

ALIKE = "/review/mistakes"


@pytest.fixture
def ids(client: TestClient) -> list[str]:
    """Three grades of answers that say the same on k3 and k5, and differ in their ends."""
    return [graded(client, answer=f"{ANSWER}{end}", ref=f"c{end}") for end in ("", " So it is.", " Or not.")]


def cluster(client: TestClient, ids: list[str], point: str = "k3") -> Page:
    return read(client.get(f"{ALIKE}/{ids[0]}/{point}"))


def answer(client: TestClient, page: Page, ids: list[str], **changed: str) -> Any:
    """Send the form with these grades chosen."""
    form = page.forms[-1]
    fields = {name: value for name, value in form.fields.items() if not name.startswith("member.")}
    chosen = {f"member.{grade_id}": "yes" for grade_id in ids}
    said = {"verdict": "covered", "reason": "rubric_wrong", "action": "preview", **changed}
    return client.post(form.action, data={**fields, **chosen, **said})


def test_what_is_said_alike_is_listed_with_how_often(client: TestClient, ids: list[str]) -> None:
    page = read(client.get(ALIKE))
    assert page.words.count("3 answers") == 2, "on k3 and k5, whose words are quoted"
    assert "The cost stays quadratic" in page.words
    assert f"{ALIKE}/{ids[0]}/k3" in page.links
    shown = cluster(client, ids)
    assert all(path_to(grade_id) in shown.links for grade_id in ids)


def test_nothing_is_alike_where_nothing_waits(client: TestClient) -> None:
    done(client, graded(client))
    assert "Nothing is said alike" in read(client.get(ALIKE)).words


def test_a_verdict_is_tried_out_before_it_counts(client: TestClient, ids: list[str]) -> None:
    page = read(answer(client, cluster(client, ids), ids[:2]))
    assert page.words.count("30\u202f%") == 2
    assert "left as it is" in page.words
    assert "Decide for 2 answers" in page.words
    assert client.get(f"/v1/grades/{ids[0]}/review").json()["overrides"] == []


def test_one_decision_is_put_into_each_that_was_chosen(client: TestClient, ids: list[str]) -> None:
    page = read(answer(client, cluster(client, ids), ids[:2]))
    after = read(answer(client, page, ids[:2], action="apply", note="The point asks for the memory."))
    assert "Decided for 2 answers" in after.words
    made = [client.get(f"/v1/grades/{grade_id}/review").json()["overrides"] for grade_id in ids]
    assert [[each["verdict"] for each in overrides] for overrides in made] == [["covered"], ["covered"], []]
    assert made[0][0]["note"] == "The point asks for the memory."
    assert "somebody decided on them" in read(client.get(f"{ALIKE}/{ids[0]}/k3"), 404).words


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"verdict": ""}, "Choose a verdict"), ({"reason": ""}, "choose a reason"), ({"note": "n" * 2_001}, "2,000")],
)
def test_what_makes_no_sense_is_said_and_stays(
    client: TestClient, ids: list[str], changed: dict[str, str], said: str
) -> None:
    page = read(answer(client, cluster(client, ids), ids[:2], **{"action": "apply", **changed}), 422)
    assert said in page.words
    assert page.markup.count("checked> ") >= 2


def test_at_least_one_answer_is_chosen_and_none_from_elsewhere(client: TestClient, ids: list[str]) -> None:
    stranger = graded(client, "sure")
    page = read(answer(client, cluster(client, ids), [stranger], action="apply"), 422)
    assert "at least one answer" in page.words
    assert client.get(f"/v1/grades/{stranger}/review").json()["overrides"] == []


def test_a_form_from_elsewhere_decides_nothing(client: TestClient, ids: list[str]) -> None:
    data = {"form_token": "x.y", f"member.{ids[0]}": "yes", "verdict": "covered", "reason": "other", "action": "apply"}
    read(client.post(f"{ALIKE}/{ids[0]}/k3", data=data), 403)
