"""Every service of a configuration, wired together without loading a model or opening a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from grader.adapters.embedding import BatchingEmbedder, SentenceTransformerEncoder
from grader.adapters.reader import CrossEncoder
from grader.bootstrap.deferring import HalfPrice, build_half_price
from grader.bootstrap.judging import (
    build_adviser,
    build_budget,
    build_budgeted_model,
    build_coach,
    build_decision_model,
    build_extractor,
    build_judges,
    chat_samples,
)
from grader.bootstrap.reading import open_reader
from grader.bootstrap.stores import Storage
from grader.errors import ConfigurationError
from grader.extracting import LlmExtractor
from grader.grading import Grader, ScreeningPolicy
from grader.interviews.adviser import Adviser
from grader.judges import cascade, llm, local
from grader.ports import ChatModel, DecisionModel, ResponseCache
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
    storage: Storage
    reader: CrossEncoder | None = None
    chat_model: ChatModel | None = None
    decision_model: DecisionModel | None = None
    extractor: LlmExtractor | None = None
    half_price: HalfPrice | None = None
    adviser: Adviser | None = None

    def asks_a_model(self, judge: str | None) -> bool:
        """Whether the judge of this name (None: the default one) may ask a language model."""
        return self.grader.judge(judge).name in {llm.NAME, cascade.NAME}

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
        for model in (self.chat_model, self.decision_model, self.half_price):
            if model is not None:
                await model.close()
        await self.storage.close()


def build_services(settings: Settings, chat_model: ChatModel | None = None) -> Services:
    """Everything, without loading a model or opening a connection.

    `chat_model` takes the place of the configured one, without its cache, budget and votes.
    """
    embedder = BatchingEmbedder(SentenceTransformerEncoder(settings.embedding_model_path))
    reader = open_reader(settings)
    storage = Storage(settings)
    budget = build_budget(settings)
    model, cache = (chat_model, None) if chat_model else (build_budgeted_model(settings, budget), storage.responses)
    samples = _samples(settings, model, cache)
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
    extractor = build_extractor(settings, model, cache)
    chat = samples[0] if samples else None
    patient = None if cache is None or model is None else build_half_price(settings, grader, reader, storage, budget)
    adviser = build_adviser(settings, model)
    return Services(
        settings, bank, embedder, grader, storage, reader, chat, decision_model, extractor, patient, adviser
    )


def _samples(settings: Settings, model: ChatModel | None, cache: ResponseCache | None) -> tuple[ChatModel, ...]:
    if model is None:
        return ()
    return (model,) if cache is None else chat_samples(settings, model, cache)
