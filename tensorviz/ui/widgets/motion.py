"""Whether things may move on the screen.

Must not know what moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QStyle

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LESS = "less_motion"  # a property of the application


def set_less_motion(less: bool) -> None:
    """Says for the whole application whether the person asks for less motion than the system does."""
    application = QApplication.instance()
    assert application is not None
    application.setProperty(LESS, less)


def motion_allowed(widget: QWidget) -> bool:
    """Whether the person, the system and the style let widgets animate.

    Some people get ill from motion, so ask before each one.
    """
    application = QApplication.instance()
    if application is not None and application.property(LESS):
        return False
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0
