"""Numbers, sizes, durations and paths as text, the same everywhere.

Must not know Qt, torch or the terminal.
"""

from __future__ import annotations

import os


def bytes_text(count: float) -> str:
    """A byte count in decimal units, as drives and torchvision state them: 14242571 -> "14.2 MB"."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(size) < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def count_text(count: int) -> str:
    """A count with thin grouping: 44549160 -> "44,549,160"."""
    return f"{count:,}"


def short_count_text(count: int) -> str:
    """A count in millions or thousands: 44549160 -> "44.5 M"."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.1f} G"
    if count >= 1_000_000:
        return f"{count / 1e6:.1f} M"
    if count >= 1_000:
        return f"{count / 1e3:.1f} k"
    return str(count)


def percent_text(share: float) -> str:
    """A probability as a person reads it: 0.9629 -> "96.3 %", 0.00004 -> "0.004 %"."""
    percent = share * 100
    if percent >= 0.1 or percent == 0:
        return f"{percent:.1f} %"
    return f"{percent:.1g} %" if percent >= 1e-4 else "< 0.0001 %"


def seconds_text(seconds: float) -> str:
    """A duration: "7 ms", "1.3 s", "2 min 5 s", "3 h 12 min"."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def path_text(path: str | os.PathLike[str]) -> str:
    """A path that can be printed: bytes that are not UTF-8 are backslash-escaped, and letters that no path can have."""
    try:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a letter: no file can be named so, and somebody may ask for it all the same
        return os.fspath(path).encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    """The text on one line, with letters escaped that would steer a terminal: names come from anybody's files."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def plural(count: int, word: str) -> str:
    """A count and its word: "1 picture", "3 pictures"."""
    return f"{count_text(count)} {word}{'' if count == 1 else 's'}"


def bytes_pair(part: int, whole: int) -> str:
    """Two sizes in the unit of the larger: "3.96 MB of 4.00 MB"; "all 4.00 MB" only when they are equal."""
    if part == whole:
        return f"all {plural(whole, 'byte')}" if whole < 1000 else f"all {bytes_text(whole)}"
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if whole >= size:
            return f"{_unlike(part, whole, size)} {unit} of {whole / size:.2f} {unit}"
    return f"{part} of {plural(whole, 'byte')}"


def _unlike(part: int, whole: int, size: int) -> str:
    """The part with as many digits as keep it apart from the whole and from nothing."""
    for digits in range(2, 7):
        text = f"{part / size:.{digits}f}"
        if text != f"{whole / size:.{digits}f}" and (not part or float(text)):
            return text
    return f"{part / size:.9f}"
