"""What knows how one kind of message is told."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol

from grader.delivery.schedule import Schedule
from grader.ports import Delivery, Letter, NotDelivered, Reply

THROTTLED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
"""Statuses by which a receiver says that it gets too much."""


class GivenUp(NotDelivered):
    """There is nobody to tell any more: another try would change nothing."""


@dataclass(frozen=True)
class Outcome:
    """How a try ended: delivered, or to be tried again or not, and why; `retry_after` are seconds asked for."""

    delivered: bool
    again: bool = False
    status: int | None = None
    reason: str = ""
    retry_after: float | None = None


class Carrier(Protocol):
    """One kind of message: how often it is tried, as which request, what a reply means and what follows from it."""

    @property
    def schedule(self) -> Schedule:
        """When it is tried again."""
        ...

    async def letter(self, tenant: str, delivery: Delivery) -> Letter:
        """The request to send now, with its credentials; GivenUp where there is nobody to send it to."""
        ...

    def judged(self, reply: Reply) -> Outcome:
        """What a reply means; see `judged_by_status`."""
        ...

    async def told(self, tenant: str, delivery: Delivery, outcome: Outcome) -> None:
        """Do what follows from a try, in the transaction that keeps its outcome; `delivery` is as it is kept."""
        ...


def judged_by_status(reply: Reply) -> Outcome:
    """Only 2xx is a success, whatever else is tried again; a redirection is not followed, so it is a failure."""
    status = reply.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome(delivered=True, status=status)
    redirected = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    reason = "throttled" if status in THROTTLED else "redirected" if redirected else "refused"
    return Outcome(delivered=False, again=True, status=status, reason=reason, retry_after=reply.retry_after)
