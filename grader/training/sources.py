"""The labelled data as examples: our own sets, answers graded by people for other purposes, sentence pairs."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Final, Literal

from grader.benchmark.dataset import Case, Dataset, Scale
from grader.benchmark.rows import Row, read_rows
from grader.domain import Label
from grader.text.words import stems
from grader.training.examples import Example, Target, mark
from rubrics.model import KeyPoint, Span

Entailment = Literal["entailment", "neutral", "contradiction", "not_entailment"]

_ALLOWED: Final[dict[Entailment, frozenset[Label]]] = {
    "entailment": frozenset({Label.COVERED}),
    "neutral": frozenset({Label.PARTIAL, Label.MISSING}),
    "contradiction": frozenset({Label.CONTRADICTED}),
    "not_entailment": frozenset({Label.PARTIAL, Label.MISSING, Label.CONTRADICTED}),
}
"""What a sentence pair's label leaves open: a premise that does not entail a statement may still say a part of it."""

_NOT_COVERED: Final = _ALLOWED["not_entailment"]

MOST_PAIRS: Final = {
    "hans_regenerated": 3_000, "help": 2_000, "med": 3_000, "scone_nli": 4_000, "breaking_nli": 5_000,
    "conjnli": 9_000, "fever_binary": 12_000, "dnc_megaveridicality": 2_000,
}  # fmt: skip
"""Most pairs taken of a source that repeats a few templates; of the others, all."""


class _Pair(Row):
    source: str
    premise: str
    hypothesis: str
    label: Entailment


def read_pairs(file: Path, choice: random.Random) -> list[Example]:
    """Sentence pairs with an entailment label, in random order; DatasetError as for every labelled file."""
    rows = [row for _, row in read_rows(file, _Pair)]
    choice.shuffle(rows)
    taken: Counter[str] = Counter()
    examples = []
    for row in rows:
        taken[row.source] += 1
        if taken[row.source] <= MOST_PAIRS.get(row.source, len(rows)):
            examples.append(Example("", mark(row.premise), (Target(row.hypothesis, _ALLOWED[row.label]),)))
    return examples


def examples(dataset: Dataset) -> list[Example]:
    """The answers of a labelled set."""
    return [example(case, dataset.scale) for case in dataset.cases]


def example(case: Case, scale: Scale = Scale.FOUR_LABELS) -> Example:
    """One labelled answer.

    Where people told only covered from the rest, the rest stays open; where they labelled the answer as a whole,
    it is read against the reference answer that it comes closest to.
    """
    points = case.rubric.key_points
    if set(case.labels) != {point.id for point in points}:
        (label,) = case.labels.values()
        return Example(
            case.rubric.question.text, mark(case.answer), (Target(_closest(points, case.answer), frozenset({label})),)
        )
    spans = [_span(case.answer, case.evidence.get(point.id)) for point in points]
    targets = (
        Target(point.text, _labels(case.labels[point.id], scale), marked=_marked(case.labels[point.id], scale, span))
        for point, span in zip(points, spans, strict=True)
    )
    return Example(case.rubric.question.text, mark(case.answer, spans), tuple(targets))


def _labels(label: Label, scale: Scale) -> frozenset[Label]:
    return _NOT_COVERED if scale is Scale.COVERED_OR_NOT and label is not Label.COVERED else frozenset({label})


def _marked(label: Label, scale: Scale, span: Span | None) -> bool:
    """Whether the words that carry the point are known: they are quoted, or there are none."""
    return span is not None or (label is Label.MISSING and scale is Scale.FOUR_LABELS)


def _span(text: str, quote: str | None) -> Span | None:
    start = text.find(quote) if quote else -1
    return Span(start=start, end=start + len(quote)) if quote and start >= 0 else None


def _closest(points: tuple[KeyPoint, ...], answer: str) -> str:
    """The reference answer that shares the most words with the answer."""
    said = stems(answer)
    return max((point.text for point in points), key=lambda text: _overlap(stems(text), said))


def _overlap(one: set[str] | frozenset[str], other: set[str] | frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))
