"""Which files are pictures, by suffix and by their first bytes, and why some are not accepted.

Must not know how a picture is decoded: names, bytes and sentences only.
"""

from __future__ import annotations

import importlib.util
import struct
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Container

# Pillow's name of the format -> its suffixes. Only formats that Pillow decodes itself, without running a program.
# TGA comes last because it has no signature: nearly any file could be taken for one.
FORMATS: dict[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "DIB": (".dib",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif", ".avifs"),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
    "MPO": (".mpo",),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
    "QOI": (".qoi",),
    "ICO": (".ico",),
    "PSD": (".psd",),
    "PCX": (".pcx",),
    "SGI": (".sgi", ".rgb", ".rgba", ".bw"),
    "DDS": (".dds",),
    "TGA": (".tga", ".icb", ".vda", ".vst"),
}
HEIF_SUFFIXES = (".heic", ".heif", ".hif")
# Pictures that a folder may hold and tensorviz cannot decode: listed, so that nothing is left out in silence.
REFUSED_SUFFIXES = (".eps", ".wmf", ".emf", ".svg", ".jxl")
RAW_SUFFIXES = (".dng", ".cr2", ".nef", ".nrw", ".arw", ".orf", ".rw2", ".pef", ".srw")
ACCEPTED_SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes) | set(HEIF_SUFFIXES)
LISTED_SUFFIXES = ACCEPTED_SUFFIXES | set(REFUSED_SUFFIXES)

HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
CONVERT_HINT = "Save it as PNG or JPEG with the program it comes from, and give that."


class Refusal(NamedTuple):
    """What a file turned out to be ("an SVG drawing"), and what to do about it."""

    what: str
    hint: str


HEIF_REFUSAL = Refusal(
    "an HEIC or HEIF picture, and the plug-in that reads them is not installed",
    "Install it with: pip install pillow-heif. Or save the picture as JPEG.",
)
_EPS = Refusal(
    "an EPS or PostScript drawing; reading one means running another program (Ghostscript), which tensorviz never does",
    CONVERT_HINT,
)
_METAFILE = Refusal("a Windows metafile (WMF or EMF), which only Windows itself can draw", CONVERT_HINT)
_PDF = Refusal("a PDF document, not a picture", "Export the page you want as PNG or JPEG, and give that.")
_SVG = Refusal("an SVG drawing: instructions for drawing, without pixels", "Export it as PNG, and give that.")
_JXL = Refusal("a JPEG XL picture, which the Pillow library cannot read", CONVERT_HINT)
_RAW = Refusal(
    "a camera's raw file, which needs developing first", "Give the JPEG that the camera or its program made."
)
_ARCHIVE = Refusal("an archive, not a picture", "Unpack it, and give the pictures or their folder.")
_VIDEO = Refusal("a video, not a picture", "Save a frame of it as PNG or JPEG, and give that.")
_PAGE = Refusal("a web page, not a picture (a download that went wrong?)", "Download the picture itself again.")
_TEXT = Refusal("a text file, not a picture", "Give a picture, for example a JPEG or PNG file.")

_SIGNATURES: tuple[tuple[bytes, Refusal], ...] = (
    (b"%!PS", _EPS),
    (b"\xc5\xd0\xd3\xc6", _EPS),
    (b"\xd7\xcd\xc6\x9a", _METAFILE),
    (b"\x01\x00\x00\x00\x58\x00\x00\x00", _METAFILE),
    (b"\x01\x00\x00\x00\x6c\x00\x00\x00", _METAFILE),
    (b"%PDF", _PDF),
    (b"\xff\x0a", _JXL),
    (b"\x00\x00\x00\x0cJXL ", _JXL),
    (b"PK\x03\x04", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"\x1aE\xdf\xa3", _VIDEO),
)
_KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"qoif", "QOI"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x01\xda", "SGI"),
    (b"DDS ", "DDS"),
)


def has_suffix(path: str, suffixes: Container[str]) -> bool:
    """Whether the path ends in one of the suffixes, in any case of letters."""
    return path[path.rfind(".") :].lower() in suffixes  # pathlib would keep a part of every name in memory


def available_formats() -> tuple[str, ...]:
    """The formats of the table that this Pillow was built with, in the order in which they are tried."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def heif_available() -> bool:
    """Whether the plug-in for HEIC and HEIF is installed."""
    return importlib.util.find_spec("pillow_heif") is not None


def is_heif(head: bytes) -> bool:
    """Whether the first bytes are those of an HEIF file that is no AVIF."""
    brands = head[8 : _box_end(head)]
    return head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS and b"avif" not in brands and b"avis" not in brands


def refusal(path: str, head: bytes) -> Refusal | None:
    """Why a file that starts with `head` is not accepted; None when nothing speaks against trying to decode it."""
    for signature, why in _SIGNATURES:
        if head.startswith(signature):
            return why
    if head[:4] in (b"II*\x00", b"MM\x00*", b"IIU\x00", b"IIRO") and has_suffix(path, RAW_SUFFIXES):
        return _RAW
    if head[4:8] == b"ftyp" and not is_heif(head) and b"avi" not in head[8 : _box_end(head)]:
        return _VIDEO
    return _text_refusal(head)


def known_format(head: bytes) -> str | None:
    """The format that the first bytes announce, for saying what a damaged file was meant to be."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if is_heif(head):
        return "HEIF"
    if head[4:8] == b"ftyp" and b"avi" in head[8 : _box_end(head)]:
        return "AVIF"
    if head[:1] == b"P" and head[1:2] in b"1234567fF" and head[2:3].isspace():
        return "PPM"
    return next((name for signature, name in _KNOWN if head.startswith(signature)), None)


def declared_size(head: bytes) -> tuple[int, int] | None:
    """Width and height as the header states them, for the formats where they stand at a fixed place."""
    kind = known_format(head)
    if kind == "PNG" and len(head) >= 24:
        return _two(">II", head, 16)
    if kind == "GIF" and len(head) >= 10:
        return _two("<HH", head, 6)
    if kind == "BMP" and len(head) >= 26:
        return _two("<ii", head, 18)
    if kind == "QOI" and len(head) >= 12:
        return _two(">II", head, 4)
    if kind == "PPM":
        return _netpbm_size(head)
    return None


def _two(layout: str, head: bytes, at: int) -> tuple[int, int]:
    first, second = struct.unpack_from(layout, head, at)
    return int(first), int(second)


def _netpbm_size(head: bytes) -> tuple[int, int] | None:
    words = head.split()[1:3]
    return (int(words[0]), int(words[1])) if len(words) == 2 and all(word.isdigit() for word in words) else None


def _box_end(head: bytes) -> int:
    return min(int.from_bytes(head[:4], "big"), len(head))


def _text_refusal(head: bytes) -> Refusal | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in start:
        return _SVG
    if start.startswith((b"<!doctype html", b"<html")):
        return _PAGE
    if known_format(head) is not None:
        return None
    return _TEXT if _reads_as_text(head) else None


def _reads_as_text(head: bytes) -> bool:
    if not head or any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3  # the head may end in the middle of a letter
    return True
