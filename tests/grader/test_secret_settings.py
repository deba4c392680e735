"""Secrets as files, and a database password that is no part of the URL."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import ConfigurationError
from grader.settings import Settings, load_settings

URL = "postgresql+psycopg://grader@postgres:5432/grader"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("GRADER_SECRETS_DIR", str(folder))
    return folder


def test_a_file_named_like_a_variable_holds_its_value(secrets: Path) -> None:
    (secrets / "grader_secret").write_text("a secret of the deployment\n")
    secret = load_settings().secret
    assert secret is not None
    assert secret.get_secret_value() == "a secret of the deployment"


def test_an_empty_file_says_nothing(secrets: Path) -> None:
    (secrets / "grader_llm_api_key").write_text("\n")
    assert load_settings().llm_api_key is None


def test_the_environment_wins_over_a_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "grader_llm_model").write_text("one")
    monkeypatch.setenv("GRADER_LLM_MODEL", "another")
    assert load_settings().llm_model == "another"


def test_a_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_SECRETS_DIR", "/nowhere")
    with pytest.raises(ConfigurationError, match="GRADER_SECRETS_DIR: there is no such folder"):
        load_settings()


def test_the_password_of_a_file_goes_into_the_url_and_not_into_its_name(secrets: Path) -> None:
    (secrets / "grader_database_password").write_text("p@ss/word:1\\1")
    settings = Settings(database_url=URL)
    assert settings.store_url == "postgresql+psycopg://grader:p%40ss%2Fword%3A1%5C1@postgres:5432/grader"
    assert settings.store_name == "postgresql+psycopg://grader:…@postgres:5432/grader"


@pytest.mark.parametrize("url", ["", "sqlite+aiosqlite:///x.db", "postgresql+psycopg://me:hunter2@host/db"])
def test_a_password_without_a_place_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_DATABASE_PASSWORD", "hunter3")
    monkeypatch.setenv("GRADER_DATABASE_URL", url)
    with pytest.raises(ConfigurationError, match="with a user and no password") as error:
        load_settings()
    assert "hunter" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql+psycopg://me:hunter2@host/db", "postgresql+psycopg://me:…@host/db"),
        ("sqlite+aiosqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db"),
    ],
)
def test_the_name_of_a_database_holds_no_password(url: str, name: str) -> None:
    assert Settings(database_url=url).store_name == name
