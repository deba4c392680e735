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


def form_token(request: Request) -> str:
    """The token for the forms of this page: the one the browser has, or a new one."""
    sent = request.cookies.get(COOKIE, "")
    return sent if _is_ours(request, sent) else _signed(request, secrets.token_urlsafe(NONCE_BYTES))


def remember(response: Response, request: Request, token: str) -> Response:
    """The response, which leaves the token with the browser until that is closed."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


def require_form_token(request: Request, submitted: str | None) -> None:
    """Problem 403 `form-expired` unless the form came from a page that this browser got from us."""
    kept = request.cookies.get(COOKIE, "")
    same = hmac.compare_digest((submitted or "").encode(), kept.encode())
    if not (same and _is_ours(request, kept)):
        raise Problem(403, "form-expired", "This form is no longer valid. Go back, load the page again and send it.")


def _is_ours(request: Request, token: str) -> bool:
    nonce, _, _ = token.rpartition(".")
    return bool(nonce) and hmac.compare_digest(_signed(request, nonce).encode(), token.encode())


def _signed(request: Request, nonce: str) -> str:
    key = subkey(request.app.state.application.access.secret, "forms")
    return f"{nonce}.{hmac.new(key, nonce.encode(), hashlib.sha256).hexdigest()}"
