"""Every page and every state of reviewing: without a fault that axe-core knows, and as wide as its window."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from grader.access import Grant, Scope
from grader.bootstrap import Storage, build_keyring
from grader.settings import Settings
from tests.api.browsing import BROWSER_TEST, change, faults, in_every_look, opened, served, show
from tests.api.practice.judges import ANSWER
from tests.api.review.test_speech import kept
from tests.api.review.waiting import JUDGES, batched, done, graded, objected

pytestmark = BROWSER_TEST

LONG_WORD = "DL0008"
"""The question whose title has the longest word."""


def visited_by_ann(folder: Path, address: str, path: str) -> None:
    """Somebody with a key opens a page of a service whose data is in a folder."""

    async def visit(storage: Storage) -> None:
        keyring = build_keyring(Settings(data_dir=folder), storage)
        issued = await keyring.create(Grant("Ann", "local", frozenset({Scope.REVIEW})))
        async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
            seen = await client.get(path, headers={"Authorization": f"Bearer {issued.token}"})
            assert seen.status_code == 200

    change(folder, visit)


def told(grade_id: str) -> Callable[[Storage], Coroutine[Any, Any, None]]:
    """Keeps the interview that this grade's answer is from."""

    async def keep(storage: Storage) -> None:
        await storage.interviews.add("local", kept(grade_id))

    return keep


@pytest.fixture(scope="module")
def places(build: Callable[..., FastAPI], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses at which something waits, and at which nothing does."""
    app = {"judges": JUDGES, "default_judge": "sure", "audit_share": 0.0}
    folder = tmp_path_factory.mktemp("data")
    with (
        served(build(**app, data_dir=folder, local_without_key=True)) as address,
        served(build(**app)) as empty,
        httpx2.Client(base_url=address, timeout=30) as client,
    ):
        doubted, disputed = graded(client), objected(client)
        objected(client, "fake", LONG_WORD)
        visited = graded(client)  # says the same as the first
        visited_by_ann(folder, address, f"/review/grades/{visited}")
        change(folder, told(doubted))
        for _ in range(7):
            done(client, graded(client))
        with httpx2.Client(base_url=empty, timeout=30) as other:
            done(other, graded(other))
        batch = batched(client, [f"{ANSWER} {number}" for number in range(6)])
        yield {
            "site": address,
            "empty": empty,
            "doubted": doubted,
            "disputed": disputed,
            "visited": visited,
            "batch": batch,
        }


def states(page: Any, places: dict[str, str]) -> Iterator[str]:
    """Every page and state, one after the other."""
    site, empty = places["site"], places["empty"]
    doubted = f"{site}/review/grades/{places['doubted']}"
    for name, address in {
        "nothing waits": f"{empty}/review",
        "queue": f"{site}/review",
        "no such grade": f"{site}/review/grades/no",
        "blind": f"{site}/review/grades/{places['disputed']}",
        "blind, the points": f"{site}/review/grades/{places['disputed']}#rubric",
        "another is at it": f"{site}/review/grades/{places['visited']}",
        "sign in": f"{site}/sign-in",
        "name shown": f"{doubted}?names=shown",
        "figures": f"{site}/review/calibration?of=all",
        "no figures": f"{site}/review/calibration",
        "few figures": f"{empty}/review/calibration?of=all",
        "looked at": f"{site}/review?show=settled",
        "problems": f"{site}/problems",
        "cases": f"{site}/review/calibration/cases?of=all",
        "alike": f"{site}/review/mistakes",
        "nothing alike": f"{empty}/review/mistakes",
        "batches": f"{site}/review/batches",
        "no batches": f"{empty}/review/batches",
        "batch": f"{site}/review/batches/{places['batch']}",
    }.items():
        page.goto(address)
        yield name
    page.goto(f"{site}/sign-in")
    page.get_by_label("API key").fill("ag_live_nobody")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    yield "wrong key"
    page.goto(f"{site}/review/mistakes")
    yield from states_of_a_cluster(page)
    page.goto(doubted)
    yield from states_of_a_case(page)


def states_of_a_cluster(page: Any) -> Iterator[str]:
    """Chosen, and tried out."""
    page.get_by_role("link", name="Sliding window attention lowers the cost").click()
    yield "cluster"
    page.get_by_label("covered").check()
    page.get_by_label("Reason").select_option("policy")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("button", name="Decide for").wait_for()
    yield "cluster, tried out"


def states_of_a_case(page: Any) -> Iterator[str]:
    """Opened, about to be changed, refused, decided."""
    page.get_by_text("Reference answer").click()
    page.get_by_text("As it was said").click()
    yield "opened, of an interview"
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("dialog").wait_for()
    yield "keyboard help"
    page.keyboard.press("Escape")
    show(page, "Rubric")
    point = page.locator("#point-2")
    point.get_by_text("Change the verdict").click()
    yield "changing"
    point.get_by_label("covered").check()
    point.get_by_label("Reason").select_option("policy")
    point.get_by_label("Words of the answer").fill("nobody said that here")
    point.get_by_role("button", name="Decide").click()
    page.get_by_role("alert").wait_for()
    yield "refused"
    point.get_by_label("Words of the answer").fill("")
    point.get_by_role("button", name="Decide").click()
    page.get_by_role("heading", name="As people decided").wait_for()
    yield "decided"


@in_every_look("wide dark", "narrow light")
def test_every_page_and_state_is_accessible_and_fits(
    browser: Any, places: dict[str, str], viewport: dict[str, int], scheme: str
) -> None:
    with opened(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True) as page:
        assert faults(page, states(page, places)) == ""
