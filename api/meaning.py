"""What one kind of problem means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """What one kind of problem is; `statuses` are those it comes with, `causes` what brings it, `remedy` what to do."""

    title: str
    statuses: tuple[int, ...]
    causes: tuple[str, ...]
    remedy: str
