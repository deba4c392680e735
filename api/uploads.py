"""Files that come as a request's body: written to disk as they arrive, so that no size of theirs takes memory."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from starlette.requests import Request

from api.errors import Problem
from grader.errors import StorageError, StorageFull

PAUSE_SECONDS: Final = 30
"""Longest time in which nothing of a file arrives."""

MEDIA_TYPES: Final = (
    "application/jsonl",
    "application/x-ndjson",
    "application/json",
    "text/csv",
    "text/tab-separated-values",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
    "text/plain",
)
"""What a file of answers may be sent as; what it is, its content tells."""

_PIECE: Final = 1 << 20
_CLOSE: Final = {"Connection": "close"}  # the rest of the body is not read


@dataclass(frozen=True)
class Upload:
    """A whole file that has arrived; `digest` is its SHA-256."""

    stream: BinaryIO
    digest: str
    size: int


@asynccontextmanager
async def uploaded(request: Request, folder: Path, most: int) -> AsyncIterator[Upload]:
    """The file that is the body, until this is left; a Problem where it is too large, too slow or of no known type."""
    _require_type(request)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > most:
        raise _too_large(most)
    stream = await asyncio.to_thread(_opened, folder)
    try:
        yield await _received(request, stream, most)
    finally:
        stream.close()


async def _received(request: Request, stream: BinaryIO, most: int) -> Upload:
    digest, size, piece = hashlib.sha256(), 0, bytearray()
    pieces = request.stream()
    while True:
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                chunk = await anext(pieces, None)
        except TimeoutError:
            detail = f"Nothing of the file came for {PAUSE_SECONDS} s."
            raise Problem(408, "request-timeout", detail, headers=_CLOSE) from None
        piece += chunk or b""
        size += len(chunk or b"")
        if size > most:
            raise _too_large(most)
        if chunk is None or len(piece) >= _PIECE:
            digest.update(piece)
            await asyncio.to_thread(_write, stream, bytes(piece))
            piece.clear()
        if chunk is None:
            return Upload(stream, digest.hexdigest(), size)


def _require_type(request: Request) -> None:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in MEDIA_TYPES:
        raise Problem(415, "unsupported-media-type", f"Send the file as one of: {', '.join(MEDIA_TYPES)}.")


def _opened(folder: Path) -> BinaryIO:
    """A file without a name, which is gone with its process."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return cast(BinaryIO, tempfile.TemporaryFile(dir=folder))
    except OSError as error:
        raise _failed(error) from error


def _write(stream: BinaryIO, piece: bytes) -> None:
    try:
        stream.write(piece)
        stream.flush()
    except OSError as error:
        raise _failed(error) from error


def _failed(error: OSError) -> StorageError:
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return StorageFull("no room for the file") if full else StorageError("the file cannot be kept")


def _too_large(most: int) -> Problem:
    return Problem(413, "content-too-large", f"The file may be {most} bytes long.", headers=_CLOSE)
