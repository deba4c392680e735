"""The deployment's secret: made once, kept in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from grader.errors import ConfigurationError

SECRET_BYTES: Final = 32
"""256 bits: twice what a delimiter needs."""


def kept_secret(path: Path) -> bytes:
    """The secret in `path`, made first if there is none; ConfigurationError where that cannot be.

    Of several processes that start at once all get the same one.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the secret {path} cannot be read or made ({error.strerror}); set GRADER_SECRET or GRADER_DATA_DIR"
        ) from error
    if len(secret) < SECRET_BYTES:
        raise ConfigurationError(f"the secret {path} is damaged: delete it, and a new one is made")
    return secret


def _make(path: Path) -> None:
    """Write the whole file aside and link it into place: nobody ever reads half a secret, and the first one stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
