"""What can be done with the selected tensors of a file, as a menu.

Must not know how they are listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from tensorviz.core.text import count_text
from tensorviz.ui.icons import icon

if TYPE_CHECKING:
    from tensorviz.ui.files.tensor_tree import TensorTree


def tensor_menu(panel: TensorTree) -> QMenu:
    """The menu; it deletes itself when it is closed."""
    menu = QMenu(panel)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    node, count, total = panel.current_node(), len(panel.selected()), panel.total()
    if node is not None and node.kind == "tensor":
        menu.addAction(icon("eye"), "&Look at it\tEnter", panel.look_at_current)
    if node is not None and node.can_open:
        menu.addAction("&Fold\tLeft" if node.open else "Un&fold\tRight", panel.turn_current)
    if count:
        some = f"Open {count_text(count)} in &session" if count > 1 else "Open in &session"
        menu.addAction(icon("tensor"), f"{some}\tCtrl+Enter", panel.take_selected)
    if total > max(count, 1):
        menu.addAction(f"Open &all {count_text(total)} in session", panel.take_all)
    menu.addSeparator()
    names = len(panel.selected_names())
    if names:
        menu.addAction(icon("copy"), f"&Copy {'name' if names == 1 else 'names'}\tCtrl+C", panel.copy_names)
    if not panel.is_flat:
        menu.addSeparator()
        menu.addAction("Unfold e&verything", panel.unfold_all)
        menu.addAction("Fold everythin&g", lambda: panel.unfold_all(False))
    return menu
