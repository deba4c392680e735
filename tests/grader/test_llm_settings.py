"""What the settings of the LLM endpoint become."""

from __future__ import annotations

import pytest

from grader.adapters.chat.retrying import RetryingChatModel
from grader.bootstrap import build_chat_model, build_services
from grader.errors import ConfigurationError
from grader.settings import Settings, load_settings


def test_a_configured_model_has_all_its_layers_and_says_what_it_is_told() -> None:
    settings = Settings(llm_model="m", llm_base_url="http://user:pw@127.0.0.1:1/v1", llm_seed=3)
    model = build_chat_model(settings, "m")
    assert isinstance(model, RetryingChatModel)
    assert model.identity == {"model": "m", "endpoint": "http://127.0.0.1:1/v1/", "seed": "3"}


def test_the_decisions_judge_is_there_by_name_and_never_by_default() -> None:
    services = build_services(Settings(llm_decisions_model="gpt-6-luna"))
    assert "decisions" in services.grader.judges
    assert services.grader.default_judge != "decisions"
    assert "decisions" not in build_services(Settings()).grader.judges


@pytest.mark.parametrize("url", ["127.0.0.1:11434/v1", "ftp://host/v1", "http://", "https:///v1", " "])
def test_an_address_that_is_none_is_refused_at_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_LLM_MODEL", "m")
    monkeypatch.setenv("GRADER_LLM_BASE_URL", url)
    with pytest.raises(ConfigurationError, match="GRADER_LLM_BASE_URL"):
        load_settings()


@pytest.mark.parametrize("key", ["sk-1\n", "“sk-1”", "sk 1"])
def test_a_key_that_fits_in_no_header_is_refused_and_not_shown(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_LLM_MODEL", "m")
    monkeypatch.setenv("GRADER_LLM_API_KEY", key)
    with pytest.raises(ConfigurationError, match="GRADER_LLM_API_KEY") as error:
        load_settings()
    assert key.strip() not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"), [("TRIES", "0"), ("TRIES", "11"), ("CONCURRENCY", "0"), ("TEMPERATURE", "3")]
)
def test_limits_out_of_range_name_their_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"GRADER_LLM_{name}", value)
    with pytest.raises(ConfigurationError, match=f"GRADER_LLM_{name}"):
        load_settings()
