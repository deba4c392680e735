"""What a text written by a model, or quoted from an answer, must not carry to the person who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from grader.text.words import words

MAX_SHARED_WORDS: Final = 7
"""Words in a row that a text may share with a secret one by chance; one more is a leak."""

_LINK: Final = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,15}://|\b(?:javascript|data|mailto|vbscript) ?:|\bwww\.\w|\]\s?\(|[\w.+-]+@[\w-]+\.\w{2,}"
    r"|\b[\w-]+\.(?:com|net|org|io|example|dev|ru|cn|xyz|info|co|ai|app)\b(?:/|\b)",
    re.IGNORECASE,
)
_MARKUP: Final = re.compile(
    r"</?[a-z!][^<>]{0,300}>?|!\[|&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});|```|\x1b|javascript:", re.IGNORECASE
)


def has_link(text: str) -> bool:
    """Whether `text` has a web or mail address, or Markdown that becomes one."""
    return _LINK.search(text) is not None


def has_markup(text: str) -> bool:
    """Whether `text` has a tag, an entity, a Markdown image or a terminal code."""
    return _MARKUP.search(text) is not None


def is_plain(text: str) -> bool:
    """Whether `text` is words and nothing that a page or a mail program would follow."""
    return not has_link(text) and not has_markup(text)


def leaks(text: str, secrets: Iterable[str]) -> bool:
    """Whether `text` shares a run of more than MAX_SHARED_WORDS words with one of `secrets`."""
    said = _runs(text)
    return any(not said.isdisjoint(_runs(secret)) for secret in secrets) if said else False


def _runs(text: str) -> set[tuple[str, ...]]:
    size = MAX_SHARED_WORDS + 1
    row = words(text)
    return {tuple(row[start : start + size]) for start in range(len(row) - size + 1)}
