"""The attack strings beside the repository, and how many examples a test tries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rubrics.bank import Bank
from rubrics.model import Rubric


@pytest.fixture(scope="session")
def rubrics() -> tuple[Rubric, ...]:
    """Every question of the bank."""
    bank = Bank()
    return tuple(bank.rubric(question.id) for question in bank.questions())


@pytest.fixture
def attacks(shared: Path) -> list[dict[str, Any]]:
    """Every attack row, with the file it is from."""
    return [
        json.loads(line) | {"file": file.stem}
        for file in sorted((shared / "attacks").glob("*.jsonl"))
        for line in file.read_text("utf-8").split("\n")
        if line
    ]


@pytest.fixture(params=["some", pytest.param("all", marks=pytest.mark.slow)])
def share(request: pytest.FixtureRequest) -> float:
    """How much of a property's examples to try: a twentieth each time, all of them with `pytest -m slow`."""
    return 1.0 if request.param == "all" else 0.05
