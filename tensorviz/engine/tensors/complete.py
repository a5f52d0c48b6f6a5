"""How code may go on: names, attributes, arguments.

Must not know widgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.core.session_data import Completion
    from tensorviz.engine.session import Session


def completions(session: Session, code: str, position: int) -> tuple[int, tuple[Completion, ...]]:
    """Where the word that is being typed begins, and what it may become."""
    return position, ()
