"""Asking for one file with the system's dialog.

Must not know what the file is for; tests give panels a callable that answers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ChooseFile = Callable[["QWidget", str, str], str]


def choose_file(parent: QWidget, title: str, filters: str) -> str:
    """The path chosen, "" when the person gave up. filters are Qt's: "Weights (*.pth);;All files (*)"."""
    from PySide6.QtWidgets import QFileDialog

    path, _ = QFileDialog.getOpenFileName(parent, title, "", filters)
    return path
