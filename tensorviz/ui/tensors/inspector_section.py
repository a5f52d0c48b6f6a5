"""A part of the inspector: a heading, lines of text that can be selected, and a button that copies them.

Must not know what is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.inspector_lines import Dress, Line, plain_text, rich_text
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from tensorviz.ui.state.messages import MessagesState

READABLE = (
    Qt.TextInteractionFlag.TextSelectableByMouse
    | Qt.TextInteractionFlag.TextSelectableByKeyboard
    | Qt.TextInteractionFlag.LinksAccessibleByMouse
    | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
)


class _Frame(QWidget):
    """Holds a text without a layout: each new text would make Qt lay out the whole panel, 5 ms where 1 will do."""

    def __init__(self, text: QLabel) -> None:
        super().__init__()
        self._text = text
        text.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._text.setGeometry(self.rect())


class Section(QWidget):
    """One part. Signals: linked(link) when a link of its text was chosen. `plain` is what it says as text."""

    linked = Signal(str)

    def __init__(self, title: str, copies: str, messages: MessagesState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._messages = title, messages
        self._lines: tuple[Line, ...] = ()
        self.rule, self.heading, self.body, self.copy = QFrame(), QLabel(title), QLabel(), QToolButton()
        self._frame = _Frame(self.body)
        self._build(copies)

    @property
    def plain(self) -> str:
        """What is said, as text."""
        return plain_text(self._lines)

    @property
    def copied(self) -> str:
        """What the copy button takes."""
        return self.plain

    def say(self, lines: Sequence[Line]) -> None:
        """Shows these lines; nothing happens when they are there already."""
        if tuple(lines) != self._lines:
            self._lines = tuple(lines)
            self._render()

    def _render(self) -> None:
        tokens = tokens_of(self)
        dress = Dress(lambda tone: str(getattr(tokens, tone)), tokens.name == "dark", number_font().family())
        self.body.setText(rich_text(self._lines, dress))
        self.body.setAccessibleName(f"{self._title}: {self.plain}")
        self.copy.setEnabled(bool(self._lines))
        self._fit()

    def _fit(self) -> None:
        """Makes the text as high as it needs. Left to Qt's layouts, it would be laid out several times over."""
        self._frame.setFixedHeight(self._height(max(self.body.heightForWidth(self.width()), 0)))

    def _height(self, needed: int) -> int:
        """How high the text is made."""
        return needed

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        if event.size().width() != event.oldSize().width():
            self._fit()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: rich text has its colours in it, so it is written again in another theme."""
        if event.type() == QEvent.Type.PaletteChange and self._lines:
            self._render()
        super().changeEvent(event)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.copied)
        self._messages.say(f"Copied: {self.copied.splitlines()[0]}")

    def _build(self, copies: str) -> None:
        self.rule.setProperty("role", "line")
        self.heading.setProperty("role", "heading")
        self.body.setTextFormat(Qt.TextFormat.RichText)
        self.body.setWordWrap(True)
        self.body.setTextInteractionFlags(READABLE)
        self.body.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.body.setAccessibleName(self._title)
        self.body.linkActivated.connect(self.linked)
        self.copy.setIcon(icon("copy", "muted"))
        self.copy.setToolTip(copies)
        self.copy.setAccessibleName(copies)
        self.copy.clicked.connect(self._copy)
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.rule)
        column.addSpacing(2)
        column.addLayout(head)
        column.addWidget(self._frame)
