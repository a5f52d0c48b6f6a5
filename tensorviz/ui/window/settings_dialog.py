"""The settings, one row each, built from the table in `core/settings.py` and applied at once.

Must not know what any setting does.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.settings import SETTINGS, Setting, Value
from tensorviz.ui.icons import icon

if TYPE_CHECKING:
    from tensorviz.ui.state.settings import SettingsState

EDITOR_WIDTH = 190
TEXT_MARGINS = (6, 0, 0, 0)  # a style sheet's padding does not reach the text of these fields
Editor = QCheckBox | QComboBox | QSpinBox | QDoubleSpinBox


class SettingsDialog(QDialog):
    """Every setting that has a group. Not modal: what is changed is seen at once behind it."""

    def __init__(self, settings: SettingsState, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.editors: dict[str, Editor] = {}
        self.resets: dict[str, QToolButton] = {}
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 620)
        self._build()
        settings.changed.connect(self._show_value)
        for row in self._rows():
            self._show_value(row.key)

    @staticmethod
    def _rows() -> list[Setting]:
        return [row for row in SETTINGS if row.group]

    def _build(self) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(20, 12, 20, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for group in dict.fromkeys(row.group for row in self._rows()):
            self._add_group(grid, group)
        grid.setRowStretch(grid.rowCount(), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.addWidget(area)
        column.addWidget(buttons, 0, Qt.AlignmentFlag.AlignCenter)

    def _add_group(self, grid: QGridLayout, group: str) -> None:
        heading = QLabel(group)
        heading.setProperty("role", "heading")
        heading.setContentsMargins(0, 12, 0, 4)
        grid.addWidget(heading, grid.rowCount(), 0, 1, 3)
        for row in self._rows():
            if row.group == group:
                self._add_row(grid, row)

    def _add_row(self, grid: QGridLayout, row: Setting) -> None:
        editor, reset = self._editor(row), QToolButton()
        if not isinstance(editor, QCheckBox):
            editor.setMinimumWidth(EDITOR_WIDTH)
        editor.setAccessibleName(row.label)
        editor.setAccessibleDescription(row.note)
        reset.setIcon(icon("undo", "muted"))
        reset.setToolTip(f"Back to the default: {default_text(row)}")
        reset.setAccessibleName(f"Reset {row.label} to {default_text(row)}")
        reset.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        reset.clicked.connect(partial(self._reset, row.key))
        self.editors[row.key], self.resets[row.key] = editor, reset
        label, note = QLabel(row.label), QLabel(row.note)
        label.setBuddy(editor)
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        note.setContentsMargins(0, 0, 0, 8)
        at = grid.rowCount()
        grid.addWidget(label, at, 0)
        grid.addWidget(editor, at, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(reset, at, 2)
        grid.addWidget(note, at + 1, 0, 1, 2)

    def _editor(self, row: Setting) -> Editor:
        if row.kind == "flag":
            box = QCheckBox()
            box.toggled.connect(partial(self._settings.set, row.key))
            return box
        if row.kind == "choice":
            return self._choice(row)
        return self._number(row)

    def _choice(self, row: Setting) -> QComboBox:
        box = QComboBox()
        for value, label in row.choices:
            box.addItem(label, value)
        box.activated.connect(lambda index: self._settings.set(row.key, box.itemData(index)))
        return box

    def _number(self, row: Setting) -> QSpinBox | QDoubleSpinBox:
        suffix = f" {row.unit}" if row.unit else ""
        if row.kind == "int":
            whole = QSpinBox()
            whole.setRange(int(row.minimum), int(row.maximum))
            whole.setSuffix(suffix)
            whole.setKeyboardTracking(False)
            whole.lineEdit().setTextMargins(*TEXT_MARGINS)
            whole.valueChanged.connect(partial(self._settings.set, row.key))
            return whole
        real = QDoubleSpinBox()
        real.setRange(row.minimum, row.maximum)
        real.setSuffix(suffix)
        real.setKeyboardTracking(False)
        real.lineEdit().setTextMargins(*TEXT_MARGINS)
        real.valueChanged.connect(partial(self._settings.set, row.key))
        return real

    def _show_value(self, key: str) -> None:
        editor = self.editors.get(key)
        if editor is None:
            return
        with QSignalBlocker(editor):
            put_value(editor, self._settings.get(key))
        self.resets[key].setEnabled(not self._settings.is_default(key))

    def _reset(self, key: str, checked: bool = False) -> None:
        self._settings.reset(key)


def put_value(editor: Editor, value: Value) -> None:
    """Shows a value in its editor."""
    if isinstance(editor, QCheckBox):
        editor.setChecked(bool(value))
    elif isinstance(editor, QComboBox):
        editor.setCurrentIndex(editor.findData(value))
    elif isinstance(editor, QSpinBox):
        editor.setValue(int(value))
    else:
        editor.setValue(float(value))


def default_text(row: Setting) -> str:
    """The default as a person reads it."""
    if row.kind == "flag":
        return "on" if row.default else "off"
    if row.kind == "choice":
        return dict(row.choices)[str(row.default)]
    return f"{row.default} {row.unit}".rstrip()
