"""What sections of the report are made of: a heading over a body, sentences with links, a bar of two parts.

Must not know what is said.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tensorviz.core.text import count_text
from tensorviz.ui.theme import tokens_of
from tensorviz.ui.widgets.wrapped_label import breakable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    Told = tuple[Sequence[tuple[str, int | None]], str]

READABLE = (
    Qt.TextInteractionFlag.TextSelectableByMouse
    | Qt.TextInteractionFlag.LinksAccessibleByMouse
    | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
)
BAR_HEIGHT = 8
SPACING = 8
SHOWN = 8  # sentences that are said at once
MARKS = {"danger": "danger", "warning": "warning", "info": "muted", "good": "good"}


class Section(QWidget):
    """A heading with room for buttons beside it, and a body. Signals: tensor_wished(place)."""

    tensor_wished = Signal(int)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.heading, self.beside = QLabel(title), QLabel()
        self.head, self.body = QHBoxLayout(), QVBoxLayout()
        self.body.setSpacing(SPACING)
        self.heading.setProperty("role", "heading")
        self.beside.setProperty("role", "muted")
        self.head.setSpacing(SPACING)
        self.head.addWidget(self.heading)
        self.beside.setWordWrap(True)  # a narrow report must not be cut
        self.head.addWidget(self.beside, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        self.rule = QFrame()
        self.rule.setProperty("role", "line")
        column.addWidget(self.rule)
        column.addLayout(self.head)
        column.addLayout(self.body)

    def say_title(self, title: str) -> None:
        """Another heading."""
        self.heading.setText(title)
        self.setAccessibleName(title)

    def show_if(self, wanted: bool) -> None:
        """Hides it or shows it. One that is new is left to the layout it is in, which shows it in a turn of its own:
        to be shown, all above it is laid out, which takes as long as to make it.
        """
        if not wanted or self.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
            self.setVisible(wanted)

    def add(self, *widgets: QWidget) -> None:
        """Adds to the body, from above."""
        for widget in widgets:
            self.body.addWidget(widget)


def push_button(text: str, tip: str = "") -> QPushButton:
    """A button that does not stretch; the caller places and connects it."""
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setAccessibleDescription(tip)
    made.setAutoDefault(True)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


class Sentence(QLabel):
    """A sentence that wraps; names of tensors in it are links. Signals: tensor_wished(place). `plain`: as text."""

    tensor_wished = Signal(int)

    def __init__(self, parts: Sequence[tuple[str, int | None]] = (), tone: str = "", mark: bool = False) -> None:
        super().__init__()
        self._parts: tuple[tuple[str, int | None], ...] = ()
        self._tone, self._mark = tone, mark
        self.plain = ""
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.linkActivated.connect(self._follow)
        self.say_parts(parts)

    def say(self, text: str, tone: str = "") -> None:
        """Says a text without links; an empty one takes no room."""
        self._tone = tone
        self.say_parts(((text, None),) if text else ())

    def say_parts(self, parts: Sequence[tuple[str, int | None]]) -> None:
        """Says this."""
        self._parts = tuple(parts)
        self.plain = "".join(text for text, _ in self._parts)
        links = any(place is not None for _, place in self._parts)
        self.setTextInteractionFlags(READABLE if links else Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if links else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.plain)
        if not self.plain:
            self.hide()
        elif self.parentWidget() is not None:  # without one it would be a window of its own
            self.show()
        self._render()

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: colours are in the text, so it is written again in another theme."""
        if event.type() == QEvent.Type.PaletteChange and self.plain:
            self._render()
        super().changeEvent(event)

    def _render(self) -> None:
        tokens = tokens_of(self)
        colour = str(getattr(tokens, MARKS.get(self._tone, "muted" if self._tone == "muted" else "text")))
        body = "".join(self._part(text, place, tokens.accent) for text, place in self._parts)
        if self._mark:
            dot = "●" if self._tone in ("danger", "warning") else "○"
            cells = f'<td width="18" style="color:{colour}">{dot}</td><td>{body}</td>'
            body = f'<table cellspacing="0" cellpadding="0"><tr>{cells}</tr></table>'
        elif self._tone:
            body = f'<span style="color:{colour}">{body}</span>'
        self.setText(body)

    def _part(self, text: str, place: int | None, accent: str) -> str:
        shown = escape(breakable(text))
        if place is None:
            return shown
        return f'<a href="{place}" style="color:{accent}; text-decoration:none">{shown}</a>'

    def _follow(self, link: str) -> None:
        self.tensor_wished.emit(int(link))


class Sentences(QWidget):
    """One under the other, each with a mark. Signals: tensor_wished(place)."""

    tensor_wished = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: tuple[Sentence, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._waiting: tuple[Told, ...] = ()
        self.more = push_button("Show more", "Says the other sentences")
        self.more.clicked.connect(self._say_all)
        self._column.addWidget(self.more)
        self.hide()

    def say(self, told: Sequence[Told]) -> None:
        """Says these instead: parts with their places, and a tone. Many are said when they are asked for."""
        for old in self.shown:
            self._column.removeWidget(old)
            old.deleteLater()
        self.shown = ()
        self._waiting = tuple(told)
        self._say_more(SHOWN if len(told) > SHOWN + 1 else len(told))
        self.setVisible(bool(told))

    @Slot()
    def _say_all(self) -> None:
        focused = self.more.hasFocus()
        first = len(self.shown)
        self._say_more(len(self._waiting))
        if focused:  # goes on where it was, and not back to the beginning
            self.shown[first].setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_more(self, count: int) -> None:
        told, self._waiting = self._waiting[:count], self._waiting[count:]
        fresh = tuple(Sentence(parts, tone, mark=True) for parts, tone in told)
        for made in fresh:
            made.tensor_wished.connect(self.tensor_wished)
            self._column.insertWidget(self._column.count() - 1, made)
        self.shown = (*self.shown, *fresh)
        self.more.setText(f"Show {count_text(len(self._waiting))} more")
        self.more.setVisible(bool(self._waiting))


class PartBar(QWidget):
    """A bar of which a part stands out as wasted. said: the same in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Wasted bytes")

    def show_share(self, share: float, said: str) -> None:
        """Shows how much is wasted, 0 to 1."""
        self._share = share
        self.setAccessibleDescription(said)
        self.setToolTip(said)
        self.update()

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(280, BAR_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(80, BAR_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints what is used in the accent, and what is wasted behind it as a warning."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(0, 0, self.width(), BAR_HEIGHT), BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.setClipPath(outline)
        used = self.width() * (1 - self._share)
        painter.fillRect(QRectF(0, 0, self.width(), BAR_HEIGHT), tokens.colour("warning"))
        painter.fillRect(QRectF(0, 0, max(used, 2.0), BAR_HEIGHT), tokens.colour("accent"))
        painter.end()
