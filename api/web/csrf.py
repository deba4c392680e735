"""Forms that only our own pages can have sent: the signed double submit of OWASP's cheat sheet.

A page sets a cookie and writes the same value into its form. Another site can make a browser send the cookie, which
`SameSite` mostly prevents, but it can neither read it nor, for want of the deployment's secret, make one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from api.errors import Problem
from grader.access import subkey

COOKIE: Final = "grader_form"
FIELD: Final = "form_token"
NONCE_BYTES: Final = 16

VISITOR_COOKIE: Final = "grader_visitor"
"""Tells visitors apart who practise without a key from elsewhere."""

SESSION_COOKIE: Final = "grader_session"
"""Names the API key that somebody signed in with; see `api.web.session`."""

_PURPOSES: Final = {COOKIE: "forms", VISITOR_COOKIE: "visitors", SESSION_COOKIE: "sessions"}


def form_token(request: Request) -> str:
    """The token for the forms of this page: the one the browser has, or a new one."""
    return own_value(request, COOKIE) or signed(request, COOKIE, secrets.token_urlsafe(NONCE_BYTES))


def remember(response: Response, request: Request, token: str) -> Response:
    """The response, which leaves the token with the browser until that is closed."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


def require_form_token(request: Request, submitted: str | None) -> None:
    """Problem 403 `form-expired` unless the form came from a page that this browser got from us."""
    kept = request.cookies.get(COOKIE, "")
    same = hmac.compare_digest((submitted or "").encode(), kept.encode())
    if not (same and own_value(request, COOKIE)):
        raise Problem(403, "form-expired", "This form is no longer valid. Go back, load the page again and send it.")


def own_value(request: Request, cookie: str) -> str:
    """The value of a cookie of ours; empty where there is none, or none that we signed."""
    sent = request.cookies.get(cookie, "")
    nonce, _, _ = sent.rpartition(".")
    ours = bool(nonce) and hmac.compare_digest(signed(request, cookie, nonce).encode(), sent.encode())
    return sent if ours else ""


def signed(request: Request, cookie: str, nonce: str) -> str:
    """A value for a cookie that only this deployment can make."""
    key = subkey(request.app.state.application.access.secret, _PURPOSES[cookie])
    return f"{nonce}.{hmac.new(key, nonce.encode(), hashlib.sha256).hexdigest()}"
