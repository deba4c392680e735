"""The composition root: settings in, a working service out. The only place that knows every adapter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from grader.adapters.chat.breaker import GuardedChatModel
from grader.adapters.chat.limits import LimitedChatModel
from grader.adapters.chat.options import ChatOptions, Endpoint
from grader.adapters.chat.retrying import RetryingChatModel
from grader.adapters.embedding import (
    WEIGHTS_SHA256,
    BatchingEmbedder,
    SentenceTransformerEncoder,
    Weights,
    find_weights,
)
from grader.adapters.reader import CrossEncoder, OnnxBackend, Pretrained, TorchBackend
from grader.adapters.reader.trained import trained
from grader.adapters.secret_file import kept_secret
from grader.budget import Budget, BudgetedChatModel, Limit, Prices
from grader.caching import CachedChatModel, OpeningCache
from grader.coach import Coach
from grader.domain import Grade
from grader.errors import ConfigurationError, StorageError
from grader.grading import Grader, ScreeningPolicy
from grader.judges import cascade, decisions, llm, local, similarity, voting
from grader.ports import ChatModel, DecisionModel, GradeStore, Judge, Reader, ResponseCache
from grader.prompting.examples import load_examples
from grader.scoring import Policy
from grader.settings import Settings
from grader.training.curriculum import OnStep, Stage
from rubrics.bank import Bank

if TYPE_CHECKING:
    from grader.adapters.sql import SqlGradeStore, SqlResponseCache


@dataclass(frozen=True)
class Services:
    """What every entry point works with; `async with` closes it."""

    settings: Settings
    bank: Bank
    embedder: BatchingEmbedder
    grader: Grader
    reader: CrossEncoder | None = None
    chat_model: ChatModel | None = None
    decision_model: DecisionModel | None = None
    response_cache: OpeningCache | None = None

    async def warm(self) -> None:
        """Return when every model here is loaded and has run once; ModelUnavailable where one is not there."""
        await self.embedder.warm()
        if self.reader is not None:
            await self.reader.warm()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.embedder.close()
        if self.reader is not None:
            self.reader.close()
        for model in (self.chat_model, self.decision_model):
            if model is not None:
                await model.close()
        if self.response_cache is not None:
            await self.response_cache.close()


def build_services(settings: Settings, chat_model: ChatModel | None = None) -> Services:
    """Everything but the store, without loading a model or opening a connection.

    `chat_model` takes the place of the configured one, without its cache, budget and votes.
    """
    embedder = BatchingEmbedder(SentenceTransformerEncoder(settings.embedding_model_path))
    reader = open_reader(settings)
    cache = _response_cache(settings)
    samples = _samples(settings, cache) if chat_model is None else (chat_model,)
    decision_model = (
        None if settings.llm_decisions_model is None else _decision_model(settings, settings.llm_decisions_model)
    )
    judges = _judges(settings, reader, samples, decision_model)
    default = settings.judge or (cascade.NAME if cascade.NAME in judges else local.NAME)
    if default not in judges:
        raise ConfigurationError(f"GRADER_JUDGE is {default!r}; there is {', '.join(sorted(judges))}")
    policy = Policy(
        partial_credit=settings.partial_credit,
        contradiction_penalty=settings.contradiction_penalty,
        required_cap=settings.required_cap,
        pass_mark=settings.pass_mark,
    )
    bank = Bank() if settings.bank_dir is None else Bank(settings.bank_dir)
    grader = Grader(
        judges,
        default,
        embedder,
        policy,
        screening=ScreeningPolicy(settings.screening),
        coach=_coach(settings, samples[0] if samples else None),
        coached=settings.llm_feedback,
    )
    return Services(settings, bank, embedder, grader, reader, samples[0] if samples else None, decision_model, cache)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[GradeStore]:
    """The grade store of these settings, opening while the caller goes on, closed at the end.

    Whoever uses it before it is open waits; where it cannot be opened every use is a StorageError.
    """
    opening = asyncio.create_task(_opened_store(settings.store_url))
    try:
        yield _OpeningStore(opening)
    finally:
        with suppress(StorageError):
            await (await opening).close()


@dataclass(frozen=True)
class _OpeningStore:
    """A GradeStore that may still be opening."""

    opening: asyncio.Task[SqlGradeStore]

    async def save(self, grade: Grade) -> None:
        await (await asyncio.shield(self.opening)).save(grade)

    async def find(self, grade_id: str) -> Grade | None:
        return await (await asyncio.shield(self.opening)).find(grade_id)


async def _opened_store(url: str) -> SqlGradeStore:
    store = await asyncio.to_thread(_new_store, url)
    await store.open()
    return store


def _new_store(url: str) -> SqlGradeStore:
    from grader.adapters.sql import SqlGradeStore  # noqa: PLC0415 - SQLAlchemy takes 0.4 s to import

    return SqlGradeStore(url)


def locate_embedding_model(settings: Settings) -> Weights:
    """Where the embedding model's files are, without loading them; ModelUnavailable names the ways to get them."""
    return find_weights(settings.embedding_model_path)


def locate_reader(settings: Settings) -> tuple[str, str]:
    """The sha256 of the reader's base model and of its weights; ModelUnavailable as for the embedding model."""
    with trained() as weights:
        return _reader_base(settings).sha256, weights.sha256


def open_reader(settings: Settings, weights: Path | None = None) -> CrossEncoder:
    """The reader of the local judge on the shipped weights, or on those in the file `weights`; loads nothing yet."""
    backend = OnnxBackend(settings.data_dir / "cache") if settings.reader_backend == "onnx" else TorchBackend()
    return CrossEncoder(lambda: _reader_base(settings), weights, backend)


def train_reader(settings: Settings, stages: Sequence[Stage], work: Path, weights: Path, on_step: OnStep) -> None:
    """Train the reader through `stages`, kept in `work` so that it can go on after a stop, and write its weights."""
    from grader.adapters.reader.fitting import train  # noqa: PLC0415 - torch, 4 s

    train(_reader_base(settings), stages, work, weights, on_step)


def _reader_base(settings: Settings) -> Pretrained:
    """The model that the reader's weights change: the pinned one, whatever else embeds."""
    found = find_weights(settings.embedding_model_path)
    if found.sha256 != WEIGHTS_SHA256:
        found = find_weights()
    return Pretrained(found.folder, found.sha256)


def _judges(
    settings: Settings, reader: Reader, samples: tuple[ChatModel, ...], decision_model: DecisionModel | None
) -> dict[str, Judge]:
    """The judges by name; `samples` are as many views of the chat model as there are votes."""
    judges: dict[str, Judge] = {
        similarity.NAME: similarity.SimilarityJudge(similarity.Calibration.shipped()),
        local.NAME: local.LocalJudge(reader, local.Calibration.shipped()),
    }
    if decision_model is not None:
        judges[decisions.NAME] = decisions.DecisionJudge(decision_model)
    if samples:
        examples = load_examples(settings.llm_examples) if settings.llm_examples else ()
        votes = tuple(llm.LlmJudge(model, _secret(settings), _prices(settings), examples) for model in samples)
        judges[llm.NAME] = votes[0]
        judges[cascade.NAME] = _cascade(settings, judges[local.NAME], votes)
    return judges


def _cascade(settings: Settings, first: Judge, votes: tuple[Judge, ...]) -> Judge:
    second = voting.VotingJudge(votes) if len(votes) > 1 else votes[0]
    thresholds = cascade.Thresholds.read(first.name, settings.cascade_thresholds)
    return cascade.CascadeJudge(first, second, thresholds, fallback=settings.cascade_fallback)


def _samples(settings: Settings, cache: OpeningCache | None) -> tuple[ChatModel, ...]:
    """The configured chat model within the process's budget, once a vote, each with its own place in the cache."""
    if settings.llm_model is None:
        return ()
    limit = Limit(settings.llm_budget_calls, settings.llm_budget_tokens, settings.llm_budget_usd)
    budget = Budget(limit, "this process (GRADER_LLM_BUDGET_…)")
    model = BudgetedChatModel(_chat_model(settings, settings.llm_model), budget, _prices(settings))
    if cache is None:
        return (model,) * settings.llm_votes
    return tuple(CachedChatModel(model, cache, llm.is_worth_keeping, vote) for vote in range(settings.llm_votes))


def _response_cache(settings: Settings) -> OpeningCache | None:
    """The cache in the database of the grades, opened with its first use."""

    async def opened() -> ResponseCache:
        cache = await asyncio.to_thread(_new_cache, settings)
        await cache.open()
        return cache

    return OpeningCache(opened) if settings.llm_cache_days > 0 else None


def _new_cache(settings: Settings) -> SqlResponseCache:
    from grader.adapters.sql import SqlResponseCache  # noqa: PLC0415 - as for the store

    max_age = timedelta(days=settings.llm_cache_days)
    return SqlResponseCache(settings.store_url, max_age=max_age, max_entries=settings.llm_cache_replies)


def _coach(settings: Settings, chat_model: ChatModel | None) -> Coach | None:
    """Who can write feedback in its own words, for requests that ask for it."""
    if chat_model is None:
        return None
    return Coach(chat_model, _secret(settings), _prices(settings))


def _prices(settings: Settings) -> Prices:
    return Prices(settings.llm_input_price, settings.llm_output_price, settings.llm_cached_input_price)


def _secret(settings: Settings) -> bytes:
    """The deployment's secret: the configured one, else the kept one, so that a restart gives the same prompts."""
    if settings.secret is not None:
        return settings.secret.get_secret_value().encode()
    return kept_secret(settings.data_dir / "secret")


def _chat_model(settings: Settings, model: str) -> ChatModel:
    """The model behind its layers; a try is inside the breaker, the breaker inside the limits, all inside the tries."""
    from grader.adapters.chat.openai_chat import OpenAiChatModel  # noqa: PLC0415 - 0.5 s, only where one is configured

    options = ChatOptions(
        temperature=settings.llm_temperature,
        seed=settings.llm_seed,
        reasoning_effort=settings.llm_reasoning_effort,
        max_output_tokens=settings.llm_max_output_tokens,
    )
    one_try = OpenAiChatModel(model, _endpoint(settings), timeout=settings.llm_try_seconds, options=options)
    limited = LimitedChatModel(
        GuardedChatModel(one_try),
        concurrency=settings.llm_concurrency,
        tokens_per_minute=settings.llm_tokens_per_minute,
        longest_wait=settings.llm_deadline_seconds / 2,  # later, too little time would be left for an answer
    )
    return RetryingChatModel(limited, deadline=settings.llm_deadline_seconds, tries=settings.llm_tries)


def _decision_model(settings: Settings, model: str) -> DecisionModel:
    from grader.adapters.chat.decisions import OpenAiDecisionModel  # noqa: PLC0415 - as above

    return OpenAiDecisionModel(model, _endpoint(settings), timeout=settings.llm_try_seconds)


def _endpoint(settings: Settings) -> Endpoint:
    key = settings.llm_api_key
    return Endpoint(settings.llm_base_url, key.get_secret_value() if key else None)
