"""Hiring platforms played on this machine: their side of their contracts, over real HTTP, and a candidate."""

from api.sandbox.ashby import CUSTOMERS_KEY, UPDATES, PlayedAshby
from api.sandbox.candidate import ANSWER, PlayedCandidate
from api.sandbox.greenhouse import PlayedGreenhouse
from api.sandbox.inbox import Heard, Inbox, LoopbackInbox, SandboxFailed, unchecked

__all__ = [
    "ANSWER",
    "CUSTOMERS_KEY",
    "UPDATES",
    "Heard",
    "Inbox",
    "LoopbackInbox",
    "PlayedAshby",
    "PlayedCandidate",
    "PlayedGreenhouse",
    "SandboxFailed",
    "unchecked",
]
