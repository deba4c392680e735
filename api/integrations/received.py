"""What platforms send: of the types their contracts name, with whatever else they may add."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict

from api.body import check_json
from api.errors import FieldError, invalid


class Received(BaseModel):
    """A part of a request: exact types, and unknown fields are passed over, for platforms add some."""

    model_config = ConfigDict(strict=True, extra="ignore")


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object that was sent, `{}` where nothing was; Problem for anything else."""
    raw = await request.body() or b"{}"
    check_json(raw)
    found = json.loads(raw)
    if not isinstance(found, dict):
        raise invalid(FieldError(pointer="", code="dict_type", detail="The body is a JSON object."))
    return found


Body = Annotated[dict[str, Any], Depends(json_object)]
