"""What the program knows of the weights of a generator, as data.

Must not know torch or files: the engine fills these rows, the window and the command line show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tensorviz.core.catalogue import WeightsRow
from tensorviz.core.recipe import Recipe

SIDE = 256  # pixels of the picture by which costs are told
# Rows of weights have a recipe for classifying. A generator has none: how it sees pictures is told by its input range.
NO_RECIPE = Recipe(256, 256, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


@dataclass(frozen=True, slots=True)
class GeneratorWeights(WeightsRow):
    """One set of weights of a generator. Of the fields of WeightsRow, recipe, classes and accuracies mean nothing here.

    git_blob: the id under which the published file lies in a git repository (SHA-1 of "blob SIZE" and its bytes), ""
    when it lies in none. gflops: for 256 x 256 pixels. way_back: the model that translates in the other direction, ""
    when there is none. width: channels of the first layer (`ngf`). blocks: residual blocks. A file of the person's own
    has no url.
    """

    git_blob: str = ""
    way_back: str = ""
    width: int = 64
    blocks: int = 9

    @property
    def key(self) -> str:
        """By which its digest is kept."""
        return f"{self.model}:{self.name}"

    @property
    def published(self) -> bool:
        """Whether others know its bytes, or whoever fetched them first; not so of a file of the person's own."""
        return bool(self.url or self.bundled)

    @property
    def unchecked(self) -> bool:
        """Whether the file is published, and nothing with it by which it could be told from another."""
        return bool(self.url) and not (self.bundled or self.sha256_prefix or self.git_blob)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON: what a generator's weights have."""
        return {
            "name": self.name,
            "default": self.is_default,
            "parameters": self.parameters,
            "gflops": self.gflops,
            "width": self.width,
            "blocks": self.blocks,
            "file_bytes": self.file_bytes,
            "licence": self.licence,
            "url": self.url,
            "sha256_prefix": self.sha256_prefix,
            "git_blob": self.git_blob,
            "way_back": self.way_back,
            "trained_on": self.trained_on,
            "on_this_computer": self.here,
            "path": self.path,
        }


@dataclass(frozen=True, slots=True)
class OwnGenerator:
    """A generator file of the person's own, kept as a named row of the chooser.

    way_back: the name of the model that translates in the other direction, "" for none; that one, when it is an own
    one too and names none, gets this one as its way back.
    """

    name: str
    path: str
    way_back: str = ""
    width: int = 64
    blocks: int = 9
    parameters: int = 0


def gflops_of(width: int, blocks: int, side: int = SIDE) -> float:
    """What a generator costs for side x side pixels: 1e9 multiplications and additions of its convolutions."""
    full, half, quarter = side**2, side**2 // 4, side**2 // 16
    entrance = 3 * width * 49 * full + 2 * width**2 * 9 * half + 8 * width**2 * 9 * quarter
    middle = 2 * blocks * 16 * width**2 * 9 * quarter
    way_out = 8 * width**2 * 9 * quarter + 2 * width**2 * 9 * half + 3 * width * 49 * full
    return round((entrance + middle + way_out) / 1e9, 2)
