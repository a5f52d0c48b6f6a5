"""The middle of the page in little room: everything has a name, nothing is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollBar, QWidget

from tests.ui.models.room import nameless
from tests.ui.translate.panel_room import PanelRoom

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def room(qtbot: QtBot) -> PanelRoom:
    return PanelRoom(qtbot)


def test_everything_has_a_name(room: PanelRoom) -> None:
    inner = room.panel.view.side.sizes.field.line  # Qt's own part of the field, which speaks for it
    assert inner.accessibleName() == "Shorter side in pixels"
    assert nameless(room.panel) == []
    room.begin()
    room.translations.set_view("back")
    room.answer()
    assert nameless(room.panel) == []
    assert [b.accessibleName() for b in room.panel.findChildren(QAbstractButton) if not b.text() and not b.toolTip()
            and not b.objectName().startswith("qt_")] == []  # fmt: skip


def outside(room: PanelRoom) -> list[str]:
    """Visible widgets that reach beyond the left or right of the panel, or lines that are wider than their room."""
    bad: list[str] = []
    QApplication.sendPostedEvents()  # of layouts
    for widget in room.panel.findChildren(QWidget):
        if not widget.isVisible() or widget.window() is not room.panel.window():
            continue
        left = widget.mapTo(room.panel, QPoint(0, 0)).x()
        if left < 0 or left + widget.width() > room.panel.width():
            bad.append(f"{type(widget).__name__} {widget.accessibleName()} {left}+{widget.width()}")
        parent = widget.parentWidget()
        right = widget.geometry().right()
        if parent is not None and not isinstance(widget, QScrollBar) and right >= parent.width():
            bad.append(f"beyond its parent: {type(widget).__name__} {widget.accessibleName()}")
        if type(widget) is QLabel and not widget.wordWrap() and widget.width() < widget.sizeHint().width():
            bad.append(f"cut: {widget.text()}")
    return bad


@pytest.mark.parametrize("view", ["slider", "difference", "back"])
@pytest.mark.parametrize("width", [284, 420, 560, 716, 1200])
def test_nothing_is_cut_where_it_is_narrow(qtbot: QtBot, width: int, view: str) -> None:
    room = PanelRoom(qtbot, width=width, height=180)
    room.translations.set_view(view)  # type: ignore[arg-type]  # each is one
    room.begin(full=(1500, 1220))
    room.answer(full=(1500, 1220))
    assert outside(room) == []
    assert room.panel.view.line.name.width() >= 40, "a few letters of the name"
    room.translations.translate()
    room.run(3, 9)
    assert outside(room) == []
    assert room.panel.view.line.name.width() >= 40
    stage, below = room.panel.view.stage, room.panel.view.pixels
    assert stage.geometry().bottom() < below.geometry().top()
    assert stage.height() >= stage.minimumHeight()


def test_texts_of_the_heading_come_with_the_room(qtbot: QtBot) -> None:
    room = PanelRoom(qtbot, width=1200)
    heading = room.panel.heading
    assert heading.save.text() == "Save picture..."
    room.panel.resize(284, 400)
    assert heading.more.isVisible()
    assert not heading.save.isVisible()
    menu = heading.more.menu()
    assert menu is not None
    names = [action.objectName() for action in menu.actions()]
    assert {"translate.save", "translate.copy_python", "translate.to_folder"} <= set(names)
