"""Assessments: set up, ordered, taken, graded by the backlog, told by the outbox; all on the same storage."""

from __future__ import annotations

from grader.assessing import Desk, Ordering, Settlement
from grader.assessment import Platform
from grader.backlog import Backlog
from grader.bootstrap.authoring import build_author
from grader.bootstrap.delivery import build_publisher
from grader.bootstrap.secret import deployment_secret
from grader.bootstrap.services import Services
from grader.links import Links
from grader.platforms import greenhouse
from grader.platforms.ashby import AshbyNews
from grader.platforms.workable import WorkableNews
from grader.settings import Settings


def build_links(settings: Settings) -> Links:
    """Makes and reads the links of candidates and reports."""
    base_url = settings.public_url or f"http://{settings.host}:{settings.port}"
    return Links(deployment_secret(settings), base_url, settings.report_days)


def build_settlement(settings: Settings, services: Services, backlog: Backlog) -> Settlement:
    """Settles orders; its `ordering` takes them, its `desk` keeps them."""
    storage = services.storage
    links = build_links(settings)
    announcers = {
        Platform.GREENHOUSE: greenhouse.announce,
        Platform.ASHBY: AshbyNews(links).announce,
        Platform.WORKABLE: WorkableNews(links).announce,
    }
    kept = storage.tests, storage.orders, storage.outbox, storage.audit, storage.together
    desk = Desk(*kept, announcers, build_publisher(storage).publish)
    ordering = Ordering(desk, backlog, build_author(services).of_question)
    return Settlement(ordering, storage.grades, storage.pending, storage.reviews, storage.referrals)
