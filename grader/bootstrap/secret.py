"""The deployment's secret, which everything that must not be guessed is derived from."""

from __future__ import annotations

from grader.adapters.secret_file import kept_secret
from grader.settings import Settings


def deployment_secret(settings: Settings) -> bytes:
    """The configured one, else the one kept in the data folder, made there at first use; ConfigurationError."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    return kept_secret(settings.data_dir / "secret")
