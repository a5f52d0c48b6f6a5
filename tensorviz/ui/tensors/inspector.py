"""What is known of the element pointed at and of the current tensor.

Must not know the other panels.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from tensorviz.ui.state.pointing import up_to_date
from tensorviz.ui.tensors.inspector_element import Place, element_text
from tensorviz.ui.tensors.inspector_lines import Line, Span, line
from tensorviz.ui.tensors.inspector_section import Section
from tensorviz.ui.tensors.inspector_shared import SHOW, shared_lines
from tensorviz.ui.tensors.inspector_text import (
    CHANNELS_LAST,
    channels_last_code,
    contiguity_lines,
    describe_line,
    file_lines,
    layout_lines,
    numpy_line,
    reach_lines,
    run_lines,
    state_lines,
)
from tensorviz.ui.tensors.inspector_values import ValuesSection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QResizeEvent

    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.looking import Looking
    from tensorviz.ui.state.pointing import Pointed

NARROWEST = 190
IN_SESSION = "in-session"
AT_ONCE = 0.003  # seconds of work between two looks at what else the window has to do


class Inspector(QScrollArea):
    """The panel: an element, a tensor, its values."""

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inside = QWidget(self)  # a section that shows itself before it had a parent would be a window
        self.element = ElementSection(workspace, inside)
        self.tensor = TensorSection(workspace, inside)
        self.values = ValuesSection(workspace, inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(10)
        for section in (self.element, self.tensor, self.values):
            column.addWidget(section)
        self.element.rule.hide()
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(NARROWEST)
        self.setAccessibleName("Inspector")


class ElementSection(Section):
    """Follows what is pointed at, and keeps it when nothing is."""

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__("Element", "Copy what is known of this element", workspace.messages, parent)
        self._pointing, self._memory = workspace.pointing, workspace.memory
        self._session, self._showing = workspace.session, workspace.showing
        self._pinned: Pointed | None = None
        self._places: tuple[Place, ...] = ()
        self._held = 0
        self._soon = _timer(self, self.refresh)
        self._pointing.pointed.connect(self._soon.start)
        self._session.changed.connect(self._soon.start)
        self._memory.arrived.connect(self._arrived)
        self.linked.connect(self._go)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says what is pointed at now."""
        facts = self._session.facts
        self._pinned = up_to_date(self._pointing.hover or self._pinned, facts)
        self.copy.setVisible(self._pinned is not None)
        if self._pinned is None:
            self._places = ()
            self._held = 0
            self.say([line("", Span("Point at a cell of a grid or of the storage.", "muted"))])
            return
        said = element_text(self._pinned, facts, self._memory)
        self._places = said.places
        self.say(said.lines)

    def _height(self, needed: int) -> int:
        """As high as it ever was: what stands below does not jump while the pointer goes from cell to cell."""
        self._held = max(self._held, needed)
        return self._held

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt's: in another width, another height."""
        self._held = 0
        super().resizeEvent(event)

    @Slot(str)
    def _arrived(self, storage: str) -> None:
        if self._pinned is not None and self._pinned.storage == storage:
            self._soon.start()

    @Slot(str)
    def _go(self, link: str) -> None:
        name, index = self._places[int(link)]
        tensor = self._session.facts.tensor(name)
        if tensor is not None:
            self._showing.show(name)
            self._pointing.at_element(tensor, index)


class TensorSection(Section):
    """The current tensor's layout and what follows from it; whom it shares memory with comes a little later."""

    def __init__(self, workspace: Looking, parent: QWidget | None = None) -> None:
        super().__init__("Tensor", "Copy describe line", workspace.messages, parent)
        self._session, self._showing = workspace.session, workspace.showing
        self._known: list[Line] = []
        self._shared: list[Line] = []
        self._rest: Iterator[Line] | None = None
        self._soon, self._later = _timer(self, self.refresh), _timer(self, self._go_on)
        self._showing.changed.connect(self._soon.start)  # it changes with the session, too
        self.linked.connect(self._follow)
        self.refresh()

    @property
    def copied(self) -> str:
        """The line that `tensorviz.describe` writes."""
        tensor = self._showing.current_tensor
        return "" if tensor is None else describe_line(tensor, self._session.facts.storage(tensor.storage))

    @Slot()
    def refresh(self) -> None:
        """Says what the current tensor is like."""
        tensor = self._showing.current_tensor
        self.copy.setVisible(tensor is not None)
        self._rest, self._shared = None, []
        if tensor is None:
            self.say([line("", Span("No tensor is looked at.", "muted"))])
            return
        self._known = self._known_of(tensor)
        if tensor.storage is not None:
            self._rest = shared_lines(tensor, self._session.facts)
        self._go_on()

    def _known_of(self, tensor: TensorFacts) -> list[Line]:
        storage, writable = self._session.facts.storage(tensor.storage), self._session.writable
        in_file = storage is not None and bool(storage.source)
        return [
            Line("", (Span(tensor.name, number=True, strong=True),)),
            *(() if writable else (line("", Span("Open in session", "accent", link=IN_SESSION)),)),
            *layout_lines(tensor, in_file),
            *(file_lines(storage) if in_file and storage is not None else ()),
            *state_lines(tensor, in_file),
            *reach_lines(tensor, storage, in_file),
            *contiguity_lines(tensor, writable),
            *run_lines(tensor.layout),
            *(() if in_file else (numpy_line(tensor),)),  # there is no memory that an array could look at
        ]

    @Slot()
    def _go_on(self) -> None:
        """Looks at other tensors of the storage until time is up; goes on as soon as the window has nothing to do."""
        stop = time.perf_counter() + AT_ONCE
        while self._rest is not None and time.perf_counter() < stop:
            found = next(self._rest, None)
            if found is None:
                self._rest = None
            else:
                self._shared.append(found)
        self.say([*self._known, *self._shared_lines()])
        if self._rest is not None:
            self._later.start()

    def _shared_lines(self) -> list[Line]:
        title = [line("", Span("Shares memory with", "muted"))] if self._shared else []
        return [*title, *self._shared]

    @Slot(str)
    def _follow(self, link: str) -> None:
        tensor = self._showing.current_tensor
        if link.startswith(SHOW):
            self._showing.show(link.removeprefix(SHOW))
        elif link == CHANNELS_LAST and tensor is not None and self._session.writable:
            self._session.run(channels_last_code(tensor.name))
        elif link == IN_SESSION and tensor is not None:
            self._session.open_in_session(tensor.name)


def _timer(parent: Section, work: Callable[[], None]) -> QTimer:
    """Runs once the window has nothing else to do; asked for many times, it runs once."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(0)
    timer.timeout.connect(work)
    return timer
