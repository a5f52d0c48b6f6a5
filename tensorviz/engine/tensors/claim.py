"""Which folder a program saves its session in, when several are open at once: each has one of its own.

Must not know what is saved.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from pathlib import Path

OWNER = "owner"
MOST = 50  # programs that are open at once


def claimed(folder: Path) -> Path | None:
    """The folder itself, or one beside it ("session-2") while another program that is alive has it.

    None when no folder can be had; then nothing is saved.
    """
    for number in range(1, MOST + 1):
        place = folder if number == 1 else folder.with_name(f"{folder.name}-{number}")
        with contextlib.suppress(OSError):
            if _take(place):
                return place
    return None


def _take(folder: Path) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / OWNER
    if mark.exists() and _is_alive(mark.read_text(encoding="utf-8", errors="replace")):
        return False
    mark.unlink(missing_ok=True)
    try:
        with mark.open("x", encoding="utf-8") as file:  # of two that are as quick, one fails here
            file.write(_me())
    except FileExistsError:
        return False
    return True


def _me() -> str:
    return f"{os.getpid()} {psutil.Process().create_time()}"


def _is_alive(owner: str) -> bool:
    """Whether the program that wrote the mark is another one and still runs; numbers of processes come again."""
    number, _, started = owner.partition(" ")
    try:
        if int(number) == os.getpid():
            return False
        return abs(psutil.Process(int(number)).create_time() - float(started)) < 1
    except (ValueError, OverflowError, psutil.Error):
        return False
