"""Whose practice a page shows: this machine's, a key's, or a visitor's, whom a cookie tells from the others."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated, Final

from fastapi import Depends, Request, Response

from api.dependencies import Caller
from api.web.csrf import NONCE_BYTES, VISITOR_COOKIE, own_value, signed
from grader.access import VISITOR
from grader.practice import Learner

REMEMBERED: Final = timedelta(days=365)


def learner(request: Request, caller: Caller) -> Learner:
    """The learner; a new visitor gets a cookie that holds a random name and nothing else."""
    if caller is not VISITOR:
        return Learner(caller, f"practice:{caller.key_id or 'local'}")
    value = own_value(request, VISITOR_COOKIE)
    if not value:
        value = signed(request, VISITOR_COOKIE, secrets.token_urlsafe(NONCE_BYTES))
        request.state.new_visitor = value
    return Learner(caller, f"practice:visitor-{value.rpartition('.')[0]}")


Learning = Annotated[Learner, Depends(learner)]


def welcome(request: Request, response: Response) -> Response:
    """The response, which leaves a new visitor's name with the browser."""
    value: str | None = getattr(request.state, "new_visitor", None)
    if value is not None:
        response.set_cookie(
            VISITOR_COOKIE,
            value,
            max_age=int(REMEMBERED.total_seconds()),
            httponly=True,
            samesite="lax",  # a link from elsewhere leads to one's own practice, too
            secure=request.url.scheme == "https",
        )
    return response
