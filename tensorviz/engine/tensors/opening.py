"""From the Models page into the session: the stages of a prediction and the parameters of a network, as tensors.

Must not know lanes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorviz.engine.messages.session import OpenParameter, OpenPrediction


def action_of(request: OpenPrediction | OpenParameter) -> dict[str, Any]:
    """The wish as the log keeps it."""
    raise NotImplementedError


def bring(action: dict[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The code that tells what was brought, and the values by name."""
    raise NotImplementedError
