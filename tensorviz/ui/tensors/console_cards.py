"""Widgets that stand in a transcript: each lies over empty lines, as many as it is high.

Must not know what the widgets show.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtGui import QFontMetricsF, QTextBlock, QTextCursor
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.ui.tensors.console_transcript import Entry, Transcript

BREAK = "\u2028"  # another line of the same block
GAP, NARROWEST, WIDEST = 6, 200, 900


class Cards:
    """The widgets by the entry that they belong to; make: builds one, as a child of the widget it is given."""

    def __init__(self, transcript: Transcript, make: Callable[[Entry, QWidget], QWidget]) -> None:
        self._transcript, self._make = transcript, make
        self._cards: dict[Entry, QWidget] = {}

    def of(self, entry: Entry) -> QWidget | None:
        """The widget of an entry, if it has one now."""
        return self._cards.get(entry)

    def add(self, entry: Entry) -> None:
        """Puts a widget over the line of the entry that is kept for it."""
        self._cards[entry] = self._make(entry, self._transcript.viewport())
        self._fit(entry)
        self._cards[entry].show()

    def drop(self, entry: Entry) -> None:
        """Takes the widget of an entry away; the keyboard does not go with it."""
        card = self._cards.pop(entry, None)
        if card is None:
            return
        if any(one.hasFocus() for one in (card, *card.findChildren(QWidget))):
            self._transcript.setFocus()
        card.hide()
        card.deleteLater()

    def forget(self) -> None:
        """Takes all away."""
        for entry in tuple(self._cards):
            self.drop(entry)

    def fit(self) -> None:
        """Gives every widget the width that there is, and the lines it needs."""
        for entry in self._cards:
            self._fit(entry)

    def _fit(self, entry: Entry) -> None:
        card, block = self._cards[entry], self._block(entry)
        if block is None:
            return
        wide = max(NARROWEST, min(WIDEST, self._transcript.viewport().width() - 2 * GAP))
        card.setFixedWidth(wide)
        high = card.heightForWidth(wide) if card.hasHeightForWidth() else card.sizeHint().height()
        card.setFixedHeight(high)
        rows = ceil((high + GAP) / QFontMetricsF(self._transcript.font()).height())
        if block.length() != rows:
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(BREAK * (rows - 1))
        self.place()

    def _block(self, entry: Entry) -> QTextBlock | None:
        line = self._transcript.card_line(entry)
        return None if line is None else self._transcript.document().findBlockByNumber(line)

    def place(self) -> None:
        """Moves every widget to where its lines are by now."""
        for entry, card in self._cards.items():
            block = self._block(entry)
            if block is not None:
                card.move(GAP, round(self._transcript.place_of(block).center().y() - card.height() / 2))
