"""Forms of our own pages, read without believing them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from api.errors import Problem
from api.web.csrf import FIELD, require_form_token

MEDIA_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 20


class Fields(dict[str, str]):
    """The fields of a form by name."""

    def need(self, name: str) -> str:
        """A field that every form of this kind has; 400 without it."""
        if name not in self:
            raise Problem(400, "malformed-form", f"The form has no {name} in it.")
        return self[name]


async def read_form(request: Request, most: int = MAX_FIELDS) -> Fields:
    """The form that was sent, of `most` fields, whoever made it; 415 and 400 where there is none."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != MEDIA_TYPE:
        raise Problem(415, "unsupported-media-type", "Send the form as the page does.")
    try:
        body = (await request.body()).decode("ascii")
        sent = parse_qs(body, keep_blank_values=True, errors="strict", max_num_fields=most)
    except ValueError:
        raise Problem(400, "malformed-form", "The form could not be read.") from None
    return Fields({name: _as_typed(values[0]) for name, values in sent.items()})


async def fields_of(request: Request) -> Fields:
    """As `read_form`, from a page of ours; 400 where it is empty, 403 where it is not from there."""
    fields = await read_form(request)
    if not fields:
        raise Problem(400, "malformed-form", "The form is empty.")
    require_form_token(request, fields.get(FIELD))
    return fields


def _as_typed(value: str) -> str:
    """A line end counts once, as in the page, and NUL cannot be typed."""
    return value.replace("\0", "").replace("\r\n", "\n")


Form = Annotated[Fields, Depends(fields_of)]
