"""What every test gets: its own folders, the real data, and a look at the threads it leaves behind.

Must not know any feature: fixtures of one area live in that area's folder.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget

# Without a display Qt aborts the whole run; to look on, set QT_QPA_PLATFORM=xcb.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parents[1]
SECONDS_TO_END = 5.0


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real photographs and weights; the test is skipped where there is none."""
    given = os.environ.get("TENSORVIZ_TEST_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs real data: no folder {folder} (TENSORVIZ_TEST_DATA names another)")
    return folder


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, caches and weights of the test only; nothing of the person who runs it is read or changed."""
    home = tmp_path_factory.mktemp("home")
    for variable, folder in (
        ("TENSORVIZ_CONFIG_HOME", "config"),
        ("TENSORVIZ_CACHE_HOME", "cache"),
        ("XDG_CONFIG_HOME", "xdg-config"),
        ("XDG_CACHE_HOME", "xdg-cache"),
        ("XDG_DATA_HOME", "xdg-data"),
        ("TORCH_HOME", "torch"),
    ):
        monkeypatch.setenv(variable, str(home / folder))
    return home


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fails the test that leaves a thread running; one that is about to end is waited for."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and _counts(thread)]
    for thread in left:
        thread.join(SECONDS_TO_END)
    alive = [thread.name for thread in left if thread.is_alive()]
    assert not alive, f"threads left behind: {', '.join(alive)}"


@pytest.fixture(autouse=True)
def widgets_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keeps what is given to `qtbot.addWidget` until it is closed; pytest-qt itself knows it only weakly.

    Else a window that only circles of references hold, as at the end of a test, may be collected while it paints.
    """
    kept: list[QWidget] = []
    add = QtBot.addWidget

    def add_and_keep(self: QtBot, widget: QWidget, **how: Any) -> None:
        kept.append(widget)
        add(self, widget, **how)

    monkeypatch.setattr(QtBot, "addWidget", add_and_keep)
    yield
    kept.clear()


def _counts(thread: threading.Thread) -> bool:
    # Threads that Qt or torch started and Python merely met cannot be joined; tqdm keeps one monitor for the process.
    return not isinstance(thread, threading._DummyThread) and type(thread).__name__ != "TMonitor"
