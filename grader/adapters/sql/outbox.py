"""The outbox in a SQL database: a delivery is a row in the transaction of what it reports."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Row,
    String,
    Text,
    UniqueConstraint,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT
from grader.ports import Delivery, DeliveryState, Place

OUTBOX: Final = owned_table(
    "outbox",
    Column("id", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("target", String(200), nullable=False),
    Column("dedup_key", String(200), nullable=False),
    Column("message_id", String(80), nullable=False),
    Column("about", String(64), nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("status", Integer),
    Column("reason", String(64), nullable=False),
    Column("tried_at", UtcDateTime),
    UniqueConstraint("tenant", "kind", "target", "dedup_key", name="uq_outbox_tenant_dedup"),
    Index("ix_outbox_state_due", "state", "due_at", "tenant", "target"),
    Index("ix_outbox_tenant_target", "tenant", "target", "created_at", "id"),
    Index("ix_outbox_tenant_about", "tenant", "about"),
)

_FIELDS: Final = [column for column in OUTBOX.c if column.name != "tenant"]
_IS: Final = {state: OUTBOX.c.state == state.value for state in DeliveryState}


class SqlOutbox:
    """An Outbox; what is put is on disk when its transaction is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, tenant: str, delivery: Delivery) -> bool:
        """Keep it; the first of its dedup key stays."""
        row = {column.name: getattr(delivery, column.name) for column in _FIELDS}
        async with self._database.writing(tenant) as rows:
            return await rows.keep_first(OUTBOX, row | {"state": delivery.state.value})

    async def find(self, tenant: str, delivery_id: str) -> Delivery | None:
        """The tenant's delivery with this id, or None."""
        if "\0" in delivery_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(select(*_FIELDS).where(OUTBOX.c.id == delivery_id))).first()
        return None if found is None else _read(found)

    async def page(
        self, tenant: str, target: str, state: DeliveryState | None = None, *, limit: int, after: Place | None = None
    ) -> tuple[Delivery, ...]:
        """What is for this target, the newest first."""
        query = select(*_FIELDS).where(OUTBOX.c.target == target)
        query = query.order_by(OUTBOX.c.created_at.desc(), OUTBOX.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(_IS[state])
        if after is not None:
            here = tuple_(literal(after.created_at, UtcDateTime), after.id)
            query = query.where(tuple_(OUTBOX.c.created_at, OUTBOX.c.id) < here)
        async with self._database.reading(tenant) as rows:
            return tuple(_read(row) for row in (await rows.execute(query)).all())

    async def claim(
        self, now: datetime, until: datetime, *, kinds: Collection[str], without: Collection[tuple[str, str]] = ()
    ) -> tuple[str, Delivery] | None:
        """Take the one that is due the longest; of several processes each takes another."""
        due = select(OUTBOX.c.id).where(_IS[DeliveryState.WAITING], OUTBOX.c.due_at <= now, OUTBOX.c.kind.in_(kinds))
        if without:
            due = due.where(tuple_(OUTBOX.c.tenant, OUTBOX.c.target).not_in(without))
        due = due.order_by(OUTBOX.c.due_at, OUTBOX.c.id).limit(1)
        async with self._database.reading(EVERY_TENANT) as rows:
            if await rows.scalar(due) is None:  # mostly: no writer need wait for a look into an empty outbox
                return None
        async with self._database.writing(EVERY_TENANT) as rows:
            delivery_id = await rows.scalar(due.with_for_update(skip_locked=True))
            if delivery_id is None:
                return None
            this = OUTBOX.c.id == delivery_id
            await rows.execute(update(OUTBOX).where(this).values(due_at=until, tries=OUTBOX.c.tries + 1))
            found = (await rows.execute(select(OUTBOX.c.tenant, *_FIELDS).where(this))).one()
        return found.tenant, _read(found)

    async def settle(self, tenant: str, delivery: Delivery) -> bool:
        """Keep how a try ended; `tries` tells whether it is still that try's to say."""
        as_taken = and_(OUTBOX.c.id == delivery.id, OUTBOX.c.tries == delivery.tries, _IS[DeliveryState.WAITING])
        ended = {name: getattr(delivery, name) for name in ("due_at", "status", "reason", "tried_at")}
        change = update(OUTBOX).where(as_taken).values(state=delivery.state.value, **ended)
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(change)).rowcount > 0

    async def replay(self, tenant: str, target: str, now: datetime, *, delivery_id: str | None = None) -> int:
        """Try again from the start."""
        again = and_(OUTBOX.c.target == target, _IS[DeliveryState.DEAD])
        if delivery_id is not None:
            this = and_(OUTBOX.c.target == target, OUTBOX.c.id == delivery_id)
            again = and_(this, or_(_IS[DeliveryState.DEAD], _IS[DeliveryState.DELIVERED]))
        fresh = {"state": DeliveryState.WAITING.value, "due_at": now, "tries": 0, "reason": ""}
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(update(OUTBOX).where(again).values(fresh))).rowcount

    async def forget(self, tenant: str, *, about: Collection[str] = (), target: str | None = None) -> int:
        """Delete what speaks of these, or everything for this target."""
        gone = OUTBOX.c.about.in_(about) if target is None else OUTBOX.c.target == target
        async with self._database.writing(tenant) as rows:
            return (await rows.execute(delete(OUTBOX).where(gone))).rowcount

    async def purge(self, *, delivered: datetime, dead: datetime) -> int:
        """Delete what was settled before then."""
        last = func.coalesce(OUTBOX.c.tried_at, OUTBOX.c.created_at)
        over = or_(
            and_(_IS[DeliveryState.DELIVERED], last < delivered),
            and_(_IS[DeliveryState.DEAD], last < dead),
        )
        async with self._database.writing(EVERY_TENANT) as rows:
            return (await rows.execute(delete(OUTBOX).where(over))).rowcount


def _read(row: Row[Any]) -> Delivery:
    fields = {column.name: getattr(row, column.name) for column in _FIELDS}
    return Delivery(**fields | {"state": DeliveryState(row.state)})
