"""Where code is typed: several lines, highlighted, with brackets matched; keys that run, walk back, complete.

Must not know the session: what a person wants is told by signals, and answers are handed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from tensorviz.core.code_colours import bracket_pairs
from tensorviz.core.code_lines import INDENT, is_complete, next_indent, without_prompts
from tensorviz.ui.tensors.console_formats import code_ranges
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QShowEvent

    from tensorviz.ui.tensors.console_keys import InputKeys

MOST_ROWS = 8
LONGEST_MATCHED = 20_000  # characters of a text whose brackets are matched
EXAMPLE = "x = torch.arange(6.).view(2, 3)"


class _Highlighter(QSyntaxHighlighter):
    """Colours the code line by line."""

    def __init__(self, document: QTextDocument, widget: QWidget) -> None:
        super().__init__(document)
        self._widget = widget

    def highlightBlock(self, text: str) -> None:
        ranges, after = code_ranges(text, max(0, self.previousBlockState()), tokens_of(self._widget))
        for one in ranges:
            self.setFormat(one.start, one.length, one.format)
        self.setCurrentBlockState(after)


class CodeInput(QPlainTextEdit):
    """Signals: entered(code) when a complete text is to be run; cancelled(); paged(-1 or 1) when the transcript
    should be scrolled; left() when the keyboard goes elsewhere.

    keys: is asked first what a key means (completion, walking back).
    """

    entered = Signal(str)
    cancelled = Signal()
    paged = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys: InputKeys | None = None
        self.can_cancel = False
        self.setFont(number_font())
        self.setPlaceholderText(f"Python:  {EXAMPLE}")
        self.setAccessibleName("Code to run")
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(True)
        self.setTabStopDistance(INDENT * QFontMetricsF(self.font()).horizontalAdvance(" "))
        self._highlighter = _Highlighter(self.document(), self)
        self._fit = QTimer(self, interval=0, singleShot=True)
        self._fit.timeout.connect(self.fit_height)
        self.document().documentLayout().documentSizeChanged.connect(self._fit.start)
        self.cursorPositionChanged.connect(self._match_brackets)
        self.fit_height()

    # --------------------------------------------------------------------------------------------------- text

    @property
    def code(self) -> str:
        """The text as it stands."""
        return self.toPlainText()

    @property
    def before(self) -> str:
        """The text before the cursor."""
        return self.code[: self.textCursor().position()]

    def put(self, code: str) -> None:
        """Replaces the text, so that it can be taken back; the cursor stands at the end."""
        self.replace(0, len(self.code), code)

    def replace(self, start: int, stop: int, text: str) -> None:
        """Replaces a part of the text; the cursor stands behind it."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        self.setTextCursor(cursor)

    def run(self) -> None:
        """Hands the text over and empties the input."""
        code = self.code.rstrip()
        if code.strip():
            self.put("")
            self.entered.emit(code)

    def insert_line(self) -> None:
        """A new line with the right indentation."""
        self.textCursor().insertText("\n" + " " * next_indent(self.before))
        self.ensureCursorVisible()

    @property
    def fitting(self) -> bool:
        """Whether the height is about to be fitted to the text."""
        return self._fit.isActive()

    def fit_height(self) -> None:
        """As high as the text, up to MOST_ROWS lines."""
        rows = max(1, min(MOST_ROWS, round(self.document().size().height())))
        row = QFontMetricsF(self.font()).height()
        edges = self.height() - self.viewport().height() if self.isVisible() else 14
        wanted = round(rows * row + 2 * self.document().documentMargin()) + edges
        if wanted != self.height():
            self.setFixedHeight(wanted)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if rows == MOST_ROWS else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        if rows < MOST_ROWS:
            self.verticalScrollBar().setValue(0)  # what was scrolled away before there was room

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: how much of the height is edge is known by now."""
        super().showEvent(event)
        self._fit.start()

    # --------------------------------------------------------------------------------------------------- keys

    def event(self, event: QEvent) -> bool:
        """Qt's: Esc and Ctrl+R are the input's, whatever shortcuts the window has; to undo is not while it is empty."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            ours, others = self._is_ours(event), self._is_the_sessions(event)
            if ours or others:
                event.setAccepted(ours)
                return True
        return super().event(event)

    def _is_the_sessions(self, event: QKeyEvent) -> bool:
        """After Enter the input is empty, and what one takes back is the step."""
        undoes = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
        return undoes and not self.code

    def _is_ours(self, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape:
            return bool(self.code) or self.can_cancel or (self.keys is not None and self.keys.is_open)
        return control and event.key() in (Qt.Key.Key_R, Qt.Key.Key_Up, Qt.Key.Key_Space, Qt.Key.Key_Return)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: what the list over the input wants, then Enter, Esc, then letters."""
        if self.keys is not None and self.keys.take(event):
            event.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(event.modifiers())
        elif event.key() == Qt.Key.Key_Escape:
            self._escape(event)
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and self.blockCount() <= MOST_ROWS:
            self.paged.emit(-1 if event.key() == Qt.Key.Key_PageUp else 1)
        elif event.matches(QKeySequence.StandardKey.Copy) and self.can_cancel and not self.textCursor().hasSelection():
            self.cancelled.emit()
        elif event.key() == Qt.Key.Key_Backspace and not event.modifiers() and self._unindent():
            event.accept()
        else:
            super().keyPressEvent(event)

    def _enter(self, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.run()
        elif modifiers & Qt.KeyboardModifier.ShiftModifier or not self._is_at_last_line() or not is_complete(self.code):
            self.insert_line()
        else:
            self.run()

    def _is_at_last_line(self) -> bool:
        return self.textCursor().blockNumber() == self.blockCount() - 1

    def _escape(self, event: QKeyEvent) -> None:
        if self.can_cancel:
            self.cancelled.emit()
        elif self.code:
            self.put("")
        else:
            event.ignore()

    def _unindent(self) -> bool:
        """Backspace in the indentation takes a whole step of it."""
        cursor = self.textCursor()
        line = self.before.split("\n")[-1]
        if cursor.hasSelection() or not line or line.strip():
            return False
        step = (len(line) - 1) % INDENT + 1
        self.replace(cursor.position() - step, cursor.position(), "")
        return True

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Qt's: Tab completes where there is something to complete, else it goes on."""
        if forward and self.keys is not None and self.keys.wants_tab():
            return False
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's: a list over the input goes with the keyboard."""
        super().focusOutEvent(event)
        self.left.emit()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Qt's: of a transcript only the code is pasted."""
        self.textCursor().insertText(without_prompts(source.text()))
        self.ensureCursorVisible()

    # ------------------------------------------------------------------------------------------------- drawing

    def _match_brackets(self) -> None:
        """Marks the bracket beside the cursor and the one it belongs to."""
        code, at = self.code, self.textCursor().position()
        marks: list[QTextEdit.ExtraSelection] = []
        if len(code) <= LONGEST_MATCHED and code:
            pairs = bracket_pairs(code)
            place = next((one for one in (at - 1, at) if one in pairs), None)
            if place is not None:
                marks = [self._mark(place), self._mark(pairs[place])]
        self.setExtraSelections(marks)

    def _mark(self, place: int) -> QTextEdit.ExtraSelection:
        mark, shape, tokens = QTextEdit.ExtraSelection(), QTextCharFormat(), tokens_of(self)
        shape.setBackground(tokens.colour("soft"))
        shape.setForeground(tokens.colour("accent"))
        cursor = self.textCursor()
        cursor.setPosition(place)
        cursor.setPosition(place + 1, QTextCursor.MoveMode.KeepAnchor)
        mark.cursor, mark.format = cursor, shape
        return mark

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: the theme may be another one."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_highlighter"):
            self._highlighter.rehighlight()
            self._match_brackets()
