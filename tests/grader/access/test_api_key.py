"""What an API key looks like, what is kept of it, and when it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.access import EVERYTHING, Grant, KeyState, Principal, Scope, Token, issue, subkey

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GRANT = Grant("platform", "acme", frozenset({Scope.GRADE}), 30 * DAY)
PEPPER = b"pepper"


def test_a_key_is_read_as_it_was_written() -> None:
    token = Token.new()
    assert Token.parse(str(token)) == token


def test_a_key_fits_into_the_username_of_basic_authentication_at_greenhouse() -> None:
    assert len(str(Token.new())) < 171


@given(st.data())
def test_a_key_with_one_wrong_character_is_none(data: st.DataObject) -> None:
    text = str(Token("abcd2345", "x" * 43))
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.characters(codec="ascii").filter(lambda char: char != text[place]))
    assert Token.parse(text[:place] + wrong + text[place + 1 :]) is None


@given(st.text())
def test_no_other_text_is_a_key(text: str) -> None:
    assert Token.parse(text) is None


@pytest.mark.parametrize("around", ["{} ", " {}", "{}\n", "{}{}"])
def test_a_key_stands_alone(around: str) -> None:
    token = str(Token.new())
    assert Token.parse(around.format(token, token)) is None


def test_no_two_keys_are_alike() -> None:
    assert len({str(Token.new()) for _ in range(1_000)}) == 1_000


def test_neither_the_secret_nor_its_hash_is_shown_by_accident() -> None:
    issued = issue(GRANT, PEPPER, NOW)
    shown = f"{issued} {issued.key} {issued.key.model_dump()} {issued.key.model_dump_json()}"
    assert issued.token.secret not in shown
    assert issued.key.digest not in shown


def test_the_hash_depends_on_the_secret_and_on_the_pepper() -> None:
    one, other = Token.new(), Token.new()
    assert len({one.digest(PEPPER), one.digest(b"other"), other.digest(PEPPER)}) == 3
    assert one.secret not in one.digest(PEPPER)


def test_a_key_counts_until_it_expires_or_is_revoked() -> None:
    key = issue(GRANT, PEPPER, NOW).key
    assert key.state(NOW + 30 * DAY - timedelta(seconds=1)) is KeyState.ACTIVE
    assert key.state(NOW + 30 * DAY) is KeyState.EXPIRED
    assert key.model_copy(update={"revoked_at": NOW}).state(NOW) is KeyState.REVOKED


def test_a_key_without_a_lifetime_never_expires() -> None:
    key = issue(Grant("for ever", "acme", EVERYTHING), PEPPER, NOW).key
    assert key.state(NOW + 100_000 * DAY) is KeyState.ACTIVE


def test_an_end_never_comes_later_than_it_would_have() -> None:
    key = issue(GRANT, PEPPER, NOW).key
    assert key.ending(by=NOW + DAY).expires_at == NOW + DAY
    assert key.ending(by=NOW + 99 * DAY).expires_at == NOW + 30 * DAY


def test_a_successor_may_do_the_same_for_as_long() -> None:
    key = issue(GRANT, PEPPER, NOW).key
    assert key.grant == GRANT


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"tenant": ""},
        {"tenant": "Acme"},
        {"tenant": "*"},
        {"tenant": "a/b"},
        {"tenant": "-a"},
        {"tenant": "a" * 64},
        {"scopes": frozenset()},
    ],
)
def test_a_key_without_a_name_a_tenant_or_a_scope_is_none(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        issue(Grant(**{**vars(GRANT), **wrong}), PEPPER, NOW)


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_gives_itself_and_admin_gives_everything(scope: Scope) -> None:
    assert Principal("acme", frozenset({scope})).may(scope)
    assert Principal("acme", frozenset({Scope.ADMIN})).may(scope)
    others = frozenset(Scope) - {scope, Scope.ADMIN}
    assert not Principal("acme", others).may(scope)


def test_every_purpose_has_its_own_secret() -> None:
    secrets = {subkey(b"secret", "one"), subkey(b"secret", "two"), subkey(b"other", "one"), b"secret"}
    assert len(secrets) == 4
