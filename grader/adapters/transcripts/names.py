"""Speakers: the labels of a file, and how `Name: text` is told from a sentence with a colon.

No alphabet is assumed: `Z. Victor Zhou (xinbenlv)` and `田中` are names. All lines are seen before one is believed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAX_NAME: Final = 60
"""Characters of the longest label taken for a speaker."""

EVERY_PIECE_SHARE: Final = 0.5
"""Share of pieces with a label, above which a file labels every piece; below it labels mark a change of speaker."""

ALL_PIECES_SHARE: Final = 0.9
"""Share from which even labels that do not look like names, `the second guest`, are speakers."""

MIN_SEEN: Final = 2
"""How often a label must stand in a file whose labels mark changes."""

_LABEL: Final = re.compile(
    rf"(?P<name>[^\s:：][^:：\n]{{0,{MAX_NAME - 1}}})(?:：\s*|:(?:\s+|$))(?P<text>.*)", re.DOTALL
)
_WORD: Final = re.compile(r"[^\W_]")
_PARTICLES: Final = frozenset("al bin da de del der di dos du el la le ten ter van von y".split())
_ROLES: Final = frozenset("answer candidate host interviewee interviewer moderator q a question respondent".split())
"""Labels of which one line is enough."""

_NOBODY: Final = frozenset(("unknown", "unknown speaker", "speaker unknown", "unidentified speaker", "none", "null"))


@dataclass(frozen=True)
class Labels:
    """The speakers that a file's pieces are labelled with."""

    names: frozenset[str]
    on_every_piece: bool
    doubtful: tuple[str, ...] = ()

    def split(self, text: str) -> tuple[str | None, str]:
        """The label in front of `text`, None where there is none, and the words behind it."""
        name, words = labelled(text)
        return (name, words) if name in self.names else (None, text)


def labelled(text: str) -> tuple[str | None, str]:
    """Whatever stands before a colon at the beginning of `text`, and the rest."""
    match = _LABEL.match(text)
    if match is None or not _WORD.search(match["name"]):
        return None, text
    return match["name"].strip(), match["text"].strip()


def labels_of(pieces: Iterable[str]) -> Labels:
    """The labels of `pieces`: all of them where most pieces have one, else names that stand there at least twice."""
    heard = [piece.strip() for piece in pieces if piece.strip()]
    seen = Counter(name for name, _ in map(labelled, heard) if name)
    if seen.total() >= ALL_PIECES_SHARE * len(heard):
        return Labels(frozenset(seen), on_every_piece=True)
    possible = frozenset(name for name in seen if _is_like_a_name(name) or len(name.split()) == 1)
    if sum(seen[name] for name in possible) > EVERY_PIECE_SHARE * len(heard):
        return Labels(possible, on_every_piece=True)
    like_names = [name for name in seen if _is_like_a_name(name)]
    names = frozenset(name for name in like_names if seen[name] >= MIN_SEEN or name.casefold() in _ROLES)
    return Labels(names, on_every_piece=False, doubtful=tuple(name for name in like_names if name not in names))


def speaker(label: object) -> str | None:
    """A speaker as a turn names it: numbers become `Speaker 0`, and who is not known to the file is None."""
    if isinstance(label, int) and not isinstance(label, bool):
        return f"Speaker {label}"
    name = " ".join(label.split()) if isinstance(label, str) else ""
    return None if not name or name.casefold() in _NOBODY else name


def _is_like_a_name(label: str) -> bool:
    """Whether no word begins with a small letter, but for particles and what stands in brackets."""
    words = re.sub(r"\(.*?\)", "", label).split()
    return bool(words) and not any(word[0].islower() and word not in _PARTICLES for word in words)
