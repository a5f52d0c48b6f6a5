"""Whether things may move on the screen.

Must not know what moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStyle

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def motion_allowed(widget: QWidget) -> bool:
    """Whether the system and the style let widgets animate; some people get ill from motion, so ask before each one."""
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0
