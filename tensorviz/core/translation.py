"""What is done to a picture before a generator sees it and after, as arithmetic; how much memory the generator takes.

Must not know pixels, torch or files: sizes in, sizes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tensorviz.core.errors import ValueRefused

InputRange = Literal["trained", "book"]
INPUT_RANGES: tuple[InputRange, ...] = ("trained", "book")
Size = tuple[int, int]  # width, height

RESIZE = 256  # pixels of the shorter side, as the networks were trained and as the book has it
LARGEST_RESIZE = 16384
MULTIPLE = 4  # the networks halve both sides twice
LEAST_TRAINED, LEAST_BOOK = 8, 5  # pixels a side: a quarter must leave two, which can be mirrored by one
FLOAT = 4  # bytes
HALO = 6  # lines and columns that mirroring for a 7x7 convolution adds
# What is in memory at once in the second transposed convolution, where most is, in layers of full size: what it is
# given (a half) and gives (one), each also as the library orders it, and half a one to compute with. 0.2 is what the C
# library keeps beside; measured, see tests/bench/bench_memory.py.
PLANES = 3.7
PICTURES = 6  # floats a pixel: the picture as the network sees it, and as it is drawn


@dataclass(frozen=True, slots=True)
class TranslationPlan:
    """What happens to one picture; all sizes are (width, height).

    resized: what the person's picture becomes first. network: what the generator sees, the resized picture mirrored
    at its right and lower border. result: the size of the translated picture.
    """

    resized: Size
    network: Size
    result: Size


def translation_plan(size: Size, input_range: InputRange = "trained", resize: int = RESIZE) -> TranslationPlan:
    """The plan for a picture of `size`; resize: pixels of the shorter side, 0 keeps the size.

    "trained": mirrored up to a multiple of four, and the result is cut back to the resized picture. "book": nothing
    is added, and the result has the network's own size. Raises ValueRefused for a size that a generator cannot take.
    """
    check_resize(resize)
    if min(size) < 1:
        raise ValueRefused(f"A picture of {size[0]} x {size[1]} pixels has none.", "Each side needs at least one.")
    resized = shorter_side(size, resize) if resize else size
    if input_range == "trained":
        network = max(LEAST_TRAINED, _up(resized[0])), max(LEAST_TRAINED, _up(resized[1]))
        return TranslationPlan(resized, network, resized)
    if min(resized) < LEAST_BOOK:
        raise ValueRefused(
            f"A picture of {resized[0]} x {resized[1]} pixels is too small for the network in the book's way, which"
            f" adds nothing to it: {LEAST_BOOK} a side are needed.",
            f"Use --input-range trained, or --resize {RESIZE}.",
        )
    return TranslationPlan(resized, resized, (_up(resized[0]), _up(resized[1])))


def shorter_side(size: Size, shorter: int) -> Size:
    """The size with its shorter side at `shorter` pixels; the longer one is cut to a whole number, as torchvision."""
    width, height = size
    longer = int(shorter * max(size) / min(size))
    return (shorter, longer) if width <= height else (longer, shorter)


def check_resize(resize: object) -> None:
    """Raises ValueRefused for what is no size of a shorter side."""
    if not isinstance(resize, int) or isinstance(resize, bool) or not 0 <= resize <= LARGEST_RESIZE:
        raise ValueRefused(
            f"The resize is {resize!r}; it must be a whole number of pixels from 0 to {LARGEST_RESIZE}.",
            f"{RESIZE} is what the networks were trained with; 0 keeps the picture's size.",
        )


def check_input_range(name: str) -> None:
    """Raises ValueRefused for a name that is not one of INPUT_RANGES."""
    if name not in INPUT_RANGES:
        raise ValueRefused(
            f"There is no input range {name!r}.",
            'Use "trained" (values from -1 to 1, as the networks were trained) or "book" (0 to 1).',
        )


def _up(side: int) -> int:
    return -(-side // MULTIPLE) * MULTIPLE


def memory_needed(network: Size, width: int) -> int:
    """Bytes that one forward of a picture (width, height) takes beyond the weights.

    width: channels of the generator's first layer (`ngf`). The layers of full size decide; how many residual blocks
    there are does not matter, nor which norm: their layers are a quarter as large, and are gone when the last begin.
    """
    across, down = _up(network[0]) + HALO, _up(network[1]) + HALO
    return round((PLANES * width + PICTURES) * FLOAT * across * down)


def largest_shorter_side(size: Size, width: int, free: int, input_range: InputRange = "trained") -> int:
    """The largest `resize` for a picture of `size` whose forward takes no more than `free` bytes; 0 when none does."""
    low, high = 0, LARGEST_RESIZE
    while low < high:
        middle = (low + high + 1) // 2
        if memory_needed(shorter_side(size, middle), width) <= free:
            low = middle
        else:
            high = middle - 1
    return low if input_range == "trained" or low >= LEAST_BOOK else 0


@dataclass(frozen=True, slots=True)
class GeneratorChoice:
    """Which generator is to draw, and how: everything the engine needs to build it, nothing else.

    model: a catalogue name; "" is the model that comes with tensorviz. weights: "" or "DEFAULT", a published name, or
    a file's path; with a file and no model the network is told from the file alone. resize: pixels of the shorter
    side, 0 keeps the size. device: "auto", "cpu", "cuda", "cuda:N" or "mps".
    """

    model: str = ""
    weights: str = ""
    input_range: InputRange = "trained"
    resize: int = RESIZE
    device: str = "auto"

    def __post_init__(self) -> None:
        check_input_range(self.input_range)
        check_resize(self.resize)
