"""Greenhouse's side, played: it sends tests, hears that they are complete, and asks for the result."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx2

from api.sandbox.candidate import TIMEOUT
from api.sandbox.inbox import Check, Heard, Inbox, SandboxFailed, require, unchecked, waited

_numbers: Final = itertools.count(1)


@dataclass
class PlayedGreenhouse:
    """Calls the service at `url` by `key`; the service calls back at `receiver`. Answers are held against `check`."""

    url: str
    key: str
    receiver: Inbox
    check: Check = unchecked

    def call(self, method: str, call: str, **request: Any) -> httpx2.Response:  # noqa: ANN401 - what httpx2 takes
        """One call by Basic credentials."""
        url = f"{self.url}/integrations/greenhouse/{call}"
        return httpx2.request(method, url, auth=(self.key, ""), timeout=TIMEOUT, **request)

    def list_tests(self) -> list[dict[str, str]]:
        """The tests that can be sent."""
        found: list[dict[str, str]] = self._answer("list_tests", self.call("GET", "list_tests"))
        return found

    def body(self, test_id: str, number: int, **more: object) -> dict[str, Any]:
        """What orders a test; `number` is Greenhouse's own for it."""
        return {
            "partner_test_id": test_id,
            "candidate": {
                "first_name": "Harriet",
                "last_name": "Potter",
                "preferred_name": None,
                "resume_url": "https://example.org/resume",
                "phone_number": None,
                "email": f"harriet{number}@example.org",
                "greenhouse_profile_url": f"https://app.greenhouse.io/people/{number}?application_id=26",
            },
            "sent_by": "recruiter@example.org",
            "url": self.receiver.url(self.path(number)),
            **more,
        }

    def path(self, number: int) -> str:
        """Where the completion of an order comes to."""
        return f"/integrations/testing_partners/take_home_tests/{number}"

    def order(self, test_id: str, number: int | None = None, **more: object) -> tuple[str, str]:
        """The id of a sent test, and the path that its completion comes to."""
        number = next(_numbers) if number is None else number
        body = self.body(test_id, number, **more)
        self.check("send_test request", body)
        sent = self._answer("send_test", self.call("POST", "send_test", json=body))
        return str(sent["partner_interview_id"]), self.path(number)

    def status(self, interview_id: str) -> dict[str, Any]:
        """How far a sent test is."""
        answer = self.call("GET", "test_status", params={"partner_interview_id": interview_id})
        found: dict[str, Any] = self._answer("test_status", answer)
        return found

    def completed(self, interview_id: str, path: str) -> dict[str, Any]:
        """The result, once its completion was told: by a PATCH without a body, by our key."""

        def told() -> list[Heard] | None:
            return [each for each in list(self.receiver.requests) if each.path == path] or None

        heard = waited(told, f"completion of {interview_id}")
        basic = httpx2.Request("PATCH", self.url)
        ours = next(httpx2.BasicAuth(self.key, "").auth_flow(basic)).headers["Authorization"]
        for each in heard:
            require((each.method, each.body) == ("PATCH", b""), "a completion is a PATCH without a body")
            require(each.headers["authorization"] == ours, "a completion comes by the key that was given out")
        found = self.status(interview_id)
        require(found["partner_status"] == "complete", "the result is there before its completion is told")
        return found

    def _answer(self, call: str, response: httpx2.Response) -> Any:  # noqa: ANN401 - JSON
        if response.status_code != HTTPStatus.OK:
            raise SandboxFailed(f"{call} was answered {response.status_code}: {response.text}")
        self.check(f"{call} response", response.json())
        return response.json()
