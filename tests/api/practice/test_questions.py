"""Choosing a question and writing an answer, complete without JavaScript."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from starlette.testclient import TestClient

from grader.errors import BudgetExhausted, ModelUnavailable
from grader.text.canonical import MAX_CHARACTERS
from rubrics.bank import Bank
from tests.api.doors import Doors
from tests.api.practice.judges import ANSWER
from tests.api.reading_pages import answer, read, send

PATH = "/practice/questions/DL0028"


def listed(response: Any) -> list[str]:
    return [link.rpartition("/")[2] for link in read(response).links if "/practice/questions/" in link]


def test_the_front_door_leads_to_the_questions(client: TestClient) -> None:
    response = client.get("/", follow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (307, "/practice")


def test_every_question_of_the_bank_can_be_picked(client: TestClient, bank: Bank) -> None:
    assert set(listed(client.get("/practice"))) == {question.id for question in bank.questions()}


@pytest.mark.parametrize(
    "wanted",
    [
        {"text": "sliding", "difficulty": "medium"},
        {"text": "sliding", "tag": "attention", "category": "deep learning"},
    ],
)
def test_a_search_leaves_what_fits_and_stays_in_the_form(client: TestClient, wanted: dict[str, str]) -> None:
    response = client.get("/practice", params=wanted)
    assert listed(response) == ["DL0028"]
    assert 'value="sliding"' in response.text


def test_a_search_that_finds_nothing_says_so_and_leads_back(client: TestClient) -> None:
    response = client.get("/practice", params={"text": "<i>quidditch</i>"})
    page = read(response)
    assert "i" not in page.tags
    assert "Nothing fits" in page.words
    assert "/practice" in page.links


@pytest.mark.parametrize("query", ["difficulty=brutal", "show=everything"])
def test_an_unknown_wish_is_taken_for_none(client: TestClient, bank: Bank, query: str) -> None:
    assert len(listed(client.get(f"/practice?{query}"))) == len(bank.questions())


def test_the_list_shows_progress_and_what_is_due_and_can_be_narrowed_to_it(reader: TestClient) -> None:
    assert "Nothing is due today" in read(reader.get("/practice?show=due")).words
    answer(reader, ANSWER)
    page = read(reader.get("/practice"))
    assert "best 40\u202f%" in page.words
    assert "1 attempt" in page.words
    assert "1 due today" in page.words, "what was barely known comes back the same day"
    assert listed(reader.get("/practice?show=due")) == listed(reader.get("/practice?show=tried")) == ["DL0028"]
    assert "DL0028" not in listed(reader.get("/practice?show=new"))


def test_a_question_has_a_place_to_answer_it_and_gives_nothing_away(client: TestClient, bank: Bank) -> None:
    response = client.get(PATH)
    assert {"form", "textarea", "button"} <= read(response).tags
    rubric = bank.rubric("DL0028")
    assert rubric.question.text in response.text
    assert not [point.id for point in rubric.key_points if point.text in response.text]


def test_a_draft_is_kept_on_the_server_until_it_is_replaced(reader: TestClient) -> None:
    page = read(answer(reader, "Half a\nthought", action="draft"))
    assert page.form(PATH).fields["answer"] == "Half a\nthought"
    assert "Draft kept" in page.words
    assert listed(reader.get("/practice?show=draft")) == ["DL0028"]
    page = read(answer(reader, "  ", action="draft"))
    assert page.form(PATH).fields["answer"] == ""


def test_a_script_that_keeps_a_draft_gets_no_page(reader: TestClient) -> None:
    form = read(reader.get(PATH)).form(PATH)
    kept = reader.post(PATH, data={**form.fields, "answer": "x", "action": "draft"}, headers={"HX-Request": "true"})
    assert (kept.status_code, kept.content) == (204, b"")
    assert read(reader.get(PATH)).form(PATH).fields["answer"] == "x"


def test_a_graded_answer_is_no_draft_any_more(reader: TestClient) -> None:
    answer(reader, ANSWER, action="draft")
    answer(reader, ANSWER)
    assert read(reader.get(PATH)).form(PATH).fields["answer"] == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to grade"),
        (" \r\n … ", "nothing to grade"),
        ("a" * (MAX_CHARACTERS + 1), "too long"),
        ("I don't know", "very short"),
        ("Das Modell betrachtet immer nur ein kleines Fenster um jedes Wort, nie den ganzen Satz.", "English"),
        ("每个标记只关注一个局部窗口内的标记，而不是整个序列。", "English"),
    ],
    ids=["blank", "no words", "too long", "short", "German", "Chinese"],
)
def test_a_doubtful_answer_is_asked_about_before_it_is_graded_and_stays_in_the_form(
    reader: TestClient, text: str, said: str
) -> None:
    page = read(answer(reader, text), 422)
    assert said in page.words
    assert page.form(PATH).fields["answer"] == text.replace("\r\n", "\n")


def test_whoever_means_a_short_answer_sends_it_anyway(reader: TestClient) -> None:
    page = read(answer(reader, "I don't know"), 422)
    assert ("action", "anyway") in page.form(PATH).buttons
    graded = read(send(reader, page, PATH, action="anyway"))
    assert "Not an answer" in graded.words
    assert "does not know" in graded.words


def test_line_ends_of_a_browser_count_once(client: TestClient) -> None:
    read(answer(client, "a window of tokens\r\n" * (MAX_CHARACTERS // 19)))


def test_markup_in_an_answer_is_shown_as_text(client: TestClient) -> None:
    attack = "</textarea><script>alert(1)</script> Each token attends only to the tokens inside a local window."
    response = answer(client, attack)
    assert "<script>" not in response.text
    assert "&lt;script&gt;" in response.text


async def spent(*_: object) -> NoReturn:
    """What making a grade comes to on a day whose budget is gone."""
    raise BudgetExhausted("The day's budget is spent.", retry_after=3 * 3_600)


def test_an_answer_that_is_not_taken_now_is_kept_and_told_when_to_try_again(reader: TestClient) -> None:
    Doors(reader).application.reception.backlog.make = spent
    response = answer(reader, ANSWER)
    page = read(response, 429)
    assert "Try again in 3 hours" in page.words
    assert page.form(PATH).fields["answer"] == ANSWER
    assert read(reader.get(PATH)).form(PATH).fields["answer"] == ANSWER, "and it is a draft"
    assert reader.get("/practice/export").json()["attempts"] == []


@pytest.mark.parametrize(
    ("failure", "status"), [(ModelUnavailable("/srv/secret"), 503), (RuntimeError("/srv/secret"), 500)]
)
def test_a_failure_of_the_server_is_a_page_without_its_inside(
    serve: Any, encoder: Any, failure: Exception, status: int
) -> None:
    client = serve(encoder=encoder(failure))
    response = answer(client, ANSWER)
    read(response, status)
    assert "/srv/secret" not in response.text
    assert read(client.get(PATH)).form(PATH).fields["answer"] == ANSWER, "the text is kept"


@pytest.mark.parametrize(
    "path", ["/practice/XX9999", "/practice/questions/XX9999", "/practice/questions/<script>", "/practice/attempts/no"]
)
def test_an_unknown_page_is_a_page(client: TestClient, path: str) -> None:
    page = read(client.get(path), 404)
    assert "/practice" in page.links
    assert "<script>" not in page.markup


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"answer=" + b"a" * 1_100_000, "application/x-www-form-urlencoded", 413),
        (b'{"answer": "a"}', "application/json", 415),
        (b"answer=a", "", 415),
        (b"answer=%ff", "application/x-www-form-urlencoded", 400),
        (b"answer=%ED%A0%80", "application/x-www-form-urlencoded", 400),
        (b"answer=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"answer=a"] * 50), "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 400),
        (b"answer=a", "application/x-www-form-urlencoded", 403),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_on_a_page(
    client: TestClient, content: bytes, media_type: str, status: int
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    read(client.post(PATH, content=content, headers=headers), status)


def test_a_form_without_an_answer_is_refused(client: TestClient) -> None:
    token = read(client.get(PATH)).form(PATH).fields["form_token"]
    read(client.post(PATH, data={"form_token": token}), 400)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_wrong_method_is_refused_on_a_page(client: TestClient, method: str) -> None:
    read(client.request(method, PATH), 405)


def test_a_search_that_is_too_long_is_refused_on_a_page(client: TestClient) -> None:
    read(client.get("/practice", params={"text": "a" * 201}), 422)
