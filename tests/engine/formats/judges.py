"""What torch loads from a file and what the reader of the same file says, side by side.

Must not know how a file is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from tensorviz.core.stored import Contents, StoredTensor
from tensorviz.engine.formats import read_contents
from tensorviz.engine.formats.bytes_of import native, read_storage

# Every element type of this torch that can be saved and made of bytes.
DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex128, torch.complex64, torch.complex32,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint64, torch.uint32, torch.uint16, torch.uint8,
    torch.bool, torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz,
    torch.float8_e8m0fnu,
]  # fmt: skip  # a table


def bytes_as(dtype: torch.dtype, count: int, seed: int = 0) -> torch.Tensor:
    """`count` elements of any bits at all (of a bool: 0 and 1)."""
    generator = torch.Generator().manual_seed(seed)
    size = dtype.itemsize
    top = 2 if dtype == torch.bool else 256
    return torch.randint(0, top, (count * size,), generator=generator, dtype=torch.uint8).view(dtype)


def flat(value: Any, name: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors in what torch loaded, by the names that the contract wants: keys joined by dots."""
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from flat(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple):
        for at, item in enumerate(value):
            yield from flat(item, f"{name}.{at}" if name else str(at))


def value_of(tensor: StoredTensor, contents: Contents) -> torch.Tensor:
    """The tensor that the reader's figures lead to, over bytes that it read by position."""
    (storage,) = (s for s in contents.storages if s.id == tensor.storage)
    raw = read_storage(storage)
    assert len(raw) == storage.nbytes
    raw = native(raw, tensor.dtype) if storage.big_endian else raw
    dtype = getattr(torch, tensor.dtype)
    size = dtype.itemsize
    whole = torch.frombuffer(bytearray(raw[: len(raw) // size * size] or bytes(size)), dtype=dtype)
    return whole.as_strided(tensor.layout.shape, tensor.layout.stride, tensor.layout.offset)


def same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors have the same type, shape and bits (NaN included)."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return bits_of(one) == bits_of(other)


def bits_of(tensor: torch.Tensor) -> bytes:
    """All elements in order, as bytes."""
    whole = torch.empty(tensor.shape, dtype=tensor.dtype).copy_(tensor.detach())
    return whole.reshape(-1).as_strided((whole.numel(),), (1,)).view(torch.uint8).numpy().tobytes()


def agree(path: Path, loaded: Any, strides: bool = True) -> Contents:
    """Checks everything that the reader says of the file against what was loaded from it; gives what it said."""
    contents = read_contents(path)
    wanted = dict(flat(loaded))
    assert [tensor.name for tensor in contents.tensors] == list(wanted)
    assert contents.nbytes == path.stat().st_size
    places: dict[int, str] = {}
    for tensor in contents.tensors:
        judge = wanted[tensor.name]
        assert tensor.layout.shape == tuple(judge.shape), tensor.name
        assert tensor.dtype == str(judge.dtype).removeprefix("torch.")
        assert same_bits(value_of(tensor, contents), judge), tensor.name
        assert tensor.is_contiguous == judge.is_contiguous()
        if strides:
            _same_place(tensor, judge, contents, places)
    return contents


def _same_place(tensor: StoredTensor, judge: torch.Tensor, contents: Contents, places: dict[int, str]) -> None:
    assert (tensor.layout.stride, tensor.layout.offset) == (judge.stride(), judge.storage_offset()), tensor.name
    assert tensor.requires_grad == judge.requires_grad
    assert tensor.parameter == isinstance(judge, torch.nn.Parameter)
    storage = judge.untyped_storage()
    (met,) = (s for s in contents.storages if s.id == tensor.storage)
    assert met.nbytes == storage.nbytes()
    if storage.nbytes():  # torch gives all empty storages the place 0
        assert places.setdefault(storage.data_ptr(), tensor.storage) == tensor.storage, "sharing"
        assert len(set(places.values())) == len(places), "sharing"
