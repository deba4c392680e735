"""kill -9 of the service and of a worker at every step of an order: it ends once, complete, and its platform hears."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from api.sandbox import ANSWER, CUSTOMERS_KEY, PlayedAshby, PlayedCandidate, PlayedGreenhouse
from grader.access import LOCAL
from grader.assessing import grade_id
from grader.assessment import AssessmentOrder, HumanReview, Platform, Test
from grader.bootstrap import Storage, build_connections
from grader.domain import Grade
from grader.grading import Grader, Request
from grader.ports import DeliveryState, GradeFilter
from tests.hiring_platform import doomed
from tests.hiring_platform.doomed import BANK, JUDGES, Plan, Running
from tests.receiver import receiving

T = TypeVar("T")

TEST = "6a1c3c2e-0000-4000-8000-000000000001"
CONNECTION = "6a1c3c2e-0000-4000-8000-000000000002"
QUESTIONS = ("DL0028", "DL0001")
SECONDS = 60
"""In which an order must be complete, after the kill and the restart; it takes about four."""

IN_THE_SERVICE = (
    "before orders.add",
    "after orders.add",
    "kept orders.add",
    "before orders.change started",
    "after orders.change started",
    "kept orders.change started",
    "before orders.save",
    "kept orders.save",
    "after orders.change submitted",
    "after pending.add",
    "after orders.drop_answers",
    "kept orders.change submitted",
    "kept pending.claim",
    "before pending.remove",
    "after grades.save",
    "kept grades.save",
    "before orders.change complete",
    "after orders.change complete",
    "after outbox.put",
    "kept orders.change complete",
)
"""What a service does for an order, in this order: placed, begun, written to, handed in, graded, completed."""

IN_A_WORKER = ("kept outbox.claim", "before outbox.settle", "kept outbox.settle")
"""What whoever tells a platform does: taken, told and not noted, noted."""

QUICK = {
    ("greenhouse", "kept orders.change submitted"),
    ("ashby", "after grades.save"),
    ("greenhouse", "before outbox.settle"),
}
"""Those that every run of the tests looks at, on SQLite."""


def cases() -> Iterator[Any]:
    for kind in ("sqlite", "postgresql"):
        for platform in ("greenhouse", "ashby"):
            for moment in (*IN_THE_SERVICE, *IN_A_WORKER):
                quick = kind == "sqlite" and (platform, moment) in QUICK
                yield pytest.param(kind, platform, moment, marks=() if quick else pytest.mark.slow)


@dataclass
class Play:
    """One order with all that takes part in it; whoever is killed is started again."""

    plan: Plan
    moment: str
    fake: PlayedGreenhouse | PlayedAshby
    stack: ExitStack
    service: Running = field(init=False)
    worker: Running = field(init=False)
    kills: int = 0

    def __post_init__(self) -> None:
        dies = replace(self.plan, moment=self.moment)
        self.worker = self._start(doomed.work, dies if self.moment in IN_A_WORKER else self.plan)
        self._serve(dies if self.moment in IN_THE_SERVICE else self.plan)

    @property
    def order_id(self) -> str:
        """Of the only order there is, once it is there."""
        found = httpx2.get(f"{self.fake.url}/v1/assessments/orders", timeout=30).json()["orders"]
        assert len(found) == 1
        return str(found[0]["id"])

    def persist(self, step: Callable[[], T]) -> T:
        """What a step comes to, tried again as clients do when the service went away under it."""
        while True:
            try:
                return step()
            except httpx2.TransportError:
                self._revive()

    def until_complete(self) -> None:
        """Return when the order is complete and nothing of it is left to tell."""
        deadline = time.monotonic() + SECONDS
        while self.persist(self._state) != "complete" or self.kills == 0:
            assert time.monotonic() < deadline, (self._state(), self.kills)
            self._look_after_the_worker()
            time.sleep(0.1)

    def _state(self) -> str:
        place = f"{self.fake.url}/v1/assessments/orders/{self.order_id}"
        return str(httpx2.get(place, timeout=30).json()["state"])

    def _revive(self) -> None:
        assert self.service.killed()
        self.kills += 1
        self._serve(self.plan)

    def _look_after_the_worker(self) -> None:
        if not self.worker.alive:
            assert self.worker.killed()
            self.kills += 1
            self.worker = self._start(doomed.work, self.plan)

    def _serve(self, plan: Plan) -> None:
        self.service = self._start(doomed.serve, replace(plan, beside_a_worker=True))
        self.fake.url = f"http://127.0.0.1:{self.service.port}"

    def _start(self, part: Callable[..., None], plan: Plan) -> Running:
        started = Running.start(part, plan)
        self.stack.callback(started.kill)
        return started


def order(play: Play) -> str:
    """Where the candidate is invited to, once the order was placed."""
    fake = play.fake
    if isinstance(fake, PlayedGreenhouse):
        interview, _ = play.persist(lambda: fake.order(TEST, number=1))
        return str(play.persist(lambda: fake.status(interview))["metadata"]["Invitation"])
    started = play.persist(lambda: fake.start(TEST, "application-1")).json()
    return str(started["results"]["update_request"]["metadata"][0]["value"])


def take(play: Play, invitation: str) -> None:
    """The candidate takes the test, and repeats what was not answered."""
    for step in (
        lambda candidate: candidate.begin(),
        lambda candidate: candidate.answer(1),
        lambda candidate: candidate.answer(2, go="overview"),
        lambda candidate: candidate.hand_in(),
    ):
        play.persist(lambda step=step: step(PlayedCandidate(play.fake.url, invitation)))


@pytest.mark.parametrize(("kind", "platform", "moment"), list(cases()))
async def test_an_order_ends_once_complete_and_told_whenever_somebody_is_killed(
    kind: str, platform: str, moment: str, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    with receiving() as receiver, ExitStack() as stack:
        plan = Plan(new_database(kind), tmp_path, receiver.host)
        storage = Storage(plan.settings)
        key = await connect(storage, Platform(platform))
        fake = PlayedGreenhouse("", key, receiver) if platform == "greenhouse" else PlayedAshby("", key, receiver)
        play = Play(plan, moment, fake, stack)
        take(play, order(play))
        play.until_complete()
        heard_of(fake, play.order_id)
        await settled(storage)
        assert play.kills == 1
        await once(storage, await storage.orders.find("local", play.order_id))
        await storage.close()


async def connect(storage: Storage, platform: Platform) -> str:
    """The key of a platform, with a test that it can order."""
    connections, theirs = build_connections(storage.settings, storage), ""
    if platform is Platform.ASHBY:
        theirs = CUSTOMERS_KEY
    made = await connections.connect(LOCAL, CONNECTION, platform, theirs)
    test = Test(id=TEST, name="ML", question_ids=QUESTIONS, review=HumanReview.NEVER, created_at=made.created_at)
    await storage.tests.add("local", test)
    return connections.key(made)


def heard_of(fake: PlayedGreenhouse | PlayedAshby, order_id: str) -> None:
    """The platform was told of the result, which was there by then."""
    if isinstance(fake, PlayedGreenhouse):
        path = "/integrations/testing_partners/take_home_tests/1"
        assert fake.completed(order_id, path)["partner_status"] == "complete"
        return
    fake.completed(order_id)
    told = {body["assessment_status"]["value"]: body for body in fake.heard(order_id, 3)}
    assert set(told) == {"Started", "Submitted", "Completed"}
    assert all(body == told[body["assessment_status"]["value"]] for body in fake.updates(order_id))


async def settled(storage: Storage) -> None:
    """Return when nothing waits to be told any more."""
    async with asyncio.timeout(SECONDS):
        while await storage.outbox.page("local", CONNECTION, DeliveryState.WAITING, limit=1):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    assert not await storage.outbox.page("local", CONNECTION, DeliveryState.DEAD, limit=1)


async def once(storage: Storage, order: AssessmentOrder | None) -> None:
    """Every step was taken once, there is one grade a question, and the result is what it is without a kill."""
    assert order is not None
    assert order.result is not None
    entries = [entry.read() for entry in await storage.audit.page("local", after=0, limit=100)]
    steps = Counter(str(each["action"]) for each in entries if each["subject"] == order.id)
    assert steps == dict.fromkeys(("order_placed", "order_started", "order_submitted", "order_completed"), 1)
    kept = await storage.grades.page("local", GradeFilter(), limit=10)
    assert {grade.id for grade in kept} == {grade_id(order.id, question) for question in QUESTIONS}
    assert await storage.pending.count() == 0
    undisturbed = {question: (await graded(question)).score for question in QUESTIONS}
    assert {each.question_id: each.score for each in order.result.questions} == undisturbed
    assert order.result.score == pytest.approx(sum(score or 0 for score in undisturbed.values()) / len(QUESTIONS))


async def graded(question: str) -> Grade:
    return await Grader(JUDGES, "fake").grade(Request(BANK.rubric(question), ANSWER))
