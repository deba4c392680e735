"""The service under load: as `grader serve` has it, with a fake judge, `python -m tests.benchmarks.load.server`.

It serves the database GRADER_DATABASE_URL until it is killed, and says on which port.
"""

from __future__ import annotations

import asyncio
import socket

import uvicorn

from api import logs
from api.app import create_app
from api.server import configured
from grader.adapters.embedding import BatchingEmbedder
from grader.bootstrap import Services, Storage
from grader.domain import Judgement, Submission
from grader.fakes import FakeEncoder, FakeJudge
from grader.grading import Grader
from grader.settings import Settings
from rubrics.bank import Bank

JUDGE_SECONDS = 1.0
"""As an LLM would take, and no work for this machine: what is measured is the service, not a model."""


class PatientJudge(FakeJudge):
    """Takes its time."""

    async def judge(self, submission: Submission) -> Judgement:
        await asyncio.sleep(JUDGE_SECONDS)
        return await super().judge(submission)


def patient_services(settings: Settings) -> Services:
    """What the service needs, with that judge."""
    embedder = BatchingEmbedder(FakeEncoder())
    grader = Grader({"fake": PatientJudge({})}, "fake", embedder)
    return Services(settings, Bank(), embedder, grader, Storage(settings))


def main() -> None:
    """Serve on a free port."""
    settings = Settings()
    logs.set_up(settings)
    services = patient_services(settings)
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(configured(create_app(settings, services))).run([listener])


if __name__ == "__main__":
    main()
