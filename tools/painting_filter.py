"""A classical painting filter in numpy: what makes the painted side of the training pictures of the small translator.

    python tools/painting_filter.py photo.jpg painted.png [--seed N]

Five steps, each from the literature, none learned:
1. a generalised Kuwahara filter with eight soft sectors (Papari, Petkov, Campisi, "Artistic edge and corner enhancing
   smoothing", 2007): each pixel becomes the mean of those sectors around it that vary least, so areas become flat and
   edges stay;
2. colours drawn out along the edges (line integral convolution over the smoothed structure tensor, as in Kyprianidis
   and Kang, "Image and video abstraction by coherence-enhancing filtering", 2011): areas take the shape of strokes;
3. a smaller Kuwahara filter, which sharpens what the second step softened;
4. pigments: more saturation, warm light and blue-violet shadow, each colour drawn to the near ones of a fixed palette;
5. brush hairs: noise drawn out along the same strokes, lit from the upper left as thick paint is.
The same picture and seed give the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[np.float32]
SECTORS, SHARPNESS, CONTRAST = 8, 8.0, 255.0
RADIUS, SECOND_RADIUS = 4.5, 2.5  # pixels, for pictures whose shorter side is 256
STROKE, HAIR = 5, 9  # half the length of a stroke, and of a brush's trace, in pixels
SATURATION, TOWARDS_PALETTE, RELIEF = 1.3, 0.5, 0.26
PIGMENTS = (
    (22, 20, 26),
    (44, 36, 58),
    (38, 52, 92),
    (52, 84, 138),
    (92, 134, 176),
    (150, 184, 204),
    (30, 58, 50),
    (58, 88, 52),
    (110, 126, 62),
    (160, 164, 96),
    (74, 44, 30),
    (122, 72, 40),
    (168, 104, 54),
    (204, 146, 76),
    (226, 182, 104),
    (240, 214, 150),
    (250, 238, 206),
    (134, 44, 38),
    (186, 70, 46),
    (216, 124, 92),
    (222, 172, 148),
    (120, 104, 96),
    (170, 150, 132),
    (206, 192, 172),
    (190, 212, 176),
    (232, 190, 190),
    (126, 98, 142),
    (96, 150, 148),
)  # fmt: skip - sRGB, roughly the tubes of a painter's box: blacks, blues, greens, earths, ochres, reds, greys


def painted(image: Image.Image, seed: int) -> Image.Image:
    """The picture as if painted: RGB of the same size. seed: decides the traces of the brush."""
    pixels = (np.asarray(image.convert("RGB"), np.float32) / 255).astype(np.float32)
    along = stroke_directions(pixels)
    flat = kuwahara(pixels, RADIUS)
    drawn = drawn_along(flat, along, STROKE)
    sharp = kuwahara(drawn, SECOND_RADIUS)
    coloured = with_pigments(sharp)
    lit = coloured * (1 + RELIEF * brush_relief(along, seed))[..., None]
    return Image.fromarray(np.rint(lit.clip(0, 1) * 255).astype(np.uint8))


def stroke_directions(pixels: Array) -> Array:
    """Unit vectors (H, W, 2) as (x, y): the direction in which the picture changes least around each pixel."""
    down, right = np.gradient(blurred(pixels, 1.0), axis=(0, 1))
    tensor = np.stack([(right * right).sum(-1), (right * down).sum(-1), (down * down).sum(-1)], -1)
    xx, xy, yy = np.moveaxis(blurred(tensor, 5.0), -1, 0)
    turned = 0.5 * np.arctan2(2 * xy, xx - yy + 1e-7) + np.pi / 2  # across the strongest change
    directions: Array = np.stack([np.cos(turned), np.sin(turned)], -1).astype(np.float32)
    return directions


def kuwahara(pixels: Array, radius: float) -> Array:
    """Each pixel as the mean of the sectors around it, the less a sector varies the more it counts."""
    height, width = pixels.shape[:2]
    reach = int(np.ceil(2 * radius))
    around = np.pad(pixels, ((reach, reach), (reach, reach), (0, 0)), mode="reflect")
    spectrum = np.fft.rfft2(np.concatenate([around, around * around], -1), axes=(0, 1))
    total = np.zeros_like(pixels)
    weights = np.zeros((height, width, 1), np.float32)
    for sector in _sectors(radius, reach):
        kernel = np.fft.rfft2(sector, s=around.shape[:2])[..., None]
        found = np.fft.irfft2(spectrum * kernel, s=around.shape[:2], axes=(0, 1))
        sums = found[2 * reach : 2 * reach + height, 2 * reach : 2 * reach + width].astype(np.float32)
        mean, spread = sums[..., :3], (sums[..., 3:] - sums[..., :3] ** 2).clip(0).sum(-1, keepdims=True)
        weight = 1 / (1 + (CONTRAST * np.sqrt(spread)) ** SHARPNESS)
        total += weight * mean
        weights += weight
    result: Array = total / weights
    return result


def _sectors(radius: float, reach: int) -> list[Array]:
    """Kernels (2 reach + 1)^2 that sum to one: a Gaussian disc cut into soft sectors."""
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = np.exp(-(x**2 + y**2) / (2 * (radius / 2) ** 2 * 1.5)) * (x**2 + y**2 <= reach**2)
    angle = np.arctan2(y, x)
    kernels = []
    for sector in range(SECTORS):
        away = np.abs((angle - 2 * np.pi * sector / SECTORS + np.pi) % (2 * np.pi) - np.pi)
        kernel = disc * np.exp(-((away / (np.pi / SECTORS)) ** 2))
        kernel[reach, reach] = disc[reach, reach] / SECTORS
        kernels.append((kernel / kernel.sum()).astype(np.float32))
    return kernels


def drawn_along(pixels: Array, along: Array, length: int) -> Array:
    """Each pixel as a weighted mean of those on the stroke through it, up to `length` steps to either side."""
    height, width = pixels.shape[:2]
    y, x = (axis.astype(np.float32) for axis in np.mgrid[:height, :width])
    total, weights = pixels.copy(), 1.0
    for sign in (1.0, -1.0):
        at_x, at_y, heading = x, y, sign * along
        for step in range(1, length + 1):
            at_x, at_y = at_x + heading[..., 0], at_y + heading[..., 1]
            column = np.rint(at_x).astype(np.int64).clip(0, width - 1)
            row = np.rint(at_y).astype(np.int64).clip(0, height - 1)
            weight = float(np.exp(-2 * (step / length) ** 2))
            total += weight * pixels[row, column]
            weights += weight
            new = along[row, column]
            heading = new * np.where((new * heading).sum(-1, keepdims=True) < 0, -1, 1).astype(np.float32)
    result: Array = (total / weights).astype(np.float32)
    return result


def with_pigments(pixels: Array) -> Array:
    """Saturated, warm in the light and cool in the shadow, and drawn to the near colours of the palette."""
    light = (pixels @ np.array([0.299, 0.587, 0.114], np.float32))[..., None]
    saturated = light + SATURATION * (pixels - light)
    warm, cool = np.array([0.07, 0.02, -0.09], np.float32), np.array([-0.01, -0.02, 0.05], np.float32)
    contrasted = saturated + 0.12 * (light - 0.5) + warm * light + cool * (1 - light)
    palette = np.array(PIGMENTS, np.float32) / 255
    distance = ((contrasted[..., None, :] - palette) ** 2 * np.array([0.8, 1.2, 0.6], np.float32)).sum(-1)
    near = np.exp(-(distance - distance.min(-1, keepdims=True)) / 0.006)
    pigment = (near / near.sum(-1, keepdims=True)) @ palette
    result: Array = (TOWARDS_PALETTE * pigment + (1 - TOWARDS_PALETTE) * contrasted).clip(0, 1).astype(np.float32)
    return result


def brush_relief(along: Array, seed: int) -> Array:
    """How much light (H, W), around 0, the ridges that the hairs leave throw back."""
    noise = np.random.default_rng(seed).standard_normal((*along.shape[:2], 1)).astype(np.float32)
    ridges = drawn_along(blurred(noise, 0.7), along, HAIR)[..., 0]
    ridges /= ridges.std() + 1e-6
    down, right = np.gradient(ridges)
    relief: Array = np.tanh(0.5 * (right + down)) * 0.6
    return relief


def blurred(values: Array, sigma: float) -> Array:
    """Values (H, W, C) under a Gaussian, mirrored at the borders."""
    reach = int(np.ceil(3 * sigma))
    taps = np.exp(-(np.arange(-reach, reach + 1, dtype=np.float32) ** 2) / (2 * sigma**2))
    taps /= taps.sum()
    for axis in (0, 1):
        margins = [(reach, reach) if axis == other else (0, 0) for other in range(3)]
        padded = np.pad(values, margins, mode="symmetric")
        size = values.shape[axis]
        values = sum(
            (tap * padded.take(range(at, at + size), axis=axis) for at, tap in enumerate(taps)),
            start=np.zeros((), np.float32),
        )
    return values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("photo", type=Path)
    parser.add_argument("painting", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    painted(Image.open(options.photo), options.seed).save(options.painting)


if __name__ == "__main__":
    main()
