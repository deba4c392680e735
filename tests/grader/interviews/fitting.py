"""Weights of a chain of states set by the likelihood of labels; leaving interviews out says how far they carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
STEPS = 120
STEP_SIZE = 0.15


@dataclass(frozen=True)
class Chain:
    """One interview: scores of its steps (turns, before, after) as a base and a part for each weight, and its labels.

    `allowed` (turns, states) says which states the labels leave open; `start` are the scores before the first turn.
    """

    name: str
    base: Scores
    parts: Scores
    start: Scores
    allowed: NDArray[np.bool_]


def names_of(weights: type) -> list[str]:
    return [each.name for each in fields(weights)]


def chain(
    name: str,
    weights: type,
    steps: Callable[[Any], Sequence[Scores]],
    start: Scores,
    allowed: Sequence[Sequence[bool]],
) -> Chain:
    """What each weight adds is found by setting it to one and all others to zero: scores are linear in them."""
    names = names_of(weights)
    nothing = dict.fromkeys(names, 0.0)
    base = np.stack(steps(weights(**nothing)))
    parts = [np.stack(steps(weights(**{**nothing, each: 1.0}))) - base for each in names]
    return Chain(name, base, np.stack(parts, axis=-1), start, np.array(allowed, dtype=bool))


def fitted(chains: Sequence[Chain], weights: type, towards_zero: float) -> dict[str, float]:
    """The weights under which the labels are likeliest, drawn a little towards zero (Adam, Kingma and Ba 2015)."""
    found = np.zeros(len(names_of(weights)))
    mean, spread = np.zeros_like(found), np.zeros_like(found)
    for step in range(1, STEPS + 1):
        slope = 2 * towards_zero * found + sum(_slope(each, found) for each in chains)
        mean, spread = 0.9 * mean + 0.1 * slope, 0.999 * spread + 0.001 * slope**2
        found = found - STEP_SIZE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return dict(zip(names_of(weights), (round(float(each), 2) for each in found), strict=True))


def _slope(chain: Chain, weights: Scores) -> Scores:
    """By how much less likely the labels get with each weight: what is expected without them, less what with them."""
    scores = chain.base + chain.parts @ weights
    labelled = np.where(chain.allowed[:, None, :], scores, -1e9)
    moves = _moves(scores, chain.start) - _moves(labelled, chain.start)
    return np.einsum("tij,tijk->k", moves, chain.parts)


def _moves(scores: Scores, start: Scores) -> Scores:
    """The probability of going from each state to each at each step."""
    forward = [start]
    for step in scores:
        forward.append(np.logaddexp.reduce(forward[-1][:, None] + step, axis=0))
    backward = [np.zeros(len(start))]
    for step in scores[:0:-1]:
        backward.append(np.logaddexp.reduce(step + backward[-1][None, :], axis=1))
    joint = np.stack(forward[:-1])[:, :, None] + scores + np.stack(backward[::-1])[:, None, :]
    return np.exp(joint - np.logaddexp.reduce(forward[-1]))
