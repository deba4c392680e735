"""Text as tokens of mathematics: marks, LaTeX, plain letters and spoken words come out alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from grader.formulas.beside import Token, has_factor, is_factorial, is_product, is_quantity
from grader.formulas.notation import (
    ACCENTS,
    COMMANDS,
    DECORATIONS,
    FRACTIONS,
    FUNCTIONS,
    GLUE,
    GREEK,
    GREEK_NAMES,
    LAYOUT,
    MARKS,
    NUMBER_WORDS,
    SAME_FUNCTION,
    SPOKEN,
    SUBSCRIPTS,
    SUPERSCRIPTS,
)

_LETTER: Final = rf"[^\W\d_{''.join((*SUPERSCRIPTS, *SUBSCRIPTS, *FRACTIONS))}]"
_GREEK: Final = "|".join(sorted(GREEK_NAMES))
_PIECE: Final = re.compile(
    rf"""
    (?P<named>\\(?:text|mbox|mathrm|mathbf|mathit|mathcal|operatorname)\*?\s*\{{[^{{}}]*\}})
    | (?P<command>\\[A-Za-z]+) | (?P<escaped>\\[^A-Za-z\s])
    | (?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d) | \d+(?:\.\d+)? | \.\d+)
    | (?P<word>{_LETTER}+[\u0302\u0303\u0304\u0305\u0307]?(?:['’][a-z]+|(?:-(?!(?:{_GREEK})\b){_LETTER}{{2,}})+)?)
    | (?P<raised>[{"".join(SUPERSCRIPTS)}]+) | (?P<lowered>[{"".join(SUBSCRIPTS)}]+)
    | (?P<fraction>[{"".join(FRACTIONS)}])
    | (?P<power>\*\*) | (?P<bars>\|\|) | (?P<relation>:=|==|<=|>=|<-|~) | (?P<dots>\.\.\.|…)
    | (?P<skipped>[$`\s]) | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_RELATIONS: Final = {":=": "=", "==": "=", "<-": "=", "~": "=", "<=": "<", ">=": ">"}
_NAMES: Final = frozenset({"T", "d", "epsilon", "grad", "inf"})
"""Commands that stand for a name."""

_BESIDE: Final = frozenset("* / + ^ _ sqrt sum = < > ( ) { } |".split())
"""Marks beside which "a" is a letter."""

_BEHIND_NAME: Final = frozenset("times plus minus over equals squared cubed divided".split())
"""Words before which "a" is a letter, where a formula has it."""

_BEFORE_FACTOR: Final = frozenset("times plus minus over by equals".split())
"""Words behind which "a" is a letter, where a formula has it."""

_MAX_PHRASE: Final = max(len(phrase.split()) for phrase in SPOKEN)


def tokens(text: str, vocabulary: frozenset[str] = frozenset()) -> tuple[Token, ...]:
    """The tokens of `text`; `vocabulary` are names to expect, so that "dk" can be d_k and "nd" a product."""
    raw = [*_pieces(text)]
    found: list[Token] = []
    at = 0
    while at < len(raw):
        phrase, taken = _phrase(raw, at)
        if taken:
            found += phrase
            at += taken
        else:
            found += _read(raw, at, vocabulary)
            at += 1
    return tuple(found)


def _pieces(text: str) -> Iterator[Token]:
    spaced = False
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or "mark"
        if kind == "skipped":
            if match.group() == "\n":
                yield Token("word", "\n", match.start(), match.end())
            spaced = True
            continue
        if kind == "named":
            yield from _named(match)
            continue
        if kind == "command" and match.group()[1:] in LAYOUT:
            continue
        yield Token(kind, match.group(), match.start(), match.end(), spaced=spaced)
        spaced = False


def _named(match: re.Match[str]) -> Iterator[Token]:
    r"""The words in "\text{...}", where they stand."""
    content = match.group().index("{") + 1
    for number, piece in enumerate(_pieces(match.group()[content:-1])):
        start = match.start() + content + piece.start
        end = start + len(piece.text)
        yield replace(piece, start=start if number else match.start(), end=end + (end == match.end() - 1))


def _phrase(raw: Sequence[Token], at: int) -> tuple[list[Token], int]:
    """The spoken phrase that begins here, the longest one, and how many pieces it takes; none takes 0."""
    for length in range(min(_MAX_PHRASE, len(raw) - at), 0, -1):
        pieces = raw[at : at + length]
        if any(piece.sign != "word" for piece in pieces):
            continue
        signs = SPOKEN.get(" ".join(piece.text.lower() for piece in pieces))
        if signs:
            phrase = " ".join(piece.text.lower() for piece in pieces)
            whole = replace(pieces[0], end=pieces[-1].end, spoken=True, text=phrase)
            return [_signed(whole, sign) for sign in signs.split()], length
    return [], 0


def _signed(token: Token, sign: str) -> Token:
    if sign[:1].isdigit():
        return replace(token, sign="number", text=sign)
    if sign in FUNCTIONS - {"sqrt"}:
        return replace(token, sign="function", text=sign)
    if sign in {"T", "O"}:
        return replace(token, sign="name", text=sign)
    return replace(token, sign=sign)


_PLAIN: Final = {"power": "^", "bars": "|", "dots": "..."}


def _read(raw: Sequence[Token], at: int, vocabulary: frozenset[str]) -> Iterator[Token]:
    piece = raw[at]
    match piece.sign:
        case "word":
            yield from _word(raw, at, vocabulary)
        case "command":
            yield from _command(piece)
        case "raised":
            yield from _script(piece, "^", SUPERSCRIPTS)
        case "lowered":
            yield from _script(piece, "_", SUBSCRIPTS)
        case "number":
            yield replace(piece, text=piece.text.replace(",", ""))
        case "mark" if piece.text == "!":
            yield replace(piece, sign="factorial" if is_factorial(raw, at, vocabulary) else "!")
        case "fraction":
            above, below = FRACTIONS[piece.text]
            yield replace(piece, sign="number", text=str(above / below))
        case _:
            yield from _mark(piece)


def _mark(piece: Token) -> Iterator[Token]:
    if sign := _PLAIN.get(piece.sign) or _RELATIONS.get(piece.text):
        yield replace(piece, sign=sign)
        return
    if piece.sign == "escaped":
        if piece.text in {r"\{", r"\}", r"\|"}:
            yield replace(piece, sign=MARKS[piece.text[1]])
        elif piece.text not in {r"\,", r"\;", r"\!", r"\:", "\\\\"}:
            yield replace(piece, sign="word")
        return
    if piece.text in GREEK:
        yield replace(piece, sign="name", text=GREEK[piece.text])
    else:
        yield replace(piece, sign=MARKS.get(piece.text, "word"))


def _command(piece: Token) -> Iterator[Token]:
    name = piece.text[1:]
    if name in DECORATIONS:
        yield replace(piece, sign="accent", text=DECORATIONS[name])
    elif name in COMMANDS:
        sign = COMMANDS[name]
        yield replace(piece, sign="name" if sign in _NAMES else sign, text=sign)
    elif name.lower() in FUNCTIONS:
        yield replace(piece, sign="function", text=name.lower())
    else:
        yield replace(piece, sign="name" if name in GREEK_NAMES else "word", text=name)


def _script(piece: Token, sign: str, table: dict[str, str]) -> Iterator[Token]:
    """Raised or lowered characters as the group they are."""
    yield replace(piece, sign=sign)
    yield replace(piece, sign="{")
    for inner in tokens("".join(table[char] for char in piece.text)):
        yield replace(inner, start=piece.start, end=piece.end)
    yield replace(piece, sign="}")


# Words


def _word(raw: Sequence[Token], at: int, vocabulary: frozenset[str]) -> Iterator[Token]:
    piece = raw[at]
    word, accent = _without_accent(piece.text)
    behind = raw[at + 1] if at + 1 < len(raw) else Token("mark", "", 0, 0, spaced=True)
    named = (behind.text[:1] in {"(", "_"} and not behind.spaced) or behind.sign == "lowered"
    if accent:
        yield replace(piece, sign="accent", text=accent)
    if len(word) == 1 or word in GREEK:
        yield _letter(raw, at, word, vocabulary)
    elif known := _known(piece, word, named=named):
        yield known
    elif word in vocabulary or (word.isalpha() and (named or (word.isupper() and behind.text == "="))):
        yield replace(piece, sign="name", text=word)
    elif word.lower() in GLUE:
        yield replace(piece, sign="glue")
    elif is_product(word, behind, vocabulary) or has_factor(raw, at):
        yield from _letters(piece, word)
    else:
        yield replace(piece, sign="name" if is_quantity(raw, at) else "word", text=word)


def _known(piece: Token, word: str, *, named: bool) -> Token | None:
    """A number word, a function or a Greek letter."""
    lower = word.lower()
    if lower in NUMBER_WORDS and not named:
        return replace(piece, sign="number", text=NUMBER_WORDS[lower], spoken=True)
    if lower in FUNCTIONS or lower in SAME_FUNCTION:
        return replace(piece, sign="function", text=SAME_FUNCTION.get(lower, lower), spoken=not named)
    if word in GREEK_NAMES or lower in GREEK_NAMES:
        shown = lower if lower in GREEK_NAMES else word
        return replace(piece, sign="name", text="epsilon" if shown == "eps" else shown)
    return None


def _without_accent(word: str) -> tuple[str, str]:
    plain = unicodedata.normalize("NFD", word)
    accents = [ACCENTS[char] for char in plain if char in ACCENTS]
    if len(accents) == 1 and len(plain) == 2:  # noqa: PLR2004 - a letter and its mark
        return plain[0], accents[0]
    return word, ""


def _letter(raw: Sequence[Token], at: int, letter: str, vocabulary: frozenset[str]) -> Token:
    """A single letter is a name; "a" and "I" are words unless mathematics stands right beside them."""
    piece = replace(raw[at], sign="name", text=GREEK.get(letter, letter))
    if MARKS.get(letter) in {"sum", "prod"}:
        return replace(piece, sign=MARKS[letter])
    if letter not in {"a", "A", "I"}:
        return piece
    near = [raw[place] for place in (at - 1, at + 1) if 0 <= place < len(raw)]
    beside = (at + 1 < len(raw) and raw[at + 1].text in {"'", "′"} and not raw[at + 1].spaced) or any(
        one.sign in {"raised", "lowered"} or one.text == "−" or MARKS.get(one.text.lstrip("\\")[:1]) in _BESIDE
        for one in near
    )
    factor = letter == "A" and at > 0 and len(raw[at - 1].text) == 1 and raw[at - 1].text.isalnum()
    factor = factor or (at > 0 and raw[at - 1].sign == "number" and not raw[at].spaced)
    spoken = letter in vocabulary and (
        (at > 0 and raw[at - 1].text.lower() in _BEFORE_FACTOR | NUMBER_WORDS.keys())
        or (at + 1 < len(raw) and raw[at + 1].text.lower() in _BEHIND_NAME)
    )
    if beside or factor or spoken or (letter in vocabulary and letter != "a"):
        return piece
    return replace(piece, sign="glue" if letter == "a" else "word")


def _letters(piece: Token, word: str) -> Iterator[Token]:
    for place, letter in enumerate(word):
        start = piece.start + place
        sign = replace(piece, sign="name", text=GREEK.get(letter, letter), start=start, end=start + 1)
        yield replace(sign, spaced=piece.spaced and not place)
