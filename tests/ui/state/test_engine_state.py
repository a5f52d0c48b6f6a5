"""The engine's state: loading, ready, or failed with a reason and another try."""

from __future__ import annotations

import pytest

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import DeviceRow, DropNetworks, EngineReady, JobFailed, RelieveMemory, StartEngine
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.engine import EngineState
from tensorviz.ui.state.jobs import JobsState
from tests.ui.fake_engine import FakeEngine

CPU = DeviceRow("cpu", "CPU")


@pytest.fixture
def bridge(qapp: object) -> Bridge:
    return Bridge()


def test_it_is_loading_until_the_engine_says_what_there_is(bridge: Bridge) -> None:
    engine = FakeEngine(bridge)
    state = EngineState(bridge, JobsState(bridge))
    assert (state.phase, state.ready) == ("idle", False)
    state.start()
    state.start()
    assert state.phase == "loading"
    assert engine.all(StartEngine) == [StartEngine()], "it is asked for once"
    engine.answer(EngineReady(engine.job(StartEngine), "2.15.0", (CPU,)))
    assert (state.phase, state.ready, state.torch_version) == ("ready", True, "2.15.0")
    assert state.device("cpu") == CPU
    assert state.device("cuda:0") is None


def test_memory_is_looked_after_once_the_engine_is_ready(bridge: Bridge) -> None:
    engine = FakeEngine(bridge)
    state = EngineState(bridge, JobsState(bridge))
    state.start()
    assert not state.memory_watch.isActive()
    engine.answer(EngineReady(engine.job(StartEngine), "2.15.0", (CPU,)))
    assert state.memory_watch.isActive()
    state.memory_watch.timeout.emit()
    assert engine.all(RelieveMemory) == [RelieveMemory()]
    state.free_memory()
    assert engine.all(DropNetworks) == [DropNetworks()]


def test_a_failure_has_a_reason_and_can_be_tried_again(bridge: Bridge) -> None:
    engine = FakeEngine(bridge)
    state = EngineState(bridge, JobsState(bridge))
    state.start()
    problem = Problem("torch and torchvision do not fit together.", "Install both again.")
    engine.answer(JobFailed(engine.job(StartEngine), problem))
    assert (state.phase, state.problem) == ("failed", problem)
    state.start()
    assert (state.phase, state.problem) == ("loading", None)


def test_the_failure_of_another_job_is_not_its_own(bridge: Bridge) -> None:
    engine = FakeEngine(bridge)
    state = EngineState(bridge, JobsState(bridge))
    state.start()
    engine.answer(JobFailed(99, Problem("Another.")))
    assert state.phase == "loading"
