"""A candidate who takes a test as a browser without scripts would: forms, one by one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

ANSWER = "Each token attends to a window of its neighbours."


class Candidate:
    """Follows one invitation; `url` is the service's, wherever its links lead."""

    def __init__(self, url: str, invitation: str) -> None:
        self.url = url + urlsplit(invitation).path

    def post(self, step: str, **fields: str) -> httpx.Response:
        """Send a form of the page."""
        return httpx.post(f"{self.url}/{step}", data={"_": "", **fields}, timeout=30, follow_redirects=True)

    def get(self, step: str) -> httpx.Response:
        """Open a page."""
        return httpx.get(self.url + step, timeout=30, follow_redirects=True)

    def look(self) -> httpx.Response:
        """Where the test is."""
        return self.get("")

    def begin(self) -> httpx.Response:
        """Agree, and see the first question."""
        return self.post("start", consent="yes")

    def answer(self, number: int, text: str = ANSWER, go: str = "next") -> httpx.Response:
        """Write to a question over what is there."""
        page = self.get(f"/questions/{number}").text
        found = re.search(r'name="revision" value="(\d+)"', page)
        return self.post(f"questions/{number}", answer=text, go=go, revision=found[1] if found else "0")

    def hand_in(self) -> httpx.Response:
        """The last step."""
        return self.post("submission")

    def take(self, questions: int) -> None:
        """The whole test."""
        assert self.begin().status_code == 200
        for number in range(1, questions + 1):
            self.answer(number, go="next" if number < questions else "overview")
        assert "handed in" in self.hand_in().text
