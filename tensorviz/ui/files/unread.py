"""A file that is being read, or could not be read: why, what to try, and raw numbers as the last resort.

Must not know what is shown once it is read.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from tensorviz.core.text import path_text
from tensorviz.ui.files.raw_form import RawFormFields
from tensorviz.ui.icons import icon
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

    from tensorviz.core.stored import RawForm
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

CALM = 300  # milliseconds before a file that is being read is shown as such
WIDEST = 700
SIGN = 22
ABOVE = 56  # pixels over what is said
PICTURE = "Its samples can be opened as tensors in the session. Networks look at pictures on the Models page."
EMPTY = " is empty (0 bytes)."
IN_A_TERMINAL = ("give --dtype and --shape", "take it as such below")  # what a hint says there, and here


class Unread(QScrollArea):
    """The panel. It scrolls where a long reason meets a small window."""

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._file = workspace, file
        self.title, self.hint, self.details = WrappedLabel("heading"), WrappedLabel("muted"), WrappedLabel("muted")
        self.bar, self.sign = QProgressBar(), QLabel()
        self.cancel, self.again = QPushButton("&Cancel"), QPushButton("Try &again")
        self.close_button = QPushButton("C&lose")
        self.as_picture = QPushButton("&Open the picture as tensors")
        self.as_raw = QPushButton("Take it as &raw numbers")
        self._raw: RawFormFields | None = None
        self._middle = QVBoxLayout()
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._build()
        self._connect()
        self.refresh()

    @property
    def raw(self) -> RawFormFields:
        """The form for raw numbers, made when it is first asked for: few files need it."""
        if self._raw is None:
            made, files, file = RawFormFields(self._file.path), self._workspace.files, self._file
            made.hide()
            made.wished.connect(lambda form: files.replace(file, form))
            self._middle.addWidget(made)
            self._raw = made
        return self._raw

    @Slot()
    def refresh(self) -> None:
        """Shows how things stand."""
        file = self._file
        reading = file.problem is None and not file.asks_raw and file.contents is None
        if reading:
            self._show_reading()
        elif file.asks_raw:
            self._show_asking()
        elif file.problem is not None:
            self._show_problem()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's: the keyboard goes on to the first thing that can be done."""
        super().focusInEvent(event)
        self._pass_on()

    def _pass_on(self) -> None:
        shape = () if self._raw is None else (self._raw.shape,)
        for one in (self.cancel, self.as_picture, *shape, self.again):
            if one.isVisibleTo(self):
                one.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    # ------------------------------------------------------------------------------------------------- showing

    def _show_reading(self) -> None:
        self.title.set_role("muted")
        self.title.say(f"Reading {_name(self._file.path)}")
        self._show((self.title,))
        self._calm.start()

    @Slot()
    def _show_waiting(self) -> None:
        if self._file.contents is None and self._file.problem is None:
            self._show((self.title, self.bar, self.cancel))
            if self.hasFocus():
                self._pass_on()

    def _show_asking(self) -> None:
        self.title.set_role("heading")
        self.title.say(f"Take {_name(self._file.path)} as raw numbers")
        self.hint.say("The file does not say what is in it. Say it here; nothing is changed in the file.")
        self._show((self.title, self.hint))
        self.raw.open_at(None)

    def _show_problem(self) -> None:
        problem = self._file.problem
        assert problem is not None, "asked before"
        focus = self.window().focusWidget()
        had = focus is self or self.isAncestorOf(focus)
        self.title.set_role("heading")
        self.title.say(problem.message)
        hint = PICTURE if _is_picture(problem.message) else problem.hint.replace(*IN_A_TERMINAL)
        self.hint.say(hint)
        self.details.say(problem.details)
        buttons = (self.again, self.close_button)
        more: tuple[QPushButton, ...] = (self.as_picture,) if _is_picture(problem.message) else ()
        more += (self.as_raw,) if _has_bytes(problem.message) else ()
        shown = [self.sign, self.title, *buttons, *more]
        shown += [label for label, text in ((self.hint, hint), (self.details, problem.details)) if text]
        self._show(tuple(shown))
        if self._file.raw is not None:
            self.open_raw(self._file.raw)
        elif had:
            self._pass_on()

    @Slot()
    def open_raw(self, form: RawForm | None = None) -> None:
        """Shows the form for raw numbers."""
        self.as_raw.hide()
        self.raw.open_at(form or None)

    def _show(self, shown: tuple[QWidget, ...]) -> None:
        for widget in (
            self.sign, self.title, self.hint, self.details, self.bar, self.cancel, self.again, self.close_button,
            self.as_picture, self.as_raw,
        ):  # fmt: skip
            widget.setVisible(widget in shown)
        if self._raw is not None:
            self._raw.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if shown == (self.title,) else Qt.FocusPolicy.ClickFocus)

    # -------------------------------------------------------------------------------------------------- acting

    def _connect(self) -> None:
        files, file = self._workspace.files, self._file
        self._calm.timeout.connect(self._show_waiting)
        file.read_to_end.connect(self.refresh)
        self.cancel.clicked.connect(lambda: file.cancel("open"))
        self.again.clicked.connect(lambda: files.replace(file, file.raw))
        self.close_button.clicked.connect(lambda: files.close(file))
        self.as_picture.clicked.connect(self._open_picture)
        self.as_raw.clicked.connect(lambda: self.open_raw(file.raw))

    def _open_picture(self) -> None:
        files, file = self._workspace.files, self._file
        files.close(file)
        files.open_pixels(file.path)

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("File that is not read")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Reading")
        self.bar.setMaximumWidth(WIDEST // 2)
        self.sign.setPixmap(icon("warning", "warning").pixmap(SIGN, SIGN))
        self.as_picture.setProperty("role", "primary")
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setProperty("role", "plain")
        inside, centre = QWidget(), QWidget()
        centre.setMaximumWidth(WIDEST)
        middle = self._middle
        centre.setLayout(middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(8)
        heading = QHBoxLayout()
        heading.setSpacing(10)
        heading.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        heading.addWidget(self.title, 1)
        middle.addLayout(heading)
        for widget in (self.hint, self.details, self.bar):
            middle.addWidget(widget)
        middle.addLayout(self._buttons())
        middle.addSpacing(8)
        row, column = QHBoxLayout(), QVBoxLayout(inside)
        column.setContentsMargins(16, ABOVE, 16, 16)
        row.addWidget(centre)
        column.addLayout(row)
        column.addStretch(1)  # what is said first stays where it is when more comes
        self.setWidget(inside)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.cancel, self.as_picture, self.again, self.as_raw, self.close_button):
            button.setAutoDefault(True)
            row.addWidget(button)
        row.addStretch(1)
        return row


def _name(path: str) -> str:
    return path_text(PurePath(path).name or path)


def _has_bytes(sentence: str) -> bool:
    """Whether there may be bytes to be taken as numbers: not when it is a folder, not there or empty."""
    return not (" is a folder, " in sentence or sentence.startswith("There is no file ") or sentence.endswith(EMPTY))


def _is_picture(sentence: str) -> bool:
    """Whether the reason is that it is a picture."""
    return "is a picture" in sentence
