"""Reasons why something cannot be done with a tensor, as data: the numbers, their sentence, the smallest repairs.

Must not know torch, widgets, or how a reason is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.errors import TensorvizError
from tensorviz.core.layout import Layout
from tensorviz.core.runs import Boundary, Run
from tensorviz.core.text import bytes_text

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Repair:
    """A way out: `code` is what is written after the tensor's name, `nbytes` what it copies, `note` what changes."""

    code: str
    nbytes: int
    note: str


@dataclass(frozen=True)
class BrokenView:
    """Why `layout` cannot be seen with `shape`: its runs, the boundary that is in the way, the repairs."""

    layout: Layout
    shape: tuple[int, ...]
    dim: int  # of `shape`: the one that would span the boundary
    runs: tuple[Run, ...]
    boundary: Boundary
    repairs: tuple[Repair, ...]

    @property
    def short(self) -> str:
        """In a few words: "dims 0 and 1 cannot merge (stride 1 != 3*2)"."""
        edge = self.boundary
        numbers = f"stride {edge.outer_stride} != {edge.inner_size}*{edge.inner_stride}"
        return f"dims {edge.outer} and {edge.inner} cannot merge ({numbers})"

    @property
    def sentence(self) -> str:
        """The whole reason."""
        edge = self.boundary
        return (
            f"A view with shape {list(self.shape)} needs dimensions {edge.outer} and {edge.inner} to merge, "
            f"and they do not continue one another in memory: {edge.text()}."
        )


@dataclass(frozen=True)
class Kept:
    """Why a dimension is not squeezed: torch gives the tensor back with all its dimensions, and says nothing."""

    dim: int
    size: int

    @property
    def sentence(self) -> str:
        """The whole reason."""
        return f"Dimension {self.dim} has size {self.size}; only a dimension of size 1 can be squeezed, so it stays."


@dataclass(frozen=True)
class SharedCells:
    """Why writing through a tensor is not what it seems: two indices lie on one cell.

    `detected` says whether it is refused (a stride of 0 is seen; other overlap is not looked for); `by` who would.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    address: int
    times: int
    detected: bool
    repairs: tuple[Repair, ...]
    by: str = "torch"

    @property
    def sentence(self) -> str:
        """The whole reason."""
        what = f"Elements {list(self.first)} and {list(self.second)} lie on one cell of the storage ({self.address})"
        if self.detected:
            return f"{what}, so writing in place is refused."
        return (
            f"{what}; {self.by} does not notice, and the result of writing in place depends on the order of the "
            "writes. A clone() has a cell for each element."
        )


@dataclass(frozen=True)
class ReadWhileWritten:
    """Why a write is not what it seems: what it reads lies partly on the memory that it writes.

    byte: the first that is common; written, read: an element of each side there. nbytes: how many bytes are common,
    None when they were not counted. detected: whether torch refuses; it looks only where that is cheap.
    """

    written: tuple[int, ...]
    read: tuple[int, ...]
    byte: int
    nbytes: int | None
    detected: bool
    repairs: tuple[Repair, ...]

    @property
    def sentence(self) -> str:
        """The whole reason."""
        common = "" if self.nbytes is None else f", {bytes_text(self.nbytes)} in common"
        what = (
            f"Element {list(self.written)} of what is written and element {list(self.read)} of what is read lie on the "
            f"same memory (byte {self.byte}{common})"
        )
        if self.detected:
            return f"{what}, so the write is refused."
        return (
            f"{what}; torch does not notice, and the result depends on the order of the writes. clone() what is read."
        )


@dataclass(frozen=True)
class Clash:
    """Why shapes cannot be broadcast: column `dim`, counted from the right from -1, and the sizes met there."""

    shapes: tuple[tuple[int, ...], ...]
    dim: int
    sizes: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """The whole reason."""
        met = " and ".join(str(size) for size in dict.fromkeys(self.sizes))
        return (
            f"The shapes {', '.join(str(list(shape)) for shape in self.shapes)} cannot be broadcast: aligned from the "
            f"right, dimension {self.dim} has sizes {met}; they must be equal, or 1."
        )

    @property
    def rows(self) -> tuple[tuple[int | None, ...], ...]:
        """The shapes aligned from the right, None where a shape has no such dimension."""
        return aligned(self.shapes)


@dataclass(frozen=True)
class Obstacle:
    """One thing that keeps a tensor from being a NumPy array, and what removes it."""

    sentence: str
    repair: Repair


Reason = BrokenView | Kept | SharedCells | ReadWhileWritten | Clash


class ViewImpossible(TensorvizError):
    """A view that was asked for does not exist; `reason` has the numbers where there are some."""

    def __init__(self, message: str, hint: str = "", reason: Reason | None = None) -> None:
        super().__init__(message, hint)
        self.reason = reason


def aligned(shapes: Sequence[Sequence[int]]) -> tuple[tuple[int | None, ...], ...]:
    """The shapes padded on the left with None to one length."""
    width = max((len(shape) for shape in shapes), default=0)
    return tuple((*(None,) * (width - len(shape)), *shape) for shape in shapes)
