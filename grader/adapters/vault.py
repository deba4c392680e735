"""Other people's keys, kept sealed: Fernet (AES-128-CBC and HMAC-SHA256), under a key of the deployment's secret."""

from __future__ import annotations

import base64

from grader.access import subkey
from grader.errors import ConfigurationError


class FernetVault:
    """A Vault; `secret` is the deployment's."""

    def __init__(self, secret: bytes) -> None:
        self._key = base64.urlsafe_b64encode(subkey(secret, "platform keys"))

    def seal(self, text: str) -> str:
        """The text, encrypted and signed."""
        from cryptography.fernet import Fernet  # noqa: PLC0415 - 60 ms, for those who are connected to a platform

        return Fernet(self._key).encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again; ConfigurationError where another secret sealed it."""
        from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415 - as above

        try:
            return Fernet(self._key).decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ConfigurationError(
                "a platform's key was sealed under another GRADER_SECRET; connect the platform again"
            ) from None
