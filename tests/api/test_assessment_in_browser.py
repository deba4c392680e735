"""A candidate takes a test in a real browser: to the end, on several devices, after a break, without a script."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from grader.bootstrap import Storage
from grader.bootstrap.assessing import build_links
from grader.links import Links, Purpose
from grader.settings import Settings
from tests.api.browsing import BROWSER_TEST, PHONE, change, faults, in_every_look, opened, served

pytestmark = BROWSER_TEST

ANSWER = "Each token attends to a window of its neighbours."
SECONDS = 60
"""In which a result must be there; it takes about two."""


@dataclass(frozen=True)
class Customer:
    """Who orders tests at the site of this address, and may look into what is kept there."""

    site: str
    settings: Settings
    api: httpx.Client

    def order(self, **policy: object) -> dict[str, Any]:
        asked = {"name": "ML basics", "question_ids": ["DL0028", "DL0001"], "review": "never", "minutes": 45, **policy}
        test = self.api.post("/v1/assessments/tests", json=asked).json()
        body = {"test_id": test["id"], "candidate": {"ref": "c-1", "name": "Ann Example"}, "extra_minutes": 15}
        made: dict[str, Any] = self.api.post("/v1/assessments/orders", json=body).json()
        return made

    def link(self, made: dict[str, Any], name: str = "invitation_url") -> str:
        return f"{self.site}/{made[name].split('/', 3)[3]}"

    def completed(self, made: dict[str, Any]) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS
        while (found := self.api.get(f"/v1/assessments/orders/{made['id']}").json())["state"] != "complete":
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return dict(found)

    def old_report(self, made: dict[str, Any]) -> str:
        """The link to its report that was given out a hundred days ago."""
        secret = build_links(self.settings).secret
        links = Links(secret, self.site, now=lambda: datetime.now(UTC) - timedelta(days=100))
        return links.url(Purpose.REPORT, made["id"])

    def expire(self, made: dict[str, Any]) -> None:
        """Let its invitation's time be over."""

        async def expired(storage: Storage) -> None:
            order = await storage.orders.find("local", made["id"])
            assert order is not None
            past = datetime.now(UTC) - timedelta(seconds=1)
            await storage.orders.change("local", order.model_copy(update={"expires_at": past, "due_at": None}))

        change(self.settings.data_dir, expired)


@pytest.fixture(scope="module")
def customer(build: Callable[..., FastAPI], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Customer]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with (
        served(build(default_judge="fake", data_dir=settings.data_dir)) as site,
        httpx.Client(base_url=site, timeout=30) as api,
    ):
        yield Customer(site, settings, api)


def begin(page: Any, invitation: str) -> None:
    page.goto(invitation)
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Begin the test").click()
    page.get_by_text("Question 1 of 2").wait_for()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_test_is_taken_to_its_end_and_its_result_objected_to(
    browser: Any,
    customer: Customer,
    script: bool,  # noqa: FBT001 - a parameter
) -> None:
    made = customer.order(feedback="topics")
    with opened(browser, java_script_enabled=script) as page:
        begin(page, customer.link(made))
        page.get_by_text("60 minutes left").wait_for()
        page.get_by_label("Your answer").fill(ANSWER)
        if script:
            page.get_by_text("Saved.").wait_for()
        page.get_by_role("button", name="Save and go on").click()
        page.get_by_text("Question 2 of 2").wait_for()
        page.get_by_role("button", name="Save and go back").click()
        page.get_by_text("Question 1 of 2").wait_for()
        assert page.get_by_label("Your answer").input_value() == ANSWER
        page.get_by_role("button", name="All questions").click()
        page.get_by_text("Some questions have no answer yet").wait_for()
        page.get_by_role("button", name="Hand in all answers").click()
        page.get_by_role("heading", name="your answers are handed in").wait_for()
        first = customer.completed(made)["result"]["questions"][0]["grade_id"]
        page.reload()
        object_to_a_point(page, customer, first)


def object_to_a_point(page: Any, customer: Customer, first: str) -> None:
    """From the result on: the explanation, an objection to it, and a person's answer."""
    page.get_by_role("link", name="How your result came about").click()
    assert "sliding window attention each token" not in page.content().lower(), "the reference stays secret"
    page.locator("#point-1-3 summary").click()
    page.locator("#point-1-3").get_by_label("In your words").fill("I said so.")
    page.locator("#point-1-3").get_by_role("button", name="Send the objection").click()
    page.get_by_text("A person will look at it").wait_for()
    (objection,) = customer.api.get(f"/v1/grades/{first}/review").json()["appeals"]
    assert (objection["key_point_id"], objection["text"], objection["made_by"]) == ("k3", "I said so.", "candidate")
    decision = {"state": "upheld", "answer": "It says nothing about the cost."}
    customer.api.put(f"/v1/grades/{first}/appeals/1/decision", json=decision)
    page.reload()
    page.get_by_text("It says nothing about the cost.").wait_for()
    assert page.locator("#point-1-3 form").count() == 0


def test_who_closes_the_browser_goes_on_where_they_were(browser: Any, customer: Customer) -> None:
    made = customer.order()
    with opened(browser) as page:
        begin(page, customer.link(made))
        page.get_by_label("Your answer").fill(ANSWER)
        page.get_by_text("Saved.").wait_for()
    with opened(browser, viewport=PHONE) as page:
        page.goto(customer.link(made))
        page.get_by_role("link", name="Question 1").click()
        assert page.get_by_label("Your answer").input_value() == ANSWER


def test_of_two_devices_neither_overwrites_the_other_unseen(browser: Any, customer: Customer) -> None:
    made = customer.order()
    with opened(browser) as laptop, opened(browser, viewport=PHONE) as phone:
        begin(laptop, customer.link(made))
        phone.goto(f"{customer.link(made)}/questions/1")
        laptop.get_by_label("Your answer").fill("on the laptop")
        laptop.get_by_text("Saved.").wait_for()
        phone.get_by_label("Your answer").fill("on the phone")
        phone.get_by_text("Changed on another device").wait_for()
        phone.get_by_role("button", name="Save", exact=True).click()
        phone.get_by_role("alert").get_by_text("on the laptop").wait_for()
        assert phone.get_by_label("Your answer").input_value() == "on the phone"
        phone.get_by_label("Your answer").fill("on both")
        phone.get_by_text("Saved.").wait_for()
        laptop.reload()
        assert laptop.get_by_label("Your answer").input_value() == "on both"


def test_who_loses_the_connection_is_told_and_loses_nothing(browser: Any, customer: Customer) -> None:
    made = customer.order()
    with opened(browser) as page:
        begin(page, customer.link(made))
        page.locator("answer-saver:defined").wait_for(state="attached")  # what is not loaded yet will not be
        page.context.set_offline(True)
        page.get_by_label("Your answer").fill(ANSWER)
        page.get_by_text("Not saved: no connection").wait_for()
        page.context.set_offline(False)
        page.get_by_text("Saved.").wait_for()
        page.reload()
        assert page.get_by_label("Your answer").input_value() == ANSWER


def taking(page: Any, customer: Customer, made: dict[str, Any]) -> Iterator[str]:
    """Every page and state from the invitation until all is handed in."""
    invitation = customer.link(made)
    page.goto(invitation)
    yield "invitation"
    page.locator("form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Begin the test").click()
    page.get_by_role("alert").wait_for()
    yield "no consent"
    begin(page, invitation)
    yield "question"
    httpx.post(f"{invitation}/questions/1", data={"_": "", "answer": ANSWER, "revision": "0", "go": "stay"})
    page.get_by_label("Your answer").fill("from this device")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").wait_for()
    yield "changed on another device"
    page.goto(invitation)
    yield "overview"
    page.get_by_role("button", name="Hand in all answers").click()
    page.get_by_role("heading", name="handed in").wait_for()
    yield "handed in"


def afterwards(page: Any, customer: Customer, made: dict[str, Any]) -> Iterator[str]:
    """Every page and state from the result on."""
    invitation = customer.link(made)
    customer.completed(made)
    page.goto(f"{invitation}/questions/1")
    page.get_by_role("heading", name="handed in").wait_for()  # a link that was used shows no questions
    yield "feedback"
    page.goto(f"{invitation}/explanation")
    page.locator("#point-1-1 summary").click()
    yield "explanation"
    page.locator("#point-1-1").get_by_role("button", name="Send the objection").click()
    page.get_by_text("A person will look at it").wait_for()
    yield "objection"
    page.goto(customer.link(made, "report_url"))
    yield "report"
    page.goto(customer.old_report(made))
    page.get_by_text("This link could be used for a while").wait_for()
    yield "report, link expired"


def nowhere(page: Any, customer: Customer) -> Iterator[str]:
    """Every page of a link that leads no further."""
    late = customer.order()
    page.goto(customer.link(late, "report_url"))
    yield "report, no result"
    customer.expire(late)
    page.goto(customer.link(late))
    page.get_by_role("heading", name="This invitation is over").wait_for()
    yield "invitation, expired"
    page.goto(customer.link(late)[:-4] + "AAAA")
    page.get_by_text("This link leads nowhere").wait_for()
    yield "wrong link"


@in_every_look("wide light", "narrow dark")
def test_every_page_and_state_is_accessible_and_fits(
    browser: Any, customer: Customer, viewport: dict[str, int], scheme: str
) -> None:
    made = customer.order(feedback="topics")
    with opened(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True) as page:
        states = chain(taking(page, customer, made), afterwards(page, customer, made), nowhere(page, customer))
        assert faults(page, states) == ""
