"""Any labelled set by its place: a folder with questions and answers, or one file of graded answers."""

from __future__ import annotations

from pathlib import Path

from grader.benchmark.dataset import Dataset
from grader.benchmark.human import read_human_graded
from grader.benchmark.labelled import ANSWERS_FILE, QUESTIONS_FILE, read_dataset
from grader.errors import DatasetError


def read_set(place: Path) -> Dataset:
    """The dataset at `place`; DatasetError says what is wrong, where, and what to do."""
    if place.is_dir():
        return read_dataset(place / QUESTIONS_FILE, place / ANSWERS_FILE)
    if not place.exists():
        raise DatasetError(
            f"{place}: is not there; name a folder with {QUESTIONS_FILE} and {ANSWERS_FILE}, or a file of answers"
        )
    return read_human_graded(place)
