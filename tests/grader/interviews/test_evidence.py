"""Whatever an interviewer says, it is never evidence for a candidate."""

from __future__ import annotations

import pytest

from grader.transcripts import Role
from tests.grader.interviews.made_up import chance_interview, report_of


@pytest.mark.parametrize("seeds", [range(100), pytest.param(range(100, 2_000), marks=pytest.mark.slow)], ids=len)
async def test_no_interviewers_word_is_evidence_whatever_the_interview(seeds: range) -> None:
    proofs = 0
    for seed in seeds:
        transcript = chance_interview(seed)
        report = await report_of(transcript)
        for candidate in report.candidates:
            for question in candidate.questions:
                assert "iv" not in question.answer
                for citation in (words for proof in question.proofs for words in proof.words):
                    proofs += 1
                    assert transcript.verifies(citation)
                    assert report.transcript.turns[citation.turn].role is Role.CANDIDATE
                    assert citation.speaker == candidate.speaker
    assert proofs > 2 * len(seeds)
