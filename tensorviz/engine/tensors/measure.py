"""Statistics of a tensor of any size, block by block.

Must not know the session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.core.session_data import Statistics

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    import torch


def measure(name: str, tensor: torch.Tensor, lock: threading.RLock) -> Iterator[Statistics | None]:
    """Gives None after each block and the statistics at the end."""
    yield Statistics(name, tensor.numel())
