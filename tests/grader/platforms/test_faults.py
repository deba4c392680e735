"""Platforms that answer as they should not: told again on schedule, given up in the end, never at a private place."""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from grader.access import LOCAL
from grader.adapters.courier import DEADLINE_SECONDS, HttpCourier
from grader.assessment import AssessmentOrder, Candidate, OrderState, Platform, Result, Test
from grader.delivery import STANDARD, Dispatcher
from grader.fakes import FakeAuditLog, FakeConnectionStore, FakeOutbox, FakeVault, separately
from grader.links import Links
from grader.platforms import AshbyCarrier, Connections, GreenhouseCarrier, ashby, greenhouse
from grader.platforms.ashby import AshbyNews
from grader.ports import Delivery, DeliveryState
from tests import receiver as faults
from tests.receiver import Behaviour, Receiver, answers, receiving

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TLS = ssl.create_default_context()
PLATFORMS = ("greenhouse", "ashby")
PATH = {"greenhouse": "/take_home_tests/1", "ashby": "/assessment.update"}


@dataclass
class House:
    """What tells a platform of one completed order; the time is the test's."""

    receiver: Receiver
    platform: str
    now: datetime = NOON
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    addresses: tuple[str, ...] | None = None
    deadline: float = DEADLINE_SECONDS

    async def tell(self, callback: str | None = None) -> None:
        """Connect the platform, and put word of the order into the outbox."""
        vault = FakeVault()
        store = FakeConnectionStore()
        self.connections = Connections(
            store, self.outbox, vault, FakeAuditLog(), separately, b"secret", lambda: self.now
        )
        theirs = "theirs" if self.platform == "ashby" else ""
        await self.connections.connect(LOCAL, "c1", Platform(self.platform), theirs)
        order = completed(callback or self.receiver.url(PATH["greenhouse"]), Platform(self.platform))
        test = Test(id="t1", name="ML", question_ids=("DL0028",), created_at=NOON)
        news = AshbyNews(Links(b"secret", "https://grader.example"))
        word = greenhouse.announce(order, test) if self.platform == "greenhouse" else news.announce(order, test)
        assert word is not None
        await self.outbox.put("local", word)

    async def drain(self) -> Delivery:
        """Try what is due, once; how it then is."""
        trusted = frozenset() if self.addresses else frozenset({self.receiver.host})
        base = "https://api.ashbyhq.com" if self.addresses else self.receiver.url("")
        carriers = {
            greenhouse.KIND: GreenhouseCarrier(self.connections, trusted),
            ashby.KIND: AshbyCarrier(self.connections, self.connections.vault, base),
        }
        resolve = self._resolve if self.addresses else None
        courier = HttpCourier(trusted, resolve=resolve, verify=TLS, deadline_seconds=self.deadline)
        await Dispatcher(self.outbox, separately, courier, carriers, now=lambda: self.now, chance=lambda: 0.5).drain()
        await courier.close()
        (found,) = self.outbox.kept.values()
        return found

    async def _resolve(self, _host: str, _port: int) -> Sequence[str]:
        return self.addresses or ()


def completed(callback: str, platform: Platform) -> AssessmentOrder:
    result = Result(score=0.5, score_interval=(0.5, 0.5), passed=None, needs_review=False, questions=(), made_at=NOON)
    return AssessmentOrder(
        id="6a1c3c2e-0000-4000-8000-000000000001",
        test_id="t1",
        platform=platform,
        connection="c1",
        callback=callback,
        candidate=Candidate(ref="c-1"),
        questions=("DL0028",),
        state=OrderState.COMPLETE,
        ordered_at=NOON,
        stepped_at=NOON,
        expires_at=NOON + timedelta(days=1),
        result=result,
    )


PASSING = [
    (answers(500), "refused"),
    (answers(503, "Retry-After: 60"), "refused"),
    (answers(429), "throttled"),
    (answers(301, "Location: http://169.254.169.254/"), "redirected"),
    (faults.hangs, "timeout"),
    (faults.hangs_in_the_body, "timeout"),
    (faults.resets, "connection_lost"),
    (faults.babbles, "bad_reply"),
]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(("behaviour", "reason"), PASSING)
async def test_what_may_pass_is_told_again_on_schedule(platform: str, behaviour: Behaviour, reason: str) -> None:
    with receiving() as receiver:
        house = House(receiver, platform)
        await house.tell()
        receiver.behaviour[PATH[platform]] = behaviour
        house.deadline = 1.0 if reason == "timeout" else DEADLINE_SECONDS
        waiting = await house.drain()
        house.deadline = DEADLINE_SECONDS
        assert (waiting.state, waiting.tries, waiting.reason) == (DeliveryState.WAITING, 1, reason)
        assert waiting.due_at - house.now in {STANDARD.waits[0], timedelta(seconds=60)}
        assert (await house.drain()).tries == 1, "it is not due yet"
        receiver.behaviour[PATH[platform]] = answers(200)
        house.now = waiting.due_at
        told = await house.drain()
        assert (told.state, told.tries, len(receiver.requests)) == (DeliveryState.DELIVERED, 2, 2)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_a_reply_without_an_end_is_cut_off_and_counts(platform: str) -> None:
    with receiving() as receiver:
        house = House(receiver, platform)
        await house.tell()
        receiver.behaviour[PATH[platform]] = faults.never_ends
        assert (await house.drain()).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_who_fails_for_three_days_is_given_up_and_can_be_told_again(platform: str) -> None:
    with receiving() as receiver:
        house = House(receiver, platform)
        await house.tell()
        receiver.behaviour[PATH[platform]] = answers(500)
        while (found := await house.drain()).state is DeliveryState.WAITING:
            house.now = found.due_at
        assert (found.state, found.tries) == (DeliveryState.DEAD, len(STANDARD.waits) + 1)
        assert house.now - NOON == sum(STANDARD.waits, timedelta())
        receiver.behaviour[PATH[platform]] = answers(200)
        assert await house.connections.retry("local", "c1") == 1
        assert (await house.drain()).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
async def test_greenhouse_is_not_asked_again_for_what_it_will_not_take(status: int) -> None:
    with receiving() as receiver:
        house = House(receiver, "greenhouse")
        await house.tell()
        receiver.behaviour[PATH["greenhouse"]] = answers(status)
        assert (await house.drain()).state is DeliveryState.DEAD


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("169.254.169.254",), ("93.184.216.34", "10.0.0.7")])
async def test_a_name_that_leads_to_a_private_address_is_never_connected_to(
    platform: str, addresses: tuple[str, ...]
) -> None:
    with receiving() as receiver:
        house = House(receiver, platform, addresses=addresses)
        await house.tell("https://app.greenhouse.io/take_home_tests/1")
        found = await house.drain()
        assert (found.state, found.reason, receiver.connections) == (DeliveryState.WAITING, "private_address", 0)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_what_is_told_has_no_word_of_hiring_and_no_key_in_it(platform: str) -> None:
    with receiving() as receiver:
        house = House(receiver, platform)
        await house.tell()
        (kept,) = house.outbox.kept.values()
        assert not {"hire", "reject", "theirs"} & set(json.dumps(json.loads(kept.payload)).lower().split('"'))


async def test_nothing_is_told_by_a_connection_that_was_removed() -> None:
    with receiving() as receiver:
        house = House(receiver, "greenhouse")
        await house.tell()
        await house.connections.remove(LOCAL, "c1")
        found = await house.drain()
        assert (found.state, found.reason, receiver.connections) == (DeliveryState.DEAD, "connection_removed", 0)
