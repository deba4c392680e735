"""The example of the README runs as it stands there, against a server."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_the_python_example_of_the_readme_prints_a_score_and_what_is_missing(
    address: tuple[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    found = re.search(r"<!-- a test runs this -->\n```python\n(.*?)```", README, re.DOTALL)
    assert found is not None
    host, port = address
    exec(found[1].replace("http://127.0.0.1:8000", f"http://{host}:{port}"), {})  # noqa: S102 - our own README
    score, _, missing = capsys.readouterr().out.partition(" ")
    assert 0.0 <= float(score) <= 1.0
    assert all(isinstance(text, str) for text in ast.literal_eval(missing))
