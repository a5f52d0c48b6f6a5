"""Files of tensors, with the real program: dropped, looked at, brought into the session, saved, copied, closed.

Must not know how a panel does it; torch and numpy are the judges of every number.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QFileDialog, QLineEdit

from tensorviz.app import Program
from tensorviz.ui.files.file_view import FileView
from tensorviz.ui.state.tensor_file import TensorFile
from tensorviz.ui.tensors.page import TensorsPage
from tests.e2e.conftest import PATIENCE
from tests.ui.window import dragging

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Start = Callable[..., Program]
WEIGHT = torch.randn(5, 7, generator=torch.Generator().manual_seed(1))
BIG = torch.arange(100_000.0).view(1000, 100)


class Person:
    """Somebody in front of the window."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.program, self.workspace, self.window = program, program.workspace, program.window
        self._qtbot = qtbot

    def wait(self, until: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(until, timeout=PATIENCE)

    def runs(self, identifier: str) -> None:
        """A command, as its menu or button runs it."""
        self.wait(lambda: self._applies(identifier))
        self.workspace.wishes.run(identifier)

    def _applies(self, identifier: str) -> bool:
        self.window.actions_table.refresh()
        return self.window.actions_table[identifier].isEnabled()

    def drops(self, path: Path, place: str) -> None:
        """Drags a file over the window and lets go on one of the places that come up."""
        mime, overlay = dragging.files(str(path)), self.window.dropping.overlay
        dragging.drag_over(self.window, mime)
        at = overlay.rect_of(next(one for one in overlay.targets if one.place == place)).center()
        dragging.drop(self.window, mime, at)

    def answers_dialog(self, path: Path) -> None:
        """Types a name into the file dialog that is open, and accepts."""
        self.wait(lambda: any(dialog.isVisible() for dialog in self.window.findChildren(QFileDialog)))
        (dialog,) = (one for one in self.window.findChildren(QFileDialog) if one.isVisible())
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(field, QLineEdit)
        field.setText(str(path))
        dialog.accept()

    def looks_into(self, path: Path) -> TensorFile:
        """Waits until a file is looked at and analysed."""
        self.wait(lambda: self.workspace.files.current is not None)
        file = self.workspace.files.current
        assert file is not None
        assert file.path == str(path)
        self.wait(lambda: file.analysis is not None)
        return file

    @property
    def page(self) -> TensorsPage:
        page = self.window.page()
        assert isinstance(page, TensorsPage)
        return page

    @property
    def view(self) -> FileView:
        view = self.page.view
        assert view is not None
        return view

    def numbers(self, view: FileView, name: str) -> list[list[float | None]]:
        """What the grid of a tensor of two dimensions says, cell by cell."""
        assert view.looking is not None
        card = view.looking.grids.cards[name]
        rows, columns = card.tensor.layout.shape
        cells = [[card.view.cells.at(card.tensor.layout.address((i, j))) for j in range(columns)] for i in range(rows)]
        return [[None if one is None else float(one.text) for one in row] for row in cells]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A checkpoint with a tied weight, and a slice that drags 400 kB along."""
    path = tmp_path / "model.pt"
    torch.save({"net.weight": WEIGHT, "net.tied": WEIGHT, "slice": BIG[:3, :4]}, path)
    return path


@pytest.fixture
def person(start: Start, qtbot: QtBot) -> Person:
    return Person(start(), qtbot)


def test_a_checkpoint_is_dropped_looked_at_opened_saved_copied_and_closed(
    person: Person, model: Path, tmp_path: Path
) -> None:
    loaded = torch.load(model, weights_only=True)
    person.drops(model, "tensors")
    file = person.looks_into(model)
    assert person.page.tabs.count() == 2
    assert person.page.tabs.tabText(1) == "model.pt"
    assert file.analysis is not None
    assert file.analysis.wasted == BIG.nbytes - 3 * 4 * 4, "all but the elements of the slice"

    names = [tensor.name for tensor in file.contents.tensors] if file.contents is not None else []
    assert names == list(loaded)
    person.view.tree.chosen.emit(names.index("slice"))
    person.wait(lambda: person.numbers(person.view, "slice") == loaded["slice"].tolist())
    assert not file.tensors.writable if file.tensors is not None else False

    file.select(())
    person.runs("file.open_in_session")
    session = person.workspace.session
    person.wait(lambda: len(session.facts.tensors) == 3 and not session.running)
    weight, tied, part = session.facts.tensors
    assert weight.storage == tied.storage != part.storage
    assert part.layout.stride == loaded["slice"].stride()
    assert session.facts.storage(part.storage).nbytes == BIG.nbytes  # type: ignore[union-attr]  # it is there

    person.workspace.showing.show(part.name)
    person.runs("tensor.save")
    person.answers_dialog(tmp_path / "part.npy")
    person.wait((tmp_path / "part.npy").exists)
    assert np.array_equal(np.load(tmp_path / "part.npy"), BIG[:3, :4].numpy())

    person.workspace.files.look_at(file)
    person.runs("file.compact")
    person.answers_dialog(tmp_path / "small")
    person.wait(lambda: "compact" in file.copies)
    small = torch.load(tmp_path / "small.pt", weights_only=True)
    assert all(torch.equal(small[name], loaded[name]) for name in loaded)
    assert small["net.weight"].untyped_storage().data_ptr() == small["net.tied"].untyped_storage().data_ptr()
    size = (tmp_path / "small.pt").stat().st_size
    assert size < model.stat().st_size - 390_000
    told = [toast.message.text for toast in person.window.toasts.shown]
    assert any(
        text.startswith("Written, ") and text.endswith(f"less than before: {tmp_path / 'small.pt'}") for text in told
    )

    person.runs("file.close")
    assert person.workspace.files.files == ()
    assert not person.page.tabs.isVisible()
    assert len(session.facts.tensors) == 3, "what was copied stays"


def test_the_step_can_be_undone_and_what_is_in_the_session_can_be_worked_with(person: Person, model: Path) -> None:
    person.drops(model, "tensors")
    file = person.looks_into(model)
    session = person.workspace.session
    person.wait(lambda: person.workspace.engine.ready and not session.running)
    file.select((0, 1))
    person.runs("file.open_in_session")
    person.wait(lambda: len(session.facts.tensors) == 2 and not session.running)
    session.run(f"total = {session.facts.tensors[0].name}.sum()")
    person.wait(lambda: session.facts.tensor("total") is not None and not session.running)
    before = session.facts.here
    person.runs("session.undo")
    person.wait(lambda: session.facts.here != before and not session.running)
    person.runs("session.undo")
    person.wait(lambda: not session.facts.tensors and not session.running)


def test_the_report_says_the_family(person: Person, tmp_path: Path) -> None:
    from torchvision.models import squeezenet1_1

    torch.save(squeezenet1_1(weights=None, num_classes=9).state_dict(), tmp_path / "net.pth")
    person.drops(tmp_path / "net.pth", "tensors")
    file = person.looks_into(tmp_path / "net.pth")
    assert file.family is not None
    assert file.family.name == "torchvision squeezenet1_1, 9 classes"
    assert file.guess.startswith(file.family.name)


def test_files_and_pictures_are_named_on_the_command_line(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    from PIL import Image

    np.save(tmp_path / "a.npy", np.arange(6.0).reshape(2, 3))
    Image.effect_noise((32, 24), 90.0).convert("RGB").save(tmp_path / "noise.png")
    missing = tmp_path / "missing.safetensors"
    program = start(str(tmp_path / "a.npy"), str(tmp_path / "noise.png"), str(missing))
    person = Person(program, qtbot)
    person.wait(lambda: len(program.workspace.files.files) == 2)
    person.looks_into(tmp_path / "a.npy")
    gone = program.workspace.files.files[1]
    person.wait(lambda: gone.problem is not None)
    assert gone.problem is not None
    assert str(missing) in gone.problem.message
    assert gone.problem.expected
    person.wait(lambda: program.workspace.pictures.paths == (str(tmp_path / "noise.png"),))
    assert person.page.view is not None, "what was named first is in sight"


def test_a_picture_dropped_on_the_tensors_is_as_in_its_file(person: Person, tmp_path: Path) -> None:
    from PIL import Image

    picture = Image.effect_noise((7, 5), 90.0).convert("RGB")
    picture.save(tmp_path / "noise.png")
    person.drops(tmp_path / "noise.png", "tensors")
    session = person.workspace.session
    person.wait(lambda: bool(session.facts.tensors) and not session.running)
    assert person.workspace.files.files == ()
    found = next(one for one in session.facts.tensors if one.layout.shape == (5, 7, 3))
    person.workspace.showing.show(found.name)
    person.runs("tensor.save")
    person.answers_dialog(tmp_path / "noise.npy")
    person.wait((tmp_path / "noise.npy").exists)
    assert np.array_equal(np.load(tmp_path / "noise.npy"), np.asarray(picture))


def test_a_file_that_is_another_by_now_is_read_again_in_its_place(person: Person, tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.arange(6.0))
    person.drops(path, "tensors")
    first = person.looks_into(path)
    np.save(path, np.arange(8.0).reshape(2, 4))
    person.runs("file.reload")
    person.wait(lambda: person.workspace.files.current is not first)
    second = person.looks_into(path)
    assert second.contents is not None
    assert second.contents.tensors[0].layout.shape == (2, 4)
    assert len(person.workspace.files.files) == 1
