"""Lines of text where there is little room."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tensorviz.ui.widgets.elided_label import ElidedLabel

LONG, SHORT = "Storage A   256.0 kB, 64,000 cells of float32", "Storage A   256.0 kB"


@pytest.mark.parametrize(("room", "shown"), [(2, LONG), (-1, SHORT)])
def test_what_fits_is_said(qtbot: QtBot, room: int, shown: str) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.say(LONG, SHORT)
    label.resize(label.fontMetrics().horizontalAdvance(LONG) + room, 20)
    assert label.shown() == shown
    assert label.text() == LONG, "for screen readers, and as tooltip"


def test_the_last_is_cut_where_nothing_fits(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.say(LONG, SHORT)
    label.resize(label.fontMetrics().horizontalAdvance(SHORT) - 10, 20)
    assert label.shown() != SHORT
    assert label.fontMetrics().horizontalAdvance(label.shown()) <= label.width()
