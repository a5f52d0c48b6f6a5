"""Variables without memory: for each tensor one on the meta device with its layout, one storage for each real one.

Must not know what is done with them. The real tensors are read for their layouts only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from tensorviz.engine.console.reachable import ATOMS
from tensorviz.engine.console.values import Function, GradSwitch, Namespace, StorageHandle, TypeName, identity_of

if TYPE_CHECKING:
    from tensorviz.engine.console.effects import Key

MOST_INSIDE = 5000  # values of one list, dict or set, the nested ones counted
UNCHANGING = (
    int, float, bool, str, complex, type(None), Function, GradSwitch, Namespace, TypeName, torch.dtype, torch.device,
    torch.memory_format, torch.layout, torch.finfo, torch.iinfo, range, slice, type(Ellipsis),
)  # fmt: skip


class Unmirrored(Exception):
    """A value that cannot be had without its memory: an array, an iterator, a list that is too long."""


class Shadow:
    """Mirrors values. real: the tensor behind each mirror, by the mirror's `id`; storages: those behind theirs."""

    def __init__(self) -> None:
        self.real: dict[int, torch.Tensor] = {}
        self.mirrors: dict[int, torch.Tensor] = {}
        self.storages: dict[Key, torch.Tensor] = {}
        self._bases: dict[Key, torch.UntypedStorage] = {}
        self._done: dict[int, Any] = {}
        self._count = 0

    def of(self, value: Any) -> Any:
        """The value without memory: tensors mirrored, containers copied, the rest as it is. Raises Unmirrored."""
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, UNCHANGING) and not isinstance(value, torch.Generator):
            return value
        if id(value) not in self._done:
            self._count += len(value) if isinstance(value, list | tuple | dict | set) else 1
            if self._count > MOST_INSIDE:
                raise Unmirrored("a list of many values")
            self._done[id(value)] = None  # a list that holds itself ends here
            self._done[id(value)] = self._container(value)
        found = self._done[id(value)]
        if found is None:
            raise Unmirrored("a list that holds itself")
        return found

    def _container(self, value: Any) -> Any:
        if isinstance(value, torch.Size):
            return value
        if isinstance(value, StorageHandle):
            return StorageHandle(self._tensor(value.flat), value.typed)
        if isinstance(value, tuple):
            items = [self.of(item) for item in value]
            return tuple(items) if type(value) is tuple else type(value)(items)
        if isinstance(value, list):
            return [self.of(item) for item in value]
        if isinstance(value, dict):
            return {key: self.of(item) for key, item in value.items()}
        if isinstance(value, set) and all(type(item) in ATOMS for item in value):
            return set(value)
        raise Unmirrored(
            "a NumPy array" if isinstance(value, np.ndarray) else f"a value of type {type(value).__name__}"
        )

    def _tensor(self, real: torch.Tensor) -> torch.Tensor:
        if id(real) in self.mirrors:
            return self.mirrors[id(real)]
        if (
            real.layout is not torch.strided
            or real.is_quantized
            or type(real) not in (torch.Tensor, torch.nn.Parameter)
        ):
            raise Unmirrored("a tensor that is not strided")
        mirror = self._mirror(real)
        self.mirrors[id(real)], self.real[id(mirror)] = mirror, real
        self.storages[identity_of(mirror)] = real
        if real.is_leaf and real.grad is not None:
            mirror.grad = self._tensor(real.grad)
        return mirror

    def _mirror(self, real: torch.Tensor) -> torch.Tensor:
        """The same layout, dtype and marks over the storage that stands for the real one."""
        storage = self._storage(real)
        layout = (storage, real.storage_offset(), real.size(), real.stride())
        with torch.no_grad():
            mirror = torch.empty(0, dtype=real.dtype, device="meta").set_(*layout)
            mirror = mirror.conj() if real.is_conj() else mirror
            mirror = torch._neg_view(mirror) if real.is_neg() else mirror
        if not real.requires_grad:
            return mirror
        if real.is_leaf:
            return mirror.detach().requires_grad_()
        return _computed(mirror)

    def _storage(self, real: torch.Tensor) -> torch.UntypedStorage:
        key = identity_of(real)
        if key not in self._bases:
            size = real.untyped_storage().nbytes()
            self._bases[key] = torch.empty(size, dtype=torch.uint8, device="meta").untyped_storage()
        return self._bases[key]


def _computed(mirror: torch.Tensor) -> torch.Tensor:
    """The mirror as the result of something that autograd watched, so that it may be written in place."""
    with torch.enable_grad():
        room = mirror.untyped_storage().nbytes() // mirror.itemsize
        with torch.no_grad():
            flat = torch.empty(0, dtype=mirror.dtype, device="meta").set_(mirror.untyped_storage(), 0, (room,), (1,))
        flat.mul_(torch.empty((), dtype=mirror.dtype, device="meta", requires_grad=True))
        found = flat.as_strided(mirror.size(), mirror.stride(), mirror.storage_offset())
        found = found.conj() if mirror.is_conj() else found
        return torch._neg_view(found) if mirror.is_neg() else found
