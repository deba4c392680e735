"""A person practises: list, question, answer, grade, in a real browser, with JavaScript switched off."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from grader.fakes import FakeChatModel, completion
from grader.judges.llm import LlmJudge

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}

ANSWER = """Each token looks only at its neighbours inside a fixed window of size w, not at the whole sequence.

That makes it cheaper than full attention. The cost stays quadratic though.
So distant tokens no longer see each other directly."""

VERDICTS = [
    {"key_point_id": "k1", "quotes": [ANSWER.split("\n", maxsplit=1)[0][:-1]], "reason": "", "verdict": "covered"},
    {"key_point_id": "k2", "quotes": ["cheaper than full attention"], "reason": "", "verdict": "partial"},
    {"key_point_id": "k3", "quotes": ["The cost stays quadratic though"], "reason": "", "verdict": "contradicted"},
    {"key_point_id": "k4", "quotes": [], "reason": "", "verdict": "missing"},
    {
        "key_point_id": "k5",
        "quotes": ["distant tokens no longer see each other directly"],
        "reason": "",
        "verdict": "covered",
    },
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no browser at {CHROMIUM}"),
]


class Server(uvicorn.Server):
    """Says when it can be reached."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.reachable = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.reachable.set()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on a free port."""
    server = Server(uvicorn.Config(app, log_level="error", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert server.reachable.wait(10)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def site(build: Callable[..., FastAPI]) -> Iterator[str]:
    """The practice pages, with a judge that reads ANSWER like a person would."""
    judge = LlmJudge(FakeChatModel([completion(VERDICTS)]), b"secret")
    with served(build(judges={"llm": judge}, default_judge="llm")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """An empty page without JavaScript; what the content policy blocks, or what cannot be loaded, fails the test."""
    context = browser.new_context(viewport=request.param, java_script_enabled=False)
    opened, complaints = context.new_page(), []
    opened.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    opened.on("requestfailed", lambda failed: complaints.append(failed.url))
    opened.set_default_timeout(10_000)
    yield opened
    context.close()
    assert complaints == []


def overflow(page: Any) -> int:
    """Pixels by which the page is wider than its window."""
    width: int = page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
    return width


def test_a_person_picks_a_question_writes_and_sees_what_was_covered_missed_and_wrong(page: Any, site: str) -> None:
    page.goto(site)
    assert page.title() == "Practice · answer-grader"
    assert overflow(page) == 0

    page.get_by_label("Search").fill("sliding window")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Sliding Window Attention").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Explain the sliding window")
    assert overflow(page) == 0

    page.get_by_label("Your answer").fill(ANSWER)
    page.get_by_role("button", name="Grade my answer").click()
    assert page.locator(".score").text_content() == "60\u202f%"
    assert [mark.evaluate("mark => mark.className") for mark in page.locator("mark").all()] == [
        "covered",
        "partial",
        "contradicted",
        "covered",
    ]
    assert page.locator(".verdict span").all_inner_texts() == ["covered", "in part", "wrong", "missed", "covered"]
    assert page.get_by_label("Your answer").input_value() == ANSWER
    assert overflow(page) == 0


def test_the_point_itself_is_folded_away_until_asked_for(page: Any, site: str) -> None:
    page.goto(f"{site}/practice/DL0028")
    page.get_by_label("Your answer").fill(ANSWER)
    page.get_by_role("button", name="Grade my answer").click()
    point = page.locator("#point-4").get_by_text("a band around the diagonal")
    assert not point.is_visible()
    page.locator("#point-4").get_by_text("Show the point").click()
    assert point.is_visible()


def test_the_answer_can_be_sent_with_the_keyboard_alone(page: Any, site: str) -> None:
    page.goto(f"{site}/practice/DL0028")
    page.get_by_label("Your answer").focus()
    page.keyboard.type("Each token looks only at its neighbours.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".score").wait_for()


def test_an_error_is_a_page_with_a_way_back(page: Any, site: str) -> None:
    page.goto(f"{site}/practice/XX9999")
    assert page.get_by_role("heading", level=1).inner_text()
    page.locator("main").get_by_role("link").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Pick a question"
