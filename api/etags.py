"""Versions of what is shown: a reader may skip what it has, and a change must name what it changes."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from fastapi import Request
from pydantic import BaseModel

from api.errors import Problem

_TAG: Final = re.compile(r'(?:W/)?"[^"]*"')


def etag(shown: BaseModel) -> str:
    """The version of something as it is shown: a strong validator, the same for the same content."""
    return etag_of(shown.model_dump_json())


def etag_of(text: str) -> str:
    """The same of what has been written down already."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` says that the client has this version already."""
    sent = request.headers.get("if-none-match", "")
    return sent.strip() == "*" or tag in (found.removeprefix("W/") for found in _TAG.findall(sent))


def require_match(request: Request, tag: str) -> None:
    """Refuse a change that does not name the version it changes: 428 without `If-Match`, 412 with another's."""
    sent = request.headers.get("if-match")
    if sent is None:
        raise Problem(428, "precondition-required", "Send the ETag of what you change as If-Match.")
    if sent.strip() != "*" and tag not in _TAG.findall(sent):
        detail = "It has changed since you read it; read it again."
        raise Problem(412, "precondition-failed", detail, headers={"ETag": tag})
