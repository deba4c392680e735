"""Points that cannot be judged as they are worded: vague, compound, leaning on other text, about the answer itself.

A pattern is an error only where it surely is a fault: none of the 46 reviewed rubrics of the bank has one (checked by
a test). Where a good point may look the same, it is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rubrics.checks.finding import Check, Finding, Severity
from rubrics.extraction.references import is_expletive
from rubrics.extraction.verbs import finite_verb
from rubrics.extraction.words import stems
from rubrics.model import KeyPoint, KeyPointKind, Rubric

LEAST_WORDS: Final = 2
"""Different content words a statement needs; with fewer it is a name, and naming is not stating."""

MAX_POINT: Final = 300
"""Characters of a point that says one thing; the longest of the bank has 209."""

MAX_BARE: Final = 4
MAX_LISTED: Final = 10
"""Words of a name, and of several names with commas, that nothing is said of."""

_VAGUE: Final = re.compile(
    r"\betc\b|\band so on\b|\band so forth\b|\bstuff\b|\bsomehow\b|\bin (?:some|many|various) ways?\b"
    r"|\b(?:various|some|certain|several|relevant)"
    r" (?:things|aspects|factors|details|points|reasons|issues)\b"
    r"|\b(?:good|basic|deep|solid|clear|thorough) (?:understanding|knowledge|grasp|explanation)\b"
    r"|\b(?:is|are) (?:very |quite |really )?(?:important|useful|good|bad|relevant|interesting|helpful)\.?$"
    r"|^(?:\S+ ){1,3}(?:is|are) (?:very |quite |much )?(?:better|worse|best|worst|different|special|complex)\.?$"
    r"|\b(?:has|have|offers?|brings?|there (?:is|are)) (?:\w+ )?"
    r"(?:many|several|some|various|a few|certain|different|multiple) (?:\w+ )?"
    r"(?:advantages|disadvantages|benefits|drawbacks|uses|properties|features|reasons|types|kinds|problems)\b[^:,]*$"
    r"|^something\b|\bsomething (?:about|to do with)\b|\bthings (?:properly|correctly|well|right)\b"
    r"|\b(?:works?|behaves?|handles?|performs?)(?: \w+){0,3} (?:properly|correctly|appropriately|well)\.?$",
    re.IGNORECASE,
)
_ABILITY: Final = re.compile(
    r"^(?:(?:the )?(?:answer|response|candidate|student|applicant|person|author) )?(?:clearly |correctly |also )?"
    r"(?:understands?|knows?|(?:is )?(?:familiar with|aware of|able to)|can (?:explain|describe|tell)|"
    r"(?:shows?|demonstrates?|displays?|exhibits?|has|have) (?:an? |the |some |good |strong |excellent |clear |deep )*"
    r"(?:\w+ )?(?:understanding|knowledge|skills?|awareness|grasp|ability|insight|expertise|experience))\b",
    re.IGNORECASE,
)
_QUALITY: Final = re.compile(
    r"\b(?:clearly|concisely|politely|confidently|coherently|well)"
    r" (?:written|structured|organi[sz]ed|explained|argued)\b"
    r"|\b(?:grammar|spelling|writing style|tone of voice|own words|well-structured)\b"
    r"|\beasy to (?:read|follow|understand)\b"
    r"|^(?:the )?(?:answer|response|explanation|candidate|student|applicant)\b[^.]{0,40}"
    r"\b(?:clear|concise|complete|correct|fluent|confident|polite|convincing|accurate|thorough)\b",
    re.IGNORECASE,
)
_FRAME: Final = re.compile(
    r"^(?:(?:the )?(?:answer|response|candidate|student|applicant|person|text)s? (?:should |must |also |correctly )*)?"
    r"(?:mention|state|explain|describe|identify|identifie|note|say|claim|recogni[sz]e|discusse?|argue|name|list)s?"
    r"\b(?P<that> that)?\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_LEANS: Final = re.compile(
    r"^(?:it|its|this|that|these|those|they|their|such|here|the (?:former|latter|same))\b(?!-)"
    r"(?! (?:is )?(?:true|known|possible|necessary|follows) that\b)",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"\b(?:see|as (?:shown|seen|mentioned|described|explained|stated|noted)) (?:in |the )*"
    r"(?:above|below|before|earlier|figure|table|equation)\b"
    r"|\bthe (?:figure|table|diagram|picture) (?:above|below|shows)\b|\b(?:all|none) of the above\b",
    re.IGNORECASE,
)
_JOINTS: Final = (
    (re.compile(r"(?<=[a-z)][.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!\bvs\.)\s+(?=[A-Z])"), Severity.ERROR),
    (re.compile(r",?\s+and (?:also|additionally|furthermore|in addition|besides|secondly)\s+"), Severity.ERROR),
    (re.compile(r",\s+(?:and|but)\s+(?=(?:it|they|this|these|we|you|there)\b)"), Severity.ERROR),
    (re.compile(r"\s*;\s+"), Severity.WARNING),
)
"""Where one claim ends and the next begins; behind a semicolon the first is often only said again."""


def check_wording(rubric: Rubric) -> Iterator[Finding]:
    """The faults of each point by itself."""
    asked = stems(rubric.question.text)
    for point in rubric.key_points:
        looks = (_unjudgeable(point), _vague(point), _compound(point), _echo(point, asked), _long(point))
        yield from (finding for finding in looks if finding is not None)


def _finding(check: Check, severity: Severity, point: KeyPoint, problem: str, mend: str) -> Finding:
    return Finding(check=check, severity=severity, key_points=(point.id,), problem=problem, mend=mend)


def _unjudgeable(point: KeyPoint) -> Finding | None:
    text = point.text.strip()
    leans = _LEANS.match(text) and not is_expletive(text)
    faults = (
        (_ABILITY.match(text), "says what a person can do, not what is true", "State what an able person would say."),
        (_QUALITY.search(text), "speaks of how the answer is written, not of what is true", "State a fact instead."),
        (text.endswith("?"), "asks instead of stating", "Write the answer to it as a statement."),
        (_ELSEWHERE.search(text), "points to text that nobody sees", "Write out what it points to."),
        (leans, f"begins with “{text.split()[0]}”, which stands for nothing here", "Name what is meant."),
    )
    found = next(((problem, mend) for applies, problem, mend in faults if applies), None)
    if found:
        return _finding(Check.UNJUDGEABLE, Severity.ERROR, point, *found)
    frame = _FRAME.match(text)
    if not frame:
        return None
    rest = _sentence(frame["rest"]) if frame["that"] else ""
    mend = f"Write only: {rest}" if rest else f"Write what is true of it: “{_shown(frame['rest'])} …”"
    return _finding(Check.UNJUDGEABLE, Severity.WARNING, point, "describes the answer instead of stating a fact", mend)


def _vague(point: KeyPoint) -> Finding | None:
    if point.kind is not KeyPointKind.FORMULA and len(stems(point.text)) < LEAST_WORDS:
        problem = "names something and says nothing of it"
        return _finding(Check.VAGUE, Severity.ERROR, point, problem, "Say what is true of it, as a whole sentence.")
    if point.kind is KeyPointKind.STATEMENT and _states_nothing(point.text):
        problem = "names something and says nothing of it"
        return _finding(Check.VAGUE, Severity.ERROR, point, problem, "Say what is true of it, as a whole sentence.")
    vague = _VAGUE.search(point.text)
    if not vague:
        return None
    problem = f"“{vague.group().strip()}” can be read as anything"
    return _finding(Check.VAGUE, Severity.ERROR, point, problem, "Name what exactly must be said.")


def _states_nothing(text: str) -> bool:
    """Whether a text is a few bare words, or some with commas between: no verb, no colon, no sign of a formula."""
    bare = len(text.split()) <= MAX_BARE or ("," in text and len(text.split()) <= MAX_LISTED)
    if not bare or re.search(r"[:;=≈<>→\d()]", text):
        return False
    words = text.strip(" .!").lower().split()
    return finite_verb(text) is None and not any(re.search(r"(?<![su])s$|ed$", word) for word in words[1:])


def _compound(point: KeyPoint) -> Finding | None:
    if point.kind is KeyPointKind.FORMULA:
        return None
    found = ((pattern.search(point.text), severity) for pattern, severity in _JOINTS)
    joint, severity = next(((match, severity) for match, severity in found if match), (None, Severity.ERROR))
    if joint is None:
        return None
    parts = _sentence(point.text[: joint.start()]), _sentence(point.text[joint.end() :])
    mend = f"Make two points of it: “{parts[0]}” and “{parts[1]}”"
    return _finding(Check.COMPOUND, severity, point, "makes more than one claim", mend)


def _echo(point: KeyPoint, asked: frozenset[str]) -> Finding | None:
    said = stems(point.text)
    if point.kind is KeyPointKind.FORMULA or not said or not said <= asked:
        return None
    problem = "says nothing that the question does not say"
    return _finding(Check.ECHO, Severity.ERROR, point, problem, "Say what the question asks for.")


def _long(point: KeyPoint) -> Finding | None:
    if len(point.text) <= MAX_POINT:
        return None
    problem = f"has {len(point.text)} characters; what is that long mostly says several things"
    return _finding(Check.COMPOUND, Severity.WARNING, point, problem, "Split it, or leave the details out.")


def _sentence(text: str) -> str:
    text = text.strip(" ,;")
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _shown(text: str) -> str:
    return text.strip(" .")[:80]
