"""The commands about files of tensors, on a screen that only remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tensorviz.core.errors import Problem
from tensorviz.core.family import Family
from tensorviz.core.stored import RawForm
from tensorviz.engine.messages import DescribePipeline
from tensorviz.engine.messages.files import (
    CompareFiles,
    OpenFile,
    OpenPixels,
    OpenStored,
    SavedPart,
    SaveTensors,
    WriteCopy,
)
from tensorviz.engine.messages.session import UndoStep
from tensorviz.ui.commands import command
from tensorviz.ui.file_actions import filters_of
from tensorviz.ui.screen import Context
from tensorviz.ui.state.pointing import Selection
from tests.ui.files.shelf import Shelf, contents, many, stored
from tests.ui.tensors.desk import floats, points, tensor
from tests.ui.test_tensor_actions import Screen

PLAIN = contents(stored("a.weight", "A", (2, 3)), stored("a.bias", "B", (2,)))


class Noted(Screen):
    """Remembers dialogs too. file: what the person chooses in each of them."""

    def __init__(self, file: str = "/out") -> None:
        super().__init__(file)
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.suggested: list[str] = []
        self.taken: list[tuple[list[str], str]] = []
        self.details: list[str] = []
        self.folders: list[str] = []
        self.focused: list[str] = []

    def focus_panel(self, name: str) -> None:
        self.focused.append(name)

    def choose_files(
        self, title: str, filters: tuple[str, ...], then: Callable[[list[str]], None], folder: str = ""
    ) -> None:
        self.asked.append((title, filters))
        self.folders.append(folder)
        then([self.file])

    def save_file(
        self, title: str, suggested: str, filters: tuple[str, ...], then: Callable[[list[str]], None]
    ) -> None:
        self.asked.append((title, filters))
        self.suggested.append(suggested)
        then([self.file])

    def confirm(self, question: str, detail: str, yes: str, then: Callable[[], None]) -> None:
        self.details.append(detail)
        super().confirm(question, detail, yes, then)

    def take(self, paths: list[str], place: str = "") -> None:
        self.taken.append((paths, place))


@pytest.fixture
def shelf(qapp: object) -> Shelf:
    return Shelf()


def applies(shelf: Shelf, identifier: str) -> bool:
    return command(identifier).when(shelf.workspace)


def run(shelf: Shelf, identifier: str, screen: Noted | None = None) -> Noted:
    noted: Any = screen or Noted()
    assert applies(shelf, identifier), f"{identifier} does not apply"
    command(identifier).run(Context(shelf.workspace, noted))
    found: Noted = noted
    return found


# ------------------------------------------------------------------------------------------------------ opening


def test_files_are_asked_for_by_all_that_can_be_opened_as_tensors(shelf: Shelf) -> None:
    shelf.files.suffixes = (".npy", ".pt")
    noted = run(shelf, "tensors.open_file", Noted("/a/b.dat"))
    ((title, filters),) = noted.asked
    assert title == "Open files of tensors"
    assert filters[0] == "Files of tensors (*.npy *.pt)"
    assert filters[1].startswith("Pictures, as tensors (*.jpg ")
    assert filters[2] == "All files (*)"
    assert noted.taken == [(["/a/b.dat"], "tensors")]
    assert filters_of(())[0].startswith("Pictures"), "no empty filter"


def test_a_file_of_raw_numbers_opens_as_a_tab_that_asks(shelf: Shelf) -> None:
    noted = run(shelf, "tensors.open_raw", Noted("/a/b.bin"))
    (file,) = shelf.files.files
    assert (file.path, file.asks_raw, shelf.files.current) == ("/a/b.bin", True, file)
    assert shelf.engine.all(OpenFile) == [], "nothing is read before it is said how"
    assert noted.pages == ["tensors"]


def test_any_file_can_be_opened_as_a_picture(shelf: Shelf) -> None:
    run(shelf, "tensors.open_picture", Noted("/a/scan.raw16"))
    assert shelf.engine.all(OpenPixels) == [OpenPixels("/a/scan.raw16")]


# ------------------------------------------------------------------------------------------ the file looked at


OF_A_FILE = (
    "file.find", "file.open_in_session", "file.compare", "file.compact", "file.to_safetensors", "file.use_as_model",
    "file.reload", "file.close", "file.copy_path", "file.copy_python", "file.copy_command", "file.show_folder",
)  # fmt: skip


@pytest.mark.parametrize("identifier", OF_A_FILE)
def test_what_is_about_a_file_applies_while_one_is_looked_at(shelf: Shelf, identifier: str) -> None:
    assert not applies(shelf, identifier)
    file = shelf.open(PLAIN)
    assert applies(shelf, identifier)
    shelf.files.look_at(None)
    assert not applies(shelf, identifier)
    shelf.files.look_at(file)
    assert applies(shelf, identifier)


def test_a_file_that_is_not_read_can_be_closed_and_read_again_only(shelf: Shelf) -> None:
    file = shelf.files.open("/x/model.pt")
    shelf.fail(file, Problem("There is no file /x/model.pt."))
    able = [identifier for identifier in OF_A_FILE if applies(shelf, identifier)]
    assert able == ["file.reload", "file.close", "file.copy_path", "file.copy_command", "file.show_folder"]


@pytest.mark.parametrize(
    ("form", "path", "able"),
    [
        ("pt-zip", "/x/m.pt", ["file.compact", "file.to_safetensors", "file.use_as_model"]),
        ("pt-legacy", "/x/m.ckpt", ["file.compact", "file.to_safetensors"]),
        ("safetensors", "/x/m.safetensors", ["file.use_as_model"]),
        ("safetensors-sharded", "/x/m.safetensors.index.json", ["file.to_safetensors"]),
        ("npy", "/x/m.npy", ["file.to_safetensors"]),
        ("raw", "/x/m.dat", ["file.to_safetensors"]),
    ],
)
def test_what_can_be_made_of_a_file_depends_on_what_it_is(shelf: Shelf, form: str, path: str, able: list[str]) -> None:
    shelf.open(replace(PLAIN, format=form), path)
    made = ("file.compact", "file.to_safetensors", "file.use_as_model")
    assert [identifier for identifier in made if applies(shelf, identifier)] == able


def test_the_selected_tensors_come_into_the_session_else_all(shelf: Shelf) -> None:
    file = shelf.open(PLAIN)
    file.select((1,))
    noted = run(shelf, "file.open_in_session")
    assert shelf.engine.last(OpenStored).tensors == (1,)
    assert (noted.questions, shelf.files.current) == ([], None)
    shelf.files.look_at(file)
    file.select(())
    run(shelf, "file.open_in_session")
    asked = shelf.engine.last(OpenStored)
    assert (asked.path, asked.tensors) == ("/x/model.pt", (0, 1))


def test_many_tensors_come_after_a_question_that_tells_their_storages(shelf: Shelf) -> None:
    file = shelf.open(many(300, (8, 8)))
    noted = Noted()
    noted.answer = False
    run(shelf, "file.open_in_session", noted)
    assert noted.questions == ["Open 300 tensors in the session?"]
    assert noted.details[0].startswith("They are copied into memory: 43.2 kB of storages.")  # 150 * (8*8 + 8) * 4
    assert shelf.engine.all(OpenStored) == []
    noted.answer = True
    file.select(tuple(range(200)))
    run(shelf, "file.open_in_session", noted)
    assert len(noted.questions) == 1, "not too many to be opened at once"
    assert shelf.engine.last(OpenStored).tensors == tuple(range(200))


def test_a_copy_is_suggested_beside_the_file_and_its_ending_is_added(shelf: Shelf, tmp_path: Path) -> None:
    file = shelf.open(PLAIN, "/x/nets/model.v2.pth")
    noted = run(shelf, "file.compact", Noted(str(tmp_path / "small")))
    run(shelf, "file.to_safetensors", noted)
    assert noted.suggested == ["/x/nets/model.v2-compact.pt", "/x/nets/model.v2.safetensors"]
    assert noted.asked[0] == ("Write a copy of model.v2.pth", ("PyTorch checkpoint (*.pt *.pth)",))
    assert shelf.engine.all(WriteCopy) == [
        WriteCopy(file.number, "compact", str(tmp_path / "small.pt")),
        WriteCopy(file.number, "safetensors", str(tmp_path / "small.safetensors")),
    ]
    run(shelf, "file.compact", Noted(str(tmp_path / "small.PTH")))
    assert shelf.engine.last(WriteCopy).out == str(tmp_path / "small.PTH")


def test_a_set_of_files_is_suggested_as_one(shelf: Shelf) -> None:
    shelf.open(replace(PLAIN, format="safetensors-sharded"), "/x/model.safetensors.index.json")
    assert run(shelf, "file.to_safetensors").suggested == ["/x/model.safetensors"]


def test_a_file_that_the_longer_name_would_write_over_is_asked_about(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "small.pt").touch()
    shelf.open(PLAIN)
    noted = Noted(str(tmp_path / "small"))
    noted.answer = False
    run(shelf, "file.compact", noted)
    assert noted.questions == ["Write over small.pt?"]
    assert shelf.engine.all(WriteCopy) == []
    noted.answer = True
    run(shelf, "file.compact", noted)
    assert shelf.engine.last(WriteCopy).out == str(tmp_path / "small.pt")


def test_ctrl_f_goes_to_the_search_of_the_file(shelf: Shelf) -> None:
    shelf.open(PLAIN)
    assert command("file.find").shortcuts == ("Ctrl+F",)
    noted = run(shelf, "file.find")
    assert (noted.pages, noted.focused) == (["tensors"], ["file_search"])


def test_a_file_is_compared_with_the_one_that_is_chosen(shelf: Shelf) -> None:
    file = shelf.open(PLAIN)
    noted = run(shelf, "file.compare", Noted("/x/before.pt"))
    assert noted.asked[0][0] == "Compare model.pt with"
    assert noted.folders == ["/x"]  # the one of the file: what is compared lies beside it
    assert shelf.engine.all(CompareFiles) == [CompareFiles(file.number, "/x/model.pt", "/x/before.pt")]


def test_a_file_is_read_again_in_its_place_and_closed(shelf: Shelf) -> None:
    first = shelf.open(PLAIN, "/x/a.pt")
    second = shelf.open(PLAIN, "/x/b.pt")
    shelf.files.look_at(first)
    run(shelf, "file.reload")
    assert [file.path for file in shelf.files.files] == ["/x/a.pt", "/x/b.pt"]
    assert shelf.files.files[0] is not first
    assert shelf.files.current is shelf.files.files[0]
    assert len(shelf.engine.all(OpenFile)) == 3
    run(shelf, "file.close")
    assert shelf.files.files == (second,)


def test_what_leads_to_the_file_is_copied(shelf: Shelf) -> None:
    shelf.open(PLAIN, "/x/my model.pt")
    noted = Noted()
    for identifier in ("file.copy_path", "file.copy_command", "file.copy_python", "file.show_folder"):
        run(shelf, identifier, noted)
    assert noted.copied[:2] == ["/x/my model.pt", "tensorviz inspect '/x/my model.pt'"]
    assert "torch.load('/x/my model.pt'" in noted.copied[2]
    assert noted.links == ["file:///x"]


def test_the_command_says_how_raw_bytes_are_taken(shelf: Shelf) -> None:
    shelf.files.open("/x/a.dat", RawForm("int16", (-1, 4), 16, True))
    noted = run(shelf, "file.copy_command")
    assert noted.copied == ["tensorviz inspect --dtype int16 --shape=-1,4 --offset 16 --big-endian /x/a.dat"]


def test_a_checkpoint_is_given_to_the_form_of_the_models_page(shelf: Shelf) -> None:
    offered: list[str] = []
    shelf.workspace.catalogue.offered.connect(offered.append)
    shelf.open(PLAIN)
    noted = run(shelf, "file.use_as_model")
    assert offered == ["/x/model.pt"]
    assert noted.pages[-1] == "models"
    assert shelf.engine.all(DescribePipeline) == []


def test_a_generator_is_given_to_the_form_of_generators(shelf: Shelf) -> None:
    offered: list[str] = []
    shelf.workspace.catalogue.generator_offered.connect(offered.append)
    shelf.open(PLAIN).family = Family("CycleGAN generator, 9 blocks")
    run(shelf, "file.use_as_model")
    assert (offered, shelf.workspace.task.task) == (["/x/model.pt"], "translate")
    shelf.workspace.files.files[0].family = Family("torchvision resnet18, 2 classes")
    run(shelf, "file.use_as_model")
    assert shelf.workspace.task.task == "classify"  # where its form is


def test_tabs_go_round(shelf: Shelf) -> None:
    assert not applies(shelf, "tabs.next")
    first, second = shelf.open(PLAIN, "/x/a.pt"), shelf.open(PLAIN, "/x/b.pt")
    seen = []
    for identifier in ("tabs.next", "tabs.next", "tabs.next", "tabs.previous", "tabs.previous"):
        run(shelf, identifier)
        seen.append(shelf.files.current)
    assert seen == [None, first, second, first, None]


# ------------------------------------------------------------------------------------------------------- saving


def test_the_current_tensor_is_saved_or_its_selected_part(shelf: Shelf, tmp_path: Path) -> None:
    assert not applies(shelf, "tensor.save")
    points(shelf.desk)
    shelf.workspace.showing.show("points")
    noted = run(shelf, "tensor.save", Noted(str(tmp_path / "out")))
    assert shelf.engine.last(SaveTensors) == SaveTensors((SavedPart("points"),), str(tmp_path / "out.pt"))
    shelf.workspace.pointing.select(Selection("points", ((1, 3), (0, 1))))
    run(shelf, "tensor.save", Noted(str(tmp_path / "part.CSV")))
    part = SavedPart("points", ((1, 3), (0, 1)))
    assert shelf.engine.last(SaveTensors) == SaveTensors((part,), str(tmp_path / "part.CSV"))
    shelf.workspace.showing.show("points_t")
    run(shelf, "tensor.save", noted)
    assert shelf.engine.last(SaveTensors).parts == (SavedPart("points_t"),), "another one is selected"
    assert [title for title, _ in noted.asked] == ["Save points", "Save points_t"]
    assert noted.suggested == ["points.pt", "points_t.pt"]


def test_while_a_file_is_looked_at_the_session_is_not_saved_by_mistake(shelf: Shelf) -> None:
    points(shelf.desk)
    shelf.open(PLAIN)
    assert not applies(shelf, "tensor.save")
    assert applies(shelf, "session.save_tensors")


def test_all_tensors_are_saved_together(shelf: Shelf, tmp_path: Path) -> None:
    assert not applies(shelf, "session.save_tensors")
    shelf.desk.open(tensor("x", "A", (2,)), tensor("net.weight", "A", (1,)), A=floats(1, 2))
    noted = run(shelf, "session.save_tensors", Noted(str(tmp_path / "all.safetensors")))
    asked = SaveTensors((SavedPart("x"), SavedPart("net.weight")), str(tmp_path / "all.safetensors"))
    assert shelf.engine.last(SaveTensors) == asked
    assert noted.asked == [("Save 2 tensors", ("PyTorch (*.pt)", "safetensors (*.safetensors)"))]


# ------------------------------------------------------------------------------ a file, and commands of the session


def test_undo_brings_the_session_into_sight(shelf: Shelf) -> None:
    from tensorviz.core.session_data import SessionFacts, StepRow

    shelf.desk.step(StepRow(1, 0, "x = torch.ones(2)", effect="new"))
    shelf.desk.tell(SessionFacts(here=1, can_undo=True))
    shelf.open(PLAIN)
    run(shelf, "session.undo")
    assert shelf.files.current is None
    assert shelf.engine.all(UndoStep) == [UndoStep()]


def test_commands_about_a_grid_are_about_the_file_that_is_looked_at(shelf: Shelf) -> None:
    points(shelf.desk)
    file = shelf.open(PLAIN)
    assert not applies(shelf, "grids.flip"), "no tensor of it was chosen"
    assert not applies(shelf, "tensor.operations")
    file.show(0)
    assert file.looking is not None
    assert applies(shelf, "grids.close")
    assert not applies(shelf, "tensor.operations"), "a file is looked at, not changed"
    run(shelf, "grids.close")
    assert file.looking.showing.tensors == ()
    assert [one.name for one in shelf.workspace.showing.tensors] == ["points", "points_t"]
