"""Several people at one queue: who gets what, what they see of each other, and that nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from grader.access import Grant, IssuedKey, Scope
from tests.api.doors import Doors
from tests.api.practice.judges import ANSWER
from tests.api.reading_pages import Page, read, send
from tests.api.review.waiting import graded, objected, path_to

ALIKE = "/review/mistakes"
START = "/review/next"
ELSEWHERE = "is looking at this just now"


@dataclass(frozen=True)
class Reviewer:
    """Somebody with a key, who goes through the pages."""

    doors: Doors
    key: IssuedKey

    def at(self, path: str) -> str:
        """Where an address leads."""
        return self.doors.send("GET", path, self.key).url.path

    def page(self, path: str = "/review") -> Page:
        """What is seen there."""
        return read(self.doors.send("GET", path, self.key))

    def send(self, grade_id: str, action: str, **changed: str) -> str:
        """Send a form of a grade's page; where it leads."""
        form = self.page(path_to(grade_id)).form(action)
        return self.doors.send("POST", form.action, self.key, data={**form.fields, **changed}).url.path


People = Callable[[str], Reviewer]


@pytest.fixture(scope="module")
def served(review: Callable[..., TestClient]) -> TestClient:
    """An application for people with keys, and for one at its machine without."""
    return review(local_without_key=True)


@pytest.fixture
def people(client: TestClient) -> People:
    """Gives somebody a key that bears their name."""
    doors = Doors(client)
    grant = frozenset({Scope.REVIEW})
    return lambda name: Reviewer(doors, doors.call(doors.keyring.create, Grant(name, "local", grant)))


def test_two_who_start_with_the_oldest_get_two_and_each_sees_the_other(client: TestClient, people: People) -> None:
    first, second = graded(client), graded(client)
    ann, bob = people("Ann"), people("Bob")
    assert (ann.at(START), bob.at(START)) == (path_to(first), path_to(second))
    assert "Bob is at it" in ann.page().words
    assert "Ann is at it" not in ann.page().words
    assert "Ann is at it" in bob.page().words
    assert ELSEWHERE not in bob.page(path_to(second)).words


def test_what_another_is_at_opens_by_its_link_and_says_so(client: TestClient, people: People) -> None:
    doubted, disputed = graded(client), objected(client)
    ann, bob = people("Ann"), people("Bob")
    for grade_id in (doubted, disputed):
        ann.page(path_to(grade_id))
        page = bob.page(path_to(grade_id))
        assert f"Ann {ELSEWHERE}" in page.words
        assert f"/review/next?after={grade_id}" in page.links
        assert ELSEWHERE not in ann.page(path_to(grade_id)).words, "she stays the one"
    decided = {"point": "k1", "verdict": "covered", "reason": "policy"}
    assert bob.send(doubted, "/overrides", **decided) == path_to(doubted)
    assert "because of policy" in ann.page(path_to(doubted)).words


def test_done_and_skip_let_go_and_pass_over_what_another_is_at(client: TestClient, people: People) -> None:
    first, second, third = graded(client), graded(client), graded(client)
    ann, bob = people("Ann"), people("Bob")
    ann.at(START)
    bob.at(START)
    assert ann.send(first, "/done") == path_to(third)
    assert bob.at(f"{START}?after={second}") == "/review", "Ann is at the only other one"
    assert ann.at(f"{START}?after={third}") == path_to(second), "Bob skipped it"
    assert bob.at(START) == path_to(third)


def test_where_others_are_at_all_that_waits_the_queue_says_so(client: TestClient, people: People) -> None:
    graded(client)
    ann, bob = people("Ann"), people("Bob")
    assert "Start with the oldest" in ann.page().words
    ann.at(START)
    assert bob.at(START) == "/review"
    page = bob.page()
    assert "Others are looking at all of it" in page.words
    assert "Start with the oldest" not in page.words


def test_who_needs_no_key_sees_nothing_of_it_while_alone(client: TestClient, people: People) -> None:
    first, second = graded(client), graded(client)
    before = read(client.get("/review")).words
    assert client.get(START).url.path == path_to(first)
    assert client.get(START).url.path == path_to(first)
    assert client.get(path_to(second)).status_code == 200
    assert read(client.get("/review")).words == before
    assert ELSEWHERE not in read(client.get(path_to(first))).words
    assert "Somebody without a key is at it" in people("Ann").page().words


def test_one_verdict_for_several_answers_leaves_out_what_another_is_at_and_says_so(
    client: TestClient, people: People
) -> None:
    first, second, third = (graded(client, answer=f"{ANSWER}{end}") for end in ("", " So it is.", " Or not."))
    ann, bob = people("Ann"), people("Bob")
    ann.page(path_to(first))
    assert "others are at 1" in bob.page(ALIKE).words
    assert "others are at" not in ann.page(ALIKE).words
    cluster = f"{ALIKE}/{first}/k3"
    page = bob.page(cluster)
    assert "Ann is at it" in page.words
    assert "leaves it alone" in page.words
    ann.page(path_to(second))  # after Bob has loaded the page
    fields = {"verdict": "covered", "reason": "policy", "action": "apply"}
    chosen = {f"member.{grade_id}": "yes" for grade_id in (first, second, third)}
    token = {"form_token": page.forms[-1].fields["form_token"]}
    sent = bob.doors.send("POST", cluster, bob.key, data={**token, **fields, **chosen})
    assert "Decided for 1 answer; 2 were left alone" in read(sent).words
    made = [len(client.get(f"/v1/grades/{each}/review").json()["overrides"]) for each in (first, second, third)]
    assert made == [0, 0, 1]


def test_where_others_are_at_all_answers_there_is_nothing_to_decide(client: TestClient, people: People) -> None:
    first, second = (graded(client, answer=f"{ANSWER}{end}") for end in ("", " So it is."))
    ann, bob = people("Ann"), people("Bob")
    for grade_id in (first, second):
        ann.page(path_to(grade_id))
    page = bob.page(f"{ALIKE}/{first}/k3")
    assert "Others are looking at all of these answers" in page.words
    assert "Show what changes" not in page.words


@pytest.mark.parametrize(("typed", "shown"), [(" Zoë 田中 ", "Zoë 田中"), ("Z\u202eo\te", "Zoe"), ("z" * 90, "z" * 40)])
def test_who_shares_a_key_is_told_apart_by_the_name_given_on_signing_in(
    client: TestClient, typed: str, shown: str
) -> None:
    first, second = graded(client), graded(client)
    doors = Doors(client)
    key, storage = doors.key(Scope.REVIEW, tenant="local"), doors.application.services.storage
    signed_in(client, key, typed)
    assert client.get(START).url.path == path_to(first)
    form = read(client.get(path_to(first))).form("/overrides", point="k1")
    client.post(form.action, data={**form.fields, "verdict": "covered", "reason": "policy"})
    signed_in(client, key, "Bob")
    assert f"{shown} is at it" in read(client.get("/review")).words
    assert client.get(START).url.path == path_to(second)
    client.cookies.clear()
    (made,) = doors.call(storage.reviews.overrides, "local", first)
    assert made.made_by == f"{key.key.id}/{shown}"
    logged = doors.call(lambda: storage.audit.page("local", after=0, limit=999))
    assert logged
    assert not [entry for entry in logged if shown in str(entry.read())], "a name in the log could never be erased"


def signed_in(client: TestClient, key: IssuedKey, name: str) -> None:
    """Somebody signs in, who shares the key with others."""
    client.cookies.clear()
    send(client, read(client.get("/sign-in?after=/review")), "/sign-in", key=str(key.token), name=name)


def test_what_another_tenant_looks_at_is_not_seen(client: TestClient, people: People) -> None:
    grade_id = graded(client)
    ann = people("Ann")
    ann.at(START)
    stranger = Doors(client).key(Scope.REVIEW, tenant="acme")
    assert "Ann" not in read(ann.doors.send("GET", "/review", stranger)).words
    assert ann.doors.send("GET", path_to(grade_id), stranger).status_code == 404
