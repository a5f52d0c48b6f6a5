"""Writes the pickle of a torch file: plain values, dicts and tensors, and only the names that tensors need.

Must not know files or torch: a structure in, bytes out. What it writes, torch.load reads with weights_only=True.
"""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tensorviz.core.stored import Leaf, StoredTensor, Unread

if TYPE_CHECKING:
    from collections.abc import Callable

STORAGES = MappingProxyType(
    {
        "float64": "DoubleStorage", "float32": "FloatStorage", "float16": "HalfStorage", "bfloat16": "BFloat16Storage",
        "int64": "LongStorage", "int32": "IntStorage", "int16": "ShortStorage", "int8": "CharStorage",
        "uint8": "ByteStorage", "bool": "BoolStorage", "complex128": "ComplexDoubleStorage",
        "complex64": "ComplexFloatStorage",
    }
)  # fmt: skip  # a table
DEEPEST = 200


class CannotPickle(Exception):
    """The structure is nested too deeply, or holds what no plain pickle has."""


class StructurePickle:
    """Builds the pickle. `storage_of` gives for a tensor the key, device and bytes of the storage that it will have.

    lost: names of the places whose value was not read and is None now.
    """

    def __init__(
        self, tensors: tuple[StoredTensor, ...], storage_of: Callable[[StoredTensor], tuple[str, str, int]]
    ) -> None:
        self._tensors, self._storage_of = tensors, storage_of
        self._out: list[bytes] = [b"\x80\x02"]
        self._memo: dict[int, int] = {}
        self.lost: list[str] = []

    def whole(self, structure: Any) -> bytes:
        """The bytes. Raises CannotPickle."""
        self._value(structure, "", 0)
        return b"".join([*self._out, b"."])

    def _value(self, value: Any, name: str, depth: int) -> None:
        if depth > DEEPEST:
            raise CannotPickle("it is nested too deeply")
        if isinstance(value, Leaf):
            self._tensor(value.tensor)
        elif isinstance(value, Unread):
            self.lost.append(name)
            self._out.append(b"N")
        elif isinstance(value, dict):
            self._dict(value, name, depth)
        elif isinstance(value, list | tuple | set | frozenset):
            self._row(value, name, depth)
        else:
            self._plain(value)

    def _dict(self, value: dict[Any, Any], name: str, depth: int) -> None:
        self._out.append(b"ccollections\nOrderedDict\n)R" if isinstance(value, OrderedDict) else b"}")
        self._out.append(b"(")
        for key, inner in value.items():
            if isinstance(key, Unread):
                self.lost.append(f"{name}.{key.text}" if name else key.text)
                continue
            self._plain(key)
            self._value(inner, f"{name}.{key}" if name else str(key), depth + 1)
        self._out.append(b"u")

    def _row(self, value: list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any], name: str, depth: int) -> None:
        if isinstance(value, set | frozenset):
            self._out.append(b"c__builtin__\nset\n")
        self._out.append({list: b"](", tuple: b"("}.get(type(value), b"]("))
        for at, inner in enumerate(value):
            self._value(inner, f"{name}.{at}" if name else str(at), depth + 1)
        self._out.append({list: b"e", tuple: b"t"}.get(type(value), b"e\x85R"))

    def _plain(self, value: Any) -> None:
        if isinstance(value, complex):
            self._call("__builtin__", "complex", value.real, value.imag)
        elif isinstance(value, bytes):
            self._call("_codecs", "encode", value.decode("latin1"), "latin1")
        elif value is None or isinstance(value, bool | int | float | str):
            self._out.append(_scalar(value))
        elif isinstance(value, tuple):
            self._row(value, "", 0)
        else:
            raise CannotPickle(f"it holds a {type(value).__name__}")

    def _call(self, module: str, name: str, *arguments: Any) -> None:
        self._out.append(f"c{module}\n{name}\n(".encode())
        for argument in arguments:
            self._plain(argument)
        self._out.append(b"tR")

    # Tensors

    def _tensor(self, at: int) -> None:
        """Tensors that stood twice in the file are one again."""
        if at in self._memo:
            self._out.append(b"j" + struct.pack("<I", self._memo[at]))
            return
        tensor = self._tensors[at]
        if tensor.parameter:
            self._out.append(b"ctorch._utils\n_rebuild_parameter\n(")
            self._plain_tensor(tensor)
            self._plain(tensor.requires_grad)
            self._out.append(b"ccollections\nOrderedDict\n)RtR")
        else:
            self._plain_tensor(tensor)
        self._memo[at] = len(self._memo)
        self._out.append(b"r" + struct.pack("<I", self._memo[at]))

    def _plain_tensor(self, tensor: StoredTensor) -> None:
        newer = tensor.dtype not in STORAGES
        name = "_rebuild_tensor_v3" if newer else "_rebuild_tensor_v2"
        self._out.append(f"ctorch._utils\n{name}\n(".encode())
        self._arguments(tensor, newer)
        self._out.append(b"tR")

    def _arguments(self, tensor: StoredTensor, newer: bool) -> None:
        key, device, nbytes = self._storage_of(tensor)
        self._out.append(b"(")
        self._plain("storage")
        kind, module = ("UntypedStorage", "torch.storage") if newer else (STORAGES[tensor.dtype], "torch")
        self._out.append(f"c{module}\n{kind}\n".encode())
        self._plain(key)
        self._plain(device)
        self._plain(nbytes if newer else nbytes // tensor.layout.itemsize)
        self._out.append(b"tQ")
        self._plain(tensor.layout.offset)
        self._plain(tensor.layout.shape)
        self._plain(tensor.layout.stride)
        self._plain(tensor.requires_grad and not tensor.parameter)
        self._out.append(b"ccollections\nOrderedDict\n)R")
        if newer:
            self._out.append(f"ctorch\n{tensor.dtype}\n".encode())
        signs = {name: True for name, is_so in (("conj", tensor.conjugated), ("neg", tensor.negated)) if is_so}
        if signs:
            self._dict(signs, "", 0)


def _scalar(value: bool | int | float | str | None) -> bytes:
    """The opcodes of one plain value, as the standard library writes them, without header, memo and end."""
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogatepass")
        return b"X" + struct.pack("<I", len(raw)) + raw
    return pickle.dumps(value, 2)[2:-1]
