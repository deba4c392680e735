"""The sandbox plays a platform's side, a candidate's, and shows every message; what breaks a contract ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.sandbox import CUSTOMERS_KEY, LoopbackInbox, PlayedGreenhouse, SandboxFailed
from api.sandbox.playing import sandbox
from grader.adapters.embedding import BatchingEmbedder
from grader.assessment import Platform
from grader.bootstrap import Services, Storage
from grader.domain import Label
from grader.fakes import FakeEncoder, FakeJudge
from grader.grading import Grader
from grader.settings import Settings
from rubrics.bank import Bank


def services(settings: Settings) -> Services:
    """With a judge that covers one point."""
    embedder = BatchingEmbedder(FakeEncoder())
    grader = Grader({"fake": FakeJudge({"k1": Label.COVERED})}, "fake", embedder)
    return Services(settings, Bank(), embedder, grader, Storage(settings))


@pytest.mark.parametrize(
    ("platform", "told"),
    [(Platform.GREENHOUSE, "→ PATCH /integrations/testing_partners/"), (Platform.ASHBY, "→ POST /assessment.update")],
)
def test_an_order_goes_its_whole_way_and_every_message_is_shown(platform: Platform, told: str, tmp_path: Path) -> None:
    said: list[str] = []
    with sandbox(Settings(), tmp_path, said.append, services) as played:
        played.play(platform, "Each token attends to a window.", by_hand=False)
    shown = "\n".join(said)
    assert told in shown
    assert "was told" in said[-1]
    assert CUSTOMERS_KEY not in shown
    assert ("partner_score" in said[-1]) is (platform is Platform.GREENHOUSE)


class Answering:
    """A service that always answers the same."""

    def __init__(self, status: int, body: Any) -> None:
        self.status_code, self.text, self.body = status, str(body), body

    def json(self) -> Any:
        return self.body


def test_an_answer_that_is_no_success_ends_the_play() -> None:
    played = PlayedGreenhouse("http://127.0.0.1:1", "key", LoopbackInbox())
    played.call = lambda *_arguments, **_request: Answering(401, "no such key")  # type: ignore[method-assign]
    with pytest.raises(SandboxFailed, match="list_tests was answered 401"):
        played.list_tests()
