"""Ashby's side: it starts and cancels assessments, and takes updates."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from tests.hiring_platform.contracts import Check, unchecked
from tests.receiver import Receiver

SECONDS = 60
UPDATES = "/assessment.update"
CUSTOMERS_KEY = "ashby-customers-own-key"
"""What our updates must come with."""


@dataclass
class FakeAshby:
    """Calls the service at `url` by `key`; the service sends updates to `receiver`."""

    url: str
    key: str
    receiver: Receiver
    check: Check = unchecked

    def call(self, call: str, body: Any) -> httpx.Response:
        """One call by Basic credentials; its answer is held against the contract."""
        url = f"{self.url}/integrations/ashby/assessment.{call}"
        response = httpx.post(url, json=body, auth=(self.key, ""), timeout=30)
        if response.status_code != 401:
            self.check(f"{call} {response.status_code}", response.json())
        return response

    def start(self, test_id: str, application: str | None = None, **more: Any) -> httpx.Response:
        """Order an assessment, for an application."""
        application = application or str(uuid.uuid4())
        body = {
            "assessment_type_id": test_id,
            "candidate": {
                "ashby_id": f"candidate of {application}",
                "first_name": "Ann",
                "last_name": "Example",
                "email": "ann@example.org",
                "ashby_profile_url": "https://app.ashbyhq.com/candidates/1",
            },
            "application": {"ashby_id": application, "status": "Active"},
            "job": {"ashby_id": "job", "name": "Engineer", "ashby_job_url": "https://app.ashbyhq.com/jobs/1"},
            **more,
        }
        self.check("start request", body)
        return self.call("start", body)

    def updates(self, assessment_id: str) -> list[dict[str, Any]]:
        """What came about an assessment, each held against the contract, in the order of its timestamps."""
        ours = "Basic " + base64.b64encode(f"{CUSTOMERS_KEY}:".encode()).decode()
        found = []
        for each in list(self.receiver.requests):
            if each.path == UPDATES and (body := json.loads(each.body))["assessment_id"] == assessment_id:
                assert (each.method, each.headers["authorization"]) == ("POST", ours)
                assert each.headers["user-agent"]
                self.check("update request", body)
                found.append(body)
        return sorted(found, key=lambda body: body["timestamp"])

    def heard(self, assessment_id: str, count: int) -> list[dict[str, Any]]:
        """The updates about an assessment, once they are so many."""
        deadline = time.monotonic() + SECONDS
        while len(found := self.updates(assessment_id)) < count:
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found

    def completed(self, assessment_id: str) -> dict[str, Any]:
        """The update that says an assessment is complete, once it came."""
        deadline = time.monotonic() + SECONDS
        while not (told := [body for body in self.updates(assessment_id) if "assessment_result" in body]):
            assert time.monotonic() < deadline, self.updates(assessment_id)
            time.sleep(0.05)
        assert {"assessment_status", "assessment_profile_url"} <= told[0].keys()
        return told[0]
