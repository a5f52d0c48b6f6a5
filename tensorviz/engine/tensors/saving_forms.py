"""How tensors are written, by the suffix of the file: .pt, .safetensors, .npy and .csv.

Must not know the session: what is written comes as `Contents`, and a function that reads its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tensorviz.core.checkpoint_layout import exact_bytes
from tensorviz.core.checkpoint_packing import packed
from tensorviz.core.checkpoint_refusals import refusals
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import ValueRefused
from tensorviz.core.layout import Layout, contiguous_strides
from tensorviz.core.text import count_text
from tensorviz.engine.checkpoints.compact import compact
from tensorviz.engine.checkpoints.convert import to_safetensors
from tensorviz.engine.checkpoints.elements import Source, block_limit, blocks
from tensorviz.engine.formats import read_contents
from tensorviz.engine.tensors.saving_text import texts_of
from tensorviz.engine.writing import check_room, replacing_bytes

if TYPE_CHECKING:
    from tensorviz.core.stored import Contents, StoredTensor
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.checkpoints.elements import Read

MOST_IN_CSV = 1_000_000  # elements
Said = Callable[[int, int], None]


class Taken(NamedTuple):
    """Tensors as a file would hold them, what reads their bytes, and what is not as it was already."""

    contents: Contents
    read: Read
    notes: tuple[str, ...] = ()


class Saved(NamedTuple):
    """The bytes of the file, and what is not in it as it was in the session, in sentences."""

    nbytes: int
    notes: tuple[str, ...]


class Form(NamedTuple):
    """A way to write. single: whether a file holds one tensor. typed: whether a storage has one type of element."""

    write: Callable[[Taken, Said, CancelToken], Saved]
    single: bool = False
    typed: bool = False


# ------------------------------------------------------------------------------------------------ several tensors


def write_pt(taken: Taken, said: Said, token: CancelToken) -> Saved:
    """What torch.load reads with weights_only=True; sharing and strides are kept, bytes that none reaches left out."""
    contents = taken.contents
    written = compact(
        contents, taken.read, contents.path, reopen=read_contents, progress=said, cancel=token
    )  # fmt: skip  # one call
    left = contents.nbytes - sum(_packed_bytes(contents))
    notes = [f"{exact_bytes(left)} of storage that nothing here looks at were left out."] if left > 0 else []
    return Saved(written.nbytes, (*taken.notes, *notes, *written.lost))


def _packed_bytes(contents: Contents) -> Iterator[int]:
    layouts: dict[str, list[Layout]] = {}
    for tensor in contents.tensors:
        layouts.setdefault(tensor.storage, []).append(tensor.layout)
    yield from (packed(group).nbytes for group in layouts.values())


def write_safetensors(taken: Taken, said: Said, token: CancelToken) -> Saved:
    """Each tensor contiguous, with bytes of its own."""
    contents = taken.contents
    hard = [one for one in refusals(contents) if one.kind in ("dtype", "name")]
    if hard:
        first = hard[0]
        more = f" So are {len(hard) - 1} more." if len(hard) > 1 else ""
        repair = f"{first.repair[0].upper()}{first.repair[1:]}, or save as .pt.{more}"
        raise ValueRefused(f'"{first.name}" cannot be saved as safetensors: {first.reason}.', repair)
    written = to_safetensors(contents, taken.read, contents.path, progress=said, cancel=token)
    return Saved(written.nbytes, (*taken.notes, *written.lost))


# ------------------------------------------------------------------------------------------------------ one tensor


def write_npy(taken: Taken, said: Said, token: CancelToken) -> Saved:
    """A NumPy file, in C order, or in Fortran order where the tensor lies so."""
    tensor = taken.contents.tensors[0]
    name = DTYPES[tensor.dtype].numpy
    if name is None:
        raise ValueRefused(f"NumPy has no element type {tensor.dtype}.", _instead(tensor))
    layout, columns = tensor.layout, _by_columns(tensor.layout)
    order = Layout(layout.shape[::-1], layout.stride[::-1], layout.offset, layout.itemsize) if columns else layout
    descr = np.dtype(name).newbyteorder("<").str
    check_room(taken.contents.path, layout.nbytes)
    with replacing_bytes(taken.contents.path) as file:
        head = {"descr": descr, "fortran_order": columns, "shape": layout.shape}
        np.lib.format.write_array_header_1_0(file, head)
        _write_elements(file, taken, order, said, token)
        nbytes = file.tell()
    strided = not columns and not tensor.is_contiguous
    notes = ["Its strides are not kept: the elements lie one after the other there."] if strided else []
    return Saved(nbytes, (*notes, *_lost(tensor)))


def _by_columns(layout: Layout) -> bool:
    """Whether the elements lie in Fortran order, and not also in C order."""

    def lies(shape: tuple[int, ...], stride: tuple[int, ...]) -> bool:
        rows = zip(shape, stride, contiguous_strides(shape), strict=True)
        return all(size == 1 or step == needed for size, step, needed in rows)

    plain = lies(layout.shape, layout.stride)
    return layout.numel > 0 and not plain and lies(layout.shape[::-1], layout.stride[::-1])


def _instead(tensor: StoredTensor) -> str:
    if tensor.dtype == "complex32":
        return "Convert it, which changes no value: x.to(torch.complex64). Or save as .pt."
    if tensor.dtype.startswith("float4"):
        return "Save its bytes: x.view(torch.uint8). Or save as .pt."
    return "Convert it, which changes no value: x.float(). Or save as .pt."


def _write_elements(file: IO[bytes], taken: Taken, layout: Layout, said: Said, token: CancelToken) -> None:
    for bits in _elements(taken, layout, said, token):
        file.write(bits.tobytes())


def _elements(taken: Taken, layout: Layout, said: Said, token: CancelToken) -> Iterator[np.ndarray[Any, Any]]:
    """All elements in the order of their indices, as bits with signs applied, a block at a time."""
    tensor = taken.contents.tensors[0]
    source, done = Source(tensor, taken.contents.storages[0], taken.read), 0
    for block in blocks(layout, block_limit(layout)):
        token.check()
        yield source.gather(block.layout)
        done += block.layout.nbytes
        said(done, layout.nbytes)


def _lost(tensor: StoredTensor) -> Iterator[str]:
    if tensor.conjugated or tensor.negated:
        yield "A conjugate or minus sign that was to be applied is applied there."
    if tensor.requires_grad:
        yield "That it asked for gradients is not kept."


def write_csv(taken: Taken, said: Said, token: CancelToken) -> Saved:
    """A row a line, numbers between commas; one number a line for a tensor of one dimension."""
    tensor = taken.contents.tensors[0]
    layout, kind = tensor.layout, DTYPES[tensor.dtype]
    if layout.ndim > 2 or layout.numel > MOST_IN_CSV:
        has = f"{layout.ndim} dimensions" if layout.ndim > 2 else f"{count_text(layout.numel)} elements"
        raise ValueRefused(
            f"A .csv file is for up to 2 dimensions and {count_text(MOST_IN_CSV)} elements; this tensor has {has}.",
            "Save a part of it, or all of it as .npy.",
        )
    if kind.kind == "packed":
        raise ValueRefused(f"Elements of {tensor.dtype} are two numbers each.", "Save its bytes: x.view(torch.uint8).")
    columns = layout.shape[1] if layout.ndim == 2 else 1
    met = set[str]()
    with replacing_bytes(taken.contents.path) as file:
        row: list[str] = []
        for bits in _elements(taken, layout, said, token):
            row += texts_of(bits.reshape(-1), kind, met)
            whole = len(row) - len(row) % columns
            lines = [",".join(row[at : at + columns]) for at in range(0, whole, columns)]
            file.write("".join(f"{line}\n" for line in lines).encode("ascii"))
            del row[:whole]
        nbytes = file.tell()
    return Saved(nbytes, (*_csv_notes(tensor, met), *_lost(tensor)))


def _csv_notes(tensor: StoredTensor, met: set[str]) -> Iterator[str]:
    kind, layout = DTYPES[tensor.dtype], tensor.layout
    if kind.kind == "bool":
        yield "True and False are written as 1 and 0."
    if kind.kind == "complex":
        yield "Complex numbers are written as Python does: 1.5-2j."
    if tensor.dtype in ("float32", "float16", "complex64"):
        yield f"The texts are as short as tells them apart: read them as {tensor.dtype}, and they are the same numbers."
    if "nan" in met:
        yield "NaN is written as nan; which bits it had is not kept."
    if "inf" in met:
        yield "Infinities are written as inf and -inf."
    if layout.numel == 0:
        yield f"It has no elements: the file is empty, and its sizes {list(layout.shape)} are not in it."


FORMS = MappingProxyType(
    {
        ".pt": Form(write_pt, typed=True),
        ".pth": Form(write_pt, typed=True),
        ".safetensors": Form(write_safetensors),
        ".npy": Form(write_npy, single=True),
        ".csv": Form(write_csv, single=True),
    }
)
