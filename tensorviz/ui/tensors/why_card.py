"""Why a step was refused: a sentence, a picture with the numbers, and the ways out as buttons.

Must not know the session: what a person chooses is told by signals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from tensorviz.core.code_repair import repairs_of
from tensorviz.ui.tensors.why_picture import WhyPicture
from tensorviz.ui.tensors.why_text import sentence_of, title_of
from tensorviz.ui.widgets.flow_row import FlowRow
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.code_repair import Repaired
    from tensorviz.core.session_data import Trouble

MOST_OBSTACLES = 6
WIDEST_BESIDE = 420  # of a picture that has its ways out beside it; under a wider one they have more room


class WhyCard(QFrame):
    """One refusal. keys: the colour keys of the tensor's dimensions, () where they are not known.

    Signals: run_wanted(code) for a way out that is sure; write_wanted(code) for one that the person should look at.
    """

    run_wanted = Signal(str)
    write_wanted = Signal(str)

    def __init__(self, trouble: Trouble, code: str, keys: tuple[int, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(title_of(trouble.reason))
        self.buttons: list[QToolButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 10, 8)
        column.setSpacing(5)
        column.addWidget(self._said(trouble))
        for one in trouble.obstacles[:MOST_OBSTACLES]:
            column.addWidget(self._obstacle(one.sentence, ": ".join(filter(None, (one.repair.code, one.repair.note)))))
        found = repairs_of(trouble, code)
        ways = self._ways(found) if found else None
        picture = WhyPicture(trouble.reason, keys, self) if trouble.reason is not None else None
        beside = picture is not None and picture.content_width() <= WIDEST_BESIDE
        line = QHBoxLayout() if beside else QVBoxLayout()
        line.setSpacing(14 if beside else 5)
        if picture is not None:
            line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        if ways is not None:
            line.addWidget(ways, 1, Qt.AlignmentFlag.AlignTop)
        elif beside:
            line.addStretch(1)
        column.addLayout(line)

    def _said(self, trouble: Trouble) -> QWidget:
        label = WrappedLabel("", self)
        label.say(sentence_of(trouble.reason) if trouble.reason is not None else f"{title_of(None)}:")
        return label

    def _obstacle(self, sentence: str, repair: str) -> QWidget:
        label = WrappedLabel("muted", self)
        label.say(f"\u2022 {sentence}  {repair}")
        return label

    def _ways(self, ways: tuple[Repaired, ...]) -> QWidget:
        row = QWidget(self)
        line = FlowRow(row)
        title = QLabel("Instead", row)
        title.setProperty("role", "muted")
        line.addWidget(title)
        for way in ways:
            line.addWidget(self._button(way, row))
        row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        return row

    def _button(self, way: Repaired, parent: QWidget) -> QToolButton:
        first = re.split("[;,]", way.note)[0] if way.note.startswith("copies") else way.note
        button = QToolButton(parent)
        button.setText(f"{way.text}: {first}")
        button.setProperty("role", "chip")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        does = "Runs" if way.sure else "Puts into the input"
        button.setToolTip(f"{does}:\n{way.code}\n\n{way.note[:1].upper()}{way.note[1:]}.")
        button.setAccessibleDescription(f"{does} {way.code}. {way.note}")
        wanted = self.run_wanted if way.sure else self.write_wanted
        button.clicked.connect(lambda: wanted.emit(way.code))
        self.buttons.append(button)
        return button
