"""The bar of the walk through memory: play, pause, step, speed, and where it is.

Must not know the canvas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QToolButton

from tensorviz.ui.icons import icon
from tensorviz.ui.state.walk import SPEEDS, WalkState
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class CanvasWalkBar(QFrame):
    """The transport of one walk."""

    def __init__(self, walk: WalkState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._walk = walk
        self.restart = self._button("restart", "To the beginning", walk.restart)
        self.play = self._button("run", "Play", self._toggle)
        self.step = self._button("step", "One element further", walk.step)
        self.speed, self.text = QComboBox(), ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._build()
        walk.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Shows where the walk is."""
        walk = self._walk
        self.text.setText(walk.text)
        self.text.setAccessibleName(walk.text)
        self.play.setIcon(icon("pause" if walk.playing else "run"))
        tip = "Pause" if walk.playing else "Play"
        self.play.setToolTip(tip)
        self.play.setAccessibleName(tip)
        self.play.setEnabled(walk.possible)
        self.step.setEnabled(walk.possible and not walk.ended)
        self.restart.setEnabled(walk.at is not None)

    def _toggle(self) -> None:
        if self._walk.playing:
            self._walk.pause()
        else:
            self._walk.play()

    def _choose_speed(self, place: int) -> None:
        self._walk.set_speed(SPEEDS[place])

    def _button(self, name: str, tip: str, call: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: call())
        return button

    def _build(self) -> None:
        for speed in SPEEDS:
            self.speed.addItem(f"{speed} a second")
        self.speed.setCurrentIndex(SPEEDS.index(self._walk.speed))
        self.speed.setAccessibleName("Speed of the walk")
        self.speed.activated.connect(self._choose_speed)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(4)
        for part in (self.restart, self.play, self.step, self.speed):
            row.addWidget(part)
        row.addSpacing(6)
        row.addWidget(self.text, 1)
