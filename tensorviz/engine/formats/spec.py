"""What a file format is: its name, how its first bytes look, and how its contents are read.

Must not know any format.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from tensorviz.core.stored import Contents

HEAD = 4096  # first bytes that a format is recognised by


LARGEST = 2**63  # what torch counts with is smaller


class Damaged(Exception):
    """The file is not what its first bytes promise. The text goes on after "...: " and has no full stop.

    hint: what to try, where it is more than getting the file again.
    """

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file format. title: what people call it: "a PyTorch file".

    recognises: given the first HEAD bytes and the size of the file. read: given the path as named and the open file;
    raises Damaged and OSError, nothing else, and runs nothing of the file.
    """

    title: str
    recognises: Callable[[bytes, int], bool]
    read: Callable[[str, IO[bytes]], Contents]
