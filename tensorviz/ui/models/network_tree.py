"""A network printed layer by layer: an item model that makes its nodes when they are looked at, and its window.

Must not know how networks are built: it shows the tree of `NetworkState`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from tensorviz.core.structure import Layer, OwnTensor
from tensorviz.core.text import count_text, plural
from tensorviz.ui.icons import icon
from tensorviz.ui.models.answer_text import choice_text
from tensorviz.ui.theme import number_font
from tensorviz.ui.widgets.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QKeyEvent

    from tensorviz.ui.state.workspace import Workspace

ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Layer", "Kind", "Parameters", "Detail")
WIDTHS = (200, 150, 110)
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(slots=True, eq=False)
class Node:
    """A layer, or a tensor that a layer keeps, at its place in the tree; `below` is made when somebody looks."""

    item: Layer | OwnTensor
    parent: Node | None
    row: int
    below: list[Node] = field(default_factory=list)

    def child(self, row: int) -> Node:
        """The node of a child, made now if need be."""
        if not self.below:
            self.below = [Node(item, self, place) for place, item in enumerate(self._items())]
        return self.below[row]

    @property
    def count(self) -> int:
        """How many are below; none is made for it."""
        return len(self.item.children) + len(self.item.tensors) if isinstance(self.item, Layer) else 0

    @property
    def path(self) -> str:
        """Its name in the network: "layer1.0.conv1.weight"; "" for the network itself."""
        above = self.parent.path if self.parent is not None else ""
        return f"{above}.{self.item.name}" if above else self.item.name

    def _items(self) -> tuple[Layer | OwnTensor, ...]:
        """Layers first, so that their rows are those of the tree of layers."""
        return (*self.item.children, *self.item.tensors) if isinstance(self.item, Layer) else ()


class NetworkModel(QAbstractItemModel):
    """The tree of layers and their tensors, the network itself at the top. Columns: name, kind, parameters, detail."""

    def __init__(self, root: Layer | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: Node | None = None
        self._tensor_icon = icon("tensor", "muted")
        self.show(root)

    def show(self, root: Layer | None) -> None:
        """Replaces the tree."""
        self.beginResetModel()
        self._root = None if root is None else Node(root, None, 0)
        self.endResetModel()

    def node(self, index: Index) -> Node | None:
        """The node at an index."""
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, Node) else None

    def index_of(self, path: tuple[int, ...]) -> QModelIndex:
        """The index reached from the network by going down those rows."""
        place = self.index(0, 0)
        for row in path:
            place = self.index(row, 0, place)
        return place

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        """Qt's."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        above = self.node(parent)
        node = above.child(row) if above is not None else self._root
        return self.createIndex(row, column, node)

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]  # Qt has another `parent` without index
        """Qt's."""
        node = self.node(index)
        above = node.parent if node is not None else None
        return QModelIndex() if above is None else self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = ROOT) -> int:
        """Qt's: no nodes are made for counting."""
        if parent.column() > 0:
            return 0
        node = self.node(parent)
        return node.count if node is not None else int(self._root is not None)

    def columnCount(self, parent: Index = ROOT) -> int:
        """Qt's."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return RIGHT if role == Qt.ItemDataRole.TextAlignmentRole and section == 2 else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's: the text of a cell; the whole line for those who do not see it."""
        node = self.node(index)
        if node is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return _cell(node, index.column())
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(node.item) if index.column() == 0 else _cell(node, index.column())
            case Qt.ItemDataRole.DecorationRole if index.column() == 0 and isinstance(node.item, OwnTensor):
                return self._tensor_icon
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == 2:
                return RIGHT
            case Qt.ItemDataRole.FontRole if index.column() >= 2:
                return number_font()
        return None


def _cell(node: Node, column: int) -> str:
    item = node.item
    if isinstance(item, OwnTensor):
        return (item.name, _kind(item), count_text(item.numel), item.shape_text)[column]
    count = count_text(item.parameters) if item.parameters else ""
    return (item.name or "network", item.kind, count, item.detail)[column]


def _kind(tensor: OwnTensor) -> str:
    return "parameter" if tensor.learned else "buffer"


def _spoken(item: Layer | OwnTensor) -> str:
    """A layer as a sentence, for those who do not see the columns."""
    if isinstance(item, OwnTensor):
        return f"{item.name}: {_kind(item)}, {item.shape_text}, {plural(item.numel, 'number')}; Enter opens it"
    counted = f", {plural(item.parameters, 'parameter')}" if item.parameters else ""
    below = f", {plural(len(item.children), 'layer')} in it" if item.children else ""
    return f"{item.name or 'network'}: {item.kind}({item.detail}){counted}{below}"


def find_layers(root: Layer, text: str) -> tuple[tuple[int, ...], ...]:
    """The places (rows from the network down) of the layers whose name, kind or detail contains `text`, in order."""
    wanted = text.casefold().strip()
    found: list[tuple[int, ...]] = []

    def look(layer: Layer, place: tuple[int, ...]) -> None:
        if wanted in f"{layer.name} {layer.kind}({layer.detail})".casefold():
            found.append(place)
        for row, child in enumerate(layer.children):
            look(child, (*place, row))

    if wanted:
        look(root, ())
    return tuple(found)


class NetworkWindow(QWidget):
    """A window of its own that blocks nothing: the tree, a search in it, and its text for the clipboard."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._workspace = workspace
        self._state, self._messages, self._catalogue = workspace.network, workspace.messages, workspace.catalogue
        self.setWindowTitle("Layers")
        self.resize(820, 640)
        self.tree, self.model = QTreeView(), NetworkModel(parent=self)
        self.search, self.copy = QLineEdit(), QPushButton("&Copy as text")
        self.tensor = QPushButton("Open as &tensor")
        self._title, self._said = WrappedLabel("title"), WrappedLabel("muted")
        self._found: tuple[tuple[int, ...], ...] = ()
        self._shown: Layer | None = None
        self._place = -1
        self._build()
        self._state.changed.connect(self._redraw)
        self._redraw()

    def find_next(self) -> None:
        """Goes to the next layer that was searched for; after the last comes the first."""
        if self._found:
            self._place = (self._place + 1) % len(self._found)
            index = self.model.index_of(self._found[self._place])
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
            self._said.say(f"{self._place + 1} of {plural(len(self._found), 'layer')}")

    def open_tensor(self) -> None:
        """Opens the chosen parameter or buffer as a tensor, as the weights file has it."""
        node, choice = self.model.node(self.tree.currentIndex()), self._state.choice
        if node is None or choice is None or not isinstance(node.item, OwnTensor):
            return
        self._workspace.session.open_parameter(choice, node.path)
        self._said.set_role("muted")
        self._said.say(f"{node.path} is opened on the Tensors page.")
        self._workspace.wishes.run("page.tensors")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _search(self, text: str) -> None:
        root = self._state.root
        self._found = find_layers(root, text) if root is not None else ()
        self._place = -1
        self._said.say("" if self._found or not text.strip() else f'No layer has "{text.strip()}" in it.')
        self.find_next()

    def _copy(self) -> None:
        root = self._state.root
        if root is not None:
            lines = root.lines()
            QGuiApplication.clipboard().setText("\n".join(lines))
            self._messages.say(f"Copied: {plural(len(lines), 'layer')}")

    def _redraw(self) -> None:
        state, choice = self._state, self._state.choice
        name = "" if choice is None else choice_text(choice, self._catalogue.model(choice.model))
        self._title.say(name or "No network yet")
        self.setWindowTitle(f"Layers of {name}" if name else "Layers")
        if state.root is not self._shown:
            self._shown = state.root
            self.model.show(state.root)
            self._open_top()
            self._search(self.search.text())
        self.copy.setEnabled(state.root is not None)
        self._said.set_role("danger" if state.problem else "muted")
        if state.problem is not None:
            self._said.say(f"{state.problem.message} {state.problem.hint}".strip())
        elif state.busy:
            self._said.say("The network is being built...")
        elif not self.search.text().strip() and state.root is not None:
            self._said.say(f"{count_text(state.root.parameters)} parameters")

    def _chosen(self) -> None:
        node = self.model.node(self.tree.currentIndex())
        self.tensor.setEnabled(node is not None and isinstance(node.item, OwnTensor))

    def _open_top(self) -> None:
        top = self.model.index(0, 0)
        self.tree.expand(top)
        self.tree.setCurrentIndex(top)
        self._chosen()

    def _build(self) -> None:
        self.search.setPlaceholderText("Find a layer: conv, layer4.2, kernel_size=(7, 7)")
        self.search.setAccessibleName("Find a layer")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self.find_next)
        self.copy.clicked.connect(self._copy)
        self.tensor.setIcon(icon("tensor"))
        self.tensor.setToolTip("Open the chosen parameter or buffer on the Tensors page (Enter in the tree)")
        self.tensor.clicked.connect(self.open_tensor)
        self._build_tree()
        line = QHBoxLayout()
        line.addWidget(self.search, 1)
        line.addWidget(self.tensor)
        line.addWidget(self.copy)
        layout = QVBoxLayout(self)
        for part in (self._title, line, self.tree, self._said):
            layout.addLayout(part) if isinstance(part, QHBoxLayout) else layout.addWidget(part)
        QShortcut(QKeySequence(QKeySequence.StandardKey.FindNext), self, self.find_next)

    def _build_tree(self) -> None:
        self.tree.setModel(self.model)
        self.tree.setAccessibleName("Layers")
        self.tree.activated.connect(self.open_tensor)
        self.tree.selectionModel().currentChanged.connect(self._chosen)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.header().setStretchLastSection(True)
        for column, width in enumerate(WIDTHS):
            self.tree.setColumnWidth(column, width)
