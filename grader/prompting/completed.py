"""The text of a completion, once it is sure that the model finished and kept the prompt to itself."""

from __future__ import annotations

from typing import Final

from grader.errors import JudgeFailure
from grader.ports import Completion

FINISHED: Final = frozenset({"stop", "eos", "end_turn"})
"""Why a model stops that has said all it wanted."""

PROMPT_LEAKED: Final = "prompt_leaked"


def completed(completion: Completion, canary: str) -> str:
    """What the model said; JudgeFailure by name where it refused, was stopped, said nothing or repeats `canary`."""
    if completion.refusal:
        raise JudgeFailure("refused", "the model refused")
    if completion.finish_reason == "content_filter":
        raise JudgeFailure("content_filter", "the endpoint's content filter stopped the model")
    if completion.finish_reason not in FINISHED:
        raise JudgeFailure("truncated", f"the model stopped early: {completion.finish_reason}")
    if not completion.text.strip():
        raise JudgeFailure("empty_reply", "the model answered nothing")
    if canary in completion.text:
        raise JudgeFailure(PROMPT_LEAKED, "the reply repeats the confidential marker of the prompt; it is discarded")
    return completion.text
