"""A row that goes on in the next line: nothing is cut, and the height follows."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.ui.widgets.flow_row import FlowRow


class Box(QWidget):
    def __init__(self, wide: int, high: int) -> None:
        super().__init__()
        self._size = QSize(wide, high)

    def sizeHint(self) -> QSize:
        return self._size


def places(qtbot: QtBot, wide: int) -> tuple[list[tuple[int, int]], int]:
    """Where three boxes stand in a window of that width, and how high their row is."""
    boxes = [Box(50, 20), Box(60, 30), Box(40, 30)]
    whole, inside = QWidget(), QWidget()
    qtbot.addWidget(whole)
    row = FlowRow(inside, spacing=10)
    for box in boxes:
        row.addWidget(box)
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(inside)
    column.addStretch(1)
    whole.resize(wide, 200)
    whole.show()
    qtbot.waitExposed(whole)
    assert whole.minimumSizeHint().width() <= 60
    return [(box.x(), box.y()) for box in boxes], inside.height()


def test_in_one_line_where_there_is_room(qtbot: QtBot) -> None:
    assert places(qtbot, 170) == ([(0, 5), (60, 0), (130, 0)], 30)


def test_on_in_the_next_line_where_the_room_ends(qtbot: QtBot) -> None:
    assert places(qtbot, 169) == ([(0, 5), (60, 0), (0, 40)], 70)
