"""A classifier that is ready to answer: pictures as a stream in, rows out, in order and in bounded memory.

Must not know how weights are found or how rows are printed and shown.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from tensorviz.core.catalogue import BATCH
from tensorviz.core.errors import Problem, TensorvizError, ValueRefused
from tensorviz.core.recipe import Recipe
from tensorviz.core.results import Classified, Failed, Label, Row, Seconds
from tensorviz.engine.devices import is_out_of_memory
from tensorviz.engine.tasks.classify.reading import Item, Prepared, Reader, batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.classify.forward import Forward

TOP = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A row, and all the probabilities: float32 (classes,), on the processor."""

    row: Classified
    probabilities: Tensor


@dataclass(frozen=True, slots=True)
class Identity:
    """What answered: the model's and weights' names as results show them, class names, recipes, honest remarks.

    recipe: what is done to pictures. own_recipe: what the weights were made for.
    """

    model: str
    weights: str
    labels: tuple[str, ...]
    recipe: Recipe
    own_recipe: Recipe
    notes: tuple[str, ...] = ()


class Classifier:
    """One network with its labels and recipe.

    It keeps no state of a running job, so that jobs may take turns between two batches.
    """

    def __init__(self, identity: Identity, forward: Forward, batch: int = BATCH) -> None:
        self.identity = identity
        self.forward = forward
        self.batch = batch

    @property
    def device(self) -> str:
        """Where it computes now: a step down in memory may have moved it."""
        return str(self.forward.device)

    @property
    def stepped_down(self) -> bool:
        """Whether memory ran out on the device asked for, so that it computes on the processor."""
        return bool(self.forward.notes)

    @property
    def bytes(self) -> int:
        """The memory that its weights take."""
        values = (*self.forward.network.parameters(), *self.forward.network.buffers())
        return sum(value.numel() * value.element_size() for value in values)

    def classify_stream(
        self, items: Iterable[Item], top: int = TOP, token: CancelToken | None = None, batch: int | None = None
    ) -> Iterator[Row]:
        """A row for each path, in order; a Failed among the items is passed on in its place.

        Only one batch is in memory at a time. Raises Cancelled between pictures and layers; raises TensorvizError
        when no picture at all can be answered (the recipe does not suit the network, memory is exhausted).
        """
        with Reader(self.identity.recipe) as reader:
            for chosen in batches(items, batch or self.batch):
                for answer in self.answers(reader.read(chosen, token), top, token):
                    yield answer.row if isinstance(answer, Answer) else answer

    def answers(
        self, pictures: Sequence[Prepared | Failed], top: int = TOP, token: CancelToken | None = None
    ) -> list[Answer | Failed]:
        """The answers for one batch of prepared pictures, in order."""
        prepared = [picture for picture in pictures if isinstance(picture, Prepared)]
        if not prepared:
            return [picture for picture in pictures if isinstance(picture, Failed)]
        started = time.perf_counter()
        scores = self._scores(prepared, token)
        share = (time.perf_counter() - started) / len(prepared)
        answered = iter([self._answer(*pair, share, top) for pair in zip(prepared, scores, strict=True)])
        return [picture if isinstance(picture, Failed) else next(answered) for picture in pictures]

    def _scores(self, prepared: Sequence[Prepared], token: CancelToken | None) -> Tensor:
        pixels = np.stack([picture.pixels for picture in prepared])
        recipe = self.identity.recipe
        try:
            return self.forward.probabilities(pixels, recipe, token).probabilities
        except (RuntimeError, AssertionError, ValueError) as error:
            known = isinstance(error, TensorvizError) or is_out_of_memory(error)
            if known or recipe.crop == self.identity.own_recipe.crop:
                raise
            raise self._unsuited() from error

    def _unsuited(self) -> ValueRefused:
        crop, own = self.identity.recipe.crop, self.identity.own_recipe
        return ValueRefused(
            f"{self.identity.model} cannot take pictures of {crop} x {crop} pixels.",
            f"Its own recipe is: {own.describe()}.",
        )

    def _answer(self, picture: Prepared, probabilities: Tensor, forward: float, top: int) -> Answer | Failed:
        if not bool(torch.isfinite(probabilities).all()):
            return Failed(picture.path, self._not_numbers())
        seconds = Seconds(picture.decode, picture.preprocess, forward, picture.decode + picture.preprocess + forward)
        row = Classified(
            path=picture.path,
            model=self.identity.model,
            weights=self.identity.weights,
            device=self.device,
            precision=self.forward.precision,
            seconds=seconds,
            top=self.best(probabilities, top),
            notes=(*picture.notes, *self.identity.notes, *self.forward.notes),
        )
        return Answer(row, probabilities)

    def _not_numbers(self) -> Problem:
        hint = "The weights may be damaged, or the recipe's mean and std not be those that they were made for."
        if self.forward.precision != "fp32":
            hint = f"{self.forward.precision} may be too small for it: use --precision fp32."
        return Problem(f"{self.identity.model} gave scores that are not numbers (NaN or infinity).", hint)

    def best(self, probabilities: Tensor, top: int = TOP) -> tuple[Label, ...]:
        """The `top` most probable classes of (classes,), best first; equals stay in the order of their index."""
        values, indices = probabilities.sort(descending=True, stable=True)
        pairs = zip(indices[:top].tolist(), values[:top].tolist(), strict=True)
        return tuple(Label(index, self.identity.labels[index], value) for index, value in pairs)
