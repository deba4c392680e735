"""Texts of a request. White space around them is dropped, but it counts: a body says what its description allows."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from grader import review
from rubrics import model


def _at_most(characters: int) -> BeforeValidator:
    def checked(value: object) -> object:
        if isinstance(value, str) and len(value) > characters:
            raise ValueError(f"at most {characters} characters, white space included")
        return value

    return BeforeValidator(checked)


Line = Annotated[model.Line, _at_most(1_000)]
Text = Annotated[model.Text, _at_most(20_000)]
Note = Annotated[review.Note, _at_most(2_000)]
