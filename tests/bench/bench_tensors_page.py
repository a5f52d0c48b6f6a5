"""How soon the whole Tensors page answers: 200 tensors over one storage of 10,000 cells, 12 grids, at 1280x800.

    python tests/bench/bench_tensors_page.py [--moves 200] [--data DIR, not needed]

Every event that the window's thread handles is timed by its own CPU time, with all that it sets off: a move of the
pointer with the slots of all panels, a timer, a frame with the paints of all panels. For each kind: median, 99 % and
worst, and which event was the worst.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tensorviz.ui.stylesheet import stylesheet
from tensorviz.ui.tensors.session_panels import SessionPanels
from tensorviz.ui.theme import LIGHT, palette_of
from tests.bench.bench_canvas import desk_with_views
from tests.ui.tensors.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NOTHING, GRIDS = Qt.MouseButton.NoButton, 12
SETTLED = 3  # turns without an event that took a time


class Timed(QApplication):
    """An application that times each event by the thread's own CPU time; events inside others count with those."""

    def __init__(self) -> None:
        super().__init__(sys.argv[:1])
        self.inside = False
        self.took: list[tuple[float, str, str]] = []

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        kind = event.type()
        if self.inside and kind != QEvent.Type.Paint:
            return super().notify(receiver, event)
        outside, self.inside = self.inside, True
        before = time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            spent = time.thread_time() - before
            self.inside = outside
            self.took.append((spent, kind.name, type(receiver).__name__))


class Bench:
    """The page in a window of its own, and what is done with it."""

    def __init__(self, application: Timed, desk: Desk) -> None:
        self.application, self.desk = application, desk
        self.page = SessionPanels(desk.workspace)
        self.page.resize(1280, 800)
        self.page.show()
        self.chance = random.Random(1)

    def settle(self) -> None:
        """Lets events run until none takes a millisecond any more."""
        quiet = 0
        while quiet < SETTLED:
            before = len(self.application.took)
            self.desk.serve()
            QTest.qWait(1)
            slow = any(spent > 0.001 for spent, _, _ in self.application.took[before:])
            quiet = 0 if slow else quiet + 1

    def measure(self, name: str, steps: Sequence[Callable[[], object]]) -> None:
        """Does each step (a callable), lets the page settle after it, and tells the times of all events."""
        self.settle()
        self.application.took.clear()
        for step in steps:
            step()
            self.settle()
        tell(name, self.application.took)

    # -------------------------------------------------------------------------------------------------------- steps

    def move_to(self, widget: QWidget, at: QPointF) -> None:
        """The pointer moves over a widget."""
        whole = widget.mapToGlobal(at)
        event = QMouseEvent(QEvent.Type.MouseMove, at, whole, NOTHING, NOTHING, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(widget, event)

    def anywhere(self, widget: QWidget) -> None:
        """The pointer moves to any place of a widget."""
        across, down = self.chance.uniform(0, widget.width()), self.chance.uniform(0, widget.height())
        self.move_to(widget, QPointF(across, down))

    def wheel(self, widget: QWidget, turn: int, modifiers: Qt.KeyboardModifier) -> None:
        """The wheel turns over the middle of a widget."""
        at = QPointF(widget.rect().center())
        phase = Qt.ScrollPhase.NoScrollPhase
        whole = widget.mapToGlobal(at)
        event = QWheelEvent(at, whole, QPoint(), QPoint(0, turn), NOTHING, modifiers, phase, False)
        QCoreApplication.sendEvent(widget, event)


def tell(name: str, took: list[tuple[float, str, str]]) -> None:
    """Lines for events with their slots, for the paint of each widget, and for frames, which hold several paints."""
    kinds: dict[str, list[tuple[float, str, str]]] = {"slots": [], "paints": [], "frames": []}
    for one in took:
        kinds[{"UpdateRequest": "frames", "Paint": "paints"}.get(one[1], "slots")].append(one)
    for kind, events in kinds.items():
        events = sorted(one for one in events if one[0] > 2e-5)
        if not events:
            continue
        spent = [1000 * one[0] for one in events]
        worst = ", ".join(f"{one[1]} of {one[2]}" for one in events[-1:])
        print(
            f"{name:26} {kind:7} n {len(spent):5}  own median {statistics.median(spent):6.2f}  "
            f"99% {spent[int(0.99 * (len(spent) - 1))]:6.2f}  worst {spent[-1]:6.2f} ms  ({worst})",
            flush=True,
        )


def show_grids(desk: Desk) -> None:
    """Twelve grids, the first of them current."""
    for number in (*range(1, GRIDS), 0):
        desk.workspace.showing.show(f"v{number}")


def hovers(bench: Bench, moves: int) -> None:
    """The pointer over cells and lanes of the canvas, over grids, over the tree and the inspector."""
    page = bench.page
    canvas = page.canvas.canvas.viewport()
    bench.measure("hover canvas", [lambda: bench.anywhere(canvas) for _ in range(moves)])
    views = [card.view.viewport() for card in page.grids.cards.values()]
    bench.measure("hover grids", [lambda: bench.anywhere(bench.chance.choice(views)) for _ in range(moves)])
    tree = page.tree.findChildren(QWidget, "qt_scrollarea_viewport")[0]
    bench.measure("hover tree", [lambda: bench.anywhere(tree) for _ in range(moves // 4)])


def wheels(bench: Bench) -> None:
    """Scrolling and zooming the canvas and a grid."""
    canvas = bench.page.canvas.canvas.viewport()
    plain, ctrl = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
    bench.measure("scroll canvas", [lambda: bench.wheel(canvas, -120, plain)] * 60)
    out, into = [lambda: bench.wheel(canvas, -240, ctrl)] * 14, [lambda: bench.wheel(canvas, 240, ctrl)] * 14
    bench.measure("zoom canvas", [*out, *into])
    grid = next(iter(bench.page.grids.cards.values())).view.viewport()
    bench.measure(
        "zoom a grid", [lambda: bench.wheel(grid, -120, ctrl)] * 8 + [lambda: bench.wheel(grid, 120, ctrl)] * 8
    )


def session(bench: Bench) -> None:
    """The session says that something may be another; the current tensor changes; lanes are left out."""
    desk, showing = bench.desk, bench.desk.workspace.showing
    bench.measure("session changed", [lambda: desk.tell(desk.facts)] * 20)
    bench.measure("current tensor", [partial(showing.show, f"v{n}") for n in range(GRIDS)])
    bench.measure("lanes left out", [partial(showing.set_lane, f"v{n}", False) for n in range(GRIDS)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--moves", type=int, default=200)
    options = parser.parse_args()
    application = Timed()
    application.setPalette(palette_of(LIGHT))
    application.setStyleSheet(stylesheet(LIGHT))
    desk = desk_with_views()
    show_grids(desk)
    bench = Bench(application, desk)
    bench.settle()
    tell("first pictures", application.took)
    gc.collect()
    gc.freeze()
    hovers(bench, options.moves)
    wheels(bench)
    session(bench)
    bench.page.close()


if __name__ == "__main__":
    main()
