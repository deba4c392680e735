"""Reading a text, a document or bytes in one word."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from grader.adapters.transcripts import SniffingReader

if TYPE_CHECKING:
    from grader.transcripts import Transcript

Read = Callable[..., "Transcript"]
Said = list[tuple[str | None, str]]


@pytest.fixture
def read() -> Read:
    """The transcript of bytes, of a text, or of anything that JSON can say."""

    def reading(content: Any, file: str = "interview") -> Transcript:
        if not isinstance(content, bytes | str):
            content = json.dumps(content)
        return SniffingReader().read(content.encode() if isinstance(content, str) else content, file)

    return reading


@pytest.fixture
def said(read: Read) -> Callable[..., Said]:
    """Who says what."""

    def saying(content: Any) -> Said:
        return [(turn.speaker, turn.text) for turn in read(content).turns]

    return saying
