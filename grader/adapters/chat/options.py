"""What an operator configures of a chat model: where it is, and what it is told beside the messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]

OPENAI: Final = "https://api.openai.com/v1"
"""The endpoint where none is configured; named here so that the SDK does not look for one in the environment."""

_OPENAI_HOSTS: Final = (".openai.com", ".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible endpoint: its base URL, None for OpenAI's own, and the key for it."""

    base_url: str | None = field(default=None, repr=False)  # it can hold credentials
    api_key: str | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The base URL, as it is called."""
        return self.base_url or OPENAI

    @property
    def name(self) -> str:
        """The base URL without the credentials that it can hold."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}/"

    @property
    def is_openai(self) -> bool:
        """Whether OpenAI or Azure runs it; only they are sent what only they document."""
        return self._host.endswith(_OPENAI_HOSTS)

    @property
    def is_openrouter(self) -> bool:
        """Whether OpenRouter runs it."""
        return self._host.endswith(".openrouter.ai")

    @property
    def _host(self) -> str:
        return f".{urlsplit(self.url).hostname or ''}"

    def hide(self, text: str) -> str:
        """The text without the key: some endpoints repeat the one they refuse."""
        return text.replace(self.api_key, "***") if self.api_key else text


@dataclass(frozen=True)
class ChatOptions:
    """What the operator wants of the model; what is None is not sent."""

    temperature: float | None = None
    seed: int | None = None
    reasoning_effort: Effort | None = None
    max_output_tokens: int | None = None

    @property
    def wanted(self) -> dict[str, str]:
        """The options that are set, as text: verdicts depend on them."""
        return {name: str(value) for name, value in vars(self).items() if value is not None}
