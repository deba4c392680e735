"""Interviews: the reader of their files."""

from __future__ import annotations

from grader.ports import TranscriptReader


def build_transcript_reader() -> TranscriptReader:
    """The reader that finds out what a file is."""
    from grader.adapters.transcripts import SniffingReader  # noqa: PLC0415 - only where a file is to be read

    return SniffingReader()
