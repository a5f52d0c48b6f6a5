"""Dropping, pasting, opening: whatever is given on whichever way arrives as a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from tensorviz.core.errors import Problem
from tensorviz.engine.messages import (
    DeviceRow,
    EngineReady,
    FindPictures,
    JobFinished,
    KeepPasted,
    PicturesRefused,
    StartEngine,
)
from tensorviz.engine.messages.files import OpenPixels
from tensorviz.ui.window.drops import Given, is_set, kind_of, offer_of, paths_in, sort_out
from tensorviz.ui.window.taking import MOST_AT_ONCE
from tests.ui.small_window import SUFFIXES, Scene, open_window
from tests.ui.window.dragging import drop, drop_on, files, image, of_image, opened, urls

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def make_ready(scene: Scene) -> None:
    """Torch is loaded: the session can be worked with."""
    scene.workspace.engine.start()
    scene.engine.answer(EngineReady(scene.engine.job(StartEngine), "2.15", (DeviceRow("cpu", "CPU"),)))


def said(scene: Scene) -> list[str]:
    return [toast.message.text for toast in scene.window.toasts.shown]


def put_on_clipboard(mime: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(mime)


# ----------------------------------------------------------------------------------------------------- dropping


def test_files_and_folders_dropped_are_looked_for(scene: Scene, tmp_path: Path) -> None:
    drop(scene.window, urls((tmp_path / "a b.png").as_uri(), tmp_path.as_uri()))
    assert scene.engine.all(FindPictures) == [FindPictures((str(tmp_path / "a b.png"), str(tmp_path)))]


def test_a_file_of_tensors_opens_as_a_tab_and_pictures_beside_it_go_to_the_well(scene: Scene) -> None:
    drop(scene.window, files("/tmp/flowers.PTH", "/tmp/dog.jpg", "/tmp/other.safetensors"))
    assert opened(scene) == ["/tmp/flowers.PTH"], "the first at once"
    assert [file.path for file in scene.workspace.files.files] == ["/tmp/flowers.PTH"]
    assert [request.paths for request in scene.engine.all(FindPictures)] == [("/tmp/dog.jpg",)]
    assert said(scene) == ["On the Tensors page: 2 files. The rest is on the Models page."]
    assert scene.window.memory.recent == ("/tmp/flowers.PTH", "/tmp/dog.jpg", "/tmp/other.safetensors")


def test_several_files_open_one_after_the_other_and_the_first_is_looked_at(scene: Scene, qtbot: QtBot) -> None:
    paths = [f"/tmp/{number}.npy" for number in range(4)]
    drop(scene.window, files(*paths, paths[0]))
    qtbot.waitUntil(lambda: opened(scene) == paths)
    assert [file.path for file in scene.workspace.files.files] == paths
    assert scene.workspace.files.current is scene.workspace.files.files[0]


def test_not_all_of_very_many_are_opened_and_that_is_said(scene: Scene, qtbot: QtBot) -> None:
    paths = [f"/tmp/{number}.npy" for number in range(MOST_AT_ONCE + 5)]
    drop(scene.window, files(*paths))
    assert said(scene) == [f"{MOST_AT_ONCE} of {MOST_AT_ONCE + 5} files were opened."]
    qtbot.waitUntil(lambda: opened(scene) == paths[:MOST_AT_ONCE])


def test_dropped_on_the_network_a_checkpoint_goes_to_its_form_one_at_a_time(scene: Scene) -> None:
    offered: list[str] = []
    scene.workspace.catalogue.offered.connect(offered.append)
    drop_on(scene, files("/tmp/flowers.pth", "/tmp/other.safetensors", "/tmp/dog.jpg"), "models")
    assert offered == ["/tmp/flowers.pth"]
    assert opened(scene) == []
    assert [request.paths for request in scene.engine.all(FindPictures)] == [("/tmp/dog.jpg",)]
    assert said(scene) == ["One checkpoint is added at a time."]


def test_dropped_where_pictures_are_translated_a_checkpoint_is_to_be_a_generator(scene: Scene) -> None:
    catalogue = scene.workspace.catalogue
    offered: dict[str, list[str]] = {"classify": [], "translate": []}
    catalogue.offered.connect(offered["classify"].append)
    catalogue.generator_offered.connect(offered["translate"].append)
    scene.workspace.task.set_task("translate")
    drop_on(scene, files("/tmp/fog.pth"), "models")
    assert offered == {"classify": [], "translate": ["/tmp/fog.pth"]}


def test_dropped_on_the_tensors_pictures_come_into_the_session_and_unknown_files_are_opened(
    scene: Scene, qtbot: QtBot
) -> None:
    make_ready(scene)
    drop_on(scene, files("/tmp/dog.jpg", "/tmp/weights.dat", "/tmp/model.pt"), "tensors")
    assert scene.engine.all(OpenPixels) == [OpenPixels("/tmp/dog.jpg")]
    qtbot.waitUntil(lambda: opened(scene) == ["/tmp/weights.dat", "/tmp/model.pt"])
    assert scene.engine.all(FindPictures) == []
    current = scene.workspace.files.current
    assert current is not None
    assert current.path == "/tmp/weights.dat"


def test_an_unknown_file_dropped_beside_the_places_is_looked_at_as_a_picture(scene: Scene) -> None:
    drop(scene.window, files("/tmp/weights.dat"))
    assert [request.paths for request in scene.engine.all(FindPictures)] == [("/tmp/weights.dat",)]
    assert opened(scene) == []


def test_a_folder_that_is_a_set_of_safetensors_files_opens_as_one(scene: Scene, tmp_path: Path) -> None:
    for folder, names in {
        "sharded": ("model-00001-of-00002.safetensors", "model.safetensors.index.json", "config.json"),
        "alone": ("model.safetensors", ".hidden"),
        "pictures": ("dog.jpg", "model.safetensors"),
        "two": ("a.safetensors.index.json", "b.safetensors.index.json"),
        "empty": (),
    }.items():
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).touch()
    paths = [str(tmp_path / folder) for folder in ("sharded", "alone", "pictures", "two", "empty", "missing")]
    assert sort_out(paths, SUFFIXES) == Given(tuple(paths[:2]), tuple(paths[2:]))
    drop(scene.window, files(paths[0]))
    assert opened(scene) == [paths[0]]


def test_a_look_into_folders_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "large").mkdir()
    for number in range(30):
        (tmp_path / "large" / f"{number:02}.safetensors").touch()
    paths = [str(tmp_path / "large")] * 3
    monkeypatch.setattr("tensorviz.ui.window.drops.MOST_ENTRIES", 35)
    assert sort_out(paths, SUFFIXES) == Given((paths[0], paths[0]), (paths[0],)), "the third was not looked into"
    assert not is_set([])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/a/model.PT", "tensors"), ("/a/x.safetensors.index.json", "tensors"), ("/a/dog.JPG", "picture"),
        ("/a/x.json", "unknown"), ("/a/v1.2/", "plain"), ("/a/photos", "plain"), ("/a.b/photos", "plain"),
    ],
)  # fmt: skip
def test_a_name_tells_its_kind(path: str, kind: str) -> None:
    assert kind_of(path, SUFFIXES) == kind


def test_without_a_table_of_formats_no_name_is_one_of_tensors() -> None:
    assert kind_of("/a/model.pt", ()) == "unknown"


def test_a_picture_of_another_program_is_kept(scene: Scene) -> None:
    drop(scene.window, of_image())
    asked = scene.engine.last(KeepPasted)
    assert (asked.width, asked.height) == (3, 2)
    assert asked.pixels == bytes((255, 128, 0)) * 6


def test_files_go_before_the_picture_that_comes_along(scene: Scene) -> None:
    mime = urls("file:///a.png")
    mime.setImageData(image())
    drop(scene.window, mime)
    assert scene.engine.all(FindPictures) == [FindPictures(("/a.png",))]
    assert scene.engine.all(KeepPasted) == []


def test_what_is_refused_is_said_once_for_all_that_was_given(scene: Scene, qtbot: QtBot) -> None:
    drop(scene.window, urls("file:///a.txt", "file:///b.txt"))
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


def test_a_recent_file_of_tensors_is_opened_as_what_it_is(scene: Scene, tmp_path: Path) -> None:
    scene.window.open_paths([str(tmp_path / "model.pt")])
    drop_on(scene, files("/x/weights.dat"), "tensors")
    assert opened(scene) == [str(tmp_path / "model.pt"), "/x/weights.dat"]
    for file in scene.workspace.files.files:
        scene.workspace.files.close(file)
    assert [action.text() for action in scene.window._recent.actions()[:2]] == ["weights.dat", "model.pt"]
    scene.window._recent.actions()[0].trigger()
    scene.window._recent.actions()[1].trigger()
    assert opened(scene)[2:] == ["/x/weights.dat", str(tmp_path / "model.pt")]
    assert scene.engine.all(FindPictures) == []


def test_what_was_sent_to_a_page_is_remembered_with_it_until_it_is_opened_otherwise(
    qtbot: QtBot, tmp_path: Path
) -> None:
    before = open_window(qtbot, tmp_path / "w.ini")
    memory = before.window.memory
    memory.remember(["/a.dat"], "tensors")
    memory.remember(["/b.png"])
    memory.remember(["/c.pt"], "models")
    before.window.close()
    after = open_window(qtbot, tmp_path / "w.ini").window.memory
    assert after.recent == ("/c.pt", "/b.png", "/a.dat")
    assert [after.place_of(path) for path in (*after.recent, "/d")] == ["models", "", "tensors", ""]
    after.remember(["/a.dat"])
    assert after.place_of("/a.dat") == ""


def test_a_path_is_made_whole_before_it_is_opened(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scene.window.open_paths(["model.pt", "./model.pt"])
    assert opened(scene) == [str(tmp_path / "model.pt")]
    assert scene.window.memory.recent == (str(tmp_path / "model.pt"),)


def test_files_pasted_go_where_their_kind_belongs(scene: Scene) -> None:
    put_on_clipboard(files("/a.png", "/b.npz"))
    scene.workspace.wishes.run("edit.paste")
    assert opened(scene) == ["/b.npz"]
    assert scene.engine.last(FindPictures) == FindPictures(("/a.png",))
