"""One action of the window as data: a row of the tables that menus, palette and shortcut list are built from.

Must not know which actions there are, nor widgets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tensorviz.ui.screen import Context
from tensorviz.ui.state.workspace import Workspace


def always(workspace: Workspace) -> bool:
    """Whether it makes sense now: it always does."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One action. text: with its mnemonic ("&Open"); "..." when it asks for more before it does anything.

    shortcut: "Ctrl+O", several separated by ", " where they are alternatives ("F1, Ctrl+/"); "" for none.
    menu: the title of its menu, "" for none. section: rows of one menu with other sections have a line between them.
    task: the task of the Models page that it belongs to, "" for all; two tasks may share keys and letters.
    when: whether it makes sense now, see `applies`. run: does it. A panel's button runs it by `wishes.run(id)`.
    """

    id: str
    text: str
    tip: str
    run: Callable[[Context], None]
    shortcut: str = ""
    icon: str = ""
    menu: str = ""
    section: str = ""
    when: Callable[[Workspace], bool] = always
    task: str = ""

    def belongs(self, workspace: Workspace) -> bool:
        """Whether it is of the task that is done now, or of any."""
        return self.task in ("", workspace.task.task)

    def applies(self, workspace: Workspace) -> bool:
        """Whether it makes sense now, in the task that is done."""
        return self.belongs(workspace) and self.when(workspace)

    @property
    def plain_text(self) -> str:
        """The text without mnemonic and dots, as the palette and the shortcut list show it."""
        return self.text.replace("&", "").removesuffix("...")

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """The alternatives."""
        return tuple(part for part in self.shortcut.split(", ") if part)
