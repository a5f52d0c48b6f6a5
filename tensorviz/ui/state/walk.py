"""A walk through the current tensor's elements in the order of memory: play, pause, step, at a speed.

Must not know widgets; it points at each element, and whoever draws lights up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tensorviz.core.canvas_walk import Step, walk, walkable
from tensorviz.core.text import count_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.session_data import TensorFacts
    from tensorviz.ui.state.pointing import PointingState
    from tensorviz.ui.state.showing import ShowingState

SPEEDS = (1, 2, 5, 10, 30)  # elements a second
USUAL_SPEED = 2


class WalkState(QObject):
    """Signals: changed() when it stepped, began anew, plays or pauses.

    at: the element where it is; None before the first step. It begins anew when another tensor becomes the current
    one, or the same gets another layout.
    """

    changed = Signal()

    def __init__(self, showing: ShowingState, pointing: PointingState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._showing, self._pointing = showing, pointing
        self._tensor: TensorFacts | None = None
        self._steps: Iterator[Step] = iter(())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.step)
        self.at: Step | None = None
        self.set_speed(USUAL_SPEED)
        showing.changed.connect(self._follow)
        self._follow()

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    @property
    def possible(self) -> bool:
        """Whether there is an element to go to."""
        tensor = self._tensor
        return tensor is not None and tensor.storage is not None and walkable(tensor.layout)

    @property
    def ended(self) -> bool:
        """Whether it is at the last element."""
        return self._tensor is not None and self.at is not None and self.at.number == self._tensor.layout.numel

    @property
    def text(self) -> str:
        """Where it is: "element 2 of 6, index [0, 1] -> address 1"."""
        tensor = self._tensor
        if tensor is None or tensor.storage is None or not tensor.layout.numel:
            return "No elements to step through."
        if not self.possible:
            return f"{tensor.name} has too many places that overlap to step through them."
        if self.at is None:
            return f"{tensor.name}: {count_text(tensor.layout.numel)} elements in the order of memory."
        index = ", ".join(map(str, self.at.index))
        count = f"element {count_text(self.at.number)} of {count_text(tensor.layout.numel)}"
        return f"{count}, index [{index}] \u2192 address {count_text(self.at.address)}"

    def set_speed(self, per_second: int) -> None:
        """How many elements it goes in a second."""
        self.speed = max(per_second, 1)
        self._timer.setInterval(round(1000 / self.speed))

    def play(self) -> None:
        """Goes on by itself, from the beginning when it is at the end."""
        if not self.possible:
            return
        if self.ended:
            self._begin()
        self._timer.start()
        self.step()

    def pause(self) -> None:
        """Stays where it is."""
        self._timer.stop()
        self.changed.emit()

    def restart(self) -> None:
        """Goes back to before the first element."""
        self._timer.stop()
        self._begin()
        self._pointing.leave()
        self.changed.emit()

    @Slot()
    def step(self) -> None:
        """Goes to the next element and points at it; after the last comes the end."""
        tensor = self._tensor
        following = next(self._steps, None) if tensor is not None else None
        if following is None or tensor is None:
            self._timer.stop()
        else:
            self.at = following
            self._pointing.at_element(tensor, following.index)
            if self.ended:
                self._timer.stop()
        self.changed.emit()

    def _begin(self) -> None:
        self.at = None
        self._steps = walk(self._tensor.layout) if self._tensor is not None and self.possible else iter(())

    @Slot()
    def _follow(self) -> None:
        tensor, before = self._showing.current_tensor, self._tensor
        self._tensor = tensor
        known = (None, None, None) if before is None else (before.name, before.layout, before.storage)
        if tensor is None or (tensor.name, tensor.layout, tensor.storage) != known:
            self._timer.stop()
            self._begin()
        self.changed.emit()
