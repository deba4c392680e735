"""In which order the judge learns: entailment between sentences first, then answers against key points."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.training.examples import Example

BATCH_TOKENS: Final = 2560
"""Tokens in one step, padding counted: about ten answers with their points, or sixty sentence pairs."""

SORTED_TOGETHER: Final = 600
"""Examples sorted by length before they are cut into batches: little padding, and still a shuffled order."""


OnStep = Callable[[str, int, int, float], None]
"""Called after every step with the stage's name, the step, how many there are, and the running loss."""


@dataclass(frozen=True)
class Stage:
    """A part of the training: `epoch(choice)` gives the examples of one round, freshly varied by `choice`.

    `rate` is the highest learning rate of AdamW; it rises over the first steps and falls linearly to the end.
    """

    name: str
    epochs: int
    rate: float
    epoch: Callable[[random.Random], list[Example]]

    def steps(self, length: Callable[[Example], int], seed: int) -> Iterator[Sequence[Example]]:
        """The batches of all epochs, the same for the same seed."""
        for number in range(self.epochs):
            choice = random.Random(f"{seed} {self.name} {number}")  # noqa: S311 - varied, not secret
            yield from batches(self.epoch(choice), length, choice)


@dataclass(frozen=True)
class Course:
    """A training: its stages in order, the folder that lets it go on after a stop, and the weights it starts from.

    Without `start` it starts from the published model.
    """

    stages: Sequence[Stage]
    work: Path
    start: Path | None = None


def batches(
    examples: list[Example], length: Callable[[Example], int], choice: random.Random
) -> list[Sequence[Example]]:
    """The examples in batches of about BATCH_TOKENS, neighbours in length together, in random order."""
    choice.shuffle(examples)
    found: list[Sequence[Example]] = []
    for start in range(0, len(examples), SORTED_TOGETHER):
        together = sorted(examples[start : start + SORTED_TOGETHER], key=length)
        found += _filled(together, length)
    choice.shuffle(found)
    return found


def _filled(examples: list[Example], length: Callable[[Example], int]) -> Iterator[list[Example]]:
    """Batches of examples that come in ascending length."""
    batch: list[Example] = []
    for example in examples:
        if batch and length(example) * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(example)
    if batch:
        yield batch
