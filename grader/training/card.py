"""The model card: what the shipped judge was made of, what it can do and where it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from grader.benchmark.dataset import Dataset
from grader.training.composing import StatedQuestion
from grader.training.curriculum import Stage
from grader.training.measuring import Measured
from grader.training.plan import HELD_OUT, Material

_LICENCES: Final = {
    "scientsbank_train": "CC BY-SA 3.0 (SemEval-2013 task 7)",
    "beetle_train": "CC BY-SA 3.0 (SemEval-2013 task 7)",
    "realsumm_scu": "labels CC BY 4.0 (REALSumm)",
}
_OWN: Final = "written for this project"
_PAIRS: Final = "- pairs: 19 public sets of sentence pairs labelled for entailment, licences stated with the data"

_CARD: Final = """# Model card: the reader of the local judge

Says of a key point whether an answer covers it, makes a part of it, misses it or contradicts it, and which words
show it. Written by `grader train local`; the figures below were measured in the same run.

## What it is
A cross-encoder on all-MiniLM-L6-v2 (Apache-2.0; sha256 `{base}`), 6 layers, 384 wide. The answer
stands once in a row, and it and every key point read each other (`grader/adapters/reader/layout.py`). All
encoder weights but the vocabulary's were trained; what changed is stored in eight bits (sha256 `{weights}`).

## What it was trained on
{stages}

{data}

Held out of the human-graded sets: {held_out} (by question). Sets left out: {left_out}. Nothing of gold,
elsewhere and further was learned from, and none of their questions is one of a set above, though half of those of
further ask about what one there asks about.

## How well it does
{figures}

Calibration: temperature {temperature}, fitted on {fitted_on}.

## Intended use
Grading free-text answers of some sentences in English against statements that a full answer makes, for practice and
as a first opinion; not as the only ground for a decision about a person. Verdicts below {unsure} confidence are
flagged for a person.

## Known failures
- Formulas and code are read as words: a wrong exponent can pass.
- Contradictions that need arithmetic or knowledge of the subject, not only reading, are missed more often than
  those that turn a word.
- Irony, and long corrections of oneself ("no, what I said before was ..."), are hard for it.
- A contradiction it is not sure of is as likely to be none; the judge words it with reserve.
- The sentence it shows is not always the one that makes the point.
- Word order hardly counts for it; words in random order are kept from it (`grader/text/word_order.py`).
- Other languages than English were not trained or measured.
"""


@dataclass(frozen=True)
class ModelCard:
    """What the card says; `reader` is the identity of the trained reader, with its digests."""

    material: Material
    stages: Sequence[Stage]
    reader: Mapping[str, str]
    measured: Measured
    left_out: Sequence[str]

    def text(self) -> str:
        """The card as Markdown."""
        calibration = self.measured.calibration
        sets = (*self.material.own, *self.material.human)
        return _CARD.format(
            base=self.reader["base_sha256"],
            weights=self.reader["weights_sha256"],
            stages="\n".join(_stage(stage) for stage in self.stages),
            data="\n".join([_PAIRS, _statements(self.material.stated), *map(_data, sets)]),
            held_out=HELD_OUT,
            left_out=", ".join(self.left_out) or "none",
            figures=_table(self.measured.figures),
            temperature=calibration.temperature,
            fitted_on=calibration.fitted_on,
            unsure=calibration.unsure_below,
        )


def _stage(stage: Stage) -> str:
    return f"- stage `{stage.name}`: {stage.epochs} epochs, highest learning rate {stage.rate:g}"


def _statements(stated: Sequence[StatedQuestion]) -> str:
    points = sum(len(question.points) for question in stated)
    return f"- statements to compose answers of: {len(stated)} questions with {points} points, {_OWN}"


def _data(dataset: Dataset) -> str:
    return f"- {dataset.name}: {len(dataset.cases)} answers, {_LICENCES.get(dataset.name, _OWN)}"


def _table(figures: Mapping[str, Mapping[str, str]]) -> str:
    names = list(dict.fromkeys(name for row in figures.values() for name in row))
    lines = [["set", *names], ["---"] * (len(names) + 1)]
    lines += [[place, *(row.get(name, "") for name in names)] for place, row in figures.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
