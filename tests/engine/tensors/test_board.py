"""Looking at memory through the real engine: pages are the storage's bytes, also while steps change and resize it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch

from tensorviz.core.session_data import PAGE
from tensorviz.engine.messages import JobCancelled, JobFailed, JobFinished
from tensorviz.engine.messages.session import (
    JumpToStep,
    MeasureTensor,
    NewSession,
    PagesRead,
    ReadPages,
    RedoStep,
    RestoreSession,
    RunCode,
    SessionChanged,
    SessionRestored,
    StepRan,
    TensorMeasured,
    UndoStep,
)
from tensorviz.engine.tensors.board import Board
from tests.engine.tensors.rig import Running

SIZES = (0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE + 17)


def bytes_of(tensor: torch.Tensor) -> bytes:
    return bytes(torch.empty(0, dtype=torch.uint8).set_(tensor.untyped_storage()).tolist())


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_the_bytes_of_the_storage(size: int) -> None:
    board, tensor = Board(), torch.randint(0, 256, (size,), dtype=torch.uint8)
    board.publish({"A": tensor.untyped_storage()}, {"x": tensor}, threading.RLock())
    board.memory = 5
    memory, pages = board.read("A", range(-3, 9))
    assert memory == 5
    whole = bytes_of(tensor)
    there = {number: whole[number * PAGE : (number + 1) * PAGE] for number in range(-(-size // PAGE))}
    assert dict(pages) == there


def test_pages_of_any_dtype_and_view() -> None:
    board, base = Board(), torch.randn(3000, dtype=torch.float64)
    view = base[5:2000:3].requires_grad_()
    board.publish({"A": view.untyped_storage()}, {"x": view}, threading.RLock())
    _, pages = board.read("A", (5, 0, 5, 10**12))
    whole = bytes_of(base)
    assert pages == ((0, whole[:PAGE]), (5, whole[5 * PAGE : 6 * PAGE]))


def test_reading_does_not_forbid_resizing() -> None:
    board, tensor = Board(), torch.ones(10)
    board.publish({"A": tensor.untyped_storage()}, {"x": tensor}, threading.RLock())
    board.read("A", (0,))
    tensor.resize_(5000)
    assert len(board.read("A", (0, 1))[1]) == 2
    tensor.untyped_storage().resize_(0)
    assert board.read("A", (0, 1))[1] == ()


def test_what_is_not_there_is_left_out() -> None:
    board = Board()
    assert board.read("A", (0,)) == (0, ())
    assert board.tensor("x") is None


def test_a_tensor_that_is_gone_can_still_be_read() -> None:
    board, tensor = Board(), torch.full((100,), 7, dtype=torch.uint8)
    board.publish({"A": tensor.untyped_storage()}, {}, threading.RLock())
    del tensor
    assert board.read("A", (0,))[1] == ((0, b"\x07" * 100),)


def test_reading_waits_for_whoever_writes() -> None:
    board, tensor, lock = Board(), torch.zeros(4, dtype=torch.uint8), threading.RLock()
    board.publish({"A": tensor.untyped_storage()}, {"x": tensor}, lock)
    read: list[bytes] = []
    with lock:
        thread = threading.Thread(target=lambda: read.append(board.read("A", (0,))[1][0][1]))
        thread.start()
        tensor.fill_(9)
    thread.join()
    assert read == [b"\x09" * 4]


def test_the_engine_reads_what_steps_made() -> None:
    with Running() as running:
        events = running.ask(RunCode("x = torch.arange(2000.)\ny = x[::2]\nz = torch.ones(3, dtype=torch.int8)"))
        [*_, last] = running.find(events, SessionChanged)
        assert [(one.id, one.nbytes) for one in last.facts.storages] == [("A", 8000), ("B", 3)]
        [read] = running.find(running.ask(ReadPages("A", (0, 1, 2))), PagesRead)
        assert read.memory == last.facts.memory
        assert b"".join(raw for _, raw in read.pages) == bytes_of(torch.arange(2000.0))
        [none] = running.find(running.ask(ReadPages("Q", (0,))), PagesRead)
        assert none.pages == ()


def test_before_there_is_a_session_nothing_is_read() -> None:
    with Running() as running:
        [read] = running.find(running.ask(ReadPages("A", (0,))), PagesRead)
        assert read.pages == ()
        assert not running.source.started


def test_reading_and_measuring_while_steps_resize_and_write() -> None:
    """For about a second: no crash, and each page is one that some moment of the storage could have had."""
    code = "for i in range(400):\n    x.resize_(1 + (i * 7919) % 200000).fill_(i % 200 + 1)"
    with Running() as running:
        running.ask(RunCode("x = torch.full((100,), 7, dtype=torch.uint8)\nb = torch.ones(100_000)"))
        job = running.send(RunCode(code))
        looks = 0
        ends = JobFinished | JobFailed | JobCancelled
        while not any(isinstance(event, ends) for event in running.of(job)):
            [read] = running.find(running.ask(ReadPages("A", tuple(range(60)))), PagesRead)
            for _, raw in read.pages:
                assert len(raw) <= PAGE
            running.ask(MeasureTensor("x"))
            looks += 1
        assert looks > 3
        [row] = running.find(running.of(job), StepRan)
        assert row.step.trouble is None, row.step.trouble
        [*_, last] = running.find(running.of(job), SessionChanged)
        [read] = running.find(running.ask(ReadPages("A", (0,))), PagesRead)
        size = 1 + (399 * 7919) % 200000
        assert last.facts.tensor("x").layout.shape == (size,)  # type: ignore[union-attr]
        assert set(read.pages[0][1][: min(size, PAGE)]) == {399 % 200 + 1}


def test_a_page_shows_no_half_of_a_write() -> None:
    """A fill of a storage of one page is seen before or after, never in the middle."""
    with Running() as running:
        running.ask(RunCode(f"x = torch.zeros({PAGE}, dtype=torch.uint8)"))
        job = running.send(RunCode("for i in range(3000):\n    x.fill_(i % 250)"))
        seen = set()
        ends = JobFinished | JobFailed | JobCancelled
        while not any(isinstance(event, ends) for event in running.of(job)):
            [read] = running.find(running.ask(ReadPages("A", (0,))), PagesRead)
            values = set(read.pages[0][1])
            assert len(values) == 1
            seen |= values
        assert seen


def test_measuring_through_the_engine() -> None:
    with Running() as running:
        running.ask(RunCode("x = torch.arange(10.)"))
        [found] = running.find(running.ask(MeasureTensor("x")), TensorMeasured)
        assert (found.statistics.name, found.statistics.mean, found.memory) == (
            "x",
            4.5,
            running.source.get().board.memory,
        )
        [failed] = running.find(running.ask(MeasureTensor("nobody")), JobFailed)
        assert failed.problem.expected


def test_a_newer_wish_to_measure_replaces_the_older() -> None:
    with Running() as running:
        running.ask(RunCode("x = torch.zeros(20_000_000, dtype=torch.uint8)\ny = torch.ones(3)"))
        older, newer = running.send(MeasureTensor("x")), running.send(MeasureTensor("y"))
        assert running.find(running.ended(newer), TensorMeasured)
        assert running.find(running.ended(older), JobCancelled)


def test_undo_redo_jump_and_a_new_session_are_told() -> None:
    with Running() as running:
        running.ask(RunCode("x = torch.zeros(2)\nx.add_(1)"))
        told = []
        for request in (UndoStep(), RedoStep(), JumpToStep(0), JumpToStep(2), NewSession()):
            [changed] = running.find(running.ask(request), SessionChanged)
            told.append((changed.facts.here, len(changed.facts.tensors)))
        assert told == [(1, 1), (2, 1), (0, 0), (2, 1), (0, 0)]
        [failed] = running.find(running.ask(UndoStep()), JobFailed)
        assert failed.problem.expected


def test_a_cancelled_step_is_told_before_the_session_is() -> None:
    with Running() as running:
        running.ask(RunCode("x = torch.zeros(2)"))
        job = running.send(RunCode("for i in range(10**8):\n    x.add_(1)"))
        running.wait(lambda: bool(running.of(job)))
        running.engine.cancel(job)
        events = running.ended(job)
        rows = running.find(events, StepRan)
        [*_, changed] = running.find(events, SessionChanged)
        assert isinstance(events[-1], JobCancelled)
        assert changed.facts.here == (rows[0].step.number if rows else 1)


def test_what_is_saved_comes_back_through_the_engine(tmp_path: Path) -> None:

    with Running(tmp_path) as running:
        running.ask(RunCode("x = torch.rand(3)\ny = x.t()\nx.add_(1)"))
        [before] = running.find(running.ask(ReadPages("A", (0,))), PagesRead)
    with Running(tmp_path) as running:
        events = running.ask(RestoreSession())
        [back] = running.find(events, SessionRestored)
        assert (back.steps, back.note, back.refused) == (3, "", False)
        [*_, changed] = running.find(events, SessionChanged)
        assert [one.name for one in changed.facts.tensors] == ["x", "y"]
        [after] = running.find(running.ask(ReadPages("A", (0,))), PagesRead)
        assert after.pages == before.pages


def test_a_step_that_ended_the_program_is_named_and_not_run(tmp_path: Path) -> None:

    with Running(tmp_path) as running:
        running.ask(RunCode("x = torch.ones(3)"))
        running.source.get()._log.start({"code": "boom()\nmore"})
    with Running(tmp_path) as running:
        [back] = running.find(running.ask(RestoreSession()), SessionRestored)
        assert back.steps == 1
        assert "`boom()` was running" in back.note


def test_bringing_back_that_ended_the_program_is_not_tried_again_by_itself(tmp_path: Path) -> None:

    with Running(tmp_path) as running:
        running.ask(RunCode("x = torch.ones(3)"))
        running.source.get()._log.restoring()
    with Running(tmp_path) as running:
        [refused] = running.find(running.ask(RestoreSession()), SessionRestored)
        assert (refused.refused, refused.steps) == (True, 1)
        [back] = running.find(running.ask(RestoreSession(forced=True)), SessionRestored)
        assert (back.refused, back.steps) == (False, 1)
