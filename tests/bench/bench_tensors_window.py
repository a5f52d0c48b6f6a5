"""How soon the Tensors page is there, and what the window's thread suffers while a session works.

    python tests/bench/bench_tensors_window.py [--runs 3] [--steps 1000] [--many 1000]

Each run is a process of its own with the real engine, at 1280x800, with a session that is brought back. Measured: time
from the start of the process to the first paint (neither torch nor the session there by then); while torch loads, while
the session is brought back, while 100 steps run one by one, while a paste of 1,000 steps runs, while a tensor of 100
million elements is made, measured and scrolled, while 1,000 tensors are open: the longest gap of a 2 ms timer, and the
longest that Qt gave one event to a receiver (a slot or a paint) in this thread's own time. Wanted: no such above 10 ms.
And the time from the wish for a small step to its answer in this thread; wanted: 30 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.app import Program

LARGE = 100_000_000  # elements
SMALL_STEPS = ("y = x.t()", "x[0, 1] = 3", "y = x.reshape(6)", "x", "x.clamp_(0, 9)", "y = x + 1", "y.view(7)")
SESSION = ["x = torch.arange(6.).view(2, 3)", *(f"v{n} = x.as_strided((2, 2), (1, {n % 3}))" for n in range(60))]
WAITING = 20  # milliseconds between two looks whether something has ended
REST = 400  # milliseconds after which what a step caused is drawn
SHOWN = 3  # of the events that took longest


class Timed(QApplication):
    """An application that notes how long each event took, in this thread's own time.

    slots: what came from the queue; paints: of one widget each; frames: all paints that were due at once.
    """

    took: dict[str, list[tuple[float, str]]]
    depth = 0

    def forget(self) -> dict[str, list[tuple[float, str]]]:
        """What was noted, the longest first; from now on anew."""
        found = getattr(self, "took", {})
        self.took = {"slot": [], "paint": [], "frame": []}
        return {kind: sorted(list_, reverse=True) for kind, list_ in found.items()}

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Delivers an event."""
        kind = event.type()
        if self.depth and kind != QEvent.Type.Paint:
            return super().notify(receiver, event)
        what = "paint" if kind == QEvent.Type.Paint else "frame" if kind == QEvent.Type.UpdateRequest else "slot"
        name = f"{type(receiver).__name__} {receiver.objectName()} {kind.name}"
        self.depth += 1
        started = time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self.took[what].append(((time.thread_time() - started) * 1000, name))
            self.depth -= 1


class Watch:
    """What one stretch of time was like for the window's thread; asking begins another."""

    def __init__(self, application: Timed) -> None:
        self._application, self._last = application, time.perf_counter()
        self._gaps = [0.0]
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(2)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now

    def take(self) -> dict[str, Any]:
        """Milliseconds: the longest gap, its 99th percentile, the longest event and what it was."""
        gaps, self._gaps = sorted(self._gaps), [0.0]
        found: dict[str, Any] = {"gap_ms": gaps[-1], "gap_p99_ms": gaps[int(len(gaps) * 0.99)]}
        worst: list[str] = []
        for kind, events in self._application.forget().items():
            found[f"{kind}_ms"] = events[0][0] if events else 0.0
            worst += [f"{what} {took:.1f}" for took, what in events[:SHOWN]]
        return {**found, "worst": worst}


class Run:
    """One program from start to end, measured."""

    def __init__(self, steps: int, many: int) -> None:
        from tensorviz.app import build

        self.born = float(os.environ["BORN"])  # the parent's clock just before it started this process
        self.figures: dict[str, Any] = {}
        self.steps, self.many = steps, many
        self.application = Timed([])
        self.application.forget()
        self.program: Program = build()
        self.session = self.program.workspace.session
        self.program.window.first_painted.connect(self._painted)
        self.program.workspace.engine.changed.connect(self._loaded)
        self.session.restored.connect(self._restored)
        self.session.stepped.connect(self._stepped)
        self._latencies: list[float] = []
        self._sent = 0.0
        self._left: list[str] = []

    def measure(self) -> dict[str, Any]:
        """Runs the event loop until everything is measured."""
        self.program.window.resize(1280, 800)
        self.program.window.show()
        self.application.exec()
        self.program.end()
        return self.figures

    def _painted(self) -> None:
        self.figures["first_paint_s"] = time.time() - self.born
        self.figures["torch_imported"] = "torch" in sys.modules
        self.application.forget()
        self.watch = Watch(self.application)

    def _loaded(self) -> None:
        if self.program.workspace.engine.ready and "while_torch_loads" not in self.figures:
            self.figures["while_torch_loads"] = self.watch.take()

    def _restored(self) -> None:
        self._then("while_restored", self._first_steps)

    def _then(self, name: str, go_on: Callable[[], None]) -> None:
        """Waits until nothing is being done and all is drawn, notes how it was, and goes on."""
        if self.session.running:
            QTimer.singleShot(WAITING, lambda: self._then(name, go_on))
            return

        def note() -> None:
            self.figures[name] = self.watch.take()
            go_on()

        QTimer.singleShot(REST, note)

    # --------------------------------------------------------------------------------------------- small steps

    def _first_steps(self) -> None:
        self._left = [SMALL_STEPS[n % len(SMALL_STEPS)] for n in range(100)]
        self._next_step()

    def _next_step(self) -> None:
        self._sent = time.perf_counter()
        self.session.run(self._left.pop())

    def _stepped(self) -> None:
        if not self._sent:
            return
        self._latencies.append((time.perf_counter() - self._sent) * 1000)
        self._sent = 0.0
        if self._left:
            QTimer.singleShot(10, self._next_step)
            return
        self._note_steps("step")
        self._then("while_100_steps", self._paste)

    def _note_steps(self, name: str) -> None:
        took, self._latencies = sorted(self._latencies), []
        self.figures[name] = {"median_ms": statistics.median(took), "p99_ms": took[int(len(took) * 0.99)]}

    def _paste(self) -> None:
        self.session.run("\n".join(SMALL_STEPS[n % len(SMALL_STEPS)] for n in range(self.steps)))
        self._then("while_pasted", self._make_large)

    # -------------------------------------------------------------------------------------------- large, and many

    def _make_large(self) -> None:
        self.session.run(f"large = torch.ones({LARGE // 1000}, 1000)")
        self._then("while_large_made", self._measure_large)

    def _measure_large(self) -> None:
        showing, found = self.program.workspace.showing, self.program.workspace.statistics
        showing.show("large")
        found.measure()
        self._until_measured()

    def _until_measured(self) -> None:
        if self.program.workspace.statistics.busy:
            QTimer.singleShot(WAITING, self._until_measured)
        else:
            self._then("while_measured", self._scroll)

    def _scroll(self) -> None:
        from PySide6.QtWidgets import QAbstractScrollArea

        page = self.program.window.page()
        bars = [area.verticalScrollBar() for area in page.findChildren(QAbstractScrollArea)]
        moved = [bar for bar in bars if bar.maximum() > 0]
        places = [(bar, bar.maximum() * n // 60) for n in range(60) for bar in moved]

        def move() -> None:
            if places:
                bar, place = places.pop()
                bar.setValue(place)
                QTimer.singleShot(5, move)
            else:
                self._then("while_scrolled", self._open_many)

        move()

    def _open_many(self) -> None:
        names = "\n".join(f"w{n} = torch.zeros(3)" for n in range(self.many))
        self.session.run(f"del large\n{names}")
        self._then("while_many_opened", self._run_among_many)

    def _run_among_many(self) -> None:
        self._left = []
        self._sent = time.perf_counter()
        self.session.stepped.disconnect(self._stepped)
        self.session.stepped.connect(lambda: self._latencies.append((time.perf_counter() - self._sent) * 1000))
        self._many_left = 10
        self._step_among_many()

    def _step_among_many(self) -> None:
        self._sent = time.perf_counter()
        self._many_left -= 1
        self.session.run("x[0, 0] = 1" if self._many_left % 2 else "y = x + 1")
        self._then("while_many_open", self._step_among_many if self._many_left else self._end)

    def _end(self) -> None:
        self._note_steps("step_among_many")
        self.program.window.close()
        self.application.quit()


def prepare(home: Path) -> None:
    """A saved session to be brought back."""
    from tensorviz.engine.tensors.log import SessionLog

    home.mkdir(exist_ok=True)
    log = SessionLog(home)
    log.begin(1)
    for code in SESSION:
        log.start({"code": code})
        log.end()


def once(steps: int, many: int) -> dict[str, Any]:
    """One run in a process of its own, with settings of its own."""
    with tempfile.TemporaryDirectory() as home:
        prepare_in = "import sys, pathlib; from tests.bench.bench_tensors_window import prepare; "
        environment = {
            **os.environ, "QT_QPA_PLATFORM": "offscreen", "TENSORVIZ_CONFIG_HOME": home, "TENSORVIZ_CACHE_HOME": home,
        }  # fmt: skip
        prepare_in += "from tensorviz.engine.places import session_folder; prepare(pathlib.Path(session_folder()))"
        subprocess.run([sys.executable, "-c", prepare_in], env=environment, check=True, timeout=60)
        command = [sys.executable, __file__, "--inner", "--steps", str(steps), "--many", str(many)]
        environment["BORN"] = str(time.time())
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def flat(figures: dict[str, Any], before: str = "") -> dict[str, float]:
    """Nested figures under joined names."""
    result: dict[str, float] = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            result |= flat(value, f"{before}{name}.")
        elif not isinstance(value, list):
            result[before + name] = float(value)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        print(json.dumps(Run(options.steps, options.many).measure()))
        return
    runs = [once(options.steps, options.many) for _ in range(options.runs)]
    flats = [flat(run) for run in runs]
    for name in flats[0]:
        values = sorted(run[name] for run in flats)
        print(f"{name:36} min {values[0]:8.2f}  median {statistics.median(values):8.2f}  max {values[-1]:8.2f}")
    for name, value in runs[-1].items():
        if isinstance(value, dict) and "worst" in value:
            print(f"{name}: {'; '.join(value['worst'])}")


if __name__ == "__main__":
    main()
