"""Light and dark: legible, followed live, and icons that follow too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPalette
from PySide6.QtWidgets import QWidget

from tensorviz.ui import icons, theme
from tensorviz.ui.stylesheet import stylesheet
from tensorviz.ui.theme import DARK, LIGHT, Tokens, number_font, tokens_of
from tests.ui.small_window import ASSETS, Scene, open_window

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    given = QColor(colour)
    channels = (given.redF(), given.greenF(), given.blueF())
    linear: list[float] = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast as WCAG 2.2 defines it, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("words", ["text", "muted", "accent", "good", "warning", "danger"])
@pytest.mark.parametrize("ground", ["surface", "raised", "soft"])
def test_words_are_legible_on_every_ground(tokens: Tokens, words: str, ground: str) -> None:
    assert contrast(getattr(tokens, words), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_lines_that_carry_meaning_are_seen(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_hover) >= 4.5
    for ground in (tokens.surface, tokens.raised):
        assert contrast(tokens.focus, ground) >= 3
        assert contrast(tokens.strong_border, ground) >= 3


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_the_stylesheet_is_whole(tokens: Tokens) -> None:
    sheet = stylesheet(tokens)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    named = {part.split(")")[0] for part in sheet.split("url(icons:")[1:]}
    assert named
    assert all((ASSETS / "icons" / name).is_file() for name in named)


def test_a_change_is_seen_at_once(scene: Scene, qtbot: QtBot) -> None:
    for name, tokens in (("dark", DARK), ("light", LIGHT)):
        scene.workspace.settings.set("theme", name)
        assert tokens_of(scene.window) is tokens
        assert scene.window.theme.tokens is tokens
        colour = QColor(scene.window.grab().toImage().pixelColor(scene.window.width() // 2, 3))
        assert abs(colour.lightness() - QColor(tokens.surface).lightness()) < 12


def system_becomes(scheme: Qt.ColorScheme, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Qt does when the person changes the system; the offscreen platform has no such wish of its own."""
    monkeypatch.setattr(theme, "system_is_dark", lambda: scheme == Qt.ColorScheme.Dark)
    QGuiApplication.styleHints().colorSchemeChanged.emit(scheme)


def test_the_system_is_followed_live(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = open_window(qtbot, tmp_path / "w.ini", theme="system")
    for scheme, tokens in ((Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)):
        system_becomes(scheme, monkeypatch)
        assert tokens_of(scene.window) is tokens


def test_a_chosen_theme_does_not_follow_the_system(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = open_window(qtbot, tmp_path / "w.ini", theme="light")
    system_becomes(Qt.ColorScheme.Dark, monkeypatch)
    assert tokens_of(scene.window) is LIGHT
    assert QGuiApplication.palette().color(QPalette.ColorRole.Window).name() == LIGHT.surface


def ink(picture: QImage) -> set[str]:
    """The colours of the fully painted pixels."""
    places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return {c.name() for c in (picture.pixelColor(x, y) for x, y in places) if c.alpha() == 255}


def test_icons_have_the_colours_of_the_theme_without_being_set_again(scene: Scene) -> None:
    picture, danger = icons.icon("stop"), icons.icon("stop", "danger")
    for tokens in (DARK, LIGHT):
        scene.workspace.settings.set("theme", tokens.name)
        assert ink(picture.pixmap(48, 48).toImage()) == {tokens.text}
        assert ink(danger.pixmap(48, 48).toImage()) == {tokens.danger}


def test_icons_are_crisp_on_a_dense_screen(scene: Scene) -> None:
    drawn = icons.pixmap("stop", "text", 16, 2.0)
    assert (drawn.width(), drawn.devicePixelRatio()) == (32, 2.0)
    assert drawn.deviceIndependentSize().width() == 16


def test_an_unknown_icon_paints_nothing(scene: Scene) -> None:
    assert ink(icons.icon("nothing of that name").pixmap(16, 16).toImage()) == set()


def test_numbers_stand_under_one_another(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setFont(number_font())
    assert len({widget.fontMetrics().horizontalAdvance(digit) for digit in "0123456789.,%"}) == 1
