"""Models that choose among given values and say how sure they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.domain import Usage


@dataclass(frozen=True)
class Choice:
    """One question about a text: `instructions`, and what each value that can be chosen means."""

    instructions: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Decision:
    """Probability of every value for each question, in order; None where the model declined one."""

    probabilities: tuple[dict[str, float] | None, ...]
    model: str
    usage: Usage


class DecisionModel(Protocol):
    """Chooses among given values and says how sure it is, without words."""

    @property
    def identity(self) -> dict[str, str]:
        """Model name and endpoint, without secrets."""
        ...

    async def decide(self, text: str, choices: Sequence[Choice]) -> Decision:
        """As many distributions as choices, in order; JudgeFailure when the endpoint gives none."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...
