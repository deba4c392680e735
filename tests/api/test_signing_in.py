"""Signing in to the pages with a key: how far a session reaches, and when it ends."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.web.session import LASTS
from grader.access import IssuedKey, Scope, subkey
from grader.keyring import FRESH_SECONDS
from tests.api.doors import Doors
from tests.api.reading_pages import read, send


@pytest.fixture(scope="module")
def client(serve: Any) -> TestClient:
    """An application that practises with a key only, and has one."""
    served: TestClient = serve(practice="nobody")
    Doors(served).key(Scope.READ)
    return served


@pytest.fixture
def doors(client: TestClient) -> Doors:
    """Its doors, before anybody signed in."""
    client.cookies.clear()
    return Doors(client)


def sign_in(doors: Doors, token: object, path: str = "/sign-in", status: int = 200) -> Any:
    return send(doors.client, read(doors.client.get(path), status), "/sign-in", key=str(token))


def learner(doors: Doors) -> IssuedKey:
    return doors.key(Scope.GRADE)


def test_who_is_not_known_is_asked_for_a_key_and_led_on_with_it(doors: Doors) -> None:
    shown = sign_in(doors, learner(doors).token, "/practice/progress", 401)
    assert shown.url.path == "/practice/progress"
    assert "Your progress" in read(shown).words
    assert "Sign out" in read(doors.client.get("/practice")).words


def test_the_cookie_is_for_this_site_and_no_script_and_does_not_hold_the_key(doors: Doors) -> None:
    issued = learner(doors)
    (answered,) = sign_in(doors, issued.token).history
    cookie = next(each for each in answered.headers.get_list("Set-Cookie") if each.startswith("grader_session"))
    parts = {part.strip() for part in cookie.split(";")}
    assert {"HttpOnly", "SameSite=strict", f"Max-Age={int(LASTS.total_seconds())}"} <= parts
    assert issued.token.secret not in cookie


def test_a_session_opens_pages_and_nothing_of_the_api(doors: Doors) -> None:
    sign_in(doors, doors.key(Scope.ADMIN).token)
    assert doors.client.get("/practice").status_code == 200
    assert doors.client.get("/v1/questions").status_code == 401
    assert doors.client.get("/metrics").status_code == 401


@pytest.mark.parametrize("sent", ["", "nonsense", "ag_live_abcdefgh_", "ü", "<script>alert(1)</script>", "a" * 5_000])
def test_what_is_no_key_is_refused_and_not_repeated(doors: Doors, sent: str) -> None:
    page = read(sign_in(doors, sent), 401)
    assert "no API key that counts" in page.words
    assert page.form("/sign-in").fields["key"] == ""


@pytest.mark.parametrize(
    "after", ["//evil.example", "https://evil.example", "/practice@evil", "/review\\x", "javascript:alert(1)", "/v1"]
)
def test_nobody_is_led_to_another_site(doors: Doors, after: str) -> None:
    page = read(doors.client.get("/sign-in", params={"after": after}))
    shown = send(doors.client, page, "/sign-in", key=str(learner(doors).token))
    assert (shown.url.host, shown.url.path) == ("127.0.0.1", "/practice")


def test_who_signs_out_is_out(doors: Doors) -> None:
    page = read(sign_in(doors, learner(doors).token))
    assert "Sign in" in read(send(doors.client, page, "/sign-out")).words
    assert doors.client.get("/practice").status_code == 401


def test_a_session_ends_with_its_key(doors: Doors) -> None:
    issued = learner(doors)
    sign_in(doors, issued.token)
    doors.call(doors.keyring.store.revoke, issued.key.tenant, issued.key.id, datetime.now(UTC))
    before, doors.keyring.clock = doors.keyring.clock, lambda: before() + FRESH_SECONDS
    assert doors.client.get("/practice").status_code == 401
    doors.keyring.clock = before


@pytest.mark.parametrize("change", ["key", "end", "mac", "named", "expired"])
def test_a_session_that_somebody_made_up_or_that_is_over_opens_nothing(doors: Doors, change: str) -> None:
    sign_in(doors, learner(doors).token)
    key, ends, mac = doors.client.cookies["grader_session"].split(".")
    forged = {
        "key": ("aaaaaaaa", ends, mac),
        "end": (key, f"{ends}0", mac),
        "mac": (key, ends, "0" * 64),
        "named": (key, ends, "QW5u", mac),
    }
    secret = subkey(doors.application.access.secret, "sessions")
    forged["expired"] = (key, "1", hmac.new(secret, f"{key}.1".encode(), hashlib.sha256).hexdigest())
    doors.client.cookies.clear()
    headers = {"Cookie": f"grader_session={'.'.join(forged[change])}"}
    assert doors.client.get("/practice", headers=headers).status_code == 401


def test_a_key_without_the_scope_is_told_so_and_another_can_be_shown(doors: Doors) -> None:
    sign_in(doors, doors.key(Scope.READ).token)
    page = read(doors.client.get("/practice"), 403)
    assert "lacks the scope" in page.words
    assert "/sign-in" in page.links


def test_what_was_practised_with_a_key_is_there_at_the_next_sign_in_and_not_for_another(doors: Doors) -> None:
    issued = learner(doors)
    sign_in(doors, issued.token)
    path = "/practice/questions/DL0028"
    send(doors.client, read(doors.client.get(path)), path, answer="A window of tokens.", action="draft")
    for key, kept in ((learner(doors), False), (issued, True)):
        doors.client.cookies.clear()
        sign_in(doors, key.token)
        assert ("draft kept" in read(doors.client.get("/practice")).words) is kept
