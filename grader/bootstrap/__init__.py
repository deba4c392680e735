"""The composition root: settings in, a working service out. The only place that knows every adapter."""

from grader.bootstrap.access import Access, build_access, build_keyring
from grader.bootstrap.assessing import build_links, build_settlement
from grader.bootstrap.authoring import build_author
from grader.bootstrap.batch_desk import build_batch_desk
from grader.bootstrap.batches import BatchWork, build_batches
from grader.bootstrap.deferring import HalfPrice, build_half_price
from grader.bootstrap.delivery import build_connections, build_dispatcher, build_publisher, build_registry
from grader.bootstrap.interviews import build_desk, build_transcript_reader
from grader.bootstrap.judging import build_chat_model, build_extractor
from grader.bootstrap.practice import build_practice
from grader.bootstrap.reading import locate_embedding_model, locate_reader, open_reader, train_reader
from grader.bootstrap.reception import build_reception
from grader.bootstrap.reviews import (
    build_auditor,
    build_candidates,
    build_keeper,
    build_mistakes,
    build_reviewer,
    build_triage,
)
from grader.bootstrap.secret import deployment_secret
from grader.bootstrap.services import Services, build_services
from grader.bootstrap.stores import Storage, database_schema, upgrade_database

__all__ = [
    "Access",
    "BatchWork",
    "HalfPrice",
    "Services",
    "Storage",
    "build_access",
    "build_auditor",
    "build_author",
    "build_batch_desk",
    "build_batches",
    "build_candidates",
    "build_chat_model",
    "build_connections",
    "build_desk",
    "build_dispatcher",
    "build_extractor",
    "build_half_price",
    "build_keeper",
    "build_keyring",
    "build_links",
    "build_mistakes",
    "build_practice",
    "build_publisher",
    "build_reception",
    "build_registry",
    "build_reviewer",
    "build_services",
    "build_settlement",
    "build_transcript_reader",
    "build_triage",
    "database_schema",
    "deployment_secret",
    "locate_embedding_model",
    "locate_reader",
    "open_reader",
    "train_reader",
    "upgrade_database",
]
