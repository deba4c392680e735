"""Webhooks: a tenant's servers are told what happened, as https://www.standardwebhooks.com describes it."""

from grader.webhooks.carrying import KIND, PING_KIND, WebhookCarrier
from grader.webhooks.event import (
    EventType,
    WebhookEvent,
    batch_completed,
    batch_failed,
    grade_completed,
    grade_reviewed,
    order_ended,
)
from grader.webhooks.publishing import Publisher, Tell
from grader.webhooks.registry import EndpointRegistry, TooManyEndpoints, UnknownEndpoint, Wanted
from grader.webhooks.signing import Secret, Secrets, signature

__all__ = [
    "KIND",
    "PING_KIND",
    "EndpointRegistry",
    "EventType",
    "Publisher",
    "Secret",
    "Secrets",
    "Tell",
    "TooManyEndpoints",
    "UnknownEndpoint",
    "Wanted",
    "WebhookCarrier",
    "WebhookEvent",
    "batch_completed",
    "batch_failed",
    "grade_completed",
    "grade_reviewed",
    "order_ended",
    "signature",
]
