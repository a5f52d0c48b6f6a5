"""How long grids take: a card over 1000x1000 float32 at 1280x800, hover and scroll frames, and tiny cells.

    QT_QPA_PLATFORM=offscreen python tests/bench/bench_grids.py [--frames 300]

Prints median and worst CPU time of the window's thread, in milliseconds. A hover frame is the slot and the paint of
what it changed; a scroll frame paints everything in sight.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from array import array

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tensorviz.ui.tensors.grid_view import GridView
from tensorviz.ui.tensors.grids_panel import GridsPanel
from tests.ui.tensors.desk import Desk, tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent

SIDE = 1000


PAINTS: list[float] = []  # CPU times of the paints so far


def watch_paints() -> None:
    """Every paint of a grid is timed from here on."""
    paint = GridView.paintEvent

    def timed(view: GridView, event: QPaintEvent) -> None:
        start = time.thread_time()
        paint(view, event)
        PAINTS.append(time.thread_time() - start)

    GridView.paintEvent = timed  # type: ignore[method-assign, assignment]  # to look at it from outside


def painted() -> float:
    """Lets the window paint, and gives the CPU time of it."""
    PAINTS.clear()
    for _ in range(30):
        QTest.qWait(1)
        if PAINTS:
            break
    return sum(PAINTS)


def measured(act: Callable[[int], None], frames: int) -> str:
    """The CPU times of so many frames."""
    times = []
    for number in range(frames):
        start = time.thread_time()
        act(number)
        slot = time.thread_time() - start
        times.append((slot + painted()) * 1000)
    times.sort()
    worst, late = times[-1], times[int(len(times) * 0.99)]
    return f"median {statistics.median(times):6.2f} ms   99 % {late:6.2f} ms   worst {worst:6.2f} ms"


def opened(transposed: bool) -> tuple[Desk, GridsPanel, GridView]:
    """A panel that fills the window, everything in sight read."""
    desk = Desk()
    numbers = array("f", (float((n * 7919) % 10007) / 97 for n in range(SIDE * SIDE)))
    stride = (1, SIDE) if transposed else (SIDE, 1)
    desk.open(tensor("x", "A", (SIDE, SIDE), stride=stride), A=numbers.tobytes())
    panel = GridsPanel(desk.workspace)
    panel.resize(1280, 800)
    panel.show()
    QTest.qWaitForWindowExposed(panel)
    card = panel.cards["x"]
    card.setMaximumWidth(1280)
    card.setMinimumWidth(1260)
    for _ in range(3):
        panel.grab()
        desk.serve()
    for page in range(SIDE * SIDE * 4 // 4096 + 1):
        desk.workspace.memory.raw("A", page * 4096, min((page + 1) * 4096, SIDE * SIDE * 4))
    desk.serve()
    panel.grab()
    return desk, panel, card.view


def cases(transposed: bool, frames: int) -> None:
    """Prints the figures of one layout."""
    desk, panel, view = opened(transposed)
    facts = desk.facts.tensors[0]
    seen = sum(1 for _ in view._addresses())
    print(f"{'transposed' if transposed else 'contiguous'} {SIDE}x{SIDE} float32, {seen} cells in sight")
    hover = measured(lambda n: desk.workspace.pointing.at_element(facts, (n % 20, n * 7 % 10)), frames)
    print(f"  hover          {hover}")
    print(f"  scroll a line  {measured(lambda n: view.scroll_to(0, (n + 1) * 22), frames)}")
    print(f"  scroll far     {measured(lambda n: view.scroll_to(n * 331, n * 1009 % 20000), frames)}")
    desk.workspace.grids.set_scale(facts, "sequential")
    print(f"  with colours   {measured(lambda n: view.scroll_to(0, (n + 1) * 44), frames)}")
    for height in (9, 4, 1):
        while view.look.cell_height > height:
            view.zoom(-1)
        panel.grab()
        figures = measured(lambda n: view.scroll_to(n % 7 * 3, n * 5 % 300), frames)
        print(f"  cells of {height} px  {figures}")
    panel.deleteLater()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--frames", type=int, default=300)
    options = parser.parse_args()
    application = QApplication.instance() or QApplication([])
    assert application is not None
    watch_paints()
    for transposed in (False, True):
        cases(transposed, options.frames)


if __name__ == "__main__":
    main()
