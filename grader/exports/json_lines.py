"""Results as JSON lines: an object a row, with its whole grade."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from grader.exports.export import Export


async def json_lines(export: Export) -> AsyncIterator[str]:
    """`{row, candidate_ref, question_id, status, score, reason, same_as, extra, grade}`, a line each.

    `row` counts from 1; `same_as` is the row whose answer was the same; `grade` is null where `reason` says why.
    """
    async for row in export.rows:
        if row.result is None:
            continue
        told = {
            "row": row.item.idx + 1,
            "candidate_ref": row.item.candidate_ref,
            "question_id": export.question_id(row),
            "status": row.result.status.value,
            "score": row.result.score,
            "reason": row.result.reason,
            "same_as": None if row.item.same_as is None else row.item.same_as + 1,
            "extra": dict(row.item.extra),
        }
        # The grade is JSON already: reading it to write it again would take most of the time.
        yield f'{json.dumps(told, ensure_ascii=False)[:-1]}, "grade": {row.result.grade or "null"}}}\n'
