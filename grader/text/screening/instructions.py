"""Words that speak to the grader: orders, notes, appeals, attempts to draw out the prompt.

The patterns were written against the project's own attack strings and checked on its labelled honest answers;
`tests/attacks` holds both rates. They read the text in several ways (`folding.readings`); the languages
other than English have one line each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from grader.domain import Flag
from grader.text.screening.finding import Finding, matches, whole_sentences
from grader.text.screening.folding import plain, readings
from rubrics.model import Span

_RULES: Final = (
    r"(?:rubrics?|criteria|(?:your|previous|prior|above|all|these|my|the|other|any) +(?:[a-z]+ +)?instructions|"
    r"(?:marking|grading) (?:scheme|rules|guide\w*|protocol|criteria)|system prompt|content quality|evaluation)"
)
_FULL: Final = (
    r"(?:full|maximum|max|top|perfect) (?:marks?|points|credit|scores?|grades?)|a passing (?:grade|score)|full_marks"
)
_GRADER: Final = r"(?:grader|marker|examiner|evaluator|assessor|grading (?:system|model|bot)|evaluation module)s?"
_ANSWER: Final = r"(?:answers?|responses?|submissions?|output|drafts?)"

_ORDERS: Final = (
    rf"\b(?:ignore|disregard|forget|override|bypass|skip|supersedes?)\b(?: +[a-z']+){{0,3}}? +{_RULES}\b",
    r"\b(?:ignore|disregard|forget) (?:all |everything |any )*(?:previous|prior|above)\b",
    rf"\b(?:give|award|assign|grant|record|return|output|deserves?|requires?)\b[^.\n]{{0,30}}\b(?:{_FULL})",
    (
        r"(?:^|[\n.:,] *|\band )(?:give|award|assign|output|return)\b[^.\n]{0,24}\b(?:maximum|highest|top|best) "
        r"(?:possible )?(?:mark|score|grade)"
    ),
    (
        r"(?:^|[\n.!?:;,] *)(?:(?:so|and|now|just) )?(?:full|maximum|max|top|perfect) (?:marks?|credit)\b(?:,? please|"
        r" everywhere| (?:for|on|to|in) (?:every|each|all|any|this|my|me|the|these)\b| *(?:[.!\n]|$))"
    ),
    r"\bmark (?:every|all|each|this|it|my|the|as)\b[^.\n]{0,40}\b(?:demonstrated|met|covered|correct|pass\w*)\b",
    r"\b(?:all|every|each)\b[^.\n]{0,30}\bcriteri(?:a|on)\b[^.\n]{0,20}\b(?:met|demonstrated|fulfilled|covered)\b",
    r"\ball points (?:are )?met\b",
    r"\brubric (?:was|is|has been) (?:waived|updated|outdated|replaced|changed)\b",
    r"\b(?:only|please)\b[^.\n]{0,40}\bgraded?\b|\bplease (?:evaluate|judge)\b|\b(?:evaluate|judge) only\b",
    r"\b(?:grade|evaluate|judge) (?:only )?(?:the )?(?:final|corrected|second|last|version|my)\b[^.\n]{0,20}",
    rf"\b{_ANSWER} (?:being graded|should (?:be (?:graded|accepted)|pass)|demonstrates|has been (?:\w+ )?reviewed)\b",
    (
        r"\bselects? (?:response )?[ab]\b(?: as winner|[.:\n]|$| regardless)|\bwinner(?: is| ?[:=]) ?[ab]\b|"
        r"\bresponse [ab]\b[^.\n]{0,30}\b(?:as winner|shows|demonstrates|is accessible)\b"
    ),
    r"\bgive a positive review\b|\bdo not highlight (?:any )?negatives\b",
    r"\bpass ?= ?true\b|\balways_pass\b|\bforce-pass\b|\bgrader_override\b|\bmark(?:ed|ing|s)? (?:\w+ ){0,3}as pass",
)
_NOTES: Final = (
    rf"\b(?:note|message|memo|attention|dear|instructions?|hint)\b:? (?:to |for |from )?(?:the |our )?{_GRADER}\b",
    rf"\bdear (?:{_GRADER}|judge|reviewer)\b",
    rf"(?:^|\n)\W{{0,6}}{_GRADER}(?: (?:note|notice))?\W{{0,3}}:",
    r"(?:^|\n)\W{0,4}(?:system|developer|judge)\]? {0,2}: ?(?=\S)",
    r"\b(?:if you are|as) an? (?:ai|artificial|llm|language model)\b|\byour instructions (?:are|say)\b",
    r"\byou are now (?:an? |the |playing |in |\w*bot\b|\w*gpt\b)",
    r"\bgrading (?:supervisor|policy|protocol|leniency|results?|system (?:should|must|will))\b|\bgrader leniency\b",
    r"\b(?:evaluation|scoring) (?:override|criteria update|policy|guidance|protocol|standards committee)\b",
    r"\bthis (?:instruction|ps|note|message) supersedes\b|\bunanimous decision\b|\bexpert panel\b",
    r"\bthe judge should\b|\bsophisticated evaluators\b|\b(?:good|reasonable) grader\b",
    (
        r"\b(?:jargon-heavy|verbose|shorter|longer|concise)\b[^.\n]{0,20}\b(?:responses|answers|explanations)\b[^.\n]{0,40}"
        r"\b(?:scored?|indicate|suggest|expertise)\b"
    ),
    r"\binternal_grade|\bbeing graded is\b|\bscores? (?:is|=) 100\b|score 100/100\b",
)
_DRAWING_OUT: Final = (
    (
        r"\b(?:reveal|repeat|print|show|include|output|quote|restate|copy|list|reproduce|leak|tell me)\b[^.\n]{0,50}"
        r"\b(?:(?:reference|model) answers?|rubric|system prompt|your (?:prompt|instructions))\b"
    ),
    r"\b(?:same as|as in|see|identical to) (?:the )?(?:model|reference) answer\b",
    r"\b(?:reference|model) answer (?:supplied|provided|given|you)\b|\btreat my answer as\b",
    r"\bin (?:your|the) (?:feedback|rationale|justification)\b|\bwrite the feedback as\b|\bother candidates\b",
    r"\btell the candidate\b|\bthe system prompt (?:is|says|was)\b",
)
_APPEALS: Final = (
    (
        r"\b(?:if|unless) (?:this|my|the) (?:answer|response) is not (?:marked|graded|accepted)\b|\bplease (?:be "
        r"(?:understanding|lenient|kind)|pass me)\b"
    ),
    r"\bpolicy requires\b|\bwould mean so much\b|\btrust my expertise\b|\bcalibration test\b|\bi really need to pass\b",
    r"\b(?:transcript|answer) was corrected by\b|\bcorrected answer:",
    (
        r"\bthis (?:is a|answer is|response is) (?:complete|correct|perfect|excellent)[^.\n]{0,80}"
        r"(?:correct|complete|insightful|answer|marks|depth)\b"
    ),
)
_OTHER_LANGUAGES: Final = (
    r"\bignora\w*\b[^.\n]{0,30}\b(?:rubrica|criterios|instrucciones|instrucoes|istruzioni)\b|\bnota maxima\b",
    r"\bignore[rz]?\b[^.\n]{0,20}\b(?:bareme|consignes|criteres)\b|\bnote maximale\b",
    r"\bignorier\w*\b[^.\n]{0,30}(?:bewertung|anweisung|kriterien)|\bvolle punktzahl\b",
    r"忽略[^。\n]{0,8}(?:评分|標準|标准|指令|说明)|[给給]满分",
    r"基準を無視|満点を",
    r"تجاهل[^.\n]{0,12}(?:معايير|التعليمات)|الدرجة الكاملة",
    r"पूरे अंक|अनदेखा करें",
    r"игнорируй\w*|максимальный балл",
    r"기준을 무시|만점을",
    r"tam puan|yok say",
    r"alama kamili",
)
_HEADER: Final = (
    r"\[(?:[^\]\n]{0,40}\b)?(?:grading|evaluat\w+|system|protocol|policy|supervisor|override|scoring|criteria|"
    r"metadata|simulation|judge|correction|submission|internal|post-processing|dev_\w+|compatibility\w*|api-version|"
    r"build|flag|research|philosophical note|world context|note from|defer|message from)\b[^\]\n]{0,80}\]?"
)

_LATIN: Final = tuple(re.compile(pattern) for pattern in (*_ORDERS, *_NOTES, *_DRAWING_OUT, *_APPEALS))
_OTHER: Final = tuple(re.compile(pattern) for pattern in _OTHER_LANGUAGES)
_BLOCK: Final = re.compile(rf"(?:^|\n)[ \t]*(?:{_HEADER})(?:[^\n]|\n(?!\s*\n))*")
_QUOTED: Final = re.compile(r"\"[^\"\n]{3,200}\"|“[^”\n]{3,200}”|«[^»\n]{3,200}»")


def find(text: str) -> Iterator[Finding]:
    """The sentences, and the headed blocks, that speak to the grader."""
    spans = [reading.span(span) for reading in readings(text) for span in matches(_LATIN, reading.text)]
    written = plain(text)
    spans += [written.span(span) for span in matches(_OTHER, written.text)]
    spoken = _unquoted(text, spans)
    blocks = (written.span(span) for span in matches((_BLOCK,), written.text))
    for span in (*whole_sentences(text, spoken), *blocks):
        yield Finding(Flag.INSTRUCTION, span)


def _unquoted(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans that are not wholly inside a pair of quotation marks: who quotes an attack explains it."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for span in spans:
        if not any(start <= span.start and span.end <= end for start, end in quoted):
            yield span
