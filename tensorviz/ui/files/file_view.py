"""An open file: its tensors as a tree on the left; what was found in it, or the tensors looked at, on the right.

Must not know what its panels do; it places them, and says why a file could not be read.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from tensorviz.ui.files.file_head import FileHead
from tensorviz.ui.files.file_strips import RawStrip, TroubleStrip
from tensorviz.ui.files.looking_panels import LookingPanels, place, put
from tensorviz.ui.files.report import Report
from tensorviz.ui.files.tensor_tree import TensorTree
from tensorviz.ui.files.unread import Unread

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

TREE, REST = 420, 860
LEAST_REST = 400  # pixels that the tree leaves to what is beside it, in a narrow window
REPORT, LOOKING = 0, 1
AT_ONCE = ("raw", "npy")  # formats of one tensor, of which there is little to report


class FileView(QWidget):
    """One file. looking: grids, canvas and inspector, None before a tensor was chosen.

    Its parts take tens of milliseconds to build. Each is made in a turn of the event loop of its own once the view is
    shown, or when somebody asks for it. Signals: panels_made(QWidget) when `looking` is there.
    """

    panels_made = Signal(QWidget)

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self.file = workspace, file
        self.looking: LookingPanels | None = None
        self._above, self._pages = QVBoxLayout(), QStackedWidget(self)
        self._reading, self._left, self._told = place(self._pages), place(), place()
        self._right = QStackedWidget()
        self._revealed: int | None = None  # the tensor to be marked in the tree once it is there
        self._wanted: str | None = None  # the tensor to look at once the file is read again
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.build_more)
        self._build()
        file.read_to_end.connect(self._refresh)
        file.troubled.connect(self._tell_trouble)
        file.compared.connect(self._show_report)  # the comparison is a part of it
        self._refresh()

    # --------------------------------------------------------------------------------------------------- parts

    @cached_property
    def head(self) -> FileHead:
        """What it is, and what can be done with it."""
        made = FileHead(self._workspace, self.file, self)
        made.side_wished.connect(self.show_side)
        made.raw_wished.connect(self._open_raw)
        made.show_side(self._right.currentIndex(), self.looking is not None)
        self._above.insertWidget(0, made)
        return made

    @cached_property
    def trouble(self) -> TroubleStrip:
        """Says that it is another file by now."""
        made = TroubleStrip(self)
        made.button.clicked.connect(self.file.reload)
        self._above.insertWidget(self._above.indexOf(self.head) + 1, made)
        return made

    @cached_property
    def raw_strip(self) -> RawStrip:
        """The form of raw numbers."""
        file, files = self.file, self._workspace.files
        made = RawStrip(file, self)
        made.wished.connect(lambda form: files.replace(file, form))
        self._above.insertWidget(self._above.indexOf(self.head) + 1, made)
        return made

    @cached_property
    def unread(self) -> Unread:
        """Says why there is nothing to see."""
        made = Unread(self._workspace, self.file, self._reading)
        put(self._reading, made)
        self._pass_keyboard_to(made, read=False)
        return made

    @cached_property
    def tree(self) -> TensorTree:
        """Its tensors."""
        made = TensorTree(self._workspace, self.file, self._left)
        made.chosen.connect(self.show_tensor)
        put(self._left, made)
        if self._revealed is not None:
            made.reveal(self._revealed)
        self._pass_keyboard_to(made, read=True)
        return made

    @cached_property
    def report(self) -> Report:
        """What was found in it."""
        made = Report(self._workspace, self.file, self._told)
        made.tensor_wished.connect(self._reveal)
        made.begun.connect(self._show_report)
        put(self._told, made)
        return made

    def _has(self, part: str) -> bool:
        return part in self.__dict__

    def _parts(self) -> tuple[str, ...]:
        return ("head", "tree", "report") if self.file.contents is not None else ("head", "unread")

    @property
    def waiting(self) -> bool:
        """Whether some part that is to be seen is not there yet."""
        return not all(map(self._has, self._parts()))

    @Slot()
    def build_more(self) -> None:
        """Makes the next part that is missing; it happens by itself, in a turn of its own."""
        missing = [part for part in self._parts() if not self._has(part)]
        if missing:
            getattr(self, missing[0])
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: now the parts are needed."""
        super().showEvent(event)
        self._soon.start()

    def _pass_keyboard_to(self, part: QWidget, read: bool) -> None:
        """The keyboard goes to this part, also if it waited here for it. read: whether it is for a file that is."""
        if read != (self.file.contents is not None):
            return
        waited = self.window().focusWidget() is self
        self.setFocusProxy(part)
        if waited:
            part.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------------------------------------------- showing

    def show_tensor(self, at: int) -> None:
        """Looks at the tensor at a place of the file; says so when its elements cannot be drawn."""
        if not self.file.show(at):
            self._tell_not_drawn(at)
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
            if self._has("head"):
                self.head.show_side(side, self.looking is not None)

    def look_for_what_is_in(self, view: FileView) -> None:
        """Shows the tensor that a view of the same file shows, once it is read, if it is there."""
        looking = view.file.looking
        if view.looking is not None and looking is not None and view._right.currentIndex() == LOOKING:
            self._wanted = looking.showing.current

    def take_over(self, view: FileView) -> None:
        """Goes on where a view of the same file is left."""
        if view._has("raw_strip") and view.raw_strip.isVisible() and self.file.problem is None:
            self.raw_strip.open_at(self.file.raw)

    def take_keyboard(self) -> None:
        """Gives the keyboard to where one goes on: the form of raw numbers while it is open, else what there is."""
        if self._has("raw_strip") and self.raw_strip.isVisibleTo(self):
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
                "Load it with torch and take its int_repr() or dequantize().",
            )

    def _reveal(self, place: int) -> None:
        self._revealed = place
        if self._has("tree"):
            self.tree.reveal(place)
        self.show_tensor(place)

    # ------------------------------------------------------------------------------------------------ building

    def _build(self) -> None:
        columns = QSplitter(Qt.Orientation.Horizontal, self._pages)
        columns.setObjectName("file_columns")
        columns.setChildrenCollapsible(False)
        self._right.addWidget(self._told)
        columns.addWidget(self._left)
        columns.addWidget(self._right)
        self._right.setMinimumWidth(LEAST_REST)
        columns.setSizes([TREE, REST])
        columns.setStretchFactor(0, 0)
        columns.setStretchFactor(1, 1)
        self._pages.addWidget(self._reading)
        self._pages.addWidget(columns)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._above.setSpacing(0)
        column.addLayout(self._above)
        column.addWidget(self._pages, 1)

    # ------------------------------------------------------------------------------------------------- showing

    @Slot()
    def _refresh(self) -> None:
        """The panels, once the file is read; the keyboard goes to the tree if it was here."""
        read = self.file.contents is not None
        focus = self.window().focusWidget()
        had = read and self._has("unread") and (focus is self.unread or self.unread.isAncestorOf(focus))
        self._pages.setCurrentIndex(1 if read else 0)
        if had:
            self.setFocusProxy(None)  # type: ignore[arg-type]  # None takes it away
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # until the tree is there
        if self._has("tree" if read else "unread"):
            self._pass_keyboard_to(self.tree if read else self.unread, read)
        if not read and self.file.problem is not None and self._has("raw_strip"):
            self.raw_strip.hide()
        if read:
            self._look_at_first()
        if self.isVisible():
            self._soon.start()

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
