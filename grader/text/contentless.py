"""Answers that say nothing are graded 0 in code, with the reason, and no judge is asked.

The phrases are the kinds that make LLM judges give credit for nothing (arXiv 2507.08794,
"One Token to Fool LLM-as-a-Judge") and the ways people decline to answer.
"""

from __future__ import annotations

import re
from typing import Final

from grader.domain import Answer, Flag
from grader.text.word_order import scrambled
from grader.text.words import content_words, words
from rubrics.model import Rubric

MIN_ECHO_SHARE: Final = 0.8
"""Share of an answer's different content words that stand in the question, from which it is an echo."""

SHORT_REFERENCE_WORDS: Final = 3
"""Up to this many words a reference is itself so short that only a blank answer says nothing."""

MIN_WORDS: Final = 2
"""An answer needs this many different words to make a statement where the reference is a sentence."""


_DECLINED: Final = re.compile(
    r"(?:(?:sorry|well|um+|uh+|hmm+|honestly|to be honest)\W+)*"
    r"(?:(?:i\W+)?(?:really\W+)?(?:do\W?n\W?t|do\W+not|cannot|can\W?t)\W+(?:really\W+)?(?:know|remember|recall|answer)\b.{0,40}"
    r"|idk|dunno|no\W+(?:idea|clue|answer)|(?:i\W+have\W+)?no\W+(?:idea|clue)|(?:i\W+)?pass|skip|next|n\W?a|none|nothing|i\W?m\W+not\W+sure)",
    re.IGNORECASE | re.DOTALL,
)
_PLACEHOLDER: Final = re.compile(
    r"(?:the\W+)?(?:my\W+)?(?:final\W+)?(?:answer|solution|response|thought\W+process|explanation|reasoning)"
    r"|respuesta|solución|réponse|antwort|lösung|ответ|решение|解|解答|答案|解説|かいせつ"
    r"|(?:let\W?s|let\W+us)\W+(?:solve|think|work).{0,60}(?:step\W+by\W+step|this\W+out)"
    r"|(?:as|see)\W+(?:discussed|mentioned|stated|described|explained|attached|above|below)(?:\W+(?:above|below|before|earlier))?"
    r"|(?:full\W+marks|correct|true|false|yes|no|null|undefined|nan|tbd|todo|test|ok(?:ay)?)"
    r"|lorem\W+ipsum.*|(\w{1,8})(?:\W+\1)+",
    re.IGNORECASE | re.DOTALL,
)
_TAG: Final = re.compile(r"<[^<>]{0,60}>")
_TALK_ABOUT_THE_TASK: Final = frozenset(
    """
    answer answered answers asked asks compare define describe exactly explain explained fully good great here means
    needs now other please question tell words
    """.split()
)


def contentless(answer: Answer, rubric: Rubric) -> Flag | None:
    """Why `answer` says nothing about the question, or None when a judge has to read it."""
    text = _TAG.sub(" ", answer.text).strip()
    if not text:
        return Flag.BLANK
    if not any(char.isalnum() for char in text):
        return Flag.NO_WORDS
    return None if _is_short(rubric) else _empty_words(text, rubric.question.text)


def _empty_words(text: str, question: str) -> Flag | None:
    bare = text.strip(" \t\n.,:;!?…\"'()[]{}*#-")
    if _DECLINED.fullmatch(bare):
        return Flag.DECLINED
    if _PLACEHOLDER.fullmatch(bare) or len(set(words(text))) < MIN_WORDS:
        return Flag.PLACEHOLDER
    if _echoes(text, question):
        return Flag.ECHO
    return Flag.SCRAMBLED if scrambled(text) else None


def _is_short(rubric: Rubric) -> bool:
    return min(len(words(point.text)) for point in rubric.key_points) <= SHORT_REFERENCE_WORDS


def _echoes(text: str, question: str) -> bool:
    said = content_words(text) - _TALK_ABOUT_THE_TASK
    return len(said & set(words(question))) >= MIN_ECHO_SHARE * len(said)
