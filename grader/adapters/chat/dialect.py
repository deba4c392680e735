"""What one model at one endpoint accepts: found out by what it refuses, and remembered.

Nothing optional is sent unless the operator asks for it. A parameter that is refused by name is not sent
again; a response format that is refused gives way to the next of the ladder. So an endpoint that accepts
everything is never asked twice, and one that does not costs one refused call for each thing it lacks.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from typing import Any, Final

from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.ports import ChatRequest

_log: Final = logging.getLogger(__name__)

FORMATS: Final = ("json_schema", "json_object", "text")
"""The ladder of response formats; for `text` none is asked for, only the words of the message hold."""

_FORMAT_WORDS: Final = re.compile(
    r"response format|json schema|json object|structured output|invalid json payload|grammar|requested parameters"
)
"""How endpoints name a format they lack, `_` and `-` read as spaces; the last is OpenRouter's, which answers 404."""

_CACHE_KEY_CHARACTERS: Final = 32

_SAY_SCHEMA: Final = "Answer with one JSON object and nothing else. It must fit this JSON schema:\n"


@dataclass(frozen=True)
class Refusal:
    """What an endpoint said when it refused a request: its words, and the parameter where it names one."""

    message: str
    param: str | None = None

    def names(self, parameter: str) -> bool:
        """Whether this parameter is what was refused."""
        if self.param:
            return self.param.split(".")[0] == parameter
        return re.search(rf"(?<![\w.]){parameter}(?![\w])", self.message) is not None

    @property
    def is_of_format(self) -> bool:
        """Whether the response format is what was refused."""
        said = f"{self.param or ''} {self.message}".lower().replace("_", " ").replace("-", " ")
        return _FORMAT_WORDS.search(said) is not None


class Dialect:
    """How to put a request to one model at one endpoint."""

    def __init__(self, model: str, endpoint: Endpoint, options: ChatOptions) -> None:
        self._model = model
        self._endpoint = endpoint
        self._options = options
        self._format = 0
        self._refused: set[str] = set()
        self._limit = "max_completion_tokens" if endpoint.is_openai else "max_tokens"

    @property
    def response_format(self) -> str:
        """The response format in use."""
        return FORMATS[self._format]

    def body(self, request: ChatRequest) -> dict[str, Any]:
        """The body of the call, with all that is wanted and not yet refused."""
        body = {"model": self._model, "messages": self._messages(request), **self._response_format(request)}
        wanted = {name: value for name, value in self._optional(request).items() if value is not None}
        return body | {name: value for name, value in wanted.items() if name not in self._refused}

    def learn(self, sent: dict[str, Any], refusal: Refusal) -> bool:
        """Whether the refusal of `sent` taught something, so that the next body will be another."""
        for name in sent.keys() & (self._optional_names() | {self._limit}):
            if refusal.names(name):
                self._drop(name)
                return True
        tried = sent.get("response_format", {}).get("type", FORMATS[-1])
        if refusal.is_of_format and tried != FORMATS[-1]:
            self._step_down(FORMATS.index(tried) + 1)
            return True
        if refusal.is_of_format and "provider" in sent:
            self._drop("provider")  # no format is left to give up: let the router choose among all providers
            return True
        return False

    def _drop(self, name: str) -> None:
        if name == "max_tokens" and self._limit == name:
            self._limit = "max_completion_tokens"  # reasoning families know the limit under this name only
        elif name == "max_completion_tokens" and "max_tokens" not in self._refused:
            self._limit = "max_tokens"
        if name not in self._refused:
            self._refused.add(name)
            _log.warning("%s at %s refuses %s; it is no longer sent", self._model, self._endpoint.name, name)

    def _step_down(self, rung: int) -> None:
        if rung > self._format:
            self._format = rung
            _log.warning(
                "%s at %s lacks %s; %s from now on", self._model, self._endpoint.name, *FORMATS[rung - 1 : rung + 1]
            )

    def _messages(self, request: ChatRequest) -> list[dict[str, str]]:
        """The two messages; a schema that is not enforced stands in the system message, which no answer changes."""
        system = request["system"]
        if self.response_format != "json_schema":
            system += "\n\n" + _SAY_SCHEMA + json.dumps(request["schema"])
        return [{"role": "system", "content": system}, {"role": "user", "content": request["user"]}]

    def _response_format(self, request: ChatRequest) -> dict[str, Any]:
        if self.response_format == "text":
            return {}
        if self.response_format == "json_object":
            return {"response_format": {"type": "json_object"}}
        schema = {"name": request["schema_name"], "schema": request["schema"], "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": schema}}

    def _optional(self, request: ChatRequest) -> dict[str, Any]:
        options = self._options
        return {
            "temperature": options.temperature,
            "seed": options.seed,
            "reasoning_effort": options.reasoning_effort,
            self._limit: options.max_output_tokens,
            "prompt_cache_key": _cache_key(request) if self._endpoint.is_openai else None,
            # OpenRouter else picks providers that ignore what they do not know, the schema included.
            "provider": {"require_parameters": True} if self._endpoint.is_openrouter else None,
        }

    def _optional_names(self) -> set[str]:
        return {
            "temperature",
            "seed",
            "reasoning_effort",
            "max_tokens",
            "max_completion_tokens",
            "prompt_cache_key",
            "provider",
        }


def _cache_key(request: ChatRequest) -> str:
    """The same for requests that begin alike; made of what the caller names, else of the rules and the schema."""
    start = request["system"] + request.get("cache_key", json.dumps(request["schema"]))
    return hashlib.sha256(start.encode()).hexdigest()[:_CACHE_KEY_CHARACTERS]
