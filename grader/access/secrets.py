"""Separate secrets for separate purposes, from the one secret of the deployment."""

from __future__ import annotations

import hashlib
import hmac


def subkey(secret: bytes, purpose: str) -> bytes:
    """32 bytes that serve one purpose only: whoever learns one of them learns neither `secret` nor another."""
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)
