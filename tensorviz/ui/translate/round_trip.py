"""There and back: what was given, what was drawn of it, what the other generator drew of that, and the error.

Must not know generators. One place is pointed at in all four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from tensorviz.ui.widgets.comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage, QResizeEvent

    from tensorviz.core.drawn import Difference

NAMES = ("before", "after", "back", "error")
SMALLEST = (72, 56)  # pixels
ARRANGED = (4, 2, 1)  # columns
GAP = 6


class RoundTrip(QWidget):
    """Four canvases in reading order, in as many columns as make them largest.

    Signals: pointed(x, y); lens_changed(bool); zoomed(screen pixels for one of the picture, whether fitted).
    """

    pointed = Signal(int, int)
    lens_changed = Signal(bool)
    zoomed = Signal(float, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvases = tuple(Comparison(self) for _ in NAMES)
        self._following = False
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        for name, canvas in zip(NAMES, self.canvases, strict=True):
            canvas.setMinimumSize(*SMALLEST)
            canvas.set_mode("difference" if name == "error" else "alone")
            canvas.set_labels(*(("before", "back") if name == "error" else (name, name)))
            canvas.pointed.connect(self._point)
            canvas.zoomed.connect(lambda zoom, fitted, canvas=canvas: self._zoom(canvas, zoom, fitted))
            canvas.lens_changed.connect(self._show_lens)
        self._arrange(2)

    @property
    def error(self) -> Comparison:
        """The map of the error."""
        return self.canvases[-1]

    @property
    def columns(self) -> int:
        """In how many columns they stand."""
        return self._columns

    def show_pictures(self, pictures: Sequence[QImage], error: Difference) -> None:
        """Before, after and back, which must keep their pixels, and how before and back differ."""
        for canvas, picture in zip(self.canvases, pictures, strict=False):
            canvas.show_pictures(None, picture)
        self.error.show_pictures(pictures[0], pictures[-1])
        self.error.set_difference(error.levels, error.width, error.height, largest=error.largest)
        self._choose_columns()

    def describe(self, texts: Sequence[str]) -> None:
        """What each shows, in words."""
        for name, canvas, text in zip(NAMES, self.canvases, texts, strict=True):
            canvas.set_described(f"Picture {name}" if name != "error" else "Error of the way back", text)

    def set_stale(self, stale: bool, text: str) -> None:
        """Dims what is no longer what was asked for."""
        for canvas in self.canvases:
            canvas.set_stale(stale, text)

    def set_lens(self, wanted: bool) -> None:
        """Whether the lens is there, in all of them."""
        for canvas in self.canvases:
            canvas.set_lens(wanted)

    @property
    def canvas(self) -> Comparison:
        """The one with the keyboard, else the first."""
        return next((canvas for canvas in self.canvases if canvas.hasFocus()), self.canvases[0])

    # ---------------------------------------------------------------------------------------------- the room

    def minimumSizeHint(self) -> QSize:
        """Qt's: one canvas; the columns follow the room there is."""
        return QSize(*SMALLEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: other room, other columns."""
        super().resizeEvent(event)
        self._choose_columns()

    def _choose_columns(self) -> None:
        picture = self.canvases[0].after.size()
        wide, high = max(picture.width(), 1), max(picture.height(), 1)

        def scale(columns: int) -> float:
            rows = len(NAMES) // columns
            return min(self.width() / columns / wide, self.height() / rows / high)

        self._arrange(max(ARRANGED, key=scale))

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place, canvas in enumerate(self.canvases):
            self._grid.addWidget(canvas, place // columns, place % columns)
        for line in range(len(NAMES)):
            self._grid.setColumnStretch(line, 1 if line < columns else 0)
            self._grid.setRowStretch(line, 1 if line < len(NAMES) // columns else 0)

    # --------------------------------------------------------------------------------------------- together

    def _point(self, x: int, y: int) -> None:
        """The others point where this one does."""
        if self._following:
            return
        self._following = True
        for canvas in self.canvases:
            canvas.point_at(x, y)
        self._following = False
        self.pointed.emit(x, y)

    def _zoom(self, one: Comparison, zoom: float, fitted: bool) -> None:
        if self._following:
            return
        self._following = True
        for canvas in self.canvases:
            if canvas is not one:
                canvas.fit() if fitted else canvas.set_zoom(zoom)
        self._following = False
        self.zoomed.emit(self.canvases[0].zoom, fitted)

    def _show_lens(self, shown: bool) -> None:
        if not self._following:
            self._following = True
            self.set_lens(shown)
            self._following = False
            self.lens_changed.emit(shown)
