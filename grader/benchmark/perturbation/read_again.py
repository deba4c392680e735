"""Shortened answers that were read again, to know whether the rest still makes the point.

The 273 of `gold` were labelled by a large language model that saw only question, point and rest, in random order
among 100 untouched answers, on whose labels it agreed with the people's in 87. Of the 273 it found 205 missing,
53 in part and 9 wholly there still, and 6 contradicted: so a judge that reads perfectly credits 23 % of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Final

from grader.benchmark.dataset import Case
from grader.benchmark.perturbation.variant import Variant
from grader.domain import Label

GONE: Final = "deleted, nothing of it left"


def gone(case: Case, variant: Variant, labels: Mapping[str, str]) -> Variant | None:
    """The variant about those of its points of which by `labels` nothing is left; None where there is none."""
    texts = {point.id: point.text for point in case.rubric.key_points}
    found = {name: labels.get(fingerprint(texts[name], variant.answer)) for name in variant.key_point_ids}
    left = tuple(name for name, label in found.items() if label == Label.MISSING)
    return replace(variant, rule=GONE, key_point_ids=left) if left else None


def fingerprint(point: str, rest: str) -> str:
    """Under which a label of `point` in the shortened answer `rest` is kept: 16 hex digits."""
    return hashlib.sha256(f"{point}\n{rest}".encode()).hexdigest()[:16]


def read_again() -> Mapping[str, str]:
    """The labels, by fingerprint."""
    found: dict[str, str] = json.loads(files(__package__).joinpath("read_again.json").read_text("utf-8"))
    return found
