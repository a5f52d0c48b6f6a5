"""A generator that is ready to draw: a picture in, the translated picture and the time it took out.

Must not know how weights are found, or how results are printed, shown or kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from tensorviz.core.drawn import BlockPicture
from tensorviz.core.errors import MemoryExhausted, NameUnknown, TensorvizError
from tensorviz.core.pipeline import Preview
from tensorviz.core.text import bytes_text, count_text
from tensorviz.core.translation import RESIZE, InputRange, TranslationPlan, largest_shorter_side, translation_plan
from tensorviz.engine.hearing import quiet
from tensorviz.engine.tasks.translate.forward import Pixels, as_input, as_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from tensorviz.core.translation import Size
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.tasks.translate.forward import Forward, Stage, Step, Tell


@dataclass(frozen=True, slots=True)
class Identity:
    """What draws: the model's and weights' names as results show them, how, and honest remarks.

    way_back: the model that translates in the other direction, "" when none is known.
    """

    model: str
    weights: str
    input_range: InputRange = "trained"
    resize: int = RESIZE
    way_back: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A translated picture, RGB. before: what the generator was shown, of the same size with "trained".

    preprocess, forward: seconds.
    """

    image: Image.Image
    before: Image.Image
    preprocess: float
    forward: float


class Translator:
    """One generator and the way pictures go through it. It keeps no state of a running job."""

    def __init__(self, identity: Identity, forward: Forward) -> None:
        self.identity = identity
        self.forward = forward

    @property
    def device(self) -> str:
        """Where it computes."""
        return str(self.forward.device)

    @property
    def bytes(self) -> int:
        """The memory that its weights take."""
        values = (*self.forward.network.parameters(), *self.forward.network.buffers())
        return sum(value.numel() * value.element_size() for value in values)

    def plan(self, size: Size) -> TranslationPlan:
        """The sizes that a picture of (width, height) goes through. Raises ValueRefused."""
        return translation_plan(size, self.identity.input_range, self.identity.resize)

    def memory(self, size: Size) -> int:
        """Bytes that a picture of (width, height) will take beyond the weights. Raises ValueRefused."""
        return self.forward.memory(self.plan(size).network)

    def check_memory(self, size: Size) -> TranslationPlan:
        """The plan, once there is memory for it. Raises MemoryExhausted with the size that fits, ValueRefused."""
        plan = self.plan(size)
        needed, free = self.forward.memory(plan.network), self.forward.free()
        if needed > free:
            raise self._too_large(size, plan, needed, free)
        return plan

    def translate(
        self,
        image: Image.Image,
        token: CancelToken | None = None,
        stage: Stage | None = None,
        tell: Tell | None = None,
    ) -> Drawn:
        """Draws one upright RGB picture of any size.

        stage(index, features), tell(index): called after each residual block, see Forward.drawn. Raises ValueRefused
        (too small for the book's way), MemoryExhausted, Cancelled; TensorvizError when what was drawn is no picture.
        """
        started = time.perf_counter()
        plan = self.check_memory(image.size)
        before, pixels = _shown(image, plan)
        prepared = time.perf_counter()
        drawn = self.forward.drawn(pixels, self.identity.input_range, token, stage, tell)
        took = time.perf_counter() - prepared
        return Drawn(self._picture(drawn, plan), before, prepared - started, took)

    def blocks(self, image: Image.Image, token: CancelToken | None = None) -> Iterator[BlockPicture]:
        """The picture before the first residual block, and after each; the last is what `translate` draws.

        Nothing is computed, and nothing is left on the network, between two of them: other pictures may be drawn
        meanwhile. Raises as `translate`.
        """
        plan = self.check_memory(image.size)
        features = self.forward.features(_shown(image, plan)[1], self.identity.input_range, 0, token)
        for block in range(self.forward.network.plan.blocks + 1):
            step = self.forward.step(features, block, token)
            features = step.features
            yield self._block_picture(step, block, plan)

    def stage(self, image: Image.Image, stage: str, token: CancelToken | None = None) -> Tensor:
        """The tensor of a stage of an upright RGB picture, float32 on the processor, free to be changed.

        stage: "input" (1, 3, H, W) as the generator sees it, "block-0" (before the first residual block) to "block-9"
        (1, C, H/4, W/4), "output" (1, 3, H', W'), with what was mirrored at the border. Raises NameUnknown for
        another, and as `translate`.
        """
        block = self._block_of(stage)
        plan, how = self.check_memory(image.size), self.identity.input_range
        pixels = _shown(image, plan)[1]
        if stage == "input":
            return as_input(torch.from_numpy(pixels), how)
        if stage == "output":
            return self.forward.drawn(pixels, how, token)[None].clone()
        return self.forward.features(pixels, how, block, token).clone()

    def _block_of(self, stage: str) -> int:
        """The number in "block-3"; 0 for the other stages."""
        blocks = self.forward.network.plan.blocks
        names = {f"block-{block}": block for block in range(blocks + 1)} | {"input": 0, "output": 0}
        if stage not in names:
            raise NameUnknown(
                f"{self.identity.model} has no stage {stage!r}.",
                f'Use "input", "block-0" to "block-{blocks}", or "output".',
            )
        return names[stage]

    def _block_picture(self, step: Step, block: int, plan: TranslationPlan) -> BlockPicture:
        return BlockPicture(
            block=block,
            blocks=self.forward.network.plan.blocks,
            picture=preview_of(self._picture(step.drawn, plan)),
            shape=tuple(step.features.shape),
            minimum=step.minimum,
            maximum=step.maximum,
            mean=step.mean,
            change=step.change,
        )

    def _picture(self, drawn: Tensor, plan: TranslationPlan) -> Image.Image:
        """What was drawn (3, H', W'), without what was mirrored at its border."""
        self._check(drawn)
        width, height = plan.result
        return Image.fromarray(as_pixels(drawn)[:height, :width])

    def _check(self, drawn: Tensor) -> None:
        if not bool(torch.isfinite(drawn).all()):
            raise TensorvizError(
                f"{self.identity.model} drew numbers that are none (NaN or infinity).",
                "The weights may be damaged: fetch them again, or take another checkpoint.",
            )

    def _too_large(self, size: Size, plan: TranslationPlan, needed: int, free: int) -> MemoryExhausted:
        width, height = plan.network
        fits = largest_shorter_side(size, self.forward.network.plan.width, free, self.identity.input_range)
        hint = "Close other programs, or cut the picture into parts: its sides are too different."
        if fits:
            side = min(fits, min(size))
            hint = (
                f"A shorter side of {side} or less fits (--resize {side}); {RESIZE} is what the networks were trained"
                " with."
            )
        return MemoryExhausted(
            f"To translate {count_text(width)} x {count_text(height)} pixels takes about {bytes_text(needed)} of"
            f" memory, and {bytes_text(free)} may be taken.",
            hint,
        )


def preview_of(image: Image.Image) -> Preview:
    """The picture as bytes, at its full size."""
    return Preview(image.width, image.height, image.tobytes())


def _shown(image: Image.Image, plan: TranslationPlan) -> tuple[Image.Image, Pixels]:
    """The picture resized, and what the generator sees of it: with its border mirrored."""
    before = _resized(image, plan.resized)
    return before, mirrored_up(np.asarray(before), plan.network)


def _resized(image: Image.Image, size: Size) -> Image.Image:
    """The picture at `size` (width, height), as torchvision's Resize does it: bilinear, over all pixels."""
    if image.size == size:
        return image
    with quiet():  # Pillow's remarks on huge pictures
        return image.resize(size, Image.Resampling.BILINEAR)


def mirrored_up(pixels: Pixels, size: Size) -> Pixels:
    """The picture (H, W, 3) mirrored at its right and lower border up to `size` (width, height)."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return np.array(pixels)  # one that torch may write to
    return np.pad(pixels, ((0, size[1] - height), (0, size[0] - width), (0, 0)), mode="reflect")
