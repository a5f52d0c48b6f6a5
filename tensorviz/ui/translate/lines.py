"""Under the pictures: the pixel pointed at, the zoom, the name of the picture, and how far its drawing is.

Must not know how pictures are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.models.answer_text import name_text, size_text
from tensorviz.ui.theme import number_font
from tensorviz.ui.translate.words import progress_text
from tensorviz.ui.widgets.comparison_words import zoom_text
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from tensorviz.ui.state.jobs import JobItem
    from tensorviz.ui.state.pictures import PictureItem

STEPS = 1000
LEAST, WIDE = 200, 360  # pixels
NOTHING = "Point at the picture to read its pixels"
ZOOMS = (
    ("zoom_out", "minus", "Smaller", "-"),
    ("zoom_in", "plus", "Larger", "+"),
    ("fit", "fit", "Show the whole picture", "0"),
)


class ZoomTools(QWidget):
    """How large it is seen. Signals: wanted("zoom_in", "zoom_out", "fit", "whole")."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zoom = QToolButton(self)
        self.zoom.setAccessibleName("Zoom")
        self.zoom.setToolTip("A pixel of the picture for each of the screen (1)")
        self.zoom.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.zoom.setMinimumWidth(self.zoom.fontMetrics().horizontalAdvance("1000 %") + 12)
        self.zoom.clicked.connect(lambda: self.wanted.emit("whole"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(self.zoom)
        for wish, picture, name, key in ZOOMS:
            button = QToolButton(self)
            button.setIcon(icon(picture, "muted"))
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({key})")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _=False, wish=wish: self.wanted.emit(wish))
            line.addWidget(button)

    def show_zoom(self, zoom: float, fitted: bool) -> None:
        """How large a pixel is on the screen."""
        self.zoom.setText(zoom_text(zoom))
        self.zoom.setAccessibleDescription(f"{zoom_text(zoom)}{', the whole picture' if fitted else ''}")


class PixelLine(ElidedLabel):
    """The pixel that is pointed at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", Qt.TextElideMode.ElideRight, parent)
        self._pointed: bool | None = None
        self.say_pixel("")

    def say_pixel(self, text: str, shorter: str = "") -> None:
        """The pixel, or without one how to come to it. shorter: where there is less room."""
        if bool(text) != self._pointed:  # not at each pixel on the way
            self._pointed = bool(text)
            self._dress()
        self.say(text or NOTHING, *([shorter] if shorter else []))

    def _dress(self) -> None:
        self.setFont(number_font(self.font().pointSizeF()) if self._pointed else QFont())
        self.setProperty("role", "" if self._pointed else "muted")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setFixedHeight(max(self.sizeHint().height(), self.height() if self._pointed else 0, 18))


class NameLine(QWidget):
    """The name of the picture; at the right its size and the zoom, or while it is drawn how far.

    Signals: cancelled().
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.size_label = ElidedLabel(parent=self), QLabel(self)
        self.zoom = ZoomTools(self)
        self._busy = False
        self.progress, self.bar, self.cancel = QLabel(self), QProgressBar(self), QPushButton("Cancel", self)
        self.name.setProperty("role", "heading")
        self.size_label.setProperty("role", "muted")
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the translation")
        self.bar.setFixedWidth(96)
        self.cancel.setAccessibleName("Cancel the translation")
        self.cancel.clicked.connect(self.cancelled)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.name, 1)
        for widget in (self.size_label, self.zoom, self.progress, self.bar, self.cancel):
            line.addWidget(widget)
        self.setFixedHeight(self.cancel.sizeHint().height())  # so that nothing moves when a drawing begins

    def minimumSizeHint(self) -> QSize:
        """Qt's: with what is always there."""
        return QSize(LEAST, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where there is little room, the words go before the drawing."""
        super().resizeEvent(event)
        self._show_what_fits()

    def _show_what_fits(self) -> None:
        room = self.width() >= WIDE
        self.size_label.setVisible(not self._busy and room)
        self.bar.setVisible(self._busy and room)

    def show_item(self, item: PictureItem | None) -> None:
        """Names the picture."""
        self.name.setText(name_text(item.path) if item is not None else "")
        self.size_label.setText(size_text(item) if item is not None else "")

    def show_job(self, job: JobItem | None, words: str = "") -> None:
        """How far the drawing is; None when none is on its way. words: in place of the job's own."""
        busy = job is not None
        self.progress.setVisible(busy)
        self.cancel.setVisible(busy)
        self._busy = busy
        self._show_what_fits()
        self.zoom.setVisible(not busy)
        if job is None:
            return
        text, share = words or progress_text(job), job.share
        self.progress.setText(text)
        self.bar.setAccessibleDescription(text)
        known = share is not None and job.state == "running"
        self.bar.setRange(0, STEPS if known else 0)
        self.bar.setValue(round((share or 0) * STEPS))
        self.cancel.setEnabled(job.state != "cancelling")
