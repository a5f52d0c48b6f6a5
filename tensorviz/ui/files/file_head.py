"""What file it is, on two lines, and what can be done with it.

Must not know the panels below it.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from tensorviz.core.text import path_text, printable
from tensorviz.ui.files.head_text import facts_text, guess_text, layout_chips, value_chips
from tensorviz.ui.icons import icon
from tensorviz.ui.widgets.chip_line import Chip, ChipLine, plain_tip
from tensorviz.ui.widgets.elided_label import ElidedLabel
from tensorviz.ui.widgets.segmented_switch import SegmentedSwitch

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QResizeEvent

    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

SIDES = ("report", "tensors")
CHOOSE = "Choose a tensor on the left first"
OPEN = "Copy what is selected on the left into the session, storages shared as in the file; all when nothing is"
COPIES = (("file.compact", "&Compact, without wasted bytes..."), ("file.to_safetensors", "As &safetensors..."))
MORE = (
    ("file.reload", "&Read it again"),
    ("file.copy_path", "Copy &path"),
    ("file.copy_python", "Copy P&ython that loads it"),
    ("file.copy_command", "Copy the &command that inspects it"),
    ("file.show_folder", "Show in &folder"),
    ("file.use_as_model", "&Use as a network..."),
)
SOON = 200  # milliseconds
NAME_SHARE = 0.6  # of its line that the name keeps, if it needs it


class FileHead(QFrame):
    """Signals: side_wished(0 or 1), the report or the tensors; raw_wished() when bytes are to be taken otherwise."""

    side_wished = Signal(int)
    raw_wished = Signal()

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._file = workspace, file
        self.name, self.line = _NameLine(), ChipLine()
        self.switch = SegmentedSwitch("What is shown of the file")
        self.open_in_session = self._button("Open in session", "tensor", OPEN, "file.open_in_session")
        self.compare = self._button("Compare...", "compare", "Compare it with another file", "file.compare")
        self.save_copy = self._button("Save a copy", "", "Write a copy of the file", "")
        self.change_raw = self._button("Change...", "edit", "Take its bytes as other numbers", "")
        self.more = self._button("", "more", "More to do with the file", "")
        self.close_button = self._button("", "close", "Close the file", "file.close")
        self._layouts: tuple[Chip, ...] = ()
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._say_chips)
        self._build()
        self._connect()
        self.show_side(0, both=False)
        self.refresh()

    def show_side(self, side: int, both: bool) -> None:
        """Marks which of the two sides is shown (0: the report, 1: the tensors); `both`: whether there is a choice."""
        self.switch.set_current(SIDES[side])
        self.switch.enable("tensors", both, "" if both else CHOOSE)

    @Slot()
    def refresh(self) -> None:
        """Says what is known by now."""
        contents = self._file.contents
        facts = "" if contents is None else facts_text(contents)
        self.name.say(path_text(PurePath(self._file.path).name or self._file.path), facts, path_text(self._file.path))
        self._layouts = layout_chips(self._file)
        self._say_chips()
        for widget in (self.switch, self.open_in_session, self.compare, self.save_copy, self.more):
            widget.setVisible(contents is not None)
        self.change_raw.setVisible(contents is not None and self._file.raw is not None)
        self.line.setVisible(contents is not None)
        self.compare.setVisible(contents is not None and self._file.raw is None)
        self._allow_copies()
        self._count_selection()

    @Slot()
    def _say_chips(self) -> None:
        """With what was seen of the values by now, next to what is graver."""
        values = value_chips(self._file)
        grave = [chip for chip in self._layouts if chip.tone == "danger"]
        rest = [chip for chip in self._layouts if chip.tone != "danger"]
        self.line.say(guess_text(self._file), (*grave, *values, *rest))

    def _allow_copies(self) -> None:
        """Only torch's files hold bytes that no tensor reaches, and safetensors is safetensors already."""
        contents, (compact, safetensors) = self._file.contents, self.save_copy.menu().actions()
        if contents is None:
            return
        compact.setEnabled(contents.format.startswith("pt") and bool(contents.tensors))
        safetensors.setEnabled(contents.format != "safetensors" and bool(contents.tensors))
        self.save_copy.setEnabled(compact.isEnabled() or safetensors.isEnabled())
        self.open_in_session.setEnabled(bool(contents.tensors))

    @Slot()
    def _count_selection(self) -> None:
        """What would be opened is said where it is asked for."""
        count = len(self._file.selection)
        self.open_in_session.setText(f"Open {count:,} in session" if count > 1 else "Open in session")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's: what can be done with the file as a file."""
        self._show_more(event.globalPos())

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        self.setProperty("role", "bar")
        self.setAccessibleName("File")
        self.switch.add("report", "Report", icon("info"), "What it is, what is wrong with it, what can be done")
        self.switch.add("tensors", "Tensors", icon("tensor"), "The chosen tensors, as they lie in the file")
        self.save_copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.save_copy.setMenu(self._menu(COPIES))
        self.save_copy.setIcon(icon("export", "muted"))
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for row, widgets in (
            (upper, (self.switch, self.more, self.close_button)),
            (lower, (self.change_raw, self.open_in_session, self.compare, self.save_copy)),
        ):
            row.setSpacing(2)
            row.addStretch(1)
            for widget in widgets:
                row.addWidget(widget)
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 3, 6, 3)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.addWidget(self.name, 0, 0)
        grid.addLayout(upper, 0, 1)
        grid.addWidget(self.line, 1, 0)
        grid.addLayout(lower, 1, 1)
        grid.setColumnStretch(0, 1)

    def _button(self, text: str, sign: str, tip: str, command: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text.removesuffix("...") or tip)
        button.setAccessibleDescription(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if sign:
            button.setIcon(icon(sign, "muted"))
        has_text = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if text else Qt.ToolButtonStyle.ToolButtonIconOnly
        button.setToolButtonStyle(has_text)
        if command:
            button.clicked.connect(partial(self._run, command))
        return button

    def _menu(self, rows: tuple[tuple[str, str], ...]) -> QMenu:
        menu = QMenu(self)
        for command, text in rows:
            menu.addAction(text).triggered.connect(partial(self._run, command))
        return menu

    def _connect(self) -> None:
        self.switch.chosen.connect(lambda key: self.side_wished.emit(SIDES.index(key)))
        self.change_raw.clicked.connect(self.raw_wished)
        self.more.clicked.connect(lambda: self._show_more(self.more.mapToGlobal(QPoint(0, self.more.height()))))
        file = self._file
        for signal in (file.read_to_end, file.analysed):
            signal.connect(self.refresh)
        file.values_changed.connect(self._soon.start)  # they come in many pieces
        file.selection_changed.connect(self._count_selection)

    def _run(self, command: str, checked: bool = False) -> None:
        self._workspace.wishes.run(command)

    def _show_more(self, place: QPoint) -> None:
        menu = self._menu(MORE)
        if self._file.contents is not None and self._file.raw is None:
            menu.addAction("Take it as raw &numbers...").triggered.connect(self.raw_wished)
        menu.addSeparator()
        menu.addAction("&Close").triggered.connect(partial(self._run, "file.close"))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)


class _NameLine(QWidget):
    """The name of a file, strong, and quiet facts behind it; each is cut where there is no room, the facts first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.facts = ElidedLabel(), ElidedLabel("", Qt.TextElideMode.ElideRight)
        self.name.setProperty("role", "heading")
        self.facts.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for label in (self.name, self.facts):
            label.setParent(self)

    def say(self, name: str, facts: str, path: str) -> None:
        """Shows both; the whole path is the tooltip."""
        self.name.setText(printable(name))
        self.facts.setText(facts)
        self.setToolTip(plain_tip(path))
        self.setAccessibleName("; ".join(filter(None, (name, facts, path))))
        self._place()

    def sizeHint(self) -> QSize:
        """Qt's."""
        return QSize(200, self.name.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Qt's."""
        return QSize(60, self.name.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's."""
        self._place()

    def _place(self) -> None:
        self.name.ensurePolished()
        wide, high = self.width(), self.height()
        wanted = self.name.fontMetrics().horizontalAdvance(self.name.text()) + 2
        facts = self.facts.fontMetrics().horizontalAdvance(self.facts.text()) + 2
        name = min(wanted, max(round(wide * NAME_SHARE), wide - facts - 10))
        self.name.setGeometry(0, 0, name, high)
        self.facts.setGeometry(name + 10, 0, max(0, wide - name - 10), high)
