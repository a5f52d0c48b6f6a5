"""Writing a file so that it is whole or not there: beside, then renamed.

Must not know what is written.
"""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import path_text

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[TextIO]:
    """A text file (UTF-8) that takes the place of `path` when the block ends well; otherwise nothing changes.

    Raises ValueRefused with a sentence when the folder is missing or cannot be written.
    """
    target = Path(path)
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        file = beside.open("x", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise ValueRefused(
            f"{path_text(target)} cannot be written: {error.strerror}.", "Choose a folder that exists and is yours."
        ) from error
    try:
        with file:
            yield file
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
