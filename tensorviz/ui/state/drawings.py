"""What of the Tensors page can be kept as a file: drawings that panels offer, and texts; and the writing of them.

Must not know the panels, or how anything is drawn or written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from tensorviz.core.text import path_text
from tensorviz.engine.messages import Event, Exported, JobCancelled, JobFailed, JobFinished
from tensorviz.engine.messages.session import WriteDrawing, WriteText

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.drawing import Drawing
    from tensorviz.ui.bridge import Bridge
    from tensorviz.ui.state.jobs import JobsState
    from tensorviz.ui.state.messages import MessagesState

    Make = Callable[[], Drawing | None]


class DrawingsState(QObject):
    """Drawings by kind: "canvas", "grid". Signals: changed() when another kind is offered."""

    changed = Signal()

    def __init__(self, bridge: Bridge, jobs: JobsState, messages: MessagesState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._messages = jobs, messages
        self._makers: dict[str, Make] = {}
        self._writing: set[int] = set()
        bridge.event.connect(self._take)

    def offer(self, kind: str, make: Make) -> None:
        """From now on `make` gives the drawing of that kind as it is then, None when there is nothing to draw."""
        self._makers[kind] = make
        self.changed.emit()

    def offers(self, kind: str) -> bool:
        """Whether somebody draws that kind; nothing is drawn for the answer."""
        return kind in self._makers

    def make(self, kind: str) -> Drawing | None:
        """The drawing of that kind as it is now; None when there is none."""
        make = self._makers.get(kind)
        return make() if make is not None else None

    def write(self, kind: str, path: str) -> None:
        """Writes the drawing of that kind as it is now; the suffix of the path says as what. Tells when it is done."""
        drawing = self.make(kind)
        if drawing is None:
            self._messages.say(f"There is no {kind} to export.", "Choose a tensor to look at first.", "warning")
        else:
            self._writing.add(self._jobs.send(WriteDrawing(drawing, path)))

    def write_text(self, text: str, path: str) -> None:
        """Writes a text. Tells when it is done."""
        self._writing.add(self._jobs.send(WriteText(text, path)))

    @Slot(object)
    def _take(self, event: Event) -> None:
        if event.job not in self._writing:
            return
        if isinstance(event, Exported):
            self._messages.say(f"Written: {path_text(event.path)}", tone="good")
        elif isinstance(event, JobFinished | JobCancelled | JobFailed):
            self._writing.discard(event.job)
