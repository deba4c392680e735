"""Who signed in with an API key in a browser: a signed cookie names the key and when the session ends.

It does not hold the key, and it ends with it: whether the key still counts is asked at every request, so that a revoked
one is out within seconds. It opens pages only, whose forms carry a token of their own; `/v1` wants the key itself.
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.web.csrf import SESSION_COOKIE, own_value, signed
from grader.access import Principal
from grader.keyring import Keyring

LASTS: Final = timedelta(hours=12)
"""From signing in on: a working day. OWASP ASVS 5.0 7.3.2 asks for an absolute end and leaves its length open."""

_SHAPE: Final = re.compile(r"([a-z2-7]{8})\.([0-9]{1,12})(?:\.([A-Za-z0-9_=-]+))?\.[0-9a-f]{64}")


async def session_holder(request: Request, keyring: Keyring) -> Principal | None:
    """Whose session this is; None where there is none, or none any more. `state.signed_in` says so to the pages."""
    found = _SHAPE.fullmatch(own_value(request, SESSION_COOKIE))
    if found is None or int(found[2]) <= datetime.now(UTC).timestamp():
        return None
    principal = await keyring.holder(found[1])
    request.state.signed_in = principal is not None
    return principal and replace(principal, name=base64.urlsafe_b64decode(found[3] or "").decode())


def begin(response: Response, request: Request, key_id: str, name: str = "") -> Response:
    """The response, which leaves a session with the browser; `name` tells those apart who share the key."""
    ends = int((datetime.now(UTC) + LASTS).timestamp())
    called = f".{base64.urlsafe_b64encode(name.encode()).decode()}" if name else ""
    response.set_cookie(
        SESSION_COOKIE,
        signed(request, SESSION_COOKIE, f"{key_id}.{ends}{called}"),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


def end(response: Response) -> Response:
    """The response, which takes the session from the browser."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response
