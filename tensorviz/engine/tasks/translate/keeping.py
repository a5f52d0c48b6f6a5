"""Translated pictures as files in a folder, none of which is ever written over.

Must not know networks.
"""

# Paths are used exactly as given, also those that pathlib would rewrite ("./a", "a//b").
# ruff: noqa: PTH103, PTH110, PTH118, PTH119, PTH122

from __future__ import annotations

import contextlib
import os
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tensorviz.core.errors import ValueRefused
from tensorviz.core.text import path_text
from tensorviz.engine.writing import replacing_bytes

if TYPE_CHECKING:
    from PIL import Image

PictureFormat = Literal["png", "jpeg"]
SUFFIXES: dict[str, str] = {"png": ".png", "jpeg": ".jpg"}
SETTINGS: dict[str, dict[str, Any]] = {
    "png": {"format": "PNG"},
    "jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
}
LONGEST_STEM = 200  # bytes of a file name that are kept, so that a number and a suffix have room
MOST_NAMES = 100_000


class OutputFolder:
    """A folder that gets one file for each picture. Makes it if it is not there.

    Raises ValueRefused when it cannot be made, or is no folder, or may not be written to.
    """

    def __init__(self, path: str | os.PathLike[str], form: PictureFormat = "png") -> None:
        self.path = os.fspath(path)
        self.form = form
        self._used: dict[str, int] = {}
        _make(self.path)

    def keep(self, image: Image.Image, source: str) -> str:
        """Writes the picture under the name of its source, or that name with a number when it is taken; gives the path.

        The file appears whole or not at all. Raises ValueRefused when it cannot be written.
        """
        target = self._reserved(source)
        try:
            with replacing_bytes(target) as file:
                image.save(file, **SETTINGS[self.form])
        except BaseException:
            with contextlib.suppress(OSError):
                Path(target).unlink()  # ours, and empty
            raise
        return target

    def _reserved(self, source: str) -> str:
        """A path of our own in the folder, where an empty file now lies."""
        stem = _stem(source)
        for number in chain((0,), count(self._used.get(stem, 1))):
            name = f"{stem}-{number}" if number else stem
            target = os.path.join(self.path, name + SUFFIXES[self.form])
            if number > MOST_NAMES:
                break
            with contextlib.suppress(FileExistsError):
                _reserve(target)
                self._used[stem] = max(number, 1)
                return target
        raise ValueRefused(
            f"{path_text(self.path)} is full of files named {path_text(stem)}.", "Choose another folder."
        )


def _stem(source: str) -> str:
    """The name without folder and suffix, not longer than a file name may be."""
    stem = os.path.splitext(os.path.basename(source.rstrip(os.sep)))[0] or "picture"
    raw = os.fsencode(stem)
    return stem if len(raw) <= LONGEST_STEM else os.fsdecode(raw[:LONGEST_STEM].decode("utf-8", "ignore").encode())


def _reserve(target: str) -> None:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise ValueRefused(
            f"{path_text(target)} cannot be written: {why}.", "Choose a folder that is yours and has space."
        ) from error


def _make(path: str) -> None:
    shown = path_text(path) or '""'
    try:
        os.makedirs(path, exist_ok=True)
    except (OSError, ValueError) as error:
        if os.path.exists(path):
            raise ValueRefused(
                f"The output {shown} is not a folder.", "Name a folder; it is made if need be."
            ) from error
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise ValueRefused(f"The folder {shown} cannot be made: {why}.", "Choose another folder.") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ValueRefused(f"The folder {shown} may not be written to by you.", "Choose another folder.")
