"""The chosen tensors of a file: grids and the storage canvas, and the inspector beside them.

Must not know what its panels do; they are the ones that look at the session, and only look here.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from tensorviz.ui.tensors.canvas_panel import CanvasPanel
from tensorviz.ui.tensors.grids_panel import GridsPanel
from tensorviz.ui.tensors.inspector import Inspector
from tensorviz.ui.tensors.inspector_text import describe_line
from tensorviz.ui.tensors.session_panels import splitter

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from tensorviz.core.drawing import Drawing
    from tensorviz.ui.state.looking import Looking

MIDDLE, INSPECTOR = 580, 280
GRIDS, CANVAS = 300, 320
PANELS = ("grids", "canvas", "inspector")


class LookingPanels(QWidget):
    """Panels with movable edges between them. Signals: wished(places) when tensors are wanted in the session.

    They take tens of milliseconds to build: each has a turn of the event loop of its own once this is shown, or is
    there when somebody asks for it.
    """

    wished = Signal(object)

    def __init__(self, looking: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looking = looking
        places = self._upper, self._lower, self._right = place(self), place(self), place(self)
        middle = splitter("file_middle", Qt.Orientation.Vertical, places[:2], (GRIDS, CANVAS))
        whole = splitter("file_looking", Qt.Orientation.Horizontal, (middle, self._right), (MIDDLE, INSPECTOR))
        whole.setStretchFactor(0, 1)
        whole.setStretchFactor(1, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(whole)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.build_more)
        self._connect()

    # Panels are made where they stay: one that gets another parent is laid out and dressed anew.

    @cached_property
    def grids(self) -> GridsPanel:
        """The grids, made now if they are not there yet."""
        made = GridsPanel(self._looking, self._upper)
        put(self._upper, made)
        return made

    @cached_property
    def canvas(self) -> CanvasPanel:
        """The storage canvas, made now if it is not there yet."""
        made = CanvasPanel(self._looking, self._lower)
        made.export_wished.connect(self._export)
        put(self._lower, made)
        return made

    @cached_property
    def inspector(self) -> Inspector:
        """The inspector, made now if it is not there yet."""
        made = Inspector(self._looking, self._right)
        put(self._right, made)
        return made

    @property
    def waiting(self) -> bool:
        """Whether some panel is not there yet."""
        return self._missing() is not None

    def _missing(self) -> str | None:
        return next((panel for panel in PANELS if panel not in self.__dict__), None)

    @Slot()
    def build_more(self) -> None:
        """Builds the next panel that is missing; it happens by itself, in a turn of its own."""
        missing = self._missing()
        if missing is not None:
            getattr(self, missing).show()
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Qt's: now the panels are needed."""
        super().showEvent(event)
        self._soon.start()

    def _connect(self) -> None:
        looking = self._looking
        looking.drawings.offer("canvas", self._draw_canvas)
        looking.drawings.offer("grid", self._draw_grid)
        looking.session.wished.connect(self.wished)
        looking.showing.operations_wished.connect(self._show_menu)

    def _draw_grid(self) -> Drawing | None:
        return self.grids.drawing()

    def _draw_canvas(self) -> Drawing:
        return self.canvas.drawing()

    @Slot()
    def _export(self) -> None:
        self._looking.wishes.run("canvas.export_svg")

    @Slot(str, object)
    def _show_menu(self, name: str, place: QPoint) -> None:
        menu = self.menu_of(name)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def menu_of(self, name: str) -> QMenu:
        """What can be done with a tensor of the file; nothing that changes it."""
        looking, menu = self._looking, QMenu(self)
        tensor = looking.session.facts.tensor(name)
        if tensor is not None:
            about = describe_line(tensor, looking.session.facts.storage(tensor.storage))
            hidden = name in looking.showing.hidden
            menu.addAction("Open in session", partial(looking.session.open_in_session, name))
            menu.addAction("Copy its name", partial(self._copy, name))
            menu.addAction("Copy describe line", partial(self._copy, about))
            menu.addSeparator()
            menu.addAction("Show its grid", partial(looking.showing.show, name))
            menu.addAction("Close its grid", partial(looking.showing.hide, name))
            lane = "Show its lane on the canvas" if hidden else "Leave its lane out of the canvas"
            menu.addAction(lane, partial(looking.showing.set_lane, name, hidden))
        return menu

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._looking.messages.say(f"Copied: {text}")


def place(parent: QWidget | None = None) -> QWidget:
    """Where a panel will be: as wide and as high as it."""
    made = QWidget(parent)
    QVBoxLayout(made).setContentsMargins(0, 0, 0, 0)
    return made


def put(where: QWidget, panel: QWidget) -> None:
    """Puts a panel into its place."""
    column = where.layout()
    assert column is not None, "made with it"
    column.addWidget(panel)
