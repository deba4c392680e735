"""How well the recorded interviews are understood, from the files of their tools, with the real embedding model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from grader.adapters.embedding import BatchingEmbedder, SentenceTransformerEncoder
from grader.interviews.aligning import align
from grader.interviews.roles import Hints, speaker_roles
from grader.transcripts import Role
from tests.grader.interviews.heard import Heard, heard
from tests.grader.interviews.scripted import interviews

pytestmark = [
    pytest.mark.embed,
    # torch and transformers warn about their own future; that is theirs to mend
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def embedder() -> Iterator[BatchingEmbedder]:
    built = BatchingEmbedder(SentenceTransformerEncoder())
    yield built
    built.close()


@pytest.fixture(scope="module")
def recorded(embedder: BatchingEmbedder) -> list[Heard]:
    return asyncio.run(heard(embedder, interviews()))


def test_turns_go_to_their_questions_and_what_was_not_asked_is_known(recorded: list[Heard]) -> None:
    """30 November 2026: 180 of 183 turns and 108 of 109 questions of the interviews the weights were set on."""
    right, questions, known = [], 0, 0
    for each in recorded:
        alignment = align(each.with_gold_roles, each.near, each.plan)
        right += each.placed_right(alignment)
        questions += len(each.plan)
        known += sum((one.id in alignment.asked) is (one.id in each.interview.asked) for one in each.plan)
    assert (len(right), questions) == (183, 109)
    assert sum(right) >= 0.95 * len(right)
    assert known >= 0.98 * questions


def test_roles_are_found_without_names(recorded: list[Heard]) -> None:
    found = {
        (each.interview.name, one.speaker): one.role is each.interview.role_of(one.speaker)
        for each in recorded
        for one in speaker_roles(each.transcript, each.near, Hints())
    }
    assert len(found) == 40
    assert sum(found.values()) >= 0.9 * len(found)


def test_roles_are_found_with_names(recorded: list[Heard]) -> None:
    for each in recorded:
        of = each.interview
        hints = Hints(
            interviewers=[name for key, name in of.names.items() if of.roles[key] is Role.INTERVIEWER],
            candidates=[name for key, name in of.names.items() if of.roles[key] is Role.CANDIDATE],
        )
        named = [one for one in speaker_roles(each.transcript, each.near, hints) if one.found_by == "name"]
        assert all(one.role is of.role_of(one.speaker) for one in named), of.name
        assert named or of.form == "deepgram"
