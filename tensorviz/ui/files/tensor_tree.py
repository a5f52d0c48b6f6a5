"""The tensors of a file as a tree by name, or as a list: search, filters, order.

Must not know what is shown beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tensorviz.core.stored import Contents
from tensorviz.core.tensor_index import TensorIndex
from tensorviz.core.tensor_tree import Folding, Rows, Wish
from tensorviz.core.text import plural
from tensorviz.ui.files.slices import Slices
from tensorviz.ui.files.tensor_tree_menu import tensor_menu
from tensorviz.ui.files.tensor_tree_model import TensorRows
from tensorviz.ui.files.tensor_tree_picks import Picks
from tensorviz.ui.files.tensor_tree_rows import cut
from tensorviz.ui.files.tensor_tree_view import TensorView
from tensorviz.ui.files.tree_filters import TreeFilters
from tensorviz.ui.files.tree_foot import TreeFoot

if TYPE_CHECKING:
    from collections.abc import Generator

    from tensorviz.core.checkpoint_analysis import Analysis, StorageUse
    from tensorviz.core.tensor_tree import Node, Order
    from tensorviz.ui.state.tensor_file import TensorFile
    from tensorviz.ui.state.workspace import Workspace

ORDER_OF: tuple[Order, ...] = ("name", "shape", "dtype", "size", "storage")  # by column
EMPTY = Contents("", "", 0, (), ())
OPEN = "file.open_in_session"  # the command
Made = tuple[Rows, "list[Node]"]


class TensorTree(QWidget):
    """The panel. Signals: chosen(place) when a tensor is to be looked at, by its place in the file."""

    chosen = Signal(int)

    def __init__(self, workspace: Workspace, file: TensorFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._file = workspace, file
        self._index = TensorIndex(EMPTY, ())
        self._built = False
        self._folding, self._folding_found = Folding(), Folding()  # of all; of what is filtered now
        self._found_as = Wish()
        self._wished: int | None = None
        self.model = TensorRows(Rows(self._index, Wish()), self)
        self.view = TensorView(self.model, self)
        self.filters, self.work = TreeFilters(self), Slices(self)
        self.picks, self.marking = Picks(self.view, self), Slices(self)
        self.foot = TreeFoot(self)
        self._build()
        self._connect()
        self._read()

    # ------------------------------------------------------------------------------------------------- asking

    @property
    def is_flat(self) -> bool:
        """Whether it is a list."""
        return self.filters.wish.flat

    def total(self) -> int:
        """How many tensors the file has."""
        return len(self._index.tensors)

    def current_node(self) -> Node | None:
        """The row that the keys move."""
        return self.model.node(self.view.currentIndex())

    def selected(self) -> list[int]:
        """The places of the selected tensors, in the order of the file; those of a selected module are among them."""
        return self.picks.places()

    def selected_names(self) -> list[str]:
        """What the selected rows are called in the file, from the top."""
        return [self._raw_name(node) for node in self.picks.nodes() if node.kind != "section"]

    def _raw_name(self, node: Node) -> str:
        return self._index.tensors[node.place].name if node.kind == "tensor" else self.model.rows.path(node)

    # ------------------------------------------------------------------------------------------------- doing

    def reveal(self, place: int) -> None:
        """Brings the tensor at a place of the file into sight and marks it; filters that hide it are taken away."""
        self._wished = place
        if not self.work.busy:
            self._go_to_wished()

    def look_at_current(self) -> None:
        """Looks at the tensor that the keys stand on."""
        node = self.current_node()
        if node is not None and node.kind == "tensor":
            self.chosen.emit(node.place)

    @Slot()
    def take_selected(self) -> None:
        """Opens the selected tensors in the session; many only after a question."""
        self._take(tuple(self.selected()))

    def take_all(self) -> None:
        """The same of all tensors of the file, filtered or not."""
        self._take(tuple(range(self.total())))

    def _take(self, places: tuple[int, ...]) -> None:
        """The command is asked for, as by the button in the head: it opens what is selected in the file."""
        if places:
            before = self._file.selection
            self._file.select(places)
            self._workspace.wishes.run(OPEN)
            self._file.select(before)

    def copy_names(self) -> None:
        """Puts the names of the selected rows on the clipboard, one on a line."""
        names = self.selected_names()
        if names:
            QGuiApplication.clipboard().setText("\n".join(map(_encodable, names)))
            self._workspace.messages.say(
                f"Copied: {cut(names[0], 60) if len(names) == 1 else plural(len(names), 'name')}"
            )

    def turn_current(self) -> None:
        """Folds or unfolds the row that the keys stand on."""
        self._turn(self.view.currentIndex().row())

    def unfold_all(self, unfolded: bool = True) -> None:
        """Unfolds every row, however many there are, or folds them."""
        self._folding_now().turn_all(unfolded)
        self._arrange()

    @Slot(int)
    def _turn(self, row: int) -> None:
        node = self.model.nodes[row]
        self.work.finish()
        row = self.model.row_of(node)
        if row < 0:
            return
        self._folding_now().turned[self.model.rows.path(node)] = not node.open
        if node.open:
            self.model.fold(row)
        else:
            self.work.begin(self.model.rows.unfolded(node), lambda below: self._unfold(node, below))

    def _unfold(self, node: Node, below: list[Node]) -> None:
        row = self.model.row_of(node)
        if row >= 0:
            self.model.unfold(row, below)

    def _folding_now(self) -> Folding:
        return self._folding_found if self.filters.wish.filters else self._folding

    # ------------------------------------------------------------------------------------------------- showing

    @Slot()
    def _read(self) -> None:
        """The file was read: everything is made anew."""
        contents, tensors = self._file.contents, self._file.tensors
        if contents is not None and tensors is not None:
            self._index, self._built = TensorIndex(contents, tensors.names), False
            self._arrange()
            if self._file.looking is not None:
                self._file.looking.showing.changed.connect(self._mark)
            self._analysed()

    @Slot()
    def _wish_changed(self) -> None:
        if not self.filters.wish.finds_as(self._found_as):
            self._found_as = self.filters.wish
            self._folding_found.turn_all(None)
        self._arrange()

    def _arrange(self) -> None:
        self.work.begin(self._made(), self._show)

    def _made(self) -> Generator[None, None, Made]:
        """The rows as they are wished now."""
        if not self._built:
            yield from self._index.build()
            self._built = True
            self._prepare()
        rows = Rows(self._index, self.filters.wish)
        nodes = yield from rows.arrange(self._folding_now())
        return rows, nodes

    def _prepare(self) -> None:
        """What depends on the file only."""
        self.filters.offer_types(self._index.dtypes)
        self.view.measure(self._index)

    def _show(self, made: Made) -> None:
        rows, nodes = made
        current = self.current_node()
        self.model.show(rows, nodes)
        self.view.choose_columns()
        self._mark_order()
        self.picks.take_up(current)
        self._count()
        self._mark()
        self._go_to_wished()

    @Slot(object, object)
    def _tell_picked(self, places: list[int], nbytes: int) -> None:
        self._file.select(tuple(places))
        self.foot.tell_picked(len(places), nbytes)

    def _count(self) -> None:
        rows, dtypes = self.model.rows, self._index.dtypes
        only = next(iter(dtypes)) if len(dtypes) == 1 else ""
        self.foot.tell_shown(len(rows.places), self.total(), rows.nbytes(rows.root), only, rows.wish.filters)

    def _mark_order(self) -> None:
        wish, header = self.model.rows.wish, self.view.horizontalHeader()
        column = ORDER_OF.index(wish.order) if wish.order in ORDER_OF else -1
        order = Qt.SortOrder.DescendingOrder if wish.reverse else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(column, order)

    @Slot()
    def _mark(self) -> None:
        """Marks the tensor that is looked at."""
        looking, tensors = self._file.looking, self._file.tensors
        name = looking.showing.current if looking is not None else None
        self.model.looked_at = tensors.place(name) if tensors is not None and name else -1
        self.view.viewport().update()

    @Slot()
    def _analysed(self) -> None:
        if self._file.analysis is not None:
            self.marking.begin(_wasteful(self._file.analysis), self.model.know_wasteful)

    # ------------------------------------------------------------------------------------------------- going

    def _go_to_wished(self) -> None:
        place = self._wished
        if place is None or not self._built or not 0 <= place < self.total():
            return
        self._wished = None
        self.work.finish()
        self.work.begin(self.model.rows.way_to(place), lambda way: self._go_along(place, way))

    def _go_along(self, place: int, way: list[Node]) -> None:
        if way:
            self.work.begin(self._opened(way), lambda nodes: self._arrive(nodes, way[-1]))
        elif self.filters.wish.filters:
            self._wished = place
            self.filters.clear()  # which arranges anew, and comes here again

    def _opened(self, way: list[Node]) -> Generator[None, None, list[Node]]:
        """The rows with those unfolded that lead to a tensor."""
        closed = [node for node in way[:-1] if not node.open]
        for node in closed:
            node.open = True
            self._folding_now().turned[self.model.rows.path(node)] = True
        return (yield from self.model.rows.unfolded(self.model.rows.root)) if closed else self.model.nodes

    def _arrive(self, nodes: list[Node], node: Node) -> None:
        if nodes is not self.model.nodes:
            self.model.show(self.model.rows, nodes)
        self.view.go_to(self.model.row_of(node))

    @Slot(str)
    def _type(self, text: str) -> None:
        """Letters typed among the rows are meant for the search."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.setText(text)

    @Slot()
    def _clear(self) -> None:
        """Shows all again; the button that asked for it goes, so the keyboard goes to the rows."""
        self.filters.clear()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _enter_rows(self) -> None:
        if self.model.nodes:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.view.currentIndex().isValid():
                self.view.go_to(0)

    @Slot()
    def _enter_first(self) -> None:
        """Goes to the first tensor that was found and looks at it."""
        self.work.finish()
        row = next((at for at, node in enumerate(self.model.nodes) if node.kind == "tensor"), None)
        if row is not None:
            self.view.go_to(row)
            self.look_at_current()

    @Slot(int)
    def _look_at(self, row: int) -> None:
        self.chosen.emit(self.model.nodes[row].place)

    @Slot(int)
    def _sort_by(self, column: int) -> None:
        self.filters.set_order(ORDER_OF[column])

    @Slot(QPoint)
    def _open_menu(self, position: QPoint) -> None:
        tensor_menu(self).popup(position)

    # ------------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 4)
        column.setSpacing(6)
        column.addWidget(self.filters)
        column.addWidget(self.view, 1)
        column.addWidget(self.foot)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        self._file.read_to_end.connect(self._read)
        self._file.analysed.connect(self._analysed)
        self.filters.changed.connect(self._wish_changed)
        self.filters.left.connect(self._enter_rows)
        self.filters.entered.connect(self._enter_first)
        self.view.looked_at.connect(self._look_at)
        self.view.turned.connect(self._turn)
        self.view.taken.connect(self.take_selected)
        self.view.copied.connect(self.copy_names)
        self.view.typed.connect(self._type)
        self.view.menu_asked.connect(self._open_menu)
        self.picks.counted.connect(self._tell_picked)
        self.foot.cleared.connect(self._clear)
        self.view.horizontalHeader().sectionClicked.connect(self._sort_by)


def _wasteful(analysis: Analysis) -> Generator[None, None, dict[str, StorageUse]]:
    """The storages with bytes that no tensor reaches."""
    found: dict[str, StorageUse] = {}
    for at, use in enumerate(analysis.storages):
        if use.wasted:
            found[use.storage.id] = use
        if not at % 512:
            yield
    return found


def _encodable(name: str) -> str:
    """The name as it is; letters that no text can have are escaped."""
    return name.encode("utf-8", "backslashreplace").decode()
