"""Both clients against a scripted service: retries with one key, polling, pages, and errors by name."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from grader.client import (
    AsyncClient,
    Calls,
    Client,
    ClientError,
    Conflict,
    Forbidden,
    GradingFailed,
    Invalid,
    LimitReached,
    NotFound,
    Retry,
    StillGrading,
    Unauthenticated,
    Unavailable,
    UnexpectedReply,
    Unreachable,
)
from grader.domain import Grade
from grader.fakes import FakeJudge
from grader.grading import Grader, Request
from rubrics.bank import Bank

KEY = "ag_live_secret"
Answer = httpx2.Response | Exception


@dataclass
class Service:
    """A service that gives the scripted answers, one a request, and remembers what it was asked and the waits."""

    script: list[Answer]
    asked: list[httpx2.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def keys(self) -> set[str | None]:
        """The idempotency keys that were sent."""
        return {request.headers.get("idempotency-key") for request in self.asked}


Use = Callable[..., Any]


@pytest.fixture(params=["blocking", "asynchronous"])
def use(request: pytest.FixtureRequest) -> Use:
    """Runs one operation of one of the clients: `use(service, "grade", "the answer", question_id="DL0028")`."""
    calls = Calls(Retry(jitter=lambda: 1.0), patience=10.0)

    def blocking(service: Service, operation: str, *args: Any, **options: Any) -> Any:
        http = httpx2.Client(base_url="http://service", transport=httpx2.MockTransport(service))
        with Client(key=KEY, calls=calls, http=http, sleep=service.waits.append) as client:
            result = getattr(client, operation)(*args, **options)
            return list(result) if inspect.isgenerator(result) else result

    async def asynchronously(service: Service, operation: str, *args: Any, **options: Any) -> Any:
        async def sleep(seconds: float) -> None:
            service.waits.append(seconds)

        http = httpx2.AsyncClient(base_url="http://service", transport=httpx2.MockTransport(service))
        async with AsyncClient(key=KEY, calls=calls, http=http, sleep=sleep) as client:
            result = getattr(client, operation)(*args, **options)
            return [item async for item in result] if inspect.isasyncgen(result) else await result

    def asynchronous(*args: Any, **options: Any) -> Any:
        return asyncio.run(asynchronously(*args, **options))

    return blocking if request.param == "blocking" else asynchronous


@pytest.fixture(scope="module")
def grade() -> Grade:
    grader = Grader({"fake": FakeJudge()}, "fake")
    return asyncio.run(grader.grade(Request(Bank().rubric("DL0028"), "Each token sees a window.")))


def wire(grade: Grade, **more: object) -> dict[str, Any]:
    return {**grade.model_dump(mode="json"), "review": None, **more}


def ok(body: object, status: int = 200, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json=body, headers=headers)


def problem(status: int, slug: str, **headers: str) -> httpx2.Response:
    body = {"type": f"urn:answer-grader:problem:{slug}", "title": "No", "status": status, "detail": "Not so."}
    return httpx2.Response(status, json=body, headers=headers)


def pending(state: str, status: int = 200) -> httpx2.Response:
    return ok({"id": "g1", "status": state}, status, **{"Retry-After": "2"})


def test_a_grade_comes_back_typed_and_the_request_carries_the_key(use: Use, grade: Grade) -> None:
    service = Service([ok(wire(grade), 201)])
    found = use(service, "grade", "the answer", question_id="DL0028", feedback="hints")
    assert (found.id, found.points) == (grade.id, grade.points)
    (sent,) = service.asked
    assert json.loads(sent.content) == {"answer": "the answer", "question_id": "DL0028", "feedback": "hints"}
    assert sent.headers["authorization"] == f"Bearer {KEY}"


def test_every_try_of_one_creation_sends_the_same_key_and_the_next_creation_another(use: Use, grade: Grade) -> None:
    lost = httpx2.ReadTimeout("nothing came")
    service = Service([lost, problem(503, "storage-unavailable"), ok(wire(grade), 201), ok(wire(grade), 201)])
    use(service, "grade", "x", question_id="DL0028")
    assert (len(service.asked), len(service.keys)) == (3, 1)
    assert service.waits == [0.0, 0.5, 1.0]
    use(service, "grade", "x", question_id="DL0028")
    assert len(service.keys) == 2


def test_a_request_that_is_still_under_way_is_waited_for(use: Use, grade: Grade) -> None:
    service = Service([problem(409, "idempotency-in-progress", **{"Retry-After": "3"}), ok(wire(grade), 201)])
    use(service, "grade", "x", question_id="DL0028")
    assert service.waits == [0.0, 3.0]


def test_a_grade_that_is_made_later_is_asked_for_until_it_is_there(use: Use, grade: Grade) -> None:
    service = Service([pending("queued", 202), pending("running"), ok(wire(grade, id="g1"))])
    assert use(service, "grade", "x", question_id="DL0028").id == "g1"
    assert [request.url.path for request in service.asked] == ["/v1/grades", "/v1/grades/g1", "/v1/grades/g1"]
    assert service.waits == [0.0, 2.0, 2.0]


def test_patience_ends_with_the_id_of_the_grade(use: Use) -> None:
    service = Service([pending("queued", 202), *(pending("running") for _ in range(5))])
    with pytest.raises(StillGrading) as error:
        use(service, "grade", "x", question_id="DL0028")
    assert error.value.grade_id == "g1"
    assert sum(service.waits) == 10.0


def test_a_grade_that_failed_is_an_error_and_not_a_grade(use: Use) -> None:
    with pytest.raises(GradingFailed):
        use(Service([pending("failed")]), "get_grade", "g1")


def test_a_submission_returns_an_id_and_waits_for_nothing(use: Use) -> None:
    service = Service([pending("queued", 202)])
    assert use(service, "submit", "x", question_id="DL0028") == "g1"
    assert service.asked[0].headers["prefer"] == "respond-async"


def test_all_pages_are_read_with_the_same_filters(use: Use, grade: Grade) -> None:
    pages = [ok({"grades": [wire(grade, id=page)], "next": cursor}) for page, cursor in (("a", "c1"), ("b", None))]
    service = Service([*pages])
    assert [found.id for found in use(service, "grades", candidate_ref="c & d")] == ["a", "b"]
    assert [dict(request.url.params) for request in service.asked] == [
        {"candidate_ref": "c & d"},
        {"candidate_ref": "c & d", "cursor": "c1"},
    ]


def test_an_override_names_the_version_it_was_decided_on(use: Use, grade: Grade) -> None:
    service = Service([ok(wire(grade), ETag='"v1"'), problem(412, "precondition-failed")])
    verdict = {"key_point_id": "k1", "verdict": "covered", "reason_code": "other", "note": "It is there."}
    with pytest.raises(Conflict):
        use(service, "override", grade.id, **verdict)
    assert service.asked[1].headers["if-match"] == '"v1"'
    assert json.loads(service.asked[1].content) == verdict


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Unauthenticated),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (412, Conflict),
        (422, Invalid),
        (428, Conflict),
        (500, Unavailable),
    ],
)
def test_a_final_error_is_an_exception_by_name_at_once(use: Use, status: int, kind: type[ClientError]) -> None:
    service = Service([problem(status, "some-slug")])
    with pytest.raises(kind, match=f"{status} some-slug: Not so."):
        use(service, "question", "DL0028")
    assert len(service.asked) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504, 507])
def test_a_passing_error_is_tried_four_times(use: Use, status: int) -> None:
    service = Service([problem(status, "busy") for _ in range(4)])
    with pytest.raises(LimitReached if status == 429 else Unavailable):
        use(service, "question", "DL0028")
    assert service.waits == [0.0, 0.5, 1.0, 2.0]


def test_a_retry_after_that_is_too_long_is_not_waited_for(use: Use) -> None:
    service = Service([problem(429, "budget-exhausted", **{"Retry-After": "3600"})])
    with pytest.raises(LimitReached):
        use(service, "question", "DL0028")
    assert service.waits == [0.0]


def test_a_service_that_is_not_there_is_unreachable(use: Use) -> None:
    with pytest.raises(Unreachable, match="ConnectError"):
        use(Service([httpx2.ConnectError("refused") for _ in range(4)]), "question", "DL0028")


@pytest.mark.parametrize(
    ("status", "text"), [(200, "<html>"), (200, '{"hello": "world"}'), (302, ""), (400, "<html>"), (500, "")]
)
def test_a_reply_of_something_else_is_unexpected(use: Use, status: int, text: str) -> None:
    elsewhere = httpx2.Response(status, text=text, headers={"Location": "http://elsewhere/"})
    with pytest.raises(UnexpectedReply):
        use(Service([elsewhere]), "question", "DL0028")


def test_fields_of_a_newer_service_do_no_harm(use: Use, grade: Grade) -> None:
    points = [{**point, "shade": "blue"} for point in wire(grade)["points"]]
    assert use(Service([ok(wire(grade, points=points, mood="good"))]), "get_grade", grade.id).id == grade.id


def test_an_id_is_one_segment_of_the_path_whatever_it_holds(use: Use) -> None:
    service = Service([problem(404, "not-found")])
    with pytest.raises(NotFound):
        use(service, "get_grade", "../keys?x=1#y")
    assert service.asked[0].url.raw_path == b"/v1/grades/..%2Fkeys%3Fx%3D1%23y"


def test_the_key_is_in_no_error(use: Use) -> None:
    with pytest.raises(ClientError) as error:
        use(Service([httpx2.ConnectError(f"with {KEY}") for _ in range(4)]), "question", "DL0028")
    assert KEY not in str(error.value)


def test_both_clients_offer_the_same_operations() -> None:
    def operations(kind: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(member).parameters)
            for name, member in vars(kind).items()
            if not name.startswith("_")
        }

    assert operations(Client) == operations(AsyncClient)
