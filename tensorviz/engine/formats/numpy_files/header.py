"""The header of an .npy array: element type, order of bytes, sizes and strides, read without evaluating anything.

Must not know files: bytes in, facts out.
"""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.layout import Layout, contiguous_strides
from tensorviz.engine.formats.spec import LARGEST, Damaged

if TYPE_CHECKING:
    from collections.abc import Callable

MAGIC = b"\x93NUMPY"
LONGEST = 1 << 16
MOST_DIMENSIONS = 64  # NumPy's own limit
KINDS = MappingProxyType({"f": "float", "i": "int", "u": "uint", "c": "complex"})
DESCR = re.compile(r"""['"]descr['"]\s*:\s*(?:'([^']*)'|"([^"]*)")\s*,?""")
ORDER = re.compile(r"""['"]fortran_order['"]\s*:\s*(True|False)\s*,?""")
SHAPE = re.compile(r"""['"]shape['"]\s*:\s*\(([\d\sL,]*)\)\s*,?""")
CODE = re.compile(r"([<>|=]?)([a-zA-Z?])(\d*)")


@dataclass(frozen=True, slots=True)
class Header:
    """An array: its layout, its type, and where its first byte lies after the beginning of the header."""

    layout: Layout
    dtype: str
    big_endian: bool
    length: int


def read_header(take: Callable[[int], bytes]) -> Header:
    """The header whose next bytes `take(count)` gives, fewer where they end. Raises Damaged."""
    start = take(8)
    if len(start) < 8 or not start.startswith(MAGIC):
        raise Damaged("it does not begin as an array does")
    form = "<H" if start[6] == 1 else "<I"
    if start[6] not in (1, 2, 3):
        raise Damaged(f"its version {start[6]}.{start[7]} is unknown")
    raw = take(struct.calcsize(form))
    length = struct.unpack(form, raw)[0] if len(raw) == struct.calcsize(form) else LONGEST + 1
    if length > LONGEST:
        raise Damaged("its header is cut short or far too long")
    text = take(length)
    if len(text) < length:
        raise Damaged("its header is cut short")
    return _parsed(text.decode("utf-8" if start[6] == 3 else "latin-1", "replace"), 8 + len(raw) + length)


def _parsed(text: str, length: int) -> Header:
    shape, order, descr = SHAPE.search(text), ORDER.search(text), DESCR.search(text)
    if shape is None or order is None or "descr" not in text:
        raise Damaged("its header is damaged")
    if descr is None:
        raise Damaged("its elements are records of several fields", "Save the fields one by one.")
    rest = SHAPE.sub("", ORDER.sub("", DESCR.sub("", text, 1), 1), 1)
    if rest.strip() not in ("{}", "{ }") and re.sub(r"\s", "", rest) != "{}":
        raise Damaged("its header is damaged")
    dtype, big_endian = _element(descr[1] if descr[1] is not None else descr[2])
    return Header(_layout(shape[1], order[1] == "True", DTYPES[dtype].itemsize), dtype, big_endian, length)


def _element(descr: str) -> tuple[str, bool]:
    """The type's name, and whether its bytes are in the big order."""
    met = CODE.fullmatch(descr)
    if met is None:
        raise Damaged(f"its element type {descr[:40]!r} is unknown")
    order, kind, size = met[1], met[2], int(met[3][:6] or 0)
    if kind == "O":
        raise Damaged(
            "it holds Python objects, and reading those would run code of the file", "Save numbers, not objects."
        )
    name = "bool" if (kind, size) == ("b", 1) or kind == "?" else f"{KINDS.get(kind, '')}{8 * size}"
    if name not in DTYPES or kind not in (*KINDS, "b", "?"):
        words = {"U": "texts", "S": "byte strings", "a": "byte strings", "M": "dates", "m": "spans of time"}
        raise Damaged(f"its elements are {words.get(kind, f'of the type {descr[:40]!r}')}, which no tensor holds")
    return name, order == ">"


def _layout(sizes: str, fortran: bool, itemsize: int) -> Layout:
    words = [word.strip().rstrip("L") for word in sizes.split(",")]
    if words and words[-1] == "":
        words.pop()
    elif len(words) == 1 and words[0]:
        raise Damaged("its header is damaged: its sizes are no tuple")
    if len(words) > MOST_DIMENSIONS or not all(word.isdecimal() and len(word) < 20 for word in words):
        raise Damaged("its sizes cannot be")
    shape = tuple(map(int, words))
    if math.prod(size or 1 for size in shape) >= LARGEST:
        raise Damaged("its sizes cannot be")
    stride = contiguous_strides(shape[::-1])[::-1] if fortran else contiguous_strides(shape)
    return Layout(shape, stride, 0, itemsize)
