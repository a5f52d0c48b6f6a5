"""The boxes of a translation, enlarged, one after another: a film from the picture to what the generator drew of it.

Must not know how the pictures are drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton

from tensorviz.ui.icons import icon
from tensorviz.ui.models.stage_window import PictureWindow
from tensorviz.ui.theme import number_font

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tensorviz.ui.models.stage_box import BoxContent

WIDEST = 76  # letters of a line of figures: four numbers with sign and exponent, and what they are
APART = "original"  # of another size than the others, which lie on one another


class BlockWindow(PictureWindow):
    """Left and Right, Home and End, or the slider step through the film; the place and the zoom stay. T opens a tensor.

    key: of the box that is shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = ""
        self._boxes: dict[str, BoxContent] = {}
        self._path: str | None = None
        self.slider, self.place = QSlider(Qt.Orientation.Horizontal), QLabel()
        self.back, self.forth = QToolButton(), QToolButton()
        self._build_film()

    def show_boxes(self, boxes: dict[str, BoxContent], path: str | None) -> None:
        """Shows the film as it is now, in order; the box that is shown stays where it is still there."""
        self._boxes, self._path = boxes, path
        if self.key in boxes:
            self._show()
        elif boxes:
            self.go("output" if "output" in boxes else next(iter(boxes)))
        else:
            self.close()

    def go(self, key: str) -> None:
        """Shows a box of the film."""
        if key in self._boxes:
            self.key = key
            self._show()

    def step(self, steps: int) -> None:
        """Goes that many boxes on, back when below 0; stops at the ends."""
        keys = list(self._boxes)
        if self.key in keys:
            at = max(0, min(len(keys) - 1, keys.index(self.key) + steps))
            self._go_to(at)

    def _go_to(self, at: int) -> None:
        """The box at that place; said aloud, since nothing that has the keyboard changes."""
        keys = list(self._boxes)
        if keys[at : at + 1] in ([], [self.key]):
            return
        self.go(keys[at])
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._boxes[self.key].spoken))

    def _show(self) -> None:
        content, keys = self._boxes[self.key], list(self._boxes)
        at, last = keys.index(self.key), len(keys) - 1
        self.show_box(content, self._path, self._room())
        self.slider.blockSignals(True)  # it follows, and is not followed
        self.slider.setMaximum(last)
        self.slider.setValue(at)
        self.slider.blockSignals(False)
        self.slider.setAccessibleDescription(content.title)
        self.place.setText(f"{at + 1} of {last + 1}")
        self.back.setEnabled(at > 0)
        self.forth.setEnabled(at < last)

    def _room(self) -> QSize | None:
        """What all boxes but the person's own picture take, so that they lie on one another to the pixel."""
        if self.key == APART:
            return None
        room = QSize()
        for key, content in self._boxes.items():
            if key != APART and content.image is not None:
                room = room.expandedTo(content.image.size())
        return room

    def _build_film(self) -> None:
        line = QHBoxLayout()
        self.slider.setAccessibleName("Step of the translation")
        self.slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self.slider.setTickInterval(1)
        self.slider.setPageStep(1)
        self.slider.valueChanged.connect(self._go_to)
        self.place.setFont(number_font())
        for button, name, picture, keys, steps in (
            (self.back, "Step back", "previous", "Left", -1),
            (self.forth, "Step on", "next", "Right", 1),
        ):
            button.setIcon(icon(picture))
            button.setAccessibleName(name)
            button.setToolTip(f"{name} ({keys})")
            button.clicked.connect(lambda _=False, steps=steps: self.step(steps))
        for keys, steps in (("Left", -1), ("Right", 1), ("Home", -(10**6)), ("End", 10**6)):
            QShortcut(QKeySequence(keys), self, lambda steps=steps: self.step(steps))
        for widget, stretch in ((self.back, 0), (self.slider, 1), (self.forth, 0), (self.place, 0)):
            line.addWidget(widget, stretch)
        self.column.insertLayout(2, line)  # below the picture
        self._keep_still()

    def _keep_still(self) -> None:
        """The picture stays in its place, whatever is said below it."""
        self.figures.setMinimumWidth(self.figures.fontMetrics().horizontalAdvance("0" * WIDEST))
        self.note.setMinimumHeight(self.note.fontMetrics().lineSpacing() * 2)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
