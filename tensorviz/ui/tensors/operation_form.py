"""A form for one operation on a tensor: a field for each parameter, what it would do, and the code line.

Must not know which operations there are: rows of the table tell what is asked for and what is legal.
"""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from tensorviz.core.operations import code_for, offer_of, problem_of, settled, suggested_name
from tensorviz.ui.icons import icon
from tensorviz.ui.tensors.operation_fields import Field, TextField, field_for
from tensorviz.ui.tensors.operation_preview import PreviewBox
from tensorviz.ui.theme import number_font
from tensorviz.ui.widgets.floating_card import FloatingCard
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from tensorviz.core.operation_data import Operation, Subject, Values
    from tensorviz.core.session_data import Preview
    from tensorviz.ui.state.workspace import Workspace

WIDTH = 470
PAUSE = 100  # milliseconds after the last change, before a preview is asked for


class OperationForm(FloatingCard):
    """Blocks nothing. keys: the colour keys of the dimensions of what is worked with.

    Signals: to_console(code) when the person wants the line in the console instead of running it.
    """

    to_console = Signal(str)

    def __init__(
        self, workspace: Workspace, operation: Operation, subject: Subject, keys: tuple[int, ...], parent: QWidget
    ) -> None:
        super().__init__(operation.title, icon("close", "muted"), WIDTH, parent)
        self._workspace, self._operation, self._subject, self._keys = workspace, operation, subject, keys
        self._asked = ""
        self.fields: dict[str, Field] = {}
        self.name, self.code = QLineEdit(self), QLineEdit(self)
        self.preview = PreviewBox(self)
        self.run_button, self.console_button = QPushButton("&Run", self), QPushButton("To the &console", self)
        self._problem = WrappedLabel("danger", self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._build()
        self._listen()
        self._settle({})

    # ------------------------------------------------------------------------------------------------- values

    @property
    def values(self) -> Values:
        """What is in the fields."""
        return {key: field.value for key, field in self.fields.items()}

    @property
    def ready(self) -> bool:
        """Whether the code line can be run as it stands."""
        return not self._problem.plain

    def _settle(self, values: Values) -> None:
        """Puts values back into their ranges and shows them; a typed text that makes no sense stays as it is."""
        legal = settled(self._operation, self._subject, values)
        for key, field in self.fields.items():
            offer = offer_of(field.parameter, self._subject, legal)
            broken = isinstance(field, TextField) and values and values[key] is None
            if not broken:
                field.offer(offer, legal[key])
        self._check(legal)

    def _check(self, legal: Values) -> None:
        """Says the first thing that is wrong, else asks for a preview."""
        unread = next(
            (key for key, field in self.fields.items() if field.value is None and isinstance(field, TextField)), ""
        )
        bad, said = (unread, "Sizes are whole numbers, as in 2, -1.") if unread else problem_of(
            self._operation, self._subject, legal
        )  # fmt: skip
        for key, field in self.fields.items():
            if isinstance(field, TextField):
                field.mark(key != bad)
        said = said or self._name_problem()
        self._problem.say_or_hide(said)
        if said:
            self._asked = ""
            self._soon.stop()
            self.code.clear()
            self.preview.say("")
            self.preview.hide()
        else:
            self.code.setText(code_for(self._operation, self._subject, legal, self.name.text().strip()))
            self.code.setCursorPosition(0)
            self._soon.start()
        for button in (self.run_button, self.console_button):
            button.setEnabled(not said)

    def _name_problem(self) -> str:
        name = self.name.text().strip()
        if self._operation.in_place or not name:
            return ""
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__"):
            return f"{name!r} cannot be a name: letters, digits and _, and no digit first."
        return ""

    # ------------------------------------------------------------------------------------------------- preview

    def _ask(self) -> None:
        self._asked = self.code.text()
        self._workspace.session.preview(self._asked)

    def _previewed(self, code: str, preview: Preview) -> None:
        """An answer to an older wish is dropped."""
        if code == self._asked:
            self.preview.show_preview(code, preview)
            self.preview.show()
            self.run_button.setEnabled(self.ready and preview.trouble is None)

    # ------------------------------------------------------------------------------------------------- doing

    def run(self) -> None:
        """Runs the code line and closes."""
        if self.ready and self.run_button.isEnabled():
            self._workspace.session.run(self.code.text())
            self.leave()

    def _run_instead(self, code: str) -> None:
        self._workspace.session.run(code)
        self.leave()

    def _write(self, code: str) -> None:
        self.forget_keyboard()
        self.to_console.emit(code)
        self.leave()

    def _follow(self) -> None:
        """The session changed: what is worked with may be gone or have another layout."""
        tensor = self._workspace.session.facts.tensor(self._subject.base)
        if tensor is None or (not self._subject.is_part and tensor.layout != self._subject.layout):
            self.leave()
        else:
            self._soon.start()

    # ------------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        self.header.detail.setText(f"{self._subject.code}  {self._subject.layout.text()} {self._subject.dtype}")
        tip = WrappedLabel("muted", self)
        tip.say(self._operation.tip)
        self.body.addWidget(tip)
        self.body.addLayout(self._grid())
        self.body.addWidget(self._problem)
        self.preview.set_keys(self._keys)
        self.body.addWidget(self.preview)
        self.code.setReadOnly(True)
        self.code.setFont(number_font())
        self.code.setAccessibleName("Code line")
        self.body.addWidget(self.code)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.console_button)
        buttons.addWidget(self.run_button)
        self.run_button.setProperty("role", "primary")
        self.console_button.setToolTip("Writes the line into the console, to be changed before it runs")
        self.body.addLayout(buttons)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for parameter in self._operation.parameters:
            self.fields[parameter.id] = field = field_for(parameter, self._keys, self)
            self._line(grid, parameter.label, field)
        self.name.setFont(number_font())
        self.name.setAccessibleName("Name of the result")
        self.name.setText(suggested_name(self._operation, self._subject))
        self.name.setPlaceholderText("no name: only shown")
        self.name.setVisible(not self._operation.in_place)
        if not self._operation.in_place:
            self._line(grid, "Name", self.name)
        return grid

    def _line(self, grid: QGridLayout, text: str, field: QWidget) -> None:
        label = QLabel(text, self)
        label.setProperty("role", "muted")
        label.setBuddy(field)
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)

    def _listen(self) -> None:
        for field in self.fields.values():
            field.changed.connect(lambda: self._settle(self.values))
            if isinstance(field, TextField):
                field.line.returnPressed.connect(self.run)
        self.name.textChanged.connect(lambda: self._settle(self.values))
        self.name.returnPressed.connect(self.run)
        self._soon.timeout.connect(self._ask)
        self.run_button.clicked.connect(self.run)
        self.console_button.clicked.connect(lambda: self._write(self.code.text()))
        self.preview.run_wanted.connect(self._run_instead)
        self.preview.write_wanted.connect(self._write)
        self._workspace.session.previewed.connect(self._previewed)
        self._workspace.session.changed.connect(self._follow)

    @property
    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return next(iter(self.fields.values()), self.run_button)
