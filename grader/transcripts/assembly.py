"""From pieces heard one after another to turns.

A turn goes on while the same speaker does, unless a long silence follows a finished sentence. Pieces without a
speaker are joined only as far as their sentence goes: nobody knows whether the next sentence is the same person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from grader.transcripts.turns import Segment, Turn
from rubrics.model import Span

MAX_PAUSE_SECONDS: Final = 2.0
"""Silence after a finished sentence, from which the same speaker begins a new turn."""

MAX_SENTENCE_WORDS: Final = 60
"""Words for each end of a sentence, above which a file does not punctuate and its pieces are left as they are."""

_ENDS: Final = tuple(".?!…。？！।؟۔")
_CLOSERS: Final = "\"'”’»)]）」』*_ "


@dataclass(frozen=True)
class Piece:
    """What a reader found: some words, whose, when (seconds), and where in the file.

    `joint` stands between these words and the piece before, where both become one turn. `within` says that both are
    words of one caption or phrase.
    """

    text: str
    source: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None
    joint: str = " "
    within: bool = False


def turns_of(pieces: Iterable[Piece]) -> tuple[Turn, ...]:
    """The turns that `pieces` make, in the order given; pieces without words are skipped.

    Nothing is sorted by time: a recording of two parts begins at zero twice, and its file says what came first.
    """
    heard = [_clean(piece) for piece in pieces if piece.text.strip()]
    ends = sum(map(_ends_sentence, heard))
    punctuated = ends * MAX_SENTENCE_WORDS >= sum(len(piece.text.split()) for piece in heard)
    groups: list[list[Piece]] = []
    clock = 0.0
    for piece in heard:
        went_back = piece.start is not None and piece.start < clock - MAX_PAUSE_SECONDS
        if groups and not went_back and _continues(groups[-1][-1], piece, punctuated=punctuated):
            groups[-1].append(piece)
        else:
            groups.append([piece])
        clock = clock if piece.start is None else piece.start
    return tuple(_turn(index, group) for index, group in enumerate(groups))


def _clean(piece: Piece) -> Piece:
    """Without blanks at its ends, and without an end that comes before its start."""
    end = None if piece.start is None or piece.end is None or piece.end < piece.start else piece.end
    return replace(piece, text=piece.text.strip(), end=end)


def _continues(before: Piece, piece: Piece, *, punctuated: bool) -> bool:
    if before.speaker != piece.speaker:
        return False
    if piece.speaker is None and not punctuated:
        return piece.within
    finished = _ends_sentence(before)
    if piece.speaker is None:
        return not finished and not _paused(before, piece)
    return not finished or not _paused(before, piece)


def _ends_sentence(piece: Piece) -> bool:
    return piece.text.rstrip(_CLOSERS).endswith(_ENDS)


def _paused(before: Piece, piece: Piece) -> bool:
    """Whether more than MAX_PAUSE_SECONDS are known to lie between two pieces."""
    return before.end is not None and piece.start is not None and piece.start - before.end > MAX_PAUSE_SECONDS


def _turn(index: int, pieces: Sequence[Piece]) -> Turn:
    text = ""
    segments: list[Segment] = []
    for piece in pieces:
        text += piece.joint if text else ""
        span = Span(start=len(text), end=len(text) + len(piece.text))
        segments.append(Segment(span=span, start=piece.start, end=piece.end, source=piece.source))
        text += piece.text
    ends = [piece.end for piece in pieces if piece.end is not None]
    return Turn(
        index=index,
        speaker=pieces[0].speaker,
        start=next((piece.start for piece in pieces if piece.start is not None), None),
        end=max(ends, default=None),
        text=text,
        segments=tuple(segments),
    )
