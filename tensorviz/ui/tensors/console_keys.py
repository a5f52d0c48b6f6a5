"""Completing what is typed, walking back through what was typed, and searching it: the keys of the input.

Must not know how a completion is found: it is asked for, and an answer to another text than the present is dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal

from tensorviz.core.code_colours import is_code
from tensorviz.core.session_data import Completion
from tensorviz.core.text import plural
from tensorviz.ui.tensors.console_popup import ConsolePopup

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from tensorviz.engine.messages.session import CompletionsFound
    from tensorviz.ui.tensors.console_input import CodeInput
    from tensorviz.ui.tensors.console_recall import Recall

_WORD = re.compile(r"[^\W\d]\w*\Z")
_OPENS = re.compile(r"[\w)\]'\"]\s*\.\Z")  # a dot after something that can have attributes
PLAIN = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class InputKeys(QObject):
    """Signals: asked(code, position) when it should be told how the code may go on."""

    asked = Signal(str, int)

    def __init__(self, editor: CodeInput, recall: Recall) -> None:
        super().__init__(editor)
        self._editor, self._recall = editor, recall
        self._popup: ConsolePopup | None = None
        self._searching = False
        self._explicit = False  # whether Tab asked, or the choice was moved: then Enter takes it
        self._start = 0
        self._wanted: tuple[str, int] | None = None
        self._quiet = False
        editor.textChanged.connect(self._text_changed)
        editor.cursorPositionChanged.connect(self._cursor_moved)
        editor.left.connect(self.close)

    # ------------------------------------------------------------------------------------------------- asking

    @property
    def popup(self) -> ConsolePopup:
        """The list; made when it is first needed, over everything else in the window."""
        if self._popup is None or self._popup.parent() is not self._editor.window():
            self._popup = ConsolePopup(self._editor.window())
            self._popup.taken.connect(self._take_row)
        return self._popup

    @property
    def is_open(self) -> bool:
        """Whether the list is there."""
        return self._popup is not None and self._popup.isVisible()

    def close(self) -> None:
        """Puts the list away."""
        self._searching, self._wanted = False, None
        if self._popup is not None:
            self._popup.hide()

    def complete(self, explicit: bool = True) -> None:
        """Asks how to go on."""
        self._explicit = explicit
        self._wanted = self._editor.code, self._editor.textCursor().position()
        self.asked.emit(*self._wanted)

    def search(self) -> None:
        """Lists what was typed before, by what stands there now."""
        self._searching, self._explicit, self._wanted = True, True, None
        self._list_recalled()

    def show_found(self, found: CompletionsFound) -> None:
        """Lists ways to go on, if they are for the text that stands there now."""
        if (found.code, found.position) != self._wanted or self._searching:
            return
        self._start = found.start
        typed = found.code[found.start : found.position]
        rows = found.completions
        if len(rows) == 1 and self._explicit and not self.is_open:
            self._insert(rows[0].word)
        elif len(rows) == 1 and rows[0].word == typed:
            self.close()
        else:
            self.popup.show_rows(rows, self._place(), f"{plural(len(rows), 'way')} to go on")

    def _place(self) -> QRect:
        """Where the word begins, in the window."""
        cursor = self._editor.textCursor()
        cursor.setPosition(min(self._start, len(self._editor.code)))
        box = self._editor.cursorRect(cursor)
        return QRect(self._editor.viewport().mapTo(self._editor.window(), box.topLeft()), box.size())

    def _list_recalled(self) -> None:
        self._start = 0
        found = [Completion(text) for text in self._recall.search(self._editor.code)]
        corner = self._editor.mapTo(self._editor.window(), QPoint(0, 0))
        name = f"{plural(len(found), 'earlier input')}"
        self.popup.show_rows(found, QRect(corner, self._editor.size()), name)

    # --------------------------------------------------------------------------------------------------- keys

    def wants_tab(self) -> bool:
        """Whether Tab means something here: there is a list, or something before the cursor to complete or indent."""
        return self.is_open or bool(self._editor.code)

    def take(self, event: QKeyEvent) -> bool:
        """Does what a key means here; False when it means nothing."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self.is_open and modifiers == PLAIN and self._take_in_list(event.key()):
            return True
        if event.key() == Qt.Key.Key_Tab and modifiers == PLAIN:
            return self._tab()
        if modifiers == CONTROL and event.key() == Qt.Key.Key_Space:
            self.complete()
            return True
        if modifiers == CONTROL and event.key() in (Qt.Key.Key_R, Qt.Key.Key_Up):
            self.search()
            return True
        if modifiers == PLAIN and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return self._walk(event.key() == Qt.Key.Key_Up)
        return False

    def _take_in_list(self, key: int) -> bool:
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
        if key in moves:
            self._explicit = True
            self.popup.move_choice(moves[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape:
            self.close()
        elif key == Qt.Key.Key_Tab or (key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._explicit):
            self._take_row(self.popup.current)
        else:
            return False
        return True

    def _tab(self) -> bool:
        line = self._editor.before.split("\n")[-1]
        if not self._editor.code:
            return False
        if not line.strip():
            self._editor.textCursor().insertText(" " * (4 - len(line) % 4))
        else:
            self.complete()
        return True

    def _walk(self, up: bool) -> bool:
        """An older or newer input, in the first or last line of the text."""
        cursor, code = self._editor.textCursor(), self._editor.code
        edge = 0 if up else self._editor.blockCount() - 1
        if cursor.blockNumber() != edge and not (self._recall.walking and cursor.atEnd()):
            return False
        found = self._recall.older(code) if up else self._recall.newer(code)
        if found is not None:
            self._quiet = True
            self._editor.put(found)
            self._quiet = False
        return found is not None

    def _take_row(self, row: int) -> None:
        rows = self.popup.rows
        if not 0 <= row < len(rows):
            return
        if self._searching:
            self.close()
            self._editor.put(rows[row].word)
        else:
            self._insert(rows[row].word)

    def _insert(self, word: str) -> None:
        self.close()
        self._quiet = True
        self._editor.replace(self._start, self._editor.textCursor().position(), word)
        self._quiet = False
        self._editor.setFocus()

    # -------------------------------------------------------------------------------------------------- typing

    def _text_changed(self) -> None:
        if self._quiet:
            return
        self._recall.stop()
        if self._searching:
            self._list_recalled()
            return
        before = self._editor.before
        if self.is_open and (_WORD.search(before) or _OPENS.search(before)):
            self._narrow(before)
            self.complete(self._explicit)
        elif _OPENS.search(before) and not before[:-1].rstrip().split("\n")[-1][-1:].isdigit() and self._is_typed():
            self.complete(explicit=False)
        else:
            self.close()

    def _narrow(self, before: str) -> None:
        """Leaves only what still fits, until the answer for the new text is there."""
        word = before[self._start :]
        rows = [row for row in self.popup.rows if row.word.lower().startswith(word.lower())]
        if len(before) < self._start or (word and not word.isidentifier()):
            rows = []
        self.popup.show_rows(rows, self._place(), f"{plural(len(rows), 'way')} to go on")

    def _is_typed(self) -> bool:
        """Whether the dot is code, and somebody is typing it."""
        return self._editor.hasFocus() and is_code(self._editor.before, len(self._editor.before))

    def _cursor_moved(self) -> None:
        """A cursor that left the word has no use for the list."""
        if self.is_open and not self._searching:
            typed = self._editor.before[self._start :]
            if self._editor.textCursor().position() < self._start or (typed and not typed.isidentifier()):
                self.close()
