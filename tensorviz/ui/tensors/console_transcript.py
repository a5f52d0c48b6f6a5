"""The transcript of the console: steps as a Python prompt shows them, with what they did to memory at the right.

Must not know the session: steps are handed in, and what a person wants is told by signals.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QTextBlock, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tensorviz.core.code_colours import parts_of
from tensorviz.core.session_data import StepRow
from tensorviz.ui.tensors.console_cards import Cards
from tensorviz.ui.tensors.console_copying import selected_text
from tensorviz.ui.tensors.console_formats import line_ranges
from tensorviz.ui.tensors.console_gutter import ChipGutter
from tensorviz.ui.tensors.console_lines import PROMPT, Line, Part, lines_of
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent


CHUNK = 250  # lines that are put in at once


@dataclass(slots=True, eq=False)
class Entry:
    """A step, or a note (step is None): how many lines it has by now, which parts are open, what is still to come."""

    step: StepRow | None
    count: int = 0
    opened: frozenset[Part] = frozenset()
    waiting: Iterator[Line] | None = None


class Transcript(QPlainTextEdit):
    """Read-only; text can be selected by mouse and keyboard.

    card_of: makes the widget that shows why a step was refused. Signals: named(name) when a name in code is clicked;
    typed(text) when somebody types here; menu_wanted(global position).
    """

    named = Signal(str)
    typed = Signal(str)

    def __init__(self, card_of: Callable[[StepRow, QWidget], QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card_of = card_of
        self._entries: list[Entry] = []
        self._starts: list[int] = []  # the first line of each entry
        self._lines: list[Line] = []
        self._newest_card: Entry | None = None
        self.cards = Cards(self, self._made_card)
        self._place_note: Entry | None = None
        self._held = -1  # where the view was held back, so that what was refused is in sight
        self._pressed = QPointF()
        self._pour = QTimer(self, interval=0)
        self._pour.timeout.connect(self._pour_more)
        self._refit = QTimer(self, interval=0, singleShot=True)
        self._refit.timeout.connect(self.cards.fit)
        self._recolour_from = -1
        self._recolouring = QTimer(self, interval=0)
        self._recolouring.timeout.connect(self._recolour_more)
        self._build()
        self.gutter = ChipGutter(self)
        self.setViewportMargins(0, 0, self.gutter.wanted_width(), 0)
        self.updateRequest.connect(self._follow)

    def _build(self) -> None:
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setUndoRedoEnabled(False)
        self.setFont(number_font())
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setAccessibleName("Transcript of the console")
        self.setPlaceholderText("Steps stand here with what they print, and what each did to memory.")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.setTabStopDistance(8 * QFontMetricsF(self.font()).horizontalAdvance(" "))

    # --------------------------------------------------------------------------------------------- what it shows

    def add_step(self, step: StepRow) -> None:
        """Adds a step at the end. The reason of a refusal is open until there is a newer one."""
        at_end = self._at_end()
        entry = Entry(step)
        if step.trouble is not None and (step.trouble.reason is not None or step.trouble.obstacles):
            if self._newest_card is not None and "why" in self._newest_card.opened:
                self._show_parts(self._newest_card, self._newest_card.opened - {"why"})
            entry.opened = frozenset({"why"})
            self._newest_card = entry
        self._append(entry, lines_of(step, entry.opened))
        self.gutter.describe()
        if at_end:
            self.go_to_end()
            if entry is self._newest_card:
                self._show_first_line(entry)

    def add_note(self, text: str) -> None:
        """Adds a quiet line."""
        at_end = self._at_end()
        self._append(Entry(None), iter((Line("note", text),)))
        if at_end:
            self.go_to_end()

    def say_place(self, text: str) -> None:
        """Adds a line that tells where the session stands; of several in a row the last one counts."""
        if self._entries and self._entries[-1] is self._place_note:
            self._take_out(self._entries[-1])
            self._entries.pop()
            self._starts.pop()
        self.add_note(text)
        self._place_note = self._entries[-1]

    def forget(self) -> None:
        """Empties the transcript."""
        self.cards.forget()
        self._entries, self._starts, self._lines, self._newest_card = [], [], [], None
        self._pour.stop()
        self.clear()

    @property
    def steps(self) -> tuple[StepRow, ...]:
        """The steps that are shown, oldest first."""
        return tuple(entry.step for entry in self._entries if entry.step is not None)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines as they stand there."""
        return tuple(self._lines)

    def toggle(self, line: int) -> None:
        """Opens or closes what the toggle on a line stands for; on a line of code, the operations of its step."""
        entry, found = self.entry_of(line), self._lines[line]
        part: Part | None = found.part if found.kind == "toggle" else "operations"
        if entry.step is None or part is None or (found.kind not in ("toggle", "code", "operation")):
            return
        self._show_parts(entry, entry.opened ^ {part})

    def toggle_operations(self, step: StepRow) -> None:
        """Lists the operations of a step under its code, or puts them away."""
        for entry in self._entries:
            if entry.step is step:
                self._show_parts(entry, entry.opened ^ {"operations"})
                return

    def entry_of(self, line: int) -> Entry:
        """The entry that a line belongs to."""
        return self._entries[bisect_right(self._starts, line) - 1]

    def go_to_end(self) -> None:
        """Scrolls to the newest line."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _show_first_line(self, entry: Entry) -> None:
        """Scrolls back where a step is higher than the transcript: what was refused is read before why."""
        first = self.document().findBlockByNumber(self._starts[self._entries.index(entry)]).firstLineNumber()
        bar = self.verticalScrollBar()
        bar.setValue(min(bar.value(), first))
        self._held = bar.value()

    def page(self, by: int) -> None:
        """Scrolls a page up (-1) or down (1)."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + by * bar.pageStep())

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - 1 or bar.value() == self._held

    # ------------------------------------------------------------------------------------------ lines in the text

    def _append(self, entry: Entry, lines: Iterator[Line]) -> None:
        self._entries.append(entry)
        self._starts.append(len(self._lines))
        self._begin(entry, lines)

    def _show_parts(self, entry: Entry, opened: frozenset[Part]) -> None:
        """Writes the lines of a step anew, with other parts open."""
        assert entry.step is not None
        entry.opened = opened
        bar = self.verticalScrollBar()
        place = bar.value()
        self.cards.drop(entry)
        self._take_out(entry)
        self._begin(entry, lines_of(entry.step, opened))
        bar.setValue(place)

    def _begin(self, entry: Entry, lines: Iterator[Line]) -> None:
        """Puts in the first lines; the others follow in pieces, so that nothing waits for them."""
        first = tuple(islice(lines, CHUNK))
        self._put(entry, self._starts[self._entries.index(entry)], first)
        entry.waiting = lines if len(first) == CHUNK else None
        if entry.waiting is not None:
            self._pour.start()

    def _pour_more(self) -> None:
        """Puts in some more lines of what is long."""
        entry = next((one for one in self._entries if one.waiting is not None), None)
        if entry is None or entry.waiting is None:
            self._pour.stop()
            return
        lines = tuple(islice(entry.waiting, CHUNK))
        self._put(entry, self._starts[self._entries.index(entry)] + entry.count, lines)
        if len(lines) < CHUNK:
            entry.waiting = None

    def _put(self, entry: Entry, at: int, lines: tuple[Line, ...]) -> None:
        """Writes lines so that the first of them is line `at`."""
        if not lines:
            return
        text = "\n".join(line.text for line in lines)
        cursor = QTextCursor(self.document())
        if not self._lines:
            cursor.insertText(text)
        elif at < len(self._lines):
            cursor.setPosition(self.document().findBlockByNumber(at).position())
            cursor.insertText(text + "\n")
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText("\n" + text)
        self._lines[at:at] = lines
        self._count(entry, len(lines))
        self._colour(at, at + len(lines) + 1)  # the line after them has become another block
        if any(line.kind == "card" for line in lines):
            self.cards.add(entry)

    def _take_out(self, entry: Entry) -> None:
        """Removes all lines of an entry."""
        first, count = self._starts[self._entries.index(entry)], entry.count
        document = self.document()
        cursor = QTextCursor(document.findBlockByNumber(first))
        after = document.findBlockByNumber(first + count)
        if after.isValid():
            cursor.setPosition(after.position(), QTextCursor.MoveMode.KeepAnchor)
        else:
            cursor.setPosition(max(0, cursor.position() - 1))  # with the end of the line before
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        del self._lines[first : first + count]
        self._count(entry, -count)
        self._colour(first, first + 1)

    def _count(self, entry: Entry, more: int) -> None:
        entry.count += more
        if entry is not self._entries[-1]:
            for at in range(self._entries.index(entry) + 1, len(self._entries)):
                self._starts[at] += more

    # ------------------------------------------------------------------------------------------------- colours

    def _colour(self, first: int, stop: int) -> None:
        tokens = tokens_of(self)
        block = self.document().findBlockByNumber(first)
        for line in self._lines[first:stop]:
            if line.kind not in ("output", "card"):
                block.layout().setFormats(line_ranges(line, block.length() - 1, tokens))
            block = block.next()

    def changeEvent(self, event: QEvent) -> None:
        """Qt's: the theme may be another one."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "gutter"):
            first = self.firstVisibleBlock().blockNumber()
            self._colour(first, first + self.viewport().height() // max(1, self.fontMetrics().height()) + 1)
            self._recolour_from = 0
            self._recolouring.start()
            self.gutter.update()

    def _recolour_more(self) -> None:
        start = self._recolour_from
        self._colour(start, start + CHUNK)
        self._recolour_from = start + CHUNK
        if self._recolour_from >= len(self._lines):
            self._recolouring.stop()

    # --------------------------------------------------------------------------------------------------- cards

    def _made_card(self, entry: Entry, parent: QWidget) -> QWidget:
        assert entry.step is not None
        return self._card_of(entry.step, parent)

    def card_line(self, entry: Entry) -> int | None:
        """The line that is kept for the card of an entry."""
        first = self._starts[self._entries.index(entry)]
        lines = range(first, first + entry.count)
        return next((at for at in lines if self._lines[at].kind == "card"), None)

    def place_of(self, block: QTextBlock) -> QRectF:
        """Where a block is drawn, in the viewport."""
        return self.blockBoundingGeometry(block).translated(self.contentOffset())

    def _follow(self, area: QRect, dy: int) -> None:
        if dy:
            self.gutter.scroll(0, dy)
        else:
            self.gutter.update(0, area.y(), self.gutter.width(), area.height())
        self.cards.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: the chips stand at the right; cards may need another height."""
        at_end = self._at_end()
        super().resizeEvent(event)
        viewport = self.viewport().geometry()
        self.gutter.setGeometry(viewport.right() + 1, viewport.top(), self.gutter.wanted_width(), viewport.height())
        self._refit.start()
        if at_end:
            self.go_to_end()

    # --------------------------------------------------------------------------------------------- what is seen

    def chips(self) -> Iterator[tuple[QRectF, StepRow]]:
        """The first line of each step in sight, as a place beside it."""
        block = self.firstVisibleBlock()
        bottom = self.viewport().height()
        while block.isValid():
            place = self.place_of(block)
            if place.top() > bottom:
                return
            number = block.blockNumber()
            if number < len(self._lines):
                entry = self.entry_of(number)
                if entry.step is not None and self._starts[bisect_right(self._starts, number) - 1] == number:
                    yield QRectF(0, place.top(), self.gutter.width(), QFontMetricsF(self.font()).height()), entry.step
            block = block.next()

    # ------------------------------------------------------------------------------------- mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's: remembers where."""
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's: a click on a toggle opens it; one on a name in code names it."""
        super().mouseReleaseEvent(event)
        still = (event.position() - self._pressed).manhattanLength() < 4
        if still and event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self._clicked(self.cursorForPosition(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's: a hand over what can be opened."""
        super().mouseMoveEvent(event)
        line = self.cursorForPosition(event.position().toPoint()).blockNumber()
        opens = line < len(self._lines) and self._lines[line].kind == "toggle"
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.IBeamCursor)

    def _clicked(self, cursor: QTextCursor) -> None:
        number, column = cursor.blockNumber(), cursor.positionInBlock()
        if number >= len(self._lines):
            return
        line = self._lines[number]
        if line.kind == "toggle":
            self.toggle(number)
        elif line.kind == "code":
            text = line.text[len(PROMPT) :]
            for part in parts_of(text, line.state)[0]:
                if part.start + len(PROMPT) <= column < part.stop + len(PROMPT) and part.kind == "name":
                    self.named.emit(text[part.start : part.stop])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Enter opens what the cursor stands on; letters go to the input."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._lines:
                self.toggle(min(self.textCursor().blockNumber(), len(self._lines) - 1))
        elif plain and event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Qt's: what is copied has no toggles, and no pieces of a long line."""
        data = QMimeData()
        data.setText(selected_text(self))
        return data
