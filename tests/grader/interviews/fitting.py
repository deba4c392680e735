"""Weights of a chain of states set by the likelihood of labels; leaving interviews out says how far they carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

Scores = NDArray[np.float64]
STEPS = 120
STEP_SIZE = 0.15
TOWARDS_ZERO = 0.02


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
    steps: Callable[[object], Sequence[Scores]],
    start: Scores,
    allowed: Sequence[Sequence[bool]],
) -> Chain:
    """What each weight adds is found by setting it to one and all others to zero: scores are linear in them."""
    names = names_of(weights)
    nothing = dict.fromkeys(names, 0.0)
    base = np.stack(steps(weights(**nothing)))
    parts = [np.stack(steps(weights(**{**nothing, each: 1.0}))) - base for each in names]
    return Chain(name, base, np.stack(parts, axis=-1), start, np.array(allowed, dtype=bool))


def fitted(chains: Sequence[Chain], weights: type) -> dict[str, float]:
    """The weights under which the labels are likeliest, drawn a little towards zero."""
    import torch  # noqa: PLC0415 - 4 s, only where weights are fitted

    torch.set_num_threads(1)
    ready = [tuple(torch.from_numpy(each) for each in (one.base, one.parts, one.start, one.allowed)) for one in chains]
    found = torch.zeros(len(names_of(weights)), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([found], lr=STEP_SIZE)
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss = TOWARDS_ZERO * (found**2).sum()
        for base, parts, start, allowed in ready:
            scores = base + parts @ found
            loss = loss + _total(scores, start, None) - _total(scores, start, allowed)
        loss.backward()
        optimiser.step()
    return dict(zip(names_of(weights), (round(each, 2) for each in found.tolist()), strict=True))


def _total(scores: torch.Tensor, start: torch.Tensor, allowed: torch.Tensor | None) -> torch.Tensor:
    """The log of the sum over all ways through the states, or over those that the labels allow."""
    import torch  # noqa: PLC0415 - as above

    impossible = torch.full_like(start, -1e9)
    for turn in range(len(scores)):
        start = torch.logsumexp(start[:, None] + scores[turn], 0)
        if allowed is not None:
            start = torch.where(allowed[turn], start, impossible)
    return torch.logsumexp(start, 0)
