"""Who may have how many of the slots: a slow receiver takes none from the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

MOST_AT_ONCE: Final = 8
"""Requests to one target at a time; ten thousand messages to a receiver that takes 50 ms take a minute."""

MANY_TARGETS: Final = 10_000
"""Targets remembered at once."""

Target = tuple[str, str]
"""A tenant, and a target of its own."""


@dataclass
class Lanes:
    """Slots for requests under way, of which targets that were slow or failed last have at most half.

    A target begins with one slot, has twice as many after each prompt success, and one again after anything else.
    """

    slots: int
    _under_way: Counter[Target] = field(default_factory=Counter)
    _allowed: dict[Target, int] = field(default_factory=dict)
    _troubled: set[Target] = field(default_factory=set)

    @property
    def free(self) -> bool:
        """Whether there is a slot at all."""
        return self._under_way.total() < self.slots

    @property
    def idle(self) -> bool:
        """Whether no request is under way."""
        return not self._under_way

    def full(self) -> list[Target]:
        """The targets that may have no more just now."""
        full = {target for target, count in self._under_way.items() if count >= self._allowed.get(target, 1)}
        if sum(self._under_way[target] for target in self._troubled) >= self.slots // 2:
            full |= self._troubled
        return sorted(full)

    def take(self, target: Target) -> None:
        """A request begins."""
        self._under_way[target] += 1

    def give_back(self, target: Target, *, prompt: bool) -> None:
        """A request has ended, with a prompt success or otherwise."""
        self._under_way[target] -= 1
        if not self._under_way[target]:
            del self._under_way[target]
        if len(self._allowed) >= MANY_TARGETS:
            self._allowed.clear()
            self._troubled.clear()
        self._allowed[target] = min(2 * self._allowed.get(target, 1), MOST_AT_ONCE) if prompt else 1
        (self._troubled.discard if prompt else self._troubled.add)(target)
