"""How often a key and its tenant may ask, and how they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from grader.access import Quota, Quotas, Scope
from tests.api.doors import Doors, slug

READ = "/v1/questions"


@pytest.fixture(scope="module")
def served(serve: Any) -> Doors:
    """An application with keys."""
    return Doors(serve())


@pytest.fixture
def doors(served: Doors) -> Iterator[Doors]:
    """Three requests a key and five a tenant, at a moment that does not pass."""
    now = 100.0
    served.set(key_quota=Quota("key", 3), tenant_quota=Quota("tenant", 5), quotas=Quotas(lambda: now))
    return served


def test_every_response_tells_the_limits_and_what_is_left(doors: Doors) -> None:
    headers = doors.send("GET", READ, doors.key(Scope.READ)).headers
    assert headers["RateLimit-Policy"] == '"key";q=3;w=60, "tenant";q=5;w=60'
    assert headers["RateLimit"] == '"key";r=2;t=20, "tenant";r=4;t=12'


def test_one_request_too_many_is_told_how_long_to_wait(doors: Doors) -> None:
    key = doors.key(Scope.READ)
    assert [doors.send("GET", READ, key).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = doors.send("GET", READ, key)
    assert (slug(refused), refused.headers["Retry-After"]) == ("quota-exceeded", "20")
    assert refused.headers["RateLimit"] == '"key";r=0;t=60, "tenant";r=2;t=36'


def test_a_tenant_cannot_help_itself_with_more_keys(doors: Doors) -> None:
    keys = [doors.key(Scope.READ) for _ in range(3)]
    statuses = [doors.send("GET", READ, key).status_code for key in keys for _ in range(2)]
    assert statuses == [200] * 5 + [429]
    assert "tenant may send 5" in doors.send("GET", READ, keys[2]).json()["detail"]


def test_one_tenants_noise_does_not_stop_another(doors: Doors) -> None:
    noisy, quiet = doors.key(Scope.READ, tenant="noisy"), doors.key(Scope.READ, tenant="quiet")
    for _ in range(9):
        doors.send("GET", READ, noisy)
    assert doors.send("GET", READ, quiet).status_code == 200


def test_what_is_refused_for_another_reason_counts_too(doors: Doors) -> None:
    key = doors.key(Scope.READ)
    for _ in range(3):
        assert doors.send("GET", "/v1/questions/nowhere", key).status_code == 404
    assert doors.send("GET", READ, key).status_code == 429


def test_without_a_key_nothing_is_counted(doors: Doors) -> None:
    response = doors.send("GET", "/healthz", None)
    assert "RateLimit" not in response.headers


def test_a_limit_that_is_not_set_is_not_told(doors: Doors) -> None:
    doors.set(key_quota=None, tenant_quota=None)
    assert "RateLimit" not in doors.send("GET", READ, doors.key(Scope.READ)).headers


def test_all_who_practise_from_elsewhere_share_the_quota_of_one_key(doors: Doors) -> None:
    doors.key(Scope.READ)
    doors.set(practice="everyone")
    elsewhere = {"Host": "grader.example"}
    statuses = [doors.send("GET", "/practice", None, headers=elsewhere).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert doors.send("GET", "/practice", None).status_code == 200
    doors.set(practice="local")
