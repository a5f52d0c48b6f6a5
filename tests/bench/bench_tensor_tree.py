"""How long the tree of a file's tensors holds the window's thread: shown, typed into, sorted, unfolded, scrolled.

    python tests/bench/bench_tensor_tree.py [--counts 10000 100000] [--frozen]

A file of so many tensors under names like those of a network, and one under names without dots, is shown in a panel of
420x700 pixels without a display. Printed for each thing done: the longest that one slot, and that one paint of all that
was due, held the thread (milliseconds; wanted: 10), and how long it took until all was there.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tensorviz.core.stored import Contents, letters
from tensorviz.core.tensor_tree import Order
from tensorviz.ui.files.tensor_tree import TensorTree
from tests.ui.files.shelf import Shelf, contents, stored

PARTS = ("self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight", "mlp.up.weight", "norm.bias")
ORDERS: tuple[Order, ...] = ("size", "dtype", "shape", "file", "name")


class Timed(QApplication):
    """An application that notes how long each event took."""

    longest = (0.0, "")
    depth = 0
    collecting = 0.0  # milliseconds that looking for garbage took in the event that is delivered

    def collected(self, phase: str, about: dict[str, int]) -> None:
        """Told by Python when it begins and ends looking for garbage."""
        now = time.thread_time() * 1000
        self.collecting += now if phase == "stop" else -now

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Delivers an event."""
        if self.depth:
            return super().notify(receiver, event)
        self.depth += 1
        name = f"{type(receiver).__name__} {event.type().name}"
        started, self.collecting = time.thread_time(), 0.0
        try:
            return super().notify(receiver, event)
        finally:
            took = (time.thread_time() - started) * 1000
            self.longest = max(self.longest, (took, f"{name}, {self.collecting:.1f} of it looking for garbage"))
            self.depth -= 1


def network(count: int) -> Contents:
    """So many tensors under names of layers, some of other types."""
    made = []
    for number in range(count):
        layer, part = divmod(number, len(PARTS))
        shape = (64,) if part == 4 else (64, 8 + number % 7)
        dtype = "float32" if number % 3 else "bfloat16"
        made.append(stored(f"model.layers.{layer}.{PARTS[part]}", letters(number), shape, dtype))
    return contents(*made)


def plain(count: int) -> Contents:
    """So many tensors under names without dots."""
    return contents(*(stored(f"w{number}", letters(number), (8, 8)) for number in range(count)))


def measured(application: Timed, what: str, do: Callable[[], object], tree: TensorTree) -> None:
    """Does something and prints what it cost."""
    QTest.qWait(30)
    application.longest = (0.0, "")
    started, before = time.perf_counter(), time.thread_time()
    do()
    first = (time.thread_time() - before) * 1000
    while tree.work.busy or tree.filters.waits:
        application.processEvents()
    took = (time.perf_counter() - started) * 1000
    QTest.qWait(60)
    longest, name = application.longest
    print(f"  {what:34} call {first:6.1f} ms, longest event {longest:6.1f} ms ({name}), ready in {took:7.1f} ms")


def run(application: Timed, title: str, made: Contents, frozen: bool) -> None:
    print(f"{title}, {len(made.tensors):,} tensors")
    shelf = Shelf()
    file = shelf.files.open("/x/model.pt")
    tree = TensorTree(shelf.workspace, file)
    tree.resize(420, 700)
    tree.show()
    view = tree.view
    measured(application, "read (the states too)", lambda: shelf.read(file, replace(made, path="/x/model.pt")), tree)
    if frozen:
        gc.freeze()
    measured(application, "analysed (analysis too)", lambda: shelf.analyse(file), tree)
    measured(application, "unfold everything", tree.unfold_all, tree)
    measured(application, "fold everything", lambda: tree.unfold_all(False), tree)
    measured(application, "unfold the first", lambda: QTest.keyClick(view, Qt.Key.Key_Right), tree)
    for text in ("w", "we", "wei", "wei 1", "*7*", ""):
        measured(application, f"find {text!r}", partial(tree.filters.search.setText, text), tree)
    measured(application, "shape >500", lambda: tree.filters.shape.setText(">500"), tree)
    measured(application, "no shape", lambda: tree.filters.shape.setText(""), tree)
    measured(application, "list", lambda: tree.filters.set_flat(True), tree)
    for order in ORDERS:
        measured(application, f"list by {order}", partial(tree.filters.set_order, order), tree)
    measured(application, "select all", view.selectAll, tree)
    measured(application, "find among selected", lambda: tree.filters.search.setText("1"), tree)
    measured(application, "find nothing", lambda: tree.filters.search.setText(""), tree)
    measured(application, "a page down", lambda: QTest.keyClick(view, Qt.Key.Key_PageDown), tree)
    measured(application, "the end", lambda: QTest.keyClick(view, Qt.Key.Key_End), tree)
    measured(application, "a wheel", lambda: view.verticalScrollBar().setValue(777), tree)
    measured(application, "reveal", lambda: tree.reveal(len(made.tensors) // 2), tree)
    tree.filters.set_flat(False)
    measured(application, "tree again, all still selected", lambda: tree.reveal(len(made.tensors) // 3), tree)
    measured(application, "take all", tree.take_all, tree)
    tree.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--counts", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--frozen", action="store_true", help="Python does not look for garbage in what was read")
    options = parser.parse_args()
    application = Timed([])
    gc.callbacks.append(application.collected)
    for count in options.counts:
        run(application, "A network", network(count), options.frozen)
        run(application, "Names without dots", plain(count), options.frozen)


if __name__ == "__main__":
    main()
