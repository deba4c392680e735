"""Chains of hidden states, one step a turn or sentence: the likeliest way through, and how sure each step of it is.

Scores are logits: an array of shape (states before, states after) a step. Viterbi and the forward-backward algorithm
(Rabiner 1989, "A tutorial on hidden Markov models").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

IMPOSSIBLE: Final = -1e9


def likeliest(steps: Sequence[Scores], start: Scores) -> list[int]:
    """The state after each step on the way with the highest score."""
    scores, origins = start, []
    for step in steps:
        paths = scores[:, None] + step
        origins.append(paths.argmax(axis=0))
        scores = paths.max(axis=0)
    way = [int(scores.argmax())]
    for origin in reversed(origins[1:]):
        way.append(int(origin[way[-1]]))
    return way[::-1]


def chances(steps: Sequence[Scores], start: Scores) -> list[Scores]:
    """After each step the probability of each state."""
    forward = []
    scores = start
    for step in steps:
        scores = np.logaddexp.reduce(scores[:, None] + step, axis=0)
        forward.append(scores)
    backward = [np.zeros(len(start))]
    for step in reversed(steps[1:]):
        backward.append(np.logaddexp.reduce(step + backward[-1][None, :], axis=1))
    joint = [one + other for one, other in zip(forward, reversed(backward), strict=True)]
    return [np.exp(each - np.logaddexp.reduce(each)) for each in joint]
