"""What the settings make of the LLM: cascade, votes, budget, cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.bootstrap import build_services
from grader.budget import BudgetedChatModel
from grader.caching import CachedChatModel
from grader.errors import ConfigurationError
from grader.fakes import FakeChatModel, completion
from grader.judges.cascade import CascadeJudge
from grader.judges.llm import LlmJudge
from grader.judges.voting import VotingJudge
from grader.settings import Settings, load_settings


def judge_of(name: str | None = None, **settings: Any) -> Any:
    return build_services(Settings(llm_model="m", llm_api_key="k", **settings)).grader.judge(name)


def test_the_cascade_is_the_default_where_an_llm_is_configured_and_the_others_have_names() -> None:
    grader = build_services(Settings(llm_model="m", llm_api_key="k")).grader
    assert grader.default_judge == "cascade"
    assert {"cascade", "llm", "local", "similarity"} <= set(grader.judges)
    assert build_services(Settings()).grader.default_judge == "local"


def test_votes_belong_to_the_cascade_and_are_off_by_default() -> None:
    assert isinstance(judge_of().second, LlmJudge)
    voting = judge_of(llm_votes=3).second
    assert isinstance(voting, VotingJudge)
    assert [judge.model.sample for judge in voting.judges] == [0, 1, 2]
    assert isinstance(judge_of("llm", llm_votes=3), LlmJudge)


def test_the_cache_stands_before_the_budget_so_that_a_stored_reply_spends_nothing() -> None:
    cached = judge_of("llm").model
    assert isinstance(cached, CachedChatModel)
    assert isinstance(cached.model, BudgetedChatModel)
    assert isinstance(judge_of("llm", llm_cache_days=0).model, BudgetedChatModel)


def test_a_chat_model_that_is_given_is_used_as_it_is() -> None:
    given = FakeChatModel([completion("{}")])
    judge: Any = build_services(Settings(), given).grader.judge("llm")
    assert judge.model is given


def test_thresholds_can_come_from_a_file_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text('{"local": {"covered": 0.7, "risk": 0.1, "measured_on": "mine"}}', "utf-8")
    judge = judge_of(cascade_thresholds=file, cascade_fallback=True)
    assert isinstance(judge, CascadeJudge)
    assert (judge.thresholds.covered, judge.fallback) == (0.7, True)
    with pytest.raises(ConfigurationError, match=r"absent\.json"):
        judge_of(cascade_thresholds=tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("GRADER_LLM_BUDGET_USD", "5", "GRADER_LLM_INPUT_PRICE"),
        ("GRADER_LLM_BUDGET_CALLS", "-1", "GRADER_LLM_BUDGET_CALLS"),
        ("GRADER_LLM_VOTES", "0", "GRADER_LLM_VOTES"),
        ("GRADER_JUDGE", "cascade", "GRADER_LLM_MODEL"),
    ],
)
def test_a_setting_that_limits_or_selects_nothing_is_refused(
    name: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=complaint):
        load_settings()
