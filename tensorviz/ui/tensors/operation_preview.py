"""What a step would do, as a box: shape and strides of what comes out, the effect, the bytes; or why it cannot be.

Must not know forms, or how a preview is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from tensorviz.core.session_data import EFFECT_WORDS, Trouble
from tensorviz.core.text import bytes_text, plural
from tensorviz.ui.tensors.console_gutter import EFFECT_ROLES, chip_font, paint_chip
from tensorviz.ui.tensors.why_card import WhyCard
from tensorviz.ui.theme import number_font, tokens_of
from tensorviz.ui.widgets.elided_label import ElidedLabel
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from tensorviz.core.session_data import Preview, TensorFacts

MOST_ROWS = 4
CHIP_PADDING = 9


def effect_sentence(preview: Preview) -> str:
    """The effect and the bytes: "view, 0 bytes copied", "copy, 24 bytes copied", "new, 24 bytes of new memory"."""
    if preview.effect is None:
        return "no tensor is made or changed"
    parts = [EFFECT_WORDS[preview.effect]]
    if preview.effect in ("view", "copy"):
        parts.append(f"{bytes_text(preview.bytes_copied)} copied")
    if preview.new_bytes and (preview.effect != "copy" or preview.new_bytes != preview.bytes_copied):
        parts.append(f"{bytes_text(preview.new_bytes)} of new memory")
    return ", ".join(parts)


def spoken(preview: Preview) -> str:
    """The whole box as a sentence."""
    if preview.unknown:
        return f"Told only by running it. {preview.unknown}"
    if preview.trouble is not None:
        return trouble_sentence(preview.trouble)
    rows = "; ".join(f"{one.name}: {one.title}" for one in preview.results[:MOST_ROWS])
    told = f"{effect_sentence(preview)}. {rows}".strip(" .") + "."
    return " ".join((told, *preview.remarks))


def trouble_sentence(trouble: Trouble) -> str:
    """Why not, in a sentence or two."""
    reason = trouble.reason.sentence if trouble.reason is not None else trouble.message
    return f"{reason} {trouble.hint}".strip()


class EffectChip(QWidget):
    """A text in the colour of an effect, as the console has it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._role = "", "muted"
        self.setFont(chip_font())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, text: str, role: str) -> None:
        """Shows a text in the colour of a role."""
        self._text, self._role = text, role
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Qt's."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2 * CHIP_PADDING, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's."""
        painter = QPainter(self)
        painter.setFont(self.font())
        paint_chip(painter, QRectF(self.rect()), self._text, self._role, tokens_of(self))
        painter.end()


class PreviewBox(QWidget):
    """Keeps the last answer until there is another. Signals: run_wanted(code), write_wanted(code) of ways out."""

    run_wanted = Signal(str)
    write_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: tuple[int, ...] = ()
        self._card: WhyCard | None = None
        self._well = QFrame(self)
        self._well.setProperty("role", "well")
        self._effect, self._said = EffectChip(self._well), WrappedLabel("muted", self._well)
        self._rows = QWidget(self._well)
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(2)
        inside = QVBoxLayout(self._well)
        inside.setContentsMargins(10, 8, 10, 8)
        inside.setSpacing(6)
        inside.addWidget(self._effect, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self._rows)
        inside.addWidget(self._said)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._well)
        self.say("Being worked out ...")

    def set_keys(self, keys: tuple[int, ...]) -> None:
        """The colour keys of the dimensions of the tensor that is worked with."""
        self._keys = keys

    def say(self, sentence: str, tone: str = "muted") -> None:
        """Shows a sentence instead of a preview."""
        self._clear()
        self._effect.hide()
        self._rows.hide()
        self._well.setVisible(bool(sentence))
        self._said.set_role(tone)
        self._said.say_or_hide(sentence)
        self.setAccessibleName(sentence)

    def show_preview(self, code: str, preview: Preview) -> None:
        """Shows what was worked out for a code."""
        if preview.unknown:
            self.say(f"It is told only by running it. {preview.unknown}")
        elif preview.trouble is not None:
            self._refused(code, preview.trouble)
        else:
            self._told(preview)
        self.setAccessibleName(spoken(preview))

    def _refused(self, code: str, trouble: Trouble) -> None:
        if trouble.reason is None and not trouble.obstacles:
            self.say(trouble_sentence(trouble), "danger")
            return
        self.say("")
        self._card = WhyCard(trouble, code, self._keys, self)
        self._card.run_wanted.connect(self.run_wanted)
        self._card.write_wanted.connect(self.write_wanted)
        self._column.addWidget(self._card)

    def _told(self, preview: Preview) -> None:
        self._clear()
        role = EFFECT_ROLES[preview.effect] if preview.effect is not None else "muted"
        self._effect.say(effect_sentence(preview), role)
        self._effect.show()
        several = len(preview.results) > 1
        for row, facts in enumerate(preview.results[:MOST_ROWS]):
            self._row(row, facts, several)
        more = len(preview.results) - MOST_ROWS
        self._said.set_role("muted")
        others = (f"and {plural(more, 'tensor')} more",) if more > 0 else ()
        self._said.say_or_hide("\n".join((*others, *preview.remarks)))
        self._rows.setVisible(bool(preview.results))
        self._well.show()

    def _row(self, row: int, facts: TensorFacts, named: bool) -> None:
        where = (
            "a new storage" if facts.storage == "" else f"storage {facts.storage}" if facts.storage else "no storage"
        )
        where += "" if facts.device == "cpu" else f", {facts.device}"
        texts = [(facts.name, "")] if named else []
        texts += [(facts.layout.text(), ""), (facts.dtype, "muted"), (where, "muted")]
        for column, (text, role) in enumerate(texts):
            label = (
                ElidedLabel(text, Qt.TextElideMode.ElideMiddle, self._rows) if not column else QLabel(text, self._rows)
            )
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(number_font())
            label.setProperty("role", role)
            self._grid.addWidget(label, row, column)
        self._grid.setColumnStretch(0, 1)

    def _clear(self) -> None:
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
