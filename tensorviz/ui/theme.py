"""How the window looks: design tokens for light and dark, and the palette and stylesheet made of them.

Must not know any panel; a painted widget asks `tokens_of(self)` each time it paints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from tensorviz.ui.stylesheet import stylesheet
from tensorviz.ui.widgets.motion import set_less_motion

if TYPE_CHECKING:
    from tensorviz.ui.state.settings import SettingsState


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours ("#rrggbb") and lengths (device-independent pixels) of one theme.

    surface: the window. raised: panels, lists and fields. sunken: wells and tracks. soft: accent as a background.
    on_accent: text on the accent. space: the unit of spacing; gaps are one to four of it.
    """

    name: str
    surface: str
    raised: str
    sunken: str
    border: str
    strong_border: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    soft: str
    good: str
    warning: str
    danger: str
    focus: str
    space: int = 4
    radius: int = 6
    small_radius: int = 4

    def colour(self, role: str) -> QColor:
        """The colour of that name, for painting."""
        return QColor(str(getattr(self, role)))


LIGHT = Tokens(
    name="light",
    surface="#f4f5f7",
    raised="#ffffff",
    sunken="#e9ebef",
    border="#d8dce3",
    strong_border="#858d9b",
    text="#1b1f27",
    muted="#596273",
    accent="#2d5bd0",
    accent_hover="#234bb2",
    on_accent="#ffffff",
    soft="#e3eafb",
    good="#1c7443",
    warning="#8a5700",
    danger="#b3261e",
    focus="#2d5bd0",
)
DARK = Tokens(
    name="dark",
    surface="#17191e",
    raised="#1f2228",
    sunken="#111317",
    border="#343a45",
    strong_border="#737c8d",
    text="#e6e8ed",
    muted="#9ca5b4",
    accent="#84a9ff",
    accent_hover="#a3bfff",
    on_accent="#0e1420",
    soft="#27334f",
    good="#62cf91",
    warning="#e2b44b",
    danger="#ff8078",
    focus="#84a9ff",
)


def tokens_of(widget: QWidget) -> Tokens:
    """The tokens of the theme that the widget is painted in, told by its palette."""
    return LIGHT if widget.palette().color(QPalette.ColorRole.Window).lightness() > 127 else DARK


def palette_of(tokens: Tokens) -> QPalette:
    """The palette of a theme."""
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, tokens.colour(name))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        faint = tokens.colour("muted")
        faint.setAlpha(150)
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette


_ROLES = {
    QPalette.ColorRole.Window: "surface",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "raised",
    QPalette.ColorRole.AlternateBase: "surface",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.Highlight: "soft",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Midlight: "border",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "strong_border",
    QPalette.ColorRole.Shadow: "strong_border",
}


def number_font(points: float | None = None) -> QFont:
    """The system's fixed-width font, for numbers that stand under one another."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(points or QGuiApplication.font().pointSizeF())
    return font


def system_is_dark() -> bool:
    """Whether the system asks for dark windows; light when it has no wish."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


class Theme(QObject):
    """Dresses the application as the settings say, and again whenever they or the system change.

    `dress` is called once by whoever built the widgets: to dress them all at the end costs half of dressing each
    one whenever it gets another parent. Signals: changed() after the colours changed.
    """

    changed = Signal()

    def __init__(self, settings: SettingsState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.tokens = self._wanted()
        set_less_motion(settings.flag("less_motion"))
        settings.changed.connect(self._setting_changed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._refresh)

    def _wanted(self) -> Tokens:
        chosen = self._settings.text("theme")
        if chosen == "system":
            return DARK if system_is_dark() else LIGHT
        return DARK if chosen == "dark" else LIGHT

    def _setting_changed(self, key: str) -> None:
        if key == "theme":
            self._refresh()
        elif key == "less_motion":
            set_less_motion(self._settings.flag("less_motion"))

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is not self.tokens:
            self.tokens = wanted
            self.dress()
            self.changed.emit()

    def dress(self) -> None:
        """Sets style, palette and stylesheet of the application."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if application.style().name() != "fusion":
            application.setStyle(QStyleFactory.create("Fusion"))
        application.setPalette(palette_of(self.tokens))
        application.setStyleSheet(stylesheet(self.tokens))
