"""Translating in the window, with the real program and the pair that comes along: draw, look, keep, open as tensors.

Must not know how a panel does it; what the pair draws is computed here from its files, by functions of torch alone.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from safetensors.torch import load_file

from tensorviz.app import Program
from tensorviz.core.drawn import Translation
from tensorviz.core.pipeline import Preview
from tensorviz.ui.models.page import ModelsPage
from tensorviz.ui.tensors.page import TensorsPage
from tensorviz.ui.translate.block_strip import BlockStrip
from tensorviz.ui.translate.panel import TranslatePanel
from tests.e2e.conftest import PATIENCE
from tests.engine.translate.plain import Variant, drawn
from tests.ui.window import dragging

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "models"
PAIR = Variant(16, 6, batch=True)
SIDES = 48, 40  # a multiple of four: nothing is mirrored
CLOSE = 1  # level of 255: the same sum in another order


def pixels_of(preview: Preview) -> np.ndarray:
    return np.frombuffer(preview.pixels, np.uint8).reshape(preview.height, preview.width, 3).astype(int)


def batch_of(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1


def by_hand(generator: str, pixels: np.ndarray) -> torch.Tensor:
    """What a generator of the pair gives for uint8 (H, W, 3): (1, 3, H, W) in -1 to 1."""
    stored = load_file(ASSETS / f"{generator}.safetensors")  # in half the bytes
    state = {name: value.float() if value.is_floating_point() else value for name, value in stored.items()}
    with torch.inference_mode():
        return drawn(state, batch_of(pixels), PAIR)


def levels(picture: torch.Tensor) -> np.ndarray:
    return ((picture[0] + 1) / 2 * 255).permute(1, 2, 0).clamp(0, 255).to(torch.uint8).numpy().astype(int)


class Person:
    """Somebody who drops pictures on the window, looks, and waits for what was asked."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.window, self.workspace, self._qtbot = program.window, program.workspace, qtbot
        self.window.activateWindow()
        self.presses(self.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        page = self.window.page()
        assert isinstance(page, ModelsPage)
        [self.panel], [self.strip] = page.findChildren(TranslatePanel), page.findChildren(BlockStrip)
        self.wait(lambda: self.workspace.generator.ready and self.workspace.engine.ready)

    def wait(self, until: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(until, timeout=PATIENCE)

    def presses(self, widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(widget, key, held)

    def commands(self, identifier: str, keys: str) -> None:
        """By its keys; what commands apply is asked a little after the states changed."""
        self.wait(self.window.actions_table[identifier].isEnabled)
        QTest.keySequence(self.window, QKeySequence(keys))

    def drops(self, *paths: Path) -> None:
        dragging.drop(self.window, dragging.files(*map(str, paths)))

    def sees(self) -> Translation:
        """The translation that is looked at, once it is what is asked for."""
        shown = self.workspace.translations
        self.wait(lambda: shown.translation is not None and not shown.stale and shown.job is None)
        assert shown.translation is not None
        return shown.translation

    def answers_dialog(self, path: Path) -> None:
        """Types a path into the dialog of files that is open."""
        [dialog] = [one for one in self.window.findChildren(QFileDialog) if one.isVisible()]
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(path))
        self.presses(field, Qt.Key.Key_Return)
        self.wait(lambda: not any(one.isVisible() for one in self.window.findChildren(QFileDialog)))


@pytest.fixture
def person(start: Callable[..., Program], qtbot: QtBot) -> Person:
    person = Person(start(), qtbot)
    person.workspace.generator.set_resize(0)
    return person


@pytest.fixture
def photo(data: Path, tmp_path: Path) -> Path:
    """A small photograph, exact to the pixel."""
    path = tmp_path / "horse.png"
    Image.open(data / "horse.jpg").convert("RGB").resize(SIDES).save(path)
    return path


def pixels_in(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"), int)


def test_a_dropped_photograph_is_drawn_looked_at_in_four_ways_and_saved(
    person: Person, photo: Path, tmp_path: Path
) -> None:
    person.drops(photo)
    translation, given = person.sees(), pixels_in(photo)
    after = pixels_of(translation.after)
    assert (pixels_of(translation.before) == given).all()
    assert np.abs(after - levels(by_hand("photo2painting", given))).max() <= CLOSE
    assert np.abs(after - given).mean() > CLOSE, "it is drawn anew"

    stage = person.panel.view.stage
    for key, mode in ((Qt.Key.Key_F7, "side"), (Qt.Key.Key_F8, "difference"), (Qt.Key.Key_F6, "slider")):
        person.presses(person.window, key)
        assert stage.canvas.mode == mode
    mean = np.abs(after - given).mean()
    assert person.panel.view.side.numbers.plain.startswith(f"Differs by {mean:.1f} of 255 levels on average")

    person.commands("translate.save", "Ctrl+Shift+S")
    saved: list[str] = []
    person.workspace.translations.saved.connect(saved.append)
    person.answers_dialog(tmp_path / "kept.png")
    person.wait(lambda: saved == [str(tmp_path / "kept.png")])
    assert (pixels_in(tmp_path / "kept.png") == after).all()


def test_there_and_back_is_what_the_other_generator_draws_of_it(person: Person, photo: Path) -> None:
    person.drops(photo)
    person.sees()
    person.presses(person.window, Qt.Key.Key_F9)
    person.wait(lambda: person.workspace.translations.there_and_back)
    translation, given = person.sees(), pixels_in(photo)
    assert translation.way_back is not None
    back = pixels_of(translation.way_back.picture)
    assert np.abs(back - levels(by_hand("painting2photo", pixels_of(translation.after)))).max() <= CLOSE
    error = np.abs(back - given)
    difference = translation.way_back.difference
    assert (difference.largest, difference.equal) == (error.max(), (error.max(axis=2) == 0).sum())
    assert difference.mean == pytest.approx(error.mean())
    assert (np.frombuffer(difference.levels, np.uint8).reshape(error.shape[:2]) == error.max(axis=2)).all()
    trip = person.panel.view.stage.trip
    assert trip is not None
    assert trip.isVisible()


def test_every_block_is_drawn_and_one_opens_as_the_tensor_that_it_is(person: Person, photo: Path) -> None:
    person.drops(photo)
    person.sees()
    person.wait(lambda: person.workspace.blocks.complete)
    boxes = person.strip.boxes
    assert all(f"block-{block}" in boxes for block in range(PAIR.blocks + 1))
    person.presses(boxes["input"], Qt.Key.Key_T)
    person.wait(lambda: bool(person.workspace.session.facts.tensors) and not person.workspace.session.running)
    assert isinstance(person.window.page(), TensorsPage)
    [facts] = person.workspace.session.facts.tensors
    expected = batch_of(pixels_in(photo))
    assert facts.layout.shape == tuple(expected.shape)
    memory, storage = person.workspace.memory, person.workspace.session.facts.storage(facts.storage)
    assert storage is not None
    person.wait(lambda: memory.raw(storage.id, 0, storage.nbytes) is not None)
    indices = (0, 0, 0, 0), (0, 1, 7, 13), (0, 2, SIDES[1] - 1, SIDES[0] - 1)
    found = [memory.element(facts, facts.layout.address(index)) for index in indices]
    assert found == pytest.approx([float(expected[index]) for index in indices], abs=1e-6)


def test_all_pictures_go_to_a_folder_where_nothing_is_written_over(person: Person, photo: Path, tmp_path: Path) -> None:
    other, out = tmp_path / "other.png", tmp_path / "out"
    Image.open(photo).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(other)
    out.mkdir()
    (out / "horse.png").write_text("mine")
    person.drops(photo, other)
    person.sees()
    person.commands("translate.to_folder", "Ctrl+E")
    person.answers_dialog(out)
    person.wait(lambda: (out / "other.png").exists() and not person.workspace.translations.batches)
    assert (out / "horse.png").read_text() == "mine"
    assert sorted(path.name for path in out.iterdir()) == ["horse-1.png", "horse.png", "other.png"]
    for name, source in (("horse-1.png", photo), ("other.png", other)):
        expected = levels(by_hand("photo2painting", pixels_in(source)))
        assert np.abs(pixels_in(out / name) - expected).max() <= CLOSE
