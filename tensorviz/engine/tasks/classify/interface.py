"""Classifying from Python: `tensorviz.load_classifier`.

Must not know the terminal or the window.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

from PIL import Image
from torch import Tensor

from tensorviz.core.catalogue import BATCH, ModelChoice
from tensorviz.core.errors import LabelsInvalid, PictureUnreadable, TensorvizError, ValueRefused
from tensorviz.core.recipe import Recipe, recipe_from_dict
from tensorviz.core.results import Failed, Label, Seconds
from tensorviz.engine.pictures import Picture, open_picture, picture_of
from tensorviz.engine.prepare import prepare
from tensorviz.engine.tasks.classify.load import load_classifier as load
from tensorviz.engine.tasks.classify.reading import Prepared
from tensorviz.engine.tasks.classify.recipe import source_of

if TYPE_CHECKING:
    import torch

    from tensorviz.engine.tasks.classify.classifier import Answer, Classifier

    PictureSource = Image.Image | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer for one picture.

    top: the best classes, best first (index, label, probability from 0 to 1). probabilities: float32 (classes,), on
    the processor. seconds: decode, preprocess, forward, total. device: where it was computed. path: "" for an image.
    notes: honest remarks ("transparency laid on white").
    """

    top: list[Label]
    probabilities: Tensor
    seconds: Seconds
    model: str
    weights: str
    device: str
    precision: str
    path: str = ""
    notes: tuple[str, ...] = ()


class PictureClassifier:
    """A network with its class names and recipe, ready to answer. Made by `load_classifier`."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    @property
    def recipe(self) -> Recipe:
        """What is done to a picture before the network sees it."""
        return self._classifier.identity.recipe

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each class, by index."""
        return self._classifier.identity.labels

    @overload
    def classify(self, picture: PictureSource, top: int = 5) -> Classification: ...  # type: ignore[overload-overlap]  # str is a Sequence
    @overload
    def classify(self, picture: Sequence[PictureSource], top: int = 5) -> list[Classification]: ...
    def classify(
        self, picture: PictureSource | Sequence[PictureSource], top: int = 5
    ) -> Classification | list[Classification]:
        """The classes of a PIL image or of the picture in a file; a list gives a list, in order.

        EXIF orientation is applied, transparency laid on white. top: how many classes to name, at least 1.
        Raises TensorvizError (PictureUnreadable, NothingFound, ValueRefused) for the first that cannot be answered.
        """
        _check_count("top", top, "5 is usual.")
        if isinstance(picture, str | os.PathLike | Image.Image):
            return self._classified([picture], top)[0]
        if not _is_list(picture):
            raise _no_picture(picture)
        size = self._classifier.batch
        parts = (picture[start : start + size] for start in range(0, len(picture), size))
        return [answer for part in parts for answer in self._classified(part, top)]

    def _classified(self, pictures: Sequence[PictureSource], top: int) -> list[Classification]:
        prepared = [_prepared(picture, self.recipe) for picture in pictures]
        return [_classification(answer) for answer in self._classifier.answers(prepared, top)]


def load_classifier(
    model: str | None = None,
    weights: str | os.PathLike[str] | None = None,
    labels: str | os.PathLike[str] | Sequence[str] | None = None,
    recipe: Recipe | Mapping[str, Any] | None = None,
    device: str | torch.device = "auto",
    *,
    precision: str = "fp32",
    batch: int = BATCH,
) -> PictureClassifier:
    """A classifier ready to answer.

    model: any torchvision classification builder, a kept entry, or None for the model that comes along.
    weights: a published name ("IMAGENET1K_V1", "DEFAULT"), or the path of a .pth, .pt or .safetensors file; nothing
    is downloaded. labels: a file with one class per line, or the names. recipe: resize, crop, mean, std,
    interpolation; a mapping may have some of them, the others stay the weights' own.
    device: "auto", "cpu", "cuda", "cuda:N", "mps". precision: "fp32", "bf16", "fp16". batch: pictures at once.

    Raises TensorvizError: NameUnknown, WeightsMissing, WeightsDamaged, CheckpointUnreadable, CheckpointMismatch,
    LabelsInvalid, ValueRefused, DeviceUnavailable. Networks and weights: torchvision.models.
    """
    _check_types(model, weights, labels, recipe)
    _check_count("batch", batch, f"{BATCH} is usual.")
    file = os.fspath(labels) if isinstance(labels, str | os.PathLike) else None
    choice = ModelChoice(
        model=model or "",
        weights=os.fspath(weights or ""),
        labels=file,
        device=str(device),
        precision=precision,
        batch=batch,
    )
    if recipe is not None:
        choice = replace(choice, recipe=_full_recipe(recipe, choice))
    classifier = load(choice)
    if labels is not None and not isinstance(labels, str | os.PathLike):
        _name_classes(classifier, tuple(labels))
    return PictureClassifier(classifier)


def _check_types(model: object, weights: object, labels: object, recipe: object) -> None:
    """Raises ValueRefused for what no annotation allows, before it travels to where nobody would understand it."""
    _check_kind("model", model, (str,), "a name of `tensorviz models`")
    _check_kind("weights", weights, (str, os.PathLike), "a name of published weights, or the path of a file")
    _check_kind("labels", labels, (str, os.PathLike, Sequence), "the path of a file, or a list of names")
    _check_kind("recipe", recipe, (Recipe, Mapping), 'a Recipe, or a mapping such as {"crop": 224}')
    if isinstance(labels, Sequence):
        for label in labels:
            _check_kind("label", label, (str,), "a text")


def _check_kind(name: str, value: object, kinds: tuple[type, ...], wanted: str) -> None:
    if value is not None and not isinstance(value, kinds):
        raise ValueRefused(f"The {name} given is of type {type(value).__name__}.", f"Give {wanted}.")


def _check_count(name: str, value: object, hint: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueRefused(f"{name} is {value!r}; it must be a whole number from 1.", hint)


def _full_recipe(recipe: Recipe | Mapping[str, Any], choice: ModelChoice) -> Recipe:
    if isinstance(recipe, Recipe):
        return recipe
    return recipe_from_dict({**source_of(choice).recipe.as_dict(), **recipe})


def _name_classes(classifier: Classifier, names: tuple[str, ...]) -> None:
    count = len(classifier.identity.labels)
    if len(names) != count:
        raise LabelsInvalid(
            f"{len(names)} labels were given, and the network tells {count} classes apart.",
            "Give one for each class, in the order of the network's scores.",
        )
    classifier.identity = replace(classifier.identity, labels=names)


def _prepared(picture: PictureSource, recipe: Recipe) -> Prepared:
    started = time.perf_counter()
    decoded = _opened(picture)
    half = time.perf_counter()
    pixels = prepare(decoded.image, recipe)
    path = os.fspath(picture) if isinstance(picture, str | os.PathLike) else ""
    return Prepared(path, pixels, half - started, time.perf_counter() - half, tuple(decoded.notes))


def _opened(picture: PictureSource) -> Picture:
    if isinstance(picture, str | os.PathLike):
        return open_picture(os.fspath(picture))
    if not isinstance(picture, Image.Image):
        raise _no_picture(picture)
    if 0 in picture.size:
        raise PictureUnreadable(
            f"The image has no pixels: its size is {picture.width} x {picture.height}.", "Each side needs at least one."
        )
    try:
        return picture_of(picture)
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureUnreadable(f"The image cannot be decoded: {error}.", "Give a complete PIL image.") from error


def _is_list(thing: object) -> bool:
    return isinstance(thing, Sequence) and not isinstance(thing, bytes | bytearray)


def _no_picture(thing: object) -> ValueRefused:
    return ValueRefused(
        f"A picture was expected, and something of type {type(thing).__name__} was given.",
        "Give a PIL image, a path, or a list of them.",
    )


def _classification(answer: Answer | Failed) -> Classification:
    if isinstance(answer, Failed):
        raise TensorvizError(answer.problem.message, answer.problem.hint)
    row = answer.row
    return Classification(
        top=list(row.top),
        probabilities=answer.probabilities,
        seconds=row.seconds,
        model=row.model,
        weights=row.weights,
        device=row.device,
        precision=row.precision,
        path=row.path,
        notes=row.notes,
    )
