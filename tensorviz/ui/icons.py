"""Our own icons: SVG files drawn in `currentColor`, painted in the colours of the theme at any scale.

Must not know who uses them. The files are found through Qt's search path "icons", which `use_icons` sets.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QDir, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap

from tensorviz.ui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from tensorviz.ui.theme import Tokens

SEARCH_PATH = "icons"
PIXMAPS_KEPT = 512


def use_icons(folder: Path) -> None:
    """Names the folder that holds the icons; done once, before any is painted."""
    QDir.setSearchPaths(SEARCH_PATH, [str(folder)])


def icon(name: str, tone: str = "text") -> QIcon:
    """The icon of that name. tone: "text", "muted", "accent", "on_accent", "good", "warning" or "danger".

    It follows the theme by itself: nobody has to set it again. An unknown name gives an icon that paints nothing.
    """
    return QIcon(_Engine(name, tone))


def icon_file(name: str) -> Path | None:
    """The file of an icon; None when there is none of that name."""
    found = QDir.searchPaths(SEARCH_PATH)
    files = (Path(folder) / f"{name}.svg" for folder in found)
    return next((file for file in files if file.is_file()), None)


def pixmap(name: str, tone: str, side: int, ratio: float) -> QPixmap:
    """The icon as a square of `side` device-independent pixels on a screen of that pixel ratio."""
    return _drawn(_source(name), _tokens().colour(tone).name(), side, ratio)


class _Engine(QIconEngine):
    """Paints one icon; asks for the theme each time."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name, self._tone = name, tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        ratio = painter.device().devicePixelRatioF()
        place = rect.center() - QPoint((side - 1) // 2, (side - 1) // 2)
        painter.drawPixmap(place, pixmap(self._name, self._tone_in(mode), side, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        side = round(min(size.width(), size.height()) / scale)
        return pixmap(self._name, self._tone_in(mode), max(1, side), scale)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._tone)

    def _tone_in(self, mode: QIcon.Mode) -> str:
        return "strong_border" if mode == QIcon.Mode.Disabled else self._tone


def _tokens() -> Tokens:
    return LIGHT if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() > 127 else DARK


@lru_cache(maxsize=PIXMAPS_KEPT)
def _drawn(source: str, colour: str, side: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # not before the first icon is painted

    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    picture.setDevicePixelRatio(ratio)
    if source:
        drawing = QSvgRenderer(QByteArray(re.sub("currentColor", colour, source).encode()))
        painter = QPainter(picture)
        drawing.render(painter, QRectF(0, 0, side, side))
        painter.end()
    return picture


def _source(name: str) -> str:
    """The text of an icon's file; "" when there is none, which is not remembered: the folder may be named later."""
    file = icon_file(name)
    return _read(file) if file else ""


@lru_cache(maxsize=PIXMAPS_KEPT)
def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
