"""What a step would do, worked out on tensors without memory.

Must not change the session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.session_data import Preview

if TYPE_CHECKING:
    from tensorviz.engine.session import Session


def preview(session: Session, code: str) -> Preview:
    """What running `code` would do."""
    return Preview(unknown="not built yet")
