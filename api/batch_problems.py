"""The problems of batches, part of the table in `api.problems`."""

from __future__ import annotations

from typing import Final

from api.meaning import Meaning

BATCH_PROBLEMS: Final[dict[str, Meaning]] = {
    "not-acceptable": Meaning(
        "There is no such form of it",
        (406,),
        ("an `Accept` that takes none of the forms results come in",),
        "Ask for application/jsonl, text/csv or text/html.",
    ),
    "batch-state": Meaning(
        "The batch is in no state for that",
        (409,),
        ("a batch to pause, resume, cancel or retry that is in another state than that takes",),
        "Read the batch: `state` says where it is. Running ones pause, paused ones resume, completed ones are retried.",
    ),
    "answers-unreadable": Meaning(
        "The file of answers cannot be read",
        (422,),
        ("a file of answers that is empty, cut off, damaged, encrypted, not UTF-8, or lacks columns",),
        "The detail names the line. Save the file anew as UTF-8 CSV, JSON lines or XLSX, and send it again.",
    ),
    "rows-refused": Meaning(
        "Rows of the file are bad",
        (422,),
        ("a file of answers with a row that cannot be graded",),
        "`errors` names the first 100 by number (`/2` is row 2); mend them, or send `bad_rows=skip` to leave them out.",
    ),
}
"""Slug -> meaning."""
