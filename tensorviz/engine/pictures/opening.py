"""Opening one file as a picture, or saying in a sentence why it cannot be one.

Must not know networks, windows or folders. Files are read with ordinary reads and closed before anything is returned.
"""

# Paths are used exactly as given, also those that pathlib would rewrite ("./a", "a//b").
# ruff: noqa: PTH114, PTH115, PTH116, PTH123

from __future__ import annotations

import io
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from PIL import Image, ImageFile, UnidentifiedImageError

from tensorviz.core.errors import Cancelled, NothingFound, PictureUnreadable, TensorvizError
from tensorviz.core.text import bytes_text, count_text, path_text
from tensorviz.engine.hearing import quiet
from tensorviz.engine.pictures import colours, formats

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_FILE = 2_000_000_000  # bytes
LARGEST_PICTURE = 2 * (1024**3 // 4 // 3)  # pixels; the level at which Pillow refuses by itself, about 179 million
HEAD = 1024  # bytes looked at to say what a file is
_AGAIN = "Copy or download it again, or save it anew with an image editor."


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture. image: upright RGB, detached from its file. size: (width, height) as stored, before turning.

    format: Pillow's name ("JPEG"). notes: honest remarks for a person ("16 bits per channel reduced to 8").
    """

    image: Image.Image
    size: tuple[int, int]
    format: str
    notes: tuple[str, ...] = ()


def open_picture(path: str) -> Picture:
    """Decodes the file at `path`, whatever its suffix: the first frame, upright, 8-bit RGB, transparency on white.

    Raises NothingFound when nothing is there, PictureUnreadable for everything else that is in the way.
    """
    with opened(path) as image:
        return picture_of(image)


def picture_of(image: Image.Image) -> Picture:
    """The same for a Pillow image of any mode that somebody else opened. Errors of decoding pass through."""
    with quiet():
        notes = _frame_notes(image) + colours.depth_notes(image)
        by_pillow, form = colours.orientation_before_load(image), image.format or ""
        size = colours.turned_size(image.size, by_pillow)
        image.load()
        orientation, exif_notes = colours.exif_orientation(image)
        rgb, colour_notes = colours.to_rgb(image)
        turns = colours.turn_note(by_pillow) + colours.turn_note(orientation)
        turned = _detached(colours.upright(rgb, orientation))
    return Picture(turned, size, form, turns + notes + exif_notes + colour_notes)


def _detached(image: Image.Image) -> Image.Image:
    """The pixels without the decoder that made them (WEBP and AVIF decoders keep the file and its canvas in memory).

    A JPEG keeps nothing worth a copy.
    """
    return image.copy() if isinstance(image, ImageFile.ImageFile) and image.format != "JPEG" else image


@contextmanager
def opened(path: str) -> Iterator[Image.Image]:
    """The picture in the file, not yet decoded; every error inside the block becomes a sentence about this file."""
    with _readable(path) as file:
        head = file.read(HEAD)
        _check_head(path, head)
        try:
            with quiet(), _identified(path, head, _Reads(file)) as image:
                _check_pixels(path, image.size)
                yield image
        except (TensorvizError, Cancelled):
            raise
        except Exception as error:
            raise _damaged(path, head, error) from error


class _Reads(io.RawIOBase):
    """A file without a descriptor or a name, so that no decoder maps it into memory: a mapped file that another
    program cuts short kills the whole process, a short read is an ordinary error.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> bytes:
        return self._file.readline(-1 if size is None else size)


def _identified(path: str, head: bytes, file: _Reads) -> Image.Image:
    if formats.is_heif(head):
        return _heif(path, file)
    try:
        return Image.open(cast("IO[bytes]", file), formats=formats.available_formats())
    except UnidentifiedImageError as error:
        raise _unidentified(path, head) from error


def _heif(path: str, file: _Reads) -> Image.Image:
    if not formats.heif_available():
        raise _refused(path, formats.HEIF_REFUSAL)
    import pillow_heif

    image: Image.Image = pillow_heif.open_heif(file, convert_hdr_to_8bit=True).to_pillow()
    image.format = "HEIF"
    return image


@contextmanager
def _readable(path: str) -> Iterator[BinaryIO]:
    shown = _shown(path)
    try:
        facts = os.stat(path)
        _check_kind(shown, facts)
        file = open(path, "rb")  # noqa: SIM115 - closed below; only its opening is inside the try
    except OSError as error:
        raise _no_file(path, error) from error
    except ValueError as error:
        raise PictureUnreadable(
            f"The name {shown} cannot be the name of a file.", "Check how it is written."
        ) from error
    with file:
        yield file


def _check_kind(shown: str, facts: os.stat_result) -> None:
    if stat.S_ISDIR(facts.st_mode):
        raise PictureUnreadable(f"{shown} is a folder, not a picture.", "Give a picture in it.")
    if not stat.S_ISREG(facts.st_mode):
        raise PictureUnreadable(
            f"{shown} is not an ordinary file (a pipe, socket or device).", "Save the picture in a file, and give that."
        )
    if facts.st_size == 0:
        raise PictureUnreadable(f"{shown} is empty (0 bytes).", "Copy or download it again.")
    if facts.st_size > LARGEST_FILE:
        raise PictureUnreadable(
            f"{shown} has {bytes_text(facts.st_size)}; pictures of up to {bytes_text(LARGEST_FILE)} are opened.",
            "Make it smaller with an image editor.",
        )


def _no_file(path: str, error: OSError) -> PictureUnreadable | NothingFound:
    shown = _shown(path)
    if os.path.islink(path) and isinstance(error, FileNotFoundError):
        target = path_text(os.readlink(path))
        return PictureUnreadable(
            f"{shown} is a broken link: it points to {target}, which does not exist.", "Repair or remove the link."
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NothingFound(f"{shown} does not exist.", "Check the name and the folder it is in.")
    if isinstance(error, PermissionError):
        return PictureUnreadable(f"{shown} may not be read by you.", "Change its permissions, or copy it elsewhere.")
    why = (error.strerror or type(error).__name__).lower()
    return PictureUnreadable(f"{shown} cannot be opened: {why}.", "Check the path, and the drive that it is on.")


def _check_head(path: str, head: bytes) -> None:
    why = formats.refusal(path, head)
    if why is not None:
        raise _refused(path, why)
    size = formats.declared_size(head)
    if size is not None and 0 in size:
        raise PictureUnreadable(
            f"{_shown(path)} has no pixels: its header says {size[0]} x {size[1]}.",
            "Save the picture again; each side needs at least one pixel.",
        )


def _check_pixels(path: str, size: tuple[int, int]) -> None:
    if size[0] * size[1] > LARGEST_PICTURE:
        raise _too_many_pixels(path, size)


def _too_many_pixels(path: str, size: tuple[int, int] | None) -> PictureUnreadable:
    says = f" says it has {count_text(size[0])} x {count_text(size[1])} pixels, which" if size else "'s size in pixels"
    return PictureUnreadable(
        f"{_shown(path)}{says} is above the limit of {count_text(LARGEST_PICTURE)} pixels"
        " (a small file can unpack to fill the whole memory).",
        "If the picture is meant, make it smaller with an image editor.",
    )


def _refused(path: str, why: formats.Refusal) -> PictureUnreadable:
    return PictureUnreadable(f"{_shown(path)} is {why.what}.", why.hint)


def _unidentified(path: str, head: bytes) -> PictureUnreadable:
    known = formats.known_format(head)
    if known is not None and known not in formats.available_formats():
        return PictureUnreadable(
            f"{_shown(path)} is a picture of format {known}, which this Pillow library cannot read.",
            "Install Pillow from its published wheels, or save the picture as PNG or JPEG.",
        )
    if known is not None:
        return PictureUnreadable(f"{_shown(path)} starts like a {known} picture, but is damaged or cut off.", _AGAIN)
    return PictureUnreadable(
        f"{_shown(path)} holds no picture of a known format.", "Give a JPEG, PNG, WEBP, GIF, BMP or TIFF file."
    )


def _damaged(path: str, head: bytes, error: Exception) -> PictureUnreadable:
    shown, form = _shown(path), formats.known_format(head) or "picture"
    said = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    if isinstance(error, Image.DecompressionBombError):
        return _too_many_pixels(path, formats.declared_size(head))
    if isinstance(error, MemoryError):
        return PictureUnreadable(
            f"{shown} needs more memory than there is.", "Close other programs, or make it smaller."
        )
    if isinstance(error, ValueError) and "too large" in said.lower():
        return PictureUnreadable(
            f"{shown} holds a text or data block that is larger than a picture should have ({said}).",
            "Save it anew with an image editor, without its texts.",
        )
    if "truncated" in said.lower() or isinstance(error, EOFError):
        return PictureUnreadable(f"{shown} is cut off: the {form} data ends early ({said}).", _AGAIN)
    return PictureUnreadable(f"{shown} is damaged: its {form} data cannot be decoded ({said}).", _AGAIN)


def _shown(path: str) -> str:
    try:
        return path_text(path) or '""'
    except UnicodeEncodeError:  # letters that no file name of this system can hold
        return ascii(path)


def _frame_notes(image: Image.Image) -> tuple[str, ...]:
    try:
        several = bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001 - only the second frame is damaged; the first may be fine
        return ("only its first frame can be read",)
    if not several:
        return ()
    return ("first page of several",) if image.format in ("TIFF", "PSD") else (_first_of(image),)


def _first_of(image: Image.Image) -> str:
    return "first of several pictures in the file" if image.format == "MPO" else "first frame of an animation"
