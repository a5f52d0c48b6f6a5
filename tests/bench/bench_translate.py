"""Translating: against the bare network, predicted memory against what was taken, and how soon a cancel acts.

    python tests/bench/bench_translate.py [--rounds 5] [--width 64] [--blocks 9] [--apart]

Weights are random (seeded): only time and memory are looked at. Speed: each round runs the bare network and the
translator on the same picture, one after the other; the median of the ratios of their processor time is printed, which
other work on the computer disturbs less than the clock. Memory: the peak of a process of its own, above what it held
before (Linux only). More cases are in bench_memory.py. --apart: only what is computed in a process of its
own, for a picture of 1280 x 1024: how soon a cancel acts, what the other process costs. It takes some minutes.

Must not know the engine beyond its translator.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import torch
from PIL import Image

from tensorviz.core.errors import Cancelled
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.tasks.translate.apart import OTHER, ForwardApart
from tensorviz.engine.tasks.translate.forward import Forward
from tensorviz.engine.tasks.translate.generator import GeneratorPlan, ResNetGenerator
from tensorviz.engine.tasks.translate.translator import Identity, Translator
from tensorviz.engine.tasks.translate.workshop import Workshop

MOST_SLOWER, MOST_OFF, SOONEST = 1.10, 0.20, 0.15
MOST_SLOWER_APART = 1.05
LARGE = (1280, 1024)
SIZES = ((640, 512), (960, 768), (1280, 1024))


def translator(width: int, blocks: int) -> Translator:
    torch.manual_seed(0)
    network = ResNetGenerator(GeneratorPlan(width, blocks)).eval().requires_grad_(False)
    return Translator(Identity("random", "seeded", resize=0), Forward(network, torch.device("cpu")))


def picture(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def speed(width: int, blocks: int, rounds: int) -> str:
    ours, image = translator(width, blocks), picture(316, 256)
    network, ratios, walls = ours.forward.network, [], []
    seen = torch.rand(1, 3, 256, 316) * 2 - 1
    for _ in range(rounds + 1):
        started = time.process_time()
        with torch.inference_mode():
            network(seen)
        between = time.process_time()
        wall = time.perf_counter()
        ours.translate(image, CancelToken(), lambda _index, _features: None)
        walls.append(time.perf_counter() - wall)
        ratios.append((time.process_time() - between) / (between - started))
    ratio = statistics.median(ratios[1:])  # the first warms up
    verdict = "ok" if ratio <= MOST_SLOWER else "MISSED"
    return f"316 x 256: {min(walls):.2f} s, {ratio:.3f} of the bare network (wanted {MOST_SLOWER})  {verdict}"


def _field(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def taken(width: int, blocks: int, size: tuple[int, int]) -> None:
    """Prints predicted and taken bytes; to be run in a process of its own."""
    ours = translator(width, blocks)
    ours.translate(picture(64, 64))
    pixels = np.asarray(picture(*size))
    Path("/proc/self/clear_refs").write_text("5")
    before = _field("VmRSS")
    ours.forward.drawn(pixels, "trained")
    print(ours.memory(size), _field("VmHWM") - before)


def memory(width: int, blocks: int, size: tuple[int, int]) -> str:
    command = [sys.executable, __file__, "--taken", *map(str, (width, blocks, *size))]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    predicted, met = (int(number) for number in said)
    off = predicted / met - 1
    verdict = "ok" if abs(off) <= MOST_OFF else "MISSED"
    return f"{size[0]} x {size[1]}: predicted {predicted / 1e6:.0f} MB, taken {met / 1e6:.0f} MB, {off:+.0%}  {verdict}"


class _Layers:
    """The longest time that one layer took."""

    def __init__(self, network: torch.nn.Module) -> None:
        self.longest, self.started = 0.0, 0.0
        for module in network.modules():
            if next(module.children(), None) is None:
                module.register_forward_pre_hook(self._begin)
                module.register_forward_hook(self._end)

    def _begin(self, *_: object) -> None:
        self.started = time.perf_counter()

    def _end(self, *_: object) -> None:
        self.longest = max(self.longest, time.perf_counter() - self.started)


def cancel(width: int, blocks: int, rounds: int) -> str:
    ours, image = translator(width, blocks), picture(640, 512)
    layers, waits = _Layers(ours.forward.network), []
    started = time.perf_counter()
    ours.translate(image)
    whole = time.perf_counter() - started
    for number in range(rounds):
        token, asked = CancelToken(), list[float]()
        timer = threading.Timer(whole * (number + 1) / (rounds + 2), lambda t=token, a=asked: _ask(t, a))
        timer.start()
        try:
            ours.translate(image, token)
        except Cancelled:
            waits.append(time.perf_counter() - asked[0])
        timer.join()
    worst = max(waits, default=0.0)
    verdict = "ok" if worst <= layers.longest + SOONEST else "MISSED"
    return f"cancel: {worst * 1000:.0f} ms at most, the longest layer {layers.longest * 1000:.0f} ms  {verdict}"


def _ask(token: CancelToken, asked: list[float]) -> None:
    asked.append(time.perf_counter())
    token.cancel()


def in_workshop(ours: Translator, workshop: Workshop) -> Translator:
    """The same generator, all of whose pictures go to the workshop."""
    return Translator(ours.identity, ForwardApart(ours.forward.network, torch.device("cpu"), workshop, longest=-1.0))


def starting(width: int, blocks: int) -> str:
    """What it takes until the first picture, a tiny one, is there; then a second one."""
    workshop = Workshop()
    there, walls = in_workshop(translator(width, blocks), workshop), []
    for _ in range(2):
        started = time.perf_counter()
        there.translate(picture(8, 8))
        walls.append(time.perf_counter() - started)
    held = psutil.Process(workshop.pid).memory_full_info().uss - there.bytes  # torch's libraries are there once
    workshop.close()
    verdict = "ok" if held <= OTHER else "MISSED"
    return f"the process: ready after {walls[0]:.1f} s, then {walls[1] * 1000:.0f} ms; {held / 1e6:.0f} MB  {verdict}"


def transfer(width: int, blocks: int) -> tuple[float, float]:
    """Prints how long a large picture takes here and there, in turns; gives that, and its longest layer, in seconds."""
    ours, workshop, image = translator(width, blocks), Workshop(), picture(*LARGE)
    there, layers = in_workshop(ours, workshop), _Layers(ours.forward.network)
    there.translate(picture(64, 64))
    walls, made = [], []
    for way in (ours, there, there, ours):  # in this order, what becomes slower meanwhile hits both
        started = time.perf_counter()
        made.append(way.translate(image).image.tobytes())
        walls.append(time.perf_counter() - started)
    workshop.close()
    here, apart = walls[0] + walls[3], walls[1] + walls[2]
    verdict = "ok" if len(set(made)) == 1 and apart <= here * MOST_SLOWER_APART else "MISSED"
    same = "the same bytes" if len(set(made)) == 1 else "OTHER BYTES"
    print(f"{LARGE[0]} x {LARGE[1]}: {here / 2:.1f} s here, {apart / 2:.1f} s apart, {same}  {verdict}", flush=True)
    return here / 2, layers.longest


def cancel_apart(width: int, blocks: int, rounds: int, whole: float, longest: float) -> str:
    """How soon a cancel acts at moments all over a large picture, although its layers take seconds."""
    ours, workshop, image = translator(width, blocks), Workshop(), picture(*LARGE)
    waits = []
    there = Translator(ours.identity, ForwardApart(ours.forward.network, torch.device("cpu"), workshop))
    for number in range(rounds + 1):  # the first while the process starts
        token, asked = CancelToken(), list[float]()
        timer = threading.Timer(max(0.3, whole * number / (rounds + 1)), lambda t=token, a=asked: _ask(t, a))
        timer.start()
        try:
            there.translate(image, token)
        except Cancelled:
            waits.append(time.perf_counter() - asked[0])
        timer.join()
    verdict = "ok" if len(waits) == rounds + 1 and max(waits) <= SOONEST else "MISSED"
    shown = ", ".join(f"{wait * 1000:.0f}" for wait in waits)
    return f"cancel apart: {shown} ms, the longest layer {longest:.1f} s  {verdict}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--blocks", type=int, default=9)
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--taken", type=int, nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.taken:
        taken(options.taken[0], options.taken[1], (options.taken[2], options.taken[3]))
        return
    if options.apart:
        print(starting(options.width, options.blocks), flush=True)
        whole, longest = transfer(options.width, options.blocks)
        print(cancel_apart(options.width, options.blocks, options.rounds, whole, longest), flush=True)
        return
    print(speed(options.width, options.blocks, options.rounds), flush=True)
    for size in SIZES:
        print(memory(options.width, options.blocks, size), flush=True)
    print(cancel(options.width, options.blocks, options.rounds), flush=True)


if __name__ == "__main__":
    main()
