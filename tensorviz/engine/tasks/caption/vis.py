"""Sentences in the form of the original programs: the vis.json that the book's repository writes and its page shows.

Must not know networks or pictures. eval.py and eval_utils.py of deep-learning-with-pytorch/ImageCaptioning.pytorch
(4cb53fd), with --dump_path 1.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, TextIO

from tensorviz.core.results import Captioned
from tensorviz.core.text import path_text
from tensorviz.engine.writing import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from tensorviz.core.results import Failed


class VisWriter:
    """One list of {image_id, caption, file_name}: the number of each picture as text from "1" on, and its path.

    Pictures without a sentence keep their number, and are left out.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._count = self._written = 0

    def write(self, row: Captioned | Failed) -> None:
        """Writes one row."""
        self._count += 1
        if isinstance(row, Captioned):
            entry = {"image_id": str(self._count), "caption": row.text, "file_name": path_text(row.path)}
            self._stream.write((", " if self._written else "") + json.dumps(entry))
            self._written += 1


@contextlib.contextmanager
def writing_vis(path: str | os.PathLike[str]) -> Iterator[VisWriter]:
    """A writer to `path`, which appears whole, at the end, or not at all. Raises ValueRefused."""
    with replacing(path) as file:
        file.write("[")
        yield VisWriter(file)
        file.write("]")
