"""Requests that Schemathesis makes up from the description, fitting and not: each gets an answer that is described.

A few of each operation in the gate; `pytest -m slow` sends 5,000 to each kind of database.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

GATE = 6
"""Cases of each operation and each mode in the gate."""

SLOW = 5_000
"""Cases of all operations and both modes together in the slow suite."""

WITHOUT_PARAMETERS = 10
"""At least as many operations as have few different cases, such as those of which nothing can be wrong."""

TIMES_OUT = 30
"""Seconds in which every answer must be there."""

SETTINGS = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def schema(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], build: Callable[..., Any], listen: Any
) -> BaseSchema:
    """The description, as a running server gives it."""
    host, port = listen(build(database_url=new_database(request.param)))
    return schemathesis.openapi.from_url(f"http://{host}:{port}/openapi.json", wait_for_schema=TIMES_OUT)


def try_out(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, cases: int) -> int:
    """Send up to so many different cases of an operation; how many there were."""
    sent = 0

    @settings(SETTINGS, max_examples=cases)
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered_as_described(case: Any) -> None:
        nonlocal sent
        sent += 1
        # What fits the schema may still name a question that does not exist, or break a rule that JSON Schema has no
        # words for, such as "exactly one of these fields".
        case.call_and_validate(timeout=TIMES_OUT, excluded_checks=[positive_data_acceptance])

    with suppress(Unsatisfiable):  # of an operation without parameters nothing can be wrong
        answered_as_described()
    return sent


@pytest.mark.filterwarnings("ignore")  # of the libraries that make the requests up
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("cases", [GATE, pytest.param(SLOW, marks=pytest.mark.slow)])
def test_every_request_gets_an_answer_that_is_described(schema: BaseSchema, mode: GenerationMode, cases: int) -> None:
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 9
    each = cases if cases == GATE else math.ceil(cases / len(GenerationMode) / (len(operations) - WITHOUT_PARAMETERS))
    sent = sum(try_out(operation, mode, each) for operation in operations)
    assert cases == GATE or sent >= cases / len(GenerationMode)
