"""What the server writes about itself: one JSON object a line, or words for a person at a terminal.

Only what the code itself chose goes in: the words of a log call, its named fields, and of an error nobody expected
its kind and where it came from. What such an error says is left out: it may repeat what a candidate wrote.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TextIO

from api import request_id
from grader.settings import Settings

_FRAMES: Final = 30
"""Innermost frames of a traceback that are written."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What could end a line or steer a terminal."""


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Write everything from now on to `stream` (standard error), in the form the settings ask for."""
    target = stream or sys.stderr
    form = settings.log_format or ("text" if target.isatty() else "json")
    handler = logging.StreamHandler(target)
    handler.setFormatter(JsonLines() if form == "json" else Words())
    # Neither form names a thread or a process: nobody need look them up for every line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    # These tell of each single call, some with its address and parameters.
    for chatty in ("aiosqlite", "alembic", "asyncio", "httpcore", "httpx", "httpx2", "openai", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, logger, message, request id, the call's fields, and where it failed."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; line ends and control characters inside are escaped, as JSON does."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if request_id.current():
            line["request_id"] = request_id.current()
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            line["trace"] = _trace(record.exc_info[2])
        return json.dumps(line, default=lambda value: type(value).__name__)


class Words(logging.Formatter):
    """A line for a person: time, level, message, and the request's id; control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, followed by the frames of an error."""
        time = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        message = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", _message(record))
        milliseconds = getattr(record, "fields", {}).get("ms")
        took = f" in {milliseconds} ms" if milliseconds is not None else ""
        line = f"{time} {record.levelname.lower():7} {message}{took}"
        if record.exc_info and record.exc_info[0] is not None:
            line += f"\n  {record.exc_info[0].__qualname__}, request {request_id.current() or '-'}"
            line += "".join(f"\n    {frame}" for frame in _trace(record.exc_info[2]))
        return line


def _message(record: logging.LogRecord) -> str:
    """What was said; of what asyncio says of a lost error the first line, for the others repeat the error."""
    said = record.getMessage()
    return said.partition("\n")[0] if record.name == "asyncio" else said


def _trace(found: TracebackType | None) -> list[str]:
    """Where an error came from, innermost last: file, line and function, without a line of code or a value."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(found)[-_FRAMES:]]
