"""Whatever a file is, it is read whole or refused by name, in bounded memory."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from rubrics.errors import RubricFileError
from rubrics.serialization import format_rubric
from rubrics.sources.material import MAX_SOURCE_BYTES, Material
from rubrics.sources.reading import read, read_sources
from rubrics.sources.workbook import MAX_UNPACKED_BYTES

MEMORY_LIMIT_MIB = 96
"""Most that reading may add to the process's peak: 32 MiB were measured, of a 16 MiB text that is decoded."""

PAGE = "Category: Easy\n\n  • XX0001 Tides\n\n    Why are there tides?\n\n    Answer\n\n    The moon pulls the water.\n"
CSV = "question,reference_answer,id\nWhy are there tides?,The moon pulls.,XX0001\nWhat is wind?,Moving air.,wind\n"
RUBRIC = "question: {id: wind, title: Wind, text: What is wind?}\nkey_points:\n  - {id: k1, text: Air moves.}\n"
ALIASES = "a: &a [x, x]\n" + "\n".join(f"{new}: &{new} [*{old}, *{old}]" for old, new in pairwise("abcdefghi"))


def archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def test_several_files_become_one_import_with_a_report(tmp_path: Path) -> None:
    for name, text in {"a.txt": PAGE, "b.csv": CSV, "c.yaml": RUBRIC, "d.png": "no source"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    found = read_sources([tmp_path])
    assert [(Path(file).name, kind, count) for file, kind, count in found.files] == [
        ("a.txt", "seed page", 1),
        ("b.csv", "CSV", 2),
        ("c.yaml", "rubric", 1),
    ]
    assert [each.question.id for each in found.questions] == ["XX0001"]
    assert [each.rubric.question.id for each in found.rubrics] == ["wind"]
    assert {each.question_id for each in found.merged} == {"XX0001", "wind"}
    assert [(each.question_id, each.field) for each in found.conflicts] == [
        ("XX0001", "title"),
        ("XX0001", "reference_answer"),
    ]


def test_two_rubrics_of_one_question_are_one_and_a_difference_is_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RUBRIC)
    (tmp_path / "b.yaml").write_text(RUBRIC)
    (tmp_path / "c.yaml").write_text(RUBRIC.replace("Air moves.", "Air flows."))
    found = read_sources([tmp_path])
    assert (len(found.rubrics), len(found.merged)) == (1, 2)
    assert [(each.field, Path(each.ignored).name) for each in found.conflicts] == [("rubric", "c.yaml:1")]


def test_nothing_is_imported_where_one_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "b.csv").write_text("question\nWhy?\n")
    with pytest.raises(RubricFileError, match=r"b\.csv:1"):
        read_sources([tmp_path])


@pytest.mark.parametrize(
    ("file", "raw", "problem"),
    [
        ("a.txt", b"", "is empty"),
        ("a.csv", b"  \n", "is empty"),
        ("a.csv", "question,reference_answer\nWarum größer?,So.\n".encode("latin-1"), "a.csv:2: is not UTF-8"),
        ("a.md", "## Größe?\nSo.".encode("utf-16")[:-1], "is not UTF-16"),
        ("a.md", b"## Why?\n\0", "a.md:2: holds a null character"),
        ("a.xls", b"\xd0\xcf\x11\xe0rest", "save it as XLSX"),
        ("a.xlsx", archive(xl__workbook=b"x")[:40], "damaged"),
        ("a.xlsx", archive(readme=b"x"), "no XLSX workbook"),
        ("a.xlsx", archive(**{"xl__workbook.xml": b"<not"}), "no readable XLSX workbook"),
        ("a.yaml", ALIASES.encode(), "aliases and anchors are not allowed"),
        ("a.yaml", RUBRIC[:-12].encode(), "a.yaml:4: is not valid YAML"),
        ("a.yaml", b"? [1]\n: 2\n", "a key must be a plain word"),
        ("a.yaml", b"[" * 5_000, "not valid|nested too deeply"),
        ("a.json", b'{"question": ', "a.json:1:14: is not valid JSON"),
        ("a.json", b'{"weight": NaN}', "NaN is no JSON number"),
    ],
)
def test_a_malformed_file_is_refused_by_name(file: str, raw: bytes, problem: str) -> None:
    with pytest.raises(RubricFileError, match=problem):
        read(Material(file, raw))


def test_a_truncated_workbook_is_refused() -> None:
    book, stream = Workbook(), io.BytesIO()
    book.save(stream)
    whole = stream.getvalue()
    for cut in (10, len(whole) // 2, len(whole) - 3):
        with pytest.raises(RubricFileError, match="damaged"):
            read(Material("a.xlsx", whole[:cut]))


_PROBE = """
import sys
from pathlib import Path
from rubrics.errors import RubricFileError
from rubrics.sources.reading import read_sources
import openpyxl, yaml
def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])
before = peak()
for path in sys.argv[1:]:
    try:
        read_sources([Path(path)])
    except RubricFileError as error:
        print(error.problem)
print((peak() - before) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_huge_files_and_bombs_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as stream:
        stream.truncate(100 * 2**20)
    bomb = archive(**{"xl__workbook.xml": b"<x/>", "xl__bomb.xml": b" " * (MAX_UNPACKED_BYTES + 2**20)})
    (tmp_path / "bomb.xlsx").write_bytes(bomb)
    levels = "\n".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    entities = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{levels}]><x>&e9;</x>'
    (tmp_path / "entities.xlsx").write_bytes(archive(**{"xl__workbook.xml": entities.encode()}))
    (tmp_path / "aliases.yaml").write_text(ALIASES)
    (tmp_path / "long.jsonl").write_bytes(b'"' + b"x" * (MAX_SOURCE_BYTES - 1))
    files = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run([sys.executable, "-c", _PROBE, *files], capture_output=True, text=True, check=True)
    *problems, grown = done.stdout.splitlines()
    assert [problem.split(":")[0][:30] for problem in problems] == [
        "aliases and anchors are not al",
        "unpacks to more than 64 MiB",
        "is no readable XLSX workbook",
        "is longer than 16 MiB; split i",
        "is not valid JSON",
    ]
    assert int(grown) < MEMORY_LIMIT_MIB


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.sampled_from(["a", "a.md", "a.csv", "a.json"])
)
def test_no_file_breaks_a_reader(raw: bytes, file: str) -> None:
    with suppress(RubricFileError):
        found = read(Material(file, raw))
        assert found.questions or found.rubrics


def test_the_bank_and_the_seed_pages_are_read(shared: Path) -> None:
    seeds = read_sources([shared / "seeds"])
    assert len(seeds.questions) == 46


def test_a_written_rubric_is_read_back(tmp_path: Path) -> None:
    found = read(Material("a.yaml", RUBRIC.encode())).rubrics[0].rubric
    (tmp_path / "b.json").write_text(json.dumps(found.model_dump(mode="json", exclude_defaults=True)))
    (tmp_path / "c.yaml").write_text(format_rubric(found))
    for path in tmp_path.iterdir():
        assert read_sources([path]).rubrics[0].rubric == found
