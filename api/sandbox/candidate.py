"""A candidate who takes a test as a browser without scripts would: forms, one by one."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import httpx2

from api.sandbox.inbox import require

ANSWER: Final = "Each token attends to a window of its neighbours."
TIMEOUT: Final = 30.0


class PlayedCandidate:
    """Follows one invitation; `url` is the service's, wherever its links lead."""

    def __init__(self, url: str, invitation: str) -> None:
        self.url = url + urlsplit(invitation).path

    def post(self, step: str, **fields: str) -> httpx2.Response:
        """Send a form of the page."""
        return httpx2.post(f"{self.url}/{step}", data={"_": "", **fields}, timeout=TIMEOUT, follow_redirects=True)

    def get(self, step: str) -> httpx2.Response:
        """Open a page."""
        return httpx2.get(self.url + step, timeout=TIMEOUT, follow_redirects=True)

    def look(self) -> httpx2.Response:
        """Where the test is."""
        return self.get("")

    def begin(self) -> httpx2.Response:
        """Agree, and see the first question."""
        return self.post("start", consent="yes")

    def answer(self, number: int, text: str = ANSWER, go: str = "next") -> httpx2.Response:
        """Write to a question over what is there."""
        page = self.get(f"/questions/{number}").text
        found = re.search(r'name="revision" value="(\d+)"', page)
        return self.post(f"questions/{number}", answer=text, go=go, revision=found[1] if found else "0")

    def hand_in(self) -> httpx2.Response:
        """The last step."""
        return self.post("submission")

    def take(self, questions: int, text: str = ANSWER) -> None:
        """The whole test, every question answered with this text."""
        require(self.begin().status_code == httpx2.codes.OK, "a candidate who agrees can begin")
        for number in range(1, questions + 1):
            self.answer(number, text, go="next" if number < questions else "overview")
        require("handed in" in self.hand_in().text, "a test that was begun can be handed in")
