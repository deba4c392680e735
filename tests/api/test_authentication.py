"""Who is let in: nobody without a key once there is one, and each only to what its key opens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.access import Scope, Token
from grader.errors import StorageAway
from grader.fakes import FakeKeyStore
from grader.keyring import FRESH_SECONDS
from tests.api.doors import GRADE, Doors, slug

READ = "/v1/questions"


@pytest.fixture(scope="module")
def doors(serve: Any) -> Doors:
    """An application with a key that nobody has any more."""
    found = Doors(serve())
    found.key(Scope.READ)
    return found


def test_a_key_opens_what_its_scope_says(doors: Doors) -> None:
    assert doors.send("GET", READ, doors.key(Scope.READ)).status_code == 200
    assert doors.send("POST", "/v1/grades", doors.key(Scope.GRADE), json=GRADE).status_code == 201


@pytest.mark.parametrize("path", ["/v1/questions", "/v1/grades/x", "/metrics"])
def test_without_a_key_nothing_is_served_not_even_to_this_machine(doors: Doors, path: str) -> None:
    response = doors.send("GET", path, None)
    assert (response.status_code, slug(response)) == (401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="answer-grader"'


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/static/style.css"])
def test_what_tells_nothing_of_anybody_needs_no_key(doors: Doors, path: str) -> None:
    assert doors.send("GET", path, None).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        f"Bearer {Token.new()}",
        "Basic {token}",
        "{token}",
        "Bearer {token} {token}",
        "Bearer {token}x",
        "Bearer {token},",
        "Bearer \t",
        "Bearer ü",
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(doors: Doors, sent: str) -> None:
    header = sent.format(token=doors.key(Scope.READ).token)
    response = doors.client.get(READ, headers={"Authorization": header.encode()})
    assert (response.status_code, slug(response)) == (401, "unauthenticated")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert "ag_live_" not in response.text


def test_two_keys_at_once_are_none(doors: Doors) -> None:
    sent = ("Authorization", f"Bearer {doors.key(Scope.READ).token}")
    assert doors.client.get(READ, headers=[sent, sent]).status_code == 401


def test_a_key_in_the_address_or_a_cookie_opens_nothing(doors: Doors) -> None:
    token = str(doors.key(Scope.READ).token)
    assert doors.client.get(READ, params={"key": token, "access_token": token}).status_code == 401
    assert doors.client.get(READ, headers={"Cookie": f"Authorization={token}"}).status_code == 401
    assert doors.client.get(READ, headers={"X-API-Key": token}).status_code == 401


def test_the_scheme_is_read_whatever_its_case(doors: Doors) -> None:
    token = doors.key(Scope.READ).token
    assert doors.client.get(READ, headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_a_key_without_the_scope_is_told_which_it_lacks(doors: Doors) -> None:
    response = doors.send("POST", "/v1/grades", doors.key(Scope.READ, Scope.AUTHOR, Scope.REVIEW), json=GRADE)
    assert (response.status_code, slug(response)) == (403, "insufficient-scope")
    assert 'error="insufficient_scope", scope="grade"' in response.headers["WWW-Authenticate"]


def test_who_may_not_is_refused_before_the_body_is_looked_at(doors: Doors) -> None:
    too_much = b"{" * 2_000_000
    assert doors.send("POST", "/v1/grades", None, content=too_much).status_code == 401
    assert doors.send("POST", "/v1/grades", doors.key(Scope.READ), content=too_much).status_code == 403


def test_an_unknown_address_is_unknown_with_and_without_a_key(doors: Doors) -> None:
    for key in (None, doors.key(Scope.READ)):
        assert slug(doors.send("GET", "/v1/nowhere", key)) == "not-found"
        assert slug(doors.send("DELETE", READ, key)) == "method-not-allowed"


def test_a_key_expires(doors: Doors) -> None:
    key = doors.key(Scope.READ, lifetime=timedelta(hours=1))
    assert doors.send("GET", READ, key).status_code == 200
    doors.keyring.now = lambda: datetime.now(UTC) + timedelta(hours=1)
    assert doors.send("GET", READ, key).status_code == 401
    doors.keyring.now = lambda: datetime.now(UTC)


def test_a_revoked_key_stops_within_seconds_whoever_revoked_it(doors: Doors) -> None:
    key = doors.key(Scope.READ)
    assert doors.send("GET", READ, key).status_code == 200
    doors.call(doors.keyring.store.revoke, key.key.tenant, key.key.id, datetime.now(UTC))
    before, doors.keyring.clock = doors.keyring.clock, lambda: before() + FRESH_SECONDS
    assert doors.send("GET", READ, key).status_code == 401
    doors.keyring.clock = before


def test_under_another_name_a_key_is_served(doors: Doors) -> None:
    elsewhere = {"Host": "grader.example"}
    assert doors.send("GET", READ, doors.key(Scope.READ), headers=elsewhere).status_code == 200
    assert doors.send("GET", READ, None, headers=elsewhere).status_code == 401


def test_while_the_keys_cannot_be_read_nobody_is_let_in_and_nobody_is_a_stranger(serve: Any) -> None:
    doors = Doors(serve())
    doors.keyring.store = FakeKeyStore(failure=StorageAway("/srv/secret is gone"))
    for key in (None, Token.new()):
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        response = doors.client.get(READ, headers=headers)
        assert (response.status_code, slug(response)) == (503, "storage-unavailable")
        assert response.headers["Retry-After"]
        assert "/srv/secret" not in response.text


def test_the_first_key_closes_the_door_to_everybody_without_one(serve: Any) -> None:
    doors = Doors(serve())
    assert doors.send("GET", READ, None).status_code == 200
    doors.key(Scope.READ)
    before, doors.keyring.clock = doors.keyring.clock, lambda: before() + FRESH_SECONDS
    assert doors.send("GET", READ, None).status_code == 401


def test_a_setting_lets_this_machine_in_without_a_key_and_nobody_else(serve: Any) -> None:
    doors = Doors(serve())
    doors.key(Scope.READ)
    doors.set(local_without_key=True)
    assert doors.send("GET", READ, None).status_code == 200
    for header in ({"Host": "grader.example"}, {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}):
        assert doors.send("GET", READ, None, headers=header).status_code == 401


@pytest.mark.parametrize(
    ("practice", "here", "elsewhere"), [("local", 200, 401), ("everyone", 200, 200), ("nobody", 401, 401)]
)
def test_the_practice_pages_open_to_whom_the_setting_says(
    doors: Doors, practice: str, here: int, elsewhere: int
) -> None:
    doors.set(practice=practice)
    assert doors.send("GET", "/practice", None).status_code == here
    assert doors.send("GET", "/practice", None, headers={"Host": "grader.example"}).status_code == elsewhere
    proxied = doors.send("GET", "/practice", None, headers={"X-Forwarded-For": "203.0.113.9"})
    assert proxied.status_code == elsewhere
    doors.set(practice="local")


def test_when_a_key_was_used_is_noted_when_the_server_ends(build: Any) -> None:
    with TestClient(build(), base_url="http://127.0.0.1") as client:
        doors = Doors(client)
        key, fake = doors.key(Scope.READ), FakeKeyStore()
        assert doors.send("GET", READ, key).status_code == 200
        fake.keys[key.key.id], doors.keyring.store = key.key, fake
    assert fake.keys[key.key.id].last_used_at is not None
