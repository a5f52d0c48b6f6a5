"""Raw bytes as a tensor: the element type, the sizes and the first byte are given, since the file does not tell.

Must not know formats that do tell.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from tensorviz.core.dtypes import dtype_named
from tensorviz.core.errors import CheckpointUnreadable, ValueRefused
from tensorviz.core.layout import contiguous
from tensorviz.core.stored import Contents, RawForm, StoredStorage, StoredTensor
from tensorviz.core.text import count_text, path_text
from tensorviz.engine.positioned import size_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_raw(path: str, file: IO[bytes], form: RawForm) -> Contents:
    """The bytes of the open file as one tensor. Raises NameUnknown, ValueRefused, CheckpointUnreadable."""
    dtype, size = dtype_named(form.dtype), size_of(file)
    if not 0 <= form.offset <= size:
        raise ValueRefused(f"The first byte was to be {form.offset}; {path_text(path)} has {size} bytes.")
    shape = _sizes((-1,) if form.shape is None else form.shape, (size - form.offset) // dtype.itemsize)
    layout = contiguous(shape, dtype.itemsize)
    if layout.nbytes > size - form.offset:
        raise CheckpointUnreadable(
            f"{list(shape)} elements of {dtype.name} were asked for, which are {count_text(layout.nbytes)} bytes; "
            f"{path_text(path)} has {count_text(size - form.offset)} from byte {form.offset} on.",
            "Give a smaller shape or another element type.",
        )
    left = size - form.offset - layout.nbytes
    notes = (f"{count_text(left)} bytes after it are left.",) if left else ()
    storage = StoredStorage("A", layout.nbytes, path, form.offset, big_endian=form.big_endian, file_bytes=size)
    return Contents(path, "raw", size, (StoredTensor("", layout, dtype.name, "A"),), (storage,), notes=notes)


def _sizes(shape: Sequence[int], elements: int) -> tuple[int, ...]:
    if sum(size == -1 for size in shape) > 1 or any(size < -1 for size in shape):
        raise ValueRefused(
            f"The sizes {list(shape)} are no shape.", "Use whole numbers from 0; one may be -1, for all there are."
        )
    known = 1
    for size in shape:
        known *= size if size != -1 else 1
    return tuple((elements // known if known else 0) if size == -1 else size for size in shape)
