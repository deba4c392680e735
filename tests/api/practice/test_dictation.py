"""An answer is spoken in a real browser, whose speech recognition follows a script of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.api.browsing import BROWSER_TEST, faults, opened, served
from tests.api.practice.judges import reading

pytestmark = BROWSER_TEST

SCRIPTED = """
class Scripted extends EventTarget {
  results = [];
  start() { window.recognition = this; this.tell("start"); }
  stop() { queueMicrotask(() => this.tell("end")); }
  tell(name, facts = {}) { this.dispatchEvent(Object.assign(new Event(name), facts)); }
  say(transcript, isFinal) {
    const pending = this.results.length && !this.results.at(-1).isFinal;
    const resultIndex = this.results.length - (pending ? 1 : 0);
    this.results[resultIndex] = Object.assign([{ transcript, confidence: 0.9 }], { isFinal });
    this.tell("result", { results: this.results, resultIndex });
  }
  fail(error) { this.tell("error", { error }); this.tell("end"); }
}
Object.defineProperty(window, "SpeechRecognition", { value: SCRIPTED_OR_NOT });
Object.defineProperty(window, "webkitSpeechRecognition", { value: undefined });
"""


@pytest.fixture(scope="module")
def site(build: Callable[..., FastAPI]) -> Iterator[str]:
    with served(build(judges={"llm": reading()}, default_judge="llm")) as address:
        yield address


def at_question(page: Any, site: str, recognition: str = "Scripted") -> None:
    """Open a question in a browser whose speech recognition is this."""
    page.add_init_script(SCRIPTED.replace("SCRIPTED_OR_NOT", recognition))
    page.goto(f"{site}/practice/questions/DL0028")
    page.locator("answer-editor:defined").wait_for()


def say(page: Any, words: str, *, final: bool) -> None:
    """The browser has understood this, or believes so for now."""
    page.evaluate("([words, final]) => recognition.say(words, final)", [words, final])


def test_what_is_spoken_is_shown_while_it_is_weighed_and_becomes_text_when_it_is_final(browser: Any, site: str) -> None:
    with opened(browser, bypass_csp=True) as page:
        at_question(page, site)
        text, button = page.get_by_label("Your answer"), page.get_by_role("button", name="Dictate")
        text.fill("It is typed.")
        assert button.get_attribute("aria-pressed") == "false"
        button.click()
        page.get_by_text("Listening").wait_for()
        assert page.evaluate("[recognition.continuous, recognition.interimResults, recognition.lang]") == [
            True,
            True,
            "en-US",
        ]
        say(page, "each token at tends", final=False)
        page.locator(".heard", has_text="each token at tends").wait_for()
        assert text.input_value() == "It is typed.", "what is weighed is not text yet"
        assert faults(page, ["dictating"]) == ""
        say(page, "Each token attends", final=True)
        with page.expect_response(lambda answer: "window" in (answer.request.post_data or "")):
            say(page, " to a window", final=True)
        assert text.input_value() == "It is typed. Each token attends to a window"
        assert page.locator(".words").text_content() == "9 words"
        assert page.locator(".heard").is_hidden()
        say(page, "and then", final=False)
        page.get_by_role("button", name="Stop dictating").click()
        page.get_by_role("button", name="Dictate").wait_for()
        assert page.locator(".heard").is_hidden()
        page.reload()
        assert text.input_value() == "It is typed. Each token attends to a window"


def test_sending_the_answer_ends_the_dictation(browser: Any, site: str) -> None:
    with opened(browser) as page:
        at_question(page, site)
        page.get_by_role("button", name="Dictate").click()
        say(page, "Each token attends only to a local window", final=True)
        page.evaluate("recognition.addEventListener('end', () => sessionStorage.setItem('ended', 'yes'))")
        page.get_by_role("button", name="Grade my answer").click()
        page.get_by_role("heading", name="You covered").wait_for()
        assert page.evaluate("sessionStorage.getItem('ended')") == "yes"
        page.locator(".own", has_text="Each token attends only to a local window").wait_for()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("not-allowed", "Allow it for this page"),
        ("audio-capture", "There is no microphone"),
        ("no-speech", "Nothing was heard"),
        ("bad-grammar", "Dictation does not work here (bad-grammar)"),
    ],
)
def test_who_cannot_dictate_is_told_why_and_keeps_the_text(browser: Any, site: str, error: str, said: str) -> None:
    with opened(browser) as page:
        at_question(page, site)
        page.get_by_label("Your answer").fill("Each token")
        page.get_by_role("button", name="Dictate").click()
        page.evaluate("error => recognition.fail(error)", error)
        page.get_by_role("status").get_by_text(said).wait_for()
        assert page.get_by_role("button", name="Dictate").get_attribute("aria-pressed") == "false"
        assert page.get_by_label("Your answer").input_value() == "Each token"


def test_a_browser_without_it_shows_no_button(browser: Any, site: str) -> None:
    with opened(browser) as page:
        at_question(page, site, "undefined")
        page.get_by_role("button", name="Keep as draft").wait_for()
        assert page.get_by_role("button", name="Dictate").count() == 0
