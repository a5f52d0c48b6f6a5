"""What files of tensors cost the window's thread: opened, looked at, reported, compared, copied as text, closed.

    python tests/bench/bench_files_window.py [--runs 3] [--counts 10 10000 100000] [--short]

Each run is a process of its own with the real program and engine, at 1280x800, without a display. For each thing done:
the longest that Qt gave one event to a receiver (a slot), to one paint and to all paints that were due at once, in this
thread's own processor time, and how much of the longest was spent looking for garbage (gc: the longest such look on
another thread, when this one waits). Wanted: no slot above 10 ms but for the making of a single widget. At the end,
with --large, how much more memory of its own the process has (MB, where the system tells) after a sparse .safetensors
of 10 GB and a deflated .npz of 1 GB were opened, looked at, paged through and their values read.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from tests.bench.files_to_open import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QScrollBar

    from tensorviz.app import Program
    from tensorviz.ui.files.file_view import FileView
    from tensorviz.ui.state.tensor_file import TensorFile

    Done = Callable[[], bool]
    Step = tuple[str, Callable[[], object], Done]

LOOKS_EVERY = 10  # milliseconds between two looks whether something has ended
REST = 350  # milliseconds after which what was caused is drawn
PATIENCE = 120.0  # seconds for one step
PAGES = 40  # places that a large tensor is scrolled to
MB = 1 << 20


class Timed(QApplication):
    """An application that notes how long each event took in this thread's own time: slots, paints, frames."""

    depth = 0
    own = threading.get_ident()
    collecting = 0.0
    elsewhere = other_began = 0.0  # the longest look for garbage on another thread: nobody runs meanwhile
    took: dict[str, tuple[float, str]]

    def collected(self, phase: str, about: dict[str, int]) -> None:
        """Told by Python when it begins and ends looking for garbage, on the thread that does it."""
        now = time.thread_time() * 1000
        if threading.get_ident() == self.own:  # the clock of another thread is another
            self.collecting += now if phase == "stop" else -now
        elif phase == "start":
            self.other_began = now
        else:
            self.elsewhere = max(self.elsewhere, now - self.other_began)

    def forget(self) -> dict[str, tuple[float, str]]:
        """The longest of each kind; from now on anew."""
        found = getattr(self, "took", {})
        self.took = {"slot": (0.0, ""), "paint": (0.0, ""), "frame": (0.0, "")}
        return found

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Delivers an event."""
        kind = event.type()
        if self.depth and kind != QEvent.Type.Paint:
            return super().notify(receiver, event)
        what = "paint" if kind == QEvent.Type.Paint else "frame" if kind == QEvent.Type.UpdateRequest else "slot"
        name = f"{type(receiver).__name__} {receiver.objectName()} {kind.name}"
        self.depth += 1
        started, collecting = time.thread_time(), self.collecting
        try:
            return super().notify(receiver, event)
        finally:
            took, garbage = (time.thread_time() - started) * 1000, self.collecting - collecting
            if took > self.took[what][0]:
                self.took[what] = took, f"{name}{f', {garbage:.0f} ms for garbage' if garbage > 1 else ''}"
            self.depth -= 1


class Run:
    """One program from start to end; `steps` gives what is done, one after the other."""

    def __init__(self, folder: Path, counts: list[int], large: bool) -> None:
        from tensorviz.app import build

        self.folder, self.counts, self.large = folder, counts, large
        self.figures: dict[str, Any] = {}
        self.application = Timed([])
        gc.callbacks.append(self.application.collected)
        self.application.forget()
        self.program: Program = build()
        self.workspace = self.program.workspace
        self.files = self.workspace.files
        self._steps: Iterator[Step] = iter(())
        self._name, self._begun = "", 0.0
        self._done: Done = lambda: True
        self._places: list[tuple[QScrollBar, int]] = []
        self._timer = QTimer(interval=LOOKS_EVERY)
        self._timer.timeout.connect(self._look)

    def measure(self) -> dict[str, Any]:
        """Runs the event loop until everything is measured."""
        self.program.window.resize(1280, 800)
        self.program.window.show()
        self._steps = self.steps()
        QTimer.singleShot(0, self._next)
        self.application.exec()
        self.program.end()
        return self.figures

    def _next(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self.program.window.close()
            self.application.quit()
            return
        self._name, do, self._done = step
        self.application.forget()
        self.application.elsewhere = 0.0
        self._begun = time.perf_counter()
        started = time.thread_time()
        do()
        self._call = (time.thread_time() - started) * 1000
        self._timer.start()

    def _look(self) -> None:
        passed = time.perf_counter() - self._begun
        if passed > PATIENCE:
            raise SystemExit(f"{self._name}: not done after {PATIENCE:.0f} s")
        if self._done():
            self._timer.stop()
            self._passed = passed * 1000
            QTimer.singleShot(REST, self._note)

    def _note(self) -> None:
        found = self.application.forget()
        figures: dict[str, Any] = {kind: round(took, 2) for kind, (took, _) in found.items()}
        figures["gc"] = round(self.application.elsewhere, 1)
        figures |= {"call": round(self._call, 2), "ready": round(self._passed, 1), "worst": found["slot"][1]}
        self.figures[self._name] = figures
        self._next()

    # ------------------------------------------------------------------------------------------------- what is done

    def steps(self) -> Iterator[Step]:
        """Name, what is done, when it is over."""
        def ready() -> bool:
            return self.workspace.engine.ready and not self.workspace.session.running

        yield "start", int, ready
        page = partial(self.workspace.wishes.run, "page.tensors")
        yield "tensors page", page, lambda: True
        yield "idle", int, lambda: time.perf_counter() - self._begun > 1.5  # modules are imported ahead
        yield from self._small()
        for count in self.counts:
            yield from self._of_count(count)
        yield from self._messy()
        yield from self._many()
        if self.large:
            yield from self._of_large("10 GB safetensors", "large.safetensors")
            yield from self._of_large("1 GB npz", "deflated.npz")

    def _open(self, name: str) -> None:
        self.files.open(str(self.folder / name))

    def _small(self) -> Iterator[Step]:
        yield "first file, 10 tensors", partial(self._open, "n10.safetensors"), self._reported
        yield "first look", partial(self._look_at, 0), self._looks
        yield "next look", partial(self._look_at, 1), self._looks
        yield "second file, mobilenet", partial(self._open, "mobilenet.pt"), self._reported
        yield "look in second", partial(self._look_at, 0), self._looks
        yield "next look in second", partial(self._look_at, 5), self._looks
        yield "values, mobilenet", partial(self._do, "look_at_values"), partial(self._idle, "values")
        other = str(self.folder / "other.pt")
        yield "comparison, mobilenet", partial(self._do, "compare_with", other), partial(self._idle, "compare")
        yield "text, mobilenet", self._copy, self._copied
        yield "to the session", partial(self.files.look_at, None), lambda: True
        yield "back to a file", lambda: self.files.look_at(self.files.files[0]), lambda: True
        yield "to another file", lambda: self.files.look_at(self.files.files[1]), lambda: True

    def _of_count(self, count: int) -> Iterator[Step]:
        yield f"open {count:,}", partial(self._open, f"n{count}.safetensors"), self._reported
        yield f"look in {count:,}", partial(self._look_at, count // 2), self._looks
        yield f"next look in {count:,}", partial(self._look_at, count - 1), self._looks
        yield f"values, {count:,}", partial(self._do, "look_at_values"), partial(self._idle, "values")
        other = str(self.folder / f"n{count}b.safetensors")
        yield f"comparison, {count:,}", partial(self._do, "compare_with", other), partial(self._idle, "compare")
        yield f"text, {count:,}", self._copy, self._copied
        yield f"close {count:,}", lambda: self.files.close(self._file), lambda: True

    def _messy(self) -> Iterator[Step]:
        yield "open messy", partial(self._open, "messy.pt"), self._reported
        yield "values, messy", partial(self._do, "look_at_values"), partial(self._idle, "values")
        yield "comparison, messy", partial(self._do, "compare_with", str(self.folder / "messy.pt")), partial(
            self._idle, "compare"
        )
        yield "text, messy", self._copy, self._copied
        yield "close messy", lambda: self.files.close(self._file), lambda: True

    def _many(self) -> Iterator[Step]:
        paths = [str(self.folder / f"many{number}.safetensors") for number in range(20)]
        yield "20 files at once", partial(self.program.window.open_paths, paths), self._reported
        yield "close all", self._close_all, lambda: not self.files.files

    def _of_large(self, what: str, name: str) -> Iterator[Step]:
        before = own_memory()
        yield f"open {what}", partial(self._open, name), self._reported
        yield f"look at {what}", partial(self._look_at, 0), self._looks
        yield f"page through {what}", self._scroll, lambda: not self._places and self._looks()
        yield f"values of {what}", partial(self._do, "look_at_values"), partial(self._idle, "values")
        after = own_memory()
        self.figures[f"memory, {what}"] = {"more_mb": round((after - before) / MB, 1)}
        yield f"close {what}", self._close_all, lambda: not self.files.files

    # ------------------------------------------------------------------------------------------------------- asking

    @property
    def _file(self) -> TensorFile:
        file = self.files.current
        assert file is not None, "one is looked at"
        return file

    @property
    def _view(self) -> FileView:
        from tensorviz.ui.tensors.page import TensorsPage

        page = self.program.window.page()
        assert isinstance(page, TensorsPage)
        view = page.view
        assert view is not None, "one is looked at"
        return view

    def _reported(self) -> bool:
        if self.files.current is None:
            return False
        if self._file.problem is not None:
            raise SystemExit(f"{self._file.problem.message} {self._file.problem.details}")
        view = self._view
        return self._file.analysis is not None and not view.waiting and view.report.ready and not view.tree.work.busy

    def _look_at(self, place: int) -> None:
        self._view.show_tensor(place)

    def _looks(self) -> bool:
        looking = self._view.looking
        return looking is not None and not looking.waiting

    def _do(self, what: str, *values: str) -> None:
        getattr(self._file, what)(*values)

    def _idle(self, work: Any) -> bool:
        return not self._file.is_working(work)

    def _copy(self) -> None:
        self._said = self.workspace.messages.newest if hasattr(self.workspace.messages, "newest") else None
        QApplication.clipboard().setText("")
        self._view.report.copy_text()

    def _copied(self) -> bool:
        return bool(QApplication.clipboard().text())

    def _scroll(self) -> None:
        areas = self._view.findChildren(QAbstractScrollArea)
        bars = [bar for area in areas for bar in (area.verticalScrollBar(), area.horizontalScrollBar())]
        moved = [bar for bar in bars if bar.maximum() > 0]
        self._places = [(bar, bar.maximum() * n // PAGES) for n in range(PAGES) for bar in moved]
        self._move()

    def _move(self) -> None:
        if self._places:
            bar, place = self._places.pop()
            bar.setValue(place)
            QTimer.singleShot(20, self._move)

    def _close_all(self) -> None:
        """One in each turn, as fast as a key repeats or faster: no command closes several."""
        if self.files.files:
            self.files.close(self._file)
            QTimer.singleShot(0, self._close_all)


def own_memory() -> int:
    """Bytes of memory that belong to this process alone and are not of files; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon")), 0)


def once(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """One run in a process of its own, with settings of its own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TENSORVIZ_CONFIG_HOME": home, "TENSORVIZ_CACHE_HOME": home}
        command = [sys.executable, "-m", "tests.bench.bench_files_window", "--inner", str(folder)]
        command += ["--counts", *map(str, options.counts)]
        command += ["--large"] if options.large else []
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def show(runs: list[dict[str, Any]]) -> None:
    """The median of the runs, each step on a line."""
    for name, last in runs[-1].items():
        each = {key: statistics.median(run[name][key] for run in runs) for key in last if key != "worst"}
        figures = "  ".join(f"{key} {value:7.1f}" for key, value in each.items())
        print(f"{name:32} {figures}  {last.get('worst', '')}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--counts", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--messy", type=int, default=10_000)
    parser.add_argument("--large", action="store_true", help="a file of 10 GB and one of 1 GB, for their memory")
    parser.add_argument("--short", action="store_true", help="small files, once: whether it runs at all")
    parser.add_argument("--data", help="not needed; make bench gives it to each")
    parser.add_argument("--inner", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner:
        print(json.dumps(Run(Path(options.inner), options.counts, options.large).measure()))
        return
    if options.short:
        options.runs, options.counts, options.messy = 1, [1000], 400
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), options.counts, options.messy, options.large)
        show([once(Path(folder), options) for _ in range(options.runs)])


if __name__ == "__main__":
    main()
