"""What a point is about, in words: the topic of the question and the labels that headings give.

A label makes a terse item self-contained: "Green tea — keeps its colour: heat stops ...".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rubrics.extraction.casing import Casing
from rubrics.extraction.references import subject_of_sentence
from rubrics.extraction.verbs import finite_verb
from rubrics.extraction.words import Words, stems
from rubrics.model import Question

MAX_LABEL: Final = 120
"""Characters of one label; longer headings are cut at a comma or a parenthesis."""

NAMED_SHARE: Final = 0.75
"""Share of the topic's words a text must hold to name the topic."""

_MIN_PREFIX: Final = 4
"""Letters two words must share from the start to count as the same ("init", "initialization")."""


@dataclass(frozen=True)
class Topic:
    """What the question is about; an empty name where its title is no noun phrase."""

    name: str
    words: Words

    def named_in(self, text: str) -> bool:
        """Whether the text names the topic, by most of its words or an abbreviation of them."""
        return not self.words or self._share(text) >= NAMED_SHARE or self._is_abbreviated_in(text)

    def shares_word_with(self, text: str) -> bool:
        """Whether the text holds any word of the topic, or an abbreviation of it."""
        return self._share(text) > 0 or self._is_abbreviated_in(text)

    def _share(self, text: str) -> float:
        found = stems(text)
        hits = sum(1 for word in self.words if any(_same(word, other) for other in found))
        return hits / len(self.words) if self.words else 0.0

    def _is_abbreviated_in(self, text: str) -> bool:
        initials = "".join(word[0] for word in re.split(r"[\s-]+", self.name) if word).upper()
        return len(initials) > 1 and initials in re.findall(r"\w+", text)


def _same(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    return word == other or (len(shorter) >= _MIN_PREFIX and longer.startswith(shorter))


_MAX_TITLE_WORDS: Final = 7
"""A longer title is a sentence."""

_NO_NOUN_PHRASE: Final = re.compile(
    r"(?:what|why|how|when|where|which|who|is|are|do|does|can|could|explain|describe|define|compare|discuss|list|name|"
    r"tell|give|outline|state|please|untitled|question|you)\b|.*\?$",
    re.IGNORECASE,
)
_SEQUEL: Final = re.compile(r"\s+(?:[IVX]{1,4}|\d|\(\d\))$")


_ASKS_OF: Final = re.compile(
    r"(?:(?:what|who)\s+(?:is|are|was|were)|explain|describe|define|discuss|compare)\s+(?:the\s+|an?\s+)?"
    r"(?P<name>(?!meant|you|it|this|that|there|difference)[^?,.:]{2,50})\??",
    re.IGNORECASE,
)
"""A title that is a question about one thing: "What is TCP?"."""


def topic_of(question: Question, casing: Casing) -> Topic:
    """The topic a question's title names."""
    title = _without_role(_SEQUEL.sub("", question.title.strip(" .:")))
    if asked := _ASKS_OF.fullmatch(title):
        title = asked["name"]
    if len(title.split()) > _MAX_TITLE_WORDS or _NO_NOUN_PHRASE.match(title):
        return Topic("", frozenset())
    return Topic(casing.begun(title.split(": ", maxsplit=1)[0]), stems(title))


def _without_role(title: str) -> str:
    """What a title is about that names a role of it: of "Advantages of remote work", remote work."""
    words = title.split()
    place = _role_place(words)
    if place is None or place + 2 >= len(words) or words[place + 1].lower() not in _BEHIND_ROLE:
        return title
    return " ".join(words[place + 2 :])


@dataclass(frozen=True)
class Label:
    """A heading as a label; `role` says that it tells what its items are ("Advantage of ...")."""

    text: str
    role: bool


def label_for(section: Label | None, topic: Topic, said: str, casing: Casing) -> str:
    """What must stand before `said` for a reader to know what it is about; empty where it says so itself."""
    if section is None:
        return "" if topic.named_in(said) else topic.name
    if section.role or not topic.name or topic.shares_word_with(section.text):
        return section.text
    return f"{topic.name}, {casing.inside(section.text)}"


_ROLES: Final = {
    "advantages": "advantage", "benefits": "benefit", "pros": "advantage", "strengths": "strength", "merits": "merit",
    "disadvantages": "disadvantage", "drawbacks": "drawback", "limitations": "limitation", "cons": "disadvantage",
    "weaknesses": "weakness", "challenges": "challenge", "downsides": "downside", "risks": "risk",
    "pitfalls": "pitfall", "problems": "problem", "trade-offs": "trade-off", "tradeoffs": "trade-off",
    "causes": "cause", "reasons": "reason", "consequences": "consequence", "effects": "effect", "impacts": "impact",
    "symptoms": "symptom", "signs": "sign", "remedies": "remedy", "solutions": "solution", "fixes": "fix",
    "strategies": "strategy", "methods": "method", "techniques": "technique", "approaches": "approach",
    "types": "type", "kinds": "kind", "forms": "form", "categories": "category", "components": "component",
    "elements": "element", "parts": "part", "steps": "step", "stages": "stage", "phases": "phase", "cases": "case",
    "applications": "application", "examples": "example", "properties": "property", "features": "feature",
    "characteristics": "characteristic", "principles": "principle", "assumptions": "assumption",
    "requirements": "requirement", "conditions": "condition", "criteria": "criterion", "factors": "factor",
    "goals": "goal", "objectives": "objective", "purposes": "purpose", "roles": "role", "tasks": "task",
    "mistakes": "mistake", "differences": "difference", "similarities": "similarity", "practices": "practice",
    "tips": "tip", "rules": "rule", "measures": "measure", "metrics": "metric", "duties": "duty", "uses": "use",
}  # fmt: skip
"""What a list can be a list of, and how one item of it is called."""

_ALSO_VERBS: Final = frozenset({"use", "form", "measure", "part", "case"})
_SINGULAR_ROLES: Final = (frozenset(_ROLES.values()) | {"motivation", "cost"}) - _ALSO_VERBS
_BEHIND_ROLE: Final = frozenset({"of", "for", "in", "to", "behind"})

_MAX_WORDS_BEFORE_ROLE: Final = 3
"""Words that may qualify the role at the start of a heading ("Common mitigation strategies for ...")."""

_OPENING: Final = re.compile(
    r"^(?:here(?:['’]s|\s+is|\s+are)|(?:below|following|these)\s+(?:is|are)|the\s+following\s+(?:is|are)|there\s+are)\s+"
    r"(?:some\s+of\s+)?(?:the|a|an|some|several|many|a\s+few)?\s*|"
    r"^the\s+(?:equation|formula)s?(?:\s+and\s+the\s+\w+)?(?:\s+below)?\s+(?:shows?|gives?|describes?)\s+(?:the\s+)?|"
    r"^(?:the|some|several|its|their)\s+",
    re.IGNORECASE,
)
_ENDING: Final = re.compile(
    r"\s*(?:\b(?:are|is|includes?|including|namely|following)|\b(?:(?:are|is)\s+)?(?:as\s+follows|listed\s+below|"
    r"the\s+following(?:\s+\w+){0,2})|\b(?:by|in|with|using|following)?\s*the\s+\w+\s+below|\bbelow)$",
    re.IGNORECASE,
)
_QUESTION_WORD: Final = re.compile(r"(?:how|why|what|when|where|which|who)\b", re.IGNORECASE)
_POINTS_DOWN: Final = re.compile(
    r"\b(?:following|below|as follows|these)\b|"
    r"\b(?:includes?|formulas?|equations?|written|expressed|defined|namely|is|are)\W*$",
    re.IGNORECASE,
)
_BRINGS: Final = re.compile(
    r"^(?P<whose>.+?)\s+(?:can\s+|may\s+|also\s+)?"
    r"(?:offers?|brings?|has|have|provides?|gives?|comes?\s+with|creates?|poses?)\s",
    re.IGNORECASE,
)


def read_label(heading: str, topic: Topic, casing: Casing) -> Label:
    """The label a heading gives to what stands under it.

    "Here are the common causes of X:" -> "Common cause of X"; "Advantages:" -> "Advantage of <topic>";
    "X has several benefits:" -> "Benefit of X"; "X is used for Y:" -> "X".
    """
    plain = without_opening(re.sub(r"[*_#`]+", "", " ".join(heading.split())).strip(" .:："))
    words = plain.split()
    place = _role_place(words)
    if place is not None and place <= _MAX_WORDS_BEFORE_ROLE:
        return _role_label(words, place, topic, casing)
    if place is not None and (brings := _BRINGS.match(plain)):
        role = _ROLES.get(_bare(words[place]), _bare(words[place]))
        return Label(_shortened(f"{role.capitalize()} of {casing.inside(brings['whose'])}"), role=True)
    subject = None if _QUESTION_WORD.match(plain) else subject_of_sentence(plain)
    return Label(_shortened(subject.phrase if subject else casing.begun(plain)), role=False)


def without_opening(lead: str) -> str:
    """A lead without "Here is the" and "below"."""
    return _ENDING.sub("", _OPENING.sub("", lead)) or lead


def only_announces(heading: str) -> bool:
    """Whether a heading, though a clause, only says that something follows ("There are several benefits:")."""
    return (
        any(_bare(word) in _ROLES for word in heading.split())
        or _OPENING.match(heading) is not None
        or _QUESTION_WORD.match(heading) is not None
        or _POINTS_DOWN.search(heading) is not None
    )


_MIN_OBJECT_WORDS: Final = 3
"""Words behind the verb of a heading that is a statement too: "X is used for Y:", but not "X stands for:"."""


def states(heading: str) -> bool:
    """Whether a heading is a clause that says something of its own."""
    verb = finite_verb(heading)
    if verb is None or verb.position == 0 or only_announces(heading):
        return False
    return len(heading[verb.start :].split()) > _MIN_OBJECT_WORDS


def _role_place(words: Sequence[str]) -> int | None:
    """Which word tells the role: the first plural, else a singular as in "Purpose of the layer"."""
    for index, word in enumerate(words):
        if _bare(word) in _ROLES:
            return index
    for index, (word, following) in enumerate(zip(words, [*words[1:], "of"], strict=False)):
        if index < _MAX_WORDS_BEFORE_ROLE and _bare(word) in _SINGULAR_ROLES and following.lower() in _BEHIND_ROLE:
            return index
    return None


def _role_label(words: list[str], place: int, topic: Topic, casing: Casing) -> Label:
    role = _ROLES.get(_bare(words[place]), _bare(words[place]))
    named = [*words[:place], role.capitalize() if words[place][:1].isupper() else role, *words[place + 1 :]]
    text = _shortened(casing.begun(" ".join(named)))
    bare = place == len(words) - 1 and topic.name and not topic.shares_word_with(text)
    return Label(f"{text} of {casing.inside(topic.name)}" if bare else text, role=True)


def _shortened(text: str) -> str:
    for pattern in (r"\s*\([^()]*\)", r",\s.*$", r"\s+(?:that|which|when|where|because|so)\s.*$"):
        if len(text) > MAX_LABEL:
            text = re.sub(pattern, "", text)
    return text[:MAX_LABEL].rstrip()


def _bare(word: str) -> str:
    return word.strip("(),.:;").lower()
