"""The rules of the house, as tests: import directions, sizes, cheap start."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("rubrics", "grader", "api")
SOURCES = sorted(path for package in (*PACKAGES, "tests") for path in (REPOSITORY / package).rglob("*.py"))
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
HEAVY = {
    "torch",
    "sentence_transformers",
    "transformers",
    "onnxruntime",
    "openai",
    "sqlalchemy",
    "sklearn",
    "matplotlib",
}


def test_imports_go_in_one_direction() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MAX_FILE_LINES
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION_LINES]
    assert long == []


@pytest.mark.parametrize("module", ["grader.cli", "api.command", "api.app", "grader.bootstrap"])
def test_nothing_heavy_is_imported_before_it_is_needed(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_packages_come_from_this_repository() -> None:
    code = "import api, grader, rubrics; print(api.__file__, grader.__file__, rubrics.__file__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert all(Path(file).is_relative_to(REPOSITORY) for file in done.stdout.split())
