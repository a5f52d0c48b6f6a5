"""Lanes that turn into others: the hops of a tensor whose layout changed on the same storage move to their new places.

Must not know painting; it says which lanes fade, and how far they are.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from tensorviz.core.canvas_scene import SceneLane
from tensorviz.ui.canvas.picture import Fading

if TYPE_CHECKING:
    from tensorviz.core.canvas_scene import CanvasScene
    from tensorviz.core.lanes import Lane

LASTS = 0.3  # seconds


class Turning:
    """The lanes that are fading, by name."""

    def __init__(self) -> None:
        self._old: dict[str, tuple[Lane, float]] = {}

    def begin(self, before: CanvasScene, after: CanvasScene) -> None:
        """Notes the lanes that are others now than in the scene before, of the same storage."""
        now = perf_counter()
        old = {one.lane.name: one.lane for one in before.lanes}
        for lane in (one.lane for one in after.lanes):
            was = old.get(lane.name)
            if was is not None and was.layout != lane.layout:
                self._old[lane.name] = (was, now)

    def running(self) -> bool:
        """Whether some lane is still fading."""
        now = perf_counter()
        self._old = {name: one for name, one in self._old.items() if now - one[1] < LASTS}
        return bool(self._old)

    def fading(self, scene: CanvasScene) -> dict[int, Fading]:
        """The fading lanes of a scene by their number."""
        if not self.running():
            return {}
        now, found = perf_counter(), {}
        for number, one in enumerate(scene.lanes):
            if one.lane.name in self._old:
                lane, began = self._old[one.lane.name]
                share = min((now - began) / LASTS, 1.0)
                found[number] = Fading(SceneLane(lane, one.full, scene.rows), share * share * (3 - 2 * share))
        return found
