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
    """A text file that takes the place of `path` when the block ends well; otherwise nothing changes.

    For files a person named: raises ValueRefused with a sentence when the folder is missing or cannot be written.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(beside(path))
        except OSError as error:
            raise ValueRefused(
                f"{path_text(path)} cannot be written: {error.strerror}.", "Choose a folder that exists and is yours."
            ) from error
        yield file


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
