"""The command palette: what is found, in which order, and what Enter does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from tensorviz.core.catalogue import ModelRow, WeightsRow
from tensorviz.core.errors import Problem
from tensorviz.core.recipe import Recipe
from tensorviz.engine.messages import CatalogueRead, FetchWeights, JobFailed, ReadCatalogue
from tensorviz.ui.commands import command
from tensorviz.ui.fuzzy import fit
from tests.ui.small_window import Scene

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tensorviz.ui.window.palette import CommandPalette

MODELS = ("resnet18", "resnet101", "wide_resnet101_2", "mobilenet_v2")


def model(name: str, *weights: str) -> ModelRow:
    rows = tuple(
        WeightsRow(
            name, each, place == 0, 1000, 1.0, 0.7, 0.9, 178_800_000, "BSD-3-Clause", Recipe(256, 224), "", "", 1000,
            path="/w.pth" if name == "resnet18" else None,
        )
        for place, each in enumerate(weights)
    )  # fmt: skip
    return ModelRow(name, "torchvision", "ResNet", name, rows)


@pytest.fixture
def palette(scene: Scene) -> CommandPalette:
    """The open palette, with a small catalogue behind it."""
    scene.workspace.catalogue.read()
    models = (*(model(name, "V1") for name in MODELS[:1]), *(model(name, "V2", "V1") for name in MODELS[1:]))
    scene.engine.answer(CatalogueRead(scene.engine.job(ReadCatalogue), models, "/weights", 0))
    scene.workspace.wishes.run("window.palette")
    return scene.window.palette_frame


def texts(palette: CommandPalette) -> list[str]:
    return [entry.text for entry in palette.model.entries]


def test_it_opens_with_every_command_that_applies(scene: Scene, palette: CommandPalette) -> None:
    applying = [row.plain_text for row in scene.window.actions_table.applying() if row.id != "window.palette"]
    assert texts(palette)[: len(applying)] == applying
    assert palette.field.hasFocus()
    assert palette.list.currentIndex().row() == 0


def test_a_model_is_offered_with_what_it_costs(palette: CommandPalette) -> None:
    palette.field.setText("resnet101")
    assert texts(palette)[:3] == ["Use resnet101", "Use resnet101 V2", "Use resnet101 V1"]
    assert palette.model.entries[0].detail == "178.8 MB to fetch"
    assert "Use wide_resnet101_2" in texts(palette)
    palette.field.setText("resnet18")
    assert [(entry.text, entry.detail) for entry in palette.model.entries][:1] == [("Use resnet18", "on this computer")]


def test_enter_uses_a_model_that_is_here(scene: Scene, palette: CommandPalette, qtbot: QtBot) -> None:
    palette.field.setText("resnet18")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert (scene.workspace.choice.choice.model, scene.engine.all(FetchWeights)) == ("resnet18", [])
    assert not palette.isVisible()


def test_one_that_is_not_is_fetched_after_a_question_and_used_when_it_is_here(
    scene: Scene, palette: CommandPalette, qtbot: QtBot
) -> None:
    palette.field.setText("resnet101 v1")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert scene.engine.all(FetchWeights) == []
    box = scene.window.findChild(QMessageBox)
    assert box is not None
    assert "178.8 MB" in box.informativeText()
    next(button for button in box.buttons() if "Fetch" in button.text()).click()
    assert scene.engine.all(FetchWeights) == [FetchWeights("resnet101", "V1")]
    assert scene.workspace.choice.choice.model == ""
    job = scene.engine.job(FetchWeights)
    here = tuple(replace(row, path="/w.pth") for row in model("resnet101", "V2", "V1").weights)
    scene.engine.answer(CatalogueRead(job, (replace(model("resnet101"), weights=here),), "/weights", 1))
    choice = scene.workspace.choice.choice
    assert (choice.model, choice.weights) == ("resnet101", "V1")


def test_a_fetch_that_fails_uses_nothing_later(scene: Scene, palette: CommandPalette) -> None:
    scene.workspace.settings.set("confirm_fetch", False)
    palette.field.setText("resnet101 v1")
    palette._run(palette.list.currentIndex())
    job = scene.engine.job(FetchWeights)
    scene.engine.answer(JobFailed(job, Problem("No network.")))
    scene.workspace.catalogue.read()
    here = tuple(replace(row, path="/w.pth") for row in model("resnet101", "V2", "V1").weights)
    rows = (replace(model("resnet101"), weights=here),)
    scene.engine.answer(CatalogueRead(scene.engine.job(ReadCatalogue), rows, "/weights", 1))
    assert scene.workspace.choice.choice.model == ""


def test_arrows_choose_the_line_that_enter_runs(scene: Scene, palette: CommandPalette, qtbot: QtBot) -> None:
    palette.field.setText("theme")
    wanted = texts(palette)[1]
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    key = {command(f"theme.{name}").plain_text: name for name in ("light", "dark", "system")}[wanted]
    assert scene.workspace.settings.text("theme") == key


def test_escape_gives_the_keyboard_back(scene: Scene, qtbot: QtBot) -> None:
    field = scene.page().field
    field.setFocus()
    scene.workspace.wishes.run("window.palette")
    palette = scene.window.palette_frame
    assert palette.field.hasFocus()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert field.hasFocus()


def test_it_closes_when_the_keyboard_goes_elsewhere(scene: Scene, palette: CommandPalette) -> None:
    scene.page().field.setFocus()
    assert not palette.isVisible()


def test_what_nothing_fits_says_so(palette: CommandPalette, qtbot: QtBot) -> None:
    palette.field.setText("qqqq")
    assert texts(palette) == []
    assert not palette.list.isVisible()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_a_mouse_click_runs_a_line(scene: Scene, palette: CommandPalette, qtbot: QtBot) -> None:
    palette.field.setText("use resnet18")
    place = palette.list.visualRect(palette.model.index(0)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert scene.workspace.choice.choice.model == "resnet18"


# ------------------------------------------------------------------------------------------------- what fits


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("resnet101", "Use resnet101", "Use wide_resnet101_2"),
        ("open", "Open pictures", "Reopen"),
        ("json", "Export JSON", "Export JSON lines"),
        ("res", "Use resnet18", "Press"),
        ("copy", "Copy", "Copy versions"),
        ("open folder", "Open folder", "Open folder of the files"),
    ],
)
def test_the_better_fit_is_first(query: str, better: str, worse: str) -> None:
    first, second = fit(query, better), fit(query, worse)
    assert first is not None
    assert second is None or first > second


@pytest.mark.parametrize(
    ("query", "text"), [("", "anything"), ("cap", "Copy as Python"), ("FOLDER open", "Open folder")]
)
def test_what_fits(query: str, text: str) -> None:
    assert fit(query, text) is not None


@pytest.mark.parametrize(("query", "text"), [("x", "Open"), ("open x", "Open"), ("resnet101", "Remember nothing 101")])
def test_what_does_not(query: str, text: str) -> None:
    assert fit(query, text) is None
