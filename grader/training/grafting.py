"""What one person said of a key point, put into another's answer: wrong words in good company, and right ones in bad.

Turned by rules, a sentence is often clumsy; what people said themselves is fluent, and only its content tells it apart.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.domain import Label
from grader.training.examples import Example, MarkedWord, Target

_Place = tuple[str, tuple[str, ...]]
"""A question with its statements: only answers read against the same ones can lend each other sentences."""


@dataclass(frozen=True)
class Saying:
    """A sentence of somebody's answer that carries target number `target`, and that answer's targets."""

    target: int
    words: tuple[MarkedWord, ...]
    targets: tuple[Target, ...]
    alone: frozenset[int]
    """Targets of whose evidence nothing stands outside the sentence."""

    @property
    def label(self) -> Label | None:
        """What the sentence makes of its target."""
        return self.targets[self.target].label


@dataclass(frozen=True)
class Sayings:
    """What people said, by question."""

    _kept: Mapping[_Place, Sequence[Saying]]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Sayings:
        """Every sentence that makes a point all by itself, rightly, wrongly or in part."""
        kept: dict[_Place, list[Saying]] = defaultdict(list)
        for example in examples:
            kept[_place(example)] += _sayings(example)
        return cls(kept)

    def graft(self, example: Example, choice: random.Random) -> Example:
        """The example with a sentence by which another person made something else of one of its points.

        It takes the place of the sentence that carried the point, or comes in where none did; unchanged where
        nobody said anything else.
        """
        fitting = [found for found in self._kept.get(_place(example), ()) if _fits(example, found)]
        if not fitting:
            return example
        target = choice.choice(sorted({found.target for found in fitting}))
        return _grafted(example, choice.choice([found for found in fitting if found.target == target]), choice)


def _place(example: Example) -> _Place:
    return example.question, tuple(target.statement for target in example.targets)


def _sayings(example: Example) -> list[Saying]:
    alone = {number: example.evidence(number) for number in range(len(example.targets))}
    single = {number: next(iter(found)) for number, found in alone.items() if len(found) == 1}
    return [
        Saying(
            target=number,
            words=tuple(word for word in example.words if word.sentence == sentence),
            targets=example.targets,
            alone=frozenset(other for other, place in single.items() if place == sentence),
        )
        for number, sentence in single.items()
    ]


def _fits(example: Example, saying: Saying) -> bool:
    """Whether the sentence makes something else of its target than the answer, which speaks of it once at most."""
    return (
        example.targets[saying.target].label not in (None, saying.label) and len(example.evidence(saying.target)) <= 1
    )


def _grafted(example: Example, saying: Saying, choice: random.Random) -> Example:
    order = list(dict.fromkeys(word.sentence for word in example.words))
    gone = example.evidence(saying.target)
    place = order.index(next(iter(gone))) if gone else choice.randint(0, len(order))
    new = tuple(replace(word, sentence=max(order) + 1) for word in saying.words)
    before = {sentence for sentence in order[:place] if sentence not in gone}
    left = [word for word in example.words if word.sentence not in gone]
    targets = tuple(_labelled(example, saying, number, gone) for number in range(len(example.targets)))
    words = (*(word for word in left if word.sentence in before), *new, *(w for w in left if w.sentence not in before))
    return replace(example, words=tuple(words), targets=targets)


def _labelled(example: Example, saying: Saying, number: int, gone: frozenset[int]) -> Target:
    """What can be said of a target once the sentence of the other person is in."""
    own, lent = example.targets[number], saying.targets[number]
    before = example.evidence(number)
    left = before - gone
    said = any(word.carries(number) for word in saying.words)
    if number == saying.target or (said and not left and number in saying.alone):
        return lent
    if before == left and (not said or own.label is lent.label):
        return own
    if left or said:
        return Target(own.statement, frozenset())
    return Target(own.statement, frozenset({Label.MISSING}), marked=True)
