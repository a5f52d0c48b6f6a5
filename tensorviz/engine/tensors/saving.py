"""Writes tensors of the session to a file: what is written is gathered here, how is told by the suffix.

Must not know lanes or the session's language. The tensors are taken as `Contents` over memory, so that the writers of
copies of files write them too; a file is whole or not there.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import NameUnknown, ValueRefused
from tensorviz.core.names import did_you_mean
from tensorviz.core.stored import Contents, Leaf, StoredStorage, StoredTensor
from tensorviz.core.text import path_text
from tensorviz.engine.checkpoints.pickling import STORAGES
from tensorviz.engine.storage_views import has_memory, layout_of
from tensorviz.engine.tensors.facts import named_tensors
from tensorviz.engine.tensors.memory_bytes import read_memory
from tensorviz.engine.tensors.opening_terms import enough_memory
from tensorviz.engine.tensors.saving_forms import FORMS, Saved, Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.checkpoints.elements import Read
    from tensorviz.engine.messages.files import SavedPart, SaveTensors

SEEN_TWICE = (
    "Tensors that look at the same bytes as different kinds of numbers have bytes of their own there: "
    "a .pt file cannot keep that."
)


class Chosen(NamedTuple):
    """A tensor to write: its name in the file, its elements, detached, and whether it asks for gradients."""

    name: str
    tensor: torch.Tensor
    requires_grad: bool


def save(
    variables: Mapping[str, Any], request: SaveTensors, progress: Callable[[int, int], None], token: CancelToken
) -> Saved:
    """Writes what was asked for. variables: of the session. progress: bytes done and in all.

    Raises NameUnknown for a tensor that is not there, ValueRefused for what the file cannot hold or where it cannot be,
    Cancelled.
    """
    suffix = PurePath(request.path).suffix.lower()
    form = FORMS.get(suffix)
    if form is None:
        met = f'"{suffix}"' if suffix else "none"
        raise ValueRefused(
            f"The end of the name says how tensors are saved, and {path_text(PurePath(request.path).name)} has {met}.",
            f"Use {', '.join(list(FORMS)[:-1])} or {list(FORMS)[-1]}.",
        )
    chosen = _chosen(variables, request.parts)
    if form.single and len(chosen) > 1:
        raise ValueRefused(
            f"A {suffix} file holds one tensor, and {len(chosen)} were chosen.",
            "Save them as .pt or .safetensors, or one at a time.",
        )
    if form.single or (form.typed and len(chosen) == 1):
        chosen = [one._replace(name="") for one in chosen]  # the file is the tensor: there it has no name
    with enough_memory():
        return form.write(_taken(request.path, chosen, form.typed), progress, token)


# ---------------------------------------------------------------------------------------------------- what is asked


def _chosen(variables: Mapping[str, Any], parts: Sequence[SavedPart]) -> list[Chosen]:
    if not parts:
        raise ValueRefused("No tensor was chosen.", "Choose the tensors to save.")
    tensors, _ = named_tensors(variables)
    tensors = {**{name: one for name, one in variables.items() if isinstance(one, torch.Tensor)}, **tensors}
    different = list(dict.fromkeys(parts))
    several = len({part.name for part in different}) < len(different)
    chosen = []
    for part in different:
        if part.name not in tensors:
            raise NameUnknown(f"There is no tensor {part.name} by now.", did_you_mean(part.name, tensors))
        tensor = tensors[part.name]
        _check_memory(part.name, tensor)
        name = part.name + (_ranges_text(part) if several else "")
        chosen.append(Chosen(name, _part(part, tensor.detach()), tensor.requires_grad))
    return chosen


def _check_memory(name: str, tensor: torch.Tensor) -> None:
    if tensor.is_meta:
        raise ValueRefused(f"{name} is on the device meta: it has sizes and no values to save.")
    if not has_memory(tensor):
        kind = "quantised" if tensor.is_quantized else str(tensor.layout).removeprefix("torch.").replace("_", " ")
        hint = f"Save {name}.dequantize()." if tensor.is_quantized else f"Save {name}.to_dense()."
        raise ValueRefused(f"{name} is {kind}; tensors that are a view of one storage are saved here.", hint)
    if _dtype(tensor) not in DTYPES:
        raise ValueRefused(f"{name} has the element type {_dtype(tensor)}, which is not saved here.", "Convert it.")


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _ranges_text(part: SavedPart) -> str:
    return "" if part.ranges is None else f"[{', '.join(f'{first}:{stop}' for first, stop in part.ranges)}]"


def _part(part: SavedPart, tensor: torch.Tensor) -> torch.Tensor:
    """The tensor, or its part as a view of the same storage."""
    if part.ranges is None:
        return tensor
    fits = len(part.ranges) == tensor.ndim
    if not fits or any(
        not 0 <= first <= stop <= size for (first, stop), size in zip(part.ranges, tensor.shape, strict=True)
    ):
        raise ValueRefused(
            f"{part.name}{_ranges_text(part)} is no part of {part.name}, whose sizes are {tuple(tensor.shape)}.",
            "Choose it anew.",
        )
    return tensor[tuple(slice(first, stop) for first, stop in part.ranges)]


# --------------------------------------------------------------------------------------------- tensors as contents


def _taken(path: str, chosen: list[Chosen], typed: bool) -> Taken:
    """The tensors as a file would hold them, and what reads their memory.

    typed: a storage that is seen as two kinds of numbers, which a .pt file has no place for, is taken twice.
    """
    memory: dict[str, torch.UntypedStorage] = {}
    keys: dict[tuple[int, str], str] = {}
    stored = []
    for one in chosen:
        storage = one.tensor.untyped_storage()
        kind = _dtype(one.tensor) if typed and _dtype(one.tensor) in STORAGES else ""
        key = keys.setdefault((storage._cdata, kind), str(len(keys)))
        memory[key] = storage
        stored.append(_stored(one, key))
    device = "cpu" if typed else None
    storages = tuple(
        StoredStorage(key, one.nbytes(), path, 0, device=device or str(one.device)) for key, one in memory.items()
    )
    total = sum({one._cdata: one.nbytes() for one in memory.values()}.values())
    structure = {one.name: Leaf(at) for at, one in enumerate(stored)} if len(stored) > 1 else Leaf(0)
    contents = Contents(path, "pt-zip", total, tuple(stored), storages, structure=structure)
    twice = len(keys) > len({cdata for cdata, _ in keys})
    return Taken(contents, _reader(memory), (SEEN_TWICE,) if twice else ())


def _stored(one: Chosen, storage: str) -> StoredTensor:
    tensor = one.tensor
    return StoredTensor(
        one.name, layout_of(tensor), _dtype(tensor), storage, one.requires_grad, conjugated=tensor.is_conj(),
        negated=tensor.is_neg(),
    )  # fmt: skip  # one call


def _reader(memory: Mapping[str, torch.UntypedStorage]) -> Read:
    def read(storage: StoredStorage, start: int, stop: int) -> bytes:
        return read_memory(memory[storage.id], start, stop)

    return read
