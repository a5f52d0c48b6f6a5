"""Which tensors the safetensors library would refuse to save, and why.

Must not know the library or files. The rules are those of safetensors 0.8 (its torch module), met in this order: memory
shared, element type, order in memory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorviz.core.stored import Contents, StoredTensor

# Names of element types in the format. The ones behind the line are written by the library, not read by it for torch.
SAFETENSORS_NAMES = MappingProxyType(
    {
        "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float8_e4m3fn": "F8_E4M3",
        "float8_e5m2": "F8_E5M2", "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ",
        "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint64": "U64", "uint32": "U32",
        "uint16": "U16", "uint8": "U8", "bool": "BOOL", "complex64": "C64",
        "float8_e8m0fnu": "F8_E8M0", "float4_e2m1fn_x2": "F4",
    }
)  # fmt: skip  # a table
WRITTEN_ONLY = frozenset({"float8_e8m0fnu", "float4_e2m1fn_x2"})
RESERVED = "__metadata__"
NAMED = 4  # tensors that another shares memory with


@dataclass(frozen=True, slots=True)
class Refusal:
    """A tensor that cannot be saved as it is. kind: shared, dtype, strided or name. repair: what to do first."""

    name: str
    kind: str
    reason: str
    repair: str


def refusals(contents: Contents) -> tuple[Refusal, ...]:
    """Every reason of every tensor, in the order of the file."""
    sharing = {name: group for group in map(_Group, groups_sharing(contents)) for name in group.names}
    found: list[Refusal] = []
    for tensor in contents.tensors:
        if tensor.name in sharing:
            found.append(sharing[tensor.name].refusal(tensor.name))
        if tensor.dtype not in SAFETENSORS_NAMES:
            found.append(_unknown_type(tensor))
        if not tensor.is_contiguous:
            found.append(_strided(tensor))
        if tensor.name == RESERVED:
            found.append(Refusal(tensor.name, "name", "the format keeps this name for its metadata", "rename it"))
    return tuple(found)


def groups_sharing(contents: Contents) -> tuple[tuple[str, ...], ...]:
    """The names of tensors whose places in memory overlap, group by group.

    Places go from the first element to the last as the library takes them, so columns of one matrix overlap.
    """
    by_storage: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for tensor in contents.tensors:
        if tensor.layout.numel:
            by_storage[tensor.storage].append(_area(tensor))
    return tuple(group for areas in by_storage.values() if len(areas) > 1 for group in _groups(areas))


def _area(tensor: StoredTensor) -> tuple[int, int, str]:
    layout = tensor.layout
    last = layout.offset + sum((n - 1) * s for n, s in zip(layout.shape, layout.stride, strict=True))
    return layout.offset * layout.itemsize, (last + 1) * layout.itemsize, tensor.name


def _groups(areas: list[tuple[int, int, str]]) -> list[tuple[str, ...]]:
    groups: list[list[str]] = []
    stop = 0
    for start, end, name in sorted(areas):
        if groups and start < stop:
            groups[-1].append(name)
        else:
            groups.append([name])
        stop = end  # as the library does: the last one's end, also where an earlier one reaches further
    return [tuple(group) for group in groups if len(group) > 1]


class _Group:
    """Tensors that share memory: what is said of each names a few of the others, so that all takes no longer."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names, self.count = Counter(names), len(names)

    def refusal(self, name: str) -> Refusal:
        """That of one of them."""
        others = list(islice((other for other in self.names if other != name), NAMED))
        listed = ", ".join(f'"{other}"' for other in others)
        more = self.count - self.names[name] - sum(self.names[other] for other in others)
        rest = f" and {more} more" if more else ""
        return Refusal(name, "shared", f"it shares memory with {listed}{rest}", "save one of them, or a clone of each")


def _unknown_type(tensor: StoredTensor) -> Refusal:
    reason = f"the format has no element type {tensor.dtype}"
    return Refusal(tensor.name, "dtype", reason, "convert it to another element type")


def _strided(tensor: StoredTensor) -> Refusal:
    strides = ", ".join(map(str, tensor.layout.stride))
    reason = f"it is not contiguous (stride ({strides}))"
    return Refusal(tensor.name, "strided", reason, "call .contiguous() on it first")
