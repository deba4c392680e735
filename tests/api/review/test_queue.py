"""The queue over HTTP: who may see it, what waits in it and why, and in which order one goes through it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.web.review.queue import PAGE
from grader.access import Scope
from grader.referral import Reason, Referral
from tests.api.doors import Doors
from tests.api.reading_pages import read, send
from tests.api.review.waiting import graded, objected, path_to


def test_nothing_waits_where_nothing_is_in_doubt(client: TestClient) -> None:
    graded(client, "sure")
    assert "Nothing waits" in read(client.get("/review")).words


def test_what_is_in_doubt_waits_without_the_name_and_with_the_reason(client: TestClient) -> None:
    grade_id = graded(client)
    page = read(client.get("/review"))
    assert "Sliding Window Attention" in page.words
    assert "evidence in doubt" in page.words
    assert path_to(grade_id) in page.links
    assert "ann@example.org" not in page.markup


def test_one_candidate_has_one_name_and_two_have_two(client: TestClient) -> None:
    for ref in ("ann", "ann", "bob"):
        graded(client, ref=ref)
    words = read(client.get("/review")).words.split()
    named = [words[place + 1] for place, word in enumerate(words) if word == "Candidate"]
    assert (len(named), len(set(named))) == (3, 2)


def test_what_is_to_be_judged_blind_shows_no_score(client: TestClient) -> None:
    objected(client)
    page = read(client.get("/review"))
    assert "judge first" in page.words
    assert "%" not in page.words


def test_the_queue_is_narrowed_to_a_reason_and_stays_so_on_the_way(client: TestClient) -> None:
    doubted, disputed = graded(client), objected(client)
    page = read(client.get("/review", params={"reason": "appeal"}))
    shown = {link for link in page.links if "/grades/" in link}
    assert shown == {f"{path_to(disputed)}?reason=appeal"}
    assert client.get("/review/next?reason=appeal").url.path == path_to(disputed)
    assert client.get("/review/next").url.path == path_to(doubted)
    assert "Nothing waits" in read(client.get("/review", params={"question": "DL0001"})).words
    for nonsense in ({"reason": "because"}, {"show": "x"}, {"question": " "}):
        assert path_to(doubted) in "".join(read(client.get("/review", params=nonsense)).links)


def test_the_next_one_is_the_one_behind_and_none_leads_back_to_the_queue(client: TestClient) -> None:
    first, second = graded(client), graded(client)
    after = client.get("/review/next", params={"after": first})
    assert after.url.path == path_to(second)
    assert client.get("/review/next", params={"after": second}).url.path == path_to(first)
    for grade_id in (first, second):
        send(client, read(client.get(path_to(grade_id))), "/done")
    assert client.get("/review/next", params={"after": second}).url.path == "/review"
    assert "Nothing waits" in read(client.get("/review")).words
    assert path_to(first) in "".join(read(client.get("/review?show=settled")).links)


def test_a_long_queue_comes_in_pages(client: TestClient) -> None:
    doors, grade_id = Doors(client), graded(client)
    store = doors.application.services.storage
    grade = doors.call(store.grades.find, "local", grade_id)
    for number in range(PAGE):
        since = datetime.now(UTC) - timedelta(days=number + 1)
        doors.call(store.grades.save, "local", grade.model_copy(update={"id": f"g{number}"}))
        doors.call(store.referrals.refer, "local", Referral(f"g{number}", "DL0028", (Reason.SAMPLE,), since))
    page = read(client.get("/review"))
    assert path_to(grade_id) not in page.links, "it waits the shortest"
    assert f"{PAGE} days" in page.words
    rest = read(client.get(next(link for link in page.links if "cursor=" in link)))
    assert [link for link in rest.links if "/grades/" in link] == [path_to(grade_id)]


@pytest.mark.parametrize("scope", [Scope.READ, Scope.GRADE, Scope.AUTHOR])
def test_only_who_may_review_sees_it(review: Callable[..., TestClient], scope: Scope) -> None:
    client = review()
    doors = Doors(client)
    reviewer, other = doors.key(Scope.REVIEW), doors.key(scope)
    read(client.get("/review"), 401)
    assert doors.send("GET", "/review", other).status_code == 403
    assert doors.send("GET", "/review", reviewer).status_code == 200


def test_a_reviewer_signs_in_and_sees_the_own_tenant_only(review: Callable[..., TestClient]) -> None:
    client = review(local_without_key=True)
    mine = graded(client)
    doors = Doors(client)
    key: Any = doors.key(Scope.REVIEW, tenant="acme")
    shown = send(client, read(client.get("/sign-in?after=/review")), "/sign-in", key=str(key.token))
    assert (shown.url.path, "Nothing waits" in shown.text) == ("/review", True)
    read(client.get(path_to(mine)), 404)
