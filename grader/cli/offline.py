"""What `grader bench` does without asking a model: prompts out, replies in, and the price of a cascade."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from pydantic import SecretStr
from rich.console import Console

from grader.bootstrap import Services, build_services
from grader.cli.rendering import print_json
from grader.errors import DatasetError
from grader.settings import load_settings

if TYPE_CHECKING:
    from grader.benchmark.dataset import Dataset
    from grader.benchmark.replay import ReplayedChatModel
    from grader.benchmark.tradeoff import Tradeoff, Wish

THRESHOLDS_FILE: Final = "thresholds.json"
TRADEOFF_FILE: Final = "tradeoff.json"

NAMED_AT_MOST: Final = 20
"""Ids that a warning lists before it only counts."""

DumpPrompts = Annotated[
    Path | None,
    typer.Option(help="Write the judge's prompts that --replay does not answer to this file; ask and measure nothing."),
]
Replay = Annotated[Path | None, typer.Option(help="Take the model's replies from this file (JSON lines).")]
First = Annotated[
    Path | None, typer.Option(help="Folder of an earlier bench -o: the first judge of a cascade; needs --second.")
]
Second = Annotated[Path | None, typer.Option(help="The same of the second judge; no judge is asked again.")]
Risk = Annotated[
    float, typer.Option(min=0, max=1, help="Highest share of wrong verdicts among those the first judge decides.")
]

Calls = Annotated[
    float | None, typer.Option(min=0, max=1, help="Instead of --risk: LLM calls per answer; whole answers stand then.")
]


def offline_model(replay: Path | None, dump_prompts: Path | None) -> ReplayedChatModel | None:
    """The model that answers from a file, if this is an offline run."""
    if replay is None and dump_prompts is None:
        return None
    from grader.benchmark.replay import ReplayedChatModel, read_replies

    return ReplayedChatModel(replay.stem, read_replies(replay)) if replay else ReplayedChatModel("nobody")


def bench_services(model: ReplayedChatModel | None) -> Services:
    """The services without the response cache, as a benchmark measures calls; offline with `model` as the LLM."""
    settings = load_settings().model_copy(update={"llm_cache_days": 0.0})
    if model is None:
        return build_services(settings)
    from grader.benchmark.replay import SECRET

    return build_services(settings.model_copy(update={"secret": SecretStr(SECRET)}), model)


def collect_prompts(
    services: Services, model: ReplayedChatModel, dataset: Dataset, judge: str | None, on_case: Callable[[], None]
) -> None:
    """Let `model` find the prompts that lack a reply."""

    async def collect() -> None:
        async with services:
            await model.collect(services.grader, dataset, judge, on_case)

    asyncio.run(collect())


def dump(model: ReplayedChatModel, file: Path) -> None:
    """Write the prompts without a reply to `file`."""
    from grader.benchmark.replay import write_prompts

    try:
        write_prompts(model.lacking, file)
    except OSError as error:
        raise DatasetError(f"{file}: the prompts cannot be written ({error.strerror})") from error
    Console(stderr=True, highlight=False).print(f"{len(model.lacking):,} prompts in {file}")


def warn_of_gaps(model: ReplayedChatModel) -> None:
    """Name the prompts without a reply, and the replies without a prompt."""
    for what, ids in (("no reply to", list(model.lacking)), ("no prompt for the replies", model.surplus)):
        if ids:
            Console(stderr=True, highlight=False).print(f"[yellow]{len(ids):,}: {what}[/] {_named(ids)}")


def compare(dataset: Dataset, first: Path | None, second: Path | None, wish: Wish) -> Tradeoff:
    """What a cascade of two measured judges gains and costs, from their stored verdicts; thresholds for `wish`."""
    if first is None or second is None:
        raise typer.BadParameter("--first and --second go together: name the folders of both judges")
    from grader.benchmark.recorded import read_recorded
    from grader.benchmark.tradeoff import tradeoff

    return tradeoff(dataset, read_recorded(first, dataset), read_recorded(second, dataset), wish)


def show(found: Tradeoff, out: Path | None, *, as_json: bool) -> None:
    """Print a comparison; into the folder `out` go the numbers, the picture and the thresholds to ship."""
    from grader.benchmark.tradeoff_views import plot_tradeoff, render_tradeoff

    if as_json:
        print_json(found)
    else:
        Console(highlight=False).print(render_tradeoff(found))
    if out is None:
        return
    thresholds = {found.first: found.chosen.thresholds.model_dump(mode="json")}
    try:
        plot_tradeoff(found, out)
        (out / TRADEOFF_FILE).write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
        (out / THRESHOLDS_FILE).write_text(json.dumps(thresholds, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise DatasetError(f"{out}: the comparison cannot be written ({error.strerror})") from error


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED_AT_MOST:,} more" if len(ids) > NAMED_AT_MOST else ""
    return ", ".join(ids[:NAMED_AT_MOST]) + more
