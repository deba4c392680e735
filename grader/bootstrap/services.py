"""Every service of a configuration, wired together without loading a model or opening a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from grader.adapters.embedding import BatchingEmbedder, SentenceTransformerEncoder
from grader.adapters.reader import CrossEncoder
from grader.bootstrap.judging import build_coach, build_decision_model, build_judges, chat_samples
from grader.bootstrap.reading import open_reader
from grader.bootstrap.stores import response_cache
from grader.caching import OpeningCache
from grader.errors import ConfigurationError
from grader.grading import Grader, ScreeningPolicy
from grader.judges import cascade, local
from grader.ports import ChatModel, DecisionModel
from grader.scoring import Policy
from grader.settings import Settings
from rubrics.bank import Bank


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
    cache = response_cache(settings)
    samples = chat_samples(settings, cache) if chat_model is None else (chat_model,)
    decision_model = build_decision_model(settings)
    judges = build_judges(settings, reader, samples, decision_model)
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
        coach=build_coach(settings, samples[0] if samples else None),
        coached=settings.llm_feedback,
    )
    return Services(settings, bank, embedder, grader, reader, samples[0] if samples else None, decision_model, cache)
