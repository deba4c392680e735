"""Drains the outbox: tries what is due, keeps how it ended, and never lets one receiver hold up another.

Whoever takes a delivery holds it for a while. After a kill -9 it is due again when the hold has run out, so each is
told at least once; receivers know a repetition by its message id. Any number of processes may drain at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from grader.delivery.carrier import Carrier, GivenUp, Outcome
from grader.delivery.lanes import Lanes
from grader.errors import StorageError
from grader.ports import Courier, Delivery, DeliveryState, NotDelivered, Outbox, Together
from grader.urgency import in_bulk

_log: Final = logging.getLogger(__name__)

HOLD: Final = timedelta(seconds=60)
"""How long whoever tries a delivery has it to itself: three times what a courier may take."""

POLL_SECONDS: Final = 1.0
"""Between two looks into the outbox; an event that nothing delays is told about as late as that."""

AWAY_SECONDS: Final = 10.0
"""The same while the database is away: each look is a line in the log."""

PROMPT_SECONDS: Final = 5.0
"""A reply that takes longer makes its target a slow one."""

SLOTS: Final = 128
"""Requests under way at once, in one process; each is a connection and about 50 kB."""

PURGE_SECONDS: Final = 3_600.0

KEPT_DELIVERED: Final = timedelta(days=7)
KEPT_DEAD: Final = timedelta(days=30)
"""How long it can be seen what was told, and what could not be told can be told again."""


def _ignore(_delivery: Delivery) -> None:
    """Nobody counts."""


@dataclass
class Dispatcher:
    """Sends what is in the outbox by `courier`, each kind as its carrier says; as a context manager it does so inside.

    `clock` gives seconds that only grow, `chance` the jitter; `noted` is told of every try that has ended.
    """

    outbox: Outbox
    together: Together
    courier: Courier
    carriers: Mapping[str, Carrier]
    lanes: Lanes = field(default_factory=lambda: Lanes(SLOTS))
    noted: Callable[[Delivery], None] = _ignore
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    _changed: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _running: asyncio.Task[None] | None = field(default=None, init=False)

    async def run(self) -> None:
        """Send what is due, until cancelled; what is under way then is due again at once, for others."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_purging())
            while True:
                self._changed.clear()
                wait = AWAY_SECONDS
                with _failures_logged():
                    while await self._begin_one(group):
                        pass
                    wait = POLL_SECONDS
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._changed.wait()

    async def drain(self) -> None:
        """Send all that is due now, and return when each of it was tried."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._changed.clear()
                if not await self._begin_one(group):
                    if self.lanes.idle:
                        return
                    await self._changed.wait()

    async def purge(self) -> int:
        """Delete what was delivered or given up long enough ago; how many there were."""
        now = self.now()
        return await self.outbox.purge(delivered=now - KEPT_DELIVERED, dead=now - KEPT_DEAD)

    async def __aenter__(self) -> Self:
        with in_bulk():
            self._running = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self.courier.close()

    async def _begin_one(self, group: asyncio.TaskGroup) -> bool:
        """Begin a try of what is due the longest and may go out; False where there is none."""
        if not self.lanes.free:
            return False
        now = self.now()
        claimed = await self.outbox.claim(now, now + HOLD, kinds=self.carriers.keys(), without=self.lanes.full())
        if claimed is None:
            return False
        tenant, delivery = claimed
        self.lanes.take((tenant, delivery.target))
        group.create_task(self._deliver(tenant, delivery))
        return True

    async def _deliver(self, tenant: str, delivery: Delivery) -> None:
        started, delivered = self.clock(), False
        try:
            with _failures_logged():
                outcome = await self._tried(tenant, delivery)
                delivered = outcome.delivered
                await self._settle(tenant, delivery, outcome)
        except asyncio.CancelledError:
            back = replace(delivery, due_at=self.now(), reason="interrupted")
            with _failures_logged():
                await asyncio.shield(self.outbox.settle(tenant, back))
            raise
        finally:
            prompt = delivered and self.clock() - started <= PROMPT_SECONDS
            self.lanes.give_back((tenant, delivery.target), prompt=prompt)
            self._changed.set()

    async def _tried(self, tenant: str, delivery: Delivery) -> Outcome:
        carrier = self.carriers[delivery.kind]
        try:
            return carrier.judged(await self.courier.send(await carrier.letter(tenant, delivery)))
        except NotDelivered as error:
            return Outcome(delivered=False, again=not isinstance(error, GivenUp), reason=error.reason)
        except StorageError:
            raise  # nothing was tried: the hold runs out, and the next try may do better
        except Exception:  # noqa: BLE001 - a fault of the carrier is one more failed try, not an endless loop
            _log.exception("a %s could not be made into a request", delivery.kind)
            return Outcome(delivered=False, again=True, reason="internal_error")

    async def _settle(self, tenant: str, delivery: Delivery, outcome: Outcome) -> None:
        """Keep how a try ended and what follows from it, both or neither."""
        carrier = self.carriers[delivery.kind]
        ended = self._ended(carrier, delivery, outcome)
        async with self.together(tenant):
            if not await self.outbox.settle(tenant, ended):
                return
            await carrier.told(tenant, ended, outcome)
        if ended.state is DeliveryState.DEAD:
            _log.warning(
                "a %s to %s is given up after %d tries: %s", ended.kind, ended.target, ended.tries, ended.reason
            )
        self.noted(ended)

    def _ended(self, carrier: Carrier, delivery: Delivery, outcome: Outcome) -> Delivery:
        now = self.now()
        ended = replace(delivery, status=outcome.status, reason=outcome.reason, tried_at=now)
        if outcome.delivered:
            return replace(ended, state=DeliveryState.DELIVERED)
        wait = carrier.schedule.wait(delivery.tries, self.chance(), outcome.retry_after) if outcome.again else None
        if wait is None:
            return replace(ended, state=DeliveryState.DEAD)
        return replace(ended, due_at=now + wait)

    async def _keep_purging(self) -> None:
        while True:
            with _failures_logged():
                await self.purge()
            await asyncio.sleep(PURGE_SECONDS)


@contextmanager
def _failures_logged() -> Iterator[None]:
    """The database may be away for a while, and a carrier may have a fault: the others are sent all the same."""
    try:
        yield
    except StorageError as error:
        _log.warning("deliveries wait for the database: %s", error)
    except Exception:  # noqa: BLE001 - the others are still to be sent
        _log.exception("a delivery failed in a way nobody expected")
