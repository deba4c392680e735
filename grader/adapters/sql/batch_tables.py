"""The tables of batches, and how their rows become the words of `ports.batches` and back."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    literal_column,
    or_,
    text,
)

from grader.access import Amount, Limit
from grader.adapters.sql.schema import UtcDateTime, owned_table
from grader.ports import REDONE, Batch, BatchState, Chunk, Counts, Item, ItemStatus, PauseReason, Priority, Result


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=key, autoincrement=False, nullable=False)


def _batch() -> Column[str]:
    return Column("batch_id", String(64), primary_key=True)


COUNTED: Final = tuple(status.value for status in ItemStatus)
SPENT: Final = ("calls", "tokens", "usd")

BATCHES: Final = owned_table(
    "batches",
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(32)),
    Column("options", Text, nullable=False),
    Column("queue", String(32), nullable=False),
    Column("priority", String(8), nullable=False),
    *(_number(name) for name in ("total", "distinct", "chunk_rows", "generation", "planned", "redo_before", "settled")),
    Column("limit_calls", BigInteger),
    Column("limit_tokens", BigInteger),
    Column("limit_usd", Float),
    Column("made_by", String(64)),
    Column("key", String(200)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("touched_at", UtcDateTime, nullable=False),
    Column("resumed_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    UniqueConstraint("tenant", "key", name="uq_batches_tenant_key"),
    Index("ix_batches_state", "state", "created_at"),
    Index("ix_batches_tenant_created", "tenant", "created_at", "id"),
)
BATCH_RUBRICS: Final = owned_table(
    "batch_rubrics",
    _batch(),
    Column("rubric_hash", String(80), primary_key=True),
    Column("rubric", Text, nullable=False),
)
ITEMS: Final = owned_table(
    "items",
    _batch(),
    _number("idx", key=True),
    Column("rubric_hash", String(80), nullable=False),
    Column("candidate_ref", Text),
    Column("sameness", LargeBinary, nullable=False),
    Column("same_as", Integer),
    Column("content", Text, nullable=False),
    Index("ix_items_batch_sameness", "batch_id", "sameness"),
    Index(
        "ix_items_batch_same_as",
        "batch_id",
        "same_as",
        sqlite_where=text("same_as IS NOT NULL"),
        postgresql_where=text("same_as IS NOT NULL"),
    ),
    Index(
        "ix_items_tenant_candidate",
        "tenant",
        "candidate_ref",
        sqlite_where=text("candidate_ref IS NOT NULL"),
        postgresql_where=text("candidate_ref IS NOT NULL"),
    ),
)
RESULTS: Final = owned_table(
    "results",
    _batch(),
    _number("idx", key=True),
    Column("status", String(16), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("score", Float),
    Column("grade", Text),
    Column("reason", String(200), nullable=False),
    Column("salt", LargeBinary),
)
CHUNKS: Final = owned_table(
    "chunks",
    _batch(),
    _number("lo", key=True),
    *(_number(name) for name in ("hi", "rows", "attempts", *COUNTED)),
    Column("calls", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("usd", Float, nullable=False),
)

OF_BATCH: Final[tuple[Table, ...]] = (RESULTS, ITEMS, CHUNKS, BATCH_RUBRICS)
"""What is deleted with a batch, before it."""

NEEDS_WORK: Final[ColumnElement[bool]] = CHUNKS.c.rows > sum((CHUNKS.c[name] for name in COUNTED[1:]), CHUNKS.c.graded)
"""Whether a chunk is not settled."""

_IS_REDONE: Final = or_(*(RESULTS.c.status == literal_column(f"'{status.value}'") for status in sorted(REDONE)))
"""Literals: an insert of many rows can bind nothing but those rows."""

_PLAIN: Final = [column for column in BATCHES.c if column.name != "tenant" and not column.name.startswith("limit_")]


def to_redo(generation: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a number, or a column of numbers
    """Which results are done again, or may be replaced, in this generation."""
    return and_(_IS_REDONE, RESULTS.c.generation < generation)


def batch_row(batch: Batch) -> dict[str, Any]:
    """A batch as a row."""
    row = {column.name: getattr(batch, column.name) for column in _PLAIN}
    limit = {f"limit_{name}": value for name, value in vars(batch.limit).items()}
    reason = batch.reason.value if batch.reason else None
    return row | limit | {"state": batch.state.value, "reason": reason, "priority": batch.priority.value}


def read_batch(row: Row[Any]) -> Batch:
    """A row as a batch."""
    fields = {column.name: getattr(row, column.name) for column in _PLAIN}
    read = {
        "state": BatchState(row.state),
        "reason": PauseReason(row.reason) if row.reason else None,
        "priority": Priority(row.priority),
        "limit": Limit(row.limit_calls, row.limit_tokens, row.limit_usd),
    }
    return Batch(**fields | read)


def item_row(batch_id: str, item: Item, same_as: int | None) -> dict[str, Any]:
    """An item as a row."""
    return {
        "batch_id": batch_id,
        "idx": item.idx,
        "rubric_hash": item.rubric_hash,
        "candidate_ref": item.candidate_ref,
        "sameness": item.sameness,
        "same_as": same_as,
        "content": content(item),
    }


def content(item: Item) -> str:
    """What somebody wrote, as JSON: it may hold characters that PostgreSQL takes in no text."""
    written = json.dumps([item.answer, dict(item.extra)], ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:  # half a character pair
        return json.dumps([item.answer, dict(item.extra)])
    return written


def read_item(row: Row[Any]) -> Item:
    """A row as an item."""
    answer, extra = json.loads(row.content)
    return Item(row.idx, row.rubric_hash, answer, row.candidate_ref, extra, row.same_as)


def result_row(batch_id: str, result: Result) -> dict[str, Any]:
    """A result as a row."""
    return {"batch_id": batch_id, **vars(result), "status": result.status.value}


def read_result(row: Row[Any]) -> Result:
    """A row as a result."""
    return Result(
        row.idx, ItemStatus(row.status), row.generation, row.made_at, row.score, row.grade, row.reason, row.salt
    )


def read_chunk(row: Row[Any]) -> Chunk:
    """A row as a chunk."""
    return Chunk(row.lo, row.hi, row.rows, read_counts(row), row.attempts)


def read_counts(row: Row[Any]) -> Counts:
    """The counters of a chunk, or the sums of those of many."""
    numbers = {name: int(getattr(row, name) or 0) for name in COUNTED}
    return Counts(**numbers, spent=Amount(int(row.calls or 0), int(row.tokens or 0), float(row.usd or 0)))


def sums() -> list[ColumnElement[Any]]:
    """The sum of every counter over chunks."""
    return [func.sum(CHUNKS.c[name]).label(name) for name in (*COUNTED, *SPENT)]
