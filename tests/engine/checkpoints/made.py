"""Contents over torch tensors in memory: what a reader would give, without a file.

Must not know what is tested with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from tensorviz.core.layout import Layout
from tensorviz.core.stored import Contents, Leaf, StoredStorage, StoredTensor
from tensorviz.engine.checkpoints.elements import Read


def made(tensors: Mapping[str, torch.Tensor], **more: Any) -> tuple[Contents, Read]:
    """Contents of the tensors by name, their storages shared as torch shares them, and a reader of their bytes."""
    ids: dict[int, str] = {}
    storages: list[StoredStorage] = []
    memory: dict[str, bytes] = {}
    kept = []
    for name, tensor in tensors.items():
        whole = tensor.untyped_storage()
        key = whole.data_ptr() or -id(tensor)
        if key not in ids:
            ids[key] = f"s{len(ids)}"
            storages.append(StoredStorage(ids[key], whole.nbytes(), "made", 0))
            memory[ids[key]] = storage_bytes(tensor)
        kept.append(stored(name, tensor, ids[key]))
    structure = {name: Leaf(at) for at, name in enumerate(tensors)}
    more = {"structure": structure, **more}
    contents = Contents("made", "pt-zip", 0, tuple(kept), tuple(storages), **more)
    return contents, lambda storage, start, stop: memory[storage.id][start:stop]


def stored(name: str, tensor: torch.Tensor, storage: str) -> StoredTensor:
    """The row of one tensor."""
    layout = Layout(tuple(tensor.shape), tuple(tensor.stride()), int(tensor.storage_offset()), tensor.element_size())
    return StoredTensor(
        name, layout, str(tensor.dtype).removeprefix("torch."), storage, conjugated=tensor.is_conj(),
        negated=tensor.is_neg(),
    )  # fmt: skip  # one call


def storage_bytes(tensor: torch.Tensor) -> bytes:
    """The bytes of the tensor's storage."""
    whole = tensor.untyped_storage()
    if not whole.nbytes():
        return b""
    return torch.empty(0, dtype=torch.uint8).set_(whole).numpy().tobytes()
