"""A workspace with an engine that does nothing and a small catalogue, for tests of the chooser and the strip.

Must not know panels.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from tensorviz.core.catalogue import ModelRow
from tensorviz.core.pipeline import ChannelStatistics, Pipeline, PipelineStage, Preview
from tensorviz.core.recipe import Recipe
from tensorviz.engine.messages import FindPictures, JobFinished, PicturesFound
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.state.workspace import Workspace, build_workspace
from tests.ui.fake_engine import FakeEngine, MemoryStore
from tests.ui.models import rows


class Room:
    """Everything a panel needs, and the engine that hears it."""

    def __init__(self, **settings: object) -> None:
        bridge = Bridge()
        self.engine = FakeEngine(bridge)
        self.workspace: Workspace = build_workspace(bridge, MemoryStore(**settings), Path("assets"))

    def read(self, models: tuple[ModelRow, ...] | None = None) -> None:
        """Lets the catalogue be read."""
        job = self.workspace.catalogue.read()
        self.engine.answer(rows.read(job, models, disk_bytes=244_408_911), JobFinished(job))

    def look_at(self, path: str, qtbot: QtBot) -> None:
        """Adds a picture and makes it the current one."""
        self.workspace.pictures.add([path])
        job = self.engine.job(FindPictures)
        self.engine.answer(PicturesFound(job, (path,)), JobFinished(job))
        qtbot.waitUntil(lambda: self.workspace.pictures.item(path) is not None)
        self.workspace.pictures.set_current(path)


def nameless(panel: QWidget) -> list[str]:
    """The widgets in a panel that take the keyboard and have no name to be spoken."""
    bad = []
    for widget in panel.findChildren(QWidget):
        said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not said and widget.window() is panel.window():
            bad.append(f"{type(widget).__name__} {widget.objectName()}")
    return bad


Box = tuple[float, float, float, float]


def stage(key: str, shape: tuple[int, ...], dtype: str, box: Box | None = None) -> PipelineStage:
    """A stage with a grey preview of 4x2 pixels."""
    channels = (ChannelStatistics("R", -2.118, 2.2489, 0.0312), ChannelStatistics("G", 0, 255, 128.04))
    return PipelineStage(key, key.capitalize(), shape, dtype, channels, Preview(4, 2, bytes(24)), box, "as it was")


def pipeline(path: str = "a.jpg") -> Pipeline:
    """A picture of 400x200 of which the network sees the square in the middle."""
    stages = (
        stage("original", (200, 400, 3), "uint8", (100.0, 0.0, 300.0, 200.0)),
        stage("resized", (256, 512, 3), "uint8"),
        stage("cropped", (224, 224, 3), "uint8"),
        stage("normalised", (1, 3, 224, 224), "float32"),
    )
    return Pipeline(path, Recipe(256, 224), stages)
