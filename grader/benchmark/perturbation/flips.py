"""The rules that turn a claim round: each gives the false sentence, or None where it does not apply."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from grader.benchmark.perturbation.claim import Claim
from grader.benchmark.perturbation.opposites import FAMILIES, OPPOSITES
from grader.text.words import stems

Flip = Callable[[Claim], str | None]

_WORD: Final = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_CLAUSE_END: Final = re.compile(r"[.,;:()!?\n]")
_IDIOM: Final = re.compile(
    r"\bmore or less\b|\bmore and more\b|\bmore than\b|\bless than\b|\bno (?:more|less|longer)\b|\bany ?more\b"
    r"|\bwith (?:respect|regard)\b|\b(?:at|as) (?:best|large|long)\b|\bsame time\b|\bbefore that\b|\bafter all\b",
    re.IGNORECASE,
)
"""Where a word does not mean its direction."""

_AUXILIARY: Final = re.compile(r"\b(?:is|are|was|were|can|will|does|should|must)\b", re.IGNORECASE)
_ANY_AUXILIARY: Final = re.compile(
    r"\b(?:is|are|was|were|be|can|could|will|would|does|do|did|should|must|may|might|has|have|had)\b", re.IGNORECASE
)
_SUBORDINATE: Final = re.compile(
    r"\b(?:which|that|who|where|when|what|how|why|there|as|once|until|than)\b", re.IGNORECASE
)
_SCOPE: Final = re.compile(
    r"\b(?:only|always|all|every|each|any|some|often|usually|sometimes|mostly|generally|typically|both|just|also|even"
    r"|mainly|at least|at most|e\.g)\b",
    re.IGNORECASE,
)
"""Words that a negation would act on instead of the verb: what is not always so may still be so."""

_NEGATED_VERB: Final = re.compile(
    r"\b(?:(?P<verb>is|are|was|were|does|do|did|can|will|would|should|must|could|has|have)\s+not"
    r"|(?P<short>is|are|was|were|does|do|did|has|have|would|should|could|must)n['’]t"
    r"|(?P<can>cannot|can['’]t)|(?P<will>won['’]t))\b(?!\s+(?:only|just|necessarily|always|all|every|merely|simply|yet|even))",
    re.IGNORECASE,
)
_CONTRAST: Final = re.compile(r"\b(?:but|instead|rather|only)\b", re.IGNORECASE)
_OPENING: Final = re.compile(
    r"\s*(?:[-*•–+(]|\d|(?:well|so|um+|uh+|okay|ok|yes|no|yeah|and|but|also|then|first|second|third|finally|because|like"
    r"|basically|nevertheless|however|moreover|anyway|for|in|this|that|it|they|these|those|which|to)\b)",
    re.IGNORECASE,
)
"""Sentences in speech, lists, or leaning on the one before, behind which `It is not true that` reads oddly."""

_INFLECTED: Final = re.compile(r"\b\w{2,}(?:s|ed)\b")
"""A verb, or a noun in the plural: without commas, which make lists, good enough for a sentence."""

DENIAL: Final = "It is not true that "
LEAST_DENIED_WORDS: Final = 5
"""Words of a sentence that can be denied as a whole; shorter ones are notes."""

_NUMBER: Final = re.compile(r"(?<![\w.,^=/+*<>_-])\d+(?:\.\d+)?(?![\w^=/*_\[-]|[.,]\d)")
_YEARS: Final = range(1_000, 2_100)
_LOOSE: Final = re.compile(
    r"\b(?:at least|at most|more than|less than|up to|under|over|about|roughly|approximately|around|say|example"
    r"|such as|e\.g|i\.e|step|figure|table|version|chapter)\b|≈|~|≥|≤|<|>",
    re.IGNORECASE,
)
"""Numbers that are bounds, examples or names: another one may be as true."""


def opposite_word(claim: Claim) -> str | None:
    """One word replaced by its opposite: `increases` by `decreases`, `before` by `after`.

    The point must use the word, or one of the same direction, about the same thing: the next content word in
    the clause, else the one before, is in the point too. None beside any other negation.
    """
    if _IDIOM.search(claim.sentence) or claim.point_negations != claim.negations or len(claim.negations) > 1:
        return None
    point_words = {match.group().lower() for match in _WORD.finditer(claim.point)}
    for match in _WORD.finditer(claim.sentence):
        word = match.group().lower()
        negated_by_another = claim.negations and word not in claim.negations
        if word not in OPPOSITES or negated_by_another or not claim.quotes(match):
            continue
        if FAMILIES[word] & point_words and _is_about(claim, match):
            return claim.replaced(match, OPPOSITES[word])
    return None


def inserted_not(claim: Claim) -> str | None:
    """`not` behind the one auxiliary verb of a plain main clause."""
    if claim.negations or claim.point_negations or not claim.is_single or not claim.is_about_the_point:
        return None
    found = list(_AUXILIARY.finditer(claim.sentence))
    if len(found) != 1 or len(_ANY_AUXILIARY.findall(claim.sentence)) > 1 or _SCOPE.search(claim.sentence):
        return None
    (auxiliary,) = found
    asks = not claim.sentence[: auxiliary.start()].strip()  # "Were the books to differ, ..."
    if asks or not claim.quotes(auxiliary) or _SUBORDINATE.search(claim.sentence[: auxiliary.start()]):
        return None
    verb = auxiliary.group()
    return claim.replaced(auxiliary, f"{verb}not" if verb.lower() == "can" else f"{verb} not")


def removed_not(claim: Claim) -> str | None:
    """The one negation of a sentence taken away, where the key point is negated too."""
    found = _NEGATED_VERB.search(claim.sentence)
    if found is None or len(claim.negations) != 1 or len(claim.point_negations) != 1 or not claim.is_about_the_point:
        return None
    if not claim.quotes(found) or _CONTRAST.search(claim.sentence) or _SCOPE.search(claim.sentence):
        return None
    verb = found["verb"] or found["short"] or ("can" if found["can"] else "will")
    return claim.replaced(found, verb)


def denied(claim: Claim) -> str | None:
    """`It is not true that` in front of a plain sentence."""
    words = claim.sentence.split()
    if claim.negations or claim.point_negations or not claim.is_single or not claim.is_about_the_point:
        return None
    if len(words) < LEAST_DENIED_WORDS or _OPENING.match(claim.sentence) or _SCOPE.search(claim.sentence):
        return None
    if not _ANY_AUXILIARY.search(claim.sentence) and ("," in claim.sentence or not _INFLECTED.search(claim.sentence)):
        return None
    sentence = claim.sentence.lstrip()
    is_a_plain_word = words[0][1:].islower() or words[0] == "A"
    return DENIAL + (sentence[0].lower() + sentence[1:] if is_a_plain_word else sentence)


def other_number(claim: Claim) -> str | None:
    """The one number that sentence and key point share, made another; the point is then wrong or not made."""
    if claim.negations or claim.point_negations or _LOOSE.search(claim.sentence) or _LOOSE.search(claim.point):
        return None
    known = {match.group() for match in _NUMBER.finditer(claim.point)}
    shared = [match for match in _NUMBER.finditer(claim.sentence) if match.group() in known]
    if len(shared) != 1 or not claim.quotes(shared[0]):
        return None
    return claim.replaced(shared[0], _another(shared[0].group(), claim.sentence[shared[0].end() :]))


FLIPS: Final[Mapping[str, Flip]] = {
    "opposite word": opposite_word,
    "not inserted": inserted_not,
    "not removed": removed_not,
    "denied": denied,
    "other number": other_number,
}


def _another(number: str, behind: str) -> str:
    """A number of the same kind: a share is halved, a year moved, anything else doubled; 0 becomes 5."""
    value = float(number)
    if re.match(r"\s?(?:%|percent|per cent)", behind):
        return f"{value / 2:.10g}" if value else "50"
    if number.isdigit() and value in _YEARS:
        return str(int(number) - 40)
    return f"{2 * value:.10g}" if value else "5"


def _is_about(claim: Claim, match: re.Match[str]) -> bool:
    """Whether what stands beside `match` in its clause is in the point."""
    behind = _WORD.findall(_CLAUSE_END.split(claim.sentence[match.end() :])[0])
    ahead = _WORD.findall(_CLAUSE_END.split(claim.sentence[: match.start()])[-1])
    beside = _first_content(behind) or _first_content(ahead[::-1])
    return bool(beside & stems(claim.point))


def _first_content(words: list[str]) -> set[str]:
    return next((found for word in words if (found := stems(word))), set())
