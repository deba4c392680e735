"""The training of the shipped judge: which data, in which stages, what is held out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from grader.benchmark.dataset import Dataset
from grader.benchmark.folds import HeldOut
from grader.benchmark.sets import read_set
from grader.training.augmentation import Strangers, augment, disturb, excerpt
from grader.training.curriculum import Stage
from grader.training.examples import Example
from grader.training.sources import examples, read_pairs
from grader.training.synthesis import synthesise
from rubrics.model import Rubric

OWN_SETS: Final = ("ds", "se", "in", "bz", "dx", "sp", "mp", "hu")
HUMAN_SETS: Final = ("scientsbank_train", "beetle_train", "realsumm_scu")
HELD_OUT: Final = HeldOut(folds=5, fold=0)
"""Questions of the human-graded sets that are not trained on, so that they can be measured on."""

PAIRS_EPOCHS: Final = 1
PAIRS_RATE: Final = 1.5e-4
ANSWERS_EPOCHS: Final = 5
ANSWERS_RATE: Final = 2e-4
"""Rounds through the data and highest learning rates of the two stages."""

EXCERPT_SHARE: Final = 1.0
MADE_SHARE: Final = 0.2
PAIR_SHARE: Final = 2.0
"""In one round of the second stage, as shares of our own answers: excerpts, made answers, sentence pairs again."""

HUMAN_SHARE: Final = 0.15
"""Human-graded answers in one round, as a share of all: they agree with ours on the labels, not on the subjects."""

MOST_STATEMENTS: Final = 8
"""Statements of a summary in one round: some have sixteen, and one text should not outweigh the others."""


@dataclass(frozen=True)
class Material:
    """What the second stage learns from."""

    own: tuple[Dataset, ...]
    human: tuple[Dataset, ...]


def read_material(shared: Path, *, without: Sequence[str] = (), with_gold: bool = False) -> Material:
    """Our own sets but those in `without`, and the human-graded ones without their held-out questions.

    DatasetError names what cannot be read.
    """
    names = [f"goldtrain/{name}" for name in OWN_SETS if name not in without] + ["gold"] * with_gold
    human = (read_set(shared / "data" / f"{name}.jsonl") for name in HUMAN_SETS)
    return Material(
        own=tuple(read_set(shared / name) for name in names),
        human=tuple(
            replace(found, cases=tuple(c for c in found.cases if c.question_id not in HELD_OUT)) for found in human
        ),
    )


def stages(shared: Path, material: Material) -> tuple[Stage, Stage]:
    """Sentence pairs first, then answers."""

    def pairs(choice: random.Random) -> list[Example]:
        return read_pairs(shared / "data" / "nli.jsonl", choice)

    return (
        Stage("pairs", PAIRS_EPOCHS, PAIRS_RATE, pairs),
        Stage("answers", ANSWERS_EPOCHS, ANSWERS_RATE, _Answers.of(material, pairs(random.Random(0))).epoch),  # noqa: S311
    )


@dataclass(frozen=True)
class _Answers:
    """The second stage's examples, varied anew every epoch."""

    own: list[Example]
    human: list[Example]
    pairs: list[Example]
    rubrics: list[Rubric]
    strangers: Strangers

    @classmethod
    def of(cls, material: Material, pairs: list[Example]) -> _Answers:
        own = [found for dataset in material.own for found in examples(dataset)]
        rubrics = list({case.rubric.content_hash: case.rubric for d in material.own for case in d.cases}.values())
        strangers = Strangers(
            sentences=[sentence for found in own for sentence in _sentences(found)],
            statements=[point.text for rubric in rubrics for point in rubric.key_points],
        )
        human = [found for dataset in material.human for found in examples(dataset)]
        return cls(own, human, pairs, rubrics, strangers)

    def epoch(self, choice: random.Random) -> list[Example]:
        own = len(self.own)
        varied = [augment(found, self.strangers, choice) for found in self.own]
        cut = [disturb(excerpt(found, choice), choice) for found in choice.sample(self.own, round(EXCERPT_SHARE * own))]
        made = [
            synthesise(rubric, rubric.reference_answer, choice)
            for rubric in choice.choices(self.rubrics, k=round(MADE_SHARE * own))
        ]
        pairs = choice.sample(self.pairs, min(len(self.pairs), round(PAIR_SHARE * own)))
        human = choice.sample(self.human, round(HUMAN_SHARE * len(self.human)))
        graded = [_some(disturb(found, choice), choice) for found in human]
        return [found for found in (*varied, *cut, *made, *pairs, *graded) if found.words]


def _some(found: Example, choice: random.Random) -> Example:
    """The example with at most MOST_STATEMENTS targets; only for examples without marks, whose order is free."""
    count = min(MOST_STATEMENTS, len(found.targets))
    return replace(found, targets=tuple(choice.sample(found.targets, count)))


def _sentences(found: Example) -> list[tuple[str, ...]]:
    numbers = dict.fromkeys(word.sentence for word in found.words)
    return [tuple(word.text for word in found.words if word.sentence == number) for number in numbers]
