"""What the README shows is what the program does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.command import app
from api.schemas import GradeRequest
from grader.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


@pytest.mark.embed
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_example_prints_what_the_readme_prints() -> None:
    block = re.search(r"```console\n\$ echo \"(.*?)\" \| .*?grade (.*?)\n(.*?)```", README, re.DOTALL)
    assert block is not None
    answer, arguments, shown = block.groups()
    printed = CliRunner().invoke(app, ["grade", *arguments.split()], input=f"{answer}\n")
    assert printed.stdout.split() == shown.split()


def test_the_request_of_the_readme_is_valid() -> None:
    body = re.search(r"-d '(\{.*?\})'", README, re.DOTALL)
    assert body is not None
    assert GradeRequest.model_validate(json.loads(body[1])).rubric is not None


def test_every_command_in_the_readme_exists() -> None:
    commands = re.findall(r"^\| `grader ([a-z]+)", README, re.MULTILINE)
    listed = CliRunner().invoke(app, ["--help"]).stdout
    assert len(commands) >= 7
    assert [command for command in commands if command not in listed] == []


def test_every_setting_in_the_readme_exists() -> None:
    named = set(re.findall(r"\bGRADER_([A-Z_]+[A-Z])\b", README))
    assert {name.lower() for name in named} <= set(Settings.model_fields)
