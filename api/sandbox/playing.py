"""One order from beginning to end, with the platform and the candidate played, and every message shown."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import uvicorn

from api.app import create_app
from api.sandbox.ashby import CUSTOMERS_KEY, PlayedAshby
from api.sandbox.candidate import TIMEOUT, PlayedCandidate
from api.sandbox.greenhouse import PlayedGreenhouse
from api.sandbox.inbox import LoopbackInbox, Request, SandboxFailed, waited
from api.server import configured
from grader.assessment import Platform
from grader.bootstrap import Services, build_services
from grader.settings import Settings

Say = Callable[[str], None]
"""Shows one line."""

QUESTIONS: Final = ("DL0028", "DL0001")
START_SECONDS: Final = 300.0
"""In which its models must be loaded; that takes ten."""

LONGEST: Final = 1_500
"""Characters of a body that are shown."""


@dataclass(frozen=True)
class Sandbox:
    """A service in a folder of its own, and what is heard from it."""

    url: str
    inbox: LoopbackInbox
    say: Say

    def play(self, platform: Platform, text: str, *, by_hand: bool) -> None:
        """Connect, order, take the test with this text in every answer, and hear of the result; SandboxFailed."""
        with httpx2.Client(base_url=self.url, timeout=TIMEOUT) as api:
            test = self._made(api, "/v1/assessments/tests", _test())
            theirs = {"api_key": CUSTOMERS_KEY} if platform is Platform.ASHBY else {}
            made = self._made(api, "/v1/platforms", {"platform": platform.value, **theirs})
            key = str(api.get(f"/v1/platforms/{made['id']}/key").json()["key"])
        self.say(f"Connected. {platform.value.capitalize()} calls {made['base_url']} by the key {key[:12]}…")
        play = self._greenhouse if platform is Platform.GREENHOUSE else self._ashby
        play(str(test["id"]), key, lambda invitation: self._take(invitation, text, by_hand=by_hand))

    def _greenhouse(self, test_id: str, key: str, take: Callable[[str], None]) -> None:
        played = PlayedGreenhouse(self.url, key, self.inbox)
        self._show("Greenhouse lists tests", played.list_tests())
        self._show("Greenhouse sends a test", played.body(test_id, 1))
        interview, path = played.order(test_id, 1)
        found = played.status(interview)
        self._show("Greenhouse asks how far it is", found)
        take(str(found["metadata"]["Invitation"]))
        self._show("Greenhouse was told that it is complete, and asks for it", played.completed(interview, path))

    def _ashby(self, test_id: str, key: str, take: Callable[[str], None]) -> None:
        played = PlayedAshby(self.url, key, self.inbox)
        self._show("Ashby lists assessments", played.call("list", {}).json())
        self._show("Ashby starts an assessment", played.body(test_id, "application-1"))
        started = played.start(test_id, "application-1")
        self._show(f"The service answers {started.status_code}", started.json())
        results = started.json()["results"]
        take(str(results["update_request"]["metadata"][0]["value"]))
        self._show("Ashby was told the result", played.completed(str(results["assessment_id"])))

    def _take(self, invitation: str, text: str, *, by_hand: bool) -> None:
        candidate = PlayedCandidate(self.url, invitation)
        if by_hand:
            self.say(f"\nTake the test here, this goes on when it is handed in:\n{candidate.url}")
            while "handed in" not in candidate.look().text:
                time.sleep(1)
            return
        self.say("\nA played candidate agrees, answers, and hands in.")
        candidate.take(len(QUESTIONS), text)

    def _made(self, api: httpx2.Client, place: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = api.post(place, json=body)
        if answer.status_code != httpx2.codes.CREATED:
            raise SandboxFailed(f"POST {place} was answered {answer.status_code}: {answer.text}")
        found: dict[str, Any] = answer.json()
        return found

    def _show(self, what: str, body: object) -> None:
        shown = json.dumps(body, indent=2, ensure_ascii=False)
        self.say(f"\n{what}:\n{shown if len(shown) <= LONGEST else shown[:LONGEST] + '…'}")


@contextmanager
def sandbox(
    settings: Settings, folder: Path, say: Say, build: Callable[[Settings], Services] = build_services
) -> Iterator[Sandbox]:
    """A service with its data in `folder`, which may call nobody but the played platform; ready to be called."""

    def heard(request: Request) -> None:
        said = request.body.decode("utf-8", "replace")[:LONGEST]
        say(f"→ {request.method} {request.path} {said}".rstrip())

    inbox = LoopbackInbox(heard)
    with inbox.listening(), socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        where = {"host": "127.0.0.1", "port": port, "data_dir": folder, "database_url": None, "public_url": None}
        platforms = {"ashby_url": inbox.url(""), "delivery_trusted_hosts": frozenset({inbox.host})}
        own = settings.model_copy(update={**where, **platforms})
        with _served(own, build(own), listener):
            yield Sandbox(f"http://127.0.0.1:{port}", inbox, say)


@contextmanager
def _served(settings: Settings, services: Services, listener: socket.socket) -> Iterator[None]:
    """The service, in a thread."""
    server = uvicorn.Server(configured(create_app(settings, services)))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=TIMEOUT) as client:
            waited(lambda: _ready(client), "service that is ready", START_SECONDS)
        yield
    finally:
        server.should_exit = True
        thread.join()


def _ready(client: httpx2.Client) -> bool | None:
    try:
        return client.get("/readyz").status_code == httpx2.codes.OK or None
    except httpx2.TransportError:  # it loads models, and has no time for us
        return None


def _test() -> dict[str, Any]:
    return {"name": "Sandbox", "question_ids": list(QUESTIONS), "review": "never", "feedback": "topics"}
