"""One canonical form for an answer, with the way back to what was typed.

What is hashed, judged, quoted and shown is the canonical text: NFC, without characters
that are invisible to a person but not to a model. What was dropped is counted by kind.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from grader.domain import Answer
from grader.errors import InvalidAnswer

MAX_CHARACTERS: Final = 20_000
"""Longest answer, in characters: about 25 minutes of speech."""

MAX_BYTES: Final = 64 * 1024
"""Longest answer, in bytes of UTF-8."""

MAX_TOKENS: Final = 8_000
"""Longest answer, in tokens of a language model as `token_estimate` counts them."""

MOST_TOKENS_PER_CHARACTER: Final = 2
"""What `token_estimate` counts for one character at most."""

MAX_MARKS: Final = 4
"""Combining marks kept on one base character; no orthography stacks more, decorated text does."""

_BIDI_MARKS: Final = frozenset("\u061c\u200e\u200f")
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZERO_WIDTH: Final = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff")
_JOINERS: Final = frozenset("\u200c\u200d")
_LINE_ENDS: Final = frozenset("\r\u0085\u2028\u2029")
_EAST_ASIAN: Final = "\u2e80"
"""First character of the scripts whose characters are whole syllables or words."""

_CURSIVE: Final = (("\u0590", "\u0fff"), ("\u1780", "\u17ff"), ("\ua8e0", "\ua8ff"))
"""Blocks (Arabic, Indic, Khmer) in which a joiner changes how a word is written."""


Placed = tuple[int, str]
"""Characters and where in the original they began."""


def canonicalise(original: str) -> Answer:
    """The answer that `original` stands for; InvalidAnswer when it is too long or not valid text."""
    check_limits(original)
    if original.isascii() and original.isprintable():
        return Answer(original, original, tuple(range(len(original) + 1)))
    removed: Counter[str] = Counter()
    chars = list(enumerate(original))
    # What is dropped or composed gives its neighbours new neighbours: again, until nothing changes any more.
    while (cleaned := list(_composed(_visible(chars, removed)))) != chars:
        chars = cleaned
    offsets = (*(position for position, _ in chars), len(original))
    return Answer("".join(char for _, char in chars), original, offsets, MappingProxyType(dict(removed)))


def answer_hash(answer: Answer) -> str:
    """SHA-256 of the canonical text, 64 hex digits: the same answer has the same hash however it was encoded."""
    return hashlib.sha256(answer.text.encode()).hexdigest()


def token_estimate(text: str) -> int:
    """About how many tokens `text` is, without a tokenizer.

    Counted in quarters a character: 1 for an ASCII letter, digit or blank (English has about 4.5 characters a token),
    2 for ASCII marks and other alphabets, 4 for East Asian scripts and symbols, 8 beyond the basic plane.
    """
    return sum(map(_quarter_tokens, text)) // 4


def _quarter_tokens(char: str) -> int:
    if char.isascii():
        return 1 if char.isalnum() or char == " " else 2
    if char < _EAST_ASIAN:
        return 2
    return 4 if char <= "\uffff" else 8


def check_limits(original: str) -> None:
    """Raise InvalidAnswer where an answer is no text, or longer than any judge reads."""
    if len(original) > MAX_CHARACTERS:
        raise InvalidAnswer(f"the answer has {len(original)} characters, {MAX_CHARACTERS} are allowed")
    try:
        size = len(original.encode())
    except UnicodeEncodeError as error:
        raise InvalidAnswer(f"character {error.start} of the answer is half of a surrogate pair") from error
    if size > MAX_BYTES:
        raise InvalidAnswer(f"the answer is {size} bytes long, {MAX_BYTES} are allowed")
    if len(original) * MOST_TOKENS_PER_CHARACTER <= MAX_TOKENS:
        return
    tokens = token_estimate(original)
    if tokens > MAX_TOKENS:
        raise InvalidAnswer(f"the answer is about {tokens} tokens long for a language model, {MAX_TOKENS} are allowed")


def _visible(chars: list[Placed], removed: Counter[str]) -> Iterator[Placed]:
    """Everything a reader sees; line ends become one newline each."""
    marks = 0
    for index, (position, char) in enumerate(chars):
        if char in _LINE_ENDS:
            if not (char == "\r" and _char(chars, index + 1) == "\n"):
                yield position, "\n"
            continue
        marks = marks + 1 if unicodedata.combining(char) else 0
        kind = "combining" if marks > MAX_MARKS else _hidden_kind(chars, index)
        if kind is None:
            yield position, char
        else:
            removed[kind] += 1


def _hidden_kind(chars: list[Placed], index: int) -> str | None:
    """Why the character at `index` is dropped, or None when it stays."""
    char = chars[index][1]
    if char in "\n\t" or " " <= char <= "~":
        return None
    reasons = {
        "control": unicodedata.category(char) == "Cc",
        "tag": "\U000e0000" <= char <= "\U000e007f",
        "bidi_mark": char in _BIDI_MARKS,
        "bidi": char in _BIDI,
        "zero_width": char in _ZERO_WIDTH or (char in _JOINERS and not _joiner_belongs(chars, index)),
        "variation_selector": _is_variation_selector(char) and _is_variation_selector(_char(chars, index - 1)),
    }
    return next((kind for kind, applies in reasons.items() if applies), None)


def _joiner_belongs(chars: list[Placed], index: int) -> bool:
    """Whether a zero-width joiner stands between two emoji, or beside a letter of a cursive script."""
    before, after = _char(chars, index - 1), _char(chars, index + 1)
    if chars[index][1] == "\u200d" and _is_emoji_part(before) and _is_emoji_part(after):
        return True
    return _cursive_cluster(chars, index, step=-1) or _cursive_cluster(chars, index, step=1)


def _cursive_cluster(chars: list[Placed], index: int, *, step: int) -> bool:
    """Whether the letter next to `index`, or one of the marks on the way to it, is of a cursive script."""
    while char := _char(chars, index := index + step):
        if any(low <= char <= high for low, high in _CURSIVE):
            return True
        if not unicodedata.combining(char):
            return False
    return False


def _char(chars: list[Placed], index: int) -> str:
    """The character at `index`, empty outside the text."""
    return chars[index][1] if 0 <= index < len(chars) else ""


def _is_emoji_part(char: str) -> bool:
    return bool(char) and (unicodedata.category(char) in {"So", "Sk"} or char == "\ufe0f")


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _composed(chars: Iterable[Placed]) -> Iterator[Placed]:
    """The characters in NFC, each at the position its run began."""
    for position, run in _composable_runs(chars):
        for char in unicodedata.normalize("NFC", run):
            yield position, char


def _composable_runs(chars: Iterable[Placed]) -> Iterator[Placed]:
    """Stretches that NFC may change only as a whole, each with the position it starts at."""
    start, run = 0, ""
    for position, char in chars:
        if run and (run[-1].isascii() or not _composes(run, char)) and not unicodedata.combining(char):
            yield start, run
            run = ""
        if not run:
            start = position
        run += char
    if run:
        yield start, run


def _composes(run: str, char: str) -> bool:
    """Whether NFC treats `char` differently after `run` than alone (Hangul syllables, Indic vowel signs)."""
    if char.isascii():
        return False
    normal = unicodedata.normalize
    return normal("NFC", run + char) != normal("NFC", run) + normal("NFC", char)
