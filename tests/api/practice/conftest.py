"""Applications whose judge reads an answer as a person would, and others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from grader.judges.similarity import Calibration, SimilarityJudge
from grader.ports import Judge
from tests.api.practice.judges import reading


@pytest.fixture
def practise(serve: Callable[..., TestClient]) -> Callable[..., TestClient]:
    """Starts an application with a judge; with `similarity` another one stands in while that is down."""

    def started(judge: Judge, *, similarity: bool = True, **settings: Any) -> TestClient:
        judges: Mapping[str, Judge] = {"judge": judge}
        if similarity:
            judges = {**judges, "similarity": SimilarityJudge(Calibration.shipped())}
        return serve(judges=judges, default_judge="judge", **settings)

    return started


@pytest.fixture
def reader(practise: Callable[..., TestClient]) -> TestClient:
    """A client of an application whose judge reads ANSWER; nobody has practised there yet."""
    return practise(reading())
