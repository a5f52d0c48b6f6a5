"""How soon the window is there and how long it ever stands still: a 2 ms timer in the real event loop.

    python tests/bench/bench_window.py --data DIR [--runs 5]

Each run is a process of its own with the real engine: time from the start of the process to the first paint (torch
not imported by then), the longest gap of the timer while torch is being loaded, while the pictures arrive and the
network is loaded at the same time, while the folder of photographs runs through ResNet-101 (from the first answer on),
and how long a cancel takes to end the job.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.app import Program

CANCEL_AFTER = 40  # pictures


class Gaps:
    """The longest time between two ticks of a 2 ms timer, until asked; asking starts again."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self._last, self._gaps = time.perf_counter(), [0.0]
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(2)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append(now - self._last)
        self._last = now

    def take(self) -> dict[str, float]:
        """Longest gap and 99th percentile, in milliseconds."""
        gaps, self._gaps = sorted(self._gaps), [0.0]
        return {"longest_ms": gaps[-1] * 1000, "p99_ms": gaps[int(len(gaps) * 0.99)] * 1000}


class Run:
    """One program from start to end, measured."""

    def __init__(self, photos: str, weights: str) -> None:
        from tensorviz.app import build

        self.born = float(os.environ["BORN"])  # the parent's clock just before it started this process
        self.figures: dict[str, object] = {}
        self.photos, self.weights = photos, weights
        self.program: Program = build()
        self.program.window.first_painted.connect(self._painted)
        self.program.bridge.event.connect(self._saw)
        self.rows, self.cancelled_at, self.job = 0, 0.0, -1

    def measure(self) -> dict[str, object]:
        """Runs the event loop until everything is measured."""
        self.program.window.resize(1280, 800)
        self.program.window.show()
        self.program.application.exec()
        self.program.engine.stop()
        return self.figures

    def _painted(self) -> None:
        self.figures["first_paint_s"] = time.time() - self.born
        self.figures["torch_imported"] = "torch" in sys.modules
        self.gaps = Gaps()

    def _saw(self, event: object) -> None:
        from tensorviz.engine.messages import EngineReady, JobCancelled, JobFailed, PicturesFound, RowsReady

        if isinstance(event, EngineReady):
            self.figures["while_torch_loads"] = self.gaps.take()
            self.program.workspace.settings.set("classify_on_drop", False)
            self.program.workspace.pictures.add((self.photos,))
        elif isinstance(event, PicturesFound):
            self._classify(event.paths)
        elif isinstance(event, RowsReady) and event.job == self.job:
            self._answered(event.rows)
        elif isinstance(event, JobCancelled) and event.job == self.job:
            self.figures["cancel_ms"] = (time.perf_counter() - self.cancelled_at) * 1000
            self._end()
        elif isinstance(event, JobFailed):
            raise SystemExit(event.problem.message)

    def _classify(self, paths: tuple[str, ...]) -> None:
        from tensorviz.core.catalogue import ModelChoice
        from tensorviz.engine.messages import Classify

        self.gaps.take()
        choice = ModelChoice(model="resnet101", weights=self.weights)
        self.job = self.program.workspace.jobs.send(Classify(paths, choice))

    def _answered(self, rows: tuple[object, ...]) -> None:
        if not self.rows:
            self.figures["while_pictures_arrive"] = self.gaps.take()
        self.rows += len(rows)
        if self.rows >= CANCEL_AFTER and not self.cancelled_at:
            self.figures["while_resnet101_runs"] = self.gaps.take()
            self.cancelled_at = time.perf_counter()
            self.program.workspace.jobs.cancel(self.job)

    def _end(self) -> None:
        self.program.window.close()
        self.program.application.quit()


def once(photos: str, weights: str) -> dict[str, object]:
    """One run in a process of its own, with settings of its own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ, "QT_QPA_PLATFORM": "offscreen", "TENSORVIZ_CONFIG_HOME": home, "TENSORVIZ_CACHE_HOME": home,
            "BORN": str(time.time()),
        }
        command = [sys.executable, __file__, "--photos", photos, "--weights", weights]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures


def flat(figures: dict[str, object], before: str = "") -> dict[str, float]:
    """Nested figures under joined names."""
    result: dict[str, float] = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            result |= flat(value, f"{before}{name}.")
        else:
            result[before + name] = float(value)  # type: ignore[arg-type]  # numbers and flags only
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--photos", help=argparse.SUPPRESS)
    parser.add_argument("--weights", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.photos:
        print(json.dumps(Run(options.photos, options.weights).measure()))
        return
    from tests.bench.calibrated import saved

    with tempfile.TemporaryDirectory() as folder:
        weights = saved("resnet101", Path(folder))
        runs = [flat(once(str(options.data / "photos"), str(weights))) for _ in range(options.runs)]
    for name in runs[0]:
        values = sorted(run[name] for run in runs)
        print(f"{name:32} min {values[0]:8.2f}  median {statistics.median(values):8.2f}  max {values[-1]:8.2f}")


if __name__ == "__main__":
    main()
