"""The road between screen and work: events in order, and room for what the person does between many of them."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tensorviz.engine.messages import Event, JobStarted
from tensorviz.ui.bridge import SLICE, Bridge

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_events_of_several_threads_come_each_in_order_and_none_is_lost(qtbot: QtBot) -> None:
    bridge, seen = Bridge(), list[Event]()
    bridge.event.connect(seen.append)

    def report(first: int) -> None:
        for number in range(first, first + 500):
            bridge.report(JobStarted(number))

    threads = [threading.Thread(target=report, args=(1000 * n,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    qtbot.waitUntil(lambda: len(seen) == 2000)
    for n in range(4):
        assert [one.job for one in seen if one.job // 1000 == n] == list(range(1000 * n, 1000 * n + 500))


def test_a_timer_ticks_between_many_slow_events(qtbot: QtBot) -> None:
    bridge, done, ticks = Bridge(), list[Event](), list[int]()

    def slow(event: Event) -> None:
        ends = time.perf_counter() + SLICE / 3
        while time.perf_counter() < ends:
            pass
        done.append(event)
        if event.job < 200:  # as an engine that is quicker than the window
            bridge.report(JobStarted(event.job + 100))

    bridge.event.connect(slow)
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(len(done)))
    timer.start(0)
    for number in range(100):
        bridge.report(JobStarted(number))
    qtbot.waitUntil(lambda: len(done) == 300)
    timer.stop()
    before = [n for n in ticks if n < 300]
    assert max(after - one for one, after in zip([0, *before], [*before, 300], strict=True)) <= 12


def test_what_waits_is_passed_on_inside_a_dialog_that_an_event_opened(qtbot: QtBot) -> None:
    bridge, seen = Bridge(), list[int]()

    def open_dialog(event: Event) -> None:
        seen.append(event.job)
        if event.job == 1:
            qtbot.waitUntil(lambda: seen == [1, 2, 3])  # an event loop of its own, as a dialog has

    bridge.event.connect(open_dialog)
    for number in (1, 2, 3):
        bridge.report(JobStarted(number))
    qtbot.waitUntil(lambda: len(seen) == 3)


def test_a_closed_bridge_passes_nothing_on(qtbot: QtBot) -> None:
    bridge, seen = Bridge(), list[Event]()
    bridge.event.connect(seen.append)
    bridge.report(JobStarted(1))
    bridge.close()
    bridge.pass_all()
    assert seen == []
