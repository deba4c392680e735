"""Whom a pronoun means: what a text spoke of last, and its sentences with that put in place of the pronoun.

A wrong name is worse than a pronoun: where number, kind or distance leave a doubt, nothing is put in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from rubrics.extraction.casing import Casing
from rubrics.extraction.references import (
    Subject,
    is_expletive,
    leans_back,
    opens_scope,
    resolved,
    starts_with_verb,
    subject_of_sentence,
    without_connective,
)
from rubrics.extraction.verbs import EDGE, finite_verb, is_finite


@dataclass(frozen=True)
class Focus:
    """What a pronoun may mean: the latest singular and the latest plural subject of a paragraph."""

    singular: Subject | None = None
    plural: Subject | None = None

    def on(self, subject: Subject | None) -> Focus:
        """The focus with this subject as its latest."""
        if subject is None:
            return self
        return replace(self, plural=subject) if subject.plural else replace(self, singular=subject)

    def behind(self, sentence: str) -> Focus:
        """The focus once a sentence has been read, pronouns replaced.

        A sentence about nothing new (an order, "There is no ...", one that only goes on) leaves it; a subject that
        could not be told clears it, for the next "it" may mean that one.
        """
        subject = subject_of_sentence(sentence)
        if subject is not None:
            return self if subject.phrase.split()[-1].lower() in _PEOPLE else self.on(subject)
        return self if _names_nothing(sentence) else Focus()


_PEOPLE: Final = frozenset(
    """
    person man woman child patient doctor nurse physician employee employer worker manager owner buyer seller customer
    consumer user visitor candidate applicant student pupil teacher parent mother father judge lawyer defendant claimant
    plaintiff victim witness citizen voter president minister king queen author writer reader poet hero friend attacker
    developer engineer analyst investor shareholder lender borrower tenant landlord debtor creditor insurer driver
    """.split()
)
"""Whom "it" never means."""

_NAMES_NOTHING: Final = re.compile(r"(?:there|nothing|nobody|no|none|you|we|i|one)\b", re.IGNORECASE)


def _names_nothing(sentence: str) -> bool:
    plain = without_connective(sentence)
    verb = finite_verb(plain)
    orders = verb is not None and verb.position == 0
    return orders or bool(_NAMES_NOTHING.match(plain)) or is_expletive(plain) or leans_back(plain)


def told(sentence: str, focus: Focus, casing: Casing, *, whole: bool = False) -> str | None:
    """The sentence with its subject named where it is a pronoun; None where it is none, or whom it means is a guess.

    `whole` says that a bare "This" means all that was said before.
    """
    plain = without_connective(sentence)
    first = plain.split(maxsplit=1)[0].strip(EDGE).lower() if plain.split() else ""
    subject = focus.plural if first in {"they", "their", "these"} else focus.singular
    if first in _PERSONAL:
        return _person_told(plain, first, focus.singular, casing)
    return resolved(sentence, subject, whole=whole) or _scoped(plain, focus, casing)


_PERSONAL: Final = frozenset({"he", "she", "his", "her"})


def _person_told(plain: str, first: str, subject: Subject | None, casing: Casing) -> str | None:
    """Macbeth hesitates for "He hesitates", where the subject before is a name of few words."""
    rest = plain.split(maxsplit=1)[1:]
    if subject is None or not rest or not casing.is_name(subject.phrase):
        return None
    if first in {"he", "she"}:
        return f"{subject.phrase} {rest[0]}" if starts_with_verb(rest[0], "it") else None
    return f"{subject.phrase}'s {rest[0]}"


_SCOPED: Final = re.compile(
    r"(?P<scope>[^,;:()]{2,60}?),?\s+(?P<pronoun>it|they)\s+(?P<rest>(?P<verb>\S+).*)", re.DOTALL
)
_OWN_NOUN: Final = frozenset("that which who if when where while because since once".split())


def _scoped(plain: str, focus: Focus, casing: Casing) -> str | None:
    """In English a sonnet is ... for "In English it is ...", if the scope holds no clause whose subject "it" may be."""
    match = _SCOPED.match(plain)
    if match is None or not opens_scope(plain) or is_expletive(plain[match.start("pronoun") :]):
        return None
    subject = focus.plural if match["pronoun"] == "they" else focus.singular
    scope = match["scope"]
    clause = finite_verb(scope) is not None or _OWN_NOUN.intersection(scope.lower().split())
    if subject is None or clause or not is_finite(match["verb"].strip(EDGE).lower(), match["pronoun"], "the"):
        return None
    return f"{plain[: match.start('pronoun')]}{casing.after_label(subject.phrase)} {match['rest']}"


_WHICH: Final = re.compile(
    r"(?:this|that)\s+(?P<rest>(?:(?:also|then|in turn|usually|often)\s+)?(?P<verb>[\w’']+)\s.*)",
    re.IGNORECASE | re.DOTALL,
)
_THE_SAID: Final = re.compile(
    r"(?:that is|in other words|otherwise|instead|conversely|both|neither|either|such|not|"
    r"the (?:former|latter|reason|opposite|same|result|price|idea)\b(?! (?:of|for|behind)\b))(?!-)\b",
    re.IGNORECASE,
)
_POINTS_AT_SAID: Final = re.compile(r"(?:\S+\s+){0,3}(?:this|that|these|those)\b", re.IGNORECASE)


def continuation(sentence: str, casing: Casing) -> str:
    """How a sentence about what was just said goes on from it: ", which keeps it green"; empty where it does not.

    A pronoun for a thing ("It is ...") is no such sentence: it needs the name of the thing and not the sentence.
    """
    plain = without_connective(sentence)
    which = None if _THE_SAID.match(plain) else _WHICH.fullmatch(plain)
    if which and is_finite(which["verb"].lower(), "that", "the") and not is_expletive(plain):
        return f", which {which['rest']}"
    if _THE_SAID.match(plain) or _POINTS_AT_SAID.match(plain):
        return f"; {casing.after_label(plain)}"
    return ""
