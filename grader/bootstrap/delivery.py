"""Who is told what happens here, and what sends it; all on the same storage."""

from __future__ import annotations

from collections.abc import Callable

from grader.adapters.courier import HttpCourier
from grader.bootstrap.secret import deployment_secret
from grader.bootstrap.stores import Storage
from grader.delivery import ONCE, Dispatcher
from grader.ports import Delivery
from grader.settings import Settings
from grader.webhooks import KIND, PING_KIND, EndpointRegistry, Publisher, Secrets, WebhookCarrier


def build_publisher(storage: Storage) -> Publisher:
    """Puts events into the outbox."""
    return Publisher(storage.endpoints, storage.outbox)


def build_registry(settings: Settings, storage: Storage) -> EndpointRegistry:
    """Keeps the endpoints of webhooks."""
    return EndpointRegistry(
        storage.endpoints,
        storage.outbox,
        Secrets(deployment_secret(settings)),
        storage.audit,
        storage.together,
        settings.delivery_trusted_hosts,
    )


def build_dispatcher(
    settings: Settings, storage: Storage, noted: Callable[[Delivery], None] = lambda _delivery: None
) -> Dispatcher:
    """Sends what is in the outbox; `noted` is told of every try. Any number of processes may have one."""
    secrets = Secrets(deployment_secret(settings))
    carriers = {
        KIND: WebhookCarrier(storage.endpoints, secrets),
        PING_KIND: WebhookCarrier(storage.endpoints, secrets, ONCE),
    }
    courier = HttpCourier(settings.delivery_trusted_hosts)
    return Dispatcher(storage.outbox, storage.together, courier, carriers, noted=noted)
