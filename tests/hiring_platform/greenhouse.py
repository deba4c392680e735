"""Greenhouse's side: it sends tests, hears that they are complete, and asks for the result."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import Any

import httpx

from tests.hiring_platform.contracts import Check, unchecked
from tests.receiver import Receiver

SECONDS = 60
"""In which a completion must be heard of."""


_numbers = itertools.count(1)


@dataclass
class FakeGreenhouse:
    """Calls the service at `url` by `key`; the service calls back at `receiver`."""

    url: str
    key: str
    receiver: Receiver
    check: Check = unchecked

    def call(self, method: str, call: str, **request: Any) -> httpx.Response:
        """One call by Basic credentials."""
        url = f"{self.url}/integrations/greenhouse/{call}"
        return httpx.request(method, url, auth=(self.key, ""), timeout=30, **request)

    def list_tests(self) -> list[dict[str, str]]:
        """The tests that can be sent."""
        return self._answer("list_tests", self.call("GET", "list_tests"))

    def order(self, test_id: str, number: int | None = None, **more: Any) -> tuple[str, str]:
        """The id of a sent test, and the path that its completion comes to; `number` is Greenhouse's."""
        number = next(_numbers) if number is None else number
        path = f"/integrations/testing_partners/take_home_tests/{number}"
        body = {
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
            "url": self.receiver.url(path),
            **more,
        }
        self.check("send_test request", body)
        sent = self._answer("send_test", self.call("POST", "send_test", json=body))
        return str(sent["partner_interview_id"]), path

    def status(self, interview_id: str) -> dict[str, Any]:
        """How far a sent test is."""
        answer = self.call("GET", "test_status", params={"partner_interview_id": interview_id})
        found: dict[str, Any] = self._answer("test_status", answer)
        return found

    def completed(self, interview_id: str, path: str) -> dict[str, Any]:
        """The result, once its completion was told: by a PATCH without a body, by our key."""
        deadline = time.monotonic() + SECONDS
        while not (told := [each for each in self.receiver.requests if each.path == path]):
            assert time.monotonic() < deadline, self.status(interview_id)
            time.sleep(0.05)
        basic = httpx.Request("PATCH", self.url, headers={"Authorization": told[0].headers["authorization"]})
        ours = next(httpx.BasicAuth(self.key, "").auth_flow(basic)).headers["Authorization"]
        assert {(each.method, each.body, each.headers["authorization"]) for each in told} == {("PATCH", b"", ours)}
        found = self.status(interview_id)
        assert found["partner_status"] == "complete", "the result is there before the completion is told"
        return found

    def _answer(self, call: str, response: httpx.Response) -> Any:
        assert response.status_code == 200, response.text
        self.check(f"{call} response", response.json())
        return response.json()
