"""Pictures to train the small captioner with, and what is to be said of them: single ones, and montages of two.

Must not know networks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from tensorviz.engine.tasks.caption.tiles import tiles_of

PLURALS = {
    "airplane": "airplanes", "automobile": "automobiles", "bird": "birds", "cat": "cats", "deer": "deer",
    "dog": "dogs", "frog": "frogs", "horse": "horses", "ship": "ships", "truck": "trucks",
}  # fmt: skip  # a table
SINGLE, BESIDE, ABOVE = 0, 1, 2
SHARES = (0.34, 0.4, 0.26)  # of singles, of two side by side, of one above the other
SIDE = 32
MARGIN = 3  # pixels that a picture is moved by at most

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """kind: SINGLE, BESIDE or ABOVE. first, second: places of the pictures; second is -1 of a single one."""

    kind: int
    first: int
    second: int = -1


def sentence(kind: int, first: str, second: str = "") -> str:
    """What is to be said of a scene of these classes."""
    if kind == SINGLE:
        return f"a photo of {_with_article(first)}"
    if first == second:
        return f"two {PLURALS[first]} {'side by side' if kind == BESIDE else 'one above the other'}"
    return f"{_with_article(first)} {'to the left of' if kind == BESIDE else 'above'} {_with_article(second)}"


def vocabulary(names: list[str]) -> list[str]:
    """All words of all sentences, by letters, and UNK, which no sentence has."""
    scenes = [(kind, a, b) for kind in (SINGLE, BESIDE, ABOVE) for a in names for b in names]
    return [*sorted({word for scene in scenes for word in sentence(*scene).split()}), "UNK"]


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def scenes(count: int, pictures: int, seed: int) -> list[Scene]:
    """Scenes of random pictures."""
    random = np.random.default_rng(seed)
    kinds = random.choice(3, count, p=SHARES)
    firsts, seconds = random.integers(pictures, size=(2, count))
    return [
        Scene(int(kind), int(first), int(second) if kind else -1)
        for kind, first, second in zip(kinds, firsts, seconds, strict=True)
    ]


def tiles(scene: Scene, pictures: Pixels, random: np.random.Generator | None) -> Pixels:
    """Tiles (5, 3, 32, 32) of a scene of pictures (N, 32, 32, 3); random: changed a little, None: as they are."""
    first = _changed(pictures[scene.first], random)
    if scene.kind == SINGLE:
        image = Image.fromarray(first)
        if random is not None:
            width, height = (int(side) for side in random.integers(32, 56, size=2))
            image = image.resize((width, height), Image.Resampling.BICUBIC)
        return tiles_of(image).numpy()
    second = _changed(pictures[scene.second], random)
    both = np.concatenate([first, second], axis=1 if scene.kind == BESIDE else 0)
    return tiles_of(Image.fromarray(both)).numpy()


def _changed(picture: Pixels, random: np.random.Generator | None) -> Pixels:
    """Mirrored, moved, lighter or darker."""
    if random is None:
        return picture
    if random.random() < 0.5:
        picture = picture[:, ::-1]
    down, across = random.integers(-MARGIN, MARGIN + 1, size=2)
    padded = np.pad(picture, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="reflect")
    moved = padded[MARGIN + down : MARGIN + down + SIDE, MARGIN + across : MARGIN + across + SIDE]
    light = random.uniform(0.8, 1.2)
    changed: Pixels = np.clip(moved * light, 0, 255).astype(np.uint8)
    return changed
