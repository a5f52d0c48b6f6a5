"""Which captioner is to describe pictures, and with what it sees them, as data.

Must not know torch or files: names and paths as they were given.
"""

from __future__ import annotations

from dataclasses import dataclass

from tensorviz.core.errors import ValueRefused

LEAST_SIDE, LARGEST_SIDE = 32, 65536  # pixels: less than one place of the network's last layer is nothing to see


@dataclass(frozen=True, slots=True)
class CaptionerChoice:
    """Which captioner is to speak: everything the engine needs to build it, nothing else.

    model: a catalogue name; "" is the captioner that comes with tensorviz. weights: "" or "DEFAULT", a published name,
    or a file's path; without a model also the name of a captioner ("neuraltalk2"). infos: a file's path (a published
    pickle or JSON), needed with a file of weights; "" takes the published ones. cnn_weights: the numbers of the
    ResNet-101 that it sees with: a file's path, the name of a published captioner, or "" for its own, if it has any.
    largest_side: pixels of the longer side that a picture is made smaller to; 0 keeps its size. device: "auto", "cpu",
    "cuda", "cuda:N" or "mps".
    """

    model: str = ""
    weights: str = ""
    infos: str = ""
    cnn_weights: str = ""
    device: str = "auto"
    largest_side: int = 0

    def __post_init__(self) -> None:
        check_largest_side(self.largest_side)


def check_largest_side(side: object) -> None:
    """Raises ValueRefused for what is no size of a longer side."""
    if not isinstance(side, int) or isinstance(side, bool) or not (side == 0 or LEAST_SIDE <= side <= LARGEST_SIDE):
        raise ValueRefused(
            f"The largest side is {side!r}; it must be a whole number of pixels from {LEAST_SIDE} to {LARGEST_SIDE},"
            " or 0.",
            "0 keeps the size of the picture, as published; 640 is quick and enough for most photographs.",
        )
