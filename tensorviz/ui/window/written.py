"""Files that were written on request: where, how large, what is not as it was; and pictures kept in folders.

Must not know who asked.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from tensorviz.core.text import bytes_text, path_text, plural
from tensorviz.engine.messages.files import CopyWritten, TensorsSaved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.checkpoint_values import Written as WrittenCopy
    from tensorviz.engine.messages import Event
    from tensorviz.ui.screen import Screen
    from tensorviz.ui.state.workspace import Workspace

MOST_NOTES = 2  # in a message that goes by itself


class Written(QObject):
    """Says so in a message for each."""

    def __init__(self, workspace: Workspace, screen: Screen, parent: QObject) -> None:
        super().__init__(parent)
        self._messages, self._screen = workspace.messages, screen
        workspace.bridge.event.connect(self._take)
        workspace.translations.kept.connect(self._tell_kept)
        workspace.translations.saved.connect(self._tell_saved)

    @Slot(object)
    def _take(self, event: Event) -> None:
        if isinstance(event, TensorsSaved):
            saved = f"Saved {plural(event.count, 'tensor')}, {bytes_text(event.nbytes)}: {path_text(event.path)}"
            self._messages.say(saved, notes_text(event.notes), "good")
        elif isinstance(event, CopyWritten):
            self._messages.say(copy_text(event.written), notes_text(event.written.lost), "good")

    @Slot(str, int, int)
    def _tell_kept(self, folder: str, done: int, failed: int) -> None:
        """A batch has ended. Where nothing was kept there is no folder to look into."""
        text = kept_text(folder, done, failed)
        hint = "Why is said on their thumbnails." if failed else ""
        if not done:
            self._messages.say(text, hint, "warning" if failed else "info")
        else:
            self._messages.offer(text, "Open folder", lambda: self._open(folder), hint, "warning" if failed else "good")

    @Slot(str)
    def _tell_saved(self, path: str) -> None:
        folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - the very bytes of the path
        self._messages.offer(f"Saved: {path_text(path)}", "Open folder", lambda: self._open(folder))

    def _open(self, folder: str) -> None:
        self._screen.open_link(folder)


def kept_text(folder: str, done: int, failed: int) -> str:
    """What became of a batch: "Wrote 12 pictures to /x, 1 failed"."""
    wrote = f"Wrote {plural(done, 'picture')} to {path_text(folder)}" if done else "Wrote no picture"
    return f"{wrote}, {failed:,} failed" if failed else wrote


def copy_text(written: WrittenCopy) -> str:
    """A copy in a sentence: "Written, 40.2 kB, 3.9 MB less than before: /x/model-compact.pt"."""
    if written.spared > 0:
        compared = f", {bytes_text(written.spared)} less than before"
    else:
        compared = f", {bytes_text(-written.spared)} more than before" if written.spared < 0 else ""
    return f"Written, {bytes_text(written.nbytes)}{compared}: {path_text(written.path)}"


def notes_text(notes: Sequence[str]) -> str:
    """The first of the notes, and how many more there are."""
    shown = " ".join(notes[:MOST_NOTES])
    more = len(notes) - MOST_NOTES
    return f"{shown} And {plural(more, 'more remark')}." if more > 0 else shown
