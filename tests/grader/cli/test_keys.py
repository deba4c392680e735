"""`grader keys`: keys are made, listed, rotated and revoked, and shown once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.command import app
from grader.access import Token
from grader.errors import ConfigurationError, UnknownKey

CREATE = ("create", "--name", "hiring platform", "--scope", "grade", "--scope", "read")


def keys(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["keys", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def keys_json(*arguments: str) -> Any:
    return json.loads(keys(*arguments, "--json"))


def test_a_key_is_shown_once_and_its_secret_is_nowhere_else(tmp_path: Path) -> None:
    made = keys_json(*CREATE)
    token = Token.parse(made["token"])
    assert token is not None
    assert made | {"token": ""} == {
        "id": token.id,
        "name": "hiring platform",
        "tenant": "local",
        "scopes": ["grade", "read"],
        "created_at": made["created_at"],
        "expires_at": None,
        "revoked_at": None,
        "last_used_at": None,
        "replaces": None,
        "state": "active",
        "token": "",
    }
    assert token.secret not in keys("list") + keys("list", "--json")
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if token.secret.encode() in path.read_bytes()]


def test_for_a_person_the_key_stands_on_a_line_of_its_own() -> None:
    assert Token.parse(keys(*CREATE).splitlines()[0]) is not None


def test_keys_are_listed_all_or_of_one_tenant() -> None:
    mine, theirs = keys_json(*CREATE), keys_json(*CREATE, "--tenant", "acme", "--expires", "30d")
    assert [key["id"] for key in keys_json("list")["keys"]] == [mine["id"], theirs["id"]]
    assert [key["id"] for key in keys_json("list", "--tenant", "acme")["keys"]] == [theirs["id"]]
    assert theirs["expires_at"] > theirs["created_at"]


def test_a_revoked_key_stays_in_the_list_as_revoked() -> None:
    made = keys_json(*CREATE)
    assert keys_json("revoke", made["id"])["state"] == "revoked"
    assert "counts no longer" in keys("revoke", made["id"])
    assert [key["state"] for key in keys_json("list")["keys"]] == ["revoked"]


def test_a_rotated_key_goes_on_for_the_overlap() -> None:
    old = keys_json(*CREATE, "--tenant", "acme")
    new = keys_json("rotate", old["id"], "--overlap", "0m")
    assert (new["replaces"], new["tenant"], new["scopes"]) == (old["id"], "acme", old["scopes"])
    assert {key["id"]: key["state"] for key in keys_json("list")["keys"]} == {old["id"]: "expired", new["id"]: "active"}


@pytest.mark.parametrize("wrong", [("--tenant", "Acme Inc."), ("--tenant", "*"), ("--name", "")])
def test_what_cannot_be_a_key_is_named(wrong: tuple[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=wrong[0][2:]):
        keys(*CREATE, *wrong)


@pytest.mark.parametrize("wrong", [("--scope", "everything"), ("--expires", "soon"), ("--expires", "-1d")])
def test_a_wrong_option_is_a_wrong_call(wrong: tuple[str, str]) -> None:
    assert CliRunner().invoke(app, ["keys", *CREATE, *wrong]).exit_code == 2


@pytest.mark.parametrize("command", ["revoke", "rotate"])
def test_a_key_that_is_not_there_is_named(command: str) -> None:
    with pytest.raises(UnknownKey, match="nobody22"):
        keys(command, "nobody22")


def test_without_keys_the_server_listens_on_this_machine_only() -> None:
    with pytest.raises(ConfigurationError, match="not a loopback address"):
        CliRunner().invoke(app, ["serve", "--host", "192.0.2.1"], catch_exceptions=False)


def test_with_a_key_the_server_may_listen_elsewhere() -> None:
    keys(*CREATE)
    with pytest.raises(ConfigurationError, match="cannot listen on 192"):
        CliRunner().invoke(app, ["serve", "--host", "192.0.2.1", "--port", "0"], catch_exceptions=False)
