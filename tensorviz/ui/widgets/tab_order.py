"""The order in which the Tab key goes through widgets that were made later than what stands after them.

Must not know what the widgets are.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_through(first: QWidget, *others: QWidget) -> None:
    """Tab goes from each to the next. The first stays where it is in the window's order.

    Where the first takes no keyboard (Qt would ignore it), the others come where it stands.
    """
    anchor: QWidget | None = first
    while anchor is not None and (anchor.focusPolicy() == Qt.FocusPolicy.NoFocus or anchor in others):
        anchor = anchor.previousInFocusChain()
        if anchor is first:
            return
    for one, other in pairwise((anchor, *others)) if anchor is not None else ():
        QWidget.setTabOrder(one, other)
