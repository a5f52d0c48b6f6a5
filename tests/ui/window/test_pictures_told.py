"""Translated pictures that were kept: said in a message with a button that opens their folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from tensorviz.ui.window.written import kept_text

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.small_window import Scene


@pytest.mark.parametrize(
    ("done", "failed", "text"),
    [
        (12, 1, "Wrote 12 pictures to /out, 1 failed"),
        (1, 0, "Wrote 1 picture to /out"),
        (0, 2, "Wrote no picture, 2 failed"),
    ],
)
def test_what_became_of_a_batch(done: int, failed: int, text: str) -> None:
    assert kept_text("/out", done, failed) == text


def test_the_folder_opens_from_the_message(scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(scene.window.screen_asked, "open_link", opened.append)
    scene.workspace.translations.kept.emit("/out", 12, 1)
    (toast,) = scene.window.toasts.shown
    assert (toast.message.text, toast.message.tone) == ("Wrote 12 pictures to /out, 1 failed", "warning")
    (button,) = [one for one in toast.findChildren(QPushButton) if one.text() == "Open folder"]
    assert toast.rect().contains(button.geometry())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened == ["/out"]
    assert scene.window.toasts.shown == ()


def test_a_saved_picture_opens_its_folder_and_nothing_kept_none(
    scene: Scene, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(scene.window.screen_asked, "open_link", opened.append)
    scene.workspace.translations.saved.emit("/out/deep/x.png")
    (toast,) = scene.window.toasts.shown
    (button,) = toast.findChildren(QPushButton)
    button.click()
    assert opened == ["/out/deep"]
    scene.workspace.translations.kept.emit("/out", 0, 2)
    (toast,) = scene.window.toasts.shown
    assert toast.findChildren(QPushButton) == []
