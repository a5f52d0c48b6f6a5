"""Tensors over storages that can be looked at, wherever they are: in the session, or in a file.

Must not know widgets, or the bytes in memory.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from tensorviz.core.session_data import SessionFacts


class OpenTensors(QObject):
    """Signals: changed() when `facts` did; began_anew() when all is gone; wished(places) when somebody wants tensors
    of a file in the session.

    facts: tensors and storages. file: the number of the open file they are in, 0 for the session. writable: whether
    `run` can change them; nothing that would change them is offered otherwise. looked_for: the tensor that somebody
    asked to see last, None where whatever is new is shown.
    """

    changed = Signal()
    began_anew = Signal()
    wished = Signal(object)
    file = 0
    writable = True
    looked_for: str | None = None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts = SessionFacts()

    def run(self, code: str) -> None:
        """Runs steps that change them."""
        raise NotImplementedError

    def explain(self) -> None:
        """Says why nothing can be changed, to somebody who tried; silent where it can."""

    def open_in_session(self, name: str) -> None:
        """Asks for a tensor of a file to be opened in the session."""
        if not self.writable and self.facts.tensor(name) is not None:
            self.wished.emit((self.place(name),))

    def place(self, name: str) -> int:
        """Where a tensor stands in its file; 0 in the session, which has no such places."""
        return 0
