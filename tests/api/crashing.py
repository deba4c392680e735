"""A server that is there to be killed: `python -m tests.api.crashing [SECONDS]`, on the database GRADER_DATABASE_URL.

It grades with a fake judge that takes SECONDS, by default a moment, so that a kill meets it at every stage, and says
on which port it listens.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from datetime import timedelta

from api import idempotency
from api.app import create_app
from api.server import serve
from grader.adapters.embedding import BatchingEmbedder
from grader.bootstrap import Services, Storage
from grader.domain import Judgement, Submission
from grader.fakes import FakeEncoder, FakeJudge
from grader.grading import Grader
from grader.settings import Settings
from rubrics.bank import Bank

LEASE_SECONDS = 1.0
"""Instead of 15: the test waits for it after every kill."""

JUDGE_SECONDS = 0.02


class SlowJudge(FakeJudge):
    """Takes its time."""

    seconds = JUDGE_SECONDS

    async def judge(self, submission: Submission) -> Judgement:
        await asyncio.sleep(self.seconds)
        return await super().judge(submission)


def main(seconds: float = JUDGE_SECONDS) -> None:
    """Serve on a free port until killed."""
    SlowJudge.seconds = seconds
    idempotency.LEASE = timedelta(seconds=LEASE_SECONDS)  # type: ignore[misc]
    settings = Settings()
    embedder = BatchingEmbedder(FakeEncoder())
    grader = Grader({"fake": SlowJudge({})}, "fake", embedder)
    services = Services(settings, Bank(), embedder, grader, Storage(settings))
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)  # noqa: T201 - how the test finds it
    serve(create_app(settings, services), listener)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
