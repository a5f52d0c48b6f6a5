"""How raw bytes would be taken: what a person wrote about type, sizes and first byte, and what is left or missing.

Must not know files: the number of their bytes is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import ValueRefused
from tensorviz.core.operation_ranges import shape_from_text
from tensorviz.core.stored import RawForm
from tensorviz.core.text import count_text, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = MappingProxyType(
    {
        "Floating point": ("float",),
        "Whole numbers": ("int", "uint"),
        "Complex": ("complex",),
        "Other": ("bool", "packed"),
    }
)
GROUPS = MappingProxyType(
    {title: tuple(name for name, one in DTYPES.items() if one.kind in kinds) for title, kinds in KINDS.items()}
)
LARGEST = 2**63 - 1  # bytes that any file can have
SHAPE_HINT = 'Write whole numbers with commas, as in "3, 224, 224"; one may be -1, for as many as there are.'


@dataclass(frozen=True, slots=True)
class Fit:
    """form: how to take the bytes, None where that makes no sense. sentence: what comes of it, or why it makes none.

    left: bytes after the last element that nothing is made of; None where the file's size is not known.
    """

    form: RawForm | None
    sentence: str
    left: int | None = None


def fit(dtype: str, shape: str, offset: str, big_endian: bool, size: int | None) -> Fit:
    """What would come of a file of `size` bytes (None: not known). shape, offset: as they were typed."""
    try:
        sizes, first = _sizes(shape), _first(offset)
        if size is not None and first > size:
            raise ValueRefused(f"The first byte is to be {count_text(first)}, and the file has {_bytes(size)}.")
        form = RawForm(dtype, sizes, first, big_endian)
        return _fit(form, None if size is None else size - first)
    except ValueRefused as error:
        return Fit(None, str(error))


def shape_text(shape: Sequence[int] | None) -> str:
    """Sizes as they are typed: "3, 224, 224"; "" for one dimension of all."""
    return "" if shape is None else ", ".join(map(str, shape)) if shape else "()"


def _sizes(text: str) -> tuple[int, ...] | None:
    if not text.strip():
        return None
    sizes = shape_from_text(text)
    if sizes is None:
        raise ValueRefused(f'"{text.strip()}" is no shape.', SHAPE_HINT)
    if min(sizes, default=0) < -1:
        raise ValueRefused("A size cannot be negative.", "Only -1 has a meaning: as many as there are.")
    if sizes.count(-1) > 1:
        raise ValueRefused("Only one size can be -1.", "The others say how many there are of the rest.")
    if -1 in sizes and 0 in sizes:
        raise ValueRefused("Beside a size of 0, -1 could be any number.", "Give it as a number.")
    return sizes


def _first(text: str) -> int:
    plain = text.strip().replace(",", "").replace("_", "") or "0"
    try:
        first = int(plain, 0 if plain.lower().startswith("0x") else 10)
    except ValueError:
        raise ValueRefused(f'The first byte "{text.strip()}" is no whole number.', "0 is the start.") from None
    if not 0 <= first <= LARGEST:
        raise ValueRefused("The first byte lies outside any file.", "0 is the start.")
    return first


def _fit(form: RawForm, size: int | None) -> Fit:
    """size: bytes from the first one on."""
    itemsize, sizes = DTYPES[form.dtype].itemsize, tuple(form.shape if form.shape is not None else (-1,))
    known = prod(one for one in sizes if one != -1)
    if known * itemsize > LARGEST:
        raise ValueRefused("No file is that large.", "Give a smaller shape.")
    if size is None:
        return Fit(form, "How many bytes the file has is not known before it is read.")
    if -1 in sizes:
        sizes = tuple(size // (known * itemsize) if one == -1 else one for one in sizes)
    elements = prod(sizes)
    needed, word = elements * itemsize, "element" if elements == 1 else "elements"
    told = f"{_shape(sizes)} {word} of {form.dtype}"
    if needed > size:
        raise ValueRefused(
            f"{told} are {_bytes(needed)}: {count_text(needed - size)} more than there are from the first byte on.",
            "Give a smaller shape or another element type.",
        )
    if not elements:
        return Fit(form, f"{told}: nothing of {_bytes(size)}.", size)
    left = size - needed
    rest = f"{_bytes(left)} after that {'is' if left == 1 else 'are'} left over." if left else "Nothing is left over."
    return Fit(form, f"{told}, {_bytes(needed)}. {rest}", left)


def _shape(sizes: tuple[int, ...]) -> str:
    product = f" = {count_text(prod(sizes))}" if len(sizes) > 1 else ""
    return (" x ".join(map(count_text, sizes)) or "1") + product


def _bytes(count: int) -> str:
    return plural(count, "byte")
