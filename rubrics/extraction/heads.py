"""Lines like "Head: text", and headings that stand alone: where a name ends and what is said of it begins."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rubrics.extraction.sentences import trimmed
from rubrics.extraction.verbs import finite_verb
from rubrics.model import Span

MAX_HEAD_WORDS: Final = 6
"""Words of a "Head:" in a line without a list marker; a longer run before a colon is a clause."""

MAX_ITEM_HEAD_WORDS: Final = 12
"""The same behind a list marker, where "Warm the pot and all the cups before pouring:" is a head too."""

MAX_CLAUSE_HEAD_WORDS: Final = 5
"""Words of an item's head that has a subject and a verb ("Short steeping keeps it mild")."""

MAX_BARE_HEADING_WORDS: Final = 8
"""Words of a heading that no mark tells from a sentence."""


class HeadAndBody(NamedTuple):
    """The parts of "Head: text"; one of them may be missing."""

    head: Span | None
    body: Span | None


_COLON: Final = re.compile(
    r"(?P<head>[^\n:]{1,90}?)(?:\*\*|__)?(?P<mark>:|\s[—–]|\s-(?=\s))(?:\*\*|__)?\s+(?P<body>\S.*)", re.DOTALL
)
_BOLD: Final = re.compile(
    r"(?P<mark>\*\*|__)(?P<head>[^*_]{1,90}?)[.:]?(?:\*\*|__)[:.]?\s+(?:[—–-]\s+)?(?P<body>\S.*)", re.DOTALL
)


def head_and_body(text: str, span: Span, *, in_item: bool = False) -> HeadAndBody:
    """Split what `span` names; no head where what stands before the colon is a clause or too long."""
    said = span.of(text)
    match = _BOLD.fullmatch(said) or _COLON.fullmatch(said)
    if match and _is_head(match["head"], dashed=match["mark"].strip() in {"—", "–", "-"}, in_item=in_item):
        return HeadAndBody(_part(text, span, match, "head"), _part(text, span, match, "body"))
    if in_item and said.endswith(":"):
        return HeadAndBody(trimmed(text, span.start, span.end - 1), None)
    return HeadAndBody(None, span)


def has_head(text: str, span: Span) -> bool:
    """Whether a line without a list marker is "Head: text"."""
    return head_and_body(text, span).head is not None


def is_bare_heading(plain: str) -> bool:
    """Whether a line is a few words without a verb or full stop."""
    return (
        1 <= len(plain.split()) <= MAX_BARE_HEADING_WORDS
        and plain[0].isupper()
        and (plain[-1].isalnum() or plain[-1] == ")")
        and finite_verb(plain) is None
    )


def _part(text: str, span: Span, match: re.Match[str], name: str) -> Span | None:
    start, end = match.span(name)
    while start < end and match.string[start] in "*_":
        start += 1
    return trimmed(text, span.start + start, span.start + end)


def _is_head(head: str, *, dashed: bool, in_item: bool) -> bool:
    plain = head.strip("*_ ")
    if not plain or plain[-1] in ".;!?," or not (plain[0].isupper() or plain[0].isdigit() or in_item):
        return False
    if plain.count("(") != plain.count(")") or re.search(r"[.;!?]\s", plain):
        return False
    verb = finite_verb(plain)
    clause = verb is not None and verb.position > 0
    if not in_item or dashed:
        return len(plain.split()) <= MAX_HEAD_WORDS and not clause
    return len(plain.split()) <= (MAX_CLAUSE_HEAD_WORDS if clause else MAX_ITEM_HEAD_WORDS)
