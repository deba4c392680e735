"""The same question to a chat model is one call, and only good replies are kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Unpack

import pytest

from grader.caching import CachedChatModel, on_behalf_of
from grader.errors import JudgeFailure, StorageError
from grader.fakes import FakeChatModel, FakeResponseCache, completion
from grader.ports import ChatRequest, Completion, Subject

REQUEST: ChatRequest = {"system": "s", "user": "u", "schema_name": "n", "schema": {"type": "object"}}
CHANGES: list[ChatRequest] = [
    {**REQUEST, "system": "t"},
    {**REQUEST, "user": "v"},
    {**REQUEST, "schema_name": "m"},
    {**REQUEST, "schema": {"type": "array"}},
]


class SlowModel(FakeChatModel):
    """Answers when it is let go."""

    def __init__(self, *replies: Completion | Exception) -> None:
        super().__init__(list(replies))
        self.go = asyncio.Event()

    async def complete(self, **request: Unpack[ChatRequest]) -> Completion:
        await self.go.wait()
        return await super().complete(**request)


def cached(
    *replies: Completion | Exception, cache: FakeResponseCache | None = None, sample: int = 0
) -> tuple[CachedChatModel, FakeChatModel]:
    model = FakeChatModel(list(replies))
    store = FakeResponseCache() if cache is None else cache
    return CachedChatModel(model, store, lambda reply, _: reply.finish_reason == "stop", sample), model


async def test_the_second_time_the_stored_reply_is_given_without_a_call() -> None:
    chat, model = cached(completion("one"), completion("two"))
    first, second = await chat.complete(**REQUEST), await chat.complete(**REQUEST)
    assert (first.text, first.cached, second) == ("one", False, replace(first, cached=True))
    assert len(model.asked) == 1


@pytest.mark.parametrize("changed", CHANGES)
async def test_whatever_is_asked_differently_is_asked_anew(changed: ChatRequest) -> None:
    chat, _ = cached(completion("one"), completion("two"))
    await chat.complete(**REQUEST)
    assert (await chat.complete(**changed)).text == "two"


async def test_the_key_for_the_providers_own_cache_asks_nothing_new() -> None:
    chat, model = cached(completion("one"))
    await chat.complete(**REQUEST)
    await chat.complete(**REQUEST, cache_key="rubric")
    assert len(model.asked) == 1


async def test_every_sample_has_a_reply_of_its_own() -> None:
    cache = FakeResponseCache()
    texts = [
        (await cached(completion(text), cache=cache, sample=sample)[0].complete(**REQUEST)).text
        for text, sample in [("one", 0), ("two", 1), ("three", 0), ("four", 1)]
    ]
    assert texts == ["one", "two", "one", "two"]


async def test_a_reply_that_is_not_good_is_given_and_not_kept() -> None:
    chat, _ = cached(completion("half", finish_reason="length"), completion("whole"))
    assert [(await chat.complete(**REQUEST)).text for _ in range(3)] == ["half", "whole", "whole"]


async def test_a_failure_is_passed_on_and_not_kept() -> None:
    chat, _ = cached(JudgeFailure("timeout", "late"), completion("one"))
    with pytest.raises(JudgeFailure, match="late"):
        await chat.complete(**REQUEST)
    assert (await chat.complete(**REQUEST)).text == "one"


async def test_a_cache_that_fails_is_done_without() -> None:
    chat, model = cached(completion("one"), cache=FakeResponseCache(failure=StorageError("disk full")))
    assert [await chat.complete(**REQUEST) for _ in range(2)] == [completion("one")] * 2
    assert len(model.asked) == 2


async def test_what_another_process_kept_first_counts_and_the_own_call_is_still_paid() -> None:
    class FasterElsewhere(FakeResponseCache):
        async def keep(self, subject: Subject, key: str, completion: Completion) -> Completion:
            return await super().keep(subject, key, replace(completion, text="theirs", input_tokens=1))

    chat, _ = cached(completion("mine"), cache=FasterElsewhere())
    reply = await chat.complete(**REQUEST)
    assert (reply.text, reply.cached, reply.input_tokens) == ("theirs", False, 100)


async def test_the_same_question_at_the_same_time_is_one_call() -> None:
    model = SlowModel(completion("one"), completion("two"))
    chat = CachedChatModel(model, FakeResponseCache(), lambda _reply, _asked: True)
    waiting = [asyncio.create_task(chat.complete(**REQUEST)) for _ in range(4)]
    await asyncio.sleep(0)
    model.go.set()
    replies = await asyncio.gather(*waiting)
    assert {reply.text for reply in replies} == {"one"}
    assert [reply.cached for reply in replies] == [False, True, True, True]


async def test_whoever_gives_up_does_not_take_the_reply_from_the_others() -> None:
    model = SlowModel(completion("one"))
    chat = CachedChatModel(model, FakeResponseCache(), lambda _reply, _asked: True)
    impatient, patient = (asyncio.create_task(chat.complete(**REQUEST)) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    model.go.set()
    assert (await patient).text == "one"
    assert len(model.asked) == 1


async def test_closing_gives_up_what_is_under_way() -> None:
    chat = CachedChatModel(SlowModel(completion("one")), FakeResponseCache(), lambda _reply, _asked: True)
    waiting = asyncio.create_task(chat.complete(**REQUEST))
    await asyncio.sleep(0)
    await chat.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_no_tenant_is_given_what_another_asked_for() -> None:
    chat, model = cached(completion("one"), completion("two"))
    with on_behalf_of(Subject("one")):
        first = await chat.complete(**REQUEST)
    with on_behalf_of(Subject("two")):
        second = await chat.complete(**REQUEST)
    assert (first.text, second.text, second.cached) == ("one", "two", False)
    assert len(model.asked) == 2


async def test_a_reply_is_erased_with_each_candidate_whose_grade_rests_on_it() -> None:
    cache = FakeResponseCache()
    chat, model = cached(completion("one"), completion("two"), cache=cache)
    for candidate in ("anna", "bert"):
        with on_behalf_of(Subject("one", candidate)):
            await chat.complete(**REQUEST)
    assert await cache.erase("one", "bert") == 1
    assert await cache.erase("one", "anna") == 0
    assert len(model.asked) == 1


async def test_a_reply_shared_while_it_was_under_way_is_erased_with_both_candidates() -> None:
    cache, model = FakeResponseCache(), SlowModel(completion("one"))
    chat = CachedChatModel(model, cache, lambda _reply, _asked: True)

    async def asked_for(candidate: str) -> None:
        with on_behalf_of(Subject("one", candidate)):
            await chat.complete(**REQUEST)

    waiting = [asyncio.create_task(asked_for(candidate)) for candidate in ("anna", "bert")]
    await asyncio.sleep(0)
    model.go.set()
    await asyncio.gather(*waiting)
    assert len(model.asked) == 1
    assert await cache.erase("one", "bert") == 1
