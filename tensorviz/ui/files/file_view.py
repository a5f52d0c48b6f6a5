"""An open file: its tensors as a tree on the left; what was found in it, or the tensors looked at, on the right.

Must not know what its panels do; it places them, and says why a file could not be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.ui.files.file_head import FileHead
from tensorviz.ui.files.file_strips import RawStrip, TroubleStrip
from tensorviz.ui.files.looking_panels import LookingPanels
from tensorviz.ui.files.report import Report
from tensorviz.ui.files.tensor_tree import TensorTree
from tensorviz.ui.files.unread import Unread

if TYPE_CHECKING:
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

TREE, REST = 420, 860
REPORT, LOOKING = 0, 1
AT_ONCE = ("raw", "npy")  # formats of one tensor, of which there is little to report


class FileView(QWidget):
    """One file. tree, report: its panels. looking: grids, canvas and inspector, None before a tensor was chosen.

    Signals: panels_made(QWidget) when the latter are there.
    """

    panels_made = Signal(QWidget)

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self.file = workspace, file
        self.head = FileHead(workspace, file)
        self.trouble, self.raw_strip = TroubleStrip(), RawStrip(file)
        self.tree = TensorTree(workspace, file)
        self.report = Report(workspace, file)
        self.unread = Unread(workspace, file)
        self.looking: LookingPanels | None = None
        self._right, self._pages = QStackedWidget(), QStackedWidget()
        self._wanted: str | None = None  # the tensor to look at once the file is read again
        self._build()
        self._connect()
        self._refresh()

    def show_tensor(self, place: int) -> None:
        """Looks at the tensor at a place of the file; says so when its elements cannot be drawn."""
        if not self.file.show(place):
            self._tell_not_drawn(place)
            return
        if self.looking is None:
            assert self.file.looking is not None, "show() succeeded"
            self.looking = LookingPanels(self.file.looking, self._right)
            self.looking.wished.connect(self._take)
            self._right.addWidget(self.looking)
            self.panels_made.emit(self.looking)
        self.show_side(LOOKING)

    @Slot(int)
    def show_side(self, side: int) -> None:
        """REPORT or LOOKING; the latter only after a tensor was chosen."""
        if side == REPORT or self.looking is not None:
            self._right.setCurrentIndex(side)
            self.head.show_side(side, self.looking is not None)

    def look_for_what_is_in(self, view: FileView) -> None:
        """Shows the tensor that a view of the same file shows, once it is read, if it is there."""
        looking = view.file.looking
        if view.looking is not None and looking is not None and view._right.currentIndex() == LOOKING:
            self._wanted = looking.showing.current

    def take_over(self, view: FileView) -> None:
        """Goes on where a view of the same file is left."""
        if view.raw_strip.isVisible() and self.file.problem is None:
            self.raw_strip.open_at(self.file.raw)

    def take_keyboard(self) -> None:
        """Gives the keyboard to where one goes on: the form of raw numbers while it is open, else what there is."""
        if self.raw_strip.isVisibleTo(self):
            self.raw_strip.form.shape.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _take(self, places: tuple[int, ...]) -> None:
        self._workspace.files.take_into_session(self.file, places)

    def _tell_not_drawn(self, place: int) -> None:
        tensors, contents = self.file.tensors, self.file.contents
        if tensors is not None and contents is not None:
            dtype = contents.tensors[place].dtype
            self._workspace.messages.say(
                f"{tensors.names[place]} is not drawn: its elements are {dtype}.",
                "Open it in the session and take its int_repr() or dequantize().",
            )

    def _reveal(self, place: int) -> None:
        self.tree.reveal(place)
        self.show_tensor(place)

    # ------------------------------------------------------------------------------------------------ building

    def _connect(self) -> None:
        file, files = self.file, self._workspace.files
        self.tree.chosen.connect(self.show_tensor)
        self.report.tensor_wished.connect(self._reveal)
        self.head.side_wished.connect(self.show_side)
        self.head.raw_wished.connect(self._open_raw)
        self.raw_strip.wished.connect(lambda form: files.replace(file, form))
        self.trouble.button.clicked.connect(file.reload)
        file.read_to_end.connect(self._refresh)
        file.troubled.connect(self._tell_trouble)
        file.compared.connect(self._show_report)  # the comparison is a part of it

    def _build(self) -> None:
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setObjectName("file_columns")
        columns.setChildrenCollapsible(False)
        self._right.addWidget(self.report)
        columns.addWidget(self.tree)
        columns.addWidget(self._right)
        columns.setSizes([TREE, REST])
        columns.setStretchFactor(0, 0)
        columns.setStretchFactor(1, 1)
        self._pages.addWidget(self.unread)
        self._pages.addWidget(columns)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.trouble)
        column.addWidget(self.raw_strip)
        column.addWidget(self._pages, 1)

    # ------------------------------------------------------------------------------------------------- showing

    @Slot()
    def _refresh(self) -> None:
        """The panels, once the file is read; the keyboard goes to the tree if it was here."""
        read = self.file.contents is not None
        focus = self.window().focusWidget()
        had = read and (focus is self.unread or self.unread.isAncestorOf(focus))
        self._pages.setCurrentIndex(1 if read else 0)
        self.setFocusProxy(self.tree if read else self.unread)
        if had:
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
        if not read and self.file.problem is not None:
            self.raw_strip.hide()
        if read:
            self._look_at_first()

    def _look_at_first(self) -> None:
        """What was looked at before; the only tensor of a file that has no more to tell."""
        contents, tensors = self.file.contents, self.file.tensors
        assert contents is not None, "it is read"
        if tensors is None:
            return
        if self._wanted in tensors.names:
            self._reveal(tensors.place(str(self._wanted)))
        elif contents.format in AT_ONCE and len(contents.tensors) == 1:
            self._reveal(0)

    @Slot()
    def _open_raw(self) -> None:
        self.raw_strip.open_at(self.file.raw)

    @Slot()
    def _show_report(self) -> None:
        self.show_side(REPORT)

    @Slot()
    def _tell_trouble(self) -> None:
        problem = self.file.trouble
        if problem is not None:
            self.trouble.say(problem)
