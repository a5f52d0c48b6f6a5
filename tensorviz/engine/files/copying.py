"""Where a copy of an open file may be written: nowhere over a file that is read.

Must not know requests, formats or torch.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import path_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tensorviz.engine.files.open_files import OpenedFile


def check_free(out: str, opened: Iterable[OpenedFile]) -> None:
    """Raises ValueRefused when a copy written to `out` would take the place of a file that is open."""
    if "\0" in out:
        raise ValueRefused(f"{path_text(out)} is no name for a file: it has a zero byte in it.", "Give another name.")
    for file in opened:
        for path in dict.fromkeys((file.contents.path, *(storage.file for storage in file.contents.storages))):
            if _same(out, path):
                raise ValueRefused(f"{path_text(out)} is open here.", "Write the copy under another name.")


def _same(one: str, other: str) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return os.path.samefile(one, other)  # noqa: PTH121 - as the line above
    except OSError:
        return False
