"""An inspector over a desk, brought up to date without an event loop, and what it says by label.

Must not know what any test expects.
"""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tensorviz.core.session_data import Statistics
from tensorviz.engine.messages import JobFinished
from tensorviz.engine.messages.session import MeasureTensor, TensorMeasured
from tensorviz.ui.tensors.inspector import Inspector
from tests.ui.tensors.desk import Desk


def panel(qtbot: QtBot, desk: Desk) -> Inspector:
    made = Inspector(desk.workspace)
    qtbot.addWidget(made)
    made.resize(280, 700)
    return made


def refreshed(made: Inspector, desk: Desk) -> Inspector:
    """With everything read, and everything that happens soon done now."""
    for _ in range(2):
        made.element.refresh()
        made.tensor.refresh()
        desk.serve()
    made.element.refresh()
    while made.tensor._rest is not None:
        made.tensor._go_on()
    return made


def said(plain: str, label: str) -> str:
    """What stands after a label."""
    return next(each for each in plain.splitlines() if each.startswith(f"{label}: ")).removeprefix(f"{label}: ")


def measured(desk: Desk, **more: object) -> None:
    """Answers the newest wish to measure."""
    request, job = desk.engine.last(MeasureTensor), desk.engine.job(MeasureTensor)
    plain = {
        "minimum": 1.0,
        "maximum": 5.0,
        "mean": 8 / 3,
        "deviation": 1.5,
        "edges": (1.0, 3.0, 5.0),
        "counts": (4, 2),
    }
    found = Statistics(request.name, 6, **{**plain, **more})  # type: ignore[arg-type]  # each of its own type
    desk.engine.answer(TensorMeasured(job, desk.facts.memory, found), JobFinished(job))
