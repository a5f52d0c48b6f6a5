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
    from collections.abc import Iterator

    from PIL import Image

    from tensorviz.core.translation import Size

PictureFormat = Literal["png", "jpeg"]
SUFFIXES: dict[str, str] = {"png": ".png", "jpeg": ".jpg"}
FORMS: dict[str, PictureFormat] = {"": "png", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
SETTINGS: dict[str, dict[str, Any]] = {
    "png": {"format": "PNG"},
    "jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
}
LONGEST_STEM = 200  # bytes of a file name that are kept, so that a number and a suffix have room
MOST_NAMES = 100_000
LARGEST_JPEG = 65_500  # pixels a side, of the usual library


class OutputFolder:
    """A folder that gets one file for each picture. Makes it if it is not there.

    Raises ValueRefused when it cannot be made, or is no folder, or may not be written to.
    """

    def __init__(self, path: str | os.PathLike[str], form: PictureFormat = "png") -> None:
        self.path = os.fspath(path)
        self.form = form
        self._used: dict[str, int] = {}
        self._fresh: list[str] = []
        _make(self.path)

    def check(self, size: Size) -> None:
        """Raises ValueRefused when a file of this form holds no picture of (width, height)."""
        _check_size(size, self.form, "Keep it as PNG (--save-as png), or choose a smaller shorter side (--resize).")

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What is kept inside stays when the block ends well; otherwise none of it does."""
        self._fresh = []
        try:
            yield
        except BaseException:
            for path in self._fresh:
                with contextlib.suppress(OSError):
                    Path(path).unlink()
            raise

    def keep(self, image: Image.Image, source: str, ending: str = "") -> str:
        """Writes the picture under the name of its source, or that name with a number when it is taken; gives the path.

        ending: what comes behind the name ("-back"). The file appears whole or not at all. Raises ValueRefused when it
        cannot be written.
        """
        stem = _stem(source) + ending
        suffix = SUFFIXES[self.form]
        target, number = _reserved(self.path, stem, suffix, self._used.get(stem, 0))
        self._used[stem] = max(number, 1)
        _fill(target, image, self.form)
        self._fresh.append(target)
        return target


def keep_as(image: Image.Image, path: str, *, replace: bool = False) -> str:
    """Writes the picture to `path`, or to that name with a number when it is taken; gives the path it has become.

    replace: take the place of the file that has exactly this name, as somebody was asked and agreed.

    .png, .jpg and .jpeg say the form; a name without a suffix gets .png. The file appears whole or not at all. Raises
    ValueRefused for another suffix, and when it cannot be written.
    """
    folder, name = os.path.split(path)
    stem, suffix = os.path.splitext(name)
    form = FORMS.get(suffix.lower())
    if form is None or not stem:
        wrong = f"ends in {path_text(suffix)}" if stem else "names no file"
        raise ValueRefused(
            f"{path_text(path) or 'An empty name'} {wrong}, and pictures are written as .png or .jpg.",
            "For example picture.png.",
        )
    if form == "jpeg" and max(image.size) > LARGEST_JPEG:
        raise ValueRefused(
            f"The picture has {image.width} x {image.height} pixels, and JPEG holds {LARGEST_JPEG} a side at most.",
            "Save it as .png.",
        )
    if replace and suffix and os.path.exists(path):
        with replacing_bytes(path) as file:
            image.save(file, **SETTINGS[form])
        return path
    target, _ = _reserved(folder, stem, suffix or SUFFIXES[form], 0)
    _fill(target, image, form)
    return target


def _check_size(size: Size, form: PictureFormat, hint: str) -> None:
    if form == "jpeg" and max(size) > LARGEST_JPEG:
        raise ValueRefused(
            f"The picture has {size[0]} x {size[1]} pixels, and JPEG holds {LARGEST_JPEG} a side at most.", hint
        )


def _fill(target: str, image: Image.Image, form: PictureFormat) -> None:
    """Puts the picture in the place of the empty file that was reserved."""
    try:
        with replacing_bytes(target) as file:
            image.save(file, **SETTINGS[form])
    except BaseException:
        with contextlib.suppress(OSError):
            Path(target).unlink()  # ours, and empty
        raise


def _reserved(folder: str, stem: str, suffix: str, first: int) -> tuple[str, int]:
    """A path of our own in the folder, where an empty file now lies, and its number; `first` is where to look first."""
    for number in chain((0,), count(max(first, 1))):
        target = os.path.join(folder, (f"{stem}-{number}" if number else stem) + suffix)
        if number > MOST_NAMES:
            break
        with contextlib.suppress(FileExistsError):
            _reserve(target)
            return target, number
    raise ValueRefused(f"{path_text(folder)} is full of files named {path_text(stem)}.", "Choose another folder.")


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
