"""What prompts are made of: messages with a secret word, delimiters nobody can guess, schemas in the strict subset."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Final

_TOKEN_CHARACTERS: Final = 32
"""128 bits in hex: nobody can guess a delimiter or the canary."""


@dataclass(frozen=True)
class Prompt:
    """The two messages of one call, and the word in them that no reply may contain."""

    system: str
    user: str
    canary: str


def token(secret: bytes, *parts: str) -> str:
    """128 bits that only who knows the secret can tell, the same for the same parts."""
    digest = hmac.new(secret, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:_TOKEN_CHARACTERS]


def closed_object(properties: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of an object that has all these properties and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
