"""Writing a file so that it is whole or not there: beside, then renamed.

Must not know what is written.
"""

# Paths that a person named are asked about without exceptions, whatever lies on the way to them.
# ruff: noqa: PTH110, PTH112, PTH113

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import path_text, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[TextIO]:
    """A text file that takes the place of `path` when the block ends well; otherwise nothing changes.

    For files a person named: raises ValueRefused with a sentence when the folder is missing or cannot be written, the
    disk is full, or `path` is no ordinary file (a device would be lost by renaming over it). A link stays a link.
    """
    target = os.path.realpath(path)
    _check_ordinary(path_text(path), target)
    try:
        with beside(target) as file:
            yield file
    except OSError as error:
        if error.errno is None or isinstance(error, BrokenPipeError):  # neither comes from writing a file
            raise
        raise _refusal(path, error) from error


@contextlib.contextmanager
def replacing_bytes(path: str | os.PathLike[str], check: Callable[[Path], None] | None = None) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of `path` when the block and `check` (given the finished file) end well.

    Otherwise nothing changes. Refuses as `replacing` does; errors of files that are read meanwhile pass.
    """
    target = Path(os.path.realpath(path))
    _check_ordinary(path_text(path), str(target))
    part = target.with_name(f".{target.name[:200]}.{uuid.uuid4().hex[:8]}.part")
    try:
        with _said_as_refusal(path, part), part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if check is not None:
            check(part)
        with _said_as_refusal(path, part):
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _said_as_refusal(path: str | os.PathLike[str], part: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        ours = error.filename is None or os.fspath(error.filename) == os.fspath(part)
        if error.errno is None or not ours:
            raise
        raise _refusal(path, error) from error


def _refusal(path: str | os.PathLike[str], error: OSError) -> ValueRefused:
    return ValueRefused(
        f"{path_text(path)} cannot be written: {(error.strerror or str(error)).lower()}.",
        "Choose a folder that exists, is yours and has space.",
    )


def _check_ordinary(shown: str, target: str) -> None:
    if not shown or os.path.isdir(target):
        what = f"{shown} is a folder" if shown else "An empty name was given"
        raise ValueRefused(f"{what}, and the name of a file to write is needed.", "For example result.json.")
    if os.path.exists(target) and not os.path.isfile(target):
        raise ValueRefused(f"{shown} is a pipe or device, not an ordinary file to write.", "Name another file.")


@contextlib.contextmanager
def beside(path: str | os.PathLike[str]) -> Iterator[TextIO]:
    """The same for files of our own (UTF-8, lone surrogates escaped, line ends as given). Raises OSError."""
    target = Path(path)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with part.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Writes a small file of our own, making its folder: a reader meets the old text or the new one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path) as file:
        file.write(text)


def check_room(path: str, nbytes: int) -> None:
    """Raises ValueRefused when the disk has no room: an expanded tensor may become a million times larger."""
    folder = Path(path).resolve().parent
    if folder.is_dir() and shutil.disk_usage(folder).free < nbytes:
        raise ValueRefused(
            f"{path_text(path)} would have {plural(nbytes, 'byte')}, and the disk has not that much room.",
            "Choose another disk. Repeated elements are written in full: a .pt file keeps them small.",
        )
