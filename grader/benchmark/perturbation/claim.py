"""A sentence that makes a key point, and what has to be known of it before it can be turned round."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from grader.text.words import stems

LEAST_SHARE: Final = 0.6
"""Share of the sentence's characters that the quote must take for the whole sentence to be about the point."""

LEAST_OVERLAP: Final = 0.3
"""Share of the point's stems that the sentence must use before a change of its main verb is surely about the point."""

_NEGATION: Final = re.compile(
    r"\b(?:not|no|never|none|nor|neither|without|cannot|nothing|hardly|rarely|seldom|barely|unlike|instead|rather"
    r"|except|unless|fail\w*|lack\w*|prevent\w*|avoid\w*|keeps?|stops?|wrong|false|myth|untrue|wait|sorry|mean"
    r"|actually|contrary|opposite)\b|n['’]t\b",
    re.IGNORECASE,
)
"""What turns a sentence round, or takes back what was said: beside it a second turn may be a turn back."""

_JOINT: Final = re.compile(
    r"[;:?]|\b(?:but|so|although|though|while|whereas|because|since|therefore|thus|hence|or|if)\b"
    r"|,\s+(?:they|it|he|she|we|you|this|that|there)\b",
    re.IGNORECASE,
)
"""What joins two claims: turning one of them leaves the other, and the point may be that one."""

_AND: Final = re.compile(r"\band\b|&", re.IGNORECASE)


@dataclass(frozen=True)
class Claim:
    """`sentence[start:end]` is the quoted evidence for the key point `point`."""

    sentence: str
    start: int
    end: int
    point: str

    @cached_property
    def negations(self) -> list[str]:
        """What turns the sentence round, in lower case."""
        return [match.group().lower() for match in _NEGATION.finditer(self.sentence)]

    @cached_property
    def point_negations(self) -> list[str]:
        """The same for the key point."""
        return [match.group().lower() for match in _NEGATION.finditer(self.point)]

    @cached_property
    def is_single(self) -> bool:
        """Whether the sentence makes one claim only, and nobody's opinion or question."""
        if _JOINT.search(self.sentence) or re.search(r"\bI\b", self.sentence):
            return False
        return not _AND.search(self.sentence) or bool(_AND.search(self.point))

    @cached_property
    def is_about_the_point(self) -> bool:
        """Whether the sentence as a whole is what makes the point."""
        wanted = stems(self.point)
        shared = len(wanted & stems(self.sentence))
        fills = self.end - self.start >= LEAST_SHARE * len(self.sentence.strip())
        return fills and shared >= LEAST_OVERLAP * len(wanted)

    def quotes(self, match: re.Match[str]) -> bool:
        """Whether `match`, found in the sentence, lies in the quote."""
        return self.start <= match.start() and match.end() <= self.end

    def replaced(self, match: re.Match[str], words: str) -> str:
        """The sentence with `words` instead of `match`, beginning with a capital where `match` did."""
        if match.group()[:1].isupper():
            words = words[:1].upper() + words[1:]
        return self.sentence[: match.start()] + words + self.sentence[match.end() :]
