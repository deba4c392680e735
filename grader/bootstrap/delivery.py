"""Who is told what happens here, and what sends it; all on the same storage."""

from __future__ import annotations

from collections.abc import Callable

from grader.adapters.courier import HttpCourier
from grader.adapters.vault import FernetVault
from grader.bootstrap.secret import deployment_secret
from grader.bootstrap.stores import Storage
from grader.delivery import ONCE, Carrier, Dispatcher
from grader.platforms import AshbyCarrier, Connections, GreenhouseCarrier, WorkableCarrier, ashby, greenhouse, workable
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
    secrets, connections = Secrets(deployment_secret(settings)), build_connections(settings, storage)
    carriers: dict[str, Carrier] = {
        KIND: WebhookCarrier(storage.endpoints, secrets),
        PING_KIND: WebhookCarrier(storage.endpoints, secrets, ONCE),
        greenhouse.KIND: GreenhouseCarrier(connections, settings.delivery_trusted_hosts),
        ashby.KIND: AshbyCarrier(connections, connections.vault, settings.ashby_url),
        workable.KIND: WorkableCarrier(connections, connections.vault, settings.delivery_trusted_hosts),
    }
    courier = HttpCourier(settings.delivery_trusted_hosts)
    return Dispatcher(storage.outbox, storage.together, courier, carriers, noted=noted)


def build_connections(settings: Settings, storage: Storage) -> Connections:
    """Keeps the connections to hiring platforms."""
    secret = deployment_secret(settings)
    vault = FernetVault(secret)
    return Connections(storage.connections, storage.outbox, vault, storage.audit, storage.together, secret)
