"""Grades that were made in batches, for whoever asks for one by its id: the id says where it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from grader.adapters.sql.batch_tables import BATCH_RUBRICS, BATCHES, ITEMS, RESULTS, read_item
from grader.adapters.sql.tenancy import TenantConnection
from grader.batch.submission import Options, request_for
from grader.keeping import write_request
from grader.ports import Basis, place_of
from rubrics.model import Rubric


async def stored_in_batch(rows: TenantConnection, grade_id: str) -> str | None:
    """The grade as JSON, or None."""
    found = await _result(rows, grade_id)
    return None if found is None else found.grade


async def basis_in_batch(rows: TenantConnection, grade_id: str) -> Basis | None:
    """What the grade was made from, or None; of rows that were graded before there were salts, too."""
    result = await _result(rows, grade_id)
    if result is None or result.salt is None or result.grade is None:
        return None
    here = (ITEMS.c.batch_id == result.batch_id) & (ITEMS.c.idx == result.idx)
    item = read_item((await rows.execute(select(ITEMS).where(here))).one())
    this = (BATCH_RUBRICS.c.batch_id == result.batch_id) & (BATCH_RUBRICS.c.rubric_hash == item.rubric_hash)
    rubric = Rubric.model_validate_json(await rows.scalar(select(BATCH_RUBRICS.c.rubric).where(this)))
    options = await rows.scalar(select(BATCHES.c.options).where(BATCHES.c.id == result.batch_id))
    request = request_for(item, rubric, Options.model_validate_json(options))
    return Basis(grade_id, item.candidate_ref, result.made_at, write_request(request), result.salt)


async def _result(rows: TenantConnection, grade_id: str) -> Row[Any] | None:
    place = place_of(grade_id)
    if place is None:
        return None
    batch_id, idx, generation = place
    here = (RESULTS.c.batch_id == batch_id) & (RESULTS.c.idx == idx) & (RESULTS.c.generation == generation)
    return (await rows.execute(select(RESULTS).where(here))).one_or_none()
