"""How long answers took under load, drawn from `results/*.json`: `python -m tests.benchmarks.load.figure`."""

from __future__ import annotations

import json
from itertools import accumulate

from tests.benchmarks.load.measure import RESULTS


def main() -> None:
    """One curve a load and database: the share of good answers that were there after so many ms."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    for file in sorted(RESULTS.glob("*.json")):
        for name, load in json.loads(file.read_text("utf-8"))["loads"].items():
            histogram = load["ms_histogram"]
            counts = list(accumulate(histogram.values()))
            if counts:
                share = [count / counts[-1] for count in counts]
                axes.step([int(ms) + 1 for ms in histogram], share, where="post", label=f"{file.stem}, {name}")
    axes.set(xscale="log", xlabel="ms from when the request was due", ylabel="share of good answers", ylim=(0, 1.02))
    axes.axhline(0.99, color="grey", linewidth=0.7)
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(RESULTS / "load.png", dpi=120)


if __name__ == "__main__":
    main()
