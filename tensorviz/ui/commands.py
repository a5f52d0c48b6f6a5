"""Every action once: menus, the command palette, the shortcut list and the panels' buttons are built from this table.

Must not know what a row does. To add an action, add a row to the table of its area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.errors import NameUnknown
from tensorviz.core.names import did_you_mean
from tensorviz.ui.file_commands import FILE_COMMANDS
from tensorviz.ui.picture_commands import PICTURE_COMMANDS
from tensorviz.ui.tensor_commands import TENSOR_COMMANDS
from tensorviz.ui.translate_commands import TASK_COMMANDS, TRANSLATE_COMMANDS
from tensorviz.ui.window_commands import WINDOW_COMMANDS

if TYPE_CHECKING:
    from tensorviz.ui.command import Command

MENUS = ("&File", "&Edit", "&Tensors", "&Pictures", "&Model", "&View", "&Help")

# In this order within a menu: what one works with stands above what the window offers.
COMMANDS: tuple[Command, ...] = (
    *TENSOR_COMMANDS,
    *FILE_COMMANDS,
    *WINDOW_COMMANDS,
    *TASK_COMMANDS,
    *TRANSLATE_COMMANDS,
    *PICTURE_COMMANDS,
)


def command(identifier: str) -> Command:
    """The row of that id; raises NameUnknown with what was probably meant."""
    for row in COMMANDS:
        if row.id == identifier:
            return row
    raise NameUnknown(f"There is no command {identifier!r}.", did_you_mean(identifier, (row.id for row in COMMANDS)))
