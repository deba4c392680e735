"""Calibration finds how sure the network really may be."""

from __future__ import annotations

import numpy as np
import pytest

from grader.benchmark.dataset import Case, Dataset
from grader.domain import Label
from grader.fakes import FakeReader
from grader.judges.local import LABELS
from grader.ports import Reading
from grader.training.calibration import UNSURE_SHARE, calibrate, fit
from grader.training.measuring import measure
from rubrics.model import KeyPoint, Question, Rubric

CHOICE = np.random.default_rng(0)


def drawn(logits: np.ndarray) -> np.ndarray:
    """Labels drawn with the probabilities of the logits."""
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.array([CHOICE.choice(len(LABELS), p=row) for row in shares])


def test_finds_the_temperature_of_a_network_that_is_too_sure() -> None:
    logits = CHOICE.normal(size=(4_000, 4)) * 2
    found = fit(logits * 3, drawn(logits), "drawn")
    assert found.temperature == pytest.approx(3, rel=0.1)


def test_the_least_sure_verdicts_are_called_unsure() -> None:
    logits = CHOICE.normal(size=(2_000, 4)) * 2
    found = fit(logits, drawn(logits), "drawn")
    sure = [found.probabilities(Reading(tuple(row), ())).max() for row in logits]
    assert np.mean(np.array(sure) < found.unsure_below) == pytest.approx(UNSURE_SHARE, abs=0.03)


def dataset() -> Dataset:
    rubric = Rubric(
        question=Question(id="Q1", title="Dropout", text="What does dropout do?"),
        key_points=(KeyPoint(id="k1", text="Dropout drops random units."),),
    )
    said = {
        "Dropout drops random units.": Label.COVERED,
        "Dropout does not drop random units.": Label.CONTRADICTED,
        "I like trains.": Label.MISSING,
    }
    cases = (
        Case(f"a{number}", "plain", rubric, text, {"k1": label}, float(label is Label.COVERED))
        for number, (text, label) in enumerate(said.items())
    )
    return Dataset("tiny", tuple(cases))


async def test_names_what_it_was_fitted_on() -> None:
    found = await calibrate(FakeReader(), [dataset()], lambda: None)
    assert found.fitted_on == f"tiny {dataset().content_hash}"


async def test_measures_every_set_with_the_calibration_it_found() -> None:
    steps: list[None] = []
    measured = await measure(FakeReader(), [dataset()], lambda: steps.append(None))
    assert measured.figures["tiny"]["kappa, four labels"].startswith("1.00")
    assert len(steps) == 6
