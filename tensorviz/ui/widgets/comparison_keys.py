"""The keys of a comparison.

Must not know how anything is painted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from tensorviz.ui.widgets.comparison import Comparison

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
FINE, COARSE, PAN = 0.01, 0.10, 48
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PLAIN = {
    Qt.Key.Key_Plus,
    Qt.Key.Key_Equal,
    Qt.Key.Key_Minus,
    Qt.Key.Key_0,
    Qt.Key.Key_1,
    Qt.Key.Key_L,
    Qt.Key.Key_B,
}
ENDS = {Qt.Key.Key_Home: 0.0, Qt.Key.Key_End: 1.0}


def _held(event: QKeyEvent) -> Qt.KeyboardModifier:
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier


def presses(canvas: Comparison, event: QKeyEvent) -> bool:
    """Whether the key does something here now."""
    key, held = Qt.Key(event.key()), _held(event)
    if not canvas.view.width:
        return False
    if key in ARROWS:
        if held == ALT:
            return canvas.lens
        if held == CONTROL:
            return canvas.view.pannable
        return held in (NONE, SHIFT) and canvas.seen == "slider" and not ARROWS[key][1]
    if key in ENDS:
        return held == NONE and canvas.seen == "slider"
    return key in PLAIN and (held == NONE or (held == SHIFT and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal)))


def press(canvas: Comparison, event: QKeyEvent) -> bool:
    """Does what the key says; False when it says nothing here."""
    if not presses(canvas, event):
        return False
    key = Qt.Key(event.key())
    if key in ARROWS:
        _arrow(canvas, *ARROWS[key], _held(event))
    elif key in ENDS:
        canvas.set_divider(ENDS[key])
    else:
        _plain(canvas, key, event.isAutoRepeat())
    return True


def _arrow(canvas: Comparison, right: int, down: int, held: Qt.KeyboardModifier) -> None:
    if held == ALT:
        canvas.move_lens(right, down)
    elif held == CONTROL:
        canvas.pan(-PAN * right, -PAN * down)
    else:
        step = COARSE if held == SHIFT else FINE
        canvas.set_divider(round(canvas.divider + right * step, 4))


def _plain(canvas: Comparison, key: Qt.Key, again: bool) -> None:
    if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        canvas.zoom_in()
    elif key == Qt.Key.Key_Minus:
        canvas.zoom_out()
    elif key == Qt.Key.Key_0:
        canvas.fit()
    elif key == Qt.Key.Key_1:
        canvas.set_zoom(1.0)
    elif key == Qt.Key.Key_L and not again:
        canvas.set_lens(not canvas.lens)
    elif key == Qt.Key.Key_B and not again:
        canvas.hold_before(True)


def release(canvas: Comparison, event: QKeyEvent) -> bool:
    """Lets go of what was held."""
    if Qt.Key(event.key()) != Qt.Key.Key_B or event.isAutoRepeat():
        return False
    canvas.hold_before(False)
    return True
