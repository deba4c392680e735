"""A file of answers as bytes and as text; its encoding is never guessed."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, Final, TextIO

from grader.errors import AnswerFileError

HEAD_BYTES: Final = 64 * 1024
"""Of a file, what is looked at to find out its format."""

MAX_LINE: Final = 4 * 1024 * 1024
"""Characters of one line: a row has an answer of 20,000 and perhaps a rubric of 256 KiB."""

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Source:
    """A file of answers: a stream that can be read more than once, and the name its errors carry."""

    name: str
    stream: BinaryIO

    @property
    def head(self) -> bytes:
        """The first bytes."""
        self.stream.seek(0)
        return self.stream.read(HEAD_BYTES)

    @property
    def is_zip(self) -> bool:
        """Whether this is an archive, as a workbook is."""
        return self.head.startswith(_ZIP)

    @property
    def is_old_excel(self) -> bool:
        """Whether this is a workbook of the format before XLSX, or one with a password."""
        return self.head.startswith(_OLD_EXCEL)

    @contextmanager
    def text(self) -> Iterator[TextIO]:
        """The text, line ends as they are; AnswerFileError names line and byte of what is not UTF-8.

        UTF-16 is read where its mark stands in front, as spreadsheet programs write it.
        """
        encoding = "utf-16" if self.head.startswith(_UTF_16) else "utf-8-sig"
        self.stream.seek(0)
        text = io.TextIOWrapper(self.stream, encoding=encoding, newline="")
        try:
            yield text
        except UnicodeDecodeError as error:
            raise self._undecodable(encoding) from error
        finally:
            with suppress(ValueError):  # the stream was closed before somebody had read to its end
                text.detach()

    def lines(self) -> Iterator[str]:
        """The lines with their ends, read as they are asked for; AnswerFileError for one that never ends."""
        with self.text() as text:
            number = 0
            while line := text.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    problem = f"is longer than {MAX_LINE} characters; is a quotation mark left open?"
                    raise AnswerFileError(problem, file=self.name, place=f"line {number}")
                yield line

    def _undecodable(self, encoding: str) -> AnswerFileError:
        """Where the file stops being text: the reader of the text ran ahead of the lines, so look again."""
        self.stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        line, end = 1, False
        while not end:
            chunk = self.stream.read(_CHUNK)
            end = not chunk
            pending = len(decoder.getstate()[0])
            start = self.stream.tell() - len(chunk) - pending
            try:
                line += decoder.decode(chunk, end).count("\n")
            except UnicodeDecodeError as error:
                line += chunk[: max(error.start - pending, 0)].count(b"\n")
                name = encoding.removesuffix("-sig").upper()
                problem = f"is not {name} (byte {start + error.start}); save it as UTF-8"
                return AnswerFileError(problem, file=self.name, place=f"line {line}")
        return AnswerFileError("changed while it was read", file=self.name)
