"""`grader train`: fit what ships with the package to labelled answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from grader.bootstrap import build_services, open_reader, train_reader
from grader.cli.bench import Answers, Questions, progress
from grader.judges.similarity import Calibration
from grader.settings import load_settings
from grader.training.curriculum import Course

if TYPE_CHECKING:
    from grader.adapters.reader import CrossEncoder

WEIGHTS_FILE: Final = "point_reader.safetensors"
CALIBRATION_FILE: Final = "local.json"
CARD_FILE: Final = "MODEL_CARD.md"

app = typer.Typer(help="Fit a judge to labelled answers.", no_args_is_help=True)


@app.command("similarity")
def train_similarity(
    *,
    questions: Questions,
    answers: Answers,
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the calibration (JSON).")],
) -> None:
    """Fit the similarity judge: from three measurements to covered, partial, missing."""
    from grader.benchmark import fit_calibration, read_dataset

    dataset = read_dataset(questions, answers)
    services = build_services(load_settings())

    async def fit(on_case: Callable[[], None]) -> Calibration:
        async with services:
            return await fit_calibration(services.embedder, dataset, on_case)

    with progress(f"Measuring {dataset.name}", len(dataset.cases)) as on_case:
        calibration = asyncio.run(fit(on_case))
    out.write_text(calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")
    Console(highlight=False).print(f"fitted on {len(dataset.cases)} answers, written to {escape(str(out))}")


@app.command("word-order")
def train_word_order(
    *,
    data: Annotated[Path, typer.Option(help="Folder that holds gold/, goldtrain/ and data/.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the counts (JSON).")],
) -> None:
    """Count which words follow each other in sentences, so that words in random order can be told from them."""
    from grader.text.word_order import WordOrder
    from grader.training.plan import read_material, texts

    order = WordOrder.fit(texts(read_material(data)))
    out.write_text(order.model_dump_json() + "\n", encoding="utf-8")
    Console(highlight=False).print(f"counted in {order.fitted_on} texts, written to {escape(str(out))}")


@app.command("local")
def train_local(  # noqa: PLR0913 - one parameter an option
    *,
    data: Annotated[Path, typer.Option(help="Folder that holds gold/, goldtrain/ and data/.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for weights, calibration and model card.")],
    work: Annotated[Path, typer.Option(help="Folder for what a stopped training goes on from.")],
    answers: Annotated[Path | None, typer.Option(help="Folder of the project's own sets, by default its own.")] = None,
    without: Annotated[list[str] | None, typer.Option(help="Set of goldtrain to leave out and measure on.")] = None,
    start: Annotated[Path | None, typer.Option(help="Weights to go on from, with answers only.")] = None,
) -> None:
    """Train the local judge: sentence pairs, then answers; calibrate and measure it on questions it has not seen.

    It is measured on `gold`, `elsewhere` and `further`, which it never learns from, and on the sets left out. A run
    that was stopped goes on where it was, by the same command.
    """
    from grader.training.card import ModelCard
    from grader.training.measuring import measure
    from grader.training.plan import ANSWERS, read_material, stages

    left_out = tuple(without or ())
    material = read_material(data, answers=answers or ANSWERS, without=left_out)
    plan = stages(data, material)[0 if start is None else 1 :]
    out.mkdir(parents=True, exist_ok=True)
    reader = _trained(Course(plan, work, start), out / WEIGHTS_FILE)
    with progress("Measuring", 2 * sum(len(dataset.cases) for dataset in material.unseen)) as on_case:
        measured = asyncio.run(measure(reader, material.unseen, on_case))
    reader.close()
    card = ModelCard(material, plan, reader.identity, measured, left_out)
    (out / CALIBRATION_FILE).write_text(measured.calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / CARD_FILE).write_text(card.text(), encoding="utf-8")
    Console(highlight=False).print(card.text(), markup=False)


def _trained(course: Course, weights: Path) -> CrossEncoder:
    """The reader that went through the course, whose weights are in the file `weights`."""
    with Progress(console=Console(stderr=True)) as bar:
        tasks = {stage.name: bar.add_task(stage.name, total=None) for stage in course.stages}

        def on_step(stage: str, step: int, steps: int, loss: float) -> None:
            bar.update(tasks[stage], completed=step, total=steps, description=f"{stage} (loss {loss:.2f})")

        train_reader(load_settings(), course, weights, on_step)
    return open_reader(load_settings(), weights)
