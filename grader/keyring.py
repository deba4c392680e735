"""API keys in use: made, listed, rotated, revoked, and recognised on every request.

Recognising a key asks the store at most every two seconds, so a revoked key stops within two seconds everywhere,
whoever revoked it. When a key was used last is noted in memory and written once a minute, not while a request waits.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from grader.access import ApiKey, Grant, IssuedKey, KeyState, Principal, Token, issue, subkey
from grader.audit import Action, Event
from grader.errors import StorageError, UnknownKey
from grader.ports import AuditLog, KeyStore, Together

FRESH_SECONDS: Final = 2.0
"""How long what the store said of a key is believed: the longest a revoked key still counts."""

NOTE_SECONDS: Final = 60.0
"""Between two writings of when keys were used last."""

MANY_KEYS: Final = 10_000
"""Keys remembered at once; made-up ids must not fill the memory."""

OVERLAP: Final = timedelta(days=1)
"""How long a rotated key goes on beside its successor, where nothing else is asked for."""

OPERATOR: Final = "operator"
"""Who makes and ends keys, as the decision log names them: whoever may use the command line."""

_NOBODYS: Final = "0" * 64
"""Compared with where there is no such key, so that an unknown id takes as long as a wrong secret."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Recent:
    lookup: asyncio.Task[ApiKey | None]
    until: float


@dataclass
class Keyring:
    """The API keys of one deployment; `secret` is the deployment's, `clock` gives seconds that only grow.

    What is done to a key and its entry in the decision log are kept together or not at all.
    """

    store: KeyStore
    secret: bytes = field(repr=False)
    audit: AuditLog
    together: Together
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    _recent: dict[str, _Recent] = field(default_factory=dict)
    _used: dict[str, datetime] = field(default_factory=dict)
    _any: bool = False
    _asked_until: float = float("-inf")

    async def create(self, grant: Grant) -> IssuedKey:
        """A new key; its token can be read now and never again."""
        issued = issue(grant, self._pepper, self.now())
        key = issued.key
        async with self.together(key.tenant):
            await self.store.add(key)
            await self._log(Action.KEY_CREATED, key, scopes=" ".join(sorted(key.scopes)))
        return issued

    async def rotate(self, key_id: str, overlap: timedelta = OVERLAP) -> IssuedKey:
        """A successor of a key, which itself ends after `overlap`; UnknownKey where there is none that counts."""
        old = await self._existing(key_id)
        if old.state(self.now()) is not KeyState.ACTIVE:
            raise UnknownKey(f"the key {key_id} counts no longer; make a new one with `grader keys create`")
        issued = issue(old.grant, self._pepper, self.now(), replaces=old.id)
        async with self.together(old.tenant):
            await self.store.replace(old.ending(by=self.now() + overlap), issued.key)
            await self._log(Action.KEY_ROTATED, issued.key, replaces=old.id)
        return issued

    async def revoke(self, key_id: str) -> ApiKey:
        """The key, which counts no longer; UnknownKey where there is none."""
        key = await self._existing(key_id)
        async with self.together(key.tenant):
            revoked = await self.store.revoke(key.tenant, key.id, self.now())
            await self._log(Action.KEY_REVOKED, key)
        self._recent.pop(key_id, None)
        return revoked or key

    async def recognise(self, text: str) -> Principal | None:
        """Whose key this is, or None where it is none that counts; StorageError where that cannot be known."""
        token = Token.parse(text)
        if token is None:
            return None
        key = await self._find(token.id)
        matches = hmac.compare_digest(token.digest(self._pepper), key.digest if key else _NOBODYS)
        if key is None or not matches or key.state(self.now()) is not KeyState.ACTIVE:
            return None
        self._used[key.id] = self.now()
        return key.principal

    async def holder(self, key_id: str) -> Principal | None:
        """Whose the key is that somebody showed before, or None where it counts no longer; StorageError likewise."""
        key = await self._find(key_id)
        if key is None or key.state(self.now()) is not KeyState.ACTIVE:
            return None
        self._used[key.id] = self.now()
        return key.principal

    async def name(self, key_id: str) -> str | None:
        """What a key is called, whether it counts or not; None where there is none; StorageError."""
        key = await self._find(key_id)
        return None if key is None else key.name

    async def in_use(self) -> bool:
        """Whether a key was ever made: from then on nobody is served without one."""
        if not self._any and self._asked_until <= self.clock():
            self._any = await self.store.any()
            self._asked_until = self.clock() + FRESH_SECONDS
        return self._any

    async def note_uses(self) -> None:
        """Write when keys were used last; what cannot be written now is written with the next."""
        used, self._used = self._used, {}
        if not used:
            return
        try:
            await self.store.used(used)
        except StorageError as error:
            self._used = used | self._used
            _log.warning("when API keys were used could not be noted: %s", error)

    async def keep_noting(self) -> None:
        """Note uses every minute, until cancelled."""
        while True:
            await asyncio.sleep(NOTE_SECONDS)
            await self.note_uses()

    @cached_property
    def _pepper(self) -> bytes:
        return subkey(self.secret, "api-keys")

    async def _existing(self, key_id: str) -> ApiKey:
        key = await self.store.find(key_id)
        if key is None:
            raise UnknownKey(f"there is no key {key_id}; `grader keys list` names those there are")
        return key

    async def _log(self, action: Action, key: ApiKey, **facts: str) -> None:
        await self.audit.append(key.tenant, Event(OPERATOR, action, key.id, facts))

    async def _find(self, key_id: str) -> ApiKey | None:
        """What the store said of a key, at most `FRESH_SECONDS` ago; requests at the same time ask once."""
        recent = self._recent.get(key_id)
        if recent is None or recent.until <= self.clock():
            if len(self._recent) >= MANY_KEYS:
                self._recent.clear()
            recent = _Recent(asyncio.create_task(self.store.find(key_id)), self.clock() + FRESH_SECONDS)
            recent.lookup.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._recent[key_id] = recent
        return await asyncio.shield(recent.lookup)
