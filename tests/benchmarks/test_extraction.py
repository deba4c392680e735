"""How many of the key points that people wrote `structure` finds: `pytest -m slow tests/benchmarks -s`.

Extracted points and written ones are matched one to one: by hand for 24 questions, and for all of them by the local
judge (the extracted point read as an answer) and by the embedding model, which are both less reliable than a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.bootstrap import open_reader
from grader.domain import Label
from grader.judges.local import LABELS, Calibration
from grader.ports import Passage
from grader.settings import Settings
from rubrics.extraction.structure import extract
from rubrics.model import Question, Rubric
from rubrics.sources import merge
from rubrics.sources.seed_page import read_seed_page

pytestmark = pytest.mark.slow

SAME_COSINE = 0.55
"""Cosine from which two points are taken for one; chosen by eye, it errs to both sides."""

LIKELY = 0.5
EVERY = 4
"""The judge reads every fourth question of the training sets, which takes minutes; the cosine is of all."""

BY_HAND = {
    "DL0019": ("74787af82c64", "k1:k1 k2:k3 k3:k4 k4:k5 k5:k6 k6:k7"),
    "DL0031": ("cf31d10e8b77", "k1:k1 k2:k2 k3:k3 k5:k4 k6:k5 k7:k6"),
    "DL0049": ("c3f4abaea9e2", "k1:k2 k2:k3 k3:k4 k4:k6 k5:k9 k7:k7 k8:k8"),
    "DL0041": ("a61eb249142d", "k1:k1 k2:k4 k3:k5 k4:k6 k6:k2"),
    "DL0004": ("c967722b64bd", "k1:k1 k2:k2 k3:k3 k4:k4 k5:k5 k6:k6"),
    "ML0030": ("2c211c1125ff", "k1:k2 k2:k3 k3:k4 k4:k5 k5:k6"),
    "BZ021": ("d4f8ef858f5f", "k1:k3 k2:k2 k4:k6 k5:k7 k7:k4"),
    "DS021": ("d7f38ba325b4", "k1:k1 k2:k3 k3:k4 k4:k5 k5:k6 k6:k7"),
    "DX021": ("02bbec1a9020", "k1:k2 k3:k3 k4:k4 k5:k6 k6:k7"),
    "HU021": ("c60b47cbceb9", "k1:k2 k2:k3 k3:k4 k4:k5 k5:k6 k6:k7"),
    "IN021": ("d8a35bdec37c", "k1:k1 k2:k2 k3:k3 k5:k7 k6:k8"),
    "SE021": ("5ce6a391ade7", "k1:k2 k3:k3 k4:k5 k5:k7"),
    "BZ008": ("7c16ed075571", "k1:k1 k3:k2 k4:k5 k5:k6"),
    "DS025": ("16adc9c1ed03", "k1:k1 k2:k2 k3:k3 k4:k4 k5:k5 k7:k7"),
    "DS031": ("c6234af658ff", "k1:k1 k2:k2 k3:k4 k6:k7"),
    "DX005": ("ea928009e435", "k1:k1 k2:k2 k3:k3 k4:k4 k5:k5 k6:k6"),
    "HU005": ("310285092ea8", "k1:k1 k2:k2 k3:k3 k4:k4 k5:k5 k6:k6"),
    "HU027": ("2f5bb1d2e5b3", "k1:k1 k2:k2 k3:k3 k4:k4 k5:k5 k7:k6"),
    "IN010": ("fd359ee0cbd6", "k1:k1 k3:k2 k4:k5 k5:k7 k6:k6"),
    "IN029": ("f30e517f8bcc", "k2:k2 k4:k4 k6:k6"),
    "MP010": ("b6c41d8c5bcc", "k1:k1 k2:k2 k3:k3 k4:k4 k5:k5"),
    "SE017": ("6745e2dbe2e7", "k1:k1 k2:k2 k4:k6 k6:k8"),
    "SE033": ("0f0dd0a862fc", "k1:k2 k3:k4 k4:k5 k6:k7 k7:k6"),
    "SP012": ("7ca8c95461a6", "k1:k1 k2:k3 k3:k4 k4:k5 k5:k6"),
}
"""The first, fifth, ninth ... question of `gold` and eighteen of the training sets, chosen before they were looked at:
the points as they were when a person matched them (the beginning of their digest), and which written point is entailed
by which extracted one. A point that is only half said, or said in two of them, counts as missed."""


@dataclass(frozen=True)
class Sample:
    """A question, the points people wrote for it, and the extracted rubric."""

    source: str
    written: tuple[str, ...]
    rubric: Rubric

    @property
    def extracted(self) -> list[str]:
        return [point.text for point in self.rubric.key_points]


@dataclass
class Tally:
    """Written points, extracted ones, and pairs of them."""

    written: int = 0
    extracted: int = 0
    pairs: int = 0

    def add(self, sample: Sample, pairs: int) -> None:
        self.written += len(sample.written)
        self.extracted += len(sample.extracted)
        self.pairs += pairs

    @property
    def found(self) -> float:
        return self.pairs / self.written

    @property
    def spare(self) -> float:
        return 1 - self.pairs / self.extracted

    def __str__(self) -> str:
        return f"{self.found:.3f} of {self.written} found, {self.spare:.3f} of {self.extracted} spare"


def samples(shared: Path) -> Iterator[Sample]:
    pages = sorted((shared / "seeds").glob("*.txt"))
    merged = merge(source for path in pages for source in read_seed_page(path.read_text("utf-8"), file=path.name))
    seeds = {source.question.id: source for source in merged.questions}
    for path in [shared / "gold" / "questions.jsonl", *sorted((shared / "goldtrain").glob("*/questions.jsonl"))]:
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            seed = seeds.get(row["question_id"])
            question = Question(id=row["question_id"], title=row["title"], text=row["question"])
            asked, reference = (seed.question, seed.reference_answer) if seed else (question, row["reference_answer"])
            written = tuple(point["text"] for point in row["key_points"])
            yield Sample(path.parent.name, written, extract(asked, reference).rubric)


def matched(scores: NDArray[np.float64], least: float) -> int:
    """The most pairs of a row and a column, each in one pair only, whose score is at least `least`."""
    partner: dict[int, int] = {}

    def find(row: int, seen: set[int]) -> bool:
        for column in np.argsort(-scores[row]):
            if scores[row, column] < least or int(column) in seen:
                continue
            seen.add(int(column))
            if int(column) not in partner or find(partner[int(column)], seen):
                partner[int(column)] = row
                return True
        return False

    return sum(find(row, set()) for row in range(len(scores)))


def test_by_hand(shared: Path) -> None:
    tallies = {"gold": Tally(), "goldtrain": Tally()}
    for sample in samples(shared):
        digest, pairs = BY_HAND.get(sample.rubric.question.id, ("", ""))
        if not digest:
            continue
        now = hashlib.sha256("\n".join(sample.extracted).encode()).hexdigest()
        assert now.startswith(digest), f"{sample.rubric.question.id} is extracted otherwise now: match it again"
        tallies["gold" if sample.source == "gold" else "goldtrain"].add(sample, len(pairs.split()))
    for name, tally in tallies.items():
        print(f"\nby hand, {name}: {tally}")
    assert tallies["gold"].found >= 0.85
    assert tallies["gold"].spare <= 0.15


@pytest.mark.embed
def test_by_the_embedding_model(shared: Path) -> None:
    from grader.adapters.embedding import SentenceTransformerEncoder

    everything = list(samples(shared))
    texts = sorted({text for sample in everything for text in (*sample.written, *sample.extracted)})
    vectors = dict(zip(texts, SentenceTransformerEncoder().encode(texts), strict=True))
    tallies = {"gold": Tally(), "goldtrain": Tally()}
    for sample in everything:
        written, found = (np.stack([vectors[text] for text in part]) for part in (sample.written, sample.extracted))
        pairs = matched((written @ found.T).astype(np.float64), SAME_COSINE)
        tallies["gold" if sample.source == "gold" else "goldtrain"].add(sample, pairs)
    for name, tally in tallies.items():
        print(f"\nby cosine, {name}: {tally}")
    assert tallies["gold"].found >= 0.85
    assert tallies["gold"].spare <= 0.15
    assert tallies["goldtrain"].found >= 0.8
    assert tallies["goldtrain"].spare <= 0.25


@pytest.mark.embed
async def test_by_the_local_judge(shared: Path) -> None:
    """The bars are for the training sets, to which it is lenient; those of `gold` hang on its weights: printed."""
    reader, calibration = open_reader(Settings()), Calibration.shipped()
    tallies: dict[str, Tally] = {"goldtrain": Tally()}
    for number, sample in enumerate(samples(shared)):
        if sample.source == "gold" or number % EVERY == 0:
            scores = np.array([await entailed(reader, calibration, sample, text) for text in sample.extracted])
            pairs = matched(scores, LIKELY)
            for name in {sample.source, "gold" if sample.source == "gold" else "goldtrain"}:
                tallies.setdefault(name, Tally()).add(sample, pairs)
    reader.close()
    for name, tally in tallies.items():
        print(f"\nby the local judge, {name}: {tally}")
    assert tallies["gold"].written == 143
    assert tallies["goldtrain"].found >= 0.8
    assert tallies["goldtrain"].spare <= 0.25


async def entailed(reader: object, calibration: Calibration, sample: Sample, text: str) -> Sequence[float]:
    """How likely an extracted point speaks of each written one: a reference does not deny its own points."""
    passage = Passage(sample.rubric.question.text, text, sample.written)
    readings = await reader.read(passage)  # type: ignore[attr-defined]
    speaks = [LABELS.index(Label.COVERED), LABELS.index(Label.CONTRADICTED)]
    return [float(calibration.probabilities(found[0])[speaks].sum()) for found in readings]
