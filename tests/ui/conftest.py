"""What every test of the window gets: no torch, and a look at the widgets it leaves behind.

Must not know any panel.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication, QWidget


@pytest.fixture(autouse=True)
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The window must do without torch: to import it fails here, also when an earlier test has loaded it."""
    for name in ("torch", "torchvision"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture(autouse=True)
def empty_clipboard(qapp: QApplication) -> Iterator[None]:
    """Nothing stays on the clipboard: the offscreen platform destroys it after Python has ended.

    A `QMimeData` that Python made would then take the whole run down with it (Qt's static destructors call Shiboken).
    """
    yield
    QGuiApplication.clipboard().clear()


@pytest.fixture(autouse=True)
def no_widget_left(qapp: QApplication) -> Iterator[None]:
    """Fails the test that leaves a top-level widget behind (pytest-qt has closed those given to `qtbot.addWidget`)."""
    before = {id(widget) for widget in qapp.topLevelWidgets()}
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in qapp.topLevelWidgets() if id(widget) not in before]
    told = ", ".join(_tell(widget) for widget in left)
    for widget in left:
        widget.deleteLater()
    assert not left, f"widgets left behind: {told}"


def _tell(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or widget.windowTitle()!r}"
