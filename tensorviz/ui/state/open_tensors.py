"""Tensors over storages that can be looked at, wherever they are: in the session, or in a file.

Must not know widgets, or the bytes in memory.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from tensorviz.core.session_data import SessionFacts


class OpenTensors(QObject):
    """Signals: changed() when `facts` did; began_anew() when all is gone.

    facts: tensors and storages. file: the number of the open file they are in, 0 for the session. writable: whether
    `run` can change them; nothing that would change them is offered otherwise.
    """

    changed = Signal()
    began_anew = Signal()
    file = 0
    writable = True

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = SessionFacts()

    def run(self, code: str) -> None:
        """Runs steps that change them."""
        raise NotImplementedError

    def place(self, name: str) -> int:
        """Where a tensor stands in its file; 0 in the session, which has no such places."""
        return 0
