"""A person practises in a real browser: with a mouse, with the keyboard alone, and with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from grader.domain import Label
from tests.api.browsing import BROWSER_TEST, opened, served, settle, tab_to
from tests.api.practice.judges import ANSWER, EVERYTHING, VERDICTS, Slow, reading

pytestmark = BROWSER_TEST


@pytest.fixture
def site(build: Callable[..., FastAPI]) -> Iterator[str]:
    """The practice pages, with a judge that reads the first answer as a person would and covers all in the next."""
    with served(build(judges={"llm": reading(VERDICTS, EVERYTHING)}, default_judge="llm")) as address:
        yield address


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_whole_loop_with_a_mouse(browser: Any, site: str, script: bool) -> None:  # noqa: FBT001 - a parameter
    with opened(browser, java_script_enabled=script) as page:
        page.goto(site)
        page.get_by_label("Search").fill("sliding window")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="Sliding Window Attention").click()
        page.get_by_label("Your answer").fill(ANSWER)
        page.get_by_role("button", name="Keep as draft").click()
        page.get_by_text("Draft kept").wait_for()
        page.reload()
        assert page.get_by_label("Your answer").input_value() == ANSWER
        page.get_by_role("button", name="Grade my answer").click()
        page.get_by_role("heading", name="You covered 1 of 5 key points").wait_for()
        assert page.locator(".score").text_content() == "40\u202f%"

        for button in ("Give me a hint", "Another hint", "Show the point"):
            page.locator("#point-4").get_by_role("button", name=button).click()
        page.locator("#point-4").get_by_text("a band around the diagonal").wait_for()
        page.locator("#point-2").get_by_text("Looks wrong?").click()
        page.locator("#point-2").get_by_role("button", name="Flag it").click()
        page.locator("#point-2").get_by_text("a person will look at it").wait_for()
        page.get_by_role("button", name="Show the reference answer").click()
        page.locator("#reference .own").wait_for()

        page.get_by_role("link", name="Revise").click()
        assert page.get_by_label("Revise your answer").input_value() == ANSWER
        page.get_by_label("Revise your answer").fill(ANSWER.replace("stays quadratic", "becomes linear"))
        page.get_by_role("button", name="Grade my answer").click()
        page.get_by_text("+60").wait_for()
        page.get_by_role("link", name="Progress").click()
        page.get_by_role("heading", name="Points mastered over time").wait_for()


def test_the_whole_loop_with_the_keyboard_alone(browser: Any, site: str) -> None:
    with opened(browser) as page:
        page.goto(site)
        search_with_keys(page)
        page.keyboard.press("Enter")
        page.wait_for_url("**/questions/DL0028")
        tab_to(page, "answer", "document.activeElement.id === 'answer'")
        page.keyboard.type(ANSWER)
        page.keyboard.press("Control+Enter")
        page.get_by_role("heading", name="You covered 1 of 5 key points").wait_for()
        page.get_by_role("button", name="Keyboard shortcuts").wait_for()  # put there by the script that listens
        settle(page)
        for _ in range(2):
            page.keyboard.press("j")
        page.keyboard.press("h")
        page.locator("#point-2 .hint").wait_for()
        page.locator("#point-2:focus").wait_for()  # the replaced point has the focus again
        page.keyboard.press("k")
        page.keyboard.press("e")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#point-1"
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")
        page.keyboard.press("r")
        page.wait_for_url("**attempt=*")
        tab_to(page, "answer", "document.activeElement.id === 'answer'")
        page.keyboard.type("jk? are letters here. ")
        assert "jk? are letters here. " in page.get_by_label("Revise your answer").input_value()


def search_with_keys(page: Any) -> None:
    """Search for a question and go to it, as leaving the field searches once more and must not lose the place."""
    tab_to(page, "sliding-search", "document.activeElement.id === 'search'")
    page.keyboard.type("sliding window")
    page.wait_for_url("**text=sliding%20window**")
    on_question = "document.activeElement.matches('.questions a')"
    with page.expect_response("**/practice?*"):
        tab_to(page, "question", on_question)
    settle(page)
    assert page.evaluate(on_question)


def test_a_grade_that_comes_while_one_waits_has_its_keys(browser: Any, build: Callable[..., FastAPI]) -> None:
    slow = Slow({"k1": Label.COVERED})
    with served(build(judges={"slow": slow}, default_judge="slow")) as address, opened(browser) as page:
        page.goto(f"{address}/practice/questions/DL0028")
        page.get_by_label("Your answer").fill(ANSWER)
        page.get_by_role("button", name="Grade my answer").click()
        page.get_by_role("heading", name="Grading your answer").wait_for()
        page.get_by_role("heading", name="You covered 1 of 5 key points").wait_for()
        page.get_by_role("button", name="Keyboard shortcuts").wait_for()
        page.keyboard.press("j")
        page.locator("#point-1:focus").wait_for()


def test_who_loses_the_connection_keeps_the_text(browser: Any, site: str) -> None:
    with opened(browser) as page:
        page.goto(f"{site}/practice/questions/DL0028")
        page.context.set_offline(True)
        page.get_by_label("Your answer").fill(ANSWER)
        page.keyboard.press("Control+Enter")
        page.get_by_text("Your text is kept in this browser").wait_for()
        page.context.set_offline(False)
        page.get_by_text("Draft kept.").wait_for()
        page.reload()
        assert page.get_by_label("Your answer").input_value() == ANSWER
