"""Why cards: the words, the pictures, and what their buttons do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.layout import Layout, contiguous
from tensorviz.core.reasons import BrokenView, Kept, Obstacle, Reason, Repair
from tensorviz.core.session_data import StepRow, Trouble
from tensorviz.core.why import why_no_view, why_not_broadcast, why_not_in_place, why_not_written_over
from tensorviz.ui.tensors.console_panel import ConsolePanel
from tensorviz.ui.tensors.why_card import WhyCard
from tensorviz.ui.tensors.why_picture import WhyPicture
from tensorviz.ui.tensors.why_text import picture_text
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import Desk


def reasons() -> dict[str, Reason]:
    found: dict[str, Reason | None] = {
        "view": why_no_view(Layout((3, 2), (1, 3), 0, 4), (6,)),
        "many": why_no_view(Layout((2,) * 12, (*(2**n for n in range(12)),), 0, 4), (4096,)),
        "clash": why_not_broadcast((2, 3), (4, 3, 2)),
        "shared": why_not_in_place(Layout((3, 4), (1, 0), 0, 4)),
        "kept": Kept(1, 3),
        "read": why_not_written_over(contiguous((9,), 4, 1), contiguous((9,), 4, 0)),
    }
    return {name: one for name, one in found.items() if one is not None}


def broken(code: str = "x.view(6)", subject: str = "x") -> tuple[Trouble, str]:
    return Trouble("No view.", "hint", "torch said", subject, reasons()["view"]), code


@pytest.mark.parametrize("name", ["view", "many", "clash", "shared", "kept", "read"])
def test_every_reason_has_a_picture_and_its_text(qtbot: QtBot, name: str) -> None:
    picture = WhyPicture(reasons()[name])
    qtbot.addWidget(picture)
    picture.resize(700, picture.sizeHint().height())
    image = picture.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 3
    assert picture.accessibleDescription() == picture_text(reasons()[name])


def test_the_text_of_a_broken_view_has_its_numbers() -> None:
    text = picture_text(reasons()["view"])
    assert "dimension 0: size 3, stride 1; dimension 1: size 2, stride 3" in text
    assert "stride[0] = 1, but size[1]*stride[1] = 2*3 = 6" in text
    assert "[2, 3] under [4, 3, 2]" in picture_text(reasons()["clash"])
    assert "[0, 0] and [0, 1] both lie on cell 0; 4 elements" in picture_text(reasons()["shared"])
    read = picture_text(reasons()["read"])
    assert "Element [0] of what is written and [1] of what is read both lie on byte 4" in read


def test_a_sure_repair_runs_and_another_one_is_written(qtbot: QtBot) -> None:
    for code, wanted in (("y = x.view(6)", "run"), ("x.view(6), x.view(6)", "write")):
        trouble, _ = broken()
        card = WhyCard(trouble, code)
        qtbot.addWidget(card)
        heard: list[tuple[str, str]] = []
        card.run_wanted.connect(lambda said, heard=heard: heard.append(("run", said)))
        card.write_wanted.connect(lambda said, heard=heard: heard.append(("write", said)))
        reshape = next(one for one in card.buttons if one.text().startswith("reshape"))
        assert reshape.text() == "reshape: copies 24 bytes"
        qtbot.mouseClick(reshape, Qt.MouseButton.LeftButton)
        assert heard == [(wanted, "y = x.reshape(6)" if wanted == "run" else "x.reshape(6)")]


def test_what_is_in_the_way_of_numpy_is_listed(qtbot: QtBot) -> None:
    obstacles = (Obstacle("It requires grad.", Repair(".detach()", 0, "shares memory")),)
    card = WhyCard(Trouble("No.", subject="w", obstacles=obstacles), "w.numpy()")
    qtbot.addWidget(card)
    assert [one.text() for one in card.buttons] == ["detach().numpy(): shares memory"]
    assert any("It requires grad." in one.accessibleName() for one in card.findChildren(QWidget))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> ConsolePanel:
    made = ConsolePanel(desk.workspace)
    qtbot.addWidget(made)
    made.resize(1000, 500)
    made.show()
    return made


def refuse(desk: Desk, number: int, code: str = "x.view(6)") -> None:
    desk.step(StepRow(number, number - 1, code, trouble=broken(code)[0]))


def cards(panel: ConsolePanel) -> list[WhyCard]:
    found = panel.transcript.viewport().findChildren(WhyCard)
    return [one for one in found if not one.isHidden()]


def test_the_newest_reason_is_open_and_older_ones_can_be_opened(panel: ConsolePanel, desk: Desk) -> None:
    refuse(desk, 1)
    assert len(cards(panel)) == 1
    refuse(desk, 2, "y = x.view(6)")
    assert len(cards(panel)) == 1
    toggles = [at for at, line in enumerate(panel.transcript.lines) if line.part == "why"]
    assert [panel.transcript.lines[at].text[0] for at in toggles] == ["\u25b8", "\u25be"]
    panel.transcript.toggle(toggles[0])
    assert len(cards(panel)) == 2


def test_a_card_lies_over_empty_lines_and_covers_no_text(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    refuse(desk, 1)
    desk.step(StepRow(2, 1, "after"))
    for width in (1000, 520):
        panel.resize(width, 600)
        panel.history.hide()

        def covers_nothing() -> bool:
            [card] = cards(panel)
            area = card.geometry()
            transcript = panel.transcript
            for at, line in enumerate(transcript.lines):
                place = transcript.place_of(transcript.document().findBlockByNumber(at)).toRect()
                if (line.kind == "card") is not place.adjusted(0, 1, 0, -1).intersects(area):
                    return False
            return True

        qtbot.waitUntil(covers_nothing)


def test_a_repair_in_the_transcript_runs_the_step_with_the_call_replaced(
    panel: ConsolePanel, desk: Desk, qtbot: QtBot
) -> None:
    refuse(desk, 1, "flat = x.view(6)  # all of it")
    [card] = cards(panel)
    qtbot.mouseClick(card.buttons[0], Qt.MouseButton.LeftButton)
    assert desk.codes == ["flat = x.reshape(6)  # all of it"]
    assert nameless(panel) == []


def test_what_was_done_and_may_surprise_has_its_picture_when_asked(
    panel: ConsolePanel, desk: Desk, qtbot: QtBot
) -> None:
    reason = reasons()["read"]
    desk.step(StepRow(9, 8, "m += m[1:]", remarks=(reason.sentence,), surprise=Trouble("", reason=reason)))
    kinds = [line.kind for line in panel.transcript.lines]
    assert kinds[-2:] == ["remark", "toggle"]
    assert panel.transcript.lines[-1].text.endswith("why: byte 4 is read and written")
    panel.transcript.toggle(len(kinds) - 1)
    [card] = panel.transcript.findChildren(WhyCard)
    assert card.accessibleName() == "Why the result is not sure"
    assert card.buttons == []  # it is done: to run it again would write twice


def test_a_repair_that_is_not_sure_stands_in_the_input(panel: ConsolePanel, desk: Desk, qtbot: QtBot) -> None:
    refuse(desk, 1, "f(g)")
    qtbot.mouseClick(cards(panel)[0].buttons[0], Qt.MouseButton.LeftButton)
    assert panel.input.code == "x.reshape(6)"
    assert desk.codes == []


def test_what_was_refused_is_read_before_why(panel: ConsolePanel, desk: Desk) -> None:
    panel.resize(1000, 180)
    for number in range(1, 40):
        desk.step(StepRow(number, number - 1, "x", output="1\n"))
    refuse(desk, 40)
    transcript = panel.transcript
    assert transcript.lines[transcript.firstVisibleBlock().blockNumber()].text == ">>> x.view(6)"
    desk.step(StepRow(41, 40, "after"))
    assert transcript.verticalScrollBar().value() == transcript.verticalScrollBar().maximum()


@pytest.mark.parametrize("width", [260, 420, 760, 1400])
def test_dimensions_that_have_no_room_are_told_and_none_is_cut(qtbot: QtBot, width: int) -> None:
    reason = reasons()["many"]
    assert isinstance(reason, BrokenView)
    picture = WhyPicture(reason)
    qtbot.addWidget(picture)
    picture.resize(width, picture.sizeHint().height())
    strip = picture.strip(reason)
    drawn = [dim for dim, _ in strip]
    assert {reason.boundary.outer, reason.boundary.inner} <= set(drawn)
    assert strip[-1][1].right() <= width
