"""From a file into the session: chosen tensors of it, on storages shared as they are in the file.

Must not know lanes, or how any format is read. Bytes are read by position in blocks, never through a memory map.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from tensorviz.core.checkpoint_bytes import used_bytes
from tensorviz.core.dtypes import DTYPES
from tensorviz.core.errors import CheckpointUnreadable, ValueRefused
from tensorviz.core.text import bytes_text, path_text, plural
from tensorviz.engine.devices import is_out_of_memory
from tensorviz.engine.formats import read_contents
from tensorviz.engine.formats.bytes_of import storage_blocks
from tensorviz.engine.hearing import quiet
from tensorviz.engine.tensors.facts import MOST_LISTED
from tensorviz.engine.tensors.memory_bytes import write_memory
from tensorviz.engine.tensors.opening_file_action import AGAIN, StoredWish, free_names, stored_wish
from tensorviz.engine.tensors.opening_file_code import stored_code
from tensorviz.engine.tensors.opening_terms import Brought, ChangedFile, Terms, enough_memory

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from tensorviz.core.stored import Contents, StoredStorage, StoredTensor
    from tensorviz.engine.messages.files import OpenStored

TURNED = 1 << 22  # bytes whose order is turned at a time; a multiple of the size of every element


def open_stored(request: OpenStored, taken: Container[str], terms: Terms) -> tuple[dict[str, Any], Brought]:
    """Reads what was asked for, under names that are not `taken`: the action for the log, its code and values.

    Raises what reading raises, ChangedFile, ValueRefused when the person refuses it, MemoryExhausted, Cancelled.
    """
    path = str(Path(request.path).absolute())
    contents = read_contents(path, request.raw)
    chosen = _chosen(contents, request.tensors, request.names)
    names = free_names((one.name for one in chosen), taken, Path(path).stem)
    wish = StoredWish(path, request.raw, request.tensors, names)
    brought, digest = _read(contents, wish, terms)
    return replace(wish, digest=digest).action(), brought


def bring_stored(data: object, terms: Terms) -> Brought:
    """The same again, from the log. Raises ChangedFile for a file that is another by now, and as above."""
    wish = stored_wish(data)
    brought, digest = _read(read_contents(wish.path, wish.raw), wish, terms)
    if wish.digest and digest != wish.digest:
        raise _changed(wish.path)
    return brought


def _changed(path: str) -> ChangedFile:
    return ChangedFile(f"{path_text(path)} is another file than it was when its tensors were opened.", AGAIN)


def _chosen(contents: Contents, places: tuple[int, ...], names: tuple[str, ...] = ()) -> list[StoredTensor]:
    """The tensors at the places. names: that they had when somebody chose them, () when that is not known."""
    if not places or len(set(places)) < len(places):
        raise ValueRefused("No tensor was chosen, or one twice.", "Choose each tensor once.")
    if any(not 0 <= place < len(contents.tensors) for place in places):
        raise _changed(contents.path)
    chosen = [contents.tensors[place] for place in places]
    if names and names != tuple(one.name for one in chosen):
        raise _changed(contents.path)
    for one in chosen:
        dtype = DTYPES.get(one.dtype)
        if dtype is None or dtype.itemsize != one.layout.itemsize or not hasattr(torch, one.dtype):
            raise ValueRefused(
                f'"{one.name[:80]}" has the element type {one.dtype}, which the session cannot hold.',
                "Open the others. Quantised tensors: save x.dequantize() or x.int_repr() with torch.",
            )
    return chosen


def _read(contents: Contents, wish: StoredWish, terms: Terms) -> tuple[Brought, str]:
    """The code and values, and the SHA-256 of all that was read: names, layouts, bytes."""
    chosen = _chosen(contents, wish.places)
    storages = {one.id: one for one in contents.storages}
    used = {one.storage: storages[one.storage] for one in chosen}
    terms.ask(*_question(contents, chosen, used), large=len(chosen) > MOST_LISTED)
    order = {key: at for at, key in enumerate(used)}
    digest = hashlib.sha256(repr([_told(one, order) for one in chosen]).encode("utf-8", "surrogatepass"))
    turns = {
        key: _turn(one, on_it) for (key, one), on_it in zip(used.items(), _by_storage(chosen).values(), strict=True)
    }
    with enough_memory(), quiet():  # torch warns of complex32 that little can be done with it
        memory = {key: _filled(one, turns[key], terms, digest) for key, one in used.items()}
        values = {name: _laid(one, memory[one.storage]) for name, one in zip(wish.names, chosen, strict=True)}
    return (stored_code(contents, wish), values), digest.hexdigest()


def _told(tensor: StoredTensor, order: dict[str, int]) -> tuple[object, ...]:
    layout = tensor.layout
    return (
        tensor.name, tensor.dtype, layout.shape, layout.stride, layout.offset, order[tensor.storage],
        tensor.conjugated, tensor.negated,
    )  # fmt: skip  # one row


def _by_storage(chosen: list[StoredTensor]) -> dict[str, list[StoredTensor]]:
    groups: dict[str, list[StoredTensor]] = {}
    for one in chosen:
        groups.setdefault(one.storage, []).append(one)
    return groups


def _question(
    contents: Contents, chosen: list[StoredTensor], used: Mapping[str, StoredStorage]
) -> tuple[str, int, str, str]:
    """What it takes, in a sentence; the bytes; what to do instead; why it is so much."""
    total = sum(one.nbytes for one in used.values())
    groups = _by_storage(chosen).items()
    seen = [used_bytes(used[key].nbytes, {one.layout for one in on_it}) for key, on_it in groups]
    known = sum(count or 0 for count in seen)
    name = path_text(Path(contents.path).name)
    more = []
    if None not in seen and known < total - total // 10:
        more += [
            f"What was chosen looks at {bytes_text(known)} of that: "
            "a tensor that was saved as a slice brings the whole storage that it is a part of."
        ]
    if len(chosen) > MOST_LISTED:
        more += [f"The session lists {plural(MOST_LISTED, 'tensor')}; the others can be used by name."]
    what = f"Opening {plural(len(chosen), 'tensor')} of {name} takes {bytes_text(total)} of memory."
    hint = "Choose fewer tensors, or look at them in the file: that takes no memory."
    return what, total, hint, " ".join(more)


def _turn(storage: StoredStorage, on_it: list[StoredTensor]) -> int:
    """The bytes of a number whose order is to be turned round; 1 for a storage in the order of this computer."""
    if not storage.big_endian:
        return 1
    sizes = {_number_bytes(one.dtype) for one in on_it}
    if len(sizes) > 1 or storage.nbytes % max(sizes):
        raise ValueRefused(
            f"{path_text(storage.file)} has big-endian bytes that are seen as numbers of several sizes.",
            "Open these tensors one by one.",
        )
    return sizes.pop()


def _number_bytes(dtype: str) -> int:
    kind = DTYPES[dtype]
    return kind.itemsize // 2 if kind.kind == "complex" else kind.itemsize


def _filled(storage: StoredStorage, turn: int, terms: Terms, digest: Any) -> torch.UntypedStorage:
    """A storage of torch with the bytes of the file's, read block by block."""
    memory = torch.UntypedStorage(storage.nbytes)
    if not storage.nbytes:
        return memory
    at = 0
    for block in storage_blocks(storage):
        terms.check()
        digest.update(block)
        write_memory(memory, at, block)
        at += len(block)
    if at != storage.nbytes:
        raise CheckpointUnreadable(f"{path_text(storage.file)} ended while it was read.", AGAIN)
    cells = torch.empty(0, dtype=torch.uint8).set_(memory)
    for start in range(0, storage.nbytes if turn > 1 else 0, TURNED):
        terms.check()
        part = cells[start : start + TURNED]
        part.copy_(part.view(-1, turn).flip(1).flatten())
    return memory


def _laid(stored: StoredTensor, memory: torch.UntypedStorage) -> torch.Tensor:
    """The tensor over its storage. Parameters become plain tensors: the session is for looking, not for training."""
    layout = stored.layout
    try:
        tensor = torch.empty(0, dtype=getattr(torch, stored.dtype))
        tensor = tensor.set_(memory, layout.offset, layout.shape, layout.stride)
    except RuntimeError as error:
        if is_out_of_memory(error):
            raise
        raise CheckpointUnreadable(
            f'"{stored.name[:80]}" has a layout that torch does not take: {str(error).splitlines()[0][:120]}.', AGAIN
        ) from error
    if stored.conjugated:
        tensor = torch.conj(tensor)
    return torch._neg_view(tensor) if stored.negated else tensor
