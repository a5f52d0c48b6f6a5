"""Pictures per second: a naive one-by-one torchvision loop against tensorviz, interleaved in one run.

    python tests/bench/bench_pictures_per_second.py --data DIR [--pictures 32] [--rounds 5] [MODEL...]
    python tests/bench/bench_pictures_per_second.py --data DIR --memory 100000

DIR holds photographs in photos/. Weights are random (seeded): only time and memory are looked at. Each round runs both
sides, one after the other, over the same pictures; the medians of the rounds' ratios are printed. Also checks that
both name the same classes with the same probabilities.

Must not know the engine beyond its classifier.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil
import torch
from PIL import Image
from torch import Tensor, nn
from torchvision import transforms

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.results import Classified
from tensorviz.engine.tasks.classify.classifier import Classifier
from tensorviz.engine.tasks.classify.load import load_classifier
from tests.bench.calibrated import calibrated

WANTED = {"mobilenet_v2": 1.8, "resnet18": 1.5, "resnet101": 1.1}
NEVER_BELOW = 1.0
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Compared:
    """Pictures per second of both sides, the median ratio, and the largest difference of a probability."""

    model: str
    naive: float
    ours: float
    ratio: float
    difference: float

    def line(self) -> str:
        goal = WANTED.get(self.model, NEVER_BELOW)
        verdict = "ok" if self.ratio >= goal and self.difference <= 1e-4 else "MISSED"
        return (
            f"{self.model:20} naive {self.naive:7.1f}/s  tensorviz {self.ours:7.1f}/s  ratio {self.ratio:5.2f} "
            f"(wanted {goal:.1f})  difference {self.difference:.1e}  {verdict}"
        )


def network_of(name: str, folder: Path) -> tuple[nn.Module, Path]:
    """The network with seeded weights, calibrated, and the file that has them."""
    options: dict[str, Any] = {}
    if name in ("googlenet", "inception_v3"):  # as their published weights need it
        options = {"init_weights": False, "aux_logits": False, "transform_input": True}
    network, path = calibrated(name, **options), folder / f"{name}.pth"
    torch.save(network.state_dict(), path)
    return network, path


@torch.inference_mode()
def naive(network: nn.Module, classifier: Classifier, paths: list[str]) -> list[Tensor]:
    """What a person writes first: open, transform, forward, one picture after the other."""
    recipe = classifier.identity.recipe
    steps = transforms.Compose(
        [
            transforms.Resize(recipe.resize, transforms.InterpolationMode(recipe.interpolation)),
            transforms.CenterCrop(recipe.crop),
            transforms.ToTensor(),
            transforms.Normalize(recipe.mean, recipe.std),
        ]
    )
    return [network(steps(Image.open(path).convert("RGB")).unsqueeze(0))[0].softmax(0) for path in paths]


def largest_difference(rows: list[Classified], wanted: list[Tensor]) -> float:
    """Between the probabilities that both sides give to the classes that ours names."""
    return max(
        abs(float(probabilities[label.index]) - label.probability)
        for row, probabilities in zip(rows, wanted, strict=True)
        for label in row.top
    )


def compare(name: str, paths: list[str], rounds: int) -> Compared:
    """Runs both sides `rounds` times, after one round that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        network, file = network_of(name, Path(folder))
        classifier = load_classifier(ModelChoice(name, str(file), device="cpu"))
    times: list[tuple[float, float]] = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        wanted = naive(network, classifier, paths)
        half = time.perf_counter()
        rows = [row for row in classifier.classify_stream(paths) if isinstance(row, Classified)]
        times.append((half - started, time.perf_counter() - half))
    counted = times[1:]
    return Compared(
        name,
        len(paths) / statistics.median(theirs for theirs, _ in counted),
        len(paths) / statistics.median(ours for _, ours in counted),
        statistics.median(theirs / ours for theirs, ours in counted),
        largest_difference(rows, wanted),
    )


def memory_growth(paths: list[str], count: int) -> tuple[float, float]:
    """MiB of resident memory above the start after loading, and at most, while `count` pictures are classified."""
    process = psutil.Process()
    before = process.memory_info().rss
    classifier = load_classifier(ModelChoice())
    loaded, most = process.memory_info().rss, 0
    small = [str(path) for path in sorted(map(Path, paths), key=lambda path: path.stat().st_size)[:4]]
    for number, _ in enumerate(classifier.classify_stream(islice(cycle(small), count))):
        if number % 200 == 0:
            most = max(most, process.memory_info().rss)
    return (loaded - before) / MEBIBYTE, (most - before) / MEBIBYTE


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, default=0, metavar="COUNT")
    parser.add_argument("models", nargs="*", default=list(WANTED))
    options = parser.parse_args()
    paths = [str(path) for path in sorted((options.data / "photos").iterdir())[: options.pictures]]
    if options.memory:
        loaded, most = memory_growth(paths, options.memory)
        print(f"{options.memory} pictures: {loaded:.0f} MiB after loading, {most:.0f} MiB at most above the start")
        return 0 if most < 700 else 1
    found = []
    for name in options.models:
        found.append(compare(name, paths, options.rounds))
        print(found[-1].line(), flush=True)
    return 1 if any("MISSED" in compared.line() for compared in found) else 0


if __name__ == "__main__":
    sys.exit(main())
