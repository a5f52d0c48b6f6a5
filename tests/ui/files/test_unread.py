"""A file that is being read, that could not be read, and one whose bytes are to be taken as raw numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.stored import RawForm
from tensorviz.engine.messages import JobCancelled
from tensorviz.engine.messages.files import CloseFile, OpenFile, OpenPixels
from tensorviz.ui.files.raw_form import RawFormFields
from tensorviz.ui.files.unread import CALM, Unread
from tensorviz.ui.state.tensor_file import TensorFile
from tests.ui.files.shelf import Shelf, contents, stored
from tests.ui.models.room import nameless

CUT = Problem("/x/model.pt is cut short.", "Fetch it again.")


def panel(shelf: Shelf, file: TensorFile, qtbot: QtBot) -> Unread:
    made = Unread(shelf.workspace, file)
    qtbot.addWidget(made)
    made.resize(760, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def test_reading_is_quiet_at_first_then_has_a_bar_and_can_be_cancelled(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/model.pt")
    made = panel(shelf, file, qtbot)
    made.setFocus()
    assert made.title.plain == "Reading model.pt"
    assert not made.bar.isVisible()
    qtbot.waitUntil(made.bar.isVisible, timeout=CALM + 2000)
    assert made.focusWidget() is made.cancel
    QTest.keyClick(made.cancel, Qt.Key.Key_Space)
    job = shelf.engine.job(OpenFile)
    assert shelf.engine.cancelled == [job]
    shelf.engine.answer(JobCancelled(job))
    assert made.title.plain == "Reading model.pt was cancelled."
    assert made.focusWidget() is made.again
    assert not made.bar.isVisible()


def test_a_problem_is_said_with_what_can_be_done(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/model.pt")
    made = panel(shelf, file, qtbot)
    shelf.fail(file, CUT)
    assert (made.title.plain, made.hint.plain) == (CUT.message, CUT.hint)
    assert made.again.isVisible()
    assert not made.as_picture.isVisible()
    assert not made.raw.isVisible()
    assert not nameless(made)
    QTest.mouseClick(made.again, Qt.MouseButton.LeftButton)
    (fresh,) = shelf.files.files
    assert fresh is not file
    assert shelf.files.current is fresh
    assert shelf.engine.last(OpenFile) == OpenFile(fresh.number, "/x/model.pt")
    assert shelf.engine.last(CloseFile) == CloseFile(file.number)


@pytest.mark.parametrize(
    ("sentence", "offered"),
    [
        ("/x/model.pt is cut short.", True),
        ("/x/model.pt is of an unknown kind (it begins with 00 00 01 00), and no file of tensors.", True),
        ("/x/model.pt is a folder, and does not hold exactly one set of safetensors files.", False),
        ("/x/model.pt is empty (0 bytes).", False),
        ("There is no file /x/model.pt.", False),
    ],
)
def test_raw_numbers_are_offered_where_there_are_bytes(qtbot: QtBot, sentence: str, offered: bool) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/model.pt")
    made = panel(shelf, file, qtbot)
    shelf.fail(file, Problem(sentence, ""))
    assert made.as_raw.isVisible() is offered


def test_close_closes(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/model.pt")
    made = panel(shelf, file, qtbot)
    shelf.fail(file, CUT)
    QTest.mouseClick(made.close_button, Qt.MouseButton.LeftButton)
    assert shelf.files.files == ()


def test_a_picture_can_be_opened_as_tensors(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/pic.pt")
    made = panel(shelf, file, qtbot)
    shelf.fail(file, Problem("/x/pic.pt is a picture (PNG), and no file of tensors.", "`tensorviz classify` takes it."))
    assert made.as_picture.isVisible()
    assert "tensorviz classify" not in made.hint.plain
    QTest.mouseClick(made.as_picture, Qt.MouseButton.LeftButton)
    assert shelf.engine.last(OpenPixels).path == "/x/pic.pt"
    assert shelf.files.files == ()


def test_hints_of_the_terminal_are_said_as_in_the_window(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.files.open("/x/data.pt")
    made = panel(shelf, file, qtbot)
    shelf.fail(file, Problem("It is of an unknown kind.", "If it is raw numbers, give --dtype and --shape."))
    assert made.hint.plain == "If it is raw numbers, take it as such below."


def test_raw_numbers_in_place_of_a_file_that_cannot_be_read(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(bytes(4003))
    shelf = Shelf()
    file = shelf.files.open(str(path))
    made = panel(shelf, file, qtbot)
    shelf.fail(file, CUT)
    QTest.mouseClick(made.as_raw, Qt.MouseButton.LeftButton)
    assert made.focusWidget() is made.raw.shape
    assert made.raw.said == (
        "The file has 4,003 bytes (4.0 kB). 1,000 elements of float32, 4,000 bytes. 3 bytes after that are left over."
    )
    QTest.keyClicks(made.raw.shape, "7, -1")
    assert "7 x 142 = 994 elements" in made.raw.said  # 4003 = 7 * 142 * 4 + 27
    assert "27 bytes after that are left over." in made.raw.said
    QTest.keyClicks(made.raw.shape, ";")
    assert not made.raw.show_button.isEnabled()
    QTest.keyClick(made.raw.shape, Qt.Key.Key_Return)
    assert shelf.files.files == (file,)
    QTest.keyClick(made.raw.shape, Qt.Key.Key_Backspace)
    QTest.keyClick(made.raw.shape, Qt.Key.Key_Return)
    (fresh,) = shelf.files.files
    assert shelf.engine.last(OpenFile) == OpenFile(fresh.number, str(path), RawForm("float32", (7, -1)))


def test_a_form_that_could_not_be_read_stands_there_again(qtbot: QtBot, tmp_path: Path) -> None:
    shelf = Shelf()
    form = RawForm("bfloat16", (3, -1), 8, True)
    file = shelf.files.open(str(tmp_path / "gone.bin"), form)
    made = panel(shelf, file, qtbot)
    shelf.fail(file, Problem("There is no such file.", ""))
    assert made.raw.isVisible()
    assert made.raw.fit.form == form
    assert "not known" in made.raw.said


def test_a_tab_that_asks_reads_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(bytes(12))
    shelf = Shelf()
    file = shelf.files.ask_raw(str(path))
    made = panel(shelf, file, qtbot)
    assert shelf.engine.all(OpenFile) == []
    assert shelf.files.ask_raw(str(path)) is file
    made.raw.type.setCurrentIndex(made.raw.type.findData("int16"))
    made.raw.big_endian.setChecked(True)
    made.raw.first.setText("2")
    QTest.mouseClick(made.raw.show_button, Qt.MouseButton.LeftButton)
    assert shelf.engine.last(OpenFile).raw == RawForm("int16", None, 2, True)


def test_a_tab_that_asks_is_no_open_file() -> None:
    shelf = Shelf()
    asking = shelf.files.ask_raw("/x/data.pt")
    opened = shelf.files.open("/x/data.pt")
    assert opened is not asking
    assert shelf.files.files == (asking, opened)
    assert shelf.files.ask_raw("/x/data.pt") is asking


def test_a_folder_is_no_raw_file(qtbot: QtBot, tmp_path: Path) -> None:
    form = RawFormFields(str(tmp_path))
    qtbot.addWidget(form)
    form.open_at(None)
    assert form.fit.form is None
    assert "folder" in form.said


def test_the_size_is_not_looked_up_before_somebody_asks(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(bytes(8))
    form = RawFormFields(str(path))
    qtbot.addWidget(form)
    assert "not known" in form.said
    path.write_bytes(bytes(16))
    form.open_at(None)
    assert "16 bytes" in form.said


def test_each_kind_has_a_title_that_cannot_be_chosen(qtbot: QtBot) -> None:
    form = RawFormFields("/x/raw")
    qtbot.addWidget(form)
    titles = [at for at in range(form.type.count()) if form.type.itemData(at) is None]
    assert [form.type.itemText(at) for at in titles] == ["Floating point", "Whole numbers", "Complex", "Other"]
    form.type.setCurrentIndex(form.type.findData("complex128"))
    QTest.keyClick(form.type, Qt.Key.Key_Up)
    assert form.type.currentData() is not None


def test_a_file_is_reloaded_in_its_place() -> None:
    shelf = Shelf()
    one = shelf.open(contents(stored("a", "A", (2,))), "/x/one.pt")
    two = shelf.open(contents(stored("a", "A", (2,))), "/x/two.pt")
    shelf.files.look_at(one)
    one.reload()
    fresh = shelf.files.files[0]
    assert shelf.files.files == (fresh, two)
    assert shelf.files.current is fresh
    assert fresh.path == one.path
    two.reload()
    assert shelf.files.current is fresh
    assert len(shelf.files.files) == 2
