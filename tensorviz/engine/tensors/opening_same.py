"""Whether what is opened again is what was opened before: by the SHA-256 of its files.

Must not know what is in the files.
"""

from __future__ import annotations

from pathlib import Path

from tensorviz.core.errors import CheckpointUnreadable
from tensorviz.core.text import path_text
from tensorviz.engine.tensors.opening_terms import ChangedFile
from tensorviz.engine.weights.store import digest_of, remembered_digest


def picture_digest(path: str) -> str:
    """The SHA-256 of a picture's file; "" where that is no ordinary file, whose opening then says why."""
    file = Path(path)
    try:
        return digest_of(file) if file.is_file() else ""
    except (OSError, ValueError):
        return ""


def weights_digest(file: str) -> str:
    """The SHA-256 of a file of weights. Raises CheckpointUnreadable."""
    try:
        return remembered_digest(Path(file))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CheckpointUnreadable(f"The weights file {path_text(file)} cannot be read: {why}.") from error


def check_same(then: str, now: str, path: str) -> None:
    """Raises ChangedFile when both digests are known, and differ."""
    if then and now and then != now:
        raise ChangedFile(
            f"{path_text(path)} is another file than it was when it was opened as a tensor.",
            "Open it again from the Models page.",
        )
