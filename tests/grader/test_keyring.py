"""API keys in use: recognised, revoked within seconds, rotated with an overlap, their last use noted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest

from grader.access import Grant, Principal, Scope, Token
from grader.adapters.sql import Database, SqlKeyStore
from grader.errors import StorageAway, UnknownKey
from grader.fakes import FakeAuditLog, FakeKeyStore, separately
from grader.keyring import FRESH_SECONDS, MANY_KEYS, Keyring

GRANT = Grant("platform", "acme", frozenset({Scope.GRADE, Scope.READ}), timedelta(days=30))
START = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Bench:
    """A keyring over a fake store, and the time, which passes when the test says so."""

    store: FakeKeyStore = field(default_factory=FakeKeyStore)
    audit: FakeAuditLog = field(default_factory=FakeAuditLog)
    seconds: float = 0.0

    def keyring(self, secret: bytes = b"secret") -> Keyring:
        return Keyring(
            self.store,
            secret,
            self.audit,
            separately,
            now=lambda: START + timedelta(seconds=self.seconds),
            clock=lambda: self.seconds,
        )


@pytest.fixture
def bench() -> Bench:
    """A keyring's surroundings, with nothing in them."""
    return Bench()


async def test_a_key_is_recognised_as_whose_it_is(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    assert await keyring.recognise(str(issued.token)) == Principal("acme", GRANT.scopes, issued.key.id)


async def test_what_is_no_key_is_refused_without_asking_the_store(bench: Bench) -> None:
    assert await bench.keyring().recognise("ag_live_nonsense") is None
    assert bench.store.lookups == 0


async def test_an_unknown_key_is_refused(bench: Bench) -> None:
    assert await bench.keyring().recognise(str(Token.new())) is None


async def test_a_known_id_with_another_secret_is_refused(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    assert await keyring.recognise(str(Token(issued.token.id, Token.new().secret))) is None


async def test_a_row_that_was_made_without_the_deployments_secret_is_no_key(bench: Bench) -> None:
    issued = await bench.keyring(b"somebody else's").create(GRANT)
    assert await bench.keyring().recognise(str(issued.token)) is None


async def test_a_key_that_has_expired_is_refused(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    bench.seconds = timedelta(days=30).total_seconds()
    assert await keyring.recognise(str(issued.token)) is None


async def test_a_key_that_this_process_revokes_stops_at_once(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    assert await keyring.recognise(str(issued.token))
    await keyring.revoke(issued.key.id)
    assert await keyring.recognise(str(issued.token)) is None


async def test_a_key_that_another_process_revokes_stops_within_two_seconds(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    assert await keyring.recognise(str(issued.token))
    await bench.keyring().revoke(issued.key.id)
    bench.seconds += FRESH_SECONDS
    assert await keyring.recognise(str(issued.token)) is None


async def test_requests_at_the_same_time_and_shortly_after_ask_the_store_once(bench: Bench) -> None:
    keyring = bench.keyring()
    token = str((await keyring.create(GRANT)).token)
    await asyncio.gather(*(keyring.recognise(token) for _ in range(100)))
    bench.seconds += FRESH_SECONDS - 0.1
    await keyring.recognise(token)
    assert bench.store.lookups == 1


async def test_made_up_ids_do_not_fill_the_memory(bench: Bench) -> None:
    keyring = bench.keyring()
    first = str(Token.new())
    for token in (first, *(str(Token.new()) for _ in range(MANY_KEYS)), first):
        await keyring.recognise(token)
    assert bench.store.lookups == MANY_KEYS + 2


async def test_while_the_store_is_away_nobody_is_taken_for_a_stranger(bench: Bench) -> None:
    keyring = bench.keyring()
    token = str((await keyring.create(GRANT)).token)
    bench.store.failure = StorageAway("gone")
    with pytest.raises(StorageAway):
        await keyring.recognise(token)
    bench.store.failure = None
    bench.seconds += FRESH_SECONDS
    assert await keyring.recognise(token)


async def test_a_rotated_key_goes_on_beside_its_successor_for_the_overlap(bench: Bench) -> None:
    keyring = bench.keyring()
    old = await keyring.create(GRANT)
    new = await keyring.rotate(old.key.id, timedelta(hours=1))
    assert (new.key.replaces, new.key.grant) == (old.key.id, GRANT)
    assert await keyring.recognise(str(old.token))
    assert await keyring.recognise(str(new.token))
    bench.seconds = 3_600
    assert await keyring.recognise(str(old.token)) is None
    assert await keyring.recognise(str(new.token))


async def test_a_rotation_does_not_lengthen_a_life(bench: Bench) -> None:
    keyring = bench.keyring()
    old = await keyring.create(GRANT)
    await keyring.rotate(old.key.id, timedelta(days=99))
    assert bench.store.keys[old.key.id].expires_at == old.key.expires_at


async def test_what_is_not_there_can_be_neither_rotated_nor_revoked(bench: Bench) -> None:
    keyring = bench.keyring()
    with pytest.raises(UnknownKey):
        await keyring.rotate("nobody22")
    with pytest.raises(UnknownKey):
        await keyring.revoke("nobody22")


async def test_a_revoked_key_cannot_be_rotated_back_to_life(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    await keyring.revoke(issued.key.id)
    with pytest.raises(UnknownKey):
        await keyring.rotate(issued.key.id)


async def test_uses_are_noted_later_and_once(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    for _ in range(3):
        bench.seconds += 1
        await keyring.recognise(str(issued.token))
    assert bench.store.keys[issued.key.id].last_used_at is None
    await keyring.note_uses()
    assert bench.store.keys[issued.key.id].last_used_at == START + timedelta(seconds=3)


async def test_a_use_that_cannot_be_noted_is_noted_with_the_next(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    await keyring.recognise(str(issued.token))
    bench.store.failure = StorageAway("gone")
    await keyring.note_uses()
    bench.store.failure = None
    await keyring.note_uses()
    assert bench.store.keys[issued.key.id].last_used_at == START


async def test_a_wrong_secret_is_no_use(bench: Bench) -> None:
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    await keyring.recognise(str(Token(issued.token.id, Token.new().secret)))
    await keyring.note_uses()
    assert bench.store.keys[issued.key.id].last_used_at is None


async def test_keys_are_in_use_from_the_first_one_on_for_ever(bench: Bench) -> None:
    keyring = bench.keyring()
    assert not await keyring.in_use()
    issued = await bench.keyring().create(GRANT)
    bench.seconds += FRESH_SECONDS
    assert await keyring.in_use()
    await keyring.revoke(issued.key.id)
    assert await bench.keyring().in_use()


async def test_what_is_done_to_a_key_is_logged_with_its_scopes_and_without_its_secret() -> None:
    bench = Bench()
    keyring = bench.keyring()
    issued = await keyring.create(GRANT)
    successor = await keyring.rotate(issued.key.id)
    await keyring.revoke(issued.key.id)
    said = [entry.read() for entry in await bench.audit.page(GRANT.tenant, after=0, limit=10)]
    assert [(entry["action"], entry["subject"]) for entry in said] == [
        ("key_created", issued.key.id),
        ("key_rotated", successor.key.id),
        ("key_revoked", issued.key.id),
    ]
    assert str(issued.token)[20:] not in str(said)


class BrokenLog(FakeAuditLog):
    """A decision log that takes nothing."""

    async def append(self, *_: object) -> NoReturn:
        raise StorageAway("gone")


async def test_a_key_that_cannot_be_logged_is_neither_made_nor_changed(database: Database) -> None:
    store = SqlKeyStore(database)
    made = await Keyring(store, b"secret", FakeAuditLog(), database.together).create(GRANT)
    keyring = Keyring(store, b"secret", BrokenLog(), database.together)
    for attempt in (keyring.create(GRANT), keyring.rotate(made.key.id), keyring.revoke(made.key.id)):
        with pytest.raises(StorageAway):
            await attempt
    assert await store.list() == (made.key,)
