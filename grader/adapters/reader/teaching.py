"""From examples to tensors: packed rows, what they should give, and how far off the network is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Final

import torch
from torch.nn import functional

from grader.adapters.reader.layout import MAX_ANSWER_TOKENS, Row, pack
from grader.adapters.reader.model import Vocabulary
from grader.adapters.reader.tensors import Batch, stack
from grader.judges.local import LABELS
from grader.training.examples import Example, Target

EVIDENCE_WEIGHT: Final = 0.5
"""Weight of the loss on the marked words, beside 1 for the loss on the labels."""

MARKED_WEIGHT: Final = 2.0
"""Weight of a marked word beside an unmarked one, of which there are eight times as many."""

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


def loss(lesson: Lesson, classes: torch.Tensor, evidence: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the labels, plus that of the marked words.

    Where a source allows several labels their joint probability counts; where none is known, nothing does.
    """
    likely = torch.log_softmax(classes, dim=-1)
    known = lesson.allowed.sum(-1)
    exact = -(lesson.wanted * likely).sum(-1)
    several = -torch.logsumexp(likely.masked_fill(~lesson.allowed, torch.finfo(likely.dtype).min), dim=-1)
    of_labels = torch.where(known == 1, exact, several)[known > 0]
    inside = lesson.batch.in_answer[lesson.batch.row_of_point]
    of_words = functional.binary_cross_entropy_with_logits(
        evidence, lesson.marks, reduction="none", pos_weight=evidence.new_tensor(MARKED_WEIGHT)
    )
    of_words = ((of_words * inside).sum(-1) / inside.sum(-1).clamp(min=1))[lesson.marked]
    return _mean(of_labels) + EVIDENCE_WEIGHT * _mean(of_words)


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
