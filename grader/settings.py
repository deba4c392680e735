"""Everything that can be configured, read once from the environment (prefix `GRADER_`)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
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
    reader_backend: Literal["torch", "onnx"] = Field(
        default="torch", description="What runs the local judge's network; onnx needs the extra answer-grader[onnx]"
    )
    judge: str | None = Field(
        default=None, description="Default judge; `cascade` where an LLM is configured, else `local`"
    )
    cascade_thresholds: Path | None = Field(
        default=None,
        description="File that says when the first judge's verdict stands; default: the shipped one",
    )
    cascade_fallback: bool = Field(
        default=False,
        description="While the LLM fails the first judge decides, for review; default: its points stay ungraded",
    )

    llm_base_url: str | None = Field(default=None, description="OpenAI-compatible endpoint; default: OpenAI's own")
    llm_api_key: SecretStr | None = Field(default=None, description="Key for the endpoint")
    llm_model: str | None = Field(default=None, description="Model to judge with; setting it switches the LLM judge on")
    llm_decisions_model: str | None = Field(
        default=None, description="Model of the decisions API; setting it adds the judge `decisions`, never by default"
    )
    llm_deadline_seconds: float = Field(
        default=90, gt=0, description="Time for one judge call, waiting and all tries included"
    )
    llm_try_seconds: float = Field(default=60, gt=0, description="Time for one try")
    llm_tries: int = Field(default=3, ge=1, le=10, description="Tries of a call that fails for a passing reason")
    llm_concurrency: int = Field(default=8, ge=1, description="Calls at a time")
    llm_tokens_per_minute: int | None = Field(default=None, ge=1, description="Tokens a minute, input and output")
    llm_temperature: float | None = Field(default=None, ge=0, le=2, description="Sent only when set")
    llm_seed: int | None = Field(default=None, description="Sent only when set")
    llm_reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = Field(
        default=None, description="Sent only when set"
    )
    llm_max_output_tokens: int | None = Field(
        default=None, ge=1, description="Longest reply, thinking included; sent only when set"
    )
    llm_input_price: float = Field(default=0, ge=0, description="USD per million input tokens, for the cost of a grade")
    llm_cached_input_price: float | None = Field(
        default=None, ge=0, description="USD per million input tokens from the provider's cache; default: as any input"
    )
    llm_output_price: float = Field(default=0, ge=0, description="USD per million output tokens, thinking included")

    llm_votes: int = Field(
        default=1, ge=1, le=9, description="Votes of the LLM on points where it and the first judge of `cascade` differ"
    )
    llm_budget_calls: int | None = Field(default=None, ge=0, description="Most calls of one process; default: no limit")
    llm_budget_tokens: int | None = Field(default=None, ge=0, description="Most tokens of one process, in and out")
    llm_budget_usd: float | None = Field(default=None, ge=0, description="Most USD of one process; needs the prices")
    llm_cache_days: float = Field(
        default=30, ge=0, le=3_650, description="How long a reply is kept for the same question; 0 keeps none"
    )
    llm_cache_replies: int = Field(default=100_000, ge=1, description="Most replies kept; the oldest go first")

    llm_feedback: bool = Field(
        default=False, description="Let the LLM put the feedback into words: one more call a grade"
    )
    llm_examples: Path | None = Field(
        default=None, description="JSON lines of confirmed verdicts for the LLM judge's prompt; default: none"
    )
    secret: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Makes the prompts' delimiters unguessable; default: made once, kept in the data folder",
    )
    screening: Literal["review", "ignore"] = Field(
        default="review", description="What flagged text in an answer means: a person looks (hiring), or nothing"
    )

    partial_credit: float = Field(default=0.5, ge=0, le=1, description="Credit of a partly made point")
    contradiction_penalty: float = Field(
        default=0, ge=0, le=1, description="Share of its weight a contradicted point costs"
    )
    required_cap: float | None = Field(
        default=None, ge=0, le=1, description="Highest score while a required point is missing"
    )
    pass_mark: float | None = Field(default=None, ge=0, le=1, description="Score from which an answer passes")

    @field_validator("llm_base_url")
    @classmethod
    def _llm_is_reachable(cls, url: str | None) -> str | None:
        if url is not None and not re.match(r"https?://[^/\s?#]+", url):
            msg = "this is no http(s) URL; an OpenAI-compatible one mostly ends in /v1"
            raise ValueError(msg)
        return url

    @field_validator("llm_api_key")
    @classmethod
    def _llm_key_fits_in_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not re.fullmatch(r"[!-~]+", key.get_secret_value()):
            msg = "a key is printable ASCII without spaces; perhaps a line break or a quotation mark was copied along"
            raise ValueError(msg)
        return key

    @model_validator(mode="after")
    def _llm_is_complete(self) -> Self:
        unused = self.llm_base_url is not None and self.llm_decisions_model is None
        if self.llm_model is None and (unused or self.judge in {"llm", "cascade"}):
            msg = "GRADER_LLM_MODEL is not set; the LLM judge needs a model name"
            raise ValueError(msg)
        if self.llm_budget_usd is not None and self.llm_input_price == self.llm_output_price == 0:
            msg = "GRADER_LLM_BUDGET_USD limits nothing without GRADER_LLM_INPUT_PRICE and GRADER_LLM_OUTPUT_PRICE"
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
