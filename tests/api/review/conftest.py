"""Applications with grades that wait for a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.ports import ReferralFilter
from tests.api.doors import Doors
from tests.api.review.waiting import JUDGES


@pytest.fixture(scope="module")
def review(serve: Callable[..., TestClient]) -> Callable[..., TestClient]:
    """Starts an application whose judges are sure, or not."""

    def started(**settings: Any) -> TestClient:
        settings = {"audit_share": 0.0, **settings}
        return serve(judges=JUDGES, default_judge="sure", **settings)

    return started


@pytest.fixture(scope="module")
def served(review: Callable[..., TestClient]) -> TestClient:
    """An application for the tests of a module."""
    return review()


@pytest.fixture
def client(served: TestClient) -> TestClient:
    """Its client, while nothing waits."""
    doors = Doors(served)
    store = doors.application.services.storage.referrals
    waiting = [
        *doors.call(lambda: store.page("local", ReferralFilter(), limit=999)),
        *doors.call(lambda: store.page("local", ReferralFilter(is_open=False), limit=999)),
    ]
    doors.call(store.erase, "local", [each.grade_id for each in waiting])
    return served
