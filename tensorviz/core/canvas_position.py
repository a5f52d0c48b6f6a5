"""Where a person wants to go in a storage: an element as a number, or a byte.

Must not know who asks.
"""

from __future__ import annotations

import re

from tensorviz.core.errors import ValueRefused

NUMBER = re.compile(r"(0x[0-9a-f]+|\d[\d,_ ]*)(b|byte|bytes)?")


def address_of(text: str, cells: int, cell_bytes: int) -> int:
    """The cell that a text names: "12", "1,024", "0x1f", "48b" (a byte), "0x30 b".

    Raises ValueRefused for a text that names none of the storage's cells.
    """
    found = NUMBER.fullmatch(text.strip().lower())
    # "0x1b" is 27, and the last digit no suffix: a hexadecimal number takes its suffix after a space.
    parts = found.groups() if found is not None else ("", None)
    if found is None:
        spaced = re.fullmatch(r"(0x[0-9a-f]+) +(b|byte|bytes)", text.strip().lower())
        if spaced is None:
            raise ValueRefused(
                f"{text.strip()!r} is no place in a storage.", "Write an element as 12 or 0x1f, a byte as 48b."
            )
        parts = spaced.groups()
    digits = re.sub(r"[,_ ]", "", parts[0] or "")
    number = int(digits, 16) if digits.startswith("0x") else int(digits)
    address = number // cell_bytes if parts[1] else number
    if address >= cells:
        last = f"The last element is {cells - 1:,}, byte {cells * cell_bytes - 1:,}." if cells else "It has no cells."
        raise ValueRefused(f"{text.strip()} is outside the storage.", last)
    return address
