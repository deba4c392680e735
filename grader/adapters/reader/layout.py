"""How a question, an answer and its key points become one row of tokens.

The answer stands once, it and every key point read each other, and no key point sees another:

    [CLS] question [SEP] answer [SEP]  [CLS] point 1 [SEP]  [CLS] point 2 [SEP] ...
    ------------- context -----------  ----- group 1 -----  ----- group 2 -----

Each group attends to itself and to the context, the context to everything, and each group counts its
positions from 0: so the order of the points is of no account. Six points cost about a quarter of what six
rows would. A context that does not see the points was tried first: on unseen questions it was worse at telling
a wrong statement from a right one, though it was also trained for less long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CONTEXT: Final = 0
"""Group of the question and the answer."""

MAX_QUESTION_TOKENS: Final = 48
MAX_ANSWER_TOKENS: Final = 384
MAX_POINT_TOKENS: Final = 80
"""Longest parts, in word pieces; the longest point of the labelled sets has 58, and context stays below 512."""


@dataclass(frozen=True)
class SpecialTokens:
    """Ids that the vocabulary gives to the marks between the parts."""

    first: int
    between: int
    padding: int


@dataclass(frozen=True)
class Row:
    """One packed row; all lists have one entry a token, `answer` is the range of the answer's tokens.

    `starts` holds where each key point begins: the token whose final state is its reading.
    """

    tokens: list[int]
    segments: list[int]
    positions: list[int]
    groups: list[int]
    answer: range
    starts: list[int]


def pack(
    special: SpecialTokens, question: Sequence[int], answer: Sequence[int], points: Sequence[Sequence[int]]
) -> Row:
    """One row of an answer and its key points, each given as word pieces; what is too long is cut."""
    question, answer = question[:MAX_QUESTION_TOKENS], answer[:MAX_ANSWER_TOKENS]
    begin = len(question) + 2
    tokens = [special.first, *question, special.between, *answer, special.between]
    segments = [0] * begin + [1] * (len(answer) + 1)
    positions = list(range(len(tokens)))
    groups = [CONTEXT] * len(tokens)
    starts = []
    for number, point in enumerate(points, start=1):
        group = [special.first, *point[:MAX_POINT_TOKENS], special.between]
        starts.append(len(tokens))
        tokens += group
        segments += [0] * len(group)
        positions += range(len(group))
        groups += [number] * len(group)
    return Row(tokens, segments, positions, groups, range(begin, begin + len(answer)), starts)
