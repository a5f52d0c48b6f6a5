"""Captioning: decoded together against one by one; a folder against the bare ResNet; memory of a picture that is seen.

    PYTHONPATH=. python tests/bench/bench_caption.py decode [--rounds 5]
    PYTHONPATH=. python tests/bench/bench_caption.py folder [--pictures 64] [--side 256] [--rounds 5]
    PYTHONPATH=. python tests/bench/bench_caption.py memory [--side 2048]

Networks of the published sizes with seeded random numbers (the sentences are nonsense, and never end before their 16
words: the most that decoding can take). Each round runs both sides, one after the other; medians of the rounds' ratios
are printed.

Must not know the command line: it asks the engine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from tensorviz.core.results import Captioned
from tensorviz.engine.tasks.caption.caffe_resnet import CaffeFeatures, empty_resnet, normalised
from tensorviz.engine.tasks.caption.choosing import decoding_options
from tensorviz.engine.tasks.caption.decode import decode
from tensorviz.engine.tasks.caption.describer import Describer
from tensorviz.engine.tasks.caption.infos import Infos
from tensorviz.engine.tasks.caption.load import Identity, Loaded
from tensorviz.engine.tasks.caption.network import Captioner, empty_captioner
from tensorviz.engine.tasks.caption.plan import CaptionerPlan
from tensorviz.engine.tasks.caption.sight import CaffeSight

WORDS, TOGETHER, TIMES, MOST = 9488, 64, 5.0, 1.05
BEAMS = (1, 2, 3)


def speaking(seed: int = 0) -> Captioner:
    """Fc as published, whose words differ from picture to picture."""
    torch.manual_seed(seed)
    network = empty_captioner(CaptionerPlan("fc", WORDS, 512, 512, 2048)).eval()
    with torch.no_grad():
        for value in network.parameters():
            value.copy_(torch.randn_like(value) * 0.05)
        dict(network.named_parameters())["logit.weight"].mul_(6)
    return network


def seeing(seed: int = 0) -> CaffeFeatures:
    """The ResNet with numbers that neither vanish nor overflow."""
    torch.manual_seed(seed)
    network = empty_resnet()
    for name, value in network.named_parameters():
        if name.endswith("bn3.weight"):
            torch.nn.init.constant_(value, 0.2)
    return CaffeFeatures(network).eval()


def ratios(rounds: int, one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float, float]:
    """Median seconds of both, and the median of the rounds' ratios (one / other); the first round does not count."""
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        one()
        half = time.perf_counter()
        other()
        times.append((half - start, time.perf_counter() - half))
    counted = times[1:]
    first, second = (statistics.median(pair[at] for pair in counted) for at in (0, 1))
    return first, second, statistics.median(a / b for a, b in counted)


def bench_decode(rounds: int) -> bool:
    """64 pictures together against one by one, with the same words."""
    network, given = speaking(), torch.randn(TOGETHER, 2048)
    good = True
    for beam in BEAMS:
        options = decoding_options(beam=beam)

        def alone() -> list[tuple[int, ...]]:
            return [decode(network, row[None], None, options)[0].best.tokens for row in given]  # noqa: B023 - at once

        def together() -> list[tuple[int, ...]]:
            return [one.best.tokens for one in decode(network, given, None, options)]  # noqa: B023 - at once

        same = alone() == together()
        slow, fast, ratio = ratios(rounds, alone, together)
        good &= same and ratio >= TIMES
        said = "the same words" if same else "OTHER WORDS"
        print(f"beam {beam}: alone {slow:.2f} s, together {fast:.2f} s, {ratio:.1f} times as fast, {said}", flush=True)
    return good


def photographs(folder: Path, count: int, side: int) -> list[str]:
    """JPEG files of noise, smoothed so that they are about as large as photographs."""
    random = np.random.default_rng(0)
    paths = []
    for at in range(count):
        small = Image.fromarray(random.integers(0, 255, (side // 8, side // 8, 3), np.uint8))
        paths.append(str(folder / f"{at:03}.jpg"))
        small.resize((side, side), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


def bench_folder(rounds: int, pictures: int, side: int) -> bool:
    """A folder, from files to rows, against the bare network over pictures that are read already."""
    infos = Infos(tuple(f"w{at}" for at in range(1, WORDS)))
    describer = Describer(Loaded(speaking(), infos, seeing(), Identity("bench", "random"), torch.device("cpu")))
    bare = seeing()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        paths = photographs(Path(folder), pictures, side)
        shown = [normalised(torch.from_numpy(np.array(Image.open(path)))[None]) for path in paths]

        def whole() -> None:
            rows = list(describer.stream(paths, decoding_options(beam=2)))
            assert all(isinstance(row, Captioned) for row in rows)

        def network() -> None:
            with torch.inference_mode():
                for pixels in shown:
                    bare(pixels)

        ours, theirs, ratio = ratios(rounds, whole, network)
        good &= ratio <= MOST
        print(
            f"{pictures} pictures of {side} x {side}: folder {ours:.2f} s, bare ResNet {theirs:.2f} s, ratio"
            f" {ratio:.3f} (wanted {MOST})"
        )
    return good


def bench_memory(side: int) -> bool:
    """The peak of resident memory while one picture is seen, a pixel, against what is said of it before."""
    sight = CaffeSight(seeing(), torch.device("cpu"))
    sight.seen([torch.zeros(64, 64, 3, dtype=torch.uint8)])
    pixels = torch.zeros(side, side, 3, dtype=torch.uint8)
    before = _status("VmRSS")
    sight.seen([pixels])
    took, said = _status("VmHWM") - before, sight.memory((side, side))
    print(f"{side} x {side}: took {took / 1e6:.0f} MB, {said / 1e6:.0f} MB were predicted")
    return took <= said


def _status(name: str) -> int:
    """Bytes, of this process, on Linux."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("decode", "folder", "memory"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=TOGETHER)
    parser.add_argument("--side", type=int, default=256)
    options = parser.parse_args()
    if options.what == "decode":
        return 0 if bench_decode(options.rounds) else 1
    if options.what == "folder":
        return 0 if bench_folder(options.rounds, options.pictures, options.side) else 1
    return 0 if bench_memory(options.side) else 1


if __name__ == "__main__":
    sys.exit(main())
