"""What was given goes where it belongs: files of tensors to tabs, pictures and folders to the well, or as was wished.

Must not know how it was given: dropped, pasted, chosen in a dialog, or named on the command line.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from tensorviz.core.text import plural
from tensorviz.ui.window.drops import is_checkpoint, kind_of, sort_out
from tensorviz.ui.window.memory import RECENT_KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tensorviz.ui.screen import Place
    from tensorviz.ui.state.workspace import Workspace
    from tensorviz.ui.window.memory import WindowMemory

MOST_AT_ONCE = 20  # tabs that are opened by one gesture


class Taking(QObject):
    """Takes paths into a workspace, and remembers them as recent."""

    def __init__(
        self, workspace: Workspace, memory: WindowMemory, show_page: Callable[[str], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace, self._memory, self._show_page = workspace, memory, show_page
        self._waiting: list[Callable[[], object]] = []
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._open_next)

    def take(self, paths: Sequence[str], place: Place = "") -> None:
        """Takes files and folders. place: the page that is to have them; "" sends each where its kind belongs."""
        if not paths:
            return
        self._memory.remember(_whole(paths[:RECENT_KEPT]), place)
        if place == "tensors":
            self._as_tensors(paths)
        elif place == "models":
            self._to_network(paths)
        else:
            self._each_to_its_own(paths)

    def _each_to_its_own(self, paths: Sequence[str]) -> None:
        given = sort_out(paths, self._workspace.files.suffixes)
        if given.others:
            self._show_page("models")
            self._workspace.pictures.add(given.others)
        if given.files:
            if paths[0] in given.files:  # what was named first is looked at
                self._show_page("tensors")
            self._open(_whole(given.files))
        if given.files and given.others:
            files = plural(min(len(given.files), MOST_AT_ONCE), "file")
            self._workspace.messages.say(f"On the Tensors page: {files}. The rest is on the Models page.")

    def _as_tensors(self, paths: Sequence[str]) -> None:
        suffixes, wanted = self._workspace.files.suffixes, _whole(paths)
        pictures = [path for path in wanted if kind_of(path, suffixes) == "picture"]
        self._show_page("tensors")
        for path in pictures[:MOST_AT_ONCE]:
            self._workspace.files.open_pixels(path)
        self._say_left_out(len(pictures), "picture")
        self._open([path for path in wanted if kind_of(path, suffixes) != "picture"])

    def _to_network(self, paths: Sequence[str]) -> None:
        checkpoints = [path for path in paths if is_checkpoint(path)]
        others = [path for path in paths if not is_checkpoint(path)]
        self._show_page("models")
        if others:
            self._workspace.pictures.add(others)
        if checkpoints:
            catalogue, task = self._workspace.catalogue, self._workspace.task.task
            offer = catalogue.offer_generator if task == "translate" else catalogue.offer
            offer(checkpoints[0])
        if checkpoints[1:]:
            self._workspace.messages.say("One checkpoint is added at a time.", "Drop the next one after this.")

    # ----------------------------------------------------------------------------------------------- opening

    def _open(self, paths: Sequence[str]) -> None:
        """Opens tabs: the first at once, and it is looked at; the others one after the other as there is time."""
        if paths:
            open_file = self._workspace.files.open
            open_file(paths[0])
            self._waiting += [partial(open_file, path, look=False) for path in paths[1:MOST_AT_ONCE]]
            self._open_later()
            self._say_left_out(len(paths), "file")

    def _open_later(self) -> None:
        if self._waiting:
            self._timer.start()

    def _open_next(self) -> None:
        self._waiting.pop(0)()
        self._open_later()

    def _say_left_out(self, count: int, what: str) -> None:
        if count > MOST_AT_ONCE:
            text = f"{MOST_AT_ONCE} of {plural(count, what)} were opened."
            self._workspace.messages.say(text, "Open the others in a second go.", "warning")


def _whole(paths: Sequence[str]) -> list[str]:
    """The paths from the root of the disk, each once."""
    return list(dict.fromkeys(map(_absolute, paths)))


def _absolute(path: str) -> str:
    try:
        return str(Path(path).absolute())
    except OSError:  # the folder in which the program was started is gone
        return path
