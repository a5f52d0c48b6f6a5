"""The colours of the storage picture in light and dark, and how wide its texts are about.

Must not know what is drawn. The window's own tokens are in ui/theme.py; these are the same colours.
"""

from __future__ import annotations

from dataclasses import dataclass

from tensorviz.core.colours import DARK_BACKGROUND, LIGHT_BACKGROUND

SANS_WIDTH, MONO_WIDTH = 0.54, 0.62  # of the size, per character: enough for the widest of the fonts asked for


@dataclass(frozen=True)
class PictureTheme:
    """Colours as "#rrggbb". faint: not reached. element, shared: places of a lane, seen once and often."""

    dark: bool
    ground: str
    cell: str
    border: str
    faint_border: str
    text: str
    muted: str
    faint: str
    accent: str
    element: str
    element_border: str
    shared: str
    on_shared: str
    warning: str


PICTURE_LIGHT = PictureTheme(
    dark=False,
    ground=LIGHT_BACKGROUND,
    cell="#f4f5f7",
    border="#858d9b",
    faint_border="#d8dce3",
    text="#1b1f27",
    muted="#596273",
    faint="#8a93a3",
    accent="#2d5bd0",
    element="#e9ecf2",
    element_border="#c3cad6",
    shared="#5b6577",
    on_shared="#ffffff",
    warning="#8a5700",
)
PICTURE_DARK = PictureTheme(
    dark=True,
    ground=DARK_BACKGROUND,
    cell="#2a2f39",
    border="#737c8d",
    faint_border="#343a45",
    text="#e6e8ed",
    muted="#9ca5b4",
    faint="#6f7889",
    accent="#84a9ff",
    element="#303642",
    element_border="#4a5261",
    shared="#aab4c6",
    on_shared="#14171c",
    warning="#e2b44b",
)


def text_width(text: str, size: float, mono: bool = False) -> float:
    """About how wide a text is, in pixels; rather too wide than too narrow."""
    return len(text) * size * (MONO_WIDTH if mono else SANS_WIDTH)
