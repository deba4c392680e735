"""Ashby's side, played: it starts and cancels assessments, and takes updates."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx2

from api.sandbox.candidate import TIMEOUT
from api.sandbox.inbox import Check, Inbox, require, unchecked, waited

UPDATES: Final = "/assessment.update"
CUSTOMERS_KEY: Final = "ashby-customers-own-key"
"""What our updates must come with."""


@dataclass
class PlayedAshby:
    """Calls the service at `url` by `key`; the service sends updates to `receiver`. All is held against `check`."""

    url: str
    key: str
    receiver: Inbox
    check: Check = unchecked

    def call(self, call: str, body: object) -> httpx2.Response:
        """One call by Basic credentials; its answer is held against the contract."""
        url = f"{self.url}/integrations/ashby/assessment.{call}"
        response = httpx2.post(url, json=body, auth=(self.key, ""), timeout=TIMEOUT)
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            self.check(f"{call} {response.status_code}", response.json())
        return response

    def body(self, test_id: str, application: str, **more: object) -> dict[str, Any]:
        """What starts an assessment, for an application."""
        return {
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

    def start(self, test_id: str, application: str | None = None, **more: object) -> httpx2.Response:
        """Order an assessment, for an application."""
        body = self.body(test_id, application or str(uuid.uuid4()), **more)
        self.check("start request", body)
        return self.call("start", body)

    def updates(self, assessment_id: str) -> list[dict[str, Any]]:
        """What came about an assessment, each held against the contract, in the order of its timestamps."""
        ours = "Basic " + base64.b64encode(f"{CUSTOMERS_KEY}:".encode()).decode()
        found = []
        for each in list(self.receiver.requests):
            if each.path == UPDATES and (body := json.loads(each.body))["assessment_id"] == assessment_id:
                by_key = (each.method, each.headers["authorization"]) == ("POST", ours)
                require(by_key and each.headers["user-agent"], "an update is a POST by the customer's key")
                self.check("update request", body)
                found.append(body)
        return sorted(found, key=lambda body: int(body["timestamp"]))

    def heard(self, assessment_id: str, count: int) -> list[dict[str, Any]]:
        """The updates about an assessment, once they are so many."""

        def enough() -> list[dict[str, Any]] | None:
            found = self.updates(assessment_id)
            return found if len(found) >= count else None

        return waited(enough, f"{count} updates about {assessment_id}")

    def completed(self, assessment_id: str) -> dict[str, Any]:
        """The update that says an assessment is complete, once it came."""

        def told() -> dict[str, Any] | None:
            return next((body for body in self.updates(assessment_id) if "assessment_result" in body), None)

        done = waited(told, f"completion of {assessment_id}")
        complete = {"assessment_status", "assessment_profile_url"} <= done.keys()
        require(complete, "a completion has a status, a report and a result")
        return done
