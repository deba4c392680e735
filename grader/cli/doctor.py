"""`grader doctor`: whether everything is there that grading needs."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from grader import __version__
from grader.bootstrap import Services, build_services, locate_embedding_model, locate_reader
from grader.cli.rendering import print_json, table
from grader.errors import GraderError
from grader.settings import load_settings
from rubrics.errors import RubricError


def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check the installation and say how to mend what is missing; exit code 1 if something is."""
    services = build_services(load_settings())
    results = [(name, *_run(check, services)) for name, check in _CHECKS]
    if as_json:
        print_json({"checks": [{"name": name, "ok": ok, "detail": detail} for name, ok, detail in results]})
    else:
        shown = table(None, "", "what", "found")
        for name, ok, detail in results:
            shown.add_row("[green]ok[/]" if ok else "[bold red]missing[/]", name, escape(detail))
        Console(highlight=False).print(shown)
    if not all(ok for _, ok, _ in results):
        raise typer.Exit(1)


def _run(check: Callable[[Services], str], services: Services) -> tuple[bool, str]:
    try:
        return True, check(services)
    except (GraderError, RubricError, OSError) as error:
        return False, str(error)


def _version(_services: Services) -> str:
    return f"answer-grader {__version__} on Python {platform.python_version()}, {os.cpu_count()} processors"


def _bank(services: Services) -> str:
    return f"{len(services.bank.questions())} questions in {services.bank.folder}"


def _model(services: Services) -> str:
    found = locate_embedding_model(services.settings)
    return f"{found.folder} (from {found.origin}, sha256 {found.sha256[:12]}…)"


def _reader(services: Services) -> str:
    base, weights = locate_reader(services.settings)
    return f"weights sha256 {weights[:12]}… on base {base[:12]}…"


def _data(services: Services) -> str:
    folder = services.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".doctor"
    probe.write_bytes(b"")
    probe.unlink()
    return f"{services.settings.store_name} (folder is writable)"


def _judges(services: Services) -> str:
    grader = services.grader
    names = ", ".join(sorted(grader.judges))
    hint = "" if "llm" in grader.judges else "; set GRADER_LLM_MODEL (and _BASE_URL, _API_KEY) for the LLM judge"
    return f"{names}; default {grader.default_judge}{hint}"


_CHECKS: Final[tuple[tuple[str, Callable[[Services], str]], ...]] = (
    ("version", _version),
    ("question bank", _bank),
    ("embedding model", _model),
    ("local judge", _reader),
    ("data folder", _data),
    ("judges", _judges),
)
