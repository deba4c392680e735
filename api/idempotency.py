"""`Idempotency-Key`: a request that creates something can be sent again without creating it twice.

As Stripe does it and draft-ietf-httpapi-idempotency-key-header-08 describes it: for 24 hours the same key with the
same payload gets the first answer again, with another payload a 422, and while the first is still under way a 409.

A claim is stored before the work begins, with the id that what is created will have, and held by a lease that is
renewed while this process lives. After a crash the next try gets the claim with the same id: it finds what the first
one stored, or stores it under that id, which can be done once only.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem, Render, to_problem
from api.uploads import Upload
from grader.access import Principal
from grader.errors import GraderError
from grader.ports import Claim, IdempotencyStore, Outcome, Refusal

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"

KEPT: Final = timedelta(hours=24)
"""How long an outcome is replayed, as with Stripe."""

LEASE: Final = timedelta(seconds=15)
"""How long a claim outlives a process that died: the longest a client is told to wait in vain."""

RENEWALS: Final = 3
"""Renewals in the time of one lease: two may fail."""

RETRY_SECONDS: Final = 1
"""`Retry-After` while the first request is under way; most grades take less."""

KEPT_HEADERS: Final = ("content-type", "location", "etag", "preference-applied", "retry-after", "link")
"""What of a response's head belongs to the outcome; the rest belongs to the request."""

UNDECIDED: Final = frozenset({408, 409, 412, 422, 425, 428, 429})
"""Refusals that the same request, mended or later, may overcome under the same key: nothing was created."""

_BARE: Final = re.compile(r"[!#-~]{1,255}")
_QUOTED: Final = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,255})"')


class Idempotent:
    """ASGI middleware: answers a repeated request that creates something as it answered the first."""

    def __init__(self, app: ASGIApp, render: Render) -> None:
        self._app = app
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or give again what was answered before."""
        if scope["type"] != "http" or not scope["state"]["rule"].creates or HEADER.lower() not in Headers(scope=scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await request.body()
            wanted = _wanted(request, body)
            granted = await _claimed(_store(scope), wanted)
            scope["state"]["tried_before"] = granted != wanted
        except ClientDisconnect:
            return
        except (Problem, GraderError) as error:
            response = await self._render(request, to_problem(error))
            await response(scope, receive, send)
            return
        if isinstance(granted, Outcome):
            await _replay(granted, send)
        else:
            await self._serve(granted, body, scope, receive, send)

    async def _serve(self, claim: Claim, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["claim"] = claim
        answer, store = _Answer(), _store(scope)
        async with _held(store, claim):
            await self._app(scope, _read_again(body, receive), answer.take)
        with suppress(GraderError):  # the answer stands; a later try finds what was created under its id
            await _settle(store, claim, answer.outcome)
        await answer.give(send)


def _store(scope: Scope) -> IdempotencyStore:
    store: IdempotencyStore = scope["app"].state.application.access.idempotency
    return store


def _wanted(request: Request, body: bytes) -> Claim:
    principal: Principal = request.state.principal
    return Claim(principal.tenant, _key(request), _fingerprint(request, body), str(uuid.uuid4()), secrets.token_hex(8))


def _key(request: Request) -> str:
    """The key, written as a structured-field string or bare."""
    sent = request.headers.getlist(HEADER)
    if len(sent) == 1:
        if _BARE.fullmatch(sent[0]):
            return sent[0]
        if quoted := _QUOTED.fullmatch(sent[0]):
            return re.sub(r"\\(.)", r"\1", quoted[1])
    detail = "The Idempotency-Key is one value of 1 to 255 visible ASCII characters, best a UUID."
    raise Problem(400, "idempotency-key-invalid", detail)


def _fingerprint(request: Request, body: bytes) -> str:
    """A digest of all that is asked; JSON counts by what it says, not by how it is laid out, a file by its bytes."""
    upload: Upload | None = getattr(request.state, "upload", None)
    try:
        payload = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except ValueError:
        payload = body
    if upload is not None:
        payload = upload.digest.encode()
    asked = f"{request.method} {request.url.path}?{request.url.query}".encode()
    return hashlib.sha256(asked + b"\0" + payload).hexdigest()


async def _claimed(store: IdempotencyStore, wanted: Claim) -> Claim | Outcome:
    now = datetime.now(UTC)
    granted = await store.claim(wanted, now, now + LEASE)
    if granted is Refusal.REUSED:
        detail = "This Idempotency-Key came with another request before; a new request needs a new key."
        raise Problem(422, "idempotency-key-reused", detail)
    if granted is Refusal.IN_PROGRESS:
        raise Problem(
            409,
            "idempotency-in-progress",
            "The first request with this Idempotency-Key is still under way.",
            headers={"Retry-After": str(RETRY_SECONDS)},
        )
    return granted


@asynccontextmanager
async def _held(store: IdempotencyStore, claim: Claim) -> AsyncIterator[None]:
    """Renew the lease while the work lasts; work that ends in an error gives the claim back."""
    renewing = asyncio.create_task(_keep_renewing(store, claim))
    try:
        yield
    except Exception:
        with suppress(GraderError):
            await store.release(claim)
        raise
    finally:
        renewing.cancel()


async def _keep_renewing(store: IdempotencyStore, claim: Claim) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / RENEWALS)
        with suppress(GraderError):  # the next renewal may be in time
            await store.renew(claim, datetime.now(UTC) + LEASE)


async def _settle(store: IdempotencyStore, claim: Claim, outcome: Outcome) -> None:
    final = outcome.status < 500 and outcome.status not in UNDECIDED  # noqa: PLR2004 - HTTP's own line
    await (store.complete(claim, outcome) if final else store.release(claim))


def _read_again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read, then whatever the client does next."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


async def _replay(outcome: Outcome, send: Send) -> None:
    headers = MutableHeaders(outcome.headers | {REPLAYED: "true", "content-length": str(len(outcome.body))})
    await send({"type": "http.response.start", "status": outcome.status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": outcome.body})


@dataclass
class _Answer:
    """A response, held back until its outcome is stored."""

    start: Message = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    async def give(self, send: Send) -> None:
        await send(self.start)
        await send({"type": "http.response.body", "body": bytes(self.body)})

    @property
    def outcome(self) -> Outcome:
        headers = Headers(raw=self.start["headers"])
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        return Outcome(self.start["status"], bytes(self.body), kept)
