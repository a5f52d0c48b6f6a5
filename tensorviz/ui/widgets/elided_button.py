"""A button whose text is cut with dots where there is no room, and told in full as tooltip.

Must not know what the text is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

ROOMY = "m" * 40  # wider than the least width that a style gives a button


class ElidedButton(QPushButton):
    """Never widens what it stands in: a text too long is cut in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plain = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Shows a text; marks of mnemonics in it are letters like others. `plain` and the spoken name are all of it."""
        self.plain = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        """Qt's: all of the text."""
        wide = self.fontMetrics().horizontalAdvance(self.plain) + 1 + self._around()  # letters end between pixels
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Qt's: a few letters."""
        return QSize(self.fontMetrics().averageCharWidth() * 6 + self._around(), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - self._around()
        shown = self.fontMetrics().elidedText(self.plain, Qt.TextElideMode.ElideMiddle, room)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(self.plain if shown != self.plain else "")

    def _around(self) -> int:
        """Pixels that border, padding and the icon take."""
        self.ensurePolished()
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ROOMY
        bare = QSize(self.fontMetrics().horizontalAdvance(ROOMY), self.fontMetrics().height())
        whole = self.style().sizeFromContents(QStyle.ContentsType.CT_PushButton, option, bare, self)
        icon = self.iconSize().width() + 4 if not self.icon().isNull() else 0
        return whole.width() - bare.width() + icon
