"""From examples to tensors: packed rows, what they should give, and how far off the network is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Final

import torch

from grader.adapters.reader.layout import MAX_ANSWER_TOKENS, Row, pack
from grader.adapters.reader.model import Vocabulary
from grader.adapters.reader.network import Read
from grader.adapters.reader.tensors import Batch, stack
from grader.judges.local import LABELS
from grader.training.examples import Example, Target

PLACES_WEIGHT: Final = 1.0
"""Weight of the loss on where a point is made, beside 1 for the loss on its label.

A loss on each word by itself, at half the weight, taught nothing: the one on the label drowned it (measured).
"""

_IMPOSSIBLE: Final = -1e4
"""Logarithm of a probability of 0, with a gradient of 0."""

_SOFT: Final = torch.tensor(
    [[0.92, 0.05, 0.01, 0.02], [0.08, 0.82, 0.08, 0.02], [0.01, 0.05, 0.92, 0.02], [0.02, 0.03, 0.02, 0.93]]
)
"""What a label is taught as, in the order of LABELS: the neighbours people confuse it with get a share."""


@dataclass(frozen=True)
class Lesson:
    """A batch and what it should give, one row a key point.

    `wanted` holds the taught probabilities, `allowed` 1 for every label that may be right, `marks` the
    words that carry the point, `marked` whether they are known.
    """

    batch: Batch
    wanted: torch.Tensor
    allowed: torch.Tensor
    marks: torch.Tensor
    marked: torch.Tensor

    def to(self, device: torch.device) -> Lesson:
        """The same on another device."""
        parts = (getattr(self, part.name).to(device) for part in fields(self))
        return Lesson(*parts)


def lesson(vocabulary: Vocabulary, examples: Sequence[Example]) -> Lesson:
    """The examples as one batch."""
    packed = [_packed(vocabulary, example) for example in examples]
    batch = stack([row for row, _ in packed], vocabulary.special.padding)
    targets = [target for example in examples for target in example.targets]
    width = batch.tokens.shape[1]
    marks = torch.cat(
        [_marks(row, bits, len(example.targets), width) for (row, bits), example in zip(packed, examples, strict=True)]
    )
    allowed = torch.tensor([[label in target.labels for label in LABELS] for target in targets])
    return Lesson(
        batch,
        torch.stack([_wanted(target) for target in targets]),
        allowed,
        marks,
        torch.tensor([target.marked for target in targets]),
    )


def loss(lesson: Lesson, read: Read) -> torch.Tensor:
    """How far off the network is on the labels and on the places."""
    return _loss_of_labels(lesson, read.classes) + PLACES_WEIGHT * _loss_of_places(lesson, read.places)


def _loss_of_labels(lesson: Lesson, classes: torch.Tensor) -> torch.Tensor:
    """Cross-entropy; where a source allows several labels their joint probability counts, where none, nothing."""
    likely = torch.log_softmax(classes, dim=-1)
    known = lesson.allowed.sum(-1)
    exact = -(lesson.wanted * likely).sum(-1)
    several = -torch.logsumexp(likely.masked_fill(~lesson.allowed, _IMPOSSIBLE), dim=-1)
    return _mean(torch.where(known == 1, exact, several)[known > 0])


def _loss_of_places(lesson: Lesson, places: torch.Tensor) -> torch.Tensor:
    """Minus the logarithm of the probability that falls on the marked words, or on nowhere where none is marked."""
    nowhere = lesson.marks.sum(dim=-1, keepdim=True) == 0
    right = torch.cat([lesson.marks > 0, nowhere], dim=-1)
    return _mean(-torch.logsumexp(places.masked_fill(~right, _IMPOSSIBLE), dim=-1)[lesson.marked])


def length(example: Example) -> int:
    """About how many tokens the example takes."""
    words = len(example.words) + len(example.question.split())
    return int(1.45 * (words + sum(len(target.statement.split()) + 2 for target in example.targets)))


def _packed(vocabulary: Vocabulary, example: Example) -> tuple[Row, list[int]]:
    """The example's row, and the marks of each token of its answer."""
    text = " ".join(word.text for word in example.words)
    ends = list(accumulate(len(word.text) + 1 for word in example.words))
    answer = vocabulary.encode(text)
    bits, word = [], 0
    for start, _ in answer.offsets[:MAX_ANSWER_TOKENS]:
        while start >= ends[word]:
            word += 1
        bits.append(example.words[word].marks)
    points = [vocabulary.encode(target.statement).ids for target in example.targets]
    return pack(vocabulary.special, vocabulary.encode(example.question).ids, answer.ids, points), bits


def _marks(row: Row, bits: list[int], targets: int, width: int) -> torch.Tensor:
    marks = torch.zeros(targets, width)
    for target in range(targets):
        marks[target, row.answer.start : row.answer.stop] = torch.tensor([float(bit >> target & 1) for bit in bits])
    return marks


def _wanted(target: Target) -> torch.Tensor:
    return torch.zeros(len(LABELS)) if target.label is None else _SOFT[LABELS.index(target.label)]


def _mean(values: torch.Tensor) -> torch.Tensor:
    return values.mean() if len(values) else values.sum()
