"""The invariance test: changes that leave what an answer says as it is, so that no verdict should change.

Two of them can matter after all: lower case blurs a formula whose symbols differ in case only, and another order of
the sentences can send a pronoun to the wrong noun. Their rows are to be read with that in mind.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Mapping
from typing import Final

from grader.benchmark.dataset import Case
from grader.benchmark.perturbation.variant import Variant
from grader.errors import InvalidAnswer
from grader.text.canonical import canonicalise
from grader.text.sentences import split

Rewording = Callable[[str, random.Random], str]

FILLER_SHARE: Final = 0.3
"""Share of the sentence starts and commas that get a filler: about as many as in the spoken answers of the sets."""

TYPO_SHARE: Final = 0.08
"""Share of the long words with two letters swapped: a hasty typist's, one or two a sentence."""

TYPO_LETTERS: Final = 5
"""Letters of the shortest word that gets a typo; in shorter ones it may make another word."""

_FILLERS: Final = ("um,", "uh,", "well,", "you know,", "I mean,", "let me think,")
_STARTS: Final = re.compile(r"(?:^|(?<=[.!?,]\s))(?=[A-Za-z])")
_MARKS: Final = re.compile(r"[.,;:!?]+(?=\s|$)")
_LONG_WORD: Final = re.compile(rf"\b[a-z]{{{TYPO_LETTERS},}}\b")
_GREETING: Final = "Thank you for the question, I am happy to answer it."
_FAREWELL: Final = "I hope this answers your question. Thank you for your time."


def rewordings(case: Case) -> tuple[Variant, ...]:
    """One variant for each kind of change that changes the answer, about all its key points."""
    text = canonicalise(case.answer).text
    everything = tuple(point.id for point in case.rubric.key_points)
    made = ((rule, reword(text, dice_for(rule, text))) for rule, reword in REWORDINGS.items())
    return tuple(Variant(rule, changed, everything) for rule, changed in made if changed != text and _fits(changed))


def fillers(text: str, dice: random.Random) -> str:
    """Words that say nothing, at sentence starts and after commas; at least one."""
    starts = [match.start() for match in _STARTS.finditer(text)]
    chosen = [start for start in starts if dice.random() < FILLER_SHARE] or starts[:1]
    for start in reversed(chosen):
        text = f"{text[:start]}{dice.choice(_FILLERS)} {text[start:]}"
    return text


def lower_case(text: str, _dice: random.Random) -> str:
    """No capitals."""
    return text.lower()


def no_punctuation(text: str, _dice: random.Random) -> str:
    """No marks at the ends of words, as in a bare transcript; those inside numbers and formulas stay."""
    return _MARKS.sub("", text)


def typos(text: str, dice: random.Random) -> str:
    """Two inner letters swapped in a few long words; at least in one."""
    words = [match for match in _LONG_WORD.finditer(text) if _swappable(match.group())]
    chosen = [match for match in words if dice.random() < TYPO_SHARE] or words[:1]
    for match in reversed(chosen):
        place = match.start() + dice.choice(_swappable(match.group()))
        text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text


def sentence_order(text: str, dice: random.Random) -> str:
    """The same sentences in another order."""
    sentences = [span.of(text).strip() for span in split(text)]
    sentences = [sentence for sentence in sentences if sentence]
    shuffled = dice.sample(sentences, len(sentences))
    if shuffled == sentences:
        shuffled = sentences[1:] + sentences[:1]
    return ("\n" if "\n" in text.strip() else " ").join(shuffled)


def padding(text: str, _dice: random.Random) -> str:
    """A polite sentence in front and two behind."""
    return f"{_GREETING} {text.strip()} {_FAREWELL}"


def duplicated(text: str, _dice: random.Random) -> str:
    """The whole answer twice."""
    return f"{text}\n\n{text}"


REWORDINGS: Final[Mapping[str, Rewording]] = {
    "fillers": fillers,
    "lower case": lower_case,
    "no punctuation": no_punctuation,
    "typos": typos,
    "sentence order": sentence_order,
    "padding": padding,
    "duplicated": duplicated,
}


def dice_for(rule: str, text: str) -> random.Random:
    """Chance that is the same for the same text, on every machine."""
    return random.Random(hashlib.sha256(f"{rule}\0{text}".encode()).digest())  # noqa: S311 - no secret


def _swappable(word: str) -> list[int]:
    """Places inside the word where two neighbours differ."""
    return [place for place in range(1, len(word) - 2) if word[place] != word[place + 1]]


def _fits(text: str) -> bool:
    try:
        canonicalise(text)
    except InvalidAnswer:
        return False
    return True
