"""What is read before anybody looks into it: a file's bytes, bounded, and the text they are.

A source comes from outside, so its size is checked before it is in memory and its encoding is never guessed.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from rubrics.errors import RubricFileError

MAX_SOURCE_BYTES: Final = 16 * 1024 * 1024
"""Largest source file read, in bytes: 800 reference answers of the longest kind allowed (20,000 characters)."""

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ZIP: Final = b"PK\x03\x04"


@dataclass(frozen=True)
class Material:
    """The bytes of one source, and the name its errors carry."""

    file: str
    raw: bytes

    @property
    def is_zip(self) -> bool:
        """Whether this is a zip archive, as a workbook is."""
        return self.raw.startswith(_ZIP)

    @property
    def suffix(self) -> str:
        """The ending of the file's name, in lower case with its dot; empty where it has none."""
        return Path(self.file).suffix.lower()

    @cached_property
    def text(self) -> str:
        """The text, line ends evened out; RubricFileError names line and byte of what is not UTF-8.

        UTF-16 is read where its mark stands in front, as spreadsheet programs write it.
        """
        encoding = "utf-16" if self.raw.startswith(_UTF_16) else "utf-8-sig"
        try:
            text = self.raw.decode(encoding)
        except UnicodeDecodeError as error:
            line = self.raw.count(b"\n", 0, error.start) + 1
            raise RubricFileError(
                f"is not {encoding.removesuffix('-sig').upper()} (byte {error.start}); save it as UTF-8",
                file=self.file,
                line=line,
            ) from error
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise RubricFileError("holds a null character; it is no text file", file=self.file, line=line)
        return text.replace("\r\n", "\n").replace("\r", "\n")


def read_material(path: Path) -> Material:
    """The file at `path`; RubricFileError where it cannot be read or has more than MAX_SOURCE_BYTES."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_SOURCE_BYTES + 1)
    except OSError as error:
        raise RubricFileError(f"cannot be read: {error.strerror}", file=str(path)) from error
    if len(raw) > MAX_SOURCE_BYTES:
        raise RubricFileError(
            f"is longer than {MAX_SOURCE_BYTES // 2**20} MiB; split it into several files", file=str(path)
        )
    return Material(str(path), raw)
