"""A form counts only if a page of this service in this browser made it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.practice.judges import ANSWER
from tests.api.reading_pages import read

PATH = "/practice/questions/DL0028"


def form_of(client: TestClient) -> dict[str, str]:
    """What the form of a page would send."""
    return {**read(client.get(PATH)).form(PATH).fields, "answer": ANSWER}


def test_the_cookie_of_a_form_is_for_this_site_and_no_script(client: TestClient) -> None:
    cookie = client.get(PATH).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}
    assert "Max-Age" not in cookie


def test_a_browser_keeps_one_token_for_all_its_pages(client: TestClient) -> None:
    assert form_of(client) == form_of(client)


@pytest.mark.parametrize("token", ["", "x", "x.y", "ü", None])
def test_a_form_without_our_token_is_refused_on_a_page(client: TestClient, token: str | None) -> None:
    form = {**form_of(client), "form_token": token}
    read(client.post(PATH, data={name: value for name, value in form.items() if value is not None}), 403)


def test_a_token_that_another_site_made_up_is_refused_though_the_cookie_agrees(client: TestClient) -> None:
    forged = "nonce." + "0" * 64
    bare = TestClient(client.app, base_url="http://127.0.0.1", cookies={"grader_form": forged})
    assert bare.post(PATH, data={"answer": "a", "form_token": forged}).status_code == 403


def test_a_true_token_without_its_cookie_is_refused(client: TestClient) -> None:
    bare = TestClient(client.app, base_url="http://127.0.0.1")
    assert bare.post(PATH, data=form_of(client)).status_code == 403
