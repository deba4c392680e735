"""Formulas in plain text: which lines are one, and what the list behind `Where:` says of the symbols."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final

from rubrics.model import Symbol

_COMMAND: Final = re.compile(r"\\[A-Za-z]+")
_NAMED: Final = re.compile(r"\\(?:text|mbox|mathrm|mathit|mathbf|operatorname|textbf|textit)\s*\{[^{}]*\}")
_RELATION: Final = re.compile(r"[=≈≤≥∝∼⇌→⇒≠]|<=|>=|->|\\(?:sim|in|approx|le|ge|propto|to|leq|geq|equiv)\b")
_OPERATOR: Final = re.compile(r"[+*/^·×÷√∑Σ∏∫|−]|\s-\s|\\(?:frac|cdot|times|sqrt|sum|prod|log|exp)|\w\(|_\w")
_EQUATION: Final = re.compile(r"\S\s*(?:=|≈|∝|\\approx|\\sim)\s*(\S.{0,80})", re.DOTALL)
_PROSE_CHUNK: Final = re.compile(r"[a-z]{2,}[.,;:]?")
_BINARY: Final = frozenset("+ - − × · * / ÷".split())
_OWN_NAME: Final = re.compile(
    r"[\W_]*(?:large\s*)?\\?(?:text|mbox|mathrm|operatorname)\s*\{([^{}]{2,})\}|([A-Za-z]{3,})"
)
_INDEX: Final = re.compile(r"[_^]\{[^{}]*\}")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_FUNCTIONS: Final = frozenset(
    "sin cos tan log exp max min tanh softmax sigmoid argmax argmin lim det var cov mod and".split()
)
_MAX_WORDS: Final = 2
"""Words a line of mathematics may hold ("if", units): more of them and it is prose with a formula in it."""


def is_formula(line: str) -> bool:
    """Whether a whole line is mathematics: LaTeX or a relation, and hardly a word."""
    plain = line.strip()
    if plain.endswith(":") or not re.search(r"[^\W\d_]", plain):
        return False
    if re.fullmatch(r"(?:\$\$?.+\$\$?|\\\[.+\\\]|\\\(.+\\\))[.,;]?", plain) and plain.count("$") in {0, 2, 4}:
        return True
    latex = bool(_COMMAND.search(plain))
    relation = bool(_RELATION.search(plain)) and (latex or bool(_OPERATOR.search(plain)) or _prose_words(plain) == 0)
    return (latex or relation) and _prose_words(plain) <= _MAX_WORDS - (not latex)


def has_equation(sentence: str) -> bool:
    """Whether a sentence of prose states an equation: a relation with an operator or function near it."""
    return any(_is_expression(match[1]) for match in _EQUATION.finditer(sentence))


def defined_name(formula: str) -> str:
    """The spelled-out name a formula defines, as written and as words ("FocalLoss Focal Loss"); empty for a symbol."""
    match = _OWN_NAME.match(formula)
    if match is None:
        return ""
    written = match[1] or match[2]
    return " ".join(dict.fromkeys((written, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", written))))


def _is_expression(right: str) -> bool:
    """Whether there is an operator before the first word of prose, or between the first two words."""
    chunks = right.split()
    symbols = list(takewhile(lambda chunk: not _PROSE_CHUNK.fullmatch(chunk), chunks))
    return bool(_OPERATOR.search(" ".join(symbols)) or _BINARY.intersection(chunks[1:3]))


def _prose_words(text: str) -> int:
    plain = _NAMED.sub(" ", text)
    while plain != (shorter := _INDEX.sub(" ", plain)):
        plain = shorter
    words = _WORD.findall(_COMMAND.sub(" ", plain))
    return sum(1 for word in words if word.lower() not in _FUNCTIONS and not word.isupper())


_CHUNK: Final = re.compile(r"\S+")
_MATHY: Final = re.compile(r"[\\_^{}=<>≤≥∈+*/|()\[\]\d]|^[^\W\d_],?$|^[A-Z]{2,4},?$")
_SEPARATORS: Final = frozenset(("—", "–", "-", ":", "=", "→", "·"))
_MEANS: Final = re.compile(
    r"^(?:(?:is|are|represents?|denotes?|means?|stands?\s+for|refers?\s+to|indicates?|signif(?:y|ies))\b|[—–:=-])\s*",
    re.IGNORECASE,
)
_ARTICLE: Final = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_MAX_SHORT_NAME: Final = 4
"""Letters of a symbol that is a plain abbreviation ("pos"), told from a word by what follows it."""


def read_symbol(line: str) -> Symbol | None:
    """The symbol a line of a `Where:` list explains, its LaTeX kept; None where the line explains none."""
    plain = re.sub(r"^[-*•]\s+", "", line.strip()).replace("$", "").replace("`", "")
    name = plain[: _name_end(plain)].strip()
    rest = plain[len(name) :].strip() if name else ""
    if name and not rest and (relation := _RELATION.search(name)):
        name, rest = name[: relation.start()].strip(), name[relation.start() :]
    name = re.sub(r"\s+([,;:])", r"\1", re.sub(r"\s*(?:[—–:=,]|-)$", "", " ".join(name.split())))
    meaning = _ARTICLE.sub("", _MEANS.sub("", rest)).rstrip(" .;,")
    if not name or not _is_symbol_name(name) or not re.search(r"[^\W\d_]", meaning):
        return None
    return Symbol(name=name[:200], meaning=" ".join(meaning.split())[:400])


def read_symbols(line: str) -> tuple[Symbol, ...]:
    """All symbols of a list in one line ("x is the input; y the output"), or none where a part explains none."""
    parts = [part for part in _BETWEEN_SYMBOLS.split(line) if part.strip()]
    found = [read_symbol(part) for part in parts]
    return tuple(symbol for symbol in found if symbol) if all(found) else ()


_BETWEEN_SYMBOLS: Final = re.compile(
    r";\s+|,\s+and\s+|,\s+(?=\S+\s+(?:is|are|denotes?)\b)|\s+and\s+(?=\S{1,6}\s+(?:is|are|denotes?|the|an?)\s)"
)


def without_delimiters(formula: str) -> str:
    """A display formula without the dollars or brackets around it: the LaTeX alone."""
    return " ".join(re.sub(r"^(?:\$\$?|\\\[|\\\()|(?:\$\$?|\\\]|\\\))$", "", formula.strip()).split())


def symbols_in(formula: str, symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """Those of the symbols that occur in the formula."""
    return tuple(symbol for symbol in symbols if any(_occurs(part, formula) for part in _parts(symbol.name)))


def _occurs(name: str, formula: str) -> bool:
    """Whether the formula holds the symbol, the letters of LaTeX commands not counted: no "i" in a sine."""
    searched = formula if "\\" in name else _COMMAND.sub(" ", formula)
    return _squeezed(name) in _squeezed(searched)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s{}]", "", text)


def _parts(name: str) -> list[str]:
    r"""The symbols a name holds: three in "Q, K, and V", one in "f(x, y)"; of "k \ge 0" what stands left."""
    pieces: list[str] = []
    depth = 0
    start = 0
    for position, character in enumerate(name):
        depth += (character in "({[") - (character in ")}]")
        if character == "," and depth == 0:
            pieces.append(name[start:position])
            start = position + 1
    pieces.append(name[start:])
    lefts = [_RELATION.split(part)[0].strip() for piece in pieces for part in re.split(r"\band\b", piece)]
    return [left for left in lefts if left]


def _name_end(plain: str) -> int:
    """Where the run of mathematics that opens a line ends."""
    depth = 0
    end = 0
    for match in _CHUNK.finditer(plain):
        chunk = match.group()
        if depth <= 0 and end and chunk in _SEPARATORS - {"=", "-"}:
            break
        following = plain[match.end() :].lstrip()[:1]
        short = not end and chunk.isalpha() and len(chunk) <= _MAX_SHORT_NAME and following in _SEPARATORS
        joins = chunk == "and" and end and _MATHY.search(plain[match.end() :].split(maxsplit=1)[0] if following else "")
        if not (depth > 0 or _MATHY.search(chunk) or short or joins or (end and chunk in {",", "=", "-"})):
            break
        depth += sum(chunk.count(mark) for mark in "({[") - sum(chunk.count(mark) for mark in ")}]")
        end = match.end()
    return end


def _is_symbol_name(name: str) -> bool:
    return _prose_words(name) == 0 or (name.isalpha() and len(name) <= _MAX_SHORT_NAME)
