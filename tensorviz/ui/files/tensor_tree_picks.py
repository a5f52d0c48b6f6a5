"""Which tensors of a file are selected, kept while rows come and go, and counted without stalling the window.

Must not know what is done with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QTimer, Signal, Slot

from tensorviz.ui.files.slices import Slices
from tensorviz.ui.files.tensor_tree_rows import COLUMNS
from tensorviz.ui.state.ranges import ranges_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from tensorviz.core.tensor_tree import Node
    from tensorviz.ui.files.tensor_tree_view import TensorView

Counted = tuple[list[int], int]
Kept = tuple[frozenset[int], frozenset[str]]  # tensors by place, modules by path


class Picks(QObject):
    """Signals: counted(places, bytes) of the selected tensors, some time after the selection changed."""

    counted = Signal(object, object)

    def __init__(self, view: TensorView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._model = view, view.rows
        self._kept: tuple[frozenset[int], frozenset[str]] = (
            frozenset(),
            frozenset(),
        )  # tensors by place, modules by path
        self._selecting = False
        self._work, self._soon = Slices(self), QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._picked)
        view.selectionModel().selectionChanged.connect(self._changed)

    @property
    def is_counting(self) -> bool:
        """Whether something was selected that is not told yet."""
        return self._soon.isActive() or self._work.busy

    def nodes(self) -> list[Node]:
        """The selected rows, from the top."""
        ranges = sorted((one.top(), one.bottom()) for one in self._view.selectionModel().selection().toList())
        return [node for first, last in ranges for node in self._model.nodes[first : last + 1]]

    def places(self) -> list[int]:
        """The places of the selected tensors, in the order of the file; those of a selected module are among them."""
        found: set[int] = set()
        for node in self.nodes():
            found.update(self._model.rows.tensors(node))
        return sorted(found)

    def take_up(self, current: Node | None) -> None:
        """The rows are others now: selects what was selected, as far as it is shown."""
        selection, at = QItemSelection(), self._model.row_like(current)
        for first, last in ranges_of(self._model.rows_of(*self._kept)):
            selection.select(self._model.index(first, 0), self._model.index(last, len(COLUMNS) - 1))
        self._selecting = True
        self._view.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if at >= 0:
            self._view.go_to(at, select=False)
        self._selecting = False
        self._work.begin(self._sum(), self._tell)

    def finish(self) -> None:
        """Counts to the end now."""
        self._work.finish()

    @Slot()
    def _changed(self) -> None:
        if not self._selecting:
            self._soon.start()

    @Slot()
    def _picked(self) -> None:
        """The person selected something else."""
        nodes = self.nodes()
        tensors = frozenset(node.place for node in nodes if node.kind == "tensor")
        self._kept = (tensors, frozenset(self._model.rows.path(node) for node in nodes if node.can_open))
        self._work.begin(self._sum(), self._tell)

    def _sum(self) -> Generator[None, None, Counted]:
        rows, found, nbytes = self._model.rows, set[int](), 0
        for at, node in enumerate(self.nodes()):
            found.update(rows.tensors(node))
            if not at % 256:
                yield
        for at, place in enumerate(found):
            nbytes += rows.index.sizes[place]
            if not at % 1024:
                yield
        return sorted(found), nbytes

    def _tell(self, counted: Counted) -> None:
        self.counted.emit(*counted)
