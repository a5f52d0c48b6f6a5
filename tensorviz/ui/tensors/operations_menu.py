"""The menu of operations on a tensor or a selected part of one, for people who do not type.

Must not know what any operation does: it is made of the table of operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget, QWidgetAction

from tensorviz.core.operation_data import indexed, subject_of
from tensorviz.core.operations import GROUPS, OPERATIONS, code_for, settled, suggested_name, why_not
from tensorviz.ui.fuzzy import fit
from tensorviz.ui.tensors.operation_form import OperationForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QKeyEvent

    from tensorviz.core.operation_data import Operation, Subject
    from tensorviz.ui.state.workspace import Workspace

FOUND_SHOWN = 8
ASKS = ("as_strided",)  # opens a panel of its own


def subject_now(workspace: Workspace, name: str, selected: bool = True) -> Subject | None:
    """The tensor of that name, or what is selected of it; None when it is gone."""
    facts = workspace.session.facts
    tensor, selection = facts.tensor(name), workspace.pointing.selection
    part = None
    if selected and tensor is not None and selection is not None and selection.tensor == name:
        code = selection.code(tensor.layout.shape)
        part = None if code == name else (code, indexed(tensor.layout, selection.ranges))
    return subject_of(facts, name, tuple(row.name for row in workspace.engine.devices), part)


def keys_now(workspace: Workspace, subject: Subject) -> tuple[int, ...]:
    """The colour keys of the subject's dimensions."""
    tensor, selection = workspace.session.facts.tensor(subject.base), workspace.pointing.selection
    keys = tensor.keys if tensor is not None else ()
    if tensor is not None and subject.is_part and selection is not None:
        kept = [key for key, (a, b), size in zip(keys, selection.ranges, tensor.layout.shape, strict=True)
                if b != a + 1 or size == 1]  # fmt: skip
        keys = tuple(kept)
    return keys if len(keys) == subject.layout.ndim else tuple(range(subject.layout.ndim))


class OperationsMenu(QMenu):
    """Groups as submenus. Letters that are typed search: what is found stands at the top.

    What makes no sense now is disabled and says why. An operation without parameters runs at once; the others open a
    form at `place`.
    """

    def __init__(
        self, workspace: Workspace, name: str, parent: QWidget, to_console: Callable[[str], None], place: QPoint
    ) -> None:
        super().__init__(parent)
        self._over = parent
        self._workspace, self._to_console, self._place = workspace, to_console, place
        self.subject = subject_now(workspace, name)
        self.setToolTipsVisible(True)
        self.setAccessibleName(f"Operations on {self.subject.code if self.subject else name}")
        self.field = QLineEdit()
        self.found: list[QAction] = []
        self.operations: dict[str, QAction] = {}
        if self.subject is not None:
            self._fill(self.subject)

    def _fill(self, subject: Subject) -> None:
        self._search_line(subject)
        self._rule = self.addSeparator()
        self._rule.setVisible(False)
        for group in GROUPS:
            menu = self.addMenu(group)
            menu.setToolTipsVisible(True)
            for operation in OPERATIONS:
                if operation.group == group:
                    self.operations[operation.id] = action = self._action(operation, subject, menu)
                    menu.addAction(action)
            able = any(action.isEnabled() for action in menu.actions())
            menu.menuAction().setEnabled(able)
            menu.menuAction().setToolTip("" if able else "\n".join(dict.fromkeys(self._reasons(group, subject))))

    @staticmethod
    def _reasons(group: str, subject: Subject) -> Iterator[str]:
        return (why_not(operation, subject) for operation in OPERATIONS if operation.group == group)

    def _action(self, operation: Operation, subject: Subject, parent: QWidget) -> QAction:
        asks = bool(operation.parameters) or operation.id in ASKS
        action = QAction(f"{operation.title}{'...' if asks else ''}", parent)
        said = why_not(operation, subject)
        action.setEnabled(not said)
        action.setToolTip(f"{operation.tip}\n{said or self._line(operation, subject)}")
        action.setStatusTip(said or operation.tip)
        action.triggered.connect(lambda: self.choose(operation))
        return action

    def _line(self, operation: Operation, subject: Subject) -> str:
        """The code that it would run, where nothing is asked."""
        if operation.parameters or operation.id in ASKS:
            return ""
        return code_for(operation, subject, settled(operation, subject, {}), suggested_name(operation, subject))

    # ------------------------------------------------------------------------------------------------- search

    def _search_line(self, subject: Subject) -> None:
        self.field.setPlaceholderText(f"Operation on {subject.code}: type to find")
        self.field.setAccessibleName("Find an operation")
        self.field.setMinimumWidth(250)
        self.field.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the menu has the keyboard and hands letters over
        self.field.textChanged.connect(self._search)
        line = QWidgetAction(self)
        line.setDefaultWidget(self.field)
        self.addAction(line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's: letters search; the rest moves in the menu."""
        text = event.text()
        if text.isprintable() and text and not (text == " " and not self.field.text()):
            self.field.insert(text)
        elif event.key() == Qt.Key.Key_Backspace and self.field.text():
            self.field.backspace()
        else:
            super().keyPressEvent(event)

    def _search(self, text: str) -> None:
        for action in self.found:
            self.removeAction(action)
            action.deleteLater()
        self.found = [] if self.subject is None else [
            self._action(operation, self.subject, self) for operation in matching(text)[:FOUND_SHOWN]
        ]  # fmt: skip
        for action in self.found:
            self.insertAction(self._rule, action)
        self._rule.setVisible(bool(self.found))
        able = next((action for action in self.found if action.isEnabled()), None)
        if able is not None:
            self.setActiveAction(able)

    # ------------------------------------------------------------------------------------------------- doing

    def choose(self, operation: Operation) -> None:
        """Runs an operation that takes nothing, or opens its form."""
        subject = self.subject
        if subject is None:
            return
        parent = self._over
        if operation.id in ASKS:
            from tensorviz.ui.tensors.strided_panel import show_strided

            show_strided(self._workspace, subject.base, parent, self._place)
        elif operation.parameters:
            open_form(self._workspace, operation, subject, self._place, parent, self._to_console)
        else:
            self._workspace.session.run(self._line(operation, subject))


def matching(text: str) -> list[Operation]:
    """The operations that fit what was typed, best first; none when nothing was."""
    if not text.strip():
        return []
    scored = [(found, one) for one in OPERATIONS if (found := _score(text, one)) is not None]
    return [one for _, one in sorted(scored, key=lambda pair: -pair[0])]


def _score(text: str, operation: Operation) -> float | None:
    exact = 100.0 if text.strip().lower() in (operation.id.lower(), operation.title.lower()) else 0.0
    found = fit(text, f"{operation.title} {operation.id}")
    return None if found is None else found + exact


def open_form(
    workspace: Workspace, operation: Operation, subject: Subject, place: QPoint, parent: QWidget,
    to_console: Callable[[str], None],
) -> OperationForm:  # fmt: skip
    """Opens the form of an operation at a place of the screen; one that is open already closes."""
    for other in parent.window().findChildren(OperationForm):
        other.leave()
    form = OperationForm(workspace, operation, subject, keys_now(workspace, subject), parent)
    form.to_console.connect(to_console)
    form.open_at(place, form.first)
    return form


def show_operations(
    workspace: Workspace, name: str, global_pos: QPoint, parent: QWidget, to_console: Callable[[str], None]
) -> OperationsMenu:
    """Shows the menu for a tensor, or for what is selected of it, at a place of the screen. It goes when it closes."""
    menu = OperationsMenu(workspace, name, parent, to_console, global_pos)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(global_pos)
    return menu
