"""The head of a file: what it says, that it fits, what its buttons ask for."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.checkpoint_values import TensorValues
from tensorviz.core.stored import RawForm
from tensorviz.engine.messages.files import LookAtValues, ValuesSeen
from tensorviz.ui.files.file_head import CHOOSE, FileHead
from tests.ui.files.shelf import Shelf, contents, stored
from tests.ui.models.room import nameless

TIED = (stored("emb.weight", "A", (10, 4)), stored("head.weight", "A", (10, 4)), stored("part", "B", (3,), "uint8"))


def head_of(shelf: Shelf, qtbot: QtBot, width: int = 1280) -> FileHead:
    file = shelf.files.current
    assert file is not None
    head = FileHead(shelf.workspace, file)
    qtbot.addWidget(head)
    head.resize(width, head.sizeHint().height())
    head.show()
    return head


def texts(head: FileHead) -> list[str]:
    return [label.text() for label in (*head.line.labels, head.line.more) if label.isVisible()]


def test_it_says_what_the_file_is(qtbot: QtBot) -> None:
    shelf = Shelf()
    shelf.open(contents(*TIED, sizes={"B": 300}), "/x/a/model.pt", guess="torchvision resnet101, 1000 classes")
    head = head_of(shelf, qtbot)
    assert head.name.name.text() == "model.pt"
    assert head.name.facts.text() == "PyTorch zip · 524 bytes · 3 tensors over 2 storages"  # 64 + 160 + 300
    assert head.line.text.text() == "torchvision resnet101, 1000 classes"
    assert texts(head) == ["64.6 % wasted", "shared"]  # 297 of 460
    assert "/x/a/model.pt" in head.name.toolTip()
    assert "297 bytes of 460 bytes" in head.line.labels[0].toolTip()
    assert not nameless(head)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("pt-zip", "PyTorch zip"),
        ("pt-legacy", "PyTorch (before 1.6)"),
        ("safetensors", "safetensors"),
        ("npy", "NumPy"),
    ],
)
def test_formats_in_words(qtbot: QtBot, form: str, said: str) -> None:
    shelf = Shelf()
    shelf.open(contents(stored("a", "A", (1,)), form=form))
    assert head_of(shelf, qtbot).name.facts.text() == f"{said} · 68 bytes · 1 tensor"


def test_what_a_pickle_would_call_comes_first_and_has_a_tip(qtbot: QtBot) -> None:
    shelf = Shelf()
    shelf.open(contents(*TIED, sizes={"B": 300}, unsafe_globals=("os.system", "<b>.x")))
    head = head_of(shelf, qtbot)
    assert texts(head)[0] == "2 names a pickle would call: nothing was run"
    assert "os.system, &lt;b&gt;.x" in head.line.labels[0].toolTip()
    head.resize(700, head.height())
    assert texts(head)[0] == "a pickle would call 2 names"
    assert texts(head)[-1].startswith("+")


def test_big_endian_and_raw(qtbot: QtBot) -> None:
    shelf = Shelf()
    from dataclasses import replace

    made = contents(stored("", "A", (3, 5), "float32"), form="raw")
    made = replace(
        made, storages=tuple(replace(one, big_endian=True) for one in made.storages), notes=("2 bytes left.",)
    )
    file = shelf.files.open("/x/raw.bin", RawForm("float32", (3, -1), 16, True))
    shelf.read(file, made)
    shelf.analyse(file)
    head = head_of(shelf, qtbot)
    assert head.name.facts.text() == "raw numbers of float32 · 3 x 5 · 124 bytes"
    assert head.line.text.text() == "from byte 16 on; 2 bytes left"
    assert "big-endian" in texts(head)
    assert head.change_raw.isVisible()
    with qtbot.waitSignal(head.raw_wished):
        qtbot.mouseClick(head.change_raw, Qt.MouseButton.LeftButton)


def test_nan_is_told_once_values_were_looked_at(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.open(contents(*TIED))
    head = head_of(shelf, qtbot)
    file.look_at_values()
    job = shelf.engine.job(LookAtValues)
    shelf.engine.answer(ValuesSeen(job, file.number, (TensorValues("emb.weight", "float32", 40, nan=2),)))
    qtbot.waitUntil(lambda: texts(head)[0] == "NaN in 1 tensor")


def test_before_it_is_read_there_is_a_name_and_a_way_out(qtbot: QtBot) -> None:
    shelf = Shelf()
    shelf.files.open("/x/model.pt")
    head = head_of(shelf, qtbot)
    shown = [button.accessibleName() for button in head.findChildren(QToolButton) if button.isVisible()]
    assert shown == ["Close the file"]
    assert head.name.name.text() == "model.pt"


def test_buttons_run_commands(qtbot: QtBot) -> None:
    shelf = Shelf()
    shelf.open(contents(*TIED, sizes={"B": 300}))
    head = head_of(shelf, qtbot)
    wished: list[str] = []
    shelf.workspace.wishes.wished.connect(wished.append)
    for button in (head.open_in_session, head.compare, head.close_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    for action in head.save_copy.menu().actions():
        action.trigger()
    assert wished == ["file.open_in_session", "file.compare", "file.close", "file.compact", "file.to_safetensors"]


def test_copies_that_make_no_sense_are_not_offered(qtbot: QtBot) -> None:
    shelf = Shelf()
    shelf.open(contents(*TIED, form="safetensors"))
    head = head_of(shelf, qtbot)
    assert not any(action.isEnabled() for action in head.save_copy.menu().actions())
    assert not head.save_copy.isEnabled()


def test_the_selection_is_counted_where_it_is_opened(qtbot: QtBot) -> None:
    shelf = Shelf()
    file = shelf.open(contents(*TIED))
    head = head_of(shelf, qtbot)
    file.select((0, 2))
    assert head.open_in_session.text() == "Open 2 in session"
    file.select(())
    assert head.open_in_session.text() == "Open in session"


def test_the_switch_waits_for_a_tensor(qtbot: QtBot) -> None:
    shelf = Shelf()
    shelf.open(contents(*TIED))
    head = head_of(shelf, qtbot)
    tensors = next(one for one in head.switch.findChildren(QToolButton) if one.text() == "Tensors")
    assert not tensors.isEnabled()
    assert tensors.toolTip() == CHOOSE
    head.show_side(0, both=True)
    assert tensors.isEnabled()
    with qtbot.waitSignal(head.side_wished) as told:
        qtbot.mouseClick(tensors, Qt.MouseButton.LeftButton)
    assert told.args == [1]


@pytest.mark.parametrize("width", [760, 1280])
def test_nothing_is_cut_or_covered(qtbot: QtBot, width: int) -> None:
    shelf = Shelf()
    long = "a" * 200 + ".safetensors"
    shelf.open(contents(*TIED, sizes={"B": 300}, unsafe_globals=("os.system",)), f"/x/{long}", guess="g" * 300)
    head = head_of(shelf, qtbot, width)
    assert head.minimumSizeHint().width() <= width
    assert head.height() <= 68
    parts = [head.name, head.line, head.switch, *[one for one in head.findChildren(QToolButton) if one.isVisible()]]
    places = {id(one): QRect(one.mapTo(head, QPoint(0, 0)), one.size()) for one in parts}
    for one, other in combinations(parts, 2):
        if not one.isAncestorOf(other):
            assert not places[id(one)].intersects(places[id(other)])
    for button in head.findChildren(QToolButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width()
            assert head.rect().contains(places[id(button)])
    seen: list[QWidget] = [one for one in (head.line.text, *head.line.labels, head.line.more) if one.isVisible()]
    assert all(head.line.rect().contains(one.geometry()) for one in seen)
    assert not any(one.geometry().intersects(other.geometry()) for one, other in combinations(seen, 2))


def test_commands_behind_the_dots_exist(qtbot: QtBot) -> None:
    from tensorviz.ui.commands import COMMANDS
    from tensorviz.ui.files.file_head import COPIES, MORE

    known = {command.id for command in COMMANDS}
    asked = {command for command, _ in (*COPIES, *MORE)}
    assert asked | {"file.open_in_session", "file.compare", "file.close"} <= known
