"""The first section of the report: what the file is, its key figures, what it needs, and what else is in it.

Must not know what is wrong with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from tensorviz.core.checkpoint_report import FORMATS, architecture, facts, figures, headline, is_generator, repairs
from tensorviz.core.checkpoint_rows import metadata_rows, other_rows
from tensorviz.core.text import count_text
from tensorviz.ui.files.report_model import Columns
from tensorviz.ui.files.report_section import Section, Sentence, push_button
from tensorviz.ui.files.report_table import TablePlace
from tensorviz.ui.theme import number_font
from tensorviz.ui.widgets.flow_row import FlowRow
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QLayout

    from tensorviz.core.checkpoint_report import Figure
    from tensorviz.core.checkpoint_rows import Row
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

LARGER = 1.2  # how much larger a key figure is written
PAIRS = Columns(("", ""), wide=(1,), links=0)


class KeyFigure(QWidget):
    """A figure over what it counts."""

    def __init__(self, figure: Figure, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        number, label = QLabel(figure.text), QLabel(figure.label)
        font = number_font(self.font().pointSizeF() * LARGER)
        number.setFont(font)
        label.setText(f"{figure.label}, {figure.more}" if figure.more else figure.label)
        label.setProperty("role", "muted")
        for one in (number, label):
            one.setTextFormat(Qt.TextFormat.PlainText)
            one.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{figure.text} {label.text()}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 14, 0)
        column.setSpacing(0)
        column.addWidget(number)
        column.addWidget(label)


class Folded(QWidget):
    """A table behind a line that opens it."""

    def __init__(self, title: str, columns: Columns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.toggle, self.place = QToolButton(), TablePlace(columns, title)
        self.toggle.setCheckable(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.setIconSize(QSize(12, 12))
        self.toggle.toggled.connect(self._fold)
        self._rows: Sequence[Row] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.place)
        self.hide()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Shows these when it is opened; none hide it."""
        self._rows = rows
        self.setVisible(len(rows) > 0)
        self.toggle.setText(f"{self._title} ({count_text(len(rows))})")
        self._fold(self.toggle.isChecked())

    @Slot(bool)
    def _fold(self, opened: bool) -> None:
        self.toggle.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        if opened and self.place.table is None:
            self.place.set_rows(self._rows)
        self.place.setVisible(opened)


class IdentitySection(Section):
    """What it is."""

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__("What it is", parent)
        self._workspace, self._file = workspace, file
        self.title, self.form = WrappedLabel("title"), Sentence()
        self.facts, self.needs = Sentence(), QWidget()
        self.figures = QWidget()
        self.metadata, self.others = Folded("Metadata of the file", PAIRS), Folded("Beside the tensors", PAIRS)
        self.use = push_button("Use as a network...", "Opens the form of own checkpoints on the Models page")
        self.translate = push_button("Use to translate...", "Opens the form of own generators on the Models page")
        self.copy = push_button("Copy report as text", "All that is said here, as `tensorviz inspect` says it")
        self.rule.hide()
        self.heading.hide()
        self._flow, self._needs = FlowRow(self.figures, spacing=14), QVBoxLayout(self.needs)
        self._needs.setContentsMargins(0, 0, 0, 0)
        self._needs.setSpacing(4)
        self.use.clicked.connect(self._use)
        self.translate.clicked.connect(self._translate)
        self.use.hide()
        self.translate.hide()
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 4, 0, 4)
        row.addWidget(self.use)
        row.addWidget(self.translate)
        row.addWidget(self.copy)
        row.addStretch(1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.figures.setSizePolicy(policy)
        self.add(self.title, self.form, self.facts, self.needs, self.figures, buttons, self.metadata, self.others)

    def show_file(self) -> None:
        """Says what is known by now; called when the file is read, and when it is analysed."""
        file, contents = self._file, self._file.contents
        if contents is None:
            return
        form = FORMATS.get(contents.format, contents.format)
        if file.analysis is None:
            self.title.say("Looking at its layouts...")
            self.form.say(f"{form}.", "muted")
            return
        self.title.say(headline(file.family, file.guess))
        self.form.say(" ".join((f"{form}.", *facts(file.family))), "muted")
        _empty(self._needs)
        _empty(self._flow)
        for text in repairs(file.family):
            self._needs.addWidget(
                Sentence(((f"To load it: {text[:1].lower()}{text[1:]}", None),), "warning", mark=True)
            )
        self.needs.setVisible(self._needs.count() > 0)
        for figure in figures(contents, file.analysis):
            self._flow.addWidget(KeyFigure(figure))
        self.use.setVisible(self._is_model())
        self.translate.setVisible(is_generator(file.family))
        self.metadata.set_rows(metadata_rows(contents))
        self.others.set_rows(other_rows(contents))

    def _is_model(self) -> bool:
        name, known = architecture(self._file.family), self._workspace.catalogue.architectures()
        return bool(name) and (not known or name in known)

    def _use(self) -> None:
        self._workspace.wishes.run("page.models")
        self._workspace.task.set_task("classify")
        self._workspace.catalogue.offer(self._file.path)

    def _translate(self) -> None:
        self._workspace.wishes.run("page.models")
        self._workspace.task.set_task("translate")
        self._workspace.catalogue.offer_generator(self._file.path)


def _empty(layout: QLayout) -> None:
    """Takes away what was said before: the same may be told twice."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
