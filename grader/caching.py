"""A chat model that is asked the same thing once: the second time its stored reply is given.

The key is everything a reply depends on: which model at which endpoint, the messages, the schema, which sample.
So a reply is never stale, and a change of prompt, rubric, answer or model asks anew. What is read out of a reply
is not stored: quotes are checked again each time. No tenant is given another's replies, and a candidate's can be
erased.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Final, Unpack

from grader.access import LOCAL_TENANT
from grader.errors import StorageError
from grader.ports import ChatModel, ChatRequest, Completion, ResponseCache, Subject

_log: Final = logging.getLogger(__name__)

_FORMAT: Final = 2
"""Of what is stored; a change starts an empty cache."""

_LOCAL: Final = Subject(LOCAL_TENANT)
_SUBJECT: Final = ContextVar("subject", default=_LOCAL)


@contextmanager
def on_behalf_of(subject: Subject) -> Iterator[None]:
    """Whose the replies are that are asked for inside, and about which candidate.

    It travels beside the call and not through it: no judge, prompt or model ever learns who a person is.
    """
    token = _SUBJECT.set(subject)
    try:
        yield
    finally:
        _SUBJECT.reset(token)


def subject() -> Subject:
    """Whose the replies are that are asked for here."""
    return _SUBJECT.get()


def question_hash(request: ChatRequest) -> str:
    """64 hex digits over what a request asks."""
    return content_hash(request["system"], request["user"], request["schema_name"], request["schema"])


def content_hash(*parts: object) -> str:
    """64 hex digits over anything that JSON can say, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class CachedChatModel:
    """A ChatModel before which a ResponseCache stands; the same request under way twice is one call.

    Only replies that `is_good`, told what was asked for, are kept. `sample` tells several votes of one model apart.
    A cache that fails is reported and done without.
    """

    model: ChatModel
    cache: ResponseCache
    is_good: Callable[[Completion, tuple[str, ...]], bool]
    sample: int = 0
    _under_way: dict[str, asyncio.Task[Completion]] = field(default_factory=dict, repr=False)

    @property
    def identity(self) -> dict[str, str]:
        """That of the model: what it says does not depend on where it is kept."""
        return self.model.identity

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        """The model's answer, or the stored one, marked `cached`."""
        subject = _SUBJECT.get()
        key = content_hash(_FORMAT, subject.tenant, self.model.identity, self.sample, question_hash(request))
        under_way = self._under_way.get(key)
        if under_way is not None:
            shared = await asyncio.shield(under_way)
            await self._find(subject, key)  # the reply is about this candidate too
            return replace(shared, cached=True)
        task = asyncio.create_task(self._answer(subject, key, request))
        self._under_way[key] = task
        task.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(task)  # whoever gives up does not take the reply from the others

    async def close(self) -> None:
        """Give up what is under way and close the model; the cache belongs to whoever opened it."""
        for task in tuple(self._under_way.values()):
            task.cancel()
        await self.model.close()

    async def _answer(self, subject: Subject, key: str, request: ChatRequest) -> Completion:
        stored = await self._find(subject, key)
        if stored is not None:
            return replace(stored, cached=True)
        completion = await self.model.complete(**request)
        is_good = self.is_good(completion, request.get("asked", ()))
        return await self._keep(subject, key, completion) if is_good else completion

    def _landed(self, key: str, task: asyncio.Task[Completion]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # seen, in case nobody waits for it any more

    async def _find(self, subject: Subject, key: str) -> Completion | None:
        try:
            return await self.cache.find(subject, key)
        except StorageError as error:
            _log.warning("the response cache cannot be read, the model is asked: %s", error)
            return None

    async def _keep(self, subject: Subject, key: str, completion: Completion) -> Completion:
        """The reply that counts from now on: another process may have been faster; the call was made all the same."""
        try:
            kept = await self.cache.keep(subject, key, completion)
        except StorageError as error:
            _log.warning("a reply could not be put into the response cache: %s", error)
            return completion
        return replace(completion, text=kept.text, model=kept.model, fingerprint=kept.fingerprint)
