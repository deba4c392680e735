"""Every page and every state of practising: without a fault that axe-core knows, and as wide as its window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from grader.access import Grant, Scope
from grader.bootstrap import Storage, build_keyring
from grader.domain import Judgement, Submission
from grader.errors import BudgetExhausted
from grader.judges.similarity import Calibration, SimilarityJudge
from grader.ports import Judge
from grader.settings import Settings
from tests.api.browsing import BROWSER_TEST, change, faults, in_every_look, opened, served
from tests.api.practice.judges import ANSWER, EVERYTHING, VERDICTS, down, reading

pytestmark = BROWSER_TEST

BETTER = ANSWER.replace("stays quadratic", "becomes linear")
UNSURE = f"{ANSWER} Or so I believe."
SPENT = "Each token attends only to a local window, and no money is left."
AWAY = f"{ANSWER} Nobody is there."
NOT_THERE = [{**VERDICTS[0], "quotes": ["words that are not there"]}, *VERDICTS[1:]]


@dataclass(frozen=True)
class ByAnswer:
    """A judge that reads each answer as another one does, and any other as `otherwise`."""

    judges: Mapping[str, Judge]
    otherwise: Judge
    name: str = "llm"

    @property
    def identity(self) -> dict[str, str]:
        return self.otherwise.identity

    async def judge(self, submission: Submission) -> Judgement:
        return await self.judges.get(submission.answer.text, self.otherwise).judge(submission)


@dataclass(frozen=True)
class Site:
    """Where one practises; at `fails` no judge ever answers, and what is kept there is in `folder`.

    At `hurried` the key in `token` may ask once a minute.
    """

    works: str
    fails: str
    folder: Path
    hurried: str
    token: str


def without_money(app: FastAPI) -> None:
    """Let the budget of the day be spent for one answer."""
    backlog = app.state.application.reception.backlog
    make = backlog.make

    async def made(*arguments: Any, **named: Any) -> Any:
        if SPENT in str((arguments, named)):
            raise BudgetExhausted("The day's budget is spent.", retry_after=3 * 3_600)
        return await make(*arguments, **named)

    backlog.make = made


def key_of(folder: Path) -> str:
    """A new key of the service whose data is in a folder."""
    issued: list[str] = []

    async def issue(storage: Storage) -> None:
        keyring = build_keyring(Settings(data_dir=folder), storage)
        issued.append(str((await keyring.create(Grant("Ann", "local", frozenset({Scope.GRADE})))).token))

    change(folder, issue)
    return issued[0]


@pytest.fixture(scope="module")
def site(build: Callable[..., FastAPI], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    judge = ByAnswer({BETTER: reading(EVERYTHING), UNSURE: reading(NOT_THERE), AWAY: down()}, reading())
    judges = {"llm": judge, "similarity": SimilarityJudge(Calibration.shipped())}
    app, folder = build(judges=judges, default_judge="llm"), tmp_path_factory.mktemp("data")
    keyed = tmp_path_factory.mktemp("data")
    with (
        served(app) as works,
        served(build(judges={"llm": down()}, default_judge="llm", data_dir=folder)) as fails,
        served(build(data_dir=keyed, key_requests_per_minute=1)) as hurried,
    ):
        without_money(app)
        yield Site(works, fails, folder, hurried, key_of(keyed))


def submitted(page: Any, site: str, text: str = ANSWER, button: str = "Grade my answer") -> None:
    page.goto(f"{site}/practice/questions/DL0028")
    page.get_by_label("Your answer").fill(text)
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state()


def states(page: Any, site: Site) -> Iterator[str]:
    """Every page and state, one after the other."""
    for path in ("/practice", "/practice?text=quidditch", "/practice/progress", "/practice/questions/DL0028"):
        page.goto(site.works + path)
        yield path
    page.goto(f"{site.works}/practice/no")
    yield "no such page"
    yield from before_a_grade(page, site)
    yield from with_a_grade(page, site)
    yield from with_more_grades(page, site)
    yield from without_a_grade(page, site)
    page.goto(f"{site.works}/practice/progress")
    yield "progress"
    page.goto(f"{site.works}/practice")
    yield "questions, some tried"
    page.set_extra_http_headers({"Authorization": f"Bearer {site.token}"})
    for _ in range(2):
        page.goto(f"{site.hurried}/practice")
    page.get_by_text("Try again in a minute").wait_for()
    yield "too many requests"


def before_a_grade(page: Any, site: Site) -> Iterator[str]:
    """What can be said of a text before it is read."""
    submitted(page, site.works, "Half a thought", "Keep as draft")
    page.get_by_text("Draft kept").wait_for()
    yield "draft kept"
    for state, text in {
        "too long": "too long " * 4_000,
        "another language": "Das Modell betrachtet immer nur ein kleines Fenster um jedes Wort, nie den ganzen Satz.",
        "too short": "I don't know",
    }.items():
        submitted(page, site.works, text)
        page.get_by_role("alert").wait_for()
        yield state
    page.get_by_role("button", name="Grade it as it is").click()
    page.get_by_text("Not an answer").wait_for()
    yield "refused"
    page.goto(f"{site.works}/practice/questions/DL0028")
    page.locator("answer-editor:defined").wait_for()
    page.context.set_offline(True)
    page.get_by_text("You are offline").wait_for()
    yield "offline"
    page.context.set_offline(False)
    submitted(page, site.works, SPENT)
    page.get_by_text("Try again in 3 hours").wait_for()
    yield "not now"


def with_a_grade(page: Any, site: Site) -> Iterator[str]:
    """The feedback, and what is done with it."""
    submitted(page, site.works)
    page.get_by_text("Looks wrong?").first.click()
    page.get_by_text("How the score comes about").click()
    yield "graded, opened"
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("dialog").wait_for()
    yield "keyboard help"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Give me a hint").first.click()
    page.locator(".hint").first.wait_for()
    page.get_by_role("button", name="Flag it").first.click()
    page.get_by_text("a person will look at it").first.wait_for()
    page.get_by_role("button", name="Show the reference answer").click()
    page.locator("#reference .own").wait_for()
    yield "hint, flag and reference"


def with_more_grades(page: Any, site: Site) -> Iterator[str]:
    """What comes after the first grade, and grades of less worth."""
    submitted(page, site.works)
    page.get_by_role("link", name="Answer a follow-up").click()
    page.get_by_label("Your answer").wait_for()
    yield "follow-up"
    page.go_back()
    page.get_by_role("link", name="Revise").click()
    page.get_by_label("Revise your answer").fill(BETTER)
    yield "revising"
    page.get_by_role("button", name="Grade my answer").click()
    page.get_by_text("What you changed").click()
    yield "second attempt"
    submitted(page, site.works, UNSURE)
    page.get_by_text("The grader was not sure").wait_for()
    yield "not sure"
    submitted(page, site.works, AWAY)
    page.get_by_text("Provisional").wait_for()
    yield "provisional"


def without_a_grade(page: Any, site: Site) -> Iterator[str]:
    """An answer that waits for its judge, that waits its turn, that is being read, and that nobody will read."""
    submitted(page, site.fails)
    page.get_by_role("heading", name="The judge does not answer yet").wait_for()
    yield "delayed"
    attempt = page.url

    async def queue(storage: Storage) -> None:
        later = datetime.now(UTC) + timedelta(hours=1)
        for each in await waiting(storage):
            await storage.pending.put_back("local", each, later, "")

    async def begin(storage: Storage) -> None:
        due, later = (datetime.now(UTC) + timedelta(hours=hours) for hours in (2, 3))
        while await storage.pending.claim(due, later):  # an earlier look's answers are queued as well
            pass

    async def fail(storage: Storage) -> None:
        for each in await waiting(storage):
            await storage.pending.fail("local", each, "too_many_tries")

    for work, heading in {
        queue: "Waiting its turn",
        begin: "Grading your answer",
        fail: "Your answer could not be graded",
    }.items():
        change(site.folder, work)
        page.goto(attempt)
        page.get_by_role("heading", name=heading).wait_for()
        yield heading


async def waiting(storage: Storage) -> list[str]:
    """The ids of the grades that somebody at this machine waits for."""
    return [each.id for each in await storage.pending.of("local", "practice:local")]


@in_every_look("wide light", "narrow dark")
def test_every_page_and_state_is_accessible_and_fits(
    browser: Any, site: Site, viewport: dict[str, int], scheme: str
) -> None:
    with opened(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True) as page:
        assert faults(page, states(page, site)) == ""
