"""Tensors of a file as plain code: what gives the same tensors, on storages shared alike, without tensorviz.

Must not know torch or read files: facts in, text out. Where torch would refuse the file, or share otherwise, the code
reads the bytes by position as tensorviz does.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from tensorviz.core.checkpoint_refusals import WRITTEN_ONLY
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.stored import Leaf, Unread
from tensorviz.core.text import path_text, plural, printable
from tensorviz.engine.checkpoints.pickling import STORAGES
from tensorviz.engine.tensors.opening_action import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tensorviz.core.layout import Layout
    from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
    from tensorviz.engine.tensors.opening_file_action import StoredWish

WIDTH = 100
KEYS = (str, int, bool, bytes, type(None))  # whose repr is the key


def stored_code(contents: Contents, wish: StoredWish) -> str:
    """The code of the step that opens the tensors."""
    chosen = [contents.tensors[place] for place in wish.places]
    body = _body(contents, wish, chosen)
    shared = len({one.storage for one in chosen}) < len(chosen)
    what = f"{plural(len(chosen), 'tensor')} of {printable(path_text(PurePath(wish.path).name))}"
    head = [f"# {what}, on {'storages shared as in the file' if shared else 'storages as in the file'}"]
    if contents.unsafe_globals:
        called = ", ".join(printable(name)[:60] for name in contents.unsafe_globals[:3])
        head += [f"# (torch.load refuses this file with weights_only=True: it names {called})"]
    function = f"read_{identifier(PurePath(wish.path).stem, 'file')}"
    lines = [*head, f"def {function}():", *(f"    {line}" for line in body)]
    return "\n".join([*lines, *_bound(wish.names, function)])


def _bound(names: Sequence[str], function: str) -> list[str]:
    line = f"{', '.join(names)} = {function}()"
    if len(line) <= WIDTH:
        return [line]
    rows = textwrap.wrap(", ".join(names), WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return ["(", *(f"    {row}" for row in rows), f") = {function}()"]


def _body(contents: Contents, wish: StoredWish, chosen: list[StoredTensor]) -> list[str]:
    simple = not any(one.start is None or one.big_endian for one in contents.storages)
    if contents.format in ("pt-zip", "pt-legacy") and simple:
        found = _by_torch(contents, wish, chosen)
    elif contents.format.startswith("safetensors"):
        found = _by_safetensors(contents, chosen)
    elif contents.format in ("npy", "npz"):
        found = _by_numpy(contents, wish, chosen)
    else:
        found = None
    return found or list(_by_position(contents, chosen))


def _returned(rows: Iterable[str]) -> list[str]:
    found = list(rows)
    return [f"return {found[0]}"] if len(found) == 1 else ["return (", *(f"    {row}," for row in found), ")"]


# ---------------------------------------------------------------------------------------------------------- torch


def _by_torch(contents: Contents, wish: StoredWish, chosen: list[StoredTensor]) -> list[str] | None:
    """None where torch.load would refuse the file, or the way to a tensor is not known."""
    refused = contents.unsafe_globals or _is_program(contents) or _is_newer_in_legacy(contents)
    ways = None if refused else _ways(contents.structure)
    if ways is None or not all(place in ways for place in wish.places):
        return None
    load = f'checkpoint = torch.load({wish.path!r}, map_location="cpu", weights_only=True)'
    alike = Counter((one.storage, one.layout) for one in chosen)
    rows = (f"checkpoint{ways[place]}{_plain(one, alike)}" for place, one in zip(wish.places, chosen, strict=True))
    return [load, *_returned(rows)]


def _is_newer_in_legacy(contents: Contents) -> bool:
    """Element types newer than the legacy format: torch.save writes them into it, and torch.load fails."""
    return contents.format == "pt-legacy" and any(one.dtype not in STORAGES for one in contents.tensors)


def _is_program(contents: Contents) -> bool:
    return any("TorchScript" in note or "plain pickle" in note for note in contents.notes)


def _plain(tensor: StoredTensor, alike: Counter[tuple[str, Layout]]) -> str:
    """A parameter becomes a plain tensor, and what torch.load gives as one object becomes two over one storage."""
    tied = alike[tensor.storage, tensor.layout] > 1
    return ".detach()" if tensor.parameter or tensor.requires_grad or tied else ""


def _ways(structure: Any) -> dict[int, str] | None:
    """The keys that lead to each tensor; None where a part of the structure was not read."""
    found: dict[int, str] = {}
    waiting: list[tuple[Any, str]] = [(structure, "")]
    while waiting:
        value, way = waiting.pop()
        if isinstance(value, Unread):
            return None
        if isinstance(value, Leaf):
            found[value.tensor] = way
        elif isinstance(value, dict):
            pairs = [(key, inner) for key, inner in value.items() if type(key) in KEYS]
            waiting += [(inner, f"{way}[{key!r}]") for key, inner in pairs]
        elif isinstance(value, list | tuple):
            waiting += [(inner, f"{way}[{at}]") for at, inner in enumerate(value)]
    return found


# ---------------------------------------------------------------------------------------------------- safetensors


def _by_safetensors(contents: Contents, chosen: list[StoredTensor]) -> list[str] | None:
    """None where the library would refuse the file or an element type."""
    if contents.notes or any(one.dtype in WRITTEN_ONLY for one in contents.tensors):
        return None
    files = {one.id: one.file for one in contents.storages}
    used = dict.fromkeys(files[one.storage] for one in chosen)
    opened = ["from safetensors import safe_open"]
    if len(used) == 1:
        rows = (f"file.get_tensor({one.name!r}).clone()" for one in chosen)
        opened += [f'with safe_open({next(iter(used))!r}, framework="pt") as file:']
        return [*opened, *(f"    {line}" for line in _returned(rows))]
    places = {file: f"file_{at}" for at, file in enumerate(used, 1)}
    opened += [f'{name} = safe_open({file!r}, framework="pt")' for file, name in places.items()]
    return [*opened, *_returned(f"{places[files[one.storage]]}.get_tensor({one.name!r}).clone()" for one in chosen)]


# ---------------------------------------------------------------------------------------------------------- numpy


def _by_numpy(contents: Contents, wish: StoredWish, chosen: list[StoredTensor]) -> list[str] | None:
    storages = {one.id: one for one in contents.storages}
    load = f"np.load({wish.path!r})"
    if contents.format == "npy":
        return [
            "import numpy as np",
            f"array = {load}",
            *_returned([_array("array", chosen[0], storages[chosen[0].storage])]),
        ]
    if len({one.name for one in contents.tensors}) < len(contents.tensors):
        return None
    rows = (_array(f"arrays[{one.name!r}]", one, storages[one.storage]) for one in chosen)
    return ["import numpy as np", f"with {load} as arrays:", *(f"    {line}" for line in _returned(rows))]


def _array(text: str, tensor: StoredTensor, storage: StoredStorage) -> str:
    """The array as a tensor. Copied: a tensor over an array cannot be resized."""
    native = f"np.{DTYPES[tensor.dtype].numpy}"
    turned = f"{text}.byteswap(True).view({native})" if storage.big_endian else text
    return f"torch.from_numpy({turned}).clone()"


# ---------------------------------------------------------------------------------------------------- by position


def _by_position(contents: Contents, chosen: list[StoredTensor]) -> Iterator[str]:
    """The bytes of each storage from where they lie in the file, and the tensors over them."""
    storages = {one.id: one for one in contents.storages}
    used = {one.storage: storages[one.storage] for one in chosen}
    sizes = {one.storage: _turn(one, storages[one.storage]) for one in chosen}
    full = [one for one in used.values() if one.nbytes]
    yield "import numpy as np"
    if any(one.start is None for one in full):
        yield from ("import zipfile", *_MEMBER)
    if any(one.start is not None for one in full):
        yield from _STORAGE
    yield from _TENSOR
    names = {key: f"storage_{at}" for at, key in enumerate(used, 1)}
    for key, storage in used.items():
        yield f"{names[key]} = {_storage(storage, sizes[key])}"
    yield from _returned(_tensor(one, names[one.storage]) for one in chosen)


_STORAGE = (
    "def storage(path, start, nbytes, size):  # size: bytes of a number when they are in the big order, else 1",
    "    cells = torch.from_numpy(np.fromfile(path, np.uint8, nbytes, offset=start))",
    "    return cells.view(-1, size).flip(1).flatten().untyped_storage()",
)
_MEMBER = (
    "def member(path, name, start, nbytes, size):",
    "    whole = zipfile.ZipFile(path).read(name)[start : start + nbytes]",
    "    cells = torch.frombuffer(bytearray(whole), dtype=torch.uint8)",
    "    return cells.view(-1, size).flip(1).flatten().untyped_storage()",
)
_TENSOR = (
    "def tensor(dtype, storage, offset, size, stride):",
    "    return torch.empty(0, dtype=dtype).set_(storage, offset, size, stride)",
)


def _turn(tensor: StoredTensor, storage: StoredStorage) -> int:
    kind = DTYPES[tensor.dtype]
    size = kind.itemsize // 2 if kind.kind == "complex" else kind.itemsize
    return size if storage.big_endian else 1


def _storage(storage: StoredStorage, size: int) -> str:
    if not storage.nbytes:
        return "torch.UntypedStorage(0)"
    if storage.start is not None:
        return f"storage({storage.file!r}, {storage.start}, {storage.nbytes}, {size})"
    return f"member({storage.file!r}, {storage.member!r}, {storage.skip}, {storage.nbytes}, {size})"


def _tensor(tensor: StoredTensor, storage: str) -> str:
    layout = tensor.layout
    made = f"tensor(torch.{tensor.dtype}, {storage}, {layout.offset}, {layout.shape}, {layout.stride})"
    made = f"torch.conj({made})" if tensor.conjugated else made
    return f"torch._neg_view({made})" if tensor.negated else made
