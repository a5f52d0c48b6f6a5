"""The inspector's statistics and histogram: measured when they should be, exact or marked, usable by keyboard."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tensorviz.core.errors import Problem
from tensorviz.core.session_data import Statistics
from tensorviz.engine.messages import JobCancelled, JobFailed
from tensorviz.engine.messages.session import MeasureTensor, TensorMeasured
from tensorviz.ui.state.statistics import AUTOMATIC
from tensorviz.ui.tensors.inspector_lines import Dress, Span, line, rich_text
from tensorviz.ui.widgets.histogram import Histogram
from tests.ui.models.room import nameless
from tests.ui.tensors.desk import Desk, floats, points, tensor
from tests.ui.tensors.inspecting import measured, panel, refreshed, said


def test_values_are_measured_by_themselves(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    assert made.values.plain == "Being measured..."
    measured(desk, zeros=2, nans=1)
    plain = made.values.plain
    assert said(plain, "min") == "1."
    assert said(plain, "mean") == "~2.666667"
    assert said(plain, "zeros") == "2  ~33.3 %"
    assert said(plain, "NaN") == "1  ~16.7 %"
    assert made.values.button.isHidden()
    assert not made.values.histogram.isHidden()


def test_other_memory_is_measured_again_and_the_old_is_said_to_be_old(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    measured(desk)
    desk.open(*desk.facts.tensors, A=floats(0, 0, 0, 0, 0, 0))
    assert len(desk.engine.all(MeasureTensor)) == 2
    assert "earlier state" in made.values.plain
    measured(desk)
    assert "earlier state" not in made.values.plain
    desk.tell(replace(desk.facts, here=5))
    assert len(desk.engine.all(MeasureTensor)) == 2


def test_another_tensor_is_measured_and_late_answers_are_dropped(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    late = desk.engine.job(MeasureTensor)
    desk.workspace.showing.show("points")
    assert desk.engine.last(MeasureTensor).name == "points"
    desk.engine.answer(TensorMeasured(late, 1, Statistics("points_t", 6, minimum=99.0)))
    assert "99" not in made.values.plain


def test_what_is_large_is_measured_on_request(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    desk.open(tensor("x", "A", (AUTOMATIC + 1,)), A=bytes(4))
    assert desk.engine.all(MeasureTensor) == []
    assert made.values.button.text() == "Measure 16.0 M elements"
    made.values.button.click()
    job = desk.engine.job(MeasureTensor)
    assert made.values.button.text() == "Stop measuring"
    made.values.button.click()
    assert desk.engine.cancelled == [job]
    desk.engine.answer(JobCancelled(job))
    assert made.values.button.text() == "Measure 16.0 M elements"
    made.values.button.click()
    measured(desk)
    desk.tell(replace(desk.facts, memory=desk.facts.memory + 1))
    assert "memory has changed since" in made.values.plain
    assert made.values.button.text() == "Measure 16.0 M elements again"


def test_what_cannot_be_measured_says_why(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    job = desk.engine.job(MeasureTensor)
    desk.engine.answer(JobFailed(job, Problem("It is gone.", "Run it again.")))
    assert made.values.plain == "It is gone. Run it again."


@pytest.mark.parametrize(
    ("dtype", "value", "text"),
    [("int64", 2**62 + 1, str(2**62 + 1)), ("bool", 1, "True"), ("float32", 0.1, "0.1"), ("complex64", 5.0, "~5")],
)
def test_extremes_are_exact_or_say_that_they_are_not(qtbot: QtBot, dtype: str, value: float, text: str) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    desk.open(tensor("x", "A", (1,), dtype=dtype), A=bytes(16))
    value = struct.unpack("<f", struct.pack("<f", value))[0] if dtype == "float32" else value
    measured(desk, minimum=value, maximum=value)
    assert said(made.values.plain, "min") == text


def test_no_finite_number_and_no_element(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    none = {"minimum": None, "maximum": None, "mean": None, "deviation": None, "edges": (), "counts": ()}
    measured(desk, **none, nans=6)
    assert made.values.plain.startswith("No element is a finite number.")
    assert made.values.histogram.isHidden()


def _of_one(qtbot: QtBot) -> Histogram:
    drawn = Histogram()
    qtbot.addWidget(drawn)
    drawn.show_counts((0.0, 1.0), (2,))
    return drawn


def test_the_histogram_by_keyboard_and_as_text(qtbot: QtBot) -> None:
    drawn = Histogram()
    qtbot.addWidget(drawn)
    drawn.resize(200, 100)
    assert drawn.text() == "No numbers."
    drawn.show_counts((0.0, 1.0, 2.0, 4.0), (5, 0, 1))
    assert drawn.accessibleDescription() == "3 ranges from 0 to 4. Most: 5 from 0 to 1."
    assert _of_one(qtbot).text() == "1 range from 0 to 1. Most: 2 from 0 to 1."
    for key, place in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_End, 2), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1)):
        qtbot.keyClick(drawn, key)
        assert drawn.looked_at == place
    assert drawn.caption() == "0 from 1 to 2"
    qtbot.keyClick(drawn, Qt.Key.Key_Escape)
    assert drawn.looked_at is None
    assert not drawn.grab().isNull()


def test_a_bar_of_one_among_many_is_seen(qtbot: QtBot) -> None:
    drawn = Histogram()
    qtbot.addWidget(drawn)
    drawn.resize(200, 100)
    drawn.show_counts((0.0, 1.0, 2.0, 3.0), (10**9, 0, 1))
    most = 10**9
    assert drawn._bar_rect(2, most).height() >= 1
    assert drawn._bar_rect(1, most).height() == 0


def test_rich_text_escapes_and_colours() -> None:
    dress = Dress(lambda tone: {"muted": "#111111", "accent": "#222222"}[tone], False, "Mono")
    text = rich_text([line("<b>", Span("a<b & c", "accent", link="x'\"")), line("", "plain")], dress)
    assert "&lt;b&gt;" in text
    assert "a&lt;b &amp; c" in text
    assert 'href="x&#x27;&quot;"' in text
    assert "#222222" in text


def test_everything_that_takes_the_keyboard_has_a_name(qtbot: QtBot) -> None:
    desk = Desk()
    made = panel(qtbot, desk)
    points(desk)
    measured(desk)
    made.show()
    refreshed(made, desk)
    assert nameless(made) == []
    assert made.element.body.accessibleName().startswith("Element: ")
