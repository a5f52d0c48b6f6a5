"""One line that says where the element pointed at lies: its value, and the formula with its numbers in colours.

Must not know grids, or who points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from tensorviz.core.colours import dimension_style
from tensorviz.ui.theme import number_font, tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPaintEvent

    from tensorviz.core.grid_map import Index
    from tensorviz.core.session_data import TensorFacts

BETWEEN = "   "
Part = tuple[str, int | None]  # text, and the colour key of its dimension; None for ordinary text


class FormulaLine(QWidget):
    """Painted. `text` is what it says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[Part, ...] = ()
        self._short: tuple[Part, ...] = ()
        self._words = ""
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_element(self, tensor: TensorFacts, index: Index | None, value: str, more: str = "") -> None:
        """The element of that index; so many others ("2") lie on the same memory. None says the formula in words."""
        self._words = tensor.layout.formula_in_words()
        self._parts = formula_parts(tensor, index, value)
        self._short = short_parts(tensor, index)
        if more:
            self._parts += ((f"{BETWEEN}and {more} more", None),)
            self._short += ((f", {more} more", None),)
        self._told()

    def show_hint(self, text: str) -> None:
        """A sentence instead; "" for the formula again."""
        self._hint = text
        self._told()

    def _told(self) -> None:
        self.setAccessibleName(self.text)
        self.setToolTip(self.text)
        self.update()

    @property
    def text(self) -> str:
        """What it says."""
        return self._hint or "".join(text for text, _ in self._parts)

    def wanted(self) -> int:
        """The width at which the formula in words is not cut, in pixels; what is pointed at does not change it."""
        return round(QFontMetricsF(self._font()).horizontalAdvance(self._words)) + 2

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(120, round(QFontMetricsF(self._font()).height()) + 4)

    def _font(self) -> QFont:
        font = number_font()
        font.setPixelSize(12)
        return font

    @property
    def shown(self) -> str:
        """What is painted, before it is cut."""
        return "".join(text for text, _ in self._fitting())

    def _fitting(self) -> tuple[Part, ...]:
        if self._hint:
            return ((self._hint, None),)
        whole = QFontMetricsF(self._font()).horizontalAdvance(self.text) <= self.width()
        return self._parts if whole else self._short

    def paintEvent(self, event: QPaintEvent) -> None:
        """What fits, else the short form, else that cut with dots; the tooltip has all of it."""
        painter, tokens = QPainter(self), tokens_of(self)
        painter.setFont(self._font())
        metrics = QFontMetricsF(self._font())
        x, base = 0.0, (self.height() + metrics.ascent() - metrics.descent()) / 2
        for text, key in self._fitting():
            colour = tokens.colour("muted" if key is None else "text")
            if key is not None:
                colour = QColor(dimension_style(key, tokens.name == "dark").colour)
            fits = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width() - x)
            painter.setPen(colour)
            painter.drawText(QPointF(x, base), fits)
            x += metrics.horizontalAdvance(text)
            if fits != text:
                break
        painter.end()


def formula_parts(tensor: TensorFacts, index: Index | None, value: str) -> tuple[Part, ...]:
    """The formula in parts: with numbers for an index, with names without."""
    if index is None:
        return _coloured(tensor, tensor.layout.formula_in_words())
    place = f"[{', '.join(map(str, index))}] = {value or '?'}{BETWEEN}"
    return ((place, None), *_coloured(tensor, tensor.layout.formula(index)))


def short_parts(tensor: TensorFacts, index: Index | None) -> tuple[Part, ...]:
    """The same for a narrow place: no value; without an index, the strides as numbers."""
    layout = tensor.layout
    if index is not None:
        return _coloured(tensor, layout.formula(index))
    letters = (term.partition("*")[0] for term in layout.formula_in_words().split(" + ")[1:])
    steps = (f"{letter}*{step}" for letter, step in zip(letters, layout.stride, strict=True))
    return _coloured(tensor, " + ".join([str(layout.offset), *steps]))


def _coloured(tensor: TensorFacts, formula: str) -> tuple[Part, ...]:
    """The first term, one for each dimension in its colour, and the result if there is one."""
    sums, _, result = formula.partition(" = ")
    first, *terms = sums.split(" + ")
    parts: list[Part] = [(first, None)]
    for dim, term in enumerate(terms):
        key = tensor.keys[dim] if dim < len(tensor.keys) else None
        parts += [(" + ", None), (term, key)]
    return (*parts, (f" = {result}" if result else "", None))
