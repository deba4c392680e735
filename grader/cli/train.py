"""`grader train`: fit what ships with the package to labelled answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
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
from grader.training.curriculum import Stage

if TYPE_CHECKING:
    from grader.adapters.reader import CrossEncoder
    from grader.benchmark import Dataset
    from grader.ports import Reader

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
def train_local(
    *,
    data: Annotated[Path, typer.Option(help="Folder that holds gold/, goldtrain/ and data/.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for weights, calibration and model card.")],
    work: Annotated[Path, typer.Option(help="Folder for what a stopped training goes on from.")],
    without: Annotated[list[str] | None, typer.Option(help="Set of goldtrain to leave out and measure on.")] = None,
) -> None:
    """Train the local judge: sentence pairs, then answers; calibrate and measure it on questions it has not seen.

    The shipped weights have learned from all of `gold`; it is measured by training the last stage again without the
    questions of each fold. A run that was stopped goes on where it was, by the same command.
    """
    from grader.benchmark import read_set
    from grader.training.card import ModelCard
    from grader.training.measuring import CrossValidated, measure
    from grader.training.plan import folds, read_material, stages

    left_out = tuple(without or ())
    material = read_material(data, without=left_out)
    plan = stages(data, material)
    out.mkdir(parents=True, exist_ok=True)
    reader = _trained(plan, work, out / WEIGHTS_FILE)
    by_question: dict[str, CrossEncoder] = {}
    for number, (rest, questions) in enumerate(folds(material)):
        name = f"tuning-{number}"
        by_question |= dict.fromkeys(questions, _trained(stages(data, rest, name), work, work / f"{name}.safetensors"))
    unseen: list[tuple[Reader, Dataset]] = [(CrossValidated(by_question), material.gold)]
    unseen += ((reader, read_set(data / "goldtrain" / name)) for name in left_out)
    with progress("Measuring", 2 * sum(len(dataset.cases) for _, dataset in unseen)) as on_case:
        measured = asyncio.run(measure(unseen, on_case))
    for opened in (reader, *by_question.values()):
        opened.close()
    card = ModelCard(material, plan, reader.identity, measured, left_out)
    (out / CALIBRATION_FILE).write_text(measured.calibration.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (out / CARD_FILE).write_text(card.text(), encoding="utf-8")
    Console(highlight=False).print(card.text(), markup=False)


def _trained(plan: Sequence[Stage], work: Path, weights: Path) -> CrossEncoder:
    """The reader that went through `plan`, whose weights are in the file `weights`."""
    with Progress(console=Console(stderr=True)) as bar:
        tasks = {stage.name: bar.add_task(stage.name, total=None) for stage in plan}

        def on_step(stage: str, step: int, steps: int, loss: float) -> None:
            bar.update(tasks[stage], completed=step, total=steps, description=f"{stage} (loss {loss:.2f})")

        train_reader(load_settings(), plan, work, weights, on_step)
    return open_reader(load_settings(), weights)
