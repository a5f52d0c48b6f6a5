"""The session's changes as the screen is told of them: each at once while that is quick, else the latest in time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tensorviz.core.session_data import SessionFacts
from tensorviz.engine.messages import EngineReady, JobFinished
from tensorviz.engine.messages.session import RunCode, SessionChanged
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.engine import EngineState
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.session import QUICK, SessionState
from tests.ui.fake_engine import FakeEngine

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def running(seconds: float) -> tuple[FakeEngine, SessionState, list[int]]:
    """A session that runs code, whose panels take so long for each change; and the changes they were told of."""
    bridge = Bridge()
    engine, jobs = FakeEngine(bridge), JobsState(bridge)
    ready = EngineState(bridge, jobs)
    session, told = SessionState(bridge, jobs, ready), list[int]()
    engine.answer(EngineReady(0, "2", ()))

    def draw() -> None:
        told.append(session.facts.here)
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            pass

    session.changed.connect(draw)
    session.run("x")
    return engine, session, told


def test_quick_changes_are_told_as_they_come(qtbot: QtBot) -> None:
    engine, _, told = running(0.0)
    job = engine.job(RunCode)
    engine.answer(*(SessionChanged(job, SessionFacts(here=n)) for n in range(10)))
    assert told == list(range(10))


def test_of_slow_changes_the_latest_is_told_and_the_last_one_always(qtbot: QtBot) -> None:
    engine, session, told = running(2 * QUICK)
    job = engine.job(RunCode)
    engine.answer(*(SessionChanged(job, SessionFacts(here=n)) for n in range(10)))
    assert told == [0]
    qtbot.waitUntil(lambda: told == [0, 9])
    engine.answer(SessionChanged(job, SessionFacts(here=10)), SessionChanged(job, SessionFacts(here=11)))
    engine.answer(JobFinished(job, 0))
    assert told == [0, 9, 11]
    assert session.facts.here == 11
    assert not session.running
