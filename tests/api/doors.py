"""A running application with API keys: who stands before its doors, and with what in hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from api.dependencies import Application
from grader.access import Grant, IssuedKey, Scope
from grader.keyring import Keyring

GRADE = {"question_id": "DL0028", "answer": "Each token attends only to the tokens inside a local window."}


@dataclass(frozen=True)
class Doors:
    """Sends requests to an application with this key or that, or with none."""

    client: TestClient

    @property
    def application(self) -> Application:
        """What the application holds."""
        found: Application = self.client.app.state.application
        return found

    @property
    def keyring(self) -> Keyring:
        """The application's keys."""
        return self.application.access.keyring

    def set(self, **access: Any) -> None:
        """Serve with other rules of access from now on."""
        held = self.application
        self.client.app.state.application = replace(held, access=replace(held.access, **access))

    def call(self, work: Any, *arguments: Any) -> Any:
        """Await something where the application runs."""
        assert self.client.portal is not None
        return self.client.portal.call(work, *arguments)

    def key(self, *scopes: Scope, tenant: str = "acme", lifetime: timedelta | None = None) -> IssuedKey:
        """A new key."""
        issued: IssuedKey = self.call(self.keyring.create, Grant("test", tenant, frozenset(scopes), lifetime))
        return issued

    def send(self, method: str, path: str, key: IssuedKey | None, **request: Any) -> Response:
        """A request with a key, or without one."""
        headers = request.pop("headers", {})
        if key is not None:
            headers = {"Authorization": f"Bearer {key.token}", **headers}
        return self.client.request(method, path, headers=headers, **request)


def slug(response: Response) -> str:
    """The name of a problem."""
    return str(response.json()["type"]).rpartition(":")[2]
