"""Everything that takes the keyboard says what it is, can be reached, and shows that it has the keyboard.

Must not know any panel by name: it opens every page and dialog there is and looks at what is in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QWidget

from tensorviz.core.catalogue import ModelChoice, ModelRow, WeightsRow
from tensorviz.core.errors import Problem
from tensorviz.core.recipe import Recipe
from tensorviz.core.results import Classified, Label, Seconds
from tensorviz.engine.messages import (
    CatalogueRead,
    Classify,
    DeviceRow,
    EngineReady,
    FindPictures,
    JobFinished,
    PicturesFound,
    ReadCatalogue,
    RowsReady,
)
from tensorviz.ui.pages import PAGES
from tests.ui.small_window import Scene, open_window

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

DIALOGS = ("window.settings", "help.shortcuts", "help.about")
TABS_ENOUGH = 120


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Scene:
    """The real window with its real pages, empty."""
    return open_window(qtbot, tmp_path / "window.ini", PAGES)


def fill(scene: Scene) -> None:
    """Gives the window a catalogue, two pictures and their answers."""
    engine, workspace = scene.engine, scene.workspace
    workspace.engine.start()
    workspace.catalogue.read()
    engine.answer(EngineReady(1, "2.15", (DeviceRow("cpu", "CPU"),)))
    engine.answer(CatalogueRead(engine.job(ReadCatalogue), (bundled(),), "/weights", 0))
    workspace.pictures.add(["/a"])
    found = engine.job(FindPictures)
    engine.answer(PicturesFound(found, ("/a/1.png", "/a/2.png")), JobFinished(found))
    QApplication.processEvents()
    for job in [number for number, request in engine.sent if isinstance(request, Classify)]:
        engine.answer(RowsReady(job, (answer("/a/1.png"), answer("/a/2.png"))), JobFinished(job))


def bundled() -> ModelRow:
    weights = WeightsRow(
        "small", "V1", True, 1000, 0.1, 0.9, None, 2_800_000, "Apache-2.0", Recipe(32, 32), "", "", 10, path="/w"
    )  # fmt: skip
    return ModelRow("small", "bundled", "Comes with tensorviz", "small", (weights,))


def answer(path: str) -> Classified:
    seconds = Seconds(0.01, 0.01, 0.02, 0.04)
    return Classified(path, "small", "V1", "cpu", "fp32", seconds, (Label(5, "dog", 0.9), Label(3, "cat", 0.1)))


def takes_keyboard(widget: QWidget) -> bool:
    """Whether a person can come to the widget with the keyboard."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isVisible() and widget.isEnabled()


def is_inside_another(widget: QWidget) -> bool:
    """Whether it is a part that Qt builds into a field or a view, and speaks for."""
    proxied = any(owner.focusProxy() is widget for owner in ancestors(widget))
    return proxied or widget.objectName().startswith("qt_")


def is_reached_by_arrows(widget: QWidget) -> bool:
    """Of a group of which one is chosen, the keyboard comes to the chosen one; the arrow keys lead to the others."""
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and group.checkedButton() is not widget


def ancestors(widget: QWidget) -> list[QWidget]:
    above: list[QWidget] = []
    at = widget.parentWidget()
    while at is not None:
        above.append(at)
        at = at.parentWidget()
    return above


def spoken_name(widget: QWidget) -> str:
    """What assistive technology is told; a button's text and a field's label count as Qt counts them."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip()


def nameless(root: QWidget) -> list[str]:
    """Every widget under `root` that takes the keyboard and has no name."""
    widgets = [widget for widget in root.findChildren(QWidget) if takes_keyboard(widget)]
    return [told(widget) for widget in widgets if not is_inside_another(widget) and not spoken_name(widget)]


def told(widget: QWidget) -> str:
    """Where to look for a widget."""
    return f"{type(widget).__name__} {widget.objectName()!r} in {[type(up).__name__ for up in ancestors(widget)]}"


def test_this_test_finds_a_nameless_field(scene: Scene) -> None:
    from PySide6.QtWidgets import QLineEdit

    field = QLineEdit(scene.window)
    field.setObjectName("nobody")
    field.show()
    assert any("nobody" in found for found in nameless(scene.window))


def translate(scene: Scene) -> None:
    """The other task of the page of models, with the same pictures."""
    fill(scene)
    scene.window.show_page("models")
    scene.workspace.task.set_task("translate")


@pytest.mark.parametrize("state", [lambda scene: None, fill, translate], ids=["empty", "filled", "translate"])
def test_everything_that_takes_the_keyboard_has_a_name(scene: Scene, state: Callable[[Scene], None]) -> None:
    state(scene)
    QApplication.processEvents()
    assert nameless(scene.window) == []


@pytest.mark.parametrize("command", DIALOGS)
def test_so_has_everything_in_a_dialog(scene: Scene, command: str) -> None:
    scene.workspace.wishes.run(command)
    (dialog,) = scene.window.findChildren(QDialog)
    assert nameless(dialog) == []
    dialog.close()


def test_so_have_the_palette_the_jobs_and_a_problem_report(scene: Scene) -> None:
    scene.workspace.jobs.send(Classify(("/a.png",), ModelChoice()))
    scene.workspace.wishes.run("window.jobs")
    scene.window.screen_asked.show_problem(Problem("Oh.", "", "details"))
    assert nameless(scene.window.top_bar.jobs.popup) == []
    scene.window.top_bar.jobs.popup.close()
    for dialog in scene.window.findChildren(QDialog):
        assert nameless(dialog) == []
        dialog.close()
    scene.workspace.wishes.run("window.palette")
    assert nameless(scene.window.palette_frame) == []


def test_the_tab_key_comes_by_everything_and_back(scene: Scene, qtbot: QtBot) -> None:
    fill(scene)
    QApplication.processEvents()
    wanted = {widget for widget in scene.window.findChildren(QWidget) if takes_keyboard(widget)}
    wanted = {widget for widget in wanted if not is_inside_another(widget)}
    seen: set[QWidget] = set()
    for _ in range(TABS_ENOUGH):
        at = QApplication.focusWidget()
        qtbot.keyClick(at or scene.window, Qt.Key.Key_Tab)
        if (widget := QApplication.focusWidget()) is not None:
            seen.add(widget)
    assert [
        f"{type(one).__name__} {spoken_name(one)!r}" for one in wanted - seen if not is_reached_by_arrows(one)
    ] == []


def test_icon_buttons_have_a_tip_as_well(scene: Scene) -> None:
    fill(scene)
    buttons = [b for b in scene.window.findChildren(QAbstractButton) if b.isVisible() and not b.text()]
    ours = [b for b in buttons if not b.objectName().startswith("qt_") and not b.icon().isNull()]
    # the clear button of a field is Qt's own, and its cross says what it does
    assert [b.accessibleName() for b in ours if not b.toolTip() and type(b).__name__ != "QLineEditIconButton"] == []


def test_a_label_with_a_letter_to_press_belongs_to_a_field(scene: Scene) -> None:
    labels = [label for label in scene.window.findChildren(QLabel) if "&" in label.text().replace("&&", "")]
    plain = [label for label in labels if label.textFormat() != Qt.TextFormat.PlainText]
    assert [label.text() for label in plain if label.buddy() is None] == []
