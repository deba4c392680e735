"""The prompt that asks about turns or speakers of an interview, and what its reply must look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from grader.prompting.extraction import UnusableReply, read_object
from grader.prompting.files import wording
from grader.prompting.messages import Prompt, closed_object, token
from grader.text.neutral import neutralised

SCHEMA_NAME: Final = "decisions"

MAX_TURN_CHARACTERS: Final = 600
"""Of a turn that is shown; what it is about is said by then."""


@dataclass(frozen=True)
class Asked:
    """What is to be decided: the task in words, the items, and the labels that each may get."""

    task: str
    items: Sequence[str]
    labels: Sequence[str]


def interview_prompt(
    questions: Mapping[str, str], turns: Sequence[tuple[int, str | None, str]], asked: Asked, *, secret: bytes
) -> Prompt:
    """The messages that ask; `turns` are shown with number, speaker and words."""
    shown = "\n".join(_line(*turn) for turn in turns)
    canary = token(secret, "interview canary")
    user = wording("interview_user.md").format(
        questions="\n".join(f"- {name}: {text}" for name, text in questions.items()),
        turns=shown,
        nonce=token(secret, shown),
        task=asked.task,
        items=", ".join(neutralised(item) for item in asked.items),
        labels=", ".join(asked.labels),
    )
    return Prompt(wording("interview_system.md").format(canary=canary), user, canary)


def interview_schema(asked: Asked) -> dict[str, Any]:
    """JSON schema of the reply, in the strict subset."""
    decision = closed_object(
        {
            "item": {"type": "string", "enum": [neutralised(item) for item in asked.items]},
            "label": {"type": "string", "enum": list(asked.labels)},
        }
    )
    return closed_object({"decisions": {"type": "array", "items": decision}})


def read_decisions(text: str, asked: Asked) -> dict[str, str]:
    """The label of each item that the reply decides; UnusableReply where it says anything else."""
    reply = read_object(text, "decisions", _Reply)
    shown = {neutralised(item): item for item in asked.items}
    decided = {shown[each.item]: each.label for each in reply.decisions if each.item in shown}
    if len(decided) != len(reply.decisions) or not set(decided.values()) <= set(asked.labels):
        raise UnusableReply("it decides what was not asked, twice, or with a label that is none")
    return decided


class _Decision(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    item: Annotated[str, Field(max_length=400)]
    label: Annotated[str, Field(max_length=400)]


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    decisions: list[_Decision]


def _line(number: int, speaker: str | None, text: str) -> str:
    said = text if len(text) <= MAX_TURN_CHARACTERS else f"{text[:MAX_TURN_CHARACTERS]} …"
    who = f" {neutralised(speaker)}" if speaker else ""
    return f"[{number}]{who}: {neutralised(' '.join(said.split()))}"
