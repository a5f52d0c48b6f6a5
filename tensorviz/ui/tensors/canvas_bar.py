"""The bar above the storage canvas: which storage, how it is wrapped and zoomed, going to a place, the walk.

Must not know how the canvas draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QSpinBox, QToolButton

from tensorviz.core.canvas_position import address_of
from tensorviz.core.errors import ValueRefused
from tensorviz.ui.icons import icon
from tensorviz.ui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from tensorviz.core.session_data import StorageFacts
    from tensorviz.ui.canvas.storage_canvas import StorageCanvas
    from tensorviz.ui.state.looking import Looking

MOST_WRAP, LONGEST_NAME = 1_000_000, 60
CHOOSER, NARROW, GO_TO, GO, WRAP = 190, 72, 104, 76, 84
PLACES = "Go to 12, 48b"
LEAST, ROOMY = 340, 610  # widths: the least, and from which on everything is shown
ZOOM = 1.25
GO_TO_TIP = "An element as 12 or 0x1f, a byte as 48b"


class CanvasBar(QFrame):
    """Signals: export_wished() by the button; walk_wished(shown) when the walk's bar is to be seen or not."""

    export_wished = Signal()
    walk_wished = Signal(bool)

    def __init__(self, workspace: Looking, canvas: StorageCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._showing, self._session, self._canvas = workspace.showing, workspace.session, canvas
        self.chooser, self.title = QComboBox(), ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.wrap_name, self.wrap, self.go_to = QLabel("Per row"), QSpinBox(), QLineEdit()
        self.problem = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.smaller = self._button("minus", "Narrower cells", "Ctrl+-", lambda: canvas.zoom(1 / ZOOM))
        self.usual = self._button("fit", "Cells of the usual width", "Ctrl+0", canvas.reset_zoom)
        self.wider = self._button("plus", "Wider cells", "Ctrl++", lambda: canvas.zoom(ZOOM))
        self.walk = self._button("walk", "Walk through the current tensor in the order of memory", "", self._walk)
        self.export = self._button("export", "Save the picture of this storage", "", self.export_wished.emit)
        self.walk.setCheckable(True)
        self._build()
        workspace.showing.changed.connect(self.refresh)
        canvas.go_wished.connect(self._ask_where)
        canvas.moved_to.connect(self._show_where)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Shows which storages there are."""
        storages, storage = self._session.facts.storages, self._showing.current_storage
        several = len(storages) > 1
        self.chooser.blockSignals(True)
        self.chooser.clear()
        for one in storages:
            self.chooser.addItem(f"{one.id}   {_label(one)}", one.id)
            self.chooser.setItemData(self.chooser.count() - 1, one.title, Qt.ItemDataRole.ToolTipRole)
        self.chooser.setCurrentIndex(self.chooser.findData(self._showing.storage))
        self.chooser.blockSignals(False)
        self.chooser.setVisible(several)
        self.title.setVisible(not several)
        self.title.say(*_titles(storage))
        there = storage is not None
        for part in (self.wrap, self.go_to, self.smaller, self.usual, self.wider, self.walk, self.export):
            part.setEnabled(there)

    # ------------------------------------------------------------------------------------------------------ answers

    def _choose(self, place: int) -> None:
        self._showing.show_storage(str(self.chooser.itemData(place)))

    def _walk(self) -> None:
        self.walk_wished.emit(self.walk.isChecked())

    @Slot()
    def _ask_where(self) -> None:
        self.go_to.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.go_to.selectAll()

    @Slot(object)
    def _show_where(self, address: int) -> None:
        if not self.go_to.hasFocus():
            self.go_to.setText(str(address))
            self._dress("")

    @Slot()
    def _go(self) -> None:
        storage = self._showing.current_storage
        if storage is None or not self.go_to.text().strip():
            return
        try:
            address = address_of(self.go_to.text(), storage.cells, storage.kind.itemsize)
        except ValueRefused as error:
            self._dress("invalid", str(error))
            return
        self._dress("")
        self._canvas.set_cursor(address)
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _dress(self, role: str, problem: str = "") -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.go_to.setAccessibleDescription(problem or GO_TO_TIP)
        if (self.go_to.property("role") or "") != role:
            self.go_to.setProperty("role", role)
            self.go_to.style().unpolish(self.go_to)
            self.go_to.style().polish(self.go_to)

    # ----------------------------------------------------------------------------------------------------------- Qt's

    def minimumSizeHint(self) -> QSize:
        """Room for what cannot be done elsewhere; zooming is by Ctrl with the wheel or keys, too."""
        return QSize(LEAST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: where there is little room, the buttons that zoom go."""
        super().resizeEvent(event)
        roomy = self.width() >= ROOMY
        for part in (self.wrap_name, self.smaller, self.usual, self.wider):
            part.setVisible(roomy)
        self.chooser.setMinimumWidth(CHOOSER if roomy else NARROW)
        self.title.setMinimumWidth(120 if roomy else 60)
        self.go_to.setFixedWidth(GO_TO if roomy else GO)
        self.go_to.setPlaceholderText(PLACES if roomy else "Go to")
        row = self.layout()
        if row is not None:
            row.activate()  # at once: for one frame they would overlap

    # ----------------------------------------------------------------------------------------------------- building

    def _button(self, name: str, tip: str, keys: str, call: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(f"{tip}  {keys}".strip())
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: call())
        return button

    def _build(self) -> None:
        self.title.setProperty("role", "heading")
        self.title.setMinimumWidth(120)
        self.title.setMaximumWidth(460)
        self.title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chooser.setAccessibleName("Storage on the canvas")
        self.chooser.setMinimumWidth(CHOOSER)
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.chooser.activated.connect(self._choose)
        self._build_fields()
        self.problem.setProperty("role", "danger")
        self.problem.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.title, 5)
        row.addWidget(self.chooser, 2)
        row.addWidget(self.problem, 6)
        row.addStretch(1)
        row.addWidget(self.wrap_name)
        row.addWidget(self.wrap)
        row.addSpacing(4)
        for part in (self.smaller, self.usual, self.wider):
            row.addWidget(part)
        row.addSpacing(4)
        row.addWidget(self.go_to)
        row.addWidget(self.walk)
        row.addWidget(self.export)

    def _build_fields(self) -> None:
        self.wrap.setRange(0, MOST_WRAP)
        self.wrap.setSpecialValueText("fit")
        self.wrap.setAccessibleName("Cells in a row")
        self.wrap.lineEdit().setAccessibleName("Cells in a row")
        self.wrap.setToolTip("Cells in a row; 0 takes as many as fit")
        self.wrap.setKeyboardTracking(False)
        self.wrap.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.wrap.setStyleSheet(f"min-width: {WRAP - 30}px; max-width: {WRAP}px;")
        self.wrap.valueChanged.connect(self._canvas.set_wrap)
        self.go_to.setFixedWidth(GO_TO)
        self.go_to.setPlaceholderText(PLACES)
        self.go_to.setAccessibleName("Go to a cell")
        self.go_to.setToolTip(f"{GO_TO_TIP}  Ctrl+G")
        self.go_to.textEdited.connect(lambda _: self._dress(""))
        self.go_to.returnPressed.connect(self._go)


def _titles(storage: StorageFacts | None) -> tuple[str, ...]:
    """What stands in the head, and what is left of it where there is less room."""
    if storage is None:
        return ("Storage",)
    cells, size = storage.title.split(" of ")[0], storage.title.split(", ")[0]
    name = f"Storage {storage.id}"
    return (f"{name}   {storage.title}", f"{name}   {cells}", f"{name}   {size}", f"{storage.id}   {size}", name)


def _label(storage: StorageFacts) -> str:
    """What a storage is called in a list: of a file its size says less than the name of a tensor that looks at it.

    Long names end in what tells them apart; its size is the tooltip.
    """
    if not storage.source or not storage.tensors:
        return storage.title
    name, more = storage.tensors[0], len(storage.tensors) - 1
    name = name if len(name) <= LONGEST_NAME else f"...{name[-LONGEST_NAME:]}"
    return f"{name}{f' and {more} more' if more else ''}"
