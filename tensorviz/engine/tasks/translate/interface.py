"""Translating from Python: `tensorviz.load_generator`.

Must not know the terminal or the window.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt
from PIL import Image

from tensorviz.core.errors import PictureUnreadable, ValueRefused
from tensorviz.core.translation import RESIZE, GeneratorChoice, InputRange
from tensorviz.engine.pictures import open_picture, picture_of
from tensorviz.engine.tasks.translate.beside import block_images, image_of
from tensorviz.engine.tasks.translate.load import load_translator
from tensorviz.engine.tasks.translate.there_and_back import there_and_back
from tensorviz.engine.tasks.translate.way_back import back_choice
from tensorviz.engine.weights.naming import is_file_choice

if TYPE_CHECKING:
    import torch

    from tensorviz.engine.tasks.translate.forward import Stage
    from tensorviz.engine.tasks.translate.generator import ResNetGenerator
    from tensorviz.engine.tasks.translate.translator import Translator

    PictureSource = Image.Image | str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class ThereAndBack:
    """A picture translated, and translated back: A to B to A. Images are in RGB.

    before: what the first generator was shown, resized and not mirrored. picture: what it drew. back: what the other
    generator drew of that. difference: uint8 (H, W), how far `back` is from `before`: the largest difference of the
    three channels, in levels of 255, where both have pixels (in the book's way pictures may become up to three pixels
    larger). error: the reconstruction error, the mean of the differences of all channels, in levels of 255.
    """

    before: Image.Image
    picture: Image.Image
    back: Image.Image
    difference: npt.NDArray[np.uint8]
    error: float


class PictureTranslator:
    """A generator ready to draw. Made by `load_generator`."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._backs: dict[str, Translator] = {}  # those that were named, by name

    @property
    def generator(self) -> ResNetGenerator:
        """The network itself, a torch.nn.Module in eval mode: (1, 3, H, W) to (1, 3, H, W) in -1 to 1."""
        return self._translator.forward.network

    @property
    def model(self) -> str:
        """The name of the model, or of the file it was read from."""
        return self._translator.identity.model

    @property
    def way_back(self) -> str:
        """The name of the model that translates in the other direction, "" when none is known."""
        return self._translator.identity.way_back

    @property
    def notes(self) -> tuple[str, ...]:
        """Honest remarks about the weights ("the checkpoint's float16 weights are computed with as float32")."""
        return self._translator.identity.notes

    def memory(self, size: tuple[int, int]) -> int:
        """Bytes that a picture of (width, height) will take beyond the weights."""
        return self._translator.memory(size)

    @overload
    def translate(self, picture: PictureSource, stage: Stage | None = None) -> Image.Image: ...  # type: ignore[overload-overlap]  # str is a Sequence
    @overload
    def translate(self, picture: Sequence[PictureSource], stage: Stage | None = None) -> list[Image.Image]: ...
    def translate(
        self, picture: PictureSource | Sequence[PictureSource], stage: Stage | None = None
    ) -> Image.Image | list[Image.Image]:
        """The translated picture, a PIL image in RGB, of a PIL image or of the picture in a file; a list gives a list.

        EXIF orientation is applied, transparency laid on white, the shorter side resized as `load_generator` was told.
        stage(index, features): called after each residual block with (1, C, H/4, W/4), a tensor of inference mode
        (clone it to compute with it). Raises TensorvizError: PictureUnreadable, NothingFound, ValueRefused,
        MemoryExhausted.
        """
        if isinstance(picture, str | os.PathLike | Image.Image):
            return self._translator.translate(_opened(picture), None, stage).image
        if not _is_list(picture):
            raise _no_picture(picture)
        return [self.translate(item, stage) for item in picture]

    def there_and_back(
        self, picture: PictureSource, back: str | os.PathLike[str] | PictureTranslator | None = None
    ) -> ThereAndBack:
        """The picture translated by this generator, and the result, in 8 bits, by the one of the other direction.

        back: a model's name ("zebra2horse", "zebra2horse:AUTHORS" for certain weights), the path of a file, or a
        generator that is loaded; None is the known way back. It draws in the input range of this one, and does not
        resize what it gets; one that is named draws on the same device. Raises TensorvizError as `translate` and
        `load_generator` do, and ValueRefused when no way back is known. Source: the cycle of Zhu, Park, Isola, Efros,
        arXiv 1703.10593.
        """
        drawn, found = there_and_back(self._translator, self._other(back), _opened(picture))
        apart = found.difference
        levels = np.frombuffer(bytearray(apart.levels), np.uint8).reshape(apart.height, apart.width)
        return ThereAndBack(drawn.before, drawn.image, image_of(found.picture), levels, apart.mean)

    def _other(self, back: object) -> Translator:
        if isinstance(back, PictureTranslator):
            return back._translator
        if back is not None and not isinstance(back, str | os.PathLike):
            raise ValueRefused(
                f"The way back given is of type {type(back).__name__}.",
                "Give a name of `tensorviz models --task translate`, the path of a file, or a loaded generator.",
            )
        name = "" if back is None else os.fsdecode(back)
        if name not in self._backs:
            self._backs[name] = self._load_back(name)
        return self._backs[name]

    def _load_back(self, name: str) -> Translator:
        identity, device = self._translator.identity, self._translator.device
        here = GeneratorChoice(input_range=identity.input_range, device=device)
        return load_translator(back_choice(here, identity, name))

    def blocks(self, picture: PictureSource) -> list[Image.Image]:
        """What the generator would draw if it ended earlier: RGB images of one size, one more than residual blocks.

        The first is of before the first residual block, the next of after it, the last is the translated picture:
        features (1, C, H/4, W/4) go through all that comes after the blocks. Raises TensorvizError as `translate`.
        """
        return list(block_images(self._translator, _opened(picture)))


def load_generator(
    name_or_path: str | os.PathLike[str] = "",
    input_range: InputRange = "trained",
    device: str | torch.device = "auto",
    *,
    weights: str | os.PathLike[str] = "",
    resize: int = RESIZE,
) -> PictureTranslator:
    """A generator ready to translate pictures.

    name_or_path: a model's name ("horse2zebra"; "" is the one that comes along, from photographs to paintings), or the
    path of a .pth, .pt or .safetensors file with the tensors of a CycleGAN generator of any published variant; nothing
    is downloaded. weights: a name of published weights of the model, or a file for it. input_range: "trained" (-1 to
    1, mirrored up to a multiple of four and cut back) or "book" (0 to 1, nothing added). resize: pixels of the shorter
    side, 0 keeps the size. device: "auto", "cpu", "cuda", "cuda:N", "mps".

    Raises TensorvizError: NameUnknown, WeightsMissing, WeightsDamaged, CheckpointUnreadable, CheckpointMismatch,
    ValueRefused, DeviceUnavailable. Networks: Zhu, Park, Isola, Efros, arXiv 1703.10593.
    """
    for name, value in (("name_or_path", name_or_path), ("weights", weights)):
        if not isinstance(value, str | os.PathLike):
            raise ValueRefused(
                f"The {name} given is of type {type(value).__name__}.",
                "Give a name of `tensorviz models --task translate`, or the path of a file.",
            )
    given, numbers = os.fsdecode(name_or_path), os.fsdecode(weights)
    is_file = not numbers and is_file_choice(given)
    choice = GeneratorChoice(
        model="" if is_file else given,
        weights=given if is_file else numbers,
        input_range=input_range,
        resize=_whole(resize),
        device=str(device),
    )
    return PictureTranslator(load_translator(choice))


def _whole(number: Any) -> Any:
    """Whole numbers of NumPy as Python's; anything else as it is."""
    return int(number) if isinstance(number, np.integer) else number


def _opened(picture: PictureSource) -> Image.Image:
    if isinstance(picture, str | os.PathLike):
        return open_picture(os.fspath(picture)).image
    if not isinstance(picture, Image.Image):
        raise _no_picture(picture)
    if 0 in picture.size:
        raise PictureUnreadable(
            f"The image has no pixels: its size is {picture.width} x {picture.height}.", "Each side needs at least one."
        )
    try:
        return picture_of(picture).image
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureUnreadable(f"The image cannot be decoded: {error}.", "Give a complete PIL image.") from error


def _is_list(thing: object) -> bool:
    return isinstance(thing, Sequence) and not isinstance(thing, bytes | bytearray)


def _no_picture(thing: object) -> ValueRefused:
    return ValueRefused(
        f"A picture was expected, and something of type {type(thing).__name__} was given.",
        "Give a PIL image, a path, or a list of them.",
    )
