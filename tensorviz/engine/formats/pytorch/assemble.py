"""From what a pickle describes to the contents of a file: tensors checked against their storages, storages lettered.

Must not know how storages lie in a file: it is told where each is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tensorviz.core.layout import Layout
from tensorviz.core.stored import Contents, StoredStorage, StoredTensor, letters
from tensorviz.core.text import plural
from tensorviz.engine.formats.pytorch.constructors import ITEM_BYTES, call, is_safe, refer
from tensorviz.engine.formats.pytorch.machine import Machine
from tensorviz.engine.formats.pytorch.values import StorageOf, TensorOf, Value
from tensorviz.engine.formats.pytorch.walk import Walk
from tensorviz.engine.formats.spec import Damaged

if TYPE_CHECKING:
    from tensorviz.engine.formats.pytorch.source import Source

LONGEST_NAME = 80
MOST_NAMED = 2_000  # globals told of; a network has dozens


@dataclass
class Described:
    """What the pickles of a file describe: the names they look up and the storages they refer to, by key."""

    unsafe: dict[str, None] = field(default_factory=dict)
    storages: dict[str, StorageOf] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def run(self, source: Source) -> Value:
        """The value of the next pickle of `source`. Raises Damaged, OSError."""
        return Machine(source, self._named, call, self._refer).run()

    def nbytes(self, key: str) -> int:
        """Bytes of the storage that was referred to as `key`."""
        storage = self.storages[key]
        return storage.count * ITEM_BYTES[storage.dtype]

    def _named(self, name: str) -> None:
        if not is_safe(name):
            self.unsafe[name] = None
        if len(self.unsafe) > MOST_NAMED:
            raise Damaged(f"its pickle looks up more than {MOST_NAMED:,} names")

    def _refer(self, pid: Value) -> Value:
        made = refer(pid)
        if isinstance(made, StorageOf):
            known = self.storages.get(made.key)
            wider = known is None or made.count * ITEM_BYTES[made.dtype] > self.nbytes(made.key)
            if wider:
                self.storages[made.key] = made
        return made


Place = Callable[[str, str, int], StoredStorage]  # id, key and bytes -> where it lies


def contents(path: str, form: str, nbytes: int, told: Described, value: Value, place: Place, **more: Any) -> Contents:
    """The contents of a file of `nbytes` bytes whose pickle describes `value`. Raises Damaged, OSError.

    more: `metadata` of the file.
    """
    walk = Walk(value)
    order = dict.fromkeys([tensor.storage.key for _, tensor in walk.tensors] + list(told.storages))
    ids = {key: letters(at) for at, key in enumerate(order)}
    storages = tuple(place(ids[key], key, told.nbytes(key)) for key in order)
    tensors = tuple(_tensor(name, tensor, ids, told) for name, tensor in walk.tensors)
    metadata: Mapping[str, Any] = more.get("metadata", {})
    return Contents(
        path, form, nbytes, tensors, storages, metadata, tuple(told.unsafe), tuple(walk.others),
        (*told.notes, *_notes(walk)), walk.structure,
    )  # fmt: skip  # in the order of the fields


def _tensor(name: str, tensor: TensorOf, ids: Mapping[str, str], told: Described) -> StoredTensor:
    itemsize, storage = ITEM_BYTES[tensor.dtype], tensor.storage
    skipped, rest = divmod(storage.offset * ITEM_BYTES[storage.dtype], itemsize)
    layout = Layout(tensor.shape, tensor.stride, skipped + tensor.offset, itemsize)
    if layout.numel:
        last = layout.offset + sum((size - 1) * step for size, step in zip(tensor.shape, tensor.stride, strict=True))
        if rest or (last + 1) * itemsize > told.nbytes(storage.key):
            raise Damaged(f'the tensor "{name[:LONGEST_NAME]}" should reach beyond its storage')
    return StoredTensor(
        name, layout, tensor.dtype, ids[storage.key], tensor.requires_grad, tensor.parameter, tensor.conjugated,
        tensor.negated,
    )  # fmt: skip  # in the order of the fields


def _notes(walk: Walk) -> list[str]:
    notes = [
        f'"{name[:LONGEST_NAME]}" is quantised ({tensor.quantised}): its values are codes.'
        for name, tensor in walk.tensors
        if tensor.quantised
    ]
    lazy = sum(tensor.conjugated or tensor.negated for _, tensor in walk.tensors)
    notes += [f"{plural(lazy, 'tensor')} saved with a lazy conjugate or minus sign."] if lazy else []
    return notes + (["Not all of it is listed: it is nested too deeply, or holds too much."] if walk.cut else [])
