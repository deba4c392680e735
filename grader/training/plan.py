"""The training of the shipped judge: which data, in which stages, what is held out.

Sentence pairs come first, then answers. `gold` and the UNSEEN_SETS are in neither: on them the judge is calibrated and
measured.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from grader.benchmark.dataset import Dataset
from grader.benchmark.folds import HeldOut
from grader.benchmark.sets import read_set
from grader.training.augmentation import Strangers, augment, disturb, excerpt
from grader.training.composing import STATEMENTS, StatedQuestion, compose, read_statements, reference
from grader.training.curriculum import Stage
from grader.training.examples import Example
from grader.training.grafting import Sayings
from grader.training.sources import examples, read_pairs
from grader.training.synthesis import synthesise, whole
from grader.training.worthless import worthless
from rubrics.model import Rubric

ANSWERS: Final = Path(__file__).parent / "answers"
"""Labelled sets that stand beside this file, in a checkout only; none of their questions is one of `gold`.

`bank` answers the questions of the bank that `gold` does not ask, the others ask about subjects of their own.
"""

OUR_SETS: Final = (
    "bank", "business", "cloud", "deep", "finance", "health", "humanities", "language", "learning", "ml", "nature",
    "networks", "operations", "science", "short", "society", "software", "statistics", "systems", "trades", "vision",
    "wide",
)  # fmt: skip
UNSEEN_SETS: Final = ("elsewhere", "further")
"""The sets of `ANSWERS` that are not learned from.

The subjects of `elsewhere`, from beekeeping to typography, are in no other set. Half of the questions of `further` have
one near to them in another set; its key points and answers are by other hands, in the six styles of `gold`.
"""

OWN_SETS: Final = ("ds", "se", "in", "bz", "dx", "sp", "mp", "hu")
HUMAN_SETS: Final = ("scientsbank_train", "beetle_train", "realsumm_scu")
HELD_OUT: Final = HeldOut(folds=5, fold=0)
"""Questions of the human-graded sets that are not trained on, so that they can be measured on."""

PAIRS_EPOCHS: Final = 1
PAIRS_RATE: Final = 1.5e-4
ANSWERS_EPOCHS: Final = 5
ANSWERS_RATE: Final = 2e-4
"""Rounds through the data and highest learning rates of the two stages."""

COMPOSED: Final = 4
"""Answers composed of the statements to one question in one round."""

EXCERPT_SHARE: Final = 1.0
MADE_SHARE: Final = 0.2
PAIR_SHARE: Final = 4.0
WORTHLESS_SHARE: Final = 0.3
REFERENCE_SHARE: Final = 0.3
"""In one round of answers, as shares of our own: excerpts, made answers, sentence pairs again, worthless answers.

Reference answers come as often as worthless ones, half of which are made from them: without, the judge took
reference answers for worthless (the bank's own scored 0.48, measured).
"""

OTHERS: Final = 4
"""Answers, and as many reference answers, among which one of another question is looked for."""

HUMAN_SHARE: Final = 0.15
"""Human-graded answers in one round, as a share of all: they agree with ours on the labels, not on the subjects."""

MOST_STATEMENTS: Final = 8
"""Statements of a summary in one round: some have sixteen, and one text should not outweigh the others."""


@dataclass(frozen=True)
class Material:
    """What is learned from: our own sets, statements, the human-graded sets; and what is `unseen`, `gold` first."""

    own: tuple[Dataset, ...]
    stated: tuple[StatedQuestion, ...]
    human: tuple[Dataset, ...]
    unseen: tuple[Dataset, ...]


def read_material(shared: Path, *, answers: Path = ANSWERS, without: Sequence[str] = ()) -> Material:
    """Our own sets and statements, the human-graded sets without their held-out questions, and what is unseen.

    The statements lie beside the folder `answers`. Sets of goldtrain in `without` are unseen, too. DatasetError names
    what cannot be read.
    """
    names = [name for name in OWN_SETS if name not in without]
    return Material(
        own=tuple(
            read_set(folder / name)
            for folder, sets in ((answers, OUR_SETS), (shared / "goldtrain", names))
            for name in sets
        ),
        stated=tuple(read_statements(answers.with_name(STATEMENTS.name))),
        human=tuple(_but(read_set(shared / "data" / f"{name}.jsonl"), HELD_OUT) for name in HUMAN_SETS),
        unseen=tuple(
            read_set(folder)
            for folder in (
                shared / "gold",
                *(answers / name for name in UNSEEN_SETS),
                *(shared / "goldtrain" / name for name in without),
            )
        ),
    )


def texts(material: Material) -> Iterator[str]:
    """What people say and references state in our own sets."""
    for dataset in material.own:
        references = {case.question_id: case.rubric.reference_answer for case in dataset.cases}
        yield from (reference for reference in references.values() if reference)
        yield from (case.answer for case in dataset.cases)


def stages(shared: Path, material: Material) -> tuple[Stage, Stage]:
    """Sentence pairs, then answers."""

    def pairs(choice: random.Random) -> list[Example]:
        return read_pairs(shared / "data" / "nli.jsonl", choice)

    answers = _Answers.of(material, pairs(random.Random(0)))  # noqa: S311
    return (
        Stage("pairs", PAIRS_EPOCHS, PAIRS_RATE, pairs),
        Stage("answers", ANSWERS_EPOCHS, ANSWERS_RATE, answers.epoch),
    )


def _but(dataset: Dataset, fold: HeldOut) -> Dataset:
    return replace(dataset, cases=tuple(case for case in dataset.cases if case.question_id not in fold))


@dataclass(frozen=True)
class _Answers:
    """Examples of answers, varied anew every epoch."""

    own: list[Example]
    stated: Sequence[StatedQuestion]
    human: list[Example]
    pairs: list[Example]
    rubrics: list[Rubric]
    references: list[Example]
    strangers: Strangers

    @classmethod
    def of(cls, material: Material, pairs: list[Example]) -> _Answers:
        sets, stated = material.own, material.stated
        own = [found for dataset in sets for found in examples(dataset)]
        rubrics = list({case.rubric.content_hash: case.rubric for d in sets for case in d.cases}.values())
        statements = [point.text for rubric in rubrics for point in rubric.key_points]
        strangers = Strangers(
            sentences=[sentence for found in own for sentence in _sentences(found)],
            statements=statements + [point.text for question in stated for point in question.points],
            sayings=Sayings.of(own),
        )
        human = [found for dataset in material.human for found in examples(dataset)]
        references = [whole(rubric, rubric.reference_answer) for rubric in rubrics if rubric.reference_answer]
        references += map(reference, stated)
        return cls(own, stated, human, pairs, rubrics, references or own, strangers)

    def epoch(self, choice: random.Random) -> list[Example]:
        own = len(self.own)
        composed = [compose(question, choice) for question in self.stated for _ in range(COMPOSED)]
        answers = [*self.own, *composed]
        varied = [augment(found, self.strangers, choice) for found in answers]
        chosen = choice.sample(answers, round(EXCERPT_SHARE * len(answers)))
        cut = [disturb(excerpt(found, choice), choice) for found in chosen if found.words]
        made = [
            synthesise(rubric, rubric.reference_answer, choice)
            for rubric in choice.choices(self.rubrics, k=round(MADE_SHARE * own))
        ]
        bad = [disturb(self._worthless(choice), choice) for _ in range(round(WORTHLESS_SHARE * own))]
        right = [disturb(found, choice) for found in choice.choices(self.references, k=round(REFERENCE_SHARE * own))]
        pairs = choice.sample(self.pairs, min(len(self.pairs), round(PAIR_SHARE * own)))
        human = choice.sample(self.human, round(HUMAN_SHARE * len(self.human)))
        graded = [_some(disturb(found, choice), choice) for found in human]
        return [found for found in (*varied, *cut, *made, *bad, *right, *pairs, *graded) if found.words]

    def _worthless(self, choice: random.Random) -> Example:
        """Made from a reference answer as often as from somebody's: how well a text is written must say nothing."""
        base = choice.choice(choice.choice((self.own, self.references)))
        others = [*choice.choices(self.own, k=OTHERS), *choice.choices(self.references, k=OTHERS)]
        return worthless(base, others, choice)


def _some(found: Example, choice: random.Random) -> Example:
    """The example with at most MOST_STATEMENTS targets; only for examples without marks, whose order is free."""
    count = min(MOST_STATEMENTS, len(found.targets))
    return replace(found, targets=tuple(choice.sample(found.targets, count)))


def _sentences(found: Example) -> list[tuple[str, ...]]:
    numbers = dict.fromkeys(word.sentence for word in found.words)
    return [tuple(word.text for word in found.words if word.sentence == number) for number in numbers]
