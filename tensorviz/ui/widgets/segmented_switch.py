"""A few exclusive choices side by side.

Must not know what is chosen between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QIcon


class SegmentedSwitch(QWidget):
    """One of several. Signals: chosen(key) when the person chooses another."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}

    def add(self, key: str, text: str, icon: QIcon, tip: str) -> None:
        """Adds a choice on the right."""
        button = QToolButton(self)
        button.setText(text)
        button.setIcon(icon)
        button.setToolTip(tip)
        button.setAccessibleName(text.replace("&", ""))
        button.setAccessibleDescription(tip)
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setProperty("role", "tab")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: self.chosen.emit(key))
        self._group.addButton(button)
        self._row.addWidget(button)
        self._buttons[key] = button

    def keys(self) -> Sequence[str]:
        """The choices, from the left."""
        return tuple(self._buttons)

    def set_current(self, key: str) -> None:
        """Shows a choice as taken; says nothing."""
        self._buttons[key].setChecked(True)

    def enable(self, key: str, enabled: bool, why: str = "") -> None:
        """Lets a choice be taken, or not; then its tip says why."""
        button = self._buttons[key]
        button.setEnabled(enabled)
        button.setToolTip(why or button.accessibleDescription())

    def show_as(self, style: Qt.ToolButtonStyle) -> None:
        """With text and picture, or, where there is little room, one of them; without the text the tip says it."""
        alone = style == Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._buttons.values():
            button.setToolButtonStyle(style)
            button.setToolTip(self._whole_tip(button) if alone else button.accessibleDescription())

    @staticmethod
    def _whole_tip(button: QToolButton) -> str:
        return f"{button.accessibleName()}: {button.accessibleDescription()}"

    def wanted_width(self) -> int:
        """Pixels that all choices take side by side, as they are shown now."""
        widths = [button.sizeHint().width() for button in self._buttons.values()]
        return sum(widths) + self._row.spacing() * max(0, len(widths) - 1)

    @property
    def current(self) -> str:
        """The choice that is taken; "" before the first."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")
