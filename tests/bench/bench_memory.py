"""Translating: predicted memory against the peak of a process of its own, for wide and narrow networks and both norms.

    python tests/bench/bench_memory.py [--large]

Linux only: the peak is the kernel's high-water mark above what the process held before the picture; a picture of
64 x 64 has gone through before, so that libraries are loaded. On the main thread and on another, whose blocks the C
library keeps elsewhere. --large: also 1280 x 1024 with 64 channels (minutes). Weights are random.

Must not know the engine beyond its forward.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import torch

from tensorviz.engine.tasks.translate.forward import Forward
from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator

MOST_OFF = 0.20
CASES = (
    (16, 6, "batch", 256, 256), (16, 6, "batch", 320, 256), (16, 6, "batch", 512, 512), (16, 6, "batch", 640, 512),
    (16, 6, "instance", 640, 512), (32, 6, "instance", 512, 512), (64, 9, "instance", 316, 256),
    (64, 9, "batch", 316, 256), (64, 9, "instance", 640, 512), (64, 9, "batch", 640, 512),
)  # fmt: skip  # a case a group
LARGE = ((16, 6, "batch", 1280, 1024), (64, 9, "instance", 1280, 1024), (64, 9, "batch", 1280, 1024))


def _field(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def taken(width: int, blocks: int, norm: str, across: int, down: int) -> None:
    """Prints predicted and taken bytes; to be run in a process of its own."""
    torch.manual_seed(0)
    plan = GeneratorPlan(width, blocks, norm="batch" if norm == "batch" else "instance")
    forward = Forward(ResNetGenerator(plan).eval().requires_grad_(False), torch.device("cpu"))
    numbers = np.random.default_rng(0)
    forward.drawn(numbers.integers(0, 256, (64, 64, 3), dtype=np.uint8), "trained")
    pixels = numbers.integers(0, 256, (down, across, 3), dtype=np.uint8)
    Path("/proc/self/clear_refs").write_text("5")
    before = _field("VmRSS")
    forward.drawn(pixels, "trained")
    print(forward.memory((across, down)), _field("VmHWM") - before)


def case(which: tuple[int, int, str, int, int], thread: str) -> str:
    command = [sys.executable, __file__, "--taken", *map(str, which), thread]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    predicted, met = (int(number) for number in said)
    off = predicted / met - 1
    width, blocks, norm, across, down = which
    verdict = "ok" if abs(off) <= MOST_OFF else "MISSED"
    return (
        f"width {width}, {blocks} blocks, {norm}, {across} x {down}, {thread} thread:"
        f" predicted {predicted / 1e6:.0f} MB, taken {met / 1e6:.0f} MB, {off:+.0%}  {verdict}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--taken", nargs=6, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.taken:
        width, blocks, norm, across, down, thread = options.taken
        work = threading.Thread(target=taken, args=(int(width), int(blocks), norm, int(across), int(down)))
        if thread == "other":
            work.start()
            work.join()
        else:
            work.run()
        return
    for which in (*CASES, *(LARGE if options.large else ())):
        for thread in ("main", "other"):
            print(case(which, thread), flush=True)


if __name__ == "__main__":
    main()
