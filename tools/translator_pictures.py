"""The two sides of the training pictures of the small translators, and which of them are never trained on.

Must not know networks: a folder of photographs in, crops and whole pictures out.
"""

from __future__ import annotations

import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageOps
from torch import Tensor

from tools.painting_filter import painted

if TYPE_CHECKING:
    from pathlib import Path

Pixels = npt.NDArray[np.uint8]
HELD_OUT, CROP = 25, 128  # pictures of each side; pixels


@dataclass(frozen=True)
class Side:
    """One side: pictures to learn from (each may be there in several versions), and those held out, uint8 (H, W, 3)."""

    learnt: list[list[Pixels]]
    held_out: list[Pixels]

    def crop(self, dice: random.Random, mirror: bool) -> Tensor:
        """A square (1, 3, CROP, CROP) in -1 to 1 out of any picture; mirror: half of them left-right reversed."""
        pixels = dice.choice(dice.choice(self.learnt))
        height, width = pixels.shape[:2]
        top, left = dice.randint(0, height - CROP), dice.randint(0, width - CROP)
        square = pixels[top : top + CROP, left : left + CROP]
        return as_tensor(square[:, ::-1] if mirror and dice.random() < 0.5 else square)


def as_tensor(pixels: Pixels) -> Tensor:
    """(1, 3, H, W) float32 in -1 to 1, channels together in memory."""
    numbers = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float()
    return numbers.div_(127.5).sub_(1).contiguous(memory_format=torch.channels_last)


def as_pixels(numbers: Tensor) -> Pixels:
    """The reverse of `as_tensor`, values beyond -1 to 1 cut."""
    pixels: Pixels = numbers[0].float().clamp(-1, 1).add(1).mul(127.5).round().byte().permute(1, 2, 0).numpy()
    return pixels


def cut_to_fours(pixels: Pixels) -> Pixels:
    """Sides that are multiples of four, so that what comes back from a generator is of the same size."""
    height, width = (size - size % 4 for size in pixels.shape[:2])
    return pixels[:height, :width]


def read_sides(folder: Path, kept: Path, seed: int) -> tuple[Side, Side]:
    """(photographs, paintings): one half of the pictures in `folder` each, the paintings made or found in `kept`.

    The paintings come as painted from a picture and from its mirror image, since their light comes from one side.
    """
    paths = sorted(folder.glob("*.jpg"))
    random.Random(seed).shuffle(paths)
    half = len(paths) // 2
    photos = [[np.asarray(Image.open(path).convert("RGB"))] for path in paths[:half]]
    kept.mkdir(parents=True, exist_ok=True)
    jobs = [(path, kept / f"{path.stem}.{way}.png", way, seed + at) for at, path in enumerate(paths[half:])
            for way in ("as_is", "mirrored")]  # fmt: skip
    with ProcessPoolExecutor(2) as workers:
        made = list(workers.map(_paint, jobs, chunksize=4))
    paintings = [made[at : at + 2] for at in range(0, len(made), 2)]
    return _side(photos), _side(paintings)


def _side(pictures: list[list[Pixels]]) -> Side:
    return Side(pictures[HELD_OUT:], [versions[0] for versions in pictures[:HELD_OUT]])


def _paint(job: tuple[Path, Path, str, int]) -> Pixels:
    source, target, way, seed = job
    if not target.exists():
        image = Image.open(source).convert("RGB")
        beside = target.with_suffix(".part")
        painted(ImageOps.mirror(image) if way == "mirrored" else image, seed).save(beside, "PNG")
        beside.replace(target)
    return np.asarray(Image.open(target).convert("RGB"))


def sheet(rows: list[list[Pixels]], height: int = 256, width: int = 340) -> Image.Image:
    """The pictures in rows, each at the upper left of its cell."""
    drawn = Image.new("RGB", (width * max(map(len, rows)), (height + 4) * len(rows)), "white")
    for row, pictures in enumerate(rows):
        for column, pixels in enumerate(pictures):
            part = pixels[:height, : width - 4]
            drawn.paste(Image.fromarray(part), (width * column, (height + 4) * row))
    return drawn
