"""Port of transcript files: bytes of some export in, an interview in its normal form out."""

from __future__ import annotations

from typing import Protocol

from grader.transcripts import Transcript


class TranscriptReader(Protocol):
    """Reads one file, whatever its format; takes processor time, so call it in a thread."""

    def read(self, raw: bytes, file: str) -> Transcript:
        """The interview in `raw`; `file` is only its name, for messages. InvalidTranscript where it is none."""
        ...
