"""Where something that is dragged over the window can be dropped: as tensors, to a network, or both.

Must not know how the places are drawn; names alone decide, the disk is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tensorviz.ui.screen import Place
from tensorviz.ui.window.drops import is_checkpoint, kind_of, paths_of

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from tensorviz.ui.window.drops import Kind

MOST_NAMES = 200  # that are looked at; what comes after is of the same kinds, or goes along


@dataclass(frozen=True, slots=True)
class Target:
    """A place to drop: what happens there in a few words, and a sentence. place: the page; "" is as the kind is.

    usual: whether the same happens where no place is hit.
    """

    place: Place
    title: str
    sentence: str
    icon: str
    usual: bool = False

    @property
    def spoken(self) -> str:
        """For those who hear it."""
        return f"{self.title}{' (usual)' if self.usual else ''}: {self.sentence}"


def targets_for(mime: QMimeData, tensor_suffixes: tuple[str, ...]) -> tuple[Target, ...]:
    """The places for what is dragged, the Tensors page left of the Models page; none when there is nothing to take."""
    paths = list(islice(paths_of(mime), MOST_NAMES))
    if not paths:
        return (_PASTED,) if mime.hasImage() else ()
    kinds = {kind_of(path, tensor_suffixes) for path in paths}
    if kinds == {"plain"}:
        return (_BY_KIND,)
    usual: Place = "tensors" if kind_of(paths[0], tensor_suffixes) == "tensors" else "models"
    it = "it" if len(paths) == 1 else "them"
    places = [_as_tensors(kinds, it, usual)]
    if kinds != {"tensors"} or any(is_checkpoint(path) for path in paths):
        places.append(_to_network(kinds, it, usual))
    return tuple(places)


_PASTED = Target("models", "Give it to a network", "The picture goes to the Models page.", "picture", usual=True)
_BY_KIND = Target(
    "", "Drop it here", "Pictures go to the Models page, files of tensors to the Tensors page.", "drop", usual=True
)


def _as_tensors(kinds: set[Kind], it: str, usual: Place) -> Target:
    if kinds == {"picture"}:
        sentence = "The samples of the picture, as the file has them, in the session."
    elif "picture" in kinds:
        sentence = "Files open as tabs of the Tensors page, pictures in the session."
    else:
        sentence = "Opens as a tab of the Tensors page; nothing of a file is run."
    return Target("tensors", f"Look at {it} as tensors", sentence, "tensor", usual == "tensors")


def _to_network(kinds: set[Kind], it: str, usual: Place) -> Target:
    if kinds == {"tensors"}:
        sentence = "The form of own checkpoints, on the Models page."
    elif "tensors" in kinds:
        sentence = "Pictures to the well of the Models page, a checkpoint to its form."
    else:
        sentence = "The picture well of the Models page."
    return Target("models", f"Give {it} to a network", sentence, "network", usual == "models")
