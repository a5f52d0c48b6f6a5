"""A tensor in one line that a person can read.

Must not know the session.
"""

from __future__ import annotations

import torch

from tensorviz.core.text import bytes_text, count_text

FORMATS = ((4, torch.channels_last, "channels_last"), (5, torch.channels_last_3d, "channels_last_3d"))


def describe(tensor: torch.Tensor) -> str:
    """One line about `tensor`: shape, stride (in elements), storage offset, dtype, device, storage (bytes), contiguity.

    tensor: any strided torch tensor, also without elements or on the meta device. Raises TypeError for anything else.
    Nothing is read from the elements, so a tensor on a GPU is described without moving it.

    >>> describe(torch.arange(6.).reshape(3, 2).t())
    'tensor 2x3, stride (1, 2), offset 0, float32, cpu, the whole storage of 24 bytes, not contiguous, a view'
    """
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"describe() takes a torch.Tensor, and a {type(tensor).__name__} was given")
    if tensor.layout != torch.strided:
        layout = str(tensor.layout).removeprefix("torch.")
        return f"tensor {_shape(tensor)}, {layout}, {_dtype(tensor)}, {tensor.device}"
    parts = (
        f"tensor {_shape(tensor)}",
        f"stride {_tuple(tensor.stride())}",
        f"offset {tensor.storage_offset()}",
        _dtype(tensor),
        str(tensor.device),
        _storage(tensor),
        _contiguity(tensor),
        *_remarks(tensor),
    )
    return ", ".join(parts)


def _shape(tensor: torch.Tensor) -> str:
    return "x".join(map(str, tensor.shape)) if tensor.dim() else "scalar ()"


def _tuple(values: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, values))})"


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _storage(tensor: torch.Tensor) -> str:
    if tensor.is_meta:
        return "no storage"
    size = tensor.untyped_storage().nbytes()
    whole = size // tensor.itemsize
    if tensor.numel() == whole:
        return f"the whole storage of {bytes_text(size)}"
    return f"{count_text(tensor.numel())} elements on a storage of {count_text(whole)} ({bytes_text(size)})"


def _contiguity(tensor: torch.Tensor) -> str:
    if tensor.is_contiguous():
        return "contiguous"
    for dims, layout, name in FORMATS:
        if tensor.dim() == dims and tensor.is_contiguous(memory_format=layout):
            return f"contiguous as {name}"
    return "not contiguous"


def _remarks(tensor: torch.Tensor) -> list[str]:
    facts = (
        (tensor._is_view(), "a view"),
        (tensor.is_conj(), "conjugated when read"),
        (tensor.is_neg(), "negated when read"),
        (tensor.requires_grad, "requires grad"),
    )
    return [text for fact, text in facts if fact]
