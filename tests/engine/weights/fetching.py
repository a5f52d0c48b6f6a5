"""A download as the tests ask for it, and how its outcome is judged.

Must not know how the server misbehaves.
"""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import pytest

from tensorviz.core.errors import FetchFailed
from tensorviz.engine.cancel import CancelToken
from tensorviz.engine.weights.fetch import Patience, fetch_file

from .server import Answer, Asked, Server, cut, says

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONTENT = random.Random(1).randbytes(700_000)
OTHER = random.Random(2).randbytes(700_000)
PREFIX = hashlib.sha256(CONTENT).hexdigest()[:8]
QUICK = Patience(silence=0.3, tries=4, pause=0.001, progress=100_000)


def get(
    server: Server, goal: Path, patience: Patience = QUICK, token: CancelToken | None = None
) -> list[tuple[int, int | None]]:
    seen: list[tuple[int, int | None]] = []
    path = fetch_file(
        server.url(), goal, PREFIX, token or CancelToken(), lambda done, total: seen.append((done, total)), patience
    )
    assert path == goal
    return seen


def check_only(goal: Path, content: bytes = CONTENT) -> None:
    assert goal.read_bytes() == content
    assert [path.name for path in goal.parent.iterdir()] == [goal.name]


def leave_part(server_rule: Callable[[Asked], Answer], goal: Path, size: int) -> None:
    """What a download leaves that broke off after `size` bytes."""
    with Server(cut(server_rule, size), says(404)) as server, pytest.raises(FetchFailed):
        get(server, goal)
    assert goal.with_name("file.pth.part").stat().st_size == size
