"""CSV and TSV: one piece of speech a row, with columns for speaker and times; Whisper's TSV counts milliseconds."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Final

from grader.adapters.transcripts.names import speaker
from grader.adapters.transcripts.plain import pieces_in_one_cell
from grader.adapters.transcripts.source import Heard, Source, line
from grader.adapters.transcripts.times import number, stamp
from grader.transcripts.assembly import Piece

COLUMNS: Final = {
    "text": ("text", "transcript", "content", "utterance", "sentence", "message", "body", "caption", "words", "speech"),
    "speaker": ("speaker", "speaker_name", "name", "who", "role", "participant", "speaker_label", "speaker_id"),
    "start": ("start", "start_time", "starttime", "begin", "from", "time", "timestamp", "start_ms", "start_seconds"),
    "end": ("end", "end_time", "endtime", "to", "end_ms", "end_seconds"),
}
"""What headers may call a column, the likeliest first."""

MILLISECOND: Final = 0.001

_DELIMITERS: Final = "\t,;"
_MAX_CELL: Final = 10_000_000


def delimiter_of(source: Source) -> str | None:
    """What separates the columns, where the first line is a header with a column of text; else None."""
    header = next((text for text in source.lines if text.strip()), "")
    for mark in _DELIMITERS:
        if mark in header and "text" in _columns(header.split(mark)):
            return mark
    is_one_column = "text" in _columns([header]) and any("|" in text for text in source.lines)
    return "," if is_one_column else None


def read_table(source: Source) -> Heard:
    """The rows of a table; InvalidTranscript where a row cannot be read or a table holds several interviews."""
    delimiter = delimiter_of(source) or ","
    rows = _rows(source, delimiter)
    _, header = next(rows)
    fields = _columns(header)
    heard = Heard("TSV" if delimiter == "\t" else "CSV")
    scale = MILLISECOND if _counts_milliseconds(header, delimiter) else 1.0
    whole: list[int] = []
    for at, row in rows:
        cells = {name: row[index].strip() for name, index in fields.items() if index < len(row)}
        text = cells.get("text", "")
        if not cells.get("speaker") and "|" in text:
            whole.append(at)
            heard.pieces += pieces_in_one_cell(text, line(at))
        elif text:
            heard.pieces.append(_piece(cells, at, scale))
    if len(whole) > 1:
        numbers = ", ".join(map(str, whole[:5]))
        raise source.error(f"lines {numbers} each hold a whole interview; put every interview into a file of its own")
    return heard


def _piece(cells: Mapping[str, str], at: int, scale: float) -> Piece:
    start, end = (_seconds(cells.get(name, ""), scale) for name in ("start", "end"))
    return Piece(cells["text"], line(at), speaker(cells.get("speaker")), start, end)


def _seconds(cell: str, scale: float) -> float | None:
    return number(cell, scale) if stamp(cell) is None else stamp(cell)


def _counts_milliseconds(header: list[str], delimiter: str) -> bool:
    """Whether times are in milliseconds: a header says so, or it is the one Whisper writes."""
    names = [_name(cell) for cell in header]
    return "start_ms" in names or (delimiter == "\t" and names == ["start", "end", "text"])


def _columns(header: list[str]) -> dict[str, int]:
    names = [_name(cell) for cell in header]
    found = {field: next((name for name in known if name in names), None) for field, known in COLUMNS.items()}
    return {field: names.index(name) for field, name in found.items() if name}


def _name(cell: str) -> str:
    name = cell.strip().strip('"').casefold().replace("(ms)", "_ms").replace("(s)", "_seconds")
    return "_".join(name.replace("_", " ").replace("-", " ").split())


def _rows(source: Source, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows in which something stands, with the line each begins at."""
    csv.field_size_limit(_MAX_CELL)  # one for the whole process: who needs a lower one looks for himself
    lines = (f"{text}\n" for text in source.lines)
    if delimiter == "\t":
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise source.error(
            f"is no valid table: {error}; quote cells that hold quotes or line breaks", line(begins)
        ) from error
