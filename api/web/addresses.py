"""Addresses of pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode


def query(wished: Mapping[str, str]) -> str:
    """The part of an address that says what is wished, from its question mark on; empty where nothing is."""
    said = urlencode({name: value for name, value in wished.items() if value})
    return f"?{said}" if said else ""
