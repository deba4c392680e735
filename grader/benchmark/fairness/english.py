"""Other Englishes and learners' English, by a few rules each: what grammars describe as most regular in them.

African American English and Indian English after the features listed in the World Atlas of Varieties of English
(https://ewave-atlas.org); learners' English after the commonest errors of learner corpora: articles, endings,
prepositions. No rule touches a negation's meaning, a number, a formula or a technical noun.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

Rule = tuple[re.Pattern[str], str]

_VERBS: Final = (
    "adds allows applies avoids becomes calculates combines comes compares computes controls counts creates decides "
    "depends describes finds gives goes grows happens helps holds keeps learns leads lets looks makes maps measures "
    "moves needs passes predicts prevents provides raises reads reduces removes runs says scales sees sends shows "
    "splits starts stays stops stores takes tells trains turns updates uses wants works writes"
).split()
_BARE: Final = {
    "applies": "apply",
    "becomes": "become",
    "goes": "go",
    "passes": "pass",
}


def _rules(*pairs: tuple[str, str]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), put) for pattern, put in pairs)


_BARE_VERBS: Final = re.compile(rf"\b({'|'.join(_VERBS)})\b")

_AFRICAN_AMERICAN: Final = _rules(
    (r"\b(?:is not|are not|isn['’]t|aren['’]t)\b", "ain't"),
    (r"\b(?:does not|doesn['’]t)\b", "don't"),
    (r"\b(it|they|we|you|that|this|these|which) (?:is|are) (?=[a-z]+ing\b)", r"\1 "),
    (r"\bthere (?:is|are)\b", "it's"),
    (r"\bgoing to\b", "gonna"),
    (r"\byou all\b", "y'all"),
)
_INDIAN: Final = _rules(
    (r"\bneeds\b", "is needing"),
    (r"\bdepends\b", "is depending"),
    (r"\bmeans\b", "is meaning"),
    (r"\bcontains\b", "is containing"),
    (r"\bconsists\b", "is consisting"),
    (r"\bfor example\b", "for example only"),
    (r"(?<=[a-z])\.(?=\s|$)", ", isn't it."),
)
_ARTICLES: Final = _rules((r"\b(?:the|an?) (?=[a-z])", ""))
_ENDINGS: Final = re.compile(r"\b([a-z]{3,}[^aiouswy\W\d_])s\b")
_PREPOSITIONS: Final = _rules(
    (r"\bdepends on\b", "depends from"),
    (r"\bconsists of\b", "consists from"),
    (r"\bdifferent from\b", "different of"),
    (r"\bbased on\b", "based in"),
    (r"\binstead of\b", "instead from"),
    (r"\bbecause of\b", "because from"),
    (r"\bat the same time\b", "in the same time"),
    (r"\bdiscuss\b", "discuss about"),
)


def african_american(text: str) -> str:
    """Verbs without -s, "ain't", no "is" before -ing."""
    return _BARE_VERBS.sub(_without_s, _applied(text, _AFRICAN_AMERICAN))


def indian(text: str) -> str:
    """Progressive forms of states, and a tag behind each sentence."""
    return _applied(text, _INDIAN)


def no_articles(text: str) -> str:
    """As speakers of languages without articles write."""
    return _applied(text, _ARTICLES)


def no_endings(text: str) -> str:
    """Verbs and plurals without their -s."""
    return _ENDINGS.sub(r"\1", text)


def prepositions(text: str) -> str:
    """Prepositions as other languages have them."""
    return _applied(text, _PREPOSITIONS)


def learner(text: str) -> str:
    """All three at once."""
    return no_endings(no_articles(prepositions(text)))


ENGLISHES: Final[Mapping[str, Callable[[str], str]]] = {
    "dialect: African American": african_american,
    "dialect: Indian": indian,
    "non-native: no articles": no_articles,
    "non-native: no endings": no_endings,
    "non-native: prepositions": prepositions,
    "non-native: all of these": learner,
}


def _applied(text: str, rules: tuple[Rule, ...]) -> str:
    for pattern, put in rules:
        text = pattern.sub(put, text)
    return text


def _without_s(match: re.Match[str]) -> str:
    return _BARE.get(match[0], match[0][:-1])
