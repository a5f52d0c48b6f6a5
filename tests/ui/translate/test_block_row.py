"""A row of boxes: one stop of the Tab key, arrow keys along it, and what has the keyboard is in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.ui.models.stage_box import Arrow
from tensorviz.ui.translate.block_row import BlockRow


class Row:
    """Between two buttons, a row of six boxes of which three have room."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.before, self.after = QPushButton("before", self.window), QPushButton("after", self.window)
        self.row = BlockRow("Boxes", self.window)
        self.boxes = [QPushButton(str(number)) for number in range(6)]
        for place, box in enumerate(self.boxes):
            box.setFixedSize(100, 40)
            self.row.insert(place, box)
        QWidget.setTabOrder(self.before, self.boxes[0])
        QWidget.setTabOrder(self.boxes[-1], self.after)
        self.row.show_only(self.boxes)
        self.row.setGeometry(0, 40, 330, 80)
        self.window.resize(330, 200)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def here(self) -> str:
        focused = QApplication.focusWidget()
        return focused.text() if isinstance(focused, QPushButton) else ""

    def press(self, *keys: Qt.Key) -> str:
        for key in keys:
            QTest.keyClick(self.window.focusWidget(), key)
        return self.here

    def in_sight(self, box: QPushButton) -> bool:
        left = box.mapTo(self.row.viewport(), QPoint()).x()
        return 0 <= left <= self.row.viewport().width() - box.width()


@pytest.fixture
def row(qtbot: QtBot) -> Row:
    return Row(qtbot)


def test_arrows_go_along_and_stop_at_the_ends(row: Row) -> None:
    row.boxes[0].setFocus()
    assert row.press(Qt.Key.Key_Right) == "1"
    assert row.press(Qt.Key.Key_End) == "5"
    assert row.in_sight(row.boxes[5])
    assert row.press(Qt.Key.Key_Right) == "5"
    assert row.press(Qt.Key.Key_Left) == "4"
    assert row.press(Qt.Key.Key_Home, Qt.Key.Key_Left) == "0"
    assert row.in_sight(row.boxes[0])


def test_what_is_not_in_use_is_passed_over(row: Row) -> None:
    row.boxes[1].setEnabled(False)
    row.row.show_only([row.boxes[0], row.boxes[1], row.boxes[3]])
    row.boxes[0].setFocus()
    assert row.press(Qt.Key.Key_Right) == "3"
    assert row.press(Qt.Key.Key_Right) == "3"


def test_the_row_is_one_stop_of_the_tab_key_and_remembers_where_one_was(row: Row) -> None:
    row.before.setFocus()
    assert row.press(Qt.Key.Key_Tab) == "0"
    assert row.press(Qt.Key.Key_Right, Qt.Key.Key_Right) == "2"
    assert row.press(Qt.Key.Key_Tab) == "after"
    QTest.keyClick(row.after, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert row.here == "2"


def test_when_the_stop_is_no_more_there_is_another(row: Row) -> None:
    row.boxes[2].setFocus()
    row.before.setFocus()
    row.boxes[2].setEnabled(False)
    row.row.settle()
    assert row.press(Qt.Key.Key_Tab) == "0"


def test_the_first_shown_has_no_arrow_before_it(row: Row) -> None:
    row.row.show_only(row.boxes[2:4])
    arrows = [arrow for arrow in row.row.findChildren(Arrow) if not arrow.isHidden()]
    assert len(arrows) == 1
    assert not row.boxes[2].isHidden()
    assert row.boxes[0].isHidden()


def test_a_box_put_between_others_comes_between_them_for_the_arrow_keys(row: Row) -> None:
    late = QPushButton("late")
    row.row.insert(1, late)
    row.row.show_only([*row.boxes, late])
    row.boxes[0].setFocus()
    assert row.press(Qt.Key.Key_Right) == "late"
    assert row.press(Qt.Key.Key_Tab) == "after"
    late.setFocus()
    assert row.press(Qt.Key.Key_Right) == "1"


def test_the_wheel_scrolls_sideways_whichever_way_it_turns(row: Row) -> None:
    bar = row.row.horizontalScrollBar()
    for turned in (QPoint(0, -120), QPoint(-120, 0)):
        bar.setValue(0)
        event = QWheelEvent(
            QPointF(50, 20),
            row.row.mapToGlobal(QPointF(50, 20)),
            QPoint(),
            turned,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(row.row.viewport(), event)
        assert bar.value() == 120
