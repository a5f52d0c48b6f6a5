"""A slim bar for the part of a tensor that is selected: its code, and what can be done with it.

Must not know grids: it follows the selection, whoever made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from tensorviz.core.errors import ValueRefused
from tensorviz.core.number_format import value_code
from tensorviz.core.text import count_text, plural
from tensorviz.ui.icons import icon
from tensorviz.ui.state.memory import LOST
from tensorviz.ui.tensors import grid_code
from tensorviz.ui.theme import number_font
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.looking import Looking
    from tensorviz.ui.state.pointing import Selection


class SelectionBar(QFrame):
    """Hidden while nothing is selected."""

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._copying = False
        self.setProperty("role", "bar")
        self.code = ElidedLabel("", Qt.TextElideMode.ElideMiddle, self)
        self.code.setFont(number_font())
        self.size_text = QLabel(self)
        self.size_text.setProperty("role", "muted")
        self.value = QLineEdit(self)
        self.value.setPlaceholderText("value")
        self.value.setAccessibleName("Value to fill the selected part with")
        self.value.setMaximumWidth(110)
        self.value.returnPressed.connect(self._write)
        self.value.hide()
        self.new_view = self._button("New view", "A tensor of its own on the same memory", self._new_view)
        self.fill = self._button("Fill...", "Writes one value into every selected element", self._ask)
        self.zero = self._button("Zero", "Writes 0 into every selected element", self._zero)
        self.copy = self._button("Copy values", "Puts the values on the clipboard as a Python list", self._copy)
        self.take = self._button("Open in session", "Opens a copy of the whole tensor in the session", self._take)
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon("close"))
        self.close_button.setToolTip("Select nothing (Esc)")
        self.close_button.setAccessibleName("Select nothing")
        self.close_button.clicked.connect(lambda: workspace.pointing.select(None))
        self._lay_out()
        workspace.pointing.selected.connect(self.refresh)
        workspace.session.changed.connect(self.refresh)
        workspace.memory.arrived.connect(self._arrived)
        self.refresh()

    def _button(self, text: str, tip: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setProperty("role", "chip")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 1, 8, 1)
        line.setSpacing(6)
        line.addWidget(self.code, 1)
        changing = (self.new_view, self.fill, self.value, self.zero)
        for widget in (self.size_text, *changing, self.copy, self.take, self.close_button):
            line.addWidget(widget)
        writable = self._workspace.session.writable
        for button in (self.new_view, self.fill, self.zero):
            button.setVisible(writable)
        self.take.setVisible(not writable)

    def _selected(self) -> tuple[TensorFacts, Selection] | None:
        selection = self._workspace.pointing.selection
        tensor = None if selection is None else self._workspace.session.facts.tensor(selection.tensor)
        return None if selection is None or tensor is None else (tensor, selection)

    @Slot()
    def refresh(self) -> None:
        """Says what is selected now."""
        found = self._selected()
        self.setVisible(found is not None)
        self._copying = False
        if found is None:
            self.value.hide()
            return
        tensor, selection = found
        code, cells = selection.code(tensor.layout.shape), grid_code.cells_of(selection)
        self.code.setText(code)
        self.code.setAccessibleName(f"Selected: {code}")
        self.size_text.setText(plural(cells, "element"))
        self.copy.setEnabled(cells <= grid_code.MOST_COPIED)
        most = count_text(grid_code.MOST_COPIED)
        self.copy.setToolTip(
            "Puts the values on the clipboard as a Python list"
            if cells <= grid_code.MOST_COPIED
            else f"At most {most} values are copied; {count_text(cells)} are selected."
        )

    # ------------------------------------------------------------------------------------------------- acts

    def _new_view(self) -> None:
        found = self._selected()
        if found is not None:
            self._workspace.session.run(grid_code.new_view(*found, self._workspace.session.facts))

    def _take(self) -> None:
        found = self._selected()
        if found is not None:
            self._workspace.session.open_in_session(found[0].name)

    def _ask(self) -> None:
        self.value.setVisible(True)
        self.value.setFocus()
        self.value.selectAll()

    def _zero(self) -> None:
        self._run("0")

    def _write(self) -> None:
        if self._run(self.value.text()):
            self.value.hide()

    def _run(self, typed: str) -> bool:
        found = self._selected()
        if found is None:
            return False
        try:
            value = value_code(typed, found[0].kind)
        except ValueRefused as error:
            self.value.setToolTip(str(error))
            self._workspace.messages.say(error.message, error.hint, "warning")
            return False
        self._workspace.session.run(grid_code.fill(*found, value))
        return True

    def _copy(self) -> None:
        """Values that are not here yet are copied when they came."""
        found = self._selected()
        if found is None:
            return
        tensor, selection = found
        text = grid_code.nested_list(tensor, selection, lambda at: self._workspace.memory.element(tensor, at))
        self._copying = text is None and not self._is_lost(*found)
        if text is None and not self._copying:
            self._workspace.messages.say("Some of these values could not be read, so none are copied.", "", "warning")
        elif text is not None:
            QGuiApplication.clipboard().setText(text)
            cells = plural(grid_code.cells_of(selection), "value")
            self._workspace.messages.say(f"Copied {cells} of {selection.code(tensor.layout.shape)}.", "", "good")

    def _is_lost(self, tensor: TensorFacts, selection: Selection) -> bool:
        """Whether some of the values will not come."""
        memory, address = self._workspace.memory, tensor.layout.address
        return any(memory.element_text(tensor, address(index)) is LOST for index in grid_code.indices_of(selection))

    @Slot(str)
    def _arrived(self, storage: str) -> None:
        found = self._selected()
        if self._copying and found is not None and found[0].storage == storage:
            self._copy()
