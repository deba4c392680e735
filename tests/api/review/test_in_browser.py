"""A person reviews in a real browser: with a mouse, with the keyboard alone, and with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from tests.api.browsing import BROWSER_TEST, PHONE, faults, opened, served, show, tab_to
from tests.api.review.waiting import JUDGES, graded, objected

pytestmark = BROWSER_TEST


@pytest.fixture
def site(build: Callable[..., FastAPI]) -> Iterator[str]:
    """The review pages; a doubted grade waits, and behind it one that its candidate objected to."""
    with served(build(judges=JUDGES, default_judge="sure", audit_share=0.0)) as address:
        with httpx2.Client(base_url=address, timeout=30) as client:
            graded(client)
            objected(client)
        yield address


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_whole_loop_with_a_mouse(browser: Any, site: str, script: bool) -> None:  # noqa: FBT001 - a parameter
    with opened(browser, java_script_enabled=script) as page:
        page.goto(f"{site}/review")
        page.get_by_role("link", name="Start with the oldest").click()
        page.get_by_role("heading", name="Sliding Window Attention", level=1).wait_for()
        point = page.locator("#point-1")
        if script:
            page.locator(".own").get_by_text("Each token").dblclick(position={"x": 12, "y": 12})
            page.get_by_role("button", name="Point 1").click()
            assert point.get_by_label("Words of the answer").input_value() == "Each"
        else:
            point.get_by_text("Change the verdict").click()
        point.get_by_label("Words of the answer").fill("attends only to a local window")
        point.get_by_label("covered").check()
        point.get_by_label("Reason").select_option(label="evidence missed")
        point.get_by_role("button", name="Decide").click()
        page.get_by_role("heading", name="As people decided").wait_for()
        page.locator(".own mark", has_text="attends only to a local window").wait_for()
        page.get_by_role("button", name="Done, next").click()

        page.get_by_role("heading", name="Judge first").wait_for()
        assert page.get_by_text("I meant the memory").count() == 0
        page.get_by_label("in part").check()
        page.get_by_role("button", name="That is my verdict").click()
        page.get_by_text("I meant the memory").wait_for()
        page.get_by_text("The verdict stands").click()
        page.get_by_label("Why, in a sentence").fill("You speak of no memory.")
        page.get_by_role("button", name="Answer").click()
        page.get_by_text("answered: the verdict stands").wait_for()
        page.get_by_role("button", name="Done, next").click()
        page.get_by_text("Nothing waits").wait_for()


def test_the_whole_loop_with_the_keyboard_alone(browser: Any, site: str) -> None:
    with opened(browser) as page:
        page.goto(f"{site}/review")
        tab_to(page, "the oldest", "document.activeElement.textContent === 'Start with the oldest'")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Keyboard shortcuts").wait_for()  # put there by the script that listens
        page.keyboard.press("3")
        assert page.evaluate("document.activeElement.id") == "point-3"
        page.keyboard.press("e")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#point-3"
        page.keyboard.press("1")
        page.keyboard.press("p")
        tab_to(page, "the reason", "document.activeElement.name === 'reason'")
        page.keyboard.press("e")  # the first option that begins with it
        tab_to(page, "the words", "document.activeElement.name === 'words'")
        page.keyboard.type("a local window")
        assert page.evaluate("document.activeElement.value") == "a local window", "letters are letters here"
        tab_to(page, "the button", "document.activeElement.textContent === 'Decide'")
        page.keyboard.press("Enter")
        page.get_by_text("A person decided: in part, because of evidence missed").wait_for()
        page.get_by_role("button", name="Keyboard shortcuts").wait_for()
        page.keyboard.press("Shift+Enter")
        judge_blind_with_keys(page)


def judge_blind_with_keys(page: Any) -> None:
    """Look at the help, then call point 3 wrong."""
    page.get_by_role("heading", name="Judge first").wait_for()
    page.get_by_role("button", name="Keyboard shortcuts").wait_for()
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    page.keyboard.press("3")
    page.keyboard.press("w")
    page.locator("#point-3 input[value=contradicted]:checked").wait_for()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("Your own verdict, given blind: wrong").wait_for()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_a_narrow_screen_answer_and_rubric_are_tabs(browser: Any, site: str, script: bool) -> None:  # noqa: FBT001 - a parameter
    with opened(browser, viewport=PHONE, java_script_enabled=script) as page:
        page.goto(f"{site}/review")
        page.get_by_role("link", name="Start with the oldest").click()
        answer, rubric = page.locator("#answer"), page.locator("#point-1")
        answer.wait_for()
        assert rubric.is_hidden()
        page.locator(".tabs").get_by_text("Rubric").focus()
        page.keyboard.press("Enter")
        rubric.wait_for()
        assert answer.is_hidden()
        page.get_by_role("link", name="The answer").click()
        page.locator("mark").get_by_role("link", name="Key point 3").click()
        page.locator("#point-3").wait_for()
        assert answer.is_hidden()
        rubric.get_by_text("Change the verdict").click()
        rubric.get_by_label("covered").check()
        rubric.get_by_label("Reason").select_option("policy")
        rubric.get_by_label("Words of the answer").fill("nobody said that here")
        rubric.get_by_role("button", name="Decide").click()
        page.get_by_role("alert").wait_for()
        assert rubric.get_by_label("Words of the answer").is_visible(), "what was refused is shown"
        rubric.get_by_label("Words of the answer").fill("")
        rubric.get_by_role("button", name="Decide").click()
        page.get_by_text("A person decided: covered, because of policy").wait_for()


def test_keys_and_picked_words_lead_to_the_tab_they_speak_of(browser: Any, site: str) -> None:
    with opened(browser, viewport=PHONE) as page:
        page.goto(f"{site}/review")
        page.get_by_role("link", name="Start with the oldest").click()
        page.get_by_role("button", name="Keyboard shortcuts").wait_for()
        page.keyboard.press("3")
        page.locator("#point-3:focus").wait_for()
        page.keyboard.press("e")
        page.locator("mark a:focus").wait_for()
        page.keyboard.press("j")
        page.locator("#point-1:focus").wait_for()
        show(page, "The answer")
        page.locator(".own").get_by_text("Each token").dblclick(position={"x": 12, "y": 12})
        page.get_by_role("button", name="Point 1").click()
        page.locator("#point-1 .evidence-words:focus").wait_for()


def test_an_objection_with_its_answer_is_accessible(browser: Any, site: str) -> None:
    with opened(browser, viewport=PHONE, color_scheme="dark", bypass_csp=True) as page:
        page.goto(f"{site}/review?reason=appeal")
        page.get_by_role("link", name="Sliding Window Attention").click()
        show(page, "Your verdict")
        page.get_by_label("missed").check()
        page.get_by_role("button", name="That is my verdict").click()
        page.get_by_text("The verdict stands").click()
        assert faults(page, ["objection"]) == ""


def listed(page: Any) -> list[str]:
    """The keys that the opened help names."""
    page.get_by_role("dialog").wait_for()
    found: list[str] = page.get_by_role("dialog").locator("dt").all_text_contents()
    return found


def test_the_help_names_the_keys_that_work_on_the_page(browser: Any, site: str) -> None:
    verdicts = ["y", "p", "n", "w", "x"]
    with opened(browser) as page:
        page.goto(f"{site}/review")
        page.get_by_role("link", name="Start with the oldest").click()
        page.get_by_role("button", name="Keyboard shortcuts").wait_for()
        page.get_by_text("Change the verdict").first.click()
        note = page.get_by_label("Note").first
        note.press_sequentially("why?")
        assert note.input_value() == "why?"
        assert page.get_by_role("dialog").is_hidden()
        page.locator("#point-1").focus()
        page.keyboard.press("?")
        assert listed(page) == ["1–5", "j", "k", *verdicts, "e", "u", "Shift+Enter", "?"]
        page.keyboard.press("Escape")
        page.locator("#point-1:focus").wait_for()
        page.goto(f"{site}/review?reason=appeal")
        page.get_by_role("link", name="Sliding Window Attention").click()
        page.get_by_role("button", name="Keyboard shortcuts").click()
        assert listed(page) == ["3", "j", "k", *verdicts, "Shift+Enter", "?"]


def test_who_switches_single_keys_off_has_the_button_alone(browser: Any, site: str) -> None:
    with opened(browser) as page:
        page.goto(f"{site}/review/next")
        page.get_by_role("button", name="Keyboard shortcuts").click()
        page.get_by_label("Single keys do this").uncheck()
        page.get_by_role("button", name="Close").click()
        for key in ("?", "3"):
            page.keyboard.press(key)
        assert page.get_by_role("dialog").is_hidden()
        assert page.locator("#point-3:focus").count() == 0
        page.get_by_role("button", name="Keyboard shortcuts").click()
        page.get_by_role("dialog").wait_for()


def test_without_a_script_the_keys_are_listed_all_the_same(browser: Any, site: str) -> None:
    with opened(browser, viewport=PHONE, bypass_csp=True) as page:
        page.route("**/static/review.js", lambda route: route.abort())
        page.goto(f"{site}/review/next")
        page.get_by_text("Keyboard shortcuts").click()
        page.get_by_text("They need JavaScript.").wait_for()
        assert faults(page, ["keys, no script"]) == ""
