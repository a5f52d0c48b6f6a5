"""What a file is that holds no tensors we read, in a sentence and with a hint.

Must not know the formats that are read.
"""

from __future__ import annotations

from types import MappingProxyType

SAVE_AGAIN = "torch.save(network.state_dict(), FILE) makes a file that can be looked at."
LATER = "It is not read yet. Convert it to .safetensors or .pt."
PICTURE = "`tensorviz classify` takes pictures; in the window it can be dropped as a picture."
BEGINNINGS = MappingProxyType(
    {
        b"\x89PNG": ("a picture (PNG)", PICTURE),
        b"\xff\xd8\xff": ("a picture (JPEG)", PICTURE),
        b"GIF8": ("a picture (GIF)", PICTURE),
        b"BM": ("a picture (BMP)", PICTURE),
        b"II*\0": ("a picture (TIFF)", PICTURE),
        b"MM\0*": ("a picture (TIFF)", PICTURE),
        b"GGUF": ("a GGUF file", LATER),
        b"\x89HDF\r\n\x1a\n": ("an HDF5 file", LATER),
        b"\x1f\x8b": ("compressed with gzip", "Unpack it first: gunzip FILE."),
        b"BZh": ("compressed with bzip2", "Unpack it first."),
        b"\xfd7zXZ": ("compressed with xz", "Unpack it first."),
        b"\x28\xb5\x2f\xfd": ("compressed with zstd", "Unpack it first."),
        b"7z\xbc\xaf": ("a 7-Zip archive", "Unpack it first."),
        b"Rar!": ("a RAR archive", "Unpack it first."),
        b"%PDF": ("a PDF document", "Is it the file you meant?"),
        b"\x7fELF": ("a program", "Is it the file you meant?"),
        b"MZ": ("a program for Windows", "Is it the file you meant?"),
    }
)
PAGES = (b"<!doctype", b"<html", b"<?xml", b"<head")
RAW = "If it is raw numbers, give --dtype and --shape."


def what_it_is(head: bytes, suffix: str) -> tuple[str, str]:
    """What a file that begins with `head` is ("a text file"), and what to try."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"version https://git-lfs"):
        return "a git-lfs pointer, not the file itself", "Run `git lfs pull` where it comes from."
    if start.startswith(PAGES):
        return "a web page, saved under another name", "Download the file behind the page's link."
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return BEGINNINGS[b"\x89PNG"][0].replace("PNG", "WebP"), PICTURE
    if b"ustar" in head[250:270]:
        return "a tar archive", f"Unpack it; files of torch before 0.1.10 were such archives: {SAVE_AGAIN}"
    for beginning, answer in BEGINNINGS.items():
        if head.startswith(beginning):
            return answer
    if not head.strip(b"\0"):
        return "nothing but zero bytes at its beginning", f"A damaged download? Get it again. {RAW}"
    if _is_text(head):
        return "a text file", "Is it the file you meant?"
    known = f" under the name of a {suffix} file" if suffix else ""
    return f"of an unknown kind{known} (it begins with {head[:4].hex(' ')})", f"A damaged download? {RAW}"


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head[: max(len(head) - 3, 1)].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 8 and error.start > 0
    return True
