"""Endpoints and their events over fakes, with a clock of the test's own: nothing here waits."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from grader.access import EVERYTHING, Principal
from grader.delivery import ONCE, STANDARD, Dispatcher, RefusedUrl
from grader.errors import StorageAway
from grader.fakes import FakeAuditLog, FakeCourier, FakeEndpointStore, FakeOutbox, separately
from grader.ports import Delivery, DeliveryState, Endpoint, Letter, NotDelivered, Reply
from grader.webhooks import (
    KIND,
    PING_KIND,
    EndpointRegistry,
    EventType,
    Publisher,
    Secrets,
    TooManyEndpoints,
    UnknownEndpoint,
    Wanted,
    WebhookCarrier,
    batch_completed,
    batch_failed,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANN = Principal("acme", EVERYTHING, "key-ann")
URL = "https://hooks.example.com/grades"
EVERY = tuple(each.value for each in EventType if each is not EventType.PING)
DONE = batch_completed("b-1", NOON, total=3, graded=3)


@dataclass
class House:
    """Everything on fakes; `at` is the time."""

    at: datetime = NOON
    endpoints: FakeEndpointStore = field(default_factory=FakeEndpointStore)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    courier: FakeCourier = field(default_factory=FakeCourier)

    def __post_init__(self) -> None:
        secrets, audit = Secrets(b"secret"), FakeAuditLog(now=self.now)
        self.audit = audit
        self.publisher = Publisher(self.endpoints, self.outbox)
        self.registry = EndpointRegistry(self.endpoints, self.outbox, secrets, audit, separately, now=self.now)
        carriers = {
            KIND: WebhookCarrier(self.endpoints, secrets, STANDARD, self.now),
            PING_KIND: WebhookCarrier(self.endpoints, secrets, ONCE, self.now),
        }
        self.dispatcher = Dispatcher(
            self.outbox, separately, self.courier, carriers, now=self.now, clock=lambda: 0.0, chance=lambda: 0.5
        )

    def now(self) -> datetime:
        return self.at

    async def endpoint(self, name: str = "hook-1", url: str = URL, events: tuple[str, ...] = EVERY) -> Endpoint:
        return await self.registry.add(ANN, name, Wanted(url=url, events=events))

    async def deliveries(self, endpoint_id: str = "hook-1") -> list[Delivery]:
        return list(await self.outbox.page("acme", endpoint_id, limit=99))

    async def after(self, wait: timedelta) -> None:
        """Let time pass, and send what is due then."""
        self.at += wait
        await self.dispatcher.drain()


@pytest.fixture
def house() -> House:
    return House()


async def test_an_event_goes_once_to_every_endpoint_of_the_tenant_that_wants_it(house: House) -> None:
    await house.endpoint("hook-1", URL + "/1")
    await house.endpoint("hook-2", URL + "/2", ("batch.completed",))
    await house.endpoint("hook-3", URL + "/3", ("grade.completed",))
    await house.publisher.publish("other", DONE)
    for _ in range(2):
        await house.publisher.publish("acme", DONE)
    await house.dispatcher.drain()
    assert sorted(letter.url for letter in house.courier.carried) == [URL + "/1", URL + "/2"]
    first, second = house.courier.carried
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == DONE.message_id("acme")
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert json.loads(first.body) == {
        "type": "batch.completed",
        "timestamp": "2026-11-21T12:00:00+00:00",
        "data": {"id": "b-1", "generation": 1, "total": 3, "graded": 3},
    }
    assert {each.state for each in await house.deliveries()} == {DeliveryState.DELIVERED}


async def test_a_batch_that_ends_again_is_another_event(house: House) -> None:
    await house.endpoint()
    for event in (DONE, batch_failed("b-1", NOON, "budget_exhausted"), batch_completed("b-1", NOON, generation=2)):
        await house.publisher.publish("acme", event)
    assert len({each.message_id for each in await house.deliveries()}) == 3


async def test_a_receiver_that_fails_is_tried_ten_times_in_three_days_then_the_letter_is_dead(house: House) -> None:
    await house.endpoint()
    house.courier.replies[URL] = [Reply(500)]
    await house.publisher.publish("acme", DONE)
    await house.dispatcher.drain()
    for tries in range(1, 10):
        wait = STANDARD.wait(tries, 0.5)
        assert wait is not None
        await house.after(wait - timedelta(seconds=1))
        assert len(house.courier.carried) == tries
        await house.after(timedelta(seconds=1))
        assert len(house.courier.carried) == tries + 1
    (dead,) = await house.deliveries()
    assert (dead.state, dead.tries, dead.status, dead.reason) == (DeliveryState.DEAD, 10, 500, "refused")
    assert len({letter.headers["webhook-id"] for letter in house.courier.carried}) == 1
    assert len({letter.headers["webhook-timestamp"] for letter in house.courier.carried}) == 10


async def test_a_dead_letter_is_replayed_when_it_is_asked_for(house: House) -> None:
    await house.endpoint()
    house.courier.replies[URL] = [NotDelivered("timeout")] * 10 + [Reply(204)]
    await house.publisher.publish("acme", DONE)
    for wait in (timedelta(0), *STANDARD.waits):
        await house.after(wait)
    (dead,) = await house.deliveries()
    assert (dead.state, dead.reason) == (DeliveryState.DEAD, "timeout")
    assert await house.registry.replay("acme", "hook-1") == 1
    await house.dispatcher.drain()
    (told,) = await house.deliveries()
    assert (told.state, told.tries) == (DeliveryState.DELIVERED, 1)
    assert await house.registry.replay("acme", "hook-1", told.id) == 1
    await house.dispatcher.drain()
    assert len(house.courier.carried) == 12


@pytest.mark.parametrize(
    ("reply", "reason"),
    [(Reply(301), "redirected"), (Reply(429), "throttled"), (Reply(502), "throttled"), (Reply(404), "refused")],
)
async def test_only_2xx_is_a_success(house: House, reply: Reply, reason: str) -> None:
    await house.endpoint()
    house.courier.replies[URL] = [reply, Reply(200)]
    await house.publisher.publish("acme", DONE)
    await house.dispatcher.drain()
    (waits,) = await house.deliveries()
    assert (waits.state, waits.reason, waits.due_at) == (DeliveryState.WAITING, reason, NOON + timedelta(seconds=5))
    await house.after(timedelta(seconds=5))
    assert [each.state for each in await house.deliveries()] == [DeliveryState.DELIVERED]


async def test_a_receiver_that_asks_to_be_left_alone_is(house: House) -> None:
    await house.endpoint()
    house.courier.replies[URL] = [Reply(429, retry_after=600), Reply(200)]
    await house.publisher.publish("acme", DONE)
    await house.dispatcher.drain()
    await house.after(timedelta(seconds=599))
    assert len(house.courier.carried) == 1
    await house.after(timedelta(seconds=1))
    assert len(house.courier.carried) == 2


async def test_410_disables_the_endpoint_and_what_it_misses_can_be_replayed(house: House) -> None:
    await house.endpoint()
    house.courier.replies[URL] = [Reply(410), Reply(200)]
    await house.publisher.publish("acme", DONE)
    await house.dispatcher.drain()
    assert (await house.registry.find("acme", "hook-1")).disabled == "gone"
    await house.publisher.publish("acme", batch_completed("b-2", NOON))
    await house.after(timedelta(days=9))
    assert len(house.courier.carried) == 1
    assert {each.reason for each in await house.deliveries()} == {"gone", "endpoint_disabled"}
    await house.registry.change(ANN, "hook-1", Wanted(enabled=True))
    assert await house.registry.replay("acme", "hook-1") == 2
    await house.dispatcher.drain()
    assert len(house.courier.carried) == 3


async def test_an_endpoint_that_took_nothing_for_five_days_is_disabled_and_a_success_starts_anew(house: House) -> None:
    await house.endpoint()
    house.courier.replies[URL] = [Reply(500), Reply(200), Reply(500)]
    await house.publisher.publish("acme", DONE)
    await house.dispatcher.drain()
    await house.after(timedelta(seconds=5))  # the success
    await house.publisher.publish("acme", batch_completed("b-2", house.at))
    await house.after(timedelta(0))
    await house.after(timedelta(days=4, hours=23))
    assert (await house.registry.find("acme", "hook-1")).disabled == ""
    await house.after(timedelta(hours=2))
    assert (await house.registry.find("acme", "hook-1")).disabled == "failing"


async def test_an_endpoint_that_is_removed_takes_its_deliveries_along(house: House) -> None:
    await house.endpoint()
    await house.publisher.publish("acme", DONE)
    await house.registry.remove(ANN, "hook-1")
    await house.dispatcher.drain()
    assert (house.courier.carried, await house.deliveries()) == ([], [])
    with pytest.raises(UnknownEndpoint):
        await house.registry.find("acme", "hook-1")


async def test_a_ping_is_sent_once_also_to_a_disabled_endpoint_and_counts_for_nothing(house: House) -> None:
    await house.endpoint()
    await house.registry.change(ANN, "hook-1", Wanted(enabled=False))
    house.courier.replies[URL] = [NotDelivered("bad_certificate")]
    await house.registry.ping("acme", "hook-1", "p-1")
    await house.dispatcher.drain()
    ping = await house.registry.delivery("acme", "hook-1", "p-1")
    assert (ping.state, ping.reason, ping.tries) == (DeliveryState.DEAD, "bad_certificate", 1)
    found = await house.registry.find("acme", "hook-1")
    assert (found.disabled, found.failing_since) == ("paused", None)


async def test_secrets_are_rotated_with_an_overlap_and_at_most_five_sign(house: House) -> None:
    await house.endpoint()
    before = (await house.registry.shown_secrets("acme", "hook-1"))[0].text
    await house.registry.rotate(ANN, "hook-1", timedelta(hours=1))
    new, old = await house.registry.shown_secrets("acme", "hook-1")
    assert (old.text, old.ends_at, new.ends_at) == (before, NOON + timedelta(hours=1), None)
    for _ in range(7):
        await house.registry.rotate(ANN, "hook-1")
    assert len(await house.registry.shown_secrets("acme", "hook-1")) == 5
    house.at += timedelta(days=2)
    assert len(await house.registry.shown_secrets("acme", "hook-1")) == 1


async def test_what_is_done_to_endpoints_is_logged_without_their_urls(house: House) -> None:
    await house.endpoint()
    await house.registry.change(ANN, "hook-1", Wanted(description="ours"))
    await house.registry.rotate(ANN, "hook-1")
    await house.registry.remove(ANN, "hook-1")
    entries = await house.audit.page("acme", after=0, limit=9)
    actions = [entry.read()["action"] for entry in entries]
    assert actions == ["webhook_created", "webhook_changed", "webhook_rotated", "webhook_removed"]
    assert "example.com" not in "".join(entry.text for entry in entries)


async def test_an_endpoint_is_refused_for_its_url_or_when_there_are_too_many(house: House) -> None:
    with pytest.raises(RefusedUrl):
        await house.endpoint(url="http://127.0.0.1/")
    await house.endpoint("kept")
    with pytest.raises(RefusedUrl):
        await house.registry.change(ANN, "kept", Wanted(url="https://169.254.169.254/"))
    for number in range(49):
        await house.endpoint(f"hook-{number}")
    with pytest.raises(TooManyEndpoints):
        await house.endpoint("one too many")


async def test_after_a_crash_between_sending_and_noting_it_the_event_is_told_again(house: House) -> None:
    await house.endpoint()
    await house.publisher.publish("acme", DONE)
    await house.outbox.claim(house.at, house.at + timedelta(seconds=60), kinds=[KIND])  # and then the process is gone
    await house.after(timedelta(seconds=59))
    assert house.courier.carried == []
    await house.after(timedelta(seconds=1))
    assert len(house.courier.carried) == 1
    assert (await house.deliveries())[0].tries == 2


async def test_a_carrier_with_a_fault_does_not_stop_the_others(house: House) -> None:
    await house.endpoint()

    class Broken(WebhookCarrier):
        async def letter(self, tenant: str, delivery: Delivery) -> Letter:
            raise ZeroDivisionError(tenant, delivery)

    broken = Broken(house.endpoints, Secrets(b""), ONCE, house.now)
    house.dispatcher.carriers = {**house.dispatcher.carriers, "broken": broken}
    await house.publisher.publish("acme", DONE)
    (fine,) = await house.deliveries()
    await house.outbox.put("acme", Delivery(**{**vars(fine), "id": "x", "kind": "broken"}))
    await house.dispatcher.drain()
    states = {each.kind: (each.state, each.reason) for each in await house.deliveries()}
    assert states == {"webhook": (DeliveryState.DELIVERED, ""), "broken": (DeliveryState.DEAD, "internal_error")}


async def test_what_cannot_be_noted_while_the_database_is_away_is_told_again(house: House) -> None:
    await house.endpoint()
    await house.publisher.publish("acme", DONE)

    class Unplugging(FakeCourier):
        async def send(self, letter: Letter) -> Reply:
            house.outbox.failure = StorageAway("away")
            return await super().send(letter)

    house.dispatcher.courier = courier = Unplugging()
    with pytest.raises(ExceptionGroup):
        await house.dispatcher.drain()
    house.dispatcher.courier, house.outbox.failure = house.courier, None
    await house.after(timedelta(seconds=60))
    assert (len(courier.carried), len(house.courier.carried)) == (1, 1)
    assert (await house.deliveries())[0].state is DeliveryState.DELIVERED
