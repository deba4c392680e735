"""The composition root: settings in, a working service out. The only place that knows every adapter."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from grader.adapters.embedding import BatchingEmbedder, SentenceTransformerEncoder, Weights, find_weights
from grader.domain import Grade
from grader.errors import ConfigurationError, StorageError
from grader.grading import Grader
from grader.judges import llm, similarity
from grader.ports import ChatModel, GradeStore, Judge
from grader.scoring import Policy
from grader.settings import Settings
from rubrics.bank import Bank

if TYPE_CHECKING:
    from grader.adapters.sql_store import SqlGradeStore


@dataclass(frozen=True)
class Services:
    """What every entry point works with; `async with` closes it."""

    settings: Settings
    bank: Bank
    embedder: BatchingEmbedder
    grader: Grader
    chat_model: ChatModel | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.embedder.close()
        if self.chat_model is not None:
            await self.chat_model.close()


def build_services(settings: Settings) -> Services:
    """Everything but the store, without loading a model or opening a connection."""
    embedder = BatchingEmbedder(SentenceTransformerEncoder(settings.embedding_model_path))
    chat_model = None if settings.llm_model is None else _chat_model(settings, settings.llm_model)
    judges = _judges(settings, chat_model)
    default = settings.judge or (llm.NAME if llm.NAME in judges else similarity.NAME)
    if default not in judges:
        raise ConfigurationError(f"GRADER_JUDGE is {default!r}; there is {', '.join(sorted(judges))}")
    policy = Policy(
        partial_credit=settings.partial_credit,
        contradiction_penalty=settings.contradiction_penalty,
        required_cap=settings.required_cap,
        pass_mark=settings.pass_mark,
    )
    bank = Bank() if settings.bank_dir is None else Bank(settings.bank_dir)
    return Services(settings, bank, embedder, Grader(judges, default, embedder, policy), chat_model)


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
    from grader.adapters.sql_store import SqlGradeStore  # noqa: PLC0415 - SQLAlchemy takes 0.4 s to import

    return SqlGradeStore(url)


def locate_embedding_model(settings: Settings) -> Weights:
    """Where the embedding model's files are, without loading them; ModelUnavailable names the ways to get them."""
    return find_weights(settings.embedding_model_path)


def _judges(settings: Settings, chat_model: ChatModel | None) -> dict[str, Judge]:
    judges: dict[str, Judge] = {similarity.NAME: similarity.SimilarityJudge(similarity.Calibration.shipped())}
    if chat_model is not None:
        prices = llm.Prices(settings.llm_input_price, settings.llm_output_price)
        judges[llm.NAME] = llm.LlmJudge(chat_model, secrets.token_bytes(32), prices)
    return judges


def _chat_model(settings: Settings, model: str) -> ChatModel:
    from grader.adapters.openai_chat import OpenAiChatModel  # noqa: PLC0415 - 0.5 s, only where an LLM is configured

    key = settings.llm_api_key
    return OpenAiChatModel(
        model=model,
        base_url=settings.llm_base_url,
        api_key=key.get_secret_value() if key else None,
        deadline_seconds=settings.llm_deadline_seconds,
    )
