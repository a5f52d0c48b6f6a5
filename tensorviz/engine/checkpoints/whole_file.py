"""A file of bytes that is whole or not there: written beside, then renamed.

Must not know what is written. (tensorviz/engine/writing.py does the same for text.)
"""

# Paths that a person named are asked about without exceptions, whatever lies on the way to them.
# ruff: noqa: PTH110, PTH112, PTH113

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import path_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def replacing_bytes(path: str | os.PathLike[str], check: Callable[[Path], None]) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` when the block and `check` (given the finished file) end well.

    Otherwise nothing changes. Raises ValueRefused with a sentence when the folder is missing or cannot be written, the
    disk is full, or `path` is no ordinary file. A link stays a link.
    """
    target = Path(os.path.realpath(path))
    _check_ordinary(path_text(path), target)
    part = target.with_name(f".{target.name[:200]}.{uuid.uuid4().hex[:8]}.part")
    try:
        with _said_as_refusal(path, part), part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        check(part)
        with _said_as_refusal(path, part):
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _said_as_refusal(path: str | os.PathLike[str], part: Path) -> Iterator[None]:
    """Errors of the file that is written, as a sentence; those of files that are read meanwhile pass."""
    try:
        yield
    except OSError as error:
        ours = error.filename is None or os.fspath(error.filename) == os.fspath(part)
        if error.errno is None or not ours:
            raise
        raise ValueRefused(
            f"{path_text(path)} cannot be written: {(error.strerror or str(error)).lower()}.",
            "Choose a folder that exists, is yours and has space.",
        ) from error


def _check_ordinary(shown: str, target: Path) -> None:
    if not shown or os.path.isdir(target):
        what = f"{shown} is a folder" if shown else "An empty name was given"
        raise ValueRefused(f"{what}, and the name of a file to write is needed.", "For example copy.pt.")
    if os.path.exists(target) and not os.path.isfile(target):
        raise ValueRefused(f"{shown} is a pipe or device, not an ordinary file to write.", "Name another file.")
