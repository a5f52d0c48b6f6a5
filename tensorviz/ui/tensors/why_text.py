"""A reason in words: what a picture of it says to those who do not see it.

Must not know widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.reasons import BrokenView, Clash, Kept, ReadWhileWritten, SharedCells
from tensorviz.core.text import plural

if TYPE_CHECKING:
    from tensorviz.core.reasons import Reason
    from tensorviz.core.runs import Run


def picture_text(reason: Reason) -> str:
    """The picture of a reason, told."""
    match reason:
        case BrokenView(layout=layout, runs=runs, boundary=boundary):
            dims = "; ".join(
                f"dimension {at}: size {size}, stride {step}"
                for at, (size, step) in enumerate(zip(layout.shape, layout.stride, strict=True))
            )
            groups = ", ".join(_run(run) for run in runs)
            broken = f"Broken between {boundary.outer} and {boundary.inner}: {boundary.text()}."
            return f"{dims}. What can merge: {groups}. {broken}"
        case Clash(shapes=shapes, dim=dim):
            rows = " under ".join(str(list(shape)) for shape in shapes)
            return f"The shapes aligned from the right, {rows}; they clash in dimension {dim}."
        case SharedCells(first=first, second=second, address=address, times=times):
            return (
                f"Elements {list(first)} and {list(second)} both lie on cell {address}; "
                f"{plural(times, 'element')} of this tensor lie there."
            )
        case ReadWhileWritten(written=written, read=read, byte=byte):
            both = f"Element {list(written)} of what is written and {list(read)} of what is read"
            return f"{both} both lie on byte {byte}."
        case Kept(dim=dim, size=size):
            return f"Dimension {dim} has size {size}."


def _run(run: Run) -> str:
    dims = f"dimension {run.first}" if run.first == run.last else f"dimensions {run.first} to {run.last}"
    return f"{dims} ({plural(run.size, 'step')} of {run.stride})"


def sentence_of(reason: Reason) -> str:
    """The reason as a sentence; the numbers that its picture has are left to that."""
    if isinstance(reason, BrokenView):
        edge = reason.boundary
        return (
            f"A view with shape {list(reason.shape)} needs dimensions {edge.outer} and {edge.inner} to merge, "
            "and they do not continue one another in memory."
        )
    return reason.sentence


def title_of(reason: Reason | None) -> str:
    """What a card is about, in three or four words."""
    match reason:
        case BrokenView():
            return "Why there is no such view"
        case Clash():
            return "Why the shapes do not broadcast"
        case SharedCells(detected=True):
            return "Why it cannot be written in place"
        case ReadWhileWritten(detected=True):
            return "Why it cannot be written from there"
        case SharedCells() | ReadWhileWritten():
            return "Why the result is not sure"
        case Kept():
            return "Why the dimension stays"
    return "Why it is no NumPy array"
