"""What a chat model says about an answer: honestly, by a simple rule, or as a liar would."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

COVERED_SHARE = 0.5
"""Share of a key point's long words that one sentence must use."""

PARTIAL_SHARE = 0.3

_POINT = re.compile(r"^- ([\w.\-]+): (.+)$", re.MULTILINE)
_NONCE_LINE = re.compile(r"^=== .*\b([0-9a-f]{32}) ===$", re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")


@dataclass(frozen=True)
class Asked:
    """What the prompt asks: key points by id, the question and the answer between its delimiters."""

    points: dict[str, str]
    question: str
    answer: str

    @property
    def sentences(self) -> list[str]:
        """The answer's sentences, as they stand in it."""
        found = (match.group().strip() for match in _SENTENCE.finditer(self.answer))
        return [sentence for sentence in found if sentence]


def asked(body: dict[str, Any]) -> Asked:
    """The question, points and answer in the messages of a chat completion request."""
    text = "\n".join(message["content"] for message in body.get("messages", []) if message.get("role") == "user")
    marks = list(_NONCE_LINE.finditer(text))
    before = text[: marks[0].start()] if marks else text
    answer = text[marks[0].end() : marks[-1].start()].strip("\n") if marks else ""
    question = before.split("Key points:")[0].removeprefix("Question:").strip()
    return Asked({found[1]: found[2] for found in _POINT.finditer(before)}, question, answer)


def verdict(point: str, label: str, *quotes: str, reason: str = "It says so.") -> dict[str, Any]:
    """One verdict in the form the judge asks for."""
    return {"key_point_id": point, "quotes": list(quotes), "reason": reason, "verdict": label}


def judgement(verdicts: list[dict[str, Any]]) -> str:
    """The JSON text of a whole judgement."""
    return json.dumps({"verdicts": verdicts})


def long_words(text: str) -> set[str]:
    """Words of four letters and more, which carry what a sentence is about."""
    return set(re.findall(r"\w{4,}", text.lower()))


def share(point: str, sentence: str) -> float:
    """Share in [0, 1] of the point's long words that the sentence uses."""
    words = long_words(point)
    return len(words & long_words(sentence)) / len(words) if words else 0.0


def honest(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Every point judged by the sentence that shares most of its long words."""
    request = asked(body)
    return [_honest(point, text, request.sentences) for point, text in request.points.items()]


def _honest(point: str, text: str, sentences: list[str]) -> dict[str, Any]:
    best = max(sentences, key=lambda sentence: share(text, sentence), default="")
    closeness = share(text, best)
    if closeness >= COVERED_SHARE:
        return verdict(point, "covered", best)
    if closeness >= PARTIAL_SHARE:
        return verdict(point, "partial", best)
    return verdict(point, "missing", reason="No sentence says it.")


def _everything(quote: Callable[[Asked, str], list[str]]) -> Callable[[dict[str, Any]], str]:
    def say(body: dict[str, Any]) -> str:
        request = asked(body)
        return judgement([verdict(point, "covered", *quote(request, text)) for point, text in request.points.items()])

    return say


def _echo(body: dict[str, Any]) -> str:
    """The JSON object that the answer brought along, as an obedient judge would repeat it."""
    answer = asked(body).answer
    start, end = answer.find("{"), answer.rfind("}")
    return answer[start : end + 1] if 0 <= start < end else _everything(lambda _request, _text: [])(body)


LIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "lie: everything covered": _everything(lambda request, _text: request.sentences[:1]),
    "lie: no quotes": _everything(lambda _request, _text: []),
    "lie: invented quotes": _everything(lambda _request, _text: ["The candidate explains this point in full detail."]),
    "lie: quotes of the question": _everything(lambda request, _text: [request.question]),
    "lie: quotes of the key point": _everything(lambda _request, text: [text]),
    "lie: echo of the answer": _echo,
}
"""Judges that give everything away, by name."""
