"""The engine of open files, ended after each test.

Must not know what any test expects.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.files.rig import Files


@pytest.fixture
def files() -> Iterator[Files]:
    """A new engine with nothing open."""
    made = Files()
    yield made
    made.stop()
