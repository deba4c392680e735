"""What a sentence refers to: its subject, and whether it is unclear without the sentence before it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from rubrics.extraction.verbs import EDGE, SINGULAR_FORMS, finite_verb, is_finite
from rubrics.extraction.words import STOPWORDS


class Subject(NamedTuple):
    """The noun phrase a sentence is about, as it stands in it, and whether it is plural."""

    phrase: str
    plural: bool


_MAX_SUBJECT_WORDS: Final = 7
"""A longer run of words before the first verb is rarely one noun phrase."""

_PLACE: Final = re.compile(
    r"^(?:in|on|at|for|under|within|with|beyond|besides|unlike|during|from)\s[^,]{2,60},\s+", re.IGNORECASE
)
_ASIDE: Final = re.compile(
    r"\s+\([^()]*\)|,\s(?:also|or|known|i\.e\.|such|particularly|especially|including|like|in particular|for example)\b"
    r"[^,]*,"
)
_NO_SUBJECT: Final = frozenset(
    """
    it this that these those they there he she we you i if when while since because although though as unlike by to
    what which who where how after before until unless once however both neither either another others such so then
    here one some many most all each every whether not only no nothing none nobody for in on at with from under within
    during first second third finally two three four
    """.split()
)
_NO_REFERENT: Final = frozenset("reason result difference problem idea point way answer question example cause".split())
"""Nouns that a pronoun in the next sentence passes over: it means what they introduce."""

_ADVERBS: Final = frozenset("also often usually typically then always only normally therefore thus never".split())
_PLURAL_VERBS: Final = frozenset("are were have do don't aren't haven't".split())
_SINGULAR_VERBS: Final = frozenset("is was has does isn't wasn't hasn't doesn't".split())


def subject_of_sentence(sentence: str) -> Subject | None:
    """The noun phrase before the first finite verb, where it is short and plainly the only one."""
    plain = _ASIDE.sub("", _PLACE.sub("", without_connective(sentence.strip())))
    verb = finite_verb(plain)
    if verb is None or verb.position == 0 or ";" in plain[: verb.start]:
        return None
    words = plain[: verb.start].split()
    while words and words[-1].lower() in _ADVERBS:
        words.pop()
    if not words or not _is_noun_phrase(words):
        return None
    return Subject(" ".join(words), plural=_is_plural(words, verb.word))


def _is_noun_phrase(words: list[str]) -> bool:
    phrase = " ".join(words)
    return (
        len(words) <= _MAX_SUBJECT_WORDS
        and phrase[0].isalnum()
        and words[0].lower() not in _NO_SUBJECT
        and not opens_scope(phrase)
        and words[-1].lower() not in _NO_REFERENT
        and "and" not in words
        and not any(mark in phrase for mark in ",:")
    )


def _is_plural(words: list[str], verb: str) -> bool:
    if verb in _PLURAL_VERBS:
        return True
    if verb in _SINGULAR_VERBS or verb in SINGULAR_FORMS:
        return False
    head = next(word for word, after in zip(words, [*words[1:], "of"], strict=True) if after in {"of", "in"})
    return head.endswith("s") and not head.endswith(("ss", "us", "is"))


_EXPLETIVE: Final = re.compile(  # "It is better to ...": the pronoun means nothing
    r"it(?:'s|’s| is| was| seems| remains| becomes) (?:\w+ly |not |very |also |often )?(?:important|possible|necessary|"
    r"useful|common|best|easy|hard|likely|clear|true|better|essential|advisable|safer?|correct|wrong|wise|worth\w*|enough)"
    r" (?:not )?(?:to|that|for)\b",
    re.IGNORECASE,
)
_PROPOSITION: Final = re.compile(
    r"(?:it|this|that|these|those)\s+(?:also\s+)?(?:follows|means|(?:is|was) (?:why|because|how|where|the .*\bthat))\b",
    re.IGNORECASE,
)
_CONNECTIVE: Final = re.compile(
    r"(?:therefore|thus|hence|so|however|moreover|furthermore|in addition|additionally|also|finally|overall|ultimately|"
    r"consequently|as a result|accordingly|nevertheless|nonetheless|likewise|similarly|in contrast|by contrast|"
    r"on the other hand|and|but|yet|indeed|in fact|in practice|in particular|notably)\b"
    r"(?!-|\s+(?:to|of|that|far|long|much|many|as)\b),?\s+(?=\S)",
    re.IGNORECASE,
)
_DEPENDENT: Final = re.compile(
    r"(?:that is|in other words|otherwise|instead|conversely|then|such|both|neither|either|others|of these|here|one of|"
    r"each of|some of|the rest|after that|not|the (?:others?|second|third|last) (?:is|are|has)|"
    r"the (?:former|latter|reason|opposite|same|result|price|idea)\b(?! (?:of|for|behind)\b))(?!-)\b|i\.e\.\s",
    re.IGNORECASE,
)
_POINTING: Final = frozenset("it its they them their theirs this these those he she him his her".split())
_PERSONS: Final = frozenset({"he", "she"})
_POINTING_REACH: Final = 4
"""Words from the start in which a pronoun makes a sentence lean on the one before it."""


def without_connective(sentence: str) -> str:
    """The sentence without a leading "Therefore," or "However,", which only points back."""
    match = _CONNECTIVE.match(sentence)
    return sentence[match.end() :] if match else sentence


def is_expletive(sentence: str) -> bool:
    """Whether the pronoun that opens a sentence stands for nothing: "It is better to wait", "It follows that"."""
    return bool(_EXPLETIVE.match(sentence) or _PROPOSITION.match(sentence))


def leans_back(sentence: str) -> bool:
    """Whether a sentence is unclear without the one before it: a pronoun, an example, a comparison."""
    plain = without_connective(sentence.lstrip("\"'“‘(*_ "))
    if _EXPLETIVE.match(plain):
        return False
    words = [word.strip(EDGE).lower() for word in plain.split()]
    if _DEPENDENT.match(plain) or (words and words[0] == "that"):
        return True
    if words and words[0] in _PERSONS and not starts_with_verb(" ".join(words[1:]), "it"):
        return False  # "He initialization" is named after a person
    if _POINTING.intersection(words[:_POINTING_REACH]):
        return True
    verb = finite_verb(plain)  # "For n from 1 to 4 it computes ..."
    return (
        verb is not None
        and 0 < verb.position <= _SCOPE_REACH
        and words[verb.position - 1] in _POINTING
        and opens_scope(plain)
    )


_SCOPE_REACH: Final = 10
"""Words from the start in which a sentence that opens with a place or condition has its subject."""

_SCOPE: Final = re.compile(
    r"(?:in|on|at|for|with|without|when|whenever|if|under|because|since|while|although|though|as|after|before|unless|"
    r"during|by|to|given|once|unlike|suppose|assume|let|here)\b",
    re.IGNORECASE,
)


def opens_scope(sentence: str) -> bool:
    """Whether a sentence opens with a place, time or condition that holds for all of it."""
    return bool(_SCOPE.match(sentence))


_BACK_REFERENCE: Final = re.compile(
    r"(?P<pronoun>It|They|Its|Their|This|These)"
    r"(?P<noun>\s+(?:technique|mechanism|method|function|approach|design|algorithm|strategy|concept|operation|framework|"
    r"architecture|phenomenon|optimizer|layer|formula|structure|principle|theory|system|model|term)\b)?\s+(?P<rest>\S.*)",
    re.DOTALL,
)


def resolved(sentence: str, subject: Subject | None, *, whole: bool = False) -> str | None:
    """The sentence with its leading pronoun replaced by `subject`; None where that would be a guess.

    A bare "This" means the sentence before it, unless `whole` says that it means all that was said.
    """
    plain = without_connective(sentence)
    match = _BACK_REFERENCE.match(plain[:1].upper() + plain[1:])
    if not match or subject is None or _PROPOSITION.match(plain) or _EXPLETIVE.match(plain):
        return None
    pronoun, noun, rest = match["pronoun"], match["noun"], match["rest"]
    if {"this", "that"}.intersection(word.lower() for word in rest.split()[:3]):
        return None
    if (pronoun in {"They", "Their", "These"}) != subject.plural:
        return None
    if pronoun in {"This", "These"} and not (noun or whole):
        return None
    if pronoun in {"Its", "Their"}:
        return " ".join([_possessive(subject), *(noun or "").split(), rest])
    return f"{subject.phrase} {rest}" if starts_with_verb(rest, "they" if subject.plural else "it") else None


def _possessive(subject: Subject) -> str:
    return subject.phrase + ("'" if subject.plural and subject.phrase.endswith("s") else "'s")


def starts_with_verb(text: str, pronoun: str) -> bool:
    """Whether a text goes on from this pronoun with a finite verb, an adverb before it left aside."""
    words = [word.strip(EDGE).lower() for word in text.split()[:2]]
    adverb = len(words) > 1 and (words[0].endswith("ly") or words[0] in _ADVERBS)
    word = words[adverb] if words else ""
    return is_finite(word, pronoun, "the") or bool(_LIKELY_VERB[pronoun].fullmatch(word) and word not in STOPWORDS)


_LIKELY_VERB: Final = {
    "it": re.compile(r"[a-z]{2,}(?:(?<![su])s|ed)"),
    "they": re.compile(r"[a-z]{3,}(?<!ly)(?<!ing)(?<!ion)"),
}
"""What can hardly be anything but a verb right behind a pronoun, whether a list knows it or not."""


_ANNOUNCEMENT: Final = re.compile(
    r"(?<!of the )\b(?:two|three|four|five|six|seven|several|various)\s+(?:[\w-]+\s+){0,2}[\w-]+s\b|\bboth ways\b",
    re.IGNORECASE,
)
_MAX_ANNOUNCEMENT_WORDS: Final = 9
"""A longer sentence with a number in it says something of its own."""


def announces(sentence: str) -> bool:
    """Whether a sentence only says that something follows ("There are two reasons.")."""
    short = len(sentence.split()) <= _MAX_ANNOUNCEMENT_WORDS and ":" not in sentence
    return short and bool(_ANNOUNCEMENT.search(sentence))
