"""Files that were written on request: where, how large, and what is not as it was.

Must not know who asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from tensorviz.core.text import bytes_text, path_text, plural
from tensorviz.engine.messages.files import CopyWritten, TensorsSaved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorviz.core.checkpoint_values import Written as WrittenCopy
    from tensorviz.engine.messages import Event
    from tensorviz.ui.state.workspace import Workspace

MOST_NOTES = 2  # in a message that goes by itself


class Written(QObject):
    """Says so in a message for each."""

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._messages = workspace.messages
        workspace.bridge.event.connect(self._take)

    @Slot(object)
    def _take(self, event: Event) -> None:
        if isinstance(event, TensorsSaved):
            saved = f"Saved {plural(event.count, 'tensor')}, {bytes_text(event.nbytes)}: {path_text(event.path)}"
            self._messages.say(saved, notes_text(event.notes), "good")
        elif isinstance(event, CopyWritten):
            self._messages.say(copy_text(event.written), notes_text(event.written.lost), "good")


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
