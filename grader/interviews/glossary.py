"""Terms that speech recognition mishears: read as what was meant where the rubric knows the term."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rubrics.model import Rubric, Span

Glossary = Mapping[str, Sequence[str]]
"""Term -> how it comes out."""


@dataclass(frozen=True)
class Mended:
    """Characters of a text, and the term that was meant by them."""

    span: Span
    meant: str


def mended(text: str, glossary: Glossary, rubric: Rubric) -> tuple[Mended, ...]:
    """Where `text` has a sound-alike of a term that the rubric uses, in order, the longest first where two overlap."""
    known = _wording(rubric)
    meant = {
        heard.casefold(): term
        for term, heard_as in glossary.items()
        if _squeezed(term) in known
        for heard in heard_as
        if heard.casefold() != term.casefold()
    }
    return tuple(_found(text, meant)) if meant else ()


def _found(text: str, meant: Mapping[str, str]) -> Iterator[Mended]:
    longest = sorted(meant, key=len, reverse=True)
    heard = "|".join(r"[\s-]+".join(map(re.escape, each.split())) for each in longest)
    for match in re.finditer(rf"(?<!\w)(?:{heard})(?!\w)", text, re.IGNORECASE):
        term = meant.get(" ".join(match[0].casefold().replace("-", " ").split())) or meant.get(match[0].casefold())
        if term is not None:
            yield Mended(Span(start=match.start(), end=match.end()), term)


def _wording(rubric: Rubric) -> str:
    """Everything the rubric says, without spaces, hyphens and case: a term stands in it however it is written."""
    points = (part for point in rubric.key_points for part in (point.text, *point.paraphrases))
    return _squeezed(" ".join((rubric.question.title, rubric.question.text, rubric.reference_answer or "", *points)))


def _squeezed(text: str) -> str:
    return re.sub(r"[\s-]+", "", text.casefold())
