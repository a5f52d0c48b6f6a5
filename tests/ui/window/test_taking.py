"""Dropping, pasting, opening: whatever is given on whichever way arrives as a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import FindPictures, JobFinished, KeepPasted, PicturesRefused
from tensorviz.ui.window.drops import may_hold_pictures, offer_of, paths_in
from tests.ui.small_window import Scene

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def urls(*addresses: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(address) for address in addresses])
    return mime


def image() -> QImage:
    picture = QImage(3, 2, QImage.Format.Format_RGB32)
    picture.fill(QColor(255, 128, 0))
    return picture


def of_image() -> QMimeData:
    mime = QMimeData()
    mime.setImageData(image())
    return mime


def drag_over(scene: Scene, mime: QMimeData) -> bool:
    event = QDragEnterEvent(QPoint(10, 10), COPY, mime, LEFT, NONE)
    QApplication.sendEvent(scene.window, event)
    return event.isAccepted()


def drop(scene: Scene, mime: QMimeData) -> None:
    assert drag_over(scene, mime)
    QApplication.sendEvent(scene.window, QDropEvent(QPointF(10, 10), COPY, mime, LEFT, NONE))


def put_on_clipboard(mime: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(mime)


# ----------------------------------------------------------------------------------------------------- dropping


def test_files_and_folders_dropped_are_looked_for(scene: Scene, tmp_path: Path) -> None:
    drop(scene, urls((tmp_path / "a b.png").as_uri(), tmp_path.as_uri()))
    assert scene.engine.all(FindPictures) == [FindPictures((str(tmp_path / "a b.png"), str(tmp_path)))]


def test_a_checkpoint_dropped_anywhere_goes_to_its_form_and_pictures_beside_it_to_the_well(scene: Scene) -> None:
    offered: list[str] = []
    scene.workspace.catalogue.offered.connect(offered.append)
    drop(scene, urls("file:///tmp/flowers.PTH", "file:///tmp/dog.jpg", "file:///tmp/other.safetensors"))
    assert offered == ["/tmp/flowers.PTH"]
    assert [request.paths for request in scene.engine.all(FindPictures)] == [("/tmp/dog.jpg",)]
    assert [toast.message.text for toast in scene.window.toasts.shown] == ["One checkpoint is added at a time."]
    assert scene.window.memory.recent == ("/tmp/dog.jpg",)


def test_a_picture_of_another_program_is_kept(scene: Scene) -> None:
    drop(scene, of_image())
    asked = scene.engine.last(KeepPasted)
    assert (asked.width, asked.height) == (3, 2)
    assert asked.pixels == bytes((255, 128, 0)) * 6


def test_files_go_before_the_picture_that_comes_along(scene: Scene) -> None:
    mime = urls("file:///a.png")
    mime.setImageData(image())
    drop(scene, mime)
    assert scene.engine.all(FindPictures) == [FindPictures(("/a.png",))]
    assert scene.engine.all(KeepPasted) == []


def test_the_place_to_drop_is_seen_while_dragging(scene: Scene) -> None:
    overlay = scene.window._overlay
    assert not overlay.isVisible()
    drag_over(scene, of_image())
    assert overlay.isVisible()
    assert overlay.size() == scene.window.size()
    QApplication.sendEvent(scene.window, QDragLeaveEvent())
    assert not overlay.isVisible()
    drop(scene, of_image())
    assert not overlay.isVisible()


def test_what_holds_nothing_for_us_is_not_accepted(scene: Scene) -> None:
    text = QMimeData()
    text.setText("hello")
    assert not drag_over(scene, text)
    assert not drag_over(scene, urls("https://example.org/a.png"))
    assert not scene.window._overlay.isVisible()


def test_what_is_refused_is_said_once_for_all_that_was_given(scene: Scene, qtbot: QtBot) -> None:
    drop(scene, urls("file:///a.txt", "file:///b.txt"))
    job = scene.engine.job(FindPictures)
    refused = [PicturesRefused(job, f"/{name}.txt", Problem(f"/{name}.txt is no picture.", "Try.")) for name in "ab"]
    with qtbot.waitSignal(scene.workspace.messages.said) as heard:
        scene.engine.answer(*refused, JobFinished(job))
    (message,) = heard.args
    assert message.text == "/a.txt is no picture. So it is with 1 more of what was given."
    assert (message.hint, message.tone) == ("Try.", "warning")
    assert len(scene.window.toasts.shown) == 1


# ------------------------------------------------------------------------------------------------------ pasting


def test_a_picture_is_pasted(scene: Scene) -> None:
    put_on_clipboard(of_image())
    scene.workspace.wishes.run("edit.paste")
    assert scene.engine.last(KeepPasted).pixels == bytes((255, 128, 0)) * 6


def test_files_are_pasted(scene: Scene) -> None:
    put_on_clipboard(urls("file:///a.png"))
    scene.workspace.wishes.run("edit.paste")
    assert scene.engine.last(FindPictures) == FindPictures(("/a.png",))


def test_paths_are_pasted(scene: Scene, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.touch()
    QGuiApplication.clipboard().setText(f"{picture}\n'{tmp_path}'\n")
    scene.workspace.wishes.run("edit.paste")
    assert scene.engine.last(FindPictures) == FindPictures((str(picture), str(tmp_path)))


def test_what_is_none_of_these_is_said(scene: Scene) -> None:
    QGuiApplication.clipboard().setText("hello")
    scene.workspace.wishes.run("edit.paste")
    assert scene.engine.sent == []
    (toast,) = scene.window.toasts.shown
    assert "clipboard" in toast.message.text
    assert toast.message.tone == "warning"


def test_a_field_keeps_its_own_paste(scene: Scene, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("hello")
    field = scene.page().field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "hello"
    assert scene.window.toasts.shown == ()


@pytest.mark.parametrize("text", ["", "hello", "\0", "/" + "a" * 5000, "~nobody-of-that-name/x", "relative.png"])
def test_other_text_is_no_path(text: str) -> None:
    assert paths_in(text) == ()


def test_text_is_a_list_of_paths_only_when_every_line_is(tmp_path: Path) -> None:
    assert paths_in(f"{tmp_path}\nand a note") == ()
    assert paths_in(f"{tmp_path.as_uri()}") == (str(tmp_path),)


def test_an_empty_image_is_nothing() -> None:
    mime = QMimeData()
    mime.setImageData(QImage())
    assert offer_of(mime).empty
    assert may_hold_pictures(of_image())


# ------------------------------------------------------------------------------------------------------ opening


def test_opening_files_remembers_them_and_their_folder(scene: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    picture = folder / "a.png"
    picture.touch()
    scene.workspace.wishes.run("pictures.open")
    dialog = scene.window.findChild(QFileDialog)
    assert dialog is not None
    assert not dialog.isModal()
    dialog.filesSelected.emit([str(picture)])
    dialog.close()
    assert scene.engine.last(FindPictures) == FindPictures((str(picture),))
    assert scene.window.memory.recent == (str(picture),)
    assert scene.window.memory.folder == str(folder)


def test_a_folder_can_be_opened(scene: Scene, tmp_path: Path) -> None:
    scene.workspace.wishes.run("pictures.open_folder")
    dialog = scene.window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() == QFileDialog.FileMode.Directory
    dialog.filesSelected.emit([str(tmp_path)])
    dialog.close()
    assert scene.engine.last(FindPictures) == FindPictures((str(tmp_path),))


def test_a_recent_file_is_opened_again(scene: Scene) -> None:
    scene.window.open_paths(["/a.png", "/b & c.png"])
    recent = scene.window._recent.actions()
    assert [action.toolTip() for action in recent[:2]] == ["/a.png", "/b & c.png"]
    assert recent[1].text() == "b && c.png"
    recent[1].trigger()
    assert scene.engine.last(FindPictures) == FindPictures(("/b & c.png",))
    assert scene.window.memory.recent == ("/b & c.png", "/a.png")
    scene.window.screen_asked.forget_recent_files()
    assert scene.window.screen_asked.recent_files() == ()
    assert not scene.window._recent.isEnabled()
