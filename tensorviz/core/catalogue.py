"""What the program knows of each published model and its weights, as data.

Must not know torchvision or files: the engine fills these rows, the window and the command line show them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tensorviz.core.recipe import Recipe

BATCH = 12  # pictures computed at once: on two cores 7 % faster than 8 for small networks, and 16 gains no more


@dataclass(frozen=True, slots=True)
class WeightsRow:
    """One set of weights of one model.

    file_bytes: size on disk; exact when the file is here, else from the published megabytes.
    accuracy_1, accuracy_5: published ImageNet-1K accuracy, 0 to 1, None when not published.
    gflops: published cost of one picture. sha256_prefix: first hex digits of the file's SHA-256, "" when unpublished.
    path: where the file is on this computer, None when it is not.
    """

    model: str
    name: str
    is_default: bool
    parameters: int
    gflops: float
    accuracy_1: float | None
    accuracy_5: float | None
    file_bytes: int
    licence: str
    recipe: Recipe
    url: str
    sha256_prefix: str
    classes: int
    trained_on: str = "ImageNet-1K"
    path: str | None = None
    bundled: bool = False

    @property
    def here(self) -> bool:
        """Whether the weights are on this computer."""
        return self.path is not None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "name": self.name,
            "default": self.is_default,
            "parameters": self.parameters,
            "gflops": self.gflops,
            "accuracy_1": self.accuracy_1,
            "accuracy_5": self.accuracy_5,
            "file_bytes": self.file_bytes,
            "licence": self.licence,
            "recipe": self.recipe.as_dict(),
            "url": self.url,
            "sha256_prefix": self.sha256_prefix,
            "classes": self.classes,
            "trained_on": self.trained_on,
            "on_this_computer": self.here,
            "path": self.path,
        }


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model that can be chosen.

    kind: "torchvision" (a published architecture), "published" (by others), "bundled" (comes with tensorviz), or "own"
    (a kept checkpoint).
    family: the heading it is listed under ("ResNet", "Own checkpoints"). architecture: the builder's name.
    first: the name of the builder's first published weights, whose recipe a checkpoint file starts from.
    """

    name: str
    kind: str
    family: str
    architecture: str
    weights: tuple[WeightsRow, ...]
    first: str = ""
    summary: str = ""
    task: str = "classify"

    @property
    def here(self) -> bool:
        """Whether any weights of it are on this computer."""
        return any(row.here for row in self.weights)

    def default(self) -> WeightsRow:
        """The weights taken when none are named."""
        return next((row for row in self.weights if row.is_default), self.weights[0])

    def at_hand(self) -> WeightsRow:
        """The default, unless only others are on this computer."""
        return next((row for row in (self.default(), *self.weights) if row.here), self.default())

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "name": self.name,
            "task": self.task,
            "kind": self.kind,
            "family": self.family,
            "architecture": self.architecture,
            "summary": self.summary,
            "weights": [row.as_dict() for row in self.weights],
        }


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Which network is to answer: everything the engine needs to build it, nothing else.

    model: a catalogue name; "" is the model that comes with tensorviz. weights: "" or "DEFAULT", a published name, or
    a file's path. labels: a file with one class per line, or None. recipe: an override, or None for the weights' own.
    precision: "fp32", "bf16" or "fp16". device: "auto", "cpu", "cuda", "cuda:N" or "mps".
    """

    model: str = ""
    weights: str = ""
    labels: str | None = None
    recipe: Recipe | None = None
    device: str = "auto"
    precision: str = "fp32"
    batch: int = BATCH


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """A checkpoint of the person's own, kept as a named row of the chooser."""

    name: str
    architecture: str
    path: str
    labels: str | None = None
    recipe: Recipe | None = None
