"""Writes a copy of a torch checkpoint without the bytes that no tensor reaches: `inspect --compact OUT`.

Must not know how the file is read, and knows no torch: it writes the archive that torch.load reads with
weights_only=True. Names, nesting, plain values, sharing and strides are kept; what cannot be kept is said.
"""

from __future__ import annotations

import zipfile
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

from tensorviz.core.checkpoint_layout import names_text
from tensorviz.core.checkpoint_packing import Packing, Region, packed
from tensorviz.core.checkpoint_values import Written
from tensorviz.core.errors import ValueRefused
from tensorviz.core.stored import Contents, Leaf, StoredStorage, StoredTensor
from tensorviz.core.text import count_text, path_text, plural
from tensorviz.engine.checkpoints.elements import Read, Source, blocks, known_dtype
from tensorviz.engine.checkpoints.pickling import STORAGES, CannotPickle, StructurePickle
from tensorviz.engine.checkpoints.read_back import Reopen, check_copy
from tensorviz.engine.writing import replacing_bytes

if TYPE_CHECKING:
    from tensorviz.engine.cancel import CancelToken
    from tensorviz.engine.checkpoints.values import ProgressSaid

VERSIONS = "The versions of modules that torch notes on a state_dict (_metadata), if there, are not kept."
ROOT, ALIGNED = "archive", 64  # bytes at multiples of which torch lets storages begin
PIECE = 4 << 20  # bytes copied at a time
NEEDS_ZIP64 = 1 << 31
Check = Callable[[], None]


def compact(
    contents: Contents, read: Read, out: str, *, reopen: Reopen | None = None, progress: ProgressSaid | None = None,
    cancel: CancelToken | None = None,
) -> Written:  # fmt: skip  # one line a thought
    """Writes the copy to `out`, beside and renamed, after it was read back and compared.

    reopen: reads the copy's names and layouts with the program's own reader, to be compared too. Raises ValueRefused
    for files that are no torch checkpoints and for what cannot be written; CheckpointUnreadable, OSError, Cancelled.
    """
    _check_kind(contents)
    plan = _plan(contents)
    structure, lost = _structure(contents)
    pickled = StructurePickle(plan.tensors, lambda tensor: plan.storage_of[tensor.storage])
    try:
        data = pickled.whole(structure)
    except CannotPickle as error:
        raise ValueRefused(
            f"{path_text(contents.path)} cannot be copied: {error}.",
            "Convert it to safetensors: that keeps tensors only.",
        ) from error
    check = cancel.check if cancel is not None else lambda: None
    said = _Said(progress, 2 * plan.nbytes)
    copy: list[Contents] = []
    with replacing_bytes(out, lambda part: check_copy(contents, read, copy[0], part, reopen, said, check)) as file:
        starts = _write(file, data, plan, read, said, check)
        copy.append(_contents_of(out, contents, plan, starts))
        nbytes = file.tell()
    return Written(out, nbytes, contents.nbytes - nbytes, (*lost, *_lost_values(pickled.lost), *plan.remarks))


class _Said:
    """Adds up what is done and passes it on."""

    def __init__(self, progress: ProgressSaid | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self, more: int) -> None:
        self.done += more
        if self.progress is not None:
            self.progress(min(self.done, self.total), self.total)


def _check_kind(contents: Contents) -> None:
    if not contents.format.startswith("pt"):
        raise ValueRefused(
            f"{path_text(contents.path)} is a {contents.format} file, and only torch checkpoints hold bytes that no "
            "tensor reaches.", "Nothing needs to be done."
        )  # fmt: skip  # one sentence
    if any(" is quantised " in note for note in contents.notes):
        raise ValueRefused(
            f"{path_text(contents.path)} holds quantised tensors, which are not written here.", "Copy it with torch."
        )
    for tensor in contents.tensors:
        known_dtype(tensor)


@dataclass(frozen=True)
class _Planned:
    """The copy before it is written: tensors with new layouts, and each storage with its packing."""

    tensors: tuple[StoredTensor, ...]
    storages: tuple[tuple[StoredStorage, Packing, StoredTensor], ...]
    storage_of: dict[str, tuple[str, str, int]]  # id -> key, device, bytes
    remarks: tuple[str, ...]

    @property
    def nbytes(self) -> int:
        return sum(packing.nbytes for _, packing, _ in self.storages)


def _plan(contents: Contents) -> _Planned:
    by_storage: dict[str, list[int]] = defaultdict(list)
    for at, tensor in enumerate(contents.tensors):
        by_storage[tensor.storage].append(at)
    tensors, keys = list(contents.tensors), dict[str, tuple[str, str, int]]()
    storages: list[tuple[StoredStorage, Packing, StoredTensor]] = []
    for storage in contents.storages:
        places = by_storage.get(storage.id, [])
        if not places:
            continue
        own = [contents.tensors[at] for at in places]
        _check_types(storage, own)
        packing = packed([tensor.layout for tensor in own])
        for at, layout in zip(places, packing.layouts, strict=True):
            tensors[at] = replace(tensors[at], layout=layout)
        keys[storage.id] = (str(len(storages)), storage.device, packing.nbytes)
        storages.append((storage, packing, min(own, key=lambda tensor: tensor.layout.itemsize)))
    return _Planned(tuple(tensors), tuple(storages), keys, tuple(_remarks(contents, storages, by_storage)))


def _check_types(storage: StoredStorage, tensors: list[StoredTensor]) -> None:
    kinds = sorted({tensor.dtype for tensor in tensors})
    if len(kinds) > 1 and (any(kind in STORAGES for kind in kinds) or storage.big_endian):
        raise ValueRefused(
            f"The storage of {names_text([tensor.name for tensor in tensors])} is seen as {' and '.join(kinds)}, which "
            "a torch file has no place for.", "Convert it to safetensors."
        )  # fmt: skip  # one sentence


def _remarks(
    contents: Contents, storages: list[tuple[StoredStorage, Packing, StoredTensor]], by_storage: dict[str, list[int]]
) -> Iterator[str]:
    for storage, packing, _ in storages:
        if packing.left and packing.left > 256:
            names = names_text([contents.tensors[at].name for at in by_storage[storage.id]])
            yield f"{count_text(packing.left)} unused bytes stay between {names}, which have elements in common."
    unseen = sum(storage.id not in by_storage for storage in contents.storages)
    if unseen:
        yield f"{plural(unseen, 'storage')} that no tensor looks at {'is' if unseen == 1 else 'are'} not in the copy."


def _structure(contents: Contents) -> tuple[Any, list[str]]:
    """What is pickled: the nesting of the file where all tensors are in it, else a dict of all names."""
    flat = {tensor.name: Leaf(at) for at, tensor in enumerate(contents.tensors)}
    leaves, ordered = _leaves(contents.structure)
    if len(leaves) == len(contents.tensors):
        return contents.structure, [VERSIONS] if ordered else []
    if len(flat) != len(contents.tensors):
        raise ValueRefused(
            f"{path_text(contents.path)} has two tensors of one name, and how they are nested is not known.",
            "Copy it with torch.",
        )
    lost = "The nesting is not kept: the copy is one dict of tensors, their names joined by dots"
    return flat, [f"{lost}; {plural(len(contents.others), 'other value')} left out."]


def _leaves(structure: Any) -> tuple[set[int], bool]:
    """The tensors that a structure has, and whether there is a dict that a state_dict may be."""
    found: set[int] = set()
    ordered = False
    waiting = [structure]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Leaf):
            found.add(value.tensor)
        elif isinstance(value, dict):
            ordered = ordered or (isinstance(value, OrderedDict) and bool(value))
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
    return found, ordered


def _lost_values(names: list[str]) -> list[str]:
    if not names:
        return []
    return [f"{names_text(names)} would have to be run to be known: None stands there now."]


# The archive


def _write(file: IO[bytes], data: bytes, plan: _Planned, read: Read, said: _Said, check: Check) -> dict[str, int]:
    """Writes all members; gives where each storage's bytes begin, by id."""
    starts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        _member(archive, file, "data.pkl", len(data), [data])
        _member(archive, file, "byteorder", 6, [b"little"])
        for storage, packing, tensor in plan.storages:
            key = plan.storage_of[storage.id][0]
            parts = _bytes_of(packing, Source(tensor, storage, read), said, check)
            starts[storage.id] = _member(archive, file, f"data/{key}", packing.nbytes, parts)
        _member(archive, file, "version", 2, [b"3\n"])
    return starts


def _member(archive: zipfile.ZipFile, file: IO[bytes], name: str, nbytes: int, parts: Any) -> int:
    """Writes one member whose bytes begin at a multiple of ALIGNED; gives where."""
    info = zipfile.ZipInfo(f"{ROOT}/{name}")
    large = nbytes >= NEEDS_ZIP64
    head = file.tell() + 30 + len(info.filename) + (20 if large else 0) + 4
    padding = -head % ALIGNED
    info.extra = b"FB" + padding.to_bytes(2, "little") + b"Z" * padding
    with archive.open(info, "w", force_zip64=large) as member:
        start = file.tell()
        for part in parts:
            member.write(part)
    return start


def _bytes_of(packing: Packing, source: Source, said: _Said, check: Check) -> Iterator[bytes]:
    """The bytes of a packed storage, a block at a time, little-endian."""
    at = 0
    for region in packing.regions:
        yield b"\0" * (region.to - at)
        for part in _region(region, source):
            check()
            yield part
            said(len(part))
        at = region.to + region.nbytes


def _region(region: Region, source: Source) -> Iterator[bytes]:
    if region.layout is not None:
        for block in blocks(region.layout):
            yield source.gather(block.layout, signs=False).tobytes()
        return
    for start in range(region.start, region.stop, PIECE):
        yield source.raw(start, min(start + PIECE, region.stop))


def _contents_of(out: str, contents: Contents, plan: _Planned, starts: dict[str, int]) -> Contents:
    storages = tuple(
        StoredStorage(storage.id, packing.nbytes, out, starts[storage.id]) for storage, packing, _ in plan.storages
    )
    return Contents(out, "pt-zip", 0, plan.tensors, storages, structure=contents.structure)
