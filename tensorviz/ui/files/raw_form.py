"""How to take a file as raw numbers: element type, sizes, first byte, order of bytes; what comes of it, at once.

Must not know who asks, or what is shown of the file afterwards.
"""

from __future__ import annotations

import stat
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tensorviz.core.raw_fit import GROUPS, SHAPE_HINT, Fit, fit, shape_text
from tensorviz.core.stored import RawForm
from tensorviz.core.text import bytes_text, count_text
from tensorviz.ui.theme import number_font
from tensorviz.ui.widgets.flow_row import FlowRow
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

FIRST = RawForm("float32")
WIDTHS = (170, 200, 110)  # of type, shape and first byte


class RawFormFields(QWidget):
    """Signals: wished(RawForm) when the person wants to see it so.

    The file's size is looked up when the form is shown for the first time: nobody waits for a slow drive unasked.
    """

    wished = Signal(object)

    def __init__(self, path: str, size: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path, self._size, self._looked, self._why = path, size, size is not None, ""
        self.type, self.shape, self.first = QComboBox(), QLineEdit(), QLineEdit("0")
        self.big_endian, self.show_button = QCheckBox("&Big-endian"), QPushButton("&Show")
        self._said = WrappedLabel("muted")
        self._build()
        self.show_form(FIRST)

    def show_form(self, form: RawForm) -> None:
        """Puts into the fields how bytes are taken."""
        self.type.setCurrentIndex(self.type.findData(form.dtype))
        self.shape.setText(shape_text(form.shape))
        self.first.setText(str(form.offset))
        self.big_endian.setChecked(form.big_endian)
        self._redraw()

    def open_at(self, form: RawForm | None) -> None:
        """Shows the form, with the file's size known by now, and gives it the keyboard."""
        self._look()
        if form is not None:
            self.show_form(form)
        self.show()
        self._redraw()
        self.shape.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def fit(self) -> Fit:
        """What is in the fields now."""
        if self._why:
            return Fit(None, self._why)
        dtype = str(self.type.currentData())
        return fit(dtype, self.shape.text(), self.first.text(), self.big_endian.isChecked(), self._size)

    @property
    def said(self) -> str:
        """The sentence under the fields."""
        return self._said.plain

    # ------------------------------------------------------------------------------------------------- acting

    def _look(self) -> None:
        if self._looked:
            return
        self._looked = True
        try:
            found = Path(self._path).stat()
        except (OSError, ValueError):
            return  # whoever reads it says what is wrong with it
        if stat.S_ISDIR(found.st_mode):
            self._why = "It is a folder; raw numbers are in a file."
        elif stat.S_ISREG(found.st_mode):
            self._size = found.st_size

    def _redraw(self) -> None:
        found = self.fit
        size = "" if self._size is None else f"The file has {_size_text(self._size)}. "
        self._said.say(f"{size}{found.sentence}")
        self._said.set_role("danger" if found.form is None else "warning" if found.left else "muted")
        self.show_button.setEnabled(found.form is not None)
        for field in (self.shape, self.first):
            field.setAccessibleDescription(found.sentence)

    def _send(self) -> None:
        form = self.fit.form
        if form is not None:
            self.wished.emit(form)

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        _fill_types(self.type)
        self.shape.setPlaceholderText("all, in one dimension")
        self.shape.setToolTip(SHAPE_HINT)
        self.first.setToolTip("How many bytes come before the first number, as 16 or 0x10")
        self.big_endian.setToolTip("The first byte of each number is the one that counts most")
        self.show_button.setProperty("role", "primary")
        for field in (self.shape, self.first):
            field.setFont(number_font())
            field.textEdited.connect(self._redraw)
            field.returnPressed.connect(self._send)
        self.type.currentIndexChanged.connect(self._redraw)
        self.big_endian.toggled.connect(self._redraw)
        self.show_button.clicked.connect(self._send)
        line = FlowRow(spacing=10)
        fields: tuple[tuple[str, QWidget], ...] = (
            ("Element &type", self.type),
            ("Sha&pe", self.shape),
            ("&First byte", self.first),
        )
        for (title, widget), width in zip(fields, WIDTHS, strict=True):
            line.addWidget(_under(title, widget, width))
        line.addWidget(_under("", self.big_endian, 0))
        line.addWidget(_under("", self.show_button, 0))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self._said)


def _under(title: str, field: QWidget, width: int) -> QWidget:
    """A field under its label."""
    box, label = QWidget(), QLabel(title)
    label.setProperty("role", "muted")
    if title:
        label.setBuddy(field)
        field.setAccessibleName(title.replace("&", ""))
        field.setFixedWidth(width)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(label)
    column.addWidget(field)
    return box


def _fill_types(combo: QComboBox) -> None:
    """Every element type, under the titles of their kinds."""
    model = combo.model()
    assert isinstance(model, QStandardItemModel)
    for title, names in GROUPS.items():
        combo.addItem(title)
        model.item(combo.count() - 1).setFlags(Qt.ItemFlag.NoItemFlags)
        for name in names:
            combo.addItem(name, name)
    combo.setMaxVisibleItems(combo.count())


def _size_text(size: int) -> str:
    exact = f"{count_text(size)} bytes"
    return exact if size < 1000 else f"{exact} ({bytes_text(size)})"
