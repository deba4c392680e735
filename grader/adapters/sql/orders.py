"""Orders to take a test and the answers written so far, in a SQL database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    Select,
    String,
    Text,
    UniqueConstraint,
    delete,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from grader.adapters.sql.database import Database
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.adapters.sql.tenancy import EVERY_TENANT
from grader.assessment import AssessmentOrder, OrderState, SavedAnswer
from grader.errors import StorageError
from grader.ports import Place

ORDERS: Final = owned_table(
    "assessment_orders",
    Column("id", String(64), primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("dedup_key", String(200)),
    Column("candidate_ref", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("revision", Integer, nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("tenant", "platform", "dedup_key", name="uq_assessment_orders_tenant_dedup"),
    Index("ix_assessment_orders_due", "due_at"),
    Index("ix_assessment_orders_tenant_ordered", "tenant", "ordered_at", "id"),
    Index("ix_assessment_orders_tenant_candidate", "tenant", "candidate_ref"),
)
"""`content` is the order as JSON; the columns beside it are what it is looked for by, and where it stands."""

ANSWERS: Final = owned_table(
    "assessment_answers",
    Column("order_id", String(64), primary_key=True),
    Column("question_id", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)


class SqlOrderStore:
    """An OrderStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, tenant: str, order: AssessmentOrder) -> AssessmentOrder:
        """Keep it, or find the one that its dedup key belongs to; AlreadyStored if its id is not new."""
        async with self._database.together(tenant) as rows:
            if order.dedup_key is not None:
                same = (ORDERS.c.platform == order.platform.value) & (ORDERS.c.dedup_key == order.dedup_key)
                kept = (await rows.execute(_orders(same))).first()
                if kept is not None:
                    return _read(kept)
            await rows.execute(insert(ORDERS).values({"id": order.id, **_columns(order)}))
        return order

    async def find(self, tenant: str, order_id: str) -> AssessmentOrder | None:
        """The tenant's order with this id, or None."""
        if "\0" in order_id:  # PostgreSQL takes no such text, so nothing has such an id
            return None
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(_orders(ORDERS.c.id == order_id))).first()
        return None if found is None else _read(found)

    async def owner(self, order_id: str) -> str | None:
        """The tenant whose order this is."""
        async with self._database.reading(EVERY_TENANT) as rows:
            tenant: str | None = await rows.scalar(select(ORDERS.c.tenant).where(ORDERS.c.id == order_id))
        return tenant

    async def page(
        self, tenant: str, state: OrderState | None = None, *, limit: int, after: Place | None = None
    ) -> tuple[AssessmentOrder, ...]:
        """The tenant's orders, the newest first."""
        query = select(*_FIELDS).order_by(ORDERS.c.ordered_at.desc(), ORDERS.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(ORDERS.c.state == state.value)
        if after is not None:
            here = tuple_(literal(after.created_at, UtcDateTime), after.id)
            query = query.where(tuple_(ORDERS.c.ordered_at, ORDERS.c.id) < here)
        async with self._database.reading(tenant) as rows:
            return tuple(_read(row) for row in (await rows.execute(query)).all())

    async def of(self, tenant: str, candidate_ref: str) -> tuple[AssessmentOrder, ...]:
        """The candidate's orders, the oldest first."""
        query = _orders(ORDERS.c.candidate_ref == candidate_ref).order_by(ORDERS.c.ordered_at, ORDERS.c.id)
        async with self._database.reading(tenant) as rows:
            return tuple(_read(row) for row in (await rows.execute(query)).all())

    async def due(self, now: datetime, *, limit: int) -> tuple[tuple[str, AssessmentOrder], ...]:
        """Orders of any tenant that are due."""
        query = select(ORDERS.c.tenant, *_FIELDS).where(ORDERS.c.due_at <= now)
        async with self._database.reading(EVERY_TENANT) as rows:
            found = await rows.execute(query.order_by(ORDERS.c.due_at, ORDERS.c.id).limit(limit))
        return tuple((row.tenant, _read(row)) for row in found.all())

    async def change(self, tenant: str, order: AssessmentOrder) -> AssessmentOrder | None:
        """Keep it in the place of its revision."""
        changed = order.model_copy(update={"revision": order.revision + 1})
        same = (ORDERS.c.id == order.id) & (ORDERS.c.revision == order.revision)
        async with self._database.writing(tenant) as rows:
            done = await rows.execute(update(ORDERS).where(same).values(_columns(changed)))
        return changed if done.rowcount else None

    async def save(self, tenant: str, order_id: str, answer: SavedAnswer) -> bool:
        """Keep an answer behind the revision before it, while the order is under way: handing in waits for this."""
        row = {"order_id": order_id, **answer.model_dump()}
        under_way = select(ORDERS.c.id).where(ORDERS.c.id == order_id, ORDERS.c.state == OrderState.STARTED.value)
        same = _one(order_id, answer.question_id) & (ANSWERS.c.revision == answer.revision - 1)
        async with self._database.writing(tenant) as rows:
            if await rows.scalar(under_way.with_for_update()) is None:
                return False
            if answer.revision == 1:
                return await rows.keep_first(ANSWERS, row)
            return (await rows.execute(update(ANSWERS).where(same).values(row))).rowcount > 0

    async def answers(self, tenant: str, order_id: str) -> tuple[SavedAnswer, ...]:
        """What was written so far, by question id."""
        fields = [column for column in ANSWERS.c if column.name not in {"tenant", "order_id"}]
        query = select(*fields).where(ANSWERS.c.order_id == order_id)
        async with self._database.reading(tenant) as rows:
            found = (await rows.execute(query)).all()
        return tuple(sorted((SavedAnswer(**row._asdict()) for row in found), key=lambda answer: answer.question_id))

    async def drop_answers(self, tenant: str, order_id: str) -> None:
        """Forget what was written."""
        async with self._database.writing(tenant) as rows:
            await rows.execute(delete(ANSWERS).where(ANSWERS.c.order_id == order_id))

    async def erase(self, tenant: str, candidate_ref: str) -> tuple[str, ...]:
        """Delete the candidate's orders with their answers."""
        return await self._delete(tenant, ORDERS.c.candidate_ref == candidate_ref)

    async def expire(self, tenant: str, before: datetime) -> tuple[str, ...]:
        """Delete the orders ordered before, likewise."""
        return await self._delete(tenant, ORDERS.c.ordered_at < before)

    async def _delete(self, tenant: str, which: ColumnElement[bool]) -> tuple[str, ...]:
        async with self._database.writing(tenant) as rows:
            ids = tuple((await rows.execute(select(ORDERS.c.id).where(which))).scalars())
            await rows.execute(delete(ANSWERS).where(ANSWERS.c.order_id.in_(ids)))
            await rows.execute(delete(ORDERS).where(ORDERS.c.id.in_(ids)))
        return tuple(sorted(ids))


_FIELDS: Final = (ORDERS.c.content,)


def _orders(which: ColumnElement[bool]) -> Select[Any]:
    return select(*_FIELDS).where(which)


def _one(order_id: str, question_id: str) -> ColumnElement[bool]:
    return (ANSWERS.c.order_id == order_id) & (ANSWERS.c.question_id == question_id)


def _columns(order: AssessmentOrder) -> dict[str, Any]:
    return {
        "platform": order.platform.value,
        "dedup_key": order.dedup_key,
        "candidate_ref": order.candidate.ref,
        "state": order.state.value,
        "ordered_at": order.ordered_at,
        "due_at": order.due_at,
        "revision": order.revision,
        "content": order.model_dump_json(),
    }


def _read(row: Row[Any]) -> AssessmentOrder:
    try:
        return AssessmentOrder.model_validate_json(row.content)
    except ValidationError:
        raise StorageError("a stored order cannot be read by this version") from None
