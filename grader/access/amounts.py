"""What calls to a chat model take, and the most of it that may be taken."""

from __future__ import annotations

from dataclasses import dataclass, fields

from grader.domain import Usage


@dataclass(frozen=True)
class Amount:
    """Calls, tokens of both directions, and USD."""

    calls: int = 0
    tokens: int = 0
    usd: float = 0.0

    @classmethod
    def of(cls, usage: Usage) -> Amount:
        """What `usage` consumed; replies from a cache are free."""
        return cls(usage.llm_calls, usage.input_tokens + usage.output_tokens, usage.cost_usd)

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.calls + other.calls, self.tokens + other.tokens, self.usd + other.usd)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.calls - other.calls, self.tokens - other.tokens, self.usd - other.usd)


@dataclass(frozen=True)
class Limit:
    """The most that may be spent; None does not limit."""

    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None

    def passed_by(self, amount: Amount) -> str | None:
        """The first thing of which `amount` is too much, in words; None where it fits."""
        for field in fields(self):
            most, wanted = getattr(self, field.name), getattr(amount, field.name)
            if most is not None and wanted > most:
                return f"{most:g} {field.name}"
        return None
