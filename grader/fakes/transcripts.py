"""A fake reader of transcripts: lines of `speaker<TAB>words`, and nothing else."""

from __future__ import annotations

from grader.errors import InvalidTranscript
from grader.transcripts import Transcript
from grader.transcripts.assembly import Piece, turns_of


class FakeTranscriptReader:
    """Implements TranscriptReader."""

    def read(self, raw: bytes, file: str) -> Transcript:
        """The interview in `raw`; InvalidTranscript names the line that has no tab."""
        pieces = []
        for number, text in enumerate(raw.decode(errors="replace").splitlines(), start=1):
            speaker, tab, words = text.partition("\t")
            if not tab:
                raise InvalidTranscript("has no tab behind a speaker", file=file, place=f"line {number}")
            pieces.append(Piece(words, f"line {number}", speaker))
        turns = turns_of(pieces)
        if not turns:
            raise InvalidTranscript("is empty", file=file)
        return Transcript(file=file, format="fake", turns=turns)
