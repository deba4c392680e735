"""Archives looked at before anything is unpacked: a small file that would become a large one is refused."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO, Final, NamedTuple

from rubrics.errors import RubricFileError

MAX_PARTS: Final = 500
"""Files inside an archive; an ordinary workbook or document has about ten."""

_CHUNK: Final = 1 << 20
_NO_LIMITS: Final[Mapping[str, int]] = MappingProxyType({})


class Kind(NamedTuple):
    """A kind of archive, and the part that makes an archive one."""

    name: str
    part: str


XLSX: Final = Kind("XLSX workbook", "xl/workbook.xml")
DOCX: Final = Kind("Word document (DOCX)", "word/document.xml")


def refuse_bombs(
    stream: BinaryIO, file: str, *, unpacked: int, of_parts: Mapping[str, int] = _NO_LIMITS, kind: Kind = XLSX
) -> None:
    """Unpack every part of an archive once, counting: the sizes a directory states can lie.

    RubricFileError where all parts together are more than `unpacked` bytes, one of `of_parts` more than its own
    limit, or this is not of `kind`. `stream` is at its beginning afterwards.
    """
    total = 0
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise RubricFileError(f"has {len(parts)} parts, {MAX_PARTS} are allowed", file=file)
            if kind.part not in archive.namelist():
                raise RubricFileError(f"is an archive, but no {kind.name}", file=file)
            for part in parts:
                allowed = of_parts.get(part.filename, unpacked)
                for size in _sizes(archive, part):
                    if size > allowed:
                        raise _too_large(f"{part.filename} unpacks", allowed, file)
                    if total + size > unpacked:
                        raise _too_large("unpacks", unpacked, file)
                total += size
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise RubricFileError(f"is a damaged or encrypted archive: {error}", file=file) from error
    stream.seek(0)


def _sizes(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[int]:
    """How much of a part was unpacked, again and again until all of it was."""
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            yield size
    yield size


def _too_large(what: str, limit: int, file: str) -> RubricFileError:
    return RubricFileError(f"{what} to more than {limit // 2**20} MiB", file=file)
