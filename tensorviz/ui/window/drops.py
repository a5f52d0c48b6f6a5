"""What is dropped or pasted: files, folders, paths as text, or a picture from another program; what names tell of it.

Must not know what is done with it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QPixmap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QMimeData

LINES_READ = 10_000
MOST_ENTRIES = 2_000  # of folders that are looked through for what they hold, all together
CHECKPOINT_SUFFIXES = (".pth", ".pt", ".safetensors")  # of files that can become an own checkpoint
SHARD, INDEX = ".safetensors", ".safetensors.index.json"
PICTURE_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".heic"),
    *(".heif", ".hif", ".avif", ".jp2", ".j2k", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".ico", ".qoi", ".psd"),
    *(".pcx", ".tga", ".dds", ".mpo"),
)

# What a name tells: "plain" is one without a suffix, as most folders have, "unknown" one with another suffix.
Kind = Literal["tensors", "picture", "plain", "unknown"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be taken: local paths, else a picture; neither when nothing can."""

    paths: tuple[str, ...] = ()
    image: QImage | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to take."""
        return not self.paths and self.image is None


def paths_of(mime: QMimeData) -> tuple[str, ...]:
    """The local files and folders that come along."""
    return tuple(url.toLocalFile() for url in mime.urls() if url.isLocalFile())


def offer_of(mime: QMimeData) -> Offer:
    """What dropped or pasted data offers. Files go before the picture data that browsers send along with them."""
    paths = paths_of(mime)
    if not paths and not mime.hasImage() and mime.hasText():
        paths = paths_in(mime.text())
    if paths:
        return Offer(paths)
    return Offer(image=_image_of(mime)) if mime.hasImage() else Offer()


def kind_of(path: str, tensor_suffixes: tuple[str, ...]) -> Kind:
    """What a name tells, with no look at the disk. tensor_suffixes: of files of tensors, lower case."""
    name = path.casefold()
    if tensor_suffixes and name.endswith(tensor_suffixes):
        return "tensors"
    if name.endswith(PICTURE_SUFFIXES):
        return "picture"
    return "unknown" if os.path.splitext(path)[1] else "plain"  # noqa: PTH122 - the text alone; no Path for thousands


def is_checkpoint(path: str) -> bool:
    """Whether a file is named like one that can become an own checkpoint; what is in it is for the engine to find."""
    return path.casefold().endswith(CHECKPOINT_SUFFIXES)


@dataclass(frozen=True, slots=True)
class Given:
    """What was given, by what it is: files of tensors (and folders that are sets of them), and everything else."""

    files: tuple[str, ...]
    others: tuple[str, ...]


def sort_out(paths: Iterable[str], tensor_suffixes: tuple[str, ...]) -> Given:
    """Tells files of tensors from pictures by their names, and folders by what a short look into them finds."""
    files: list[str] = []
    others: list[str] = []
    budget = MOST_ENTRIES
    for path in paths:
        kind = kind_of(path, tensor_suffixes)
        if kind in ("plain", "unknown") and budget > 0:
            entries = _entries(path, budget)
            budget -= len(entries) + 1
            kind = "tensors" if is_set(entries) else kind
        (files if kind == "tensors" else others).append(path)
    return Given(tuple(files), tuple(others))


def is_set(entries: Sequence[str]) -> bool:
    """Whether a folder with entries of these names is a set of safetensors files: it has one index, or nothing else."""
    names = [name.casefold() for name in entries if not name.startswith(".")]
    if (indices := sum(name.endswith(INDEX) for name in names)) > 0:
        return indices == 1
    return bool(names) and all(name.endswith(SHARD) for name in names)


def _entries(path: str, most: int) -> list[str]:
    """The first names in a folder; none for what is no folder, or cannot be read."""
    try:
        with os.scandir(path) as found:
            return [entry.name for entry, _ in zip(found, range(most), strict=False)]
    except (OSError, ValueError):
        return []


def paths_in(text: str) -> tuple[str, ...]:
    """The paths in a text, one per line, as file managers and terminals copy them; empty unless every line is one."""
    lines = [line.strip() for line in text.splitlines()[:LINES_READ] if line.strip()]
    paths = [_path_of(line) for line in lines]
    return tuple(path for path in paths if path) if all(paths) else ()


def _path_of(line: str) -> str:
    if line.startswith("file:"):
        return QUrl(line).toLocalFile()
    if len(line) > 1 and line[0] == line[-1] and line[0] in "'\"":
        line = line[1:-1]
    try:
        path = Path(line).expanduser()
        return str(path) if path.is_absolute() and path.exists() else ""
    except (OSError, ValueError, RuntimeError):  # too long for a path, a zero byte, no such user
        return ""


def _image_of(mime: QMimeData) -> QImage | None:
    data = mime.imageData()
    image = data.toImage() if isinstance(data, QPixmap) else data
    return image if isinstance(image, QImage) and not image.isNull() else None
