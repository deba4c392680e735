"""Everything that can be configured, read once from the environment (prefix `GRADER_`)."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from grader.errors import ConfigurationError


class Settings(BaseSettings):
    """The service's configuration; nothing else reads the environment."""

    model_config = SettingsConfigDict(env_prefix="GRADER_", env_ignore_empty=True, frozen=True, extra="ignore")

    host: str = Field(
        default="127.0.0.1", description="Address to listen on; loopback only while there are no API keys"
    )
    port: int = Field(default=8000, ge=0, le=65_535, description="Port to listen on; 0 picks a free one")
    data_dir: Path = Field(
        default_factory=lambda: user_data_path("answer-grader"), description="Where the database lies"
    )
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL; default: a SQLite file in the data folder"
    )
    bank_dir: Path | None = Field(default=None, description="Folder of rubric files instead of the shipped bank")

    embedding_model_path: Path | None = Field(default=None, description="Folder of a sentence-transformers model")
    judge: str | None = Field(
        default=None, description="Default judge; `llm` where one is configured, else `similarity`"
    )

    llm_base_url: str | None = Field(default=None, description="OpenAI-compatible endpoint; default: OpenAI's own")
    llm_api_key: SecretStr | None = Field(default=None, description="Key for the endpoint")
    llm_model: str | None = Field(default=None, description="Model to judge with; setting it switches the LLM judge on")
    llm_deadline_seconds: float = Field(default=90, gt=0, description="Time for one judge call, retries included")
    llm_input_price: float = Field(default=0, ge=0, description="USD per million input tokens, for the cost of a grade")
    llm_output_price: float = Field(default=0, ge=0, description="USD per million output tokens")

    partial_credit: float = Field(default=0.5, ge=0, le=1, description="Credit of a partly made point")
    contradiction_penalty: float = Field(
        default=0, ge=0, le=1, description="Share of its weight a contradicted point costs"
    )
    required_cap: float | None = Field(
        default=None, ge=0, le=1, description="Highest score while a required point is missing"
    )
    pass_mark: float | None = Field(default=None, ge=0, le=1, description="Score from which an answer passes")

    @model_validator(mode="after")
    def _llm_is_complete(self) -> Self:
        if self.llm_model is None and (self.llm_base_url is not None or self.judge == "llm"):
            msg = "GRADER_LLM_MODEL is not set; the LLM judge needs a model name"
            raise ValueError(msg)
        return self

    @property
    def store_url(self) -> str:
        """The database to use."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'grader.db'}"


def load_settings() -> Settings:
    """The settings of this process's environment; ConfigurationError names every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (_variable(found["loc"]) + found["msg"].removeprefix("Value error, ") for found in error.errors())
        raise ConfigurationError("; ".join(wrong)) from error


def _variable(loc: tuple[int | str, ...]) -> str:
    return f"GRADER_{str(loc[0]).upper()}: " if loc else ""
