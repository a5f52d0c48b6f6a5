"""Stopping a network between two of its layers.

Must not know which network, or who wishes it to stop.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

    from tensorviz.engine.cancel import CancelToken


@contextlib.contextmanager
def interruptible(network: nn.Module, token: CancelToken | None) -> Iterator[None]:
    """Inside, every layer of the network first looks at the token; it raises Cancelled."""
    if token is None:
        yield
        return

    def look(*_: object) -> None:
        token.check()

    leaves = [module for module in network.modules() if next(module.children(), None) is None]
    handles = [leaf.register_forward_pre_hook(look) for leaf in leaves]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
