"""What is dropped or pasted: files, folders, paths as text, or a picture from another program.

Must not know what is done with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QPixmap

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

LINES_READ = 10_000
CHECKPOINT_SUFFIXES = (".pth", ".pt", ".safetensors")


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be taken: local paths, else a picture; neither when nothing can."""

    paths: tuple[str, ...] = ()
    image: QImage | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to take."""
        return not self.paths and self.image is None


def may_hold_pictures(mime: QMimeData) -> bool:
    """Whether a drag is worth showing a place for; decided without reading its data."""
    return mime.hasImage() or any(url.isLocalFile() for url in mime.urls())


def offer_of(mime: QMimeData) -> Offer:
    """What dropped or pasted data offers. Files go before the picture data that browsers send along with them."""
    paths = tuple(url.toLocalFile() for url in mime.urls() if url.isLocalFile())
    if not paths and not mime.hasImage() and mime.hasText():
        paths = paths_in(mime.text())
    if paths:
        return Offer(paths)
    return Offer(image=_image_of(mime)) if mime.hasImage() else Offer()


def is_checkpoint(path: str) -> bool:
    """Whether a file is named like one that holds weights; what is in it is for the engine to find out."""
    return path.casefold().endswith(CHECKPOINT_SUFFIXES)


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
