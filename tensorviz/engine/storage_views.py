"""Tensors as the storage picture needs them: grouped by storage, with the texts of the cells that are drawn.

Must not know the console or how a picture is painted. Reads the cells that are drawn, never a whole storage.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import torch

from tensorviz.core.colours import keys_alike
from tensorviz.core.dtypes import DType, decode, dtype_named, unpacked
from tensorviz.core.layout import Layout
from tensorviz.core.number_text import NumberText, number_text
from tensorviz.core.storage_picture import MOST_CELLS, StorageView, TensorView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

FIGURES = 7  # characters of a number in a cell


def layout_of(tensor: torch.Tensor) -> Layout:
    """Size, stride, offset and element size of a strided tensor."""
    return Layout(tuple(tensor.shape), tuple(tensor.stride()), int(tensor.storage_offset()), tensor.element_size())


def storage_views(
    tensors: Mapping[str, torch.Tensor], name_of: Callable[[torch.Tensor], str]
) -> tuple[StorageView, ...]:
    """The storages of the tensors in the order of `name_of`, which names a tensor's storage.

    Tensors without readable memory (meta, sparse) have no storage to draw and are left out.
    """
    groups: dict[str, list[tuple[str, torch.Tensor]]] = {}
    for name, tensor in tensors.items():
        if has_memory(tensor):
            groups.setdefault(name_of(tensor), []).append((name, tensor))
    return tuple(_view(key, groups[key]) for key in sorted(groups, key=lambda key: (len(key), key)))


def has_memory(tensor: torch.Tensor) -> bool:
    """Whether a tensor looks at a storage that can be read."""
    return tensor.layout is torch.strided and not tensor.is_meta and not tensor.is_quantized


def _view(key: str, members: Sequence[tuple[str, torch.Tensor]]) -> StorageView:
    tensor = members[0][1]
    kind = _commonest(tensor for _, tensor in members)
    layouts = [layout_of(each) for _, each in members]
    keys = keys_alike([[s * one.itemsize for s in one.stride] for one in layouts], [one.shape for one in layouts])
    views = tuple(
        TensorView(name, layout, _name(each.dtype), of_dims)
        for (name, each), layout, of_dims in zip(members, layouts, keys, strict=True)
    )
    nbytes = tensor.untyped_storage().nbytes()
    return StorageView(key, nbytes, kind.itemsize, kind.name, cells(tensor, kind), views, device=str(tensor.device))


def cells(tensor: torch.Tensor, kind: DType, first: int = 0, count: int = MOST_CELLS) -> tuple[NumberText, ...]:
    """The texts of `count` cells of the tensor's storage from cell `first` on, read as elements of type `kind`."""
    storage = tensor.untyped_storage()
    whole = torch.empty(0, dtype=torch.uint8, device=tensor.device).set_(storage)
    size = kind.itemsize
    stop = min(first + count, storage.nbytes() // size)
    window = whole[first * size : stop * size].to("cpu", copy=True)  # numpy() would forbid its storage to be resized
    raw = bytes(window.numpy())
    return tuple(_text(raw[at : at + size], kind) for at in range(0, len(raw), size))


def _text(raw: bytes, kind: DType) -> NumberText:
    if kind.kind == "packed":
        return NumberText(" ".join(f"{value:g}" for value in unpacked(raw[0])))
    return number_text(decode(raw, kind), kind, FIGURES * 2 if kind.kind == "complex" else FIGURES)


def _commonest(tensors: Iterable[torch.Tensor]) -> DType:
    [(name, _)] = Counter(_name(tensor.dtype) for tensor in tensors).most_common(1)
    return dtype_named(name)


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
