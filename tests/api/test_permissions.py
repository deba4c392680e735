"""Every route says who may call it, in one table."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from api.permissions import RULES, UNDECLARED, Rule, rule_for
from grader.access import Scope


def declared(app: FastAPI) -> set[str]:
    """`METHOD template` of every route; HEAD goes with GET."""
    found = set()
    for route in iter_route_contexts(app.routes):
        methods = {"GET"} if isinstance(route.original_route, Mount) else set(route.methods or ()) - {"HEAD"}
        found |= {f"{method} {route.path}" for method in methods}
    return found


@pytest.fixture(scope="module")
def routes(build: object) -> set[str]:
    """Every route of the application."""
    assert callable(build)
    return declared(build(workable_unverified=True))


def test_every_route_declares_who_may_call_it(routes: set[str]) -> None:
    assert sorted(routes - RULES.keys()) == []


def test_nothing_is_declared_that_is_no_route(routes: set[str]) -> None:
    assert sorted(RULES.keys() - routes) == []


@pytest.mark.parametrize("name", RULES)
def test_a_route_has_the_rule_that_was_declared_for_it(name: str) -> None:
    method, _, template = name.partition(" ")
    path = "/static/style.css" if template == "/static" else re.sub(r"\{[^}]*\}", "x", template)
    assert rule_for(method, path) is RULES[name]


@pytest.mark.parametrize("name", [name for name in RULES if "/v1/" in name])
def test_no_route_of_the_api_is_open(name: str) -> None:
    assert RULES[name].scope is not None
    assert not RULES[name].page


@pytest.mark.parametrize("name", [name for name in RULES if name.startswith("GET /v1/")])
def test_looking_creates_nothing(name: str) -> None:
    assert not RULES[name].creates


def test_what_is_not_declared_is_for_admin() -> None:
    assert rule_for("POST", "/v1/secret") is UNDECLARED == Rule(Scope.ADMIN)
