"""`grader train local` makes weights, calibration and card from labelled data, and goes on where it was stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.training.plan import HUMAN_SETS, OUR_SETS, OWN_SETS, UNSEEN_SETS

pytestmark = [pytest.mark.embed, pytest.mark.slow]

SAID = {
    "Dropout drops random units.": "covered",
    "Dropout keeps all units.": "contradicted",
    "It was a rainy day.": "missing",
}


def lines(*rows: dict[str, object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """All the data sets of the training, each with one question and three answers."""
    folder = tmp_path / "shared"
    ours = (f"answers/{name}" for name in (*OUR_SETS, *UNSEEN_SETS))
    for name in ("gold", *(f"goldtrain/{name}" for name in OWN_SETS), *ours):
        place = folder / name
        place.mkdir(parents=True)
        point = {"id": "k1", "text": "Dropout drops random units.", "weight": 1, "essential": True}
        question = {"question_id": "Q1", "title": "Dropout", "question": "What is dropout?", "key_points": [point]}
        (place / "questions.jsonl").write_text(lines(question | {"reference_answer": "It drops random units."}))
        answers = (
            {
                "question_id": "Q1", "answer_id": f"a{number}", "style": "plain", "answer": text,
                "labels": {"k1": label}, "evidence": {} if label == "missing" else {"k1": text},
                "score": float(label == "covered"),
            }
            for number, (text, label) in enumerate(SAID.items())
        )  # fmt: skip
        (place / "answers.jsonl").write_text(lines(*answers))
    (folder / "data").mkdir()
    graded = {
        "question_id": "H3", "question": "What is dropout?", "reference_answers": ["It drops units."],
        "answer_id": "h1", "answer": "It drops units.", "score": 1.0, "label_5way": "correct", "label_2way": "correct",
    }  # fmt: skip
    for name in HUMAN_SETS:
        (folder / "data" / f"{name}.jsonl").write_text(lines(graded))
    pair = {"source": "any", "premise": "A dog ran.", "hypothesis": "It ran.", "label": "entailment"}
    (folder / "data" / "nli.jsonl").write_text(lines(pair))
    return folder


def train_on(data: Path) -> list[str]:
    return ["train", "local", "--data", str(data), "--answers", str(data / "answers")]


def test_trains_calibrates_measures_and_says_so(data: Path, tmp_path: Path) -> None:
    out, work = tmp_path / "out", tmp_path / "work"
    command = [*train_on(data), "-o", str(out), "--work", str(work), "--without", "ds"]
    first = CliRunner().invoke(app, command)
    assert first.exit_code == 0, first.output
    assert {file.name for file in out.iterdir()} == {"point_reader.safetensors", "local.json", "MODEL_CARD.md"}
    card = (out / "MODEL_CARD.md").read_text()
    assert "| gold |" in card
    assert "| ds |" in card
    assert "Sets left out: ds" in card
    weights = (out / "point_reader.safetensors").read_bytes()
    CliRunner().invoke(app, command)
    assert (out / "point_reader.safetensors").read_bytes() == weights


def test_goes_on_from_given_weights_with_answers_only(data: Path, tmp_path: Path) -> None:
    def train(out: Path, *more: str) -> str:
        command = [*train_on(data), "-o", str(out), "--work", str(out / "work"), *more]
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
        return (out / "MODEL_CARD.md").read_text()

    first = train(tmp_path / "one")
    second = train(tmp_path / "two", "--start", str(tmp_path / "one" / "point_reader.safetensors"))
    assert "stage `pairs`" in first
    assert "stage `pairs`" not in second
