"""Tensors of files put into the session: asked about, cancelled, kept, brought back.

Must not know how a file is read.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import torch

from tensorviz.core.errors import Cancelled, CheckpointUnreadable, MemoryExhausted
from tensorviz.core.session_script import script
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.messages import JobCancelled
from tensorviz.engine.messages.files import OpenStored
from tensorviz.engine.messages.session import AnswerCost, CostAsked, RestoreSession, RunCode, SessionChanged, StepRan
from tensorviz.engine.tensors import opening_file, opening_terms
from tensorviz.engine.tensors.opening_file import open_stored
from tensorviz.engine.tensors.opening_terms import Terms
from tests.engine.tensors.rig import Running

if TYPE_CHECKING:
    from pathlib import Path

    from tensorviz.engine.console.limits import TooCostly


@pytest.fixture
def slice_of_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A slice that drags a storage of 4,000 bytes along, where 1,000 are much."""
    monkeypatch.setattr(opening_terms, "LARGE", 1000)
    torch.save({"x": torch.arange(1000.0)[:10]}, tmp_path / "slice.pt")
    return tmp_path / "slice.pt"


def ask(running: Running, path: Path, allowed: bool) -> tuple[CostAsked, list[Any]]:
    job = running.send(OpenStored(str(path), None, (0,)))
    running.wait(lambda: bool(running.find(running.of(job), CostAsked)))
    (asked,) = running.find(running.of(job), CostAsked)
    running.ask(AnswerCost(asked.question, allowed))
    return asked, running.ended(job)


def test_much_is_asked_about_and_a_refusal_changes_nothing(slice_of_much: Path) -> None:
    with Running() as running:
        asked, events = ask(running, slice_of_much, allowed=False)
        assert asked.nbytes == 4000
        assert asked.message == (
            "Opening 1 tensor of slice.pt takes 4.0 kB of memory. What was chosen looks at 40 bytes of that: a "
            "tensor that was saved as a slice brings the whole storage that it is a part of."
        )
        assert asked.opens
        assert running.find(events, JobCancelled), "as wished: no error"
        assert not running.find(events, StepRan)
        assert running.source.get().session.here.number == 0


def test_what_was_allowed_comes_back_without_another_question(slice_of_much: Path, tmp_path: Path) -> None:
    with Running(tmp_path / "session") as running:
        running.ask(RunCode("y = torch.ones(1)"))
        _, events = ask(running, slice_of_much, allowed=True)
        (row,) = [event.step for event in running.find(events, StepRan)]
        (facts,) = [event.facts for event in running.find(events, SessionChanged)]
        assert row.effect == "new"
        assert [(one.name, one.layout.nbytes) for one in facts.tensors if one.name == "x"] == [("x", 40)]
        running.ask(RunCode("x[0] = 5\nx.resize_(2000)"))
        before = running.source.get().session.tensors()["x"].clone()
    with Running(tmp_path / "session") as running:
        events = running.ask(RestoreSession())
        assert not running.find(events, CostAsked)
        assert torch.equal(running.source.get().session.tensors()["x"][:1000], before[:1000])
        running.ask(RunCode("z = x + 1"))


def test_a_restore_never_asks_and_refuses_what_was_not_allowed(slice_of_much: Path, tmp_path: Path) -> None:
    with Running(tmp_path / "session") as running:
        ask(running, slice_of_much, allowed=True)
    torch.save({"x": torch.zeros(1000)[:10]}, slice_of_much)
    with Running(tmp_path / "session") as running:
        events = running.ask(RestoreSession())
        notes = [str(event) for event in events]
        assert any("another file than it was" in note for note in notes)


def test_a_question_that_is_open_can_be_cancelled(slice_of_much: Path) -> None:
    with Running() as running:
        job = running.send(OpenStored(str(slice_of_much), None, (0,)))
        running.wait(lambda: bool(running.find(running.of(job), CostAsked)))
        running.engine.cancel(job)
        assert running.find(running.ended(job), JobCancelled)
        assert running.source.get().session.here.number == 0


def test_reading_can_be_cancelled_between_blocks(tmp_path: Path) -> None:
    torch.save({"x": torch.zeros(3 << 18)}, tmp_path / "a.pt")  # three blocks
    token, looked = CancelToken(), []

    def check() -> None:
        looked.append(1)
        if len(looked) == 2:
            token.cancel()
        token.check()

    with pytest.raises(Cancelled):
        open_stored(OpenStored(str(tmp_path / "a.pt"), None, (0,)), (), Terms(check=check))
    assert len(looked) == 2


def test_many_tensors_are_asked_about_whatever_their_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_file, "MOST_LISTED", 2)
    torch.save([torch.ones(1)] * 1 + [torch.zeros(1), torch.zeros(2)], tmp_path / "a.pt")
    asked: list[TooCostly] = []

    def allow(error: TooCostly) -> bool:
        asked.append(error)
        return True

    _, (_, values) = open_stored(OpenStored(str(tmp_path / "a.pt"), None, (0, 1, 2)), (), Terms(allow))
    assert len(values) == 3
    assert "The session lists 2 tensors" in asked[0].message


def test_memory_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_terms, "LARGE", 1000)
    monkeypatch.setattr(opening_terms, "SPARE", 10**18)
    torch.save({"x": torch.zeros(1000)}, tmp_path / "a.pt")
    with pytest.raises(MemoryExhausted, match=r"takes 4.0 kB of memory. There are .* free"):
        open_stored(OpenStored(str(tmp_path / "a.pt"), None, (0,)), (), Terms())

    def full(_: int) -> None:
        raise MemoryError

    monkeypatch.undo()
    monkeypatch.setattr(torch, "UntypedStorage", full)
    with pytest.raises(MemoryExhausted):
        open_stored(OpenStored(str(tmp_path / "a.pt"), None, (0,)), (), Terms())


def test_the_session_as_a_script_opens_the_file_too(tmp_path: Path) -> None:
    torch.save({"w": torch.arange(6.0).view(2, 3)}, tmp_path / "a.pt")
    with Running() as running:
        rows = [
            event.step for event in running.find(running.ask(OpenStored(str(tmp_path / "a.pt"), None, (0,))), StepRan)
        ]
        rows += [event.step for event in running.find(running.ask(RunCode("v = w.t()\nv[0] = 7")), StepRan)]
        session = running.source.get().session.tensors()
    names: dict[str, Any] = {}
    exec(script(rows), names)
    assert torch.equal(names["v"], session["v"])
    assert torch.equal(names["w"], torch.tensor([[7.0, 1, 2], [7, 4, 5]]))


def test_a_file_that_shrinks_while_it_is_read_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    torch.save({"x": torch.zeros(3 << 18)}, path)  # three blocks

    def shrink() -> None:
        os.truncate(path, 1 << 20)

    with pytest.raises(CheckpointUnreadable, match="became shorter while it was read"):
        open_stored(OpenStored(str(path), None, (0,)), (), Terms(check=shrink))
