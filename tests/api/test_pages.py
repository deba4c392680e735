"""The practice pages, complete without JavaScript."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.domain import Label
from grader.errors import JudgeFailure, ModelUnavailable
from grader.fakes import FakeChatModel, FakeJudge, completion
from grader.judges.llm import LlmJudge
from grader.text.canonical import MAX_CHARACTERS
from rubrics.bank import Bank

ANSWER = "Each token attends only to a local window.\nThe cost stays quadratic, and nothing is lost."
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """The parts of a page the tests ask about; parsing fails where an element is not closed."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.marks: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag == "mark":
            self.marks.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "mark" in self.open and "sup" not in self.open:
            self.marks[-1] += data


def assert_page(response: Any, status: int = 200) -> Page:
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    return Page(response.text)


def said(point: str, verdict: str, *quotes: str) -> dict[str, Any]:
    return {"key_point_id": point, "quotes": list(quotes), "reason": "", "verdict": verdict}


@pytest.fixture(scope="module")
def reader(serve: Any) -> TestClient:
    """A client of an application whose judge reads ANSWER like a person would."""
    verdicts = [
        said("k1", "covered", "Each token attends only to a local window"),
        said("k2", "missing"),
        said("k3", "contradicted", "The cost stays quadratic"),
        said("k4", "missing"),
        said("k5", "contradicted", "nothing is lost"),
    ]
    judge = LlmJudge(FakeChatModel([completion(verdicts)]), b"secret")
    client: TestClient = serve(judges={"llm": judge}, default_judge="llm")
    return client


def submit(client: TestClient, answer: str = ANSWER) -> Any:
    """Load the page, as a browser does, and send its form."""
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/practice/DL0028").text)
    assert token
    return client.post("/practice/DL0028", data={"answer": answer, "form_token": token[1]})


def test_the_front_door_leads_to_the_questions(client: TestClient) -> None:
    response = client.get("/", follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (307, "/practice")


def test_every_question_of_the_bank_can_be_picked(client: TestClient, bank: Bank) -> None:
    page = assert_page(client.get("/practice"))
    assert {f"/practice/{question.id}" for question in bank.questions()} <= set(page.links)


def test_a_search_and_a_level_leave_the_questions_that_fit_and_stay_in_the_form(client: TestClient) -> None:
    response = client.get("/practice", params={"text": "sliding", "difficulty": "medium"})
    assert [link for link in assert_page(response).links if "/practice/" in link] == ["/practice/DL0028"]
    assert 'value="sliding"' in response.text
    assert '<option value="medium" selected>' in response.text


def test_a_search_that_finds_nothing_says_so_and_leads_back(client: TestClient) -> None:
    response = client.get("/practice", params={"text": "<i>quidditch</i>"})
    assert "i" not in assert_page(response).tags
    assert "Nothing fits" in response.text


def test_an_unknown_level_is_taken_for_none(client: TestClient, bank: Bank) -> None:
    page = assert_page(client.get("/practice?difficulty=brutal"))
    assert len([link for link in page.links if "/practice/" in link]) == len(bank.questions())


def test_a_question_has_a_place_to_answer_it_and_gives_nothing_away(client: TestClient, bank: Bank) -> None:
    response = client.get("/practice/DL0028")
    assert {"form", "textarea", "button"} <= assert_page(response).tags
    rubric = bank.rubric("DL0028")
    assert rubric.question.text in response.text
    assert not [point.id for point in rubric.key_points if point.text in response.text]


def test_a_submitted_answer_comes_back_with_its_score_and_its_own_words_marked(reader: TestClient) -> None:
    response = submit(reader)
    assert assert_page(response).marks == [
        "Each token attends only to a local window",
        "The cost stays quadratic",
        "nothing is lost",
    ]
    assert re.search(r'class="score">30<small>', response.text)
    assert "1 of 5 key points covered, 2 missed, 2 contradicted." in response.text


def test_a_missed_point_shows_its_hints_and_the_point_itself_only_on_demand(reader: TestClient, bank: Bank) -> None:
    response = submit(reader)
    point = bank.rubric("DL0028").point("k2")
    before, _, behind = response.text.partition(f"Think about {point.topic}.")
    assert point.text not in before.partition("Key points")[2]
    assert "<details>" in behind.partition(point.text)[0]
    assert str(point.hint) in behind


def test_the_answer_stays_in_the_form_for_another_try(reader: TestClient) -> None:
    assert f'spellcheck="true">\n{ANSWER}</textarea>' in submit(reader).text


def test_markup_in_an_answer_is_shown_as_text(client: TestClient) -> None:
    attack = "</textarea><script>alert(1)</script> Each token attends only to the tokens inside a local window."
    response = submit(client, attack)
    assert "script" not in assert_page(response).tags
    assert "&lt;script&gt;" in response.text


@pytest.mark.parametrize("answer", ["", "  \r\n ", "I don't know", "...", "answer"])
def test_an_answer_that_says_nothing_scores_zero_with_the_reason(client: TestClient, answer: str) -> None:
    response = submit(client, answer)
    assert_page(response)
    assert 'class="notice"' in response.text
    assert re.search(r'class="score">0<small>', response.text)


def test_line_ends_of_a_browser_count_once(client: TestClient) -> None:
    assert_page(submit(client, "a window of tokens\r\n" * (MAX_CHARACTERS // 19)))


def test_a_grade_by_similarity_alone_is_called_provisional(client: TestClient) -> None:
    assert "Provisional" in submit(client, "Each token attends only to the tokens inside a local window.").text


@pytest.mark.parametrize(
    ("judge", "shown"),
    [
        (LlmJudge(FakeChatModel([JudgeFailure("timeout", "too late")]), b"secret"), "Not graded"),
        (FakeJudge({"k1": Label.COVERED, "k2": Label.UNGRADED}), "30–50\u202f%"),
    ],
    ids=["nothing graded", "one point ungraded"],
)
def test_points_that_could_not_be_graded_are_no_zero(serve: Any, judge: Any, shown: str) -> None:
    response = submit(serve(judges={"judge": judge}, default_judge="judge"))
    assert_page(response)
    assert shown in response.text.replace("&#8239;", "\u202f")
    assert "not graded</span>" in response.text


@pytest.mark.parametrize("path", ["/practice/XX9999", "/practice/DL0028/more", "/practice/<script>"])
def test_an_unknown_page_is_a_page(client: TestClient, path: str) -> None:
    page = assert_page(client.get(path), 404)
    assert "/practice" in page.links
    assert "script" not in page.tags


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"answer=" + b"a" * 1_100_000, "application/x-www-form-urlencoded", 413),
        (b'{"answer": "a"}', "application/json", 415),
        (b"answer=a", "", 415),
        (b"answer=%ff", "application/x-www-form-urlencoded", 400),
        (b"answer=%ED%A0%80", "application/x-www-form-urlencoded", 400),
        (b"answer=\xff", "application/x-www-form-urlencoded", 400),
        (b"reply=a", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"answer=a"] * 50), "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_on_a_page(
    client: TestClient, content: bytes, media_type: str, status: int
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    assert_page(client.post("/practice/DL0028", content=content, headers=headers), status)


def test_an_answer_that_is_too_long_is_refused_on_a_page(client: TestClient) -> None:
    assert_page(submit(client, "a" * 30_000), 422)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_wrong_method_is_refused_on_a_page(client: TestClient, method: str) -> None:
    assert_page(client.request(method, "/practice/DL0028"), 405)


def test_a_search_that_is_too_long_is_refused_on_a_page(client: TestClient) -> None:
    assert_page(client.get("/practice", params={"text": "a" * 201}), 422)


@pytest.mark.parametrize(
    ("failure", "status"), [(ModelUnavailable("/srv/secret"), 503), (RuntimeError("/srv/secret"), 500)]
)
def test_a_failure_of_the_server_is_a_page_without_its_inside(
    serve: Any, encoder: Any, failure: Exception, status: int
) -> None:
    response = submit(serve(encoder=encoder(failure)))
    assert_page(response, status)
    assert "/srv/secret" not in response.text


def test_the_pages_load_nothing_from_elsewhere(reader: TestClient) -> None:
    for response in (reader.get("/practice"), reader.get("/practice/DL0028"), submit(reader)):
        page = assert_page(response)
        assert "script" not in page.tags
        assert not [link for link in page.links if not link.startswith(("/", "#"))]
        assert "style=" not in response.text  # the content policy would ignore it


def form_of(client: TestClient) -> dict[str, str]:
    """What the form of a page would send."""
    found = re.search(r'name="form_token" value="([^"]+)"', client.get("/practice/DL0028").text)
    assert found
    return {"answer": ANSWER, "form_token": found[1]}


def test_the_cookie_of_a_form_is_for_this_site_and_no_script(client: TestClient) -> None:
    cookie = client.get("/practice/DL0028").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}
    assert "Max-Age" not in cookie


def test_a_browser_keeps_one_token_for_all_its_pages(client: TestClient) -> None:
    assert form_of(client) == form_of(client)


@pytest.mark.parametrize("token", ["", "x", "x.y", "ü", None])
def test_a_form_without_our_token_is_refused_on_a_page(client: TestClient, token: str | None) -> None:
    form = {**form_of(client), "form_token": token}
    response = client.post("/practice/DL0028", data={name: value for name, value in form.items() if value is not None})
    assert_page(response, 403)


def test_a_token_that_another_site_made_up_is_refused_though_the_cookie_agrees(client: TestClient) -> None:
    forged = "nonce." + "0" * 64
    headers = {"Cookie": f"grader_form={forged}"}
    bare = TestClient(client.app, base_url="http://127.0.0.1")
    assert bare.post("/practice/DL0028", data={"answer": "a", "form_token": forged}, headers=headers).status_code == 403


def test_a_true_token_without_its_cookie_is_refused(client: TestClient) -> None:
    bare = TestClient(client.app, base_url="http://127.0.0.1")
    assert bare.post("/practice/DL0028", data=form_of(client)).status_code == 403
