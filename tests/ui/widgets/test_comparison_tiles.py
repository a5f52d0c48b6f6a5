"""Pictures at any zoom: against numpy and plain arithmetic, at the edges, across tiles, and as drafts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter

from tensorviz.ui.widgets import comparison_tiles
from tensorviz.ui.widgets.comparison_halves import AT_ONCE, Halves
from tensorviz.ui.widgets.comparison_tiles import PictureTiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    Pixels = NDArray[np.uint8]

FAR = 1e9  # of the clock: there is time for all
SIZES = [(64, 48), (65, 49), (1, 7), (7, 1), (301, 203)]


def noise(width: int, height: int, seed: int = 0) -> Pixels:
    """Height x width x 3."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def image_of(pixels: Pixels) -> QImage:
    height, width, _ = pixels.shape
    return QImage(pixels.tobytes(), width, height, width * 3, QImage.Format.Format_RGB888).copy()


def pixels_of(image: QImage) -> Pixels:
    """Height x width x 3 of an image of any format."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return rows[:, : rgb.width() * 3].reshape(rgb.height(), rgb.width(), 3).copy()


def painted(tiles: PictureTiles, zoom: float, until: float = FAR, clip: QRect | None = None) -> Pixels:
    """The whole at that zoom, on purple."""
    whole = tiles.covered(QPoint(), zoom)
    canvas = QImage(whole.size(), QImage.Format.Format_RGB32)
    canvas.fill(QColor(255, 0, 255))
    painter = QPainter(canvas)
    tiles.paint(painter, QPoint(), clip or whole, zoom, until)
    painter.end()
    return pixels_of(canvas)


@pytest.mark.parametrize("size", SIZES)
def test_a_half_is_the_mean_of_four(qtbot: QtBot, size: tuple[int, int]) -> None:
    pixels = noise(*size)
    halves = Halves(image_of(pixels))
    assert halves.make(1, FAR)
    padded = np.pad(pixels, ((0, size[1] % 2), (0, size[0] % 2), (0, 0)), mode="edge").astype(float)
    expected = (padded[::2, ::2] + padded[1::2, ::2] + padded[::2, 1::2] + padded[1::2, 1::2]) / 4
    assert np.abs(pixels_of(halves.level(1)) - expected).max() < 1


def test_a_large_picture_is_taken_over_in_turns(qtbot: QtBot) -> None:
    pixels = noise(1501, AT_ONCE // 1500 + 8)
    halves, turns = Halves(image_of(pixels)), 0
    while not halves.make(1, 0.0):
        turns += 1
    assert turns > 5
    assert (pixels_of(halves.level(0)) == pixels).all()


@pytest.mark.parametrize("zoom", [1, 2, 5, 64])
def test_whole_zooms_repeat_pixels(qtbot: QtBot, zoom: int) -> None:
    pixels = noise(31, 23)
    expected = pixels.repeat(zoom, 0).repeat(zoom, 1)
    assert (painted(PictureTiles(image_of(pixels)), float(zoom)) == expected).all()


@pytest.mark.parametrize("zoom", [1.5, 2.73, 7.1])
def test_between_whole_zooms_pixels_are_squares_with_mixed_edges_only(qtbot: QtBot, zoom: float) -> None:
    pixels = noise(150, 90)
    shown = painted(PictureTiles(image_of(pixels)), zoom)
    inner = 0
    for y in range(0, shown.shape[0], 3):
        for x in range(shown.shape[1]):
            # Where a screen pixel and one more around it lie within one pixel of the picture.
            if {int((x - 0.9) / zoom), int((x + 1.9) / zoom)} == {int(x / zoom)} and {
                int((y - 0.9) / zoom),
                int((y + 1.9) / zoom),
            } == {int(y / zoom)}:
                assert (shown[y, x] == pixels[int(y / zoom), int(x / zoom)]).all(), (x, y)
                inner += 1
    assert inner > 100 or zoom < 2.8


def test_half_is_the_mean(qtbot: QtBot) -> None:
    pixels = noise(600, 400)
    expected = pixels.reshape(200, 2, 300, 2, 3).mean((1, 3))
    assert np.abs(painted(PictureTiles(image_of(pixels)), 0.5) - expected).max() < 1.5


@pytest.mark.parametrize("zoom", [0.9, 0.61, 0.37, 0.11])
def test_shrunk_noise_keeps_its_mean_and_loses_its_contrast(qtbot: QtBot, zoom: float) -> None:
    # Pixels that were only picked would keep the contrast: that is what flickers and what moire comes from.
    pixels = noise(900, 700)
    shown = painted(PictureTiles(image_of(pixels)), zoom).astype(float)
    assert shown.mean() == pytest.approx(pixels.mean(), abs=3)
    assert shown.std() < pixels.std() * (1.25 * zoom if zoom < 0.5 else 0.8)


@pytest.mark.parametrize("size", [*SIZES, (5, 1200)])
@pytest.mark.parametrize("zoom", [0.013, 0.2, 0.37, 0.99, 1.0, 1.01, 3.7])
def test_one_colour_stays_that_colour_up_to_the_edges(qtbot: QtBot, size: tuple[int, int], zoom: float) -> None:
    image = QImage(*size, QImage.Format.Format_RGB888)
    image.fill(QColor(200, 100, 50))
    shown = painted(PictureTiles(image), zoom)
    assert np.abs(shown.astype(int) - np.array([200, 100, 50])).max() <= 1


@pytest.mark.parametrize("zoom", [0.37, 0.9, 2.73])
def test_no_seams_between_tiles(qtbot: QtBot, zoom: float, monkeypatch: pytest.MonkeyPatch) -> None:
    image = image_of(noise(500, 420))
    in_tiles = painted(PictureTiles(image), zoom)
    monkeypatch.setattr(comparison_tiles, "TILE", 4096)
    at_once = painted(PictureTiles(image), zoom)
    assert np.abs(in_tiles.astype(int) - at_once).max() <= 3


def test_only_what_is_wanted_is_painted(qtbot: QtBot) -> None:
    pixels = noise(90, 60)
    shown = painted(PictureTiles(image_of(pixels)), 1.0, clip=QRect(10, 20, 30, 15))
    inside = np.zeros((60, 90), bool)
    inside[20:35, 10:40] = True
    assert (shown[inside] == pixels[inside]).all()
    assert (shown[~inside] == [255, 0, 255]).all()


@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_a_draft_shows_the_same_pixels(qtbot: QtBot, zoom: float) -> None:
    pixels = noise(40, 30)
    tiles = PictureTiles(image_of(pixels))
    draft = painted(tiles, zoom, until=0.0)
    times = int(zoom)
    assert (draft == pixels.repeat(times, 0).repeat(times, 1)).all()


def test_each_paint_comes_nearer_to_the_end(qtbot: QtBot) -> None:
    tiles = PictureTiles(image_of(noise(1200, 1000)))
    canvas = QImage(600, 500, QImage.Format.Format_RGB32)
    turns, done = 0, False
    while not done:
        turns += 1
        painter = QPainter(canvas)
        done = tiles.paint(painter, QPoint(), canvas.rect(), 0.4, time.perf_counter() + 0.0005)
        painter.end()
    assert turns > 1
    assert (pixels_of(canvas)[:400, :480] == painted(PictureTiles(image_of(noise(1200, 1000))), 0.4)).all()


def test_tiles_are_not_kept_for_ever(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison_tiles, "MOST", 3)
    tiles = PictureTiles(image_of(noise(900, 300)))
    first = painted(tiles, 1.0)
    assert len(tiles._tiles) == 3
    assert (painted(tiles, 1.0) == first).all()


def grey_map(change: Callable[[int], int]) -> list[int]:
    return [QColor(change(level), 0, level).rgb() for level in range(256)]


def test_levels_take_new_colours(qtbot: QtBot) -> None:
    levels = bytes(range(256)) * 2
    tiles = PictureTiles.of_levels(levels, 16, 32)
    tiles.set_table(grey_map(lambda level: level))
    once = painted(tiles, 1.0)
    assert (once[..., 0] == once[..., 2]).all()
    tiles.set_table(grey_map(lambda level: 255 - level))
    again = painted(tiles, 1.0)
    assert (again[..., 0] == 255 - again[..., 2]).all()
    assert (
        painted(PictureTiles.of_levels(levels, 16, 32), 1.0)[..., 0] == np.frombuffer(levels, np.uint8).reshape(32, 16)
    ).all()
