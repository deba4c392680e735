"""Names with what belongs to them: "x" with its "_i", its hat, its number; sums with their limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from grader.formulas.beside import Token

MAX_LIMIT_TOKENS: Final = 9
"""Tokens of spoken limits ("sum from i equals one to n of")."""

MAX_ARGUMENT_TOKENS: Final = 8
"""Tokens between "maximum of" and its "and"."""

_SCALES: Final = frozenset({"100", "1000"})
_LIMITED: Final = frozenset({"sum", "prod", "int"})
_CHOOSING: Final = frozenset({"max", "min"})


def folded(tokens: Sequence[Token], vocabulary: frozenset[str]) -> tuple[Token, ...]:
    """The tokens, every name with its subscripts and accents as one, every sum with its limits as its text."""
    return _Folder(_spelled(tokens, vocabulary), vocabulary).folded()


MAX_SPELLED: Final = 4
"""Letters of a name that may be spelled out ("S S" for SS)."""


def _spelled(tokens: Sequence[Token], vocabulary: frozenset[str]) -> tuple[Token, ...]:
    """The tokens, letters that spell an expected name put together, where they are no names themselves."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        length = next(
            (size for size in range(MAX_SPELLED, 1, -1) if _spells(tokens[at : at + size], size, vocabulary)), 1
        )
        letters = tokens[at : at + length]
        whole = "".join(one.text for one in letters)
        found.append(replace(letters[0], text=whole, end=letters[-1].end) if length > 1 else letters[0])
        at += length
    return tuple(found)


def _spells(letters: Sequence[Token], size: int, vocabulary: frozenset[str]) -> bool:
    names = [one.text for one in letters if one.sign == "name" and len(one.text) == 1]
    return len(names) == size and "".join(names) in vocabulary and not vocabulary.issuperset(names)


class _Folder:
    """Walks the tokens once."""

    def __init__(self, tokens: tuple[Token, ...], vocabulary: frozenset[str]) -> None:
        self._tokens = tokens
        self._vocabulary = vocabulary
        self._at = 0

    def folded(self) -> tuple[Token, ...]:
        found: list[Token] = []
        while self._at < len(self._tokens):
            found.append(self._next())
        return _with_arguments(found)

    def _next(self) -> Token:
        token = self._take()
        if token.sign == "accent":
            return self._accented(token)
        if token.sign == "name" or (token.sign == "function" and (self._sign() == "_" or self._is_based(token))):
            return self._named(token)
        if token.sign in _LIMITED:
            return self._limited(token)
        if token.sign == "number" and token.spoken and self._sign() == "number":
            return self._counted(token)
        return token

    def _is_based(self, function: Token) -> bool:
        """Whether the number right behind a function is its base: "log2(x)"."""
        base, *argument = self._tokens[self._at : self._at + 2] or (function,)
        beside = base.sign == "number" and base.start == function.end and base.text.isdigit()
        return beside and bool(argument) and argument[0].sign == "("

    def _counted(self, number: Token) -> Token:
        """One number of two words: "ten thousand"."""
        following = self._tokens[self._at]
        if not following.spoken or following.text not in _SCALES:
            return number
        self._at += 1
        return replace(number, text=str(int(number.text) * int(following.text)), end=following.end)

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _sign(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._tokens[place].sign if place < len(self._tokens) else ""

    def _accented(self, accent: Token) -> Token:
        r"""`\hat{x}` and `x̂`, with the subscripts behind it."""
        braced = self._sign() == "{" and self._sign(1) == "name" and self._sign(2) == "}"
        if not braced and self._sign() != "name":
            return replace(accent, sign="word")
        self._at += braced
        name = self._take()
        self._at += braced
        end = self._tokens[self._at - 1].end
        return self._named(replace(name, text=f"{name.text}_{accent.text}", start=accent.start, end=end))

    def _named(self, name: Token) -> Token:
        while more := self._suffix(name):
            suffix, end = more
            if name.text == "delta" and f"Delta{suffix}" in self._vocabulary:
                name = replace(name, text="Delta")  # spoken, nobody hears the capital
            name = replace(name, text=f"{name.text}{suffix}", end=end)
        return name

    def _suffix(self, name: Token) -> tuple[str, int] | None:
        """What the next tokens add to a name, and where that ends."""
        if self._at == len(self._tokens):
            return None
        token = self._tokens[self._at]
        if token.sign in {"_", "sub"} and self._at + 1 < len(self._tokens):
            self._at += 1
            inner = self._group()
            return f"_{inner}", self._tokens[self._at - 1].end
        if token.sign in {"hat", "bar"}:
            return f"_{token.sign}", self._take().end
        if token.sign == "'" and (token.spoken or not token.spaced):
            return "'", self._take().end
        if shifted := self._shifted(name):
            return shifted
        return (f"_{token.text}", self._take().end) if self._belongs(name, token) else None

    def _shifted(self, name: Token) -> tuple[str, int] | None:
        """A spoken subscript of three words ("v t minus one") where that name is expected."""
        first, *others = self._tokens[self._at : self._at + 3]
        if first.sign != "name" or [one.sign for one in others] not in (["-", "number"], ["+", "number"]):
            return None
        suffix = f"_{first.text}{others[0].sign}{others[1].text}"
        if f"{name.text}{suffix}" not in self._vocabulary:
            return None
        self._at += 3
        return suffix, others[1].end

    def _belongs(self, name: Token, token: Token) -> bool:
        """Whether a token without a mark is a subscript: "W1", "ΔQ", and "d k" or "V max" where d_k or V_max is."""
        if name.text == "Delta" and token.sign == "name":
            return True
        if name.text == "delta" and f"Delta_{token.text}" in self._vocabulary:
            return True
        beside = token.sign == "number" and not token.spaced and token.start == name.end and token.text.isdigit()
        return beside or (
            token.sign in {"name", "number", "function"} and f"{name.text}_{token.text}" in self._vocabulary
        )

    def _group(self) -> str:
        """The text of the next token, or of all in the next brackets; brackets may stay open, and text may end here."""
        if self._at == len(self._tokens):
            return ""
        first = self._take()
        if first.sign in {"<", "-"} and self._at < len(self._tokens):
            return first.sign + self._group()
        if first.sign not in {"{", "("}:
            return first.text or first.sign
        closing = {"{": "}", "(": ")"}[first.sign]
        said: list[str] = []
        while self._at < len(self._tokens) and self._sign() != closing:
            token = self._take()
            said.append(token.text if token.sign in {"name", "number", "function", "word"} else token.sign)
        self._at = min(self._at + 1, len(self._tokens))
        return "".join(said)

    def _limited(self, token: Token) -> Token:
        """A sum with its limits, written ("_{i=1}^n") or spoken ("from i equals 1 to n of")."""
        limits: list[str] = []
        if token.spoken and token.text.split()[-1] in {"over", "from"}:
            limits = self._spoken_limits()
        while self._sign() in {"_", "^"}:
            self._at += 1
            limits.append(self._group())
        return replace(token, text=_without_index(limits), end=self._tokens[self._at - 1].end)

    def _spoken_limits(self) -> list[str]:
        ahead = [one.sign for one in self._tokens[self._at : self._at + MAX_LIMIT_TOKENS]]
        if "of" not in ahead:
            return []
        inside = self._tokens[self._at : self._at + ahead.index("of")]
        self._at += len(inside) + 1
        told = [one.text if one.sign in {"name", "number"} else "=" for one in inside if one.sign != "glue"]
        return "".join(told).split("=")[1:] if "=" in told else []


def _without_index(limits: list[str]) -> str:
    """The limits as "1..n"; empty where only the index is named, for that says nothing."""
    first, *others = [*limits, ""]
    lower = first.split("=", maxsplit=1)[1] if "=" in first else ""
    upper = next((one for one in others if one), "")
    plain = first if first and "=" not in first and upper else ""
    return f"{lower or plain}..{upper}" if (lower or plain) and upper else ""


def _with_arguments(tokens: list[Token]) -> tuple[Token, ...]:
    """The "and" behind "maximum of" divides its arguments."""
    found = list(tokens)
    for place, token in enumerate(found):
        if token.sign == "function" and token.text in _CHOOSING:
            reach = range(place + 1, min(place + MAX_ARGUMENT_TOKENS, len(found)))
            divider = next((at for at in reach if found[at].sign in {"and", ","} and found[at].spoken), None)
            if divider is not None:
                found[divider] = replace(found[divider], sign="argument")
    return tuple(found)
