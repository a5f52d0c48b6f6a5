"""A window for each test of this folder.

Must not know what is tested with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.small_window import Scene, open_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Scene:
    """An open window with a small page."""
    return open_window(qtbot, tmp_path / "window.ini")
