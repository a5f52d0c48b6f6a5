"""The window itself: pages, memory, the engine's word, failures, and how fast it is there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSettings, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QToolButton, QVBoxLayout

from tensorviz.core.catalogue import ModelChoice
from tensorviz.core.errors import Problem
from tensorviz.engine.messages import (
    Classify,
    DescribePipeline,
    DeviceRow,
    EngineReady,
    ExportRows,
    FetchWeights,
    FindPictures,
    JobFailed,
    JobFinished,
    PicturesFound,
    StartEngine,
)
from tensorviz.ui.bridge import Bridge
from tensorviz.ui.main_window import MainWindow
from tensorviz.ui.state.workspace import build_workspace
from tensorviz.ui.window.shortcut_list import ShortcutList
from tensorviz.ui.window.text_dialogs import AboutDialog, ProblemReport
from tests.ui.fake_engine import FakeEngine, MemoryStore
from tests.ui.small_window import ASSETS, ONE_PAGE, TWO_PAGES, Scene, open_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

UNKNOWN = Problem("Something unexpected happened: boom.", "Please report it.", "Traceback: boom at line 3")
KNOWN = Problem("It broke.", "Mend it.")

# -------------------------------------------------------------------------------------------------------- pages


def test_one_page_has_a_title_and_no_tabs(scene: Scene) -> None:
    labels = [label.text() for label in scene.window.top_bar.findChildren(QLabel)]
    assert "Small" in labels
    assert [button for button in scene.window.top_bar.findChildren(QToolButton) if button.isCheckable()] == []


def test_pages_are_built_when_they_are_first_shown(qtbot: QtBot, tmp_path: Path) -> None:
    scene = open_window(qtbot, tmp_path / "w.ini", TWO_PAGES)
    first = scene.window.page()
    assert set(scene.window._built) == {"small"}
    tabs = {tab.text(): tab for tab in scene.window.top_bar.findChildren(QToolButton) if tab.isCheckable()}
    assert (tabs["Small"].isChecked(), tabs["Other"].isChecked()) == (True, False)
    tabs["Other"].click()
    assert scene.window.page() is not first
    scene.window.screen_asked.show_page("small")
    assert scene.window.page() is first
    assert tabs["Small"].isChecked()


def test_a_panel_can_be_given_the_keyboard(scene: Scene) -> None:
    scene.window.screen_asked.focus_panel("field")
    assert scene.page().field.hasFocus()
    scene.window.screen_asked.focus_panel("nothing of that name")
    assert scene.page().field.hasFocus()


def test_the_panel_that_is_given_the_keyboard_is_the_one_in_sight(scene: Scene) -> None:
    page = scene.page()
    for place in range(2):  # as in two tabs, of which one is shown
        field = QLineEdit(page)
        field.setObjectName("search")
        field.setVisible(place == 1)
    scene.window.screen_asked.focus_panel("search")
    assert field.hasFocus()


def test_the_first_paint_is_announced_once(qtbot: QtBot, tmp_path: Path) -> None:
    bridge = Bridge()
    engine = FakeEngine(bridge)
    workspace = build_workspace(bridge, MemoryStore(), ASSETS)
    window = MainWindow(workspace, QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat), ONE_PAGE)
    qtbot.addWidget(window)
    heard: list[int] = []
    window.first_painted.connect(lambda: heard.append(1))
    with qtbot.waitSignal(window.first_painted):
        window.show()
    window.resize(900, 600)
    window.repaint()
    assert heard == [1]
    assert engine.sent == [], "nothing is asked before the window is there"


def test_building_the_window_loads_nothing_heavy() -> None:
    code = "import sys, tensorviz.ui.main_window; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    for heavy in ("torch", "torchvision", "pyqtgraph", "numpy", "PIL", "xml"):
        assert f"'{heavy}'" not in done.stdout, heavy


# ------------------------------------------------------------------------------------------------------- memory


def test_place_and_splitters_are_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    ini = tmp_path / "w.ini"
    before = open_window(qtbot, ini)
    before.window.resize(771, 597)
    before.page().splitter.setSizes([200, 600])
    sizes = before.page().splitter.sizes()
    before.window.close()
    after = open_window(qtbot, ini)
    assert (after.window.width(), after.window.height()) == (771, 597)
    assert after.page().splitter.sizes() == sizes
    assert sizes[0] < sizes[1], "the sizes were not those of a fresh splitter"


def test_a_folder_that_is_gone_is_not_offered(scene: Scene, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    scene.window.memory.remember_folder(str(gone))
    assert scene.window.memory.folder == str(gone)
    gone.rmdir()
    assert scene.window.memory.folder != str(gone)


def test_recent_files_are_few_and_newest_first(scene: Scene) -> None:
    memory = scene.window.memory
    for number in range(20):
        memory.remember([f"/{number}"])
    memory.remember(["/15"])
    assert memory.recent[:3] == ("/15", "/19", "/18")
    assert len(memory.recent) == 12


# ------------------------------------------------------------------------------------------- engine and devices


def test_the_bar_says_what_the_engine_does(scene: Scene) -> None:
    device, engine = scene.window.top_bar.device, scene.workspace.engine
    engine.start()
    assert (device.status.text(), device.status.isVisible()) == ("loading torch…", True)
    rows = (DeviceRow("cpu", "CPU", 16_000_000_000), DeviceRow("cuda:0", "Some GPU", 24_000_000_000))
    scene.engine.answer(EngineReady(scene.engine.job(StartEngine), "2.15", rows))
    assert not device.status.isVisible()
    assert [device.box.itemText(at) for at in range(device.box.count())] == [
        "auto",
        "cpu, 16.0 GB",
        "cuda:0  Some GPU, 24.0 GB",
    ]


def test_choosing_a_device_changes_the_choice(scene: Scene) -> None:
    box = scene.window.top_bar.device.box
    scene.workspace.engine.start()
    scene.engine.answer(EngineReady(1, "2.15", (DeviceRow("cpu", "CPU"),)))
    box.setCurrentIndex(box.findData("cpu"))
    box.activated.emit(box.currentIndex())
    assert scene.workspace.choice.choice.device == "cpu"
    assert scene.store.values["device"] == "cpu"


def test_a_remembered_device_that_is_not_here_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    scene = open_window(qtbot, tmp_path / "w.ini", device="cuda:1")
    box = scene.window.top_bar.device.box
    assert box.currentText() == "cuda:1"
    scene.workspace.engine.start()
    scene.engine.answer(EngineReady(1, "2.15", (DeviceRow("cpu", "CPU"),)))
    assert box.currentText() == "cuda:1 (not here)"


def test_a_torch_that_does_not_load_says_why(scene: Scene) -> None:
    scene.workspace.engine.start()
    scene.engine.answer(JobFailed(scene.engine.job(StartEngine), KNOWN))
    device = scene.window.top_bar.device
    assert device.status.text() == "torch did not load"
    assert device.failure.isVisible()
    scene.window.toasts.shown[0].close()
    device.failure.click()
    assert scene.window.toasts.shown[0].message.text == KNOWN.message
    scene.window.actions_table.refresh()
    assert scene.window.actions_table["engine.retry"].isEnabled()


# ----------------------------------------------------------------------------------------------------- failures


@pytest.mark.parametrize("request_", [Classify(("a.png",), ModelChoice()), ExportRows((), "a.csv")])
def test_a_failure_is_said_with_what_to_try(scene: Scene, request_: Classify | ExportRows) -> None:
    job = scene.workspace.jobs.send(request_)
    scene.engine.answer(JobFailed(job, KNOWN))
    (toast,) = scene.window.toasts.shown
    assert toast.accessibleName() == "It broke. Mend it."
    assert scene.window.findChild(ProblemReport) is None


def test_what_a_panel_asked_for_in_its_slot_the_panel_shows(scene: Scene) -> None:
    job = scene.workspace.jobs.send(DescribePipeline("a.png", ModelChoice()))
    scene.engine.answer(JobFailed(job, KNOWN))
    assert scene.window.toasts.shown == ()


def said(scene: Scene) -> list[str]:
    return [toast.message.text for toast in scene.window.toasts.shown]


def test_what_a_card_or_an_answer_in_sight_tells_is_not_told_again(scene: Scene) -> None:
    workspace = scene.workspace
    workspace.catalogue.looked_at = ("alexnet", "V1")
    scene.engine.answer(JobFailed(workspace.jobs.send(FetchWeights("alexnet", "V1")), KNOWN))
    assert said(scene) == []
    scene.engine.answer(JobFailed(workspace.jobs.send(FetchWeights("resnet18", "V1")), KNOWN))  # by the palette
    assert said(scene) == ["It broke."]
    scene.window.toasts.shown[0].close()
    workspace.pictures.add(["/a.png"])
    job = scene.engine.job(FindPictures)
    scene.engine.answer(PicturesFound(job, ("/a.png",)), JobFinished(job))
    while workspace.pictures.finding:
        workspace.pictures._take_piece()  # what the timer does
    scene.engine.answer(JobFailed(workspace.jobs.send(Classify(("/a.png",), ModelChoice())), KNOWN))
    assert said(scene) == []
    workspace.results.set_view("table")  # there the banner is not seen
    scene.engine.answer(JobFailed(workspace.jobs.send(Classify(("/a.png",), ModelChoice())), KNOWN))
    assert said(scene) == ["It broke."]


def test_only_the_unknown_opens_a_report_and_a_second_one_joins_it(scene: Scene) -> None:
    for problem in (UNKNOWN, Problem("And another.", "", "Traceback: second")):
        job = scene.workspace.jobs.send(Classify(("a.png",), ModelChoice()))
        scene.engine.answer(JobFailed(job, problem))
    (report,) = scene.window.findChildren(ProblemReport)
    assert not report.isModal()
    text = report.details.toPlainText()
    assert "boom at line 3" in text
    assert "Traceback: second" in text
    assert text.count("PySide6") == 1
    report.copy_button.click()
    assert QGuiApplication.clipboard().text() == text
    report.close()


# ------------------------------------------------------------------------------------------------------ dialogs


def test_each_dialog_opens_once_and_is_not_modal(scene: Scene) -> None:
    for _ in range(2):
        scene.workspace.wishes.run("help.about")
        scene.workspace.wishes.run("help.shortcuts")
    for kind in (AboutDialog, ShortcutList):
        (dialog,) = scene.window.findChildren(kind)
        assert dialog.isVisible()
        assert not dialog.isModal()
        dialog.close()


def test_about_tells_the_versions(scene: Scene) -> None:
    scene.workspace.wishes.run("help.copy_versions")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert f"Python {sys.version.split()[0]}" in lines
    assert "torch not loaded" in lines
    assert scene.window.toasts.shown[0].message.text == "Copied: versions."


def test_the_shortcut_list_finds_by_text_and_by_keys(scene: Scene) -> None:
    scene.workspace.wishes.run("help.shortcuts")
    found = scene.window.findChild(ShortcutList)
    assert found is not None
    for text in ("palette", "Ctrl+K"):
        found.field.setText(text)
        shown = [
            found.tree.topLevelItem(top).child(at).text(0)  # type: ignore[union-attr]  # it exists
            for top in range(found.tree.topLevelItemCount())
            for at in range(found.tree.topLevelItem(top).childCount())  # type: ignore[union-attr]
            if not found.tree.topLevelItem(top).child(at).isHidden()  # type: ignore[union-attr]
        ]
        assert "Command palette" in shown
        assert "Quit" not in shown
    found.close()


def test_a_question_calls_only_on_yes(scene: Scene) -> None:
    asked: list[str] = []
    for answer, expected in (("Cancel", []), ("Delete", ["yes"])):
        scene.window.screen_asked.confirm("Delete it?", "It is 5 MB.", "Delete", lambda: asked.append("yes"))
        box = scene.window.findChildren(QMessageBox)[-1]
        assert box.windowModality() == Qt.WindowModality.WindowModal
        next(button for button in box.buttons() if answer in button.text().replace("&", "")).click()
        assert asked == expected


def test_the_window_fills_the_screen_and_goes_back(scene: Scene) -> None:
    scene.workspace.wishes.run("window.full_screen")
    assert scene.window.isFullScreen()
    scene.workspace.wishes.run("window.full_screen")
    assert not scene.window.isFullScreen()


# ------------------------------------------------------------------------------------------------------- toasts


def test_messages_stack_at_the_lower_edge_and_are_not_repeated(scene: Scene) -> None:
    say = scene.workspace.messages.say
    for text in ("one", "two", "two", "three", "four"):
        say(text, "and a hint")
    shown = scene.window.toasts.shown
    assert [toast.message.text for toast in shown] == ["two", "three", "four"]
    tops = [toast.y() for toast in shown]
    assert tops == sorted(tops)
    assert shown[-1].geometry().bottom() < scene.window.height()
    scene.window.resize(scene.window.width(), scene.window.height() - 100)
    assert scene.window.toasts.shown[-1].geometry().bottom() < scene.window.height()


def test_a_message_does_not_lie_over_the_field_in_which_one_types(scene: Scene, qtbot: QtBot) -> None:
    page = scene.page()
    column = page.layout()
    assert isinstance(column, QVBoxLayout)
    column.addWidget(page.field)  # at the lower edge, as the console's is
    column.activate()
    scene.window.activateWindow()
    page.splitter.setFocus()
    scene.workspace.messages.say("one")
    (toast,) = scene.window.toasts.shown
    page.field.setFocus()
    field = QRect(page.field.mapTo(scene.window, QPoint(0, 0)), page.field.size())
    assert field.bottom() > scene.window.height() - 30
    qtbot.waitUntil(lambda: not toast.geometry().intersects(field))
    assert toast.geometry().bottom() > field.top() - 40, "just above it"


def test_a_message_goes_by_itself_and_by_its_button(scene: Scene, qtbot: QtBot) -> None:
    scene.workspace.messages.say("one")
    (toast,) = scene.window.toasts.shown
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))  # the mouse may be anywhere
    toast.timer.setInterval(0)
    qtbot.waitUntil(lambda: scene.window.toasts.shown == ())
    scene.workspace.messages.say("two")
    scene.window.toasts.shown[0].findChildren(QToolButton)[0].click()
    assert scene.window.toasts.shown == ()


def test_a_message_stays_while_the_mouse_is_on_it(scene: Scene, qtbot: QtBot) -> None:
    scene.workspace.messages.say("one")
    (toast,) = scene.window.toasts.shown
    QApplication.sendEvent(toast, QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(QPoint(1, 1))))
    assert not toast.timer.isActive()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast.timer.isActive()
