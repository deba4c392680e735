"""Everything that can be configured, read once from the environment (prefix `GRADER_`)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import quote

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

from grader.errors import ConfigurationError
from grader.retention import Retention

_SECRETS: Final = "/run/secrets"
"""Where container engines put secrets."""

_BARE_URL: Final = r"([^:/]+://[^:@/]+)(@.*)"
"""A database URL with a user and no password; the password goes between the two groups."""


class _SecretFiles(SecretsSettingsSource):
    """Files that hold values; an empty one says nothing, as an empty variable does."""

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if value}


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
    database_password: SecretStr | None = Field(
        default=None, description="Password for the user in the database URL, for a URL that is no secret itself"
    )
    secrets_dir: Path | None = Field(
        default=None,
        description="Folder of files named like variables (grader_llm_api_key) that hold their values; the environment "
        "wins; default: /run/secrets where it is there",
    )
    practice: Literal["local", "everyone", "nobody"] = Field(
        default="local", description="Who may use the practice pages without an API key; local is this machine"
    )
    local_without_key: bool = Field(
        default=False, description="This machine needs no API key although there are keys; not behind a proxy"
    )
    key_requests_per_minute: int = Field(
        default=6_000, ge=0, description="Requests a minute of one API key, in one process; 0 does not limit them"
    )
    tenant_requests_per_minute: int = Field(
        default=12_000, ge=0, description="Requests a minute of all keys of one tenant, in one process; 0: no limit"
    )
    tenant_budget_calls: int | None = Field(
        default=None, ge=0, description="Most LLM calls of one tenant a day (UTC); default: no limit"
    )
    tenant_budget_tokens: int | None = Field(default=None, ge=0, description="Most tokens likewise, in and out")
    tenant_budget_usd: float | None = Field(default=None, ge=0, description="Most USD likewise; needs the prices")

    retention: Retention = Field(
        default=Retention.KEEP,
        description="How long grades and answers are kept before `grader db purge` deletes them: practice (30 days), "
        "hiring (3 years), hiring-california (4 years), keep",
    )
    tenant_retention: dict[str, Retention] = Field(
        default={}, description='The same for single tenants, as JSON: {"acme": "hiring"}'
    )

    delivery_trusted_hosts: frozenset[Annotated[str, Field(pattern=r"^[a-z0-9.:\[\]-]+:[0-9]{1,5}$")]] = Field(
        default=frozenset(),
        description='Receivers of webhooks in your own network, as JSON: ["ats.internal:8443"]; only they may be '
        "called by http, at another port than 443, or at a private address",
    )
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]*[^\s?#/]$", description="Base of links")
    report_days: int = Field(default=90, ge=1, le=3_650, description="How long a link to a report can be used")
    workable_unverified: bool = Field(default=False, description="Serve Workable's routes, which nobody has tried yet")
    ashby_url: str = Field(default="https://api.ashbyhq.com", description="Where Ashby's API is")
    api_key: SecretStr | None = Field(default=None, description="API key that `grader batch --server` sends")
    bank_dir: Path | None = Field(default=None, description="Folder of rubric files instead of the shipped bank")

    answer_seconds: float = Field(
        default=25, gt=0, description="How long POST /v1/grades waits for the grade before it answers 202"
    )
    backlog_limit: int = Field(
        default=10_000, ge=1, description="Accepted answers that may wait for their grade; more are refused with 503"
    )
    backlog_workers: int = Field(default=4, ge=1, description="Accepted answers graded at a time in the background")
    batch_file_bytes: int = Field(default=4 * 1024**3, ge=1, description="Longest file of answers over HTTP, in bytes")
    direct_limit: int = Field(
        default=64, ge=1, description="Requests that may wait for their grade at a time; more are refused with 503"
    )
    request_limit: int = Field(
        default=128,
        ge=1,
        description="Requests without an answer at a time, beside those that wait for a grade; more get 503",
    )
    batch_chunks: int = Field(
        default=4, ge=1, le=64, description="Chunks of batches with offline judges that one process grades at a time"
    )
    batch_rows: int = Field(default=8, ge=1, le=256, description="Rows of such a chunk graded at a time")
    batch_llm_in_flight: int | None = Field(
        default=None, ge=1, description="Most rows of batches that ask the LLM at a time, in all workers together"
    )
    batch_llm_per_minute: int | None = Field(
        default=None, ge=1, description="Most rows of batches that begin to ask the LLM a minute, in all workers"
    )

    log_format: Literal["json", "text"] | None = Field(
        default=None, description="Form of the server's log on standard error; default: text on a terminal, else json"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level that is logged; info has a line a request"
    )
    otel_endpoint: str | None = Field(
        default=None,
        description="OTLP/HTTP endpoint that traces go to, such as http://127.0.0.1:4318; needs answer-grader[otel]",
    )

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

    audit_share: float = Field(
        default=0.02, ge=0, le=1, description="Share of all grades that people are to judge blind, drawn by chance"
    )

    partial_credit: float = Field(default=0.5, ge=0, le=1, description="Credit of a partly made point")
    contradiction_penalty: float = Field(default=0, ge=0, le=1, description="Share of its weight a wrong point costs")
    required_cap: float | None = Field(
        default=None, ge=0, le=1, description="Highest score while a required point is missing"
    )
    pass_mark: float | None = Field(default=None, ge=0, le=1, description="Score from which an answer passes")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller says, then the environment, then the secret files, whose folder is a setting itself."""
        _ = dotenv_settings, file_secret_settings
        folder = Path(env_settings().get("secrets_dir") or _SECRETS)
        secrets = (_SecretFiles(settings_cls, folder),) if folder.is_dir() else ()
        return init_settings, env_settings, *secrets

    @field_validator("secrets_dir")
    @classmethod
    def _secrets_are_there(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            msg = "there is no such folder"
            raise ValueError(msg)
        return folder

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
        has_limit = self.llm_budget_usd is not None or self.tenant_budget_usd is not None
        if has_limit and self.llm_input_price == self.llm_output_price == 0:
            msg = "a budget in USD limits nothing without GRADER_LLM_INPUT_PRICE and GRADER_LLM_OUTPUT_PRICE"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _password_has_a_place(self) -> Self:
        if self.database_password is not None and not re.fullmatch(_BARE_URL, self.database_url or ""):
            msg = "GRADER_DATABASE_PASSWORD needs a GRADER_DATABASE_URL with a user and no password"
            raise ValueError(msg)
        return self

    @property
    def store_url(self) -> str:
        """The database to use, with its password."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir / 'grader.db'}"
        if self.database_password is None:
            return self.database_url
        password = quote(self.database_password.get_secret_value(), safe="")
        return re.sub(_BARE_URL, rf"\1:{password}\2", self.database_url)

    @property
    def is_postgres(self) -> bool:
        """Whether the database is one that several processes may work on."""
        return self.store_url.startswith("postgres")

    @property
    def store_name(self) -> str:
        """The database to use, without its password: for people and logs."""
        return re.sub(r"(://[^/@:]*):[^/]*@", r"\1:…@", self.store_url)


def load_settings() -> Settings:
    """The settings of this process's environment; ConfigurationError names every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (_variable(found["loc"]) + found["msg"].removeprefix("Value error, ") for found in error.errors())
        raise ConfigurationError("; ".join(wrong)) from error


def _variable(loc: tuple[int | str, ...]) -> str:
    return f"GRADER_{str(loc[0]).upper()}: " if loc else ""
