"""Soft pictures out of outlines: gradients, shading that stays inside a shape, and smooth noise with a fixed seed.

Must not know what is drawn.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

Colour = tuple[int, int, int]
Point = tuple[float, float]
SIDE = 448  # pixels of the finished picture
SCALE = 4  # drawn this much larger, then reduced: smooth edges
UNITS = 100.0  # coordinates run from 0 to 100, whatever the size
FULL = SIDE * SCALE


class Scene:
    """A square picture being drawn; places and lengths are in hundredths of its side."""

    def __init__(self, seed: int) -> None:
        self.image = Image.new("RGB", (FULL, FULL))
        self._chance = np.random.default_rng(seed)

    def backdrop(self, stops: Sequence[tuple[float, Colour]], top: float = 0, bottom: float = 100) -> None:
        """A vertical gradient through colours at heights (0 to 1) between `top` and `bottom`."""
        first, last = round(top * FULL / UNITS), round(bottom * FULL / UNITS)
        places = np.linspace(0, 1, last - first)
        at = [stop for stop, _ in stops]
        columns = [np.interp(places, at, [colour[channel] for _, colour in stops]) for channel in range(3)]
        band = np.stack(columns, axis=-1).astype(np.uint8)[:, None, :].repeat(FULL, axis=1)
        self.image.paste(Image.fromarray(band), (0, first))

    def noise(self, across: float, down: float, octaves: int = 4) -> npt.NDArray[np.float32]:
        """Smooth noise from 0 to 1 over the whole picture, with about `across` x `down` bumps."""
        total = np.zeros((SIDE, SIDE), np.float32)
        for octave in range(octaves):
            size = max(2, round(down * 2**octave)), max(2, round(across * 2**octave))
            grid = Image.fromarray(self._chance.random(size, dtype=np.float32))
            total += np.asarray(grid.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) / 2**octave
        span: npt.NDArray[np.float32] = (total - total.min()) / (total.max() - total.min())
        return span

    def veil(self, colour: Colour, strength: npt.NDArray[np.float32], top: float = 0, bottom: float = 100) -> None:
        """Colour laid over the rows from `top` to `bottom`, as strongly (0 to 1) as an array says."""
        cut = strength.clip(0, 1).copy()
        cut[: round(top * SIDE / UNITS)] = 0
        cut[round(bottom * SIDE / UNITS) :] = 0
        mask = Image.fromarray((cut * 255).astype(np.uint8)).resize((FULL, FULL), Image.Resampling.BILINEAR)
        self.image.paste(colour, (0, 0, FULL, FULL), mask)

    def shape(self, outline: Sequence[Point], upper: Colour, lower: Colour | None = None, blur: float = 0.12) -> Shape:
        """A filled outline with a vertical gradient from `upper` to `lower`."""
        shape = Shape(self, outline, blur)
        shape.fill(upper, lower or upper)
        return shape

    def shadow(self, centre: Point, radius: Point, strength: float = 0.5, blur: float = 2.0) -> None:
        """A soft dark spot on the ground."""
        mask = Shape(self, oval(centre, radius), blur).mask.point(lambda value: round(value * strength))
        self.image.paste((8, 10, 8), (0, 0, FULL, FULL), mask)

    def finished(self) -> Image.Image:
        """The picture at its size, with a little grain, as a camera would give."""
        small = np.asarray(self.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)).astype(np.float32)
        grain = self._chance.normal(0, 2.2, (SIDE, SIDE, 1))
        return Image.fromarray((small + grain).clip(0, 255).astype(np.uint8))


class Shape:
    """A part of a scene: its mask, and shading that stays inside it."""

    def __init__(self, scene: Scene, outline: Sequence[Point], blur: float) -> None:
        self._scene = scene
        self._outline = outline
        self.mask = Image.new("L", (FULL, FULL))
        ImageDraw.Draw(self.mask).polygon([(x * FULL / UNITS, y * FULL / UNITS) for x, y in outline], fill=255)
        self.mask = _blurred(self.mask, blur)

    def fill(self, upper: Colour, lower: Colour) -> None:
        heights = [y for _, y in self._outline]
        low, high = min(heights), max(max(heights), min(heights) + 0.01)
        share = ((np.linspace(0, UNITS, FULL) - low) / (high - low)).clip(0, 1)[:, None]
        column = (np.array(upper) * (1 - share) + np.array(lower) * share).astype(np.uint8)
        self._scene.image.paste(Image.fromarray(column[:, None, :].repeat(FULL, axis=1)), (0, 0), self.mask)

    def tint(self, outline: Sequence[Point], colour: Colour, strength: float, blur: float) -> None:
        """Light or shade of soft edges, seen only where it falls on this shape."""
        spot = Shape(self._scene, outline, blur).mask.point(lambda value: round(value * strength))
        self._scene.image.paste(colour, (0, 0, FULL, FULL), ImageChops.multiply(spot, self.mask))

    def speckle(self, colour: Colour, amount: float, across: float, down: float) -> None:
        """Texture: noise of one colour on this shape only."""
        noise = (self._scene.noise(across, down) * amount * 255).clip(0, 255).astype(np.uint8)
        full = Image.fromarray(noise).resize((FULL, FULL), Image.Resampling.BILINEAR)
        self._scene.image.paste(colour, (0, 0, FULL, FULL), ImageChops.multiply(full, self.mask))


def _blurred(mask: Image.Image, blur: float) -> Image.Image:
    """A blur of `blur` hundredths; wide ones are made on a smaller copy, which looks the same and is quick."""
    if blur < 1:
        return mask.filter(ImageFilter.GaussianBlur(blur * FULL / UNITS))
    small = mask.resize((SIDE, SIDE), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(blur * SIDE / UNITS))
    return small.resize((FULL, FULL), Image.Resampling.BILINEAR)


def oval(centre: Point, radius: Point, turn: float = 0) -> list[Point]:
    """An ellipse, turned by degrees."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    around = [math.tau * step / 90 for step in range(90)]
    flat = [(radius[0] * math.cos(angle), radius[1] * math.sin(angle)) for angle in around]
    return [(centre[0] + x * c - y * s, centre[1] + x * s + y * c) for x, y in flat]


def curve(*points: Point) -> list[Point]:
    """A closed smooth line through the points (Catmull-Rom)."""
    made: list[Point] = []
    for index in range(len(points)):
        p0, p1, p2, p3 = (np.array(points[(index + offset) % len(points)]) for offset in (-1, 0, 1, 2))
        for t in np.linspace(0, 1, 12, endpoint=False):
            bent = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            made.append((float(bent[0]) / 2, float(bent[1]) / 2))
    return made


def box(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """A rectangle."""
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def turned(points: Sequence[Point], centre: Point, degrees: float) -> list[Point]:
    """Points turned about a centre, clockwise as seen."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    moved = [(x - centre[0], y - centre[1]) for x, y in points]
    return [(centre[0] + x * c - y * s, centre[1] + x * s + y * c) for x, y in moved]
