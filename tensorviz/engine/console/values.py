"""What the language has beside tensors and Python's own values: functions, types, namespaces, handles.

Must not know which of them there are, nor how they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

Kind = Literal["torch", "numpy", "python"]


@dataclass(frozen=True, eq=False, slots=True)
class Function:
    """Something that may be called. A "python" one takes the machine first; the others get checked values only.

    bound: the value it is a method of, handed over first.
    """

    name: str
    call: Callable[..., Any]
    kind: Kind
    bound: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return f"<{'method' if self.bound else 'function'} {self.name}>"


@dataclass(frozen=True, eq=False, slots=True)
class TypeName:
    """A type: for isinstance, for `except`, as a dtype; callable where `make` is given."""

    of: type
    name: str
    make: Function | None = None

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypeName) and other.of is self.of

    def __hash__(self) -> int:
        return hash(self.of)


@dataclass(frozen=True, eq=False, slots=True)
class Namespace:
    """Names behind a dot, such as `torch.nn.functional`. hints: why a name that people look for is not there."""

    name: str
    members: Mapping[str, Any]
    files: frozenset[str] = frozenset()
    refusals: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<module '{self.name}'>"


@dataclass(frozen=True, eq=False, slots=True)
class GradSwitch:
    """`torch.no_grad()` or `torch.enable_grad()`, for `with`."""

    enabled: bool

    def __repr__(self) -> str:
        return f"<torch.{'enable' if self.enabled else 'no'}_grad()>"


class StorageHandle:
    """The storage of a tensor as the language may hold it: read and written by index, never resized.

    A storage that shrinks under a tensor lets it read memory that is not its own; hence no way to the real one.
    """

    __slots__ = ("_flat", "typed")

    def __init__(self, tensor: torch.Tensor, typed: bool) -> None:
        self.typed = typed
        dtype = tensor.dtype if typed else torch.uint8
        storage = tensor.untyped_storage()
        count = storage.nbytes() // dtype.itemsize
        with torch.no_grad():
            self._flat = torch.empty(0, dtype=dtype, device=tensor.device).set_(storage, 0, (count,), (1,))

    @property
    def flat(self) -> torch.Tensor:
        """All its elements, as a 1-D tensor on it."""
        return self._flat

    def __len__(self) -> int:
        return self._flat.numel()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self._flat[index].tolist()
        return self._flat[self._checked(index)].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._flat[index if isinstance(index, slice) else self._checked(index)] = value

    def _checked(self, index: Any) -> int:
        number = int(index)
        if not -len(self) <= number < len(self):
            raise IndexError(f"index {number} is outside a storage of {len(self)} elements")
        return number

    def __iter__(self) -> Any:
        return iter(self._flat.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StorageHandle) and identity_of(other.flat) == identity_of(self.flat)

    __hash__ = None  # type: ignore[assignment]  # its elements can change

    def __repr__(self) -> str:
        kind = "torch.storage.TypedStorage" if self.typed else "torch.storage.UntypedStorage"
        dtype = f"dtype={self._flat.dtype}, " if self.typed else ""
        shown = self._flat if len(self) <= 1000 else torch.cat((self._flat[:3], self._flat[-3:]))
        lines = [f" {value}" for value in shown.tolist()]
        if len(self) > 1000:
            lines.insert(3, " ...")
        size = f"of size {len(self)}"
        return "\n".join((*lines, f"[{kind}({dtype}device={self._flat.device}) {size}]"))


def identity_of(tensor: torch.Tensor) -> tuple[str, int]:
    """Which memory a tensor lives on: equal for two tensors exactly when their storages begin at the same byte.

    A storage without bytes is itself only.
    """
    storage = tensor.untyped_storage()
    start = 0 if tensor.is_meta else storage.data_ptr()
    return (str(tensor.device), start or -int(storage._cdata))
