"""The Tensors page with the real program: code runs, memory is looked at, steps are undone, a session comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tensorviz.app import Program
from tensorviz.core.catalogue import ModelChoice
from tensorviz.ui import tensor_actions
from tests.e2e.conftest import PATIENCE

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Start = Callable[..., Program]
CODE = "points = torch.tensor([[4., 1.], [5., 3.], [2., 1.]])\npoints_t = points.t()\npoints_t"


class Desk:
    """The program, with what a person does to its session and waits for."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.program, self.workspace, self.session = program, program.workspace, program.workspace.session
        self._qtbot = qtbot
        self.wait(lambda: program.workspace.engine.ready and not self.session.running)

    def wait(self, until: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(until, timeout=PATIENCE)

    def do(self, act: Callable[[], None]) -> None:
        """Does something with the session, and waits until it is done."""
        act()
        self.wait(lambda: not self.session.running)

    def run(self, code: str) -> None:
        self.do(lambda: self.session.run(code))

    def names(self) -> list[str]:
        return [tensor.name for tensor in self.session.facts.tensors]

    def storage(self, name: str) -> bytes:
        """The bytes of a tensor's storage, through the pages that the canvas reads."""
        tensor = self.session.facts.tensor(name)
        assert tensor is not None
        facts = self.session.facts.storage(tensor.storage)
        assert facts is not None
        letter, count = facts.id, facts.nbytes
        self.wait(lambda: self.workspace.memory.raw(letter, 0, count) is not None)
        found = self.workspace.memory.raw(letter, 0, count)
        assert found is not None
        return bytes(found)

    def holds(self, name: str, raw: bytes) -> bool:
        """Whether these are the bytes of a tensor's storage."""
        return self.storage(name) == raw

    def numbers(self, name: str) -> list[float]:
        return [float(value) for value in np.frombuffer(self.storage(name), np.float32)]


@pytest.fixture
def desk(start: Start, qtbot: QtBot) -> Desk:
    return Desk(start(), qtbot)


def test_code_runs_and_what_lies_in_memory_is_seen(desk: Desk) -> None:
    desk.run(CODE)
    points, turned = desk.session.facts.tensors
    assert (points.name, turned.name) == ("points", "points_t")
    assert points.storage == turned.storage
    assert (turned.layout.shape, turned.layout.stride) == ((2, 3), (1, 2))
    assert turned.is_view
    assert desk.session.steps[3].output.startswith("tensor([[4., 5., 2.]")
    assert desk.numbers("points_t") == [4, 1, 5, 3, 2, 1]
    showing = desk.workspace.showing
    assert [one.name for one in showing.tensors] == ["points", "points_t"]
    assert [one.name for one in showing.lanes] == ["points", "points_t"]


def test_a_write_is_seen_by_every_tensor_and_taken_back(desk: Desk) -> None:
    desk.run(CODE)
    assert desk.numbers("points")[2] == 5
    desk.run("points_t[0, 1] = 50")
    assert desk.session.steps[4].effect == "inplace"
    desk.wait(lambda: desk.numbers("points")[2] == 50)
    desk.do(desk.session.undo)
    assert desk.session.facts.can_redo
    desk.wait(lambda: desk.numbers("points")[2] == 5)
    desk.do(desk.session.redo)
    desk.wait(lambda: desk.numbers("points")[2] == 50)
    desk.do(lambda: desk.session.jump(1))
    assert desk.names() == ["points"]


def test_what_cannot_be_is_a_sentence_and_the_session_goes_on(desk: Desk) -> None:
    desk.run(f"{CODE}\npoints_t.view(6)\nopen('/etc/passwd')\nafter = points + 1")
    refused = [row for row in desk.session.steps.values() if row.trouble is not None]
    assert [row.number for row in refused] == [4, 5]
    assert "after" in desk.names()


def test_a_session_comes_back_after_the_program_was_killed(desk: Desk, start: Start, qtbot: QtBot) -> None:
    """Nothing is saved at the end: what a second program finds is what the first one wrote while it worked."""
    desk.run("noise = torch.rand(5)\nnoise[2] = 7\nturned = noise.flip(0)")
    desk.do(desk.session.undo)
    before = desk.storage("noise")
    again = Desk(start(), qtbot)
    again.wait(lambda: bool(again.names()))
    assert again.names() == ["noise"]
    assert again.storage("noise") == before
    assert [row.code for row in again.session.path()] == ["noise = torch.rand(5)", "noise[2] = 7"]
    assert all(row.replayed for row in again.session.path())
    again.do(again.session.redo)
    assert again.names() == ["noise", "turned"]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    noise = np.random.default_rng(3).integers(0, 256, (30, 41, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    return tmp_path / "noise.png"


def test_a_picture_opened_as_a_tensor_has_the_pixels_of_the_file(desk: Desk, picture: Path) -> None:
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB"))
    desk.do(lambda: desk.session.open_stage(str(picture), ModelChoice(), "original"))
    assert {"picture", "picture_chw"} <= set(desk.names())
    planes = desk.session.facts.tensor("picture_chw")
    assert planes is not None
    assert (planes.layout.shape, planes.layout.stride) == ((3, 30, 41), (1, 123, 3))
    assert desk.storage("picture") == desk.storage("picture_chw") == pixels.tobytes()
    assert desk.workspace.showing.current == "picture_chw"
    desk.do(lambda: desk.session.open_stage(str(picture), ModelChoice(), "original"))
    assert "picture_2" in desk.names()


def test_the_scores_and_a_parameter_of_the_network_that_comes_along(desk: Desk, picture: Path) -> None:
    desk.do(lambda: desk.session.open_stage(str(picture), ModelChoice(device="cpu"), "scores"))
    probabilities = desk.numbers("probabilities")
    assert sum(probabilities) == pytest.approx(1)
    assert len(probabilities) == len(desk.numbers("scores")) == 10
    desk.do(lambda: desk.session.open_parameter(ModelChoice(), "head.weight"))
    weight = desk.session.facts.tensor("head_weight")
    assert weight is not None
    assert (weight.layout.shape, weight.dtype) == ((10, 240), "float16")  # as its file has it
    assert len(desk.storage("head_weight")) == 2 * 10 * 240


def test_a_file_that_is_no_picture_is_said_and_nothing_is_opened(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no picture")
    desk.do(lambda: desk.session.open_stage(str(tmp_path / "no.png"), ModelChoice(), "original"))
    said = desk.workspace.messages.last
    assert said is not None
    assert "no.png" in said.text
    assert desk.names() == []


def test_the_session_is_written_as_a_script_that_runs(desk: Desk, picture: Path, tmp_path: Path) -> None:
    import torch

    desk.run("x = torch.rand(3)")
    desk.do(lambda: desk.session.open_stage(str(picture), ModelChoice(), "normalised"))
    desk.run("planes = batch[0].permute(1, 2, 0)\nx += torch.rand(3)\nbatch.view(-1)[0]\nbatch.view(7)")
    path = tmp_path / "session.py"
    desk.workspace.drawings.write_text(tensor_actions.script_text(desk.workspace), str(path))
    desk.wait(path.is_file)
    names: dict[str, object] = {}
    with torch.random.fork_rng():
        exec(path.read_text(encoding="utf-8"), names)
    for name in ("x", "batch"):
        value = names[name]
        assert isinstance(value, torch.Tensor)
        desk.wait(partial(desk.holds, name, value.numpy().tobytes()))
