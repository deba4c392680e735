"""The interviews of `recorded`, read: their turns and gold labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.transcripts import Role, Transcript
from grader.transcripts.assembly import Piece, turns_of

FOLDER = Path(__file__).parent / "recorded"
WORDS_A_SECOND = 2.5  # what people say, and how many seconds pass until somebody else does
PAUSE = 0.4

_VARIANT = re.compile(r"\{([^|{}]*)\|([^|{}]*)\}")


@dataclass(frozen=True)
class Line:
    speaker: str
    question: str | None
    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Interview:
    name: str
    form: str
    split: str
    questions: tuple[str, ...]
    names: dict[str, str]
    roles: dict[str, Role]
    points: dict[tuple[str, str], dict[str, str]]
    lines: tuple[Line, ...]

    @property
    def asked(self) -> set[str]:
        return {question for _, question in self.points}

    @property
    def transcript(self) -> Transcript:
        """As a reader would give it, with a turn a line."""
        pieces = [
            Piece(line.text, f"line {number}", self._label(line.speaker), line.start, line.end)
            for number, line in enumerate(self.lines, start=1)
        ]
        return Transcript(file=self.name, format=self.form, turns=turns_of(pieces))

    def role_of(self, label: str) -> Role:
        return next(self.roles[key] for key in self.names if self._label(key) == label)

    def key_of(self, label: str | None) -> str:
        return next(key for key in self.names if self._label(key) == label)

    def _label(self, key: str) -> str:
        name = self.names[key]
        return f"Speaker {name}" if name.isdecimal() else name


def interviews(*, corrected: bool = False) -> list[Interview]:
    """All of them, as they were heard or as they were said."""
    return [_read(path, corrected=corrected) for path in sorted(FOLDER.glob("*.txt"))]


def _read(path: Path, *, corrected: bool) -> Interview:
    head, _, body = path.read_text("utf-8").partition("\n---\n")
    fields = dict(line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in head.splitlines())
    speakers = dict(each.split(" = ") for each in fields["speakers"].split("; "))
    names = {key: said.rpartition(", ")[0] for key, said in speakers.items()}
    roles = {key: Role(said.rpartition(", ")[2]) for key, said in speakers.items()}
    points = {
        (key.split()[0], key.split()[1]): dict(each.split("=") for each in value.split(", ") if each)
        for key, value in fields.items()
        if " " in key
    }
    questions = tuple(fields["questions"].split(", "))
    lines = tuple(_lines(body, corrected=corrected))
    return Interview(path.stem, fields["form"], fields["split"], questions, names, roles, points, lines)


def _lines(body: str, *, corrected: bool) -> Iterator[Line]:
    clock = 1.0
    for line in body.splitlines():
        who, _, said = line.partition(" | ")
        speaker, _, question = who.partition(" ")
        text = " ".join(_VARIANT.sub(lambda found: found[2 if corrected else 1], said).split())
        end = clock + len(text.split()) / WORDS_A_SECOND
        yield Line(speaker, question if question not in {"", "-"} else None, text, round(clock, 2), round(end, 2))
        clock = end + PAUSE
